### Causes, reasons, steps of the timeline and problems (correlate, scan, source, framing, time).

## Why a container or unit ended when no kernel kill explains it

join-because-invented = The record has no times: the platform made the exit code up because it had lost the container.
join-because-status-unknown = ContainerStatusUnknown means that the kubelet lost sight of the container; it does not say how it ended.
join-because-limit-too-low-to-start = The runtime says that the memory limit was too low to start the container.
join-because-could-not-start = The runtime could not start the container.
join-because-evicted-for-memory = The kubelet says that it evicted the pod because the node was low on memory.
join-because-evicted-for-unknown = The kubelet says that it evicted the pod, but these logs do not say what the node was low on.
join-because-probe-failed = The kubelet says that a probe failed and that it restarts the container for it.
join-because-node-shutdown-or-critical-pod = The pod was ended by a node shutdown or for a critical pod.
join-because-pod-deleted = The pod was deleted shortly before.
join-because-stopped-by-hand = The runtime says that somebody stopped it by hand.
join-because-shim-vanished = The container's shim vanished first: the runtime made the code 137 up while cleaning up.
join-because-runtime-stopping = The container runtime itself was being stopped at that moment.
join-because-sigkill-by-nobody-known = It was killed by SIGKILL, and no record says by whom.
join-because-covered-no-kill = The kernel log covers that time and shows no OOM kill in it.
join-because-not-covered-cannot-rule-out = The kernel log does not cover that time, so an OOM kill cannot be ruled out.
join-because-flag-contradicted = The runtime's OOM flag is set, but the kernel log covers that time and shows no kill in this container: the flag may be left from an earlier kill.
join-because-oom-seen-not-covered = The runtime saw an OOM kill in this container; the kernel log that would prove it does not cover that time.
join-because-other-code-than-clean-stop = It left with another code than a clean stop would give.
join-because-fault-signal = It ended by a signal that a program's own fault raises.
join-because-sigterm-by-nobody-known = It ended by SIGTERM: somebody asked it to stop, but no record says who.
join-because-stop-signal = It ended by a signal that asks a program to stop.
join-because-code-of-failed-start = The exit code is one of those that say that the command could not be run.
join-because-code-0 = It ended with code 0.
join-because-error-code = The program itself ended with an error code; nothing points to memory.
join-because-jvm-leaves-with-3 = A JVM that is told to exit when its heap is full leaves with 3, too: its own log tells.
join-because-error-not-covered = The kernel log does not cover that time; that the runtime saw no OOM kill speaks against one.
join-because-child-may-be-killed = The kernel log does not cover that time: it may have left because the kernel killed one of its processes.
join-because-kill-without-code = SIGKILL was sent to it, but no exit code is recorded and the kernel log does not cover that time: it may have been killed by the kernel before.
join-because-flag-or-deletion = The runtime's OOM flag is set, and the kernel log does not cover that time: the flag may tell of this end or be left from an earlier kill.
join-because-asker-not-told = Why { $by } was told to stop it is not in these logs: a failed probe or an eviction looks the same from there.
join-because-slurm-out-of-memory = Slurm gives it the state OUT_OF_MEMORY: the kernel killed a process of it for memory. The kernel's own lines about that are not in these logs.
join-because-137-passed-on = 137 is what podman run, docker run and shells return when the process or container that they started was killed with SIGKILL; no log says by whom.
join-sure-container-killed-then = At that moment the kernel killed a process in container { $id } for memory. If this unit runs that container, its 137 comes from there.
join-because-no-code = No exit code is recorded.
join-because-client-asked-for-sigkill = systemd recorded that a client asked for SIGKILL.
join-because-oomd-killed-unit = systemd recorded that systemd-oomd killed processes of this unit.
join-because-stop-timed-out = systemd recorded that stopping timed out and that it killed the rest.
join-because-watchdog = systemd's watchdog heard nothing from it in time.
join-because-unit-oom = systemd saw an OOM kill in this unit; the kernel's own line for it is not in these logs.
join-because-systemd-status = The status is one of systemd's own: it could not set the process up.
join-because-killed-while-stopping = systemd killed it while it was being stopped.
join-because-covered-no-kill-in-unit = The kernel log covers that time and shows no OOM kill in this unit.
join-because-counter-none = The kernel counted no OOM kill from its boot to the collection of these files (oom_kill 0 in /proc/vmstat).
join-because-flag-contradicted-by-counter = The runtime's OOM flag is set, but the kernel counted no OOM kill from its boot to the collection of these files: the flag may be left from an earlier boot, or be the runtime's guess.
join-because-not-covered = The kernel log does not cover that time.
join-because-beside-a-kill = The kernel's OOM killer killed a process at that moment, and its report does not tell in which container or service. It may have been this one.
join-because-beside-an-undated-kill = The kernel's OOM killer killed a process at a time that cannot be compared with others (seconds since boot), and its report does not tell in which container or service. It may have been this one.
join-because-unit-failed = systemd says that the unit failed.
join-because-evicted-for-other = The kubelet evicted the pod for { $resource }, not for memory.
join-because-program-out-of-memory = The { $program } program itself said that it was out of memory before it ended.
join-because-stop-command = { CAPITAL($by) } recorded a stop command, and the container ended by SIGKILL.
join-because-kill-requested = { CAPITAL($by) } recorded a request to kill it.
join-because-asked-and-timed-out = { CAPITAL($by) } recorded that it was asked to stop and that the time ran out.
join-because-asked-to-stop = { CAPITAL($by) } recorded that it was asked to stop just before.

## What the confidence in an incident rests on

join-sure-borrowed = This kill has no report of its own (rate limit); that it belongs to this cgroup is inferred from the reports of the same name, or of the same pool of workers, in the seconds around it.
join-sure-damaged = It stands only in a file or archive that is damaged: names and numbers in it may be wrong.
join-sure-one-line = Only one line tells of it, without a time and without sizes: it may be somebody's words about a kill.
join-sure-by-pid = The container was told by its process id: the kernel's line names no cgroup.
join-sure-by-name-and-time = What ended was told by its name and the time: the kernel's report names no cgroup.
join-sure-unlisted-id = The container's name was told by the time: no record has the id that the kernel's report names, and an OOM kill was seen at that moment in this one only.
join-sure-seen-at-that-time = What ended was told by the time: the kernel's report names no cgroup, and an OOM kill was seen at that moment in this one only.
join-sure-by-time = What ended was told by the time alone: the kernel's report names no cgroup, and nothing else was killed at that moment without a known sender.
join-sure-mixed = Two kernel reports were printed at the same time; some lines may belong to the other one.
join-sure-no-code-main-killed = No exit code is recorded; 137 follows from the kernel's SIGKILL to its main process.
join-sure-main-killed = The container's own main process was among the killed.
join-sure-other-killed = Another process of the container was killed; its main process ended after it.
join-sure-no-code-likely-137 = No exit code is recorded: the container ended after the kernel's SIGKILL and nobody asked it to stop, so 137 is likely.
join-sure-by-id-and-time = Joined by container id and time; the main process's id is not recorded.
join-sure-runtime-saw-too = The runtime saw the OOM in this container too.
join-sure-kill-line = The kernel's own kill line is in the logs.
join-sure-only-summary = Only the kernel's summary line is in the logs; the kill line itself is missing.
join-sure-killed-nothing = The kernel's own report is in the logs; it killed nothing.
join-sure-panic-line = The kernel's own panic message is in the logs.
join-sure-no-outcome = The report has no outcome: the log is cut, or the victim was ending already.
join-sure-no-dump = The dump before the kill is missing (the kernel prints at most 10 in 5 seconds, or the log was filtered): which limit was hit is not known from it.
join-sure-dropped-dumps = The kernel dropped { $n } dumps just before this one.
join-sure-killer-recorded = { $agent } itself recorded the kill. The kernel writes no line for it.
join-sure-eviction-recorded = The kubelet or the API server recorded the eviction.
join-sure-killed-when-full = The platform says that it was killed, and that all of its memory was in use; it does not say that the one follows from the other.
join-sure-no-code-sigkill = No exit code is recorded; 137 follows from the SIGKILL that is.
join-sure-no-code-torn-down = No exit code is recorded. Its sandbox ended in the same moment, after the pod was removed and before the runtime was asked to stop anything: the pod's cgroup was killed as a whole, which gives 137.
join-sure-zones-missing = Lines about its zones are missing from the report: perhaps memory was free, but not where or in the size that was asked for.
join-sure-only-program = Only { $program }'s own words tell of it; these logs show no end that follows from it.
join-sure-child-by-parent = Only the parent, { $program }, tells of it; a parent sees the signal, not its sender.
join-sure-only-speaker = Only { $speaker } tells of it; the kernel's own lines are not in these logs.
join-sure-traced = A tracer saw the kernel's OOM killer choose it; the kernel log itself is not in these files.
join-sure-quoted-kernel = { $speaker } quotes the kernel's line; the kernel log itself is not in these files.
join-sure-only-kill-of-text = The text quotes one kill by the kernel and shows one container that was killed for memory: most likely they are the same.
join-sure-kubelet-counted = The kubelet counted a kernel OOM kill on the node; the kernel's own lines are not in these logs.
join-speaker-cgroup-files = cgroup files
join-speaker-application = application

## Steps of the timeline: what somebody did

join-step-container-restarted = started the container again
join-step-sigkill-after-timeout = sent SIGKILL because the time to stop had run out
join-step-sigkill = sent SIGKILL
join-step-stop-done = the stop command was done
join-step-pod-deleted = the pod was deleted
join-step-oom-seen = saw an OOM kill in the container
join-step-signal = sent signal { $signal } on request
join-step-evicted-saying = evicted the pod: { $message }
join-step-platform-ended = ended it at its memory limit
join-step-evicted = evicted the pod
join-step-probe-failed = a probe failed
join-step-probe-failed-saying = a probe failed: { $message }
join-step-child-killed = { $program } saw its child die of SIGKILL
join-step-child-killed-with-pid = { $program } saw its child { $pid } die of SIGKILL
join-step-asked-to-stop = { $told ->
    [signal] asked it to stop with { $signal }
    [grace] asked it to stop, { $grace } s to go
    [reason] asked it to stop: { $reason }
    [signal-grace] asked it to stop with { $signal }, { $grace } s to go
    [signal-reason] asked it to stop with { $signal }: { $reason }
    [grace-reason] asked it to stop, { $grace } s to go: { $reason }
    [all] asked it to stop with { $signal }, { $grace } s to go: { $reason }
   *[nothing] asked it to stop
}
join-step-ended = the container ended
join-step-ended-code = the container ended with exit code { $code }
join-step-ended-reason = the container ended ({ $reason })
join-step-ended-code-reason = the container ended with exit code { $code } ({ $reason })
join-step-ended-flagged = the container ended (OOM flag set)
join-step-ended-code-flagged = the container ended with exit code { $code } (OOM flag set)
join-step-sysrq = was told to run its OOM killer by hand (SysRq f)
join-step-asked-for-memory = '{ $comm }' asked for memory, and the kernel could not give it
join-step-fault = logged a fault of '{ $comm }' (pid { $pid })
join-step-killed = killed '{ $comm }' (pid { $pid })
join-step-killed-of-size = killed '{ $comm }' (pid { $pid }, { $size } of its own memory)
join-step-no-victim = found no process that it may kill
join-step-panic = stopped the node: { $reason }
join-step-sandbox-ended = the pod's sandbox ended
join-step-unit-ended = { $unit } ended
join-step-unit-ended-result = { $unit } ended with result '{ $result }'
join-step-unit-restarted = starts { $unit } again
join-step-pressure-allocation = could not give memory to '{ $comm }'
join-step-pressure-hung = task '{ $comm }' (pid { $pid }) had not run for minutes
join-step-pressure-slab = could not enlarge one of its own caches
join-step-pressure-told = said: { $message }
join-sure-oomd-at-work = Nobody names who killed it, but systemd-oomd wrote at that moment that it was killing processes.
join-sure-pressure-near = The node showed signs of a shortage of memory near that time, so an OOM kill is possible; no log that would tell of it covers that time.
join-sure-fault = The kernel logged the fault of its process at that moment.
join-sure-like-before = No record tells of its end after this kill; in each of { $lives } earlier lives such a kill ended the container with 137, so the same is likely.
join-step-evicted-for-memory = evicted the pod because the node was low on memory
join-step-signal-to-process = sent { $signal } to '{ $comm }' (pid { $pid })
join-step-killed-unnamed = killed { $comm ->
    [none] a process
   *[other] '{ $comm }'
}
join-step-signal-to = sent { $signal } to { $target }
join-step-some-signal-to-process = sent a signal to '{ $comm }' (pid { $pid })
join-step-some-signal-to = sent a signal to { $target }
join-step-oom-counted = the kernel counts OOM kills in cgroup { $cgroup }: { $count }
join-step-oom-seen-in-it = saw an OOM kill in it
join-step-traced-kill = saw the kernel's OOM killer choose process { $pid }
join-step-quoted-kernel = quoted the kernel: it killed process { $pid }
join-step-node-oom-seen = saw the node out of memory

## What restarted

join-workload-short-of-memory = { $rhythm ->
    [apart] { $name } was hit by a shortage of memory { $times } times, { $span } apart.
    [rapid] { $name } was hit by a shortage of memory { $times } times, mostly less than a second apart.
    [steady] { $name } was hit by a shortage of memory { $times } times, about every { $span }.
   *[unknown] { $times ->
        [one] { $name } was hit by a shortage of memory once.
       *[other] { $name } was hit by a shortage of memory { $times } times.
    }
}
join-workload-ended = { $rhythm ->
    [apart] { $name } ended abnormally { $times } times, { $span } apart.
    [rapid] { $name } ended abnormally { $times } times, mostly less than a second apart.
    [steady] { $name } ended abnormally { $times } times, about every { $span }.
   *[unknown] { $times ->
        [one] { $name } ended abnormally once.
       *[other] { $name } ended abnormally { $times } times.
    }
}
join-workload-mixed = { $rhythm ->
    [apart] { $memory ->
        [one] { $name } had { $times } incidents, { $span } apart; { $memory } of them was memory.
       *[other] { $name } had { $times } incidents, { $span } apart; { $memory } of them were memory.
    }
    [rapid] { $memory ->
        [one] { $name } had { $times } incidents, mostly less than a second apart; { $memory } of them was memory.
       *[other] { $name } had { $times } incidents, mostly less than a second apart; { $memory } of them were memory.
    }
    [steady] { $memory ->
        [one] { $name } had { $times } incidents, about every { $span }; { $memory } of them was memory.
       *[other] { $name } had { $times } incidents, about every { $span }; { $memory } of them were memory.
    }
   *[unknown] { $memory ->
        [one] { $name } had { $times } incidents; { $memory } of them was memory.
       *[other] { $name } had { $times } incidents; { $memory } of them were memory.
    }
}
join-workload-startup = It dies soon after each start: the limit is below what it needs to start.
join-workload-growth = It lives for a while and returns to the limit: a leak, or a load that grows.
join-workload-bystander = Others held the memory when it was killed.
join-workload-crash-loop = None of it was memory.
join-span-seconds = { $n } s
join-span-minutes = { $n } min
join-span-hours = { $n } h
join-span-days = { $n } days
join-workload-filtered = { $own } of { $all } incidents of { $name } match.

## Gaps of a kernel log

join-gap-notice = { $notice }
join-gap-left-out = a message that journalctl left out for its length (no --all)
join-gap-sequence = { $count } records are missing before this one (sequence numbers of /dev/kmsg)
join-gap-console = the console dropped { $count } kernel lines
join-gap-hidden = a kernel line that journalctl shows as { $shown } only

## Files that cannot be read, or only in part

join-words-of-others = { $text }
join-no-such-file = there is no such file or folder
join-no-permission = no permission to read it: run as root, or make it readable
join-empty = it is empty
join-decoder-gave-up = the decoder gave up
join-codec-damaged = { $codec } data is damaged after { $at } decoded bytes: { $why }
join-codec-refused = { $codec } data can not be decoded: { $why }
join-codec-cut = { $codec } data ends early, after { $at } decoded bytes
join-bytes-after-end = bytes after the end of the { $codec } data are not { $codec } data: left out
join-decoder-stuck = the decoder can not go on
join-invalid-deflate = invalid deflate data
join-window-too-large = it needs a larger window than allowed; raise the limit with --max-window
join-dictionary-too-large = it needs a larger dictionary than allowed; raise the limit with --max-window
join-xz-options = it uses options that this version does not know
join-xz-data = it does not fit its checksum or format
join-limit-expansion = more than { $max } bytes when unpacked; raise the limit with --max-expansion
join-limit-ratio = unpacks to more than { $max } times its size; raise the limit with --max-ratio
join-limit-holes = more than { $max } bytes of holes; raise the limit with --max-expansion
join-limit-members = more than { $max } archive members; raise the limit with --max-members
join-stopped = reading was stopped by Ctrl-C
join-stopped-before = reading was stopped by Ctrl-C: this and { $more } more files were not read
join-reading-stopped = reading stopped: { $why }
join-limit-layers = left out: more than { $max } layers of archives; raise the limit with --max-depth
join-no-log = left out: it is { $what }, not a log
join-unreadable-kind = left out: it is { $what }, which can not be read here; unpack it first
join-zip-damaged = the zip was cut or damaged ({ $why }): its members were searched for
join-zip-io = i/o error
join-zip-invalid = { $text }
join-zip-member = member { $index } can not be read: { $why }
join-members-missing = { $why }: members behind that are missing
join-folder-not-opened = the folder can not be opened
join-limit-files = more than { $max } files; raise the limit with --max-members
join-links-lead-out = { $count } links lead out of this folder and were not followed (the first is { $first }): name what they lead to if it belongs here
join-block-device = a block device can not be read
join-socket = a socket can not be read
join-tar-member-left-out = { $name }: { $why }: left out
join-tar-long-name = a name of { $size } bytes is too long: left out
join-tar-no-member-at-end = damaged: no member found in the last { $bytes } bytes
join-tar-no-end = the archive has no end mark: it may have been cut, members may be missing
join-tar-damaged = damaged: { $bytes } bytes before byte { $at } hold no member header
join-tar-cut-in-sparse-map = the tar archive ends early, in a sparse map
join-tar-cut = the tar archive ends early: { $left } bytes of this member are missing
join-tar-sparse-wrong = its sparse map makes no sense
join-tar-sparse-long = its sparse map is too long
join-tar-sparse-damaged = its sparse map is damaged
join-zip-no-directory = the zip ends without its directory: it was cut, members may be missing
join-zip-no-header = damaged: { $bytes } bytes hold no member header
join-zip-cut = the zip ends early, in a member header
join-zip-encrypted = it is encrypted: unpack it with its password first
join-zip-deflate64 = Deflate64 can not be read: unpack it first
join-zip-method = zip method { $n } can not be read: unpack it first
join-checksum = the checksum does not match
join-damaged = damaged: { $why }; what stands before is used
join-no-needles = the search words cannot be compiled
join-doubtful-line = this line may be an old kernel's about an out-of-memory kill, but nothing here shows that the kernel wrote it; it is not counted: { $text }
join-fragment = a memory report of the kernel begins here without its head: it may be the rest of an out-of-memory report ({ $text })
join-quoted-line = this line quotes an out-of-memory line of the kernel, and no incident here tells of that kill; it is not counted: { $text }
join-unknown-line = this line looks like an out-of-memory message, but its form is not known: { $text }

## What a file is that holds no log, or cannot be read

join-kind-zeros = nothing but zeros at its start and end
join-kind-7z = a 7z archive
join-kind-rar = a RAR archive
join-kind-compress = compressed with compress (.Z)
join-kind-lzip = compressed with lzip
join-kind-lzop = compressed with lzop
join-kind-cabinet = a cabinet archive
join-kind-age = encrypted with age
join-kind-pgp = encrypted with PGP
join-kind-openssl = encrypted with openssl
join-kind-elf = a program or core dump (ELF)
join-kind-kdump = a memory dump (kdump)
join-kind-makedumpfile = a memory dump (makedumpfile)
join-kind-memory-dump = a memory dump
join-kind-java-class = a Java class
join-kind-java-heap = a Java heap dump
join-kind-java-flight = a Java flight recording
join-kind-wasm = a WebAssembly program
join-kind-rpm = an RPM package
join-kind-ar = a Debian package or static library
join-kind-squashfs = a squashfs image
join-kind-qcow2 = a disk image (qcow2)
join-kind-vmdk = a disk image (vmdk)
join-kind-vhd = a disk image (vhd)
join-kind-vhdx = a disk image (vhdx)
join-kind-luks = an encrypted disk
join-kind-sqlite = a SQLite database
join-kind-pdf = a PDF document
join-kind-picture = a picture
join-kind-sound = a sound
join-kind-pcap = a packet capture
join-kind-perf = a perf recording
join-kind-font = a font
join-kind-minidump = a memory dump (minidump)
join-kind-cpio = a cpio archive
join-kind-utf32 = UTF-32 text
join-kind-zip-program = a program or document (zip)
join-kind-binary = binary data

## Journal files

join-journal-flags = the journal uses format features that are not known here (flags { $flags })
join-journal-header = the journal's header is damaged
join-journal-pages = { $pages ->
    [one] { $pages } page of the file could not be read: { $why }
   *[other] { $pages } pages of the file could not be read: { $why }
}
join-journal-cut = the file is cut: its end is missing
join-journal-gaps = { $count ->
    [one] skipped { $count } damaged place ({ $bytes } bytes in all, the first at byte { $first })
   *[other] skipped { $count } damaged places ({ $bytes } bytes in all, the first at byte { $first })
}
join-journal-sizes = { $count ->
    [one] { $count } object has a wrong size (the first at byte { $first })
   *[other] { $count } objects have a wrong size (the first at byte { $first })
}
join-journal-lost-fields = { $count ->
    [one] { $count } field of an entry is lost (the first at byte { $first })
   *[other] { $count } fields of entries are lost (the first at byte { $first })
}
join-journal-undecoded = { $count ->
    [one] { $count } field could not be decompressed (the first at byte { $first })
   *[other] { $count } fields could not be decompressed (the first at byte { $first })
}
join-journal-long-fields = { $count ->
    [one] { $count } field is too long and was cut (the first at byte { $first })
   *[other] { $count } fields are too long and were cut (the first at byte { $first })
}
join-journal-entries = the header counts { $told } entries, but only { $found } were found
join-journal-large-entry = an entry is too large: only a part of it was read
join-journal-too-much = the file repeats or unpacks to too much data: the rest of it was not read
join-journal-many-places = too many damaged places: not all of them were searched
join-journal-many-fields = an entry has too many fields: only a part of them was read
join-journal-many-boots = the file has too many boots: not all of them were counted
join-journal-many-references = too many entries refer to places behind them: not all of them were followed
join-journal-none = not a systemd journal file
join-journal-short = the journal file ends inside its header
join-journal-unreadable = cannot read the journal file: { $why }
join-journal-in-archive = a journal file of this size can only be read outside of an archive; its beginning is used

## Documents that cannot be read as a whole

join-document-many-facts = more facts than are taken from one document: the rest is left out
join-document-64-mib = only the first 64 MiB of a document are read
join-document-comma-expected = a comma or a closing bracket was expected
join-document-many-values = more values than are read from one document
join-document-deep = values nested too deep
join-document-value-expected = a value was expected
join-document-key-expected = a key was expected
join-document-colon-expected = a colon was expected
join-document-cut = the document ends within a value
join-document-state-of-nobody = the end of a container that has no name, no id and no time here: it is not counted
join-document-no-yaml = this line is no YAML that is understood
join-document-16-mib = only the first 16 MiB of a YAML document are read
join-document-large = too large or nested too deep
join-document-open-quote = the document ends within a quoted text

## The running machine

join-live-refused = { $needs ->
    [kernel-log] no permission to read it: it needs the right CAP_SYSLOG, or sysctl kernel.dmesg_restrict=0: run as root
    [group] no permission to read it: members of group { $group } can read it: run as root, or join the group
   *[root] no permission to read it: only root can read it: run as root
}
join-live-refused-with-others = { $needs ->
    [kernel-log] no permission to read it, nor { $more } more near it: it needs the right CAP_SYSLOG, or sysctl kernel.dmesg_restrict=0: run as root
    [group] no permission to read it, nor { $more } more near it: members of group { $group } can read it: run as root, or join the group
   *[root] no permission to read it, nor { $more } more near it: only root can read it: run as root
}
join-live-no-kernel-log = no kernel log of this machine can be read: a kill by the kernel would not be seen
join-live-not-started = it could not be started: { $why }
join-live-too-long = it took longer than { $seconds } s and was stopped
join-live-failed = it failed ({ $status }): { $words }
join-live-more-cgroups = { $n } more cgroups count OOM kills that are not in the logs
join-live-cgroup-counts = { $counted ->
    [1] { $known ->
        [0] cgroup { $cgroup } counts 1 OOM kill, but none of them is in the logs ({ $missing } missing)
        [1] cgroup { $cgroup } counts 1 OOM kill, but only 1 is in the logs ({ $missing } missing)
       *[other] cgroup { $cgroup } counts 1 OOM kill, but only { $known } are in the logs ({ $missing } missing)
    }
   *[other] { $known ->
        [0] cgroup { $cgroup } counts { $counted } OOM kills, but none of them is in the logs ({ $missing } missing)
        [1] cgroup { $cgroup } counts { $counted } OOM kills, but only 1 is in the logs ({ $missing } missing)
       *[other] cgroup { $cgroup } counts { $counted } OOM kills, but only { $known } are in the logs ({ $missing } missing)
    }
}
join-kernel-counts = { $all ->
    [1] { $known ->
        [0] the kernel has killed 1 process for lack of memory since it was booted, but none of them is in the logs
        [1] the kernel has killed 1 process for lack of memory since it was booted, but only 1 is in the logs
       *[other] the kernel has killed 1 process for lack of memory since it was booted, but only { $known } are in the logs
    }
   *[other] { $known ->
        [0] the kernel has killed { $all } processes for lack of memory since it was booted, but none of them is in the logs
        [1] the kernel has killed { $all } processes for lack of memory since it was booted, but only 1 is in the logs
       *[other] the kernel has killed { $all } processes for lack of memory since it was booted, but only { $known } are in the logs
    }
}
join-follow-rotated = it was rotated since it was followed last, and the old file is gone or packed: lines in between may be missing
join-state-other = it is not a state file of this program
join-state-version = it was written by another version
