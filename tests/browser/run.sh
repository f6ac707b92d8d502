#!/usr/bin/env bash
# The web page in a real browser, and the metrics before promtool: tests/browser/run.sh PROGRAM
# Wants chromium, node and promtool. Pages: a sample, a log whose names are markup, and 5,000 incidents.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

page() {
  echo "-- $1"
  "$program" -q -f html -o "$work/$1.html" "$2"
  node tests/browser/check.mjs "$work/$1.html"
}

# Kill lines as Linux 6.1 prints them; the names are an attacker's. A name has 15 bytes at most.
awk 'BEGIN {
  split("<img/src=x onerr|</script><scrip|\"><svg/onload=a|<!--|javascript:0//|& &amp; <b>x</b", names, "|")
  for (n = 1; n <= 6; n++) {
    group = "/system.slice/<i>" n "<\\/i>.service"
    printf "[%6d.000001] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=%s,task_memcg=%s,task=%s,pid=%d,uid=0\n", n * 60, group, group, names[n], 100 + n
    printf "[%6d.000002] Memory cgroup out of memory: Killed process %d (%s) total-vm:9000kB, anon-rss:%dkB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:64kB oom_score_adj:0\n", n * 60, 100 + n, names[n], 4000 + n
  }
}' > "$work/markup.log"
awk 'BEGIN {
  for (n = 1; n <= 5000; n++)
    printf "2026-11-23T%02d:%02d:%02d.000000+00:00 node-%d kernel: [%7d.000000] Out of memory: Killed process %d (worker-%d) total-vm:9000kB, anon-rss:%dkB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:64kB oom_score_adj:%d\n", n / 3600, n / 60 % 60, n % 60, n % 7, n, 1000 + n, n % 40, 4000 + n, n % 1000
}' > "$work/many.log"

page sample samples/canal-node
page markup "$work/markup.log"
page many "$work/many.log"

echo "-- metrics"
for input in samples/canal-node "$work/markup.log"; do
  "$program" -q -f prometheus "$input" | promtool check metrics
done
