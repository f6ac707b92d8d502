### Causes, reasons, steps of the timeline and problems (correlate, scan, source, framing, time).

## Why a container or unit ended when no kernel kill explains it

join-because-invented = The record has no times: the platform made the exit code up because it had lost the container.
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
join-because-no-code = No exit code is recorded.
join-because-client-asked-for-sigkill = systemd recorded that a client asked for SIGKILL.
join-because-oomd-killed-unit = systemd recorded that systemd-oomd killed processes of this unit.
join-because-stop-timed-out = systemd recorded that stopping timed out and that it killed the rest.
join-because-watchdog = systemd's watchdog heard nothing from it in time.
join-because-unit-oom = systemd saw an OOM kill in this unit; the kernel's own line for it is not in these logs.
join-because-systemd-status = The status is one of systemd's own: it could not set the process up.
join-because-killed-while-stopping = systemd killed it while it was being stopped.
join-because-covered-no-kill-in-unit = The kernel log covers that time and shows no OOM kill in this unit.
join-because-not-covered = The kernel log does not cover that time.
join-because-unit-failed = systemd says that the unit failed.
join-because-evicted-for-other = The kubelet evicted the pod because the node was low on { $resource }, not on memory.
join-because-program-out-of-memory = The { $program } program itself said that it was out of memory before it ended.
join-because-stop-command = { CAPITAL($by) } recorded a stop command, and the container ended by SIGKILL.
join-because-kill-requested = { CAPITAL($by) } recorded a request to kill it.
join-because-asked-and-timed-out = { CAPITAL($by) } recorded that it was asked to stop and that the time ran out.
join-because-asked-to-stop = { CAPITAL($by) } recorded that it was asked to stop just before.

## Steps of the timeline: what somebody did

join-step-container-restarted = started the container again
join-step-sigkill-after-timeout = sent SIGKILL because the time to stop had run out
join-step-sigkill = sent SIGKILL
join-step-stop-done = the stop command was done
join-step-pod-deleted = the pod was deleted
join-step-oom-seen = saw an OOM kill in the container
join-step-signal = sent signal { $signal } on request
join-step-evicted-saying = evicted the pod: { $message }
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
join-step-unit-ended = { $unit } ended
join-step-unit-ended-result = { $unit } ended with result '{ $result }'
join-step-unit-restarted = starts { $unit } again

## What the confidence in an incident rests on

join-sure-borrowed = This kill has no report of its own (rate limit); that it belongs to this cgroup is inferred from the reports of the same name in the seconds around it.
join-sure-by-pid = The container was told by its process id: the kernel's line names no cgroup.
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
join-sure-no-code-sigkill = No exit code is recorded; 137 follows from the SIGKILL that is.
join-sure-fault = The kernel logged the fault of its process at that moment.
join-sure-like-before = No record tells of its end after this kill; in each of { $lives } earlier lives such a kill ended the container with 137, so the same is likely.

## Steps of the timeline of other killers

join-step-evicted-for-memory = evicted the pod because the node was low on memory
join-step-signal-to-process = sent { $signal } to '{ $comm }' (pid { $pid })
join-step-signal-to = sent { $signal } to { $target }
join-step-some-signal-to-process = sent a signal to '{ $comm }' (pid { $pid })
join-step-some-signal-to = sent a signal to { $target }
join-step-oom-seen-in-it = saw an OOM kill in it
join-sure-only-speaker = Only { $speaker } tells of it; the kernel's own lines are not in these logs.
join-step-quoted-kernel = quoted the kernel: it killed process { $pid }
join-sure-quoted-kernel = { $speaker } quotes the kernel's line; the kernel log itself is not in these files.
join-step-node-oom-seen = saw the node out of memory
join-sure-kubelet-counted = The kubelet counted a kernel OOM kill on the node; the kernel's own lines are not in these logs.
join-speaker-cgroup-files = cgroup files
join-speaker-application = application

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
