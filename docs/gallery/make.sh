#!/bin/sh
# Makes the pictures of this folder by real runs over samples/. Wants python3, node and chromium (CHROMIUM names it).
#   docs/gallery/make.sh [PROGRAM]      the program is built when none is named
set -eu
cd "$(dirname "$0")/../.."
program=${1:-}
if [ -z "$program" ]; then
    cargo build --release
    program=target/release/oomscan
fi
here=docs/gallery
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# picture NAME LINES ARGUMENTS...: what the program prints, as an SVG of at most so many lines.
picture() {
    name=$1 lines=$2
    shift 2
    "$program" "$@" | python3 "$here/svg.py" "oomscan $*" "$lines" > "$here/$name.svg"
}

picture text 62 --color always samples/canal-node
picture text-limit 50 --color always samples/container-limit/dmesg-T.txt
picture brief 14 --brief --all --color always samples/canal-node
picture details 62 --details --color always samples/tmpfs/dmesg.txt
picture chinese 62 --lang zh-CN --color always samples/canal-node
picture summary 46 --summary --color always samples
picture markdown 60 --format markdown samples/canal-node
picture csv 14 --format csv --table victims samples/canal-node
picture prometheus 24 --format prometheus samples/canal-node
picture json 46 --format json samples/canal-node
picture redact 40 --redact --color always samples/canal-node
picture explain 40 explain 137 --color always

"$program" --format html samples/canal-node > "$work/report.html"
"$program" --format html --lang zh-CN samples/canal-node > "$work/chinese.html"
node "$here/shots.mjs" "$work/report.html" "$work/chinese.html" "$here"
