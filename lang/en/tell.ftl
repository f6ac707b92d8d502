### What happened, why, and what to do (diagnose).

## Sizes, shares and spans of time

tell-bytes = { $n } { $n ->
    [one] byte
   *[other] bytes
}
tell-size-of = { $size } ({ $percent })
tell-percent-tiny = under 0.1%
tell-span-seconds = { $n } s
tell-span-minutes = { $n } min
tell-span-hours = { $hours } h { $minutes } min
tell-span-days = { $n } days

## Who: names of containers, services and processes

tell-container = { $name ->
    [none] a container
   *[other] container { $name }
}{ $pod ->
    [none] {""}
   *[other] {" "}of pod { $pod }
}
tell-container-of-uid = { $name ->
    [none] a container
   *[other] container { $name }
} of the pod with uid { $uid }
tell-of-platform = { $kind ->
    [lxc] LXC container
    [openvz] OpenVZ container
    [garden] Garden container
    [mesos] Mesos container
    [yarn] YARN container
    [systemd-nspawn] machine
    [qemu] virtual machine
    [htcondor] HTCondor job
    [lsf] LSF job
    [heroku] dyno
   *[pbs] PBS job
} { $name }
tell-nomad-task = Nomad task { $name }{ $allocation ->
    [none] {""}
   *[other] {" "}of allocation { $allocation }
}
tell-slurm = { $kind ->
    [step] Slurm step
   *[job] Slurm job
} { $name }
tell-inside = { $unit } in { $machine }
tell-service = service { $name }
tell-unit = unit { $name }
tell-application-unit = { $what } (unit { $unit })
tell-application = application { $name }
tell-snap = snap { $name }
tell-session = login session { $number }
tell-terminal = a terminal window
tell-tmux = a tmux window
tell-transient = a command that systemd-run started
tell-pod = pod { $pod }
tell-process = process { $name } (pid { $pid })
tell-nameless-process = process { $pid }
tell-some-process = a process
tell-process-sized = { $name } (pid { $pid }{ $size ->
    [none] {""}
   *[other] , { $size }
})
tell-and-more = { $n } more
tell-some-killer = an OOM killer in user space

## Exits

tell-exit-code = exit code { $code }{ $signal ->
    [none] {""}
   *[other] {" "}(signal { $signal }{ $name ->
        [none] {""}
       *[other] , { $name }
    })
}
tell-exit-signal = signal { $signal }{ $name ->
    [none] {""}
   *[other] , { $name }
}

## Holders of memory: labels in tables

tell-holder-name-shmem = shared memory and tmpfs
tell-holder-name-unaccounted = not explained by any counter
tell-holder-name-slab = kernel slab
tell-holder-name-other-slab = other kernel slab
tell-holder-name-cache = slab cache { $name }
tell-holder-name-huge = huge pages
tell-holder-name-huge-of = huge pages of { $size }
tell-holder-name-pagetables = page tables
tell-holder-name-stacks = kernel stacks
tell-holder-name-sockets = socket buffers
tell-holder-name-percpu = per-cpu data
tell-holder-name-vmalloc = vmalloc
tell-holder-name-kmem = kernel memory (kmem counter)
tell-holder-name-balloon = memory balloon

## Holders of memory, in a list within a sentence

tell-holder-process = { $name }{ $count ->
    [none] {""}
   *[other] {" "}({ $count } processes)
} with { $size }{ $percent ->
    [none] {""}
   *[other] {" "}({ $percent })
}
tell-holder-container = container { $name } with { $size }{ $percent ->
    [none] {""}
   *[other] {" "}({ $percent })
}
tell-holder-other = { $name } with { $size }{ $percent ->
    [none] {""}
   *[other] {" "}({ $percent })
}
tell-holder-unaccounted = { $size }{ $percent ->
    [none] {""}
   *[other] {" "}({ $percent })
} that no counter explains
tell-top-holder = The largest holder was { $holder }.
tell-top-holders = The largest holders were { $holders }.

## What memory was used for, in a list within a sentence

tell-in-use = In use were: { $parts }.
tell-part-anon = { $size } anonymous memory (heap, stacks)
tell-part-shmem = { $size } shared memory and tmpfs
tell-part-cache = { $size } page cache
tell-part-kernel = { $size } kernel memory
tell-part-sockets = { $size } socket buffers
tell-part-slab = { $size } kernel slab
tell-part-pagetables = { $size } page tables
tell-part-stacks = { $size } kernel stacks
tell-part-huge = { $size } huge page pools
tell-part-unevictable = { $size } that may not be reclaimed (locked memory, ramfs)
tell-part-unaccounted = { $size } that no counter explains

## A kernel kill: who asked

tell-trigger = { $who }{ $pid ->
    [none] {""}
   *[other] {" "}(pid { $pid })
} asked for { $pages ->
    [none] one more page
   *[other] { $pages } pages in a row (order { $order })
}{ $purpose ->
    [process] , to start a process or thread
    [shmem] , to write to shared memory or a tmpfs file
    [huge] , for huge pages
    [network] , for network buffers
    [file] , to read a page of a file or program back in
    [swap] , to bring a page back from swap
    [anon] , for heap or stack memory
    [copy] , to copy a page after a fork
    [kernel] , for the kernel's own objects
   *[none] {""}
}.
tell-trigger-not-victim = It is not the process that was killed: who asks last need not be who used the memory.
tell-limit-lowered = The limit was being lowered at that moment, below what was in use: the call trace shows a write to the limit.

## A kernel kill: who died

tell-victims = The kernel killed { $n } processes: { $names }.{ $sum ->
    [none] {""}
   *[other] {" "}Together they held { $sum }.
}
tell-victim-unsized = The kernel killed { $name } (pid { $pid }).
tell-victim = The kernel killed { $name } (pid { $pid }), which held { $held }{ $parts ->
    [none] {""}
   *[other] {" "}({ $parts })
}{ $share ->
    [none] {""}
    [over] , all of { $whole ->
        [node] the node's memory
       *[limit] the limit
    } of { $total }
   *[other] , { $share } of { $whole ->
        [node] the node's memory
       *[limit] the limit
    } of { $total }
}.
tell-held-anon = { $size } anonymous
tell-held-file = { $size } of files
tell-held-shmem = { $size } shared
tell-held-swap = { $size } in swap

## A kernel kill: why this one

tell-choice-allocating = The kernel is set to kill whoever asks (vm.oom_kill_allocating_task), whatever it holds.
tell-choice-child = The kernel had chosen { $chosen } (pid { $pid }) and killed its child { $victim } in its place.
tell-choice-only = { $victim } was the only process there that the kernel may kill.
tell-choice-largest = { $victim } had the highest score of all processes that the kernel may kill: it was the largest.
tell-choice-among-largest = { $victim } was one of the largest of all processes that the kernel may kill; others were as large.
tell-choice-adjusted = { $victim } was chosen for its oom_score_adj of { $adj }{ $qos ->
    [besteffort] {" "}(what Kubernetes gives to BestEffort pods)
    [burstable] {" "}(in the range that Kubernetes gives to Burstable pods)
   *[none] {""}
}, not for its size: { $other } with oom_score_adj { $other_adj } was larger.
tell-choice-unexplained = By the sizes in the kernel's table { $other } would have been chosen; the table does not explain the choice of { $victim }.
tell-choice-exempt = { $names } { $n ->
    [one] is larger but is
   *[other] are larger but are
} never chosen, because oom_score_adj is -1000 there.
tell-group = memory.oom.group is set, so the kernel kills all processes{ $path ->
    [none] {""}
   *[other] {" "}of { $path }
} at once:{ $first ->
    [none] {""}
   *[other] {" "}{ $first } was chosen,
} the others died with it.

## How it ended

tell-ended = { $who } ended with { $exit }{ $reason ->
    [none] {""}
   *[other] , reason { $reason }
}.
tell-run-by-ended = It is run by { $unit }, which ended with { $exit }{ $reason ->
    [none] {""}
   *[other] , reason { $reason }
}.
tell-run-by = It is run by { $unit }.
tell-unit-restarted-at = { $unit } was started again at { $time }.
tell-do-limit-in-unit = Set its memory limit where { $unit } starts it: PodmanArgs=--memory in its .container file (Quadlet), or --memory in its ExecStart. Then systemctl daemon-reload, and restart the unit.
tell-why-limit-in-unit = The unit makes the container anew at each start. A limit that is set by hand is gone then.
tell-restarted-at = It was started again at { $time }.
tell-flag-without-kill = The runtime's OOM flag is set, though the kernel log shows no such kill for this end: the flag stays set after any earlier kill in the same container.
tell-kill-without-flag = The runtime did not report it as an OOM kill; the kernel's own record is the better proof.
tell-previous-kills = These logs show { $n } earlier { $n ->
    [one] kill
   *[other] kills
} of the same kind for it.
tell-had-run = It had run for { $span }.
tell-survived = { $who } itself went on running after the kill.
tell-main-process = That was the main process of { $who }, so { $who } ended with it.
tell-no-main-process = The killed process was not the main process of { $who }.
tell-later-exit = Its main process ended afterwards, with exit code { $code }{ $code ->
    [137] {" "}(what a shell passes on when its child got SIGKILL)
    [247] {" "}(what Python passes on when its child got SIGKILL)
   *[other] {""}
}.

## Victims whose death has consequences of its own

tell-special-shim = { $name } watches over containers: without it the runtime reports them as dead, with a made-up exit code of 137 or 255.
tell-special-conmon = { $name } watches over a container: without it the exit code of the container is lost.
tell-special-runtime = { $name } is the container runtime itself: expect all its containers to look dead or unknown for a while.
tell-special-kubelet = { $name } is the node's agent: expect the node to become NotReady and its pods to look unknown.
tell-special-starting-limited = { $name } is a container that was just being started: the limit was too small even for that.
tell-special-starting = { $name } is a container that was just being started.
tell-special-pause = { $name } is the pause process of a pod: with it the whole pod is restarted.
tell-special-logger = { $name } writes the logs: expect missing lines around this time.
tell-special-qemu = { $name } is a virtual machine: its guest sees a power loss and logs nothing.

## What the kernel's report lacks

tell-only-kill-line = Only the kill line is left of the kernel's report: no process table and no memory figures are known.
tell-bsd-line = A BSD kernel prints one line for such a kill: how much memory the process held, and who else held memory, is not known.
tell-init-panic = Process 1 (init) was among the killed. The kernel panics then ({ $text }), and the whole node goes down.
tell-no-table = The report holds no process table, so who else held memory is not known.
tell-suppressed = The kernel left out { $n } { $n ->
    [one] report
   *[other] reports
} just before this one (rate limit: 10 reports in 5 seconds).
tell-from-summary-line = The kill line itself is missing; the summary line before it names the victim.
tell-mixed = Two reports were printed at the same time on this old kernel: some figures may belong to the other one.
tell-page-size-assumed = The report does not tell the page size: process sizes assume 4 KiB pages.
tell-unreaped = The kernel could not take back the memory of { $name } (pid { $pid }): it was stuck, often in a disk or network file system.
tell-shmem-left = After the kill the victim's { $size } of shared memory were still there.

## An OOM without a kill

tell-gave-up = The kernel gave up: { $text }.
tell-already-exiting = { $who ->
    [none] A process there
   *[other] { $who }
} was already ending, so the kernel waited for it and killed nothing.
tell-log-ends-chosen = The kernel chose { $who } to be killed, or a child of it. The line that tells of the kill itself is not in these logs.
tell-log-ends = The log ends before it shows who was killed, if anybody was.
tell-no-killable = The kernel found no process that it may kill{ $exempt ->
    [yes] : all of them have oom_score_adj -1000
   *[no] {""}
}.{ $repeats ->
    [none] {""}
   *[other] {" "}This was reported { $repeats } times.
}

## A cgroup's limit: whose, as the subject of a sentence

tell-owner-container = The container's memory cgroup
tell-owner-service = The service's memory cgroup
tell-owner-ecs-task = The ECS task's memory cgroup
tell-owner-pod = The pod's memory cgroup
tell-owner-kubepods = All pods together
tell-owner-qos = All pods of its QoS class
tell-owner-above = The cgroup above it, { $path },
tell-owner-cgroup = Cgroup { $path }
tell-owner-unknown = Its cgroup

## A cgroup's limit: that it was reached, as a clause after "because"

tell-reached-own = it reached its own memory limit{ $limit ->
    [none] {""}
   *[other] {" "}of { $limit }
}
tell-reached-pod = its pod reached its memory limit{ $limit ->
    [none] {""}
   *[other] {" "}of { $limit }
}
tell-reached-ecs-task = its ECS task reached its memory limit{ $limit ->
    [none] {""}
   *[other] {" "}of { $limit }
}
tell-reached-kubepods = all pods together reached the limit set for them (node allocatable){ $limit ->
    [none] {""}
   *[other] {" "}of { $limit }
}
tell-reached-qos = the pods of its QoS class reached their limit{ $limit ->
    [none] {""}
   *[other] {" "}of { $limit }
}
tell-reached-above = the cgroup above it, { $path }, reached its limit{ $limit ->
    [none] {""}
   *[other] {" "}of { $limit }
}
tell-reached-cgroup = cgroup { $path } reached its memory limit{ $limit ->
    [none] {""}
   *[other] {" "}of { $limit }
}
tell-reached-unknown = its cgroup reached its memory limit{ $limit ->
    [none] {""}
   *[other] {" "}of { $limit }
}

## A cgroup's limit: summaries

tell-cgroup-cut = { $who }: { $reached }, and the logs do not show whom the kernel killed{ $repeats ->
    [none] {""}
   *[other] {" "}({ $repeats } reports)
}.
tell-cgroup-chosen = { $who }: { $reached }, and the kernel chose { $victim } to be killed.
tell-cgroup-no-kill = { $who }: { $reached }, and the kernel killed nothing{ $repeats ->
    [none] {""}
   *[other] {" "}({ $repeats } reports)
}.
tell-cgroup-no-start = { $who } could not start: its memory limit is too low, as its runtime says.
tell-cgroup-some-no-start = A container could not start: its memory limit is too low, as its runtime says.
tell-cgroup-counted = { $who }: the kernel counted { $count ->
    [1] 1 OOM kill
   *[other] { $count } OOM kills
} in its memory cgroup; when, and of which process, is not in these logs.
tell-cgroup-something-killed = { $who }: the kernel killed something in it for memory, as its runtime says; what, and whether it lived on, is not in these logs.
tell-cgroup-somewhere-killed = The kernel killed something for memory, as its runtime says; in which container, and whether that lived on, is not in these logs.
tell-cgroup-something-and-ended = { $who } ended with { $exit }, and the kernel killed something in it for memory, as its runtime says.
tell-cgroup-by-runtime = { $who } was killed for memory, as its runtime says; most likely { $reached }{ $times ->
    [none] {""}
   *[other] {" "}({ $times } times)
}.
tell-cgroup-survived = The kernel killed { $name } (pid { $pid }) in { $who }, because { $reached }. The rest of it went on running.
tell-cgroup-one = { $who }: the kernel killed its process { $name }, because { $reached }.
tell-cgroup-many = { $who }: the kernel killed { $n } of its processes, because { $reached }.
tell-cgroup-killed = { $who } was killed by the kernel's OOM killer, because { $reached }.

## A cgroup's limit: figures

tell-limit-used = { $owner } used { $usage } of its limit of { $limit }.
tell-limit-known = { $owner } has a limit of { $limit }.
tell-limit-unset = { $owner } used { $usage }; a limit of memory alone is not set.
tell-limit-configured = The kernel's report does not show the figures of the limit; { $limit } are configured.
tell-limit-not-shown = The kernel's report does not show the figures of the limit.
tell-limit-memsw = It was the limit of memory and swap together{ $limit ->
    [none] {""}
   *[other] {" "}of { $limit }
} that was full, not that of memory alone.
tell-limit-kmem = It was the limit of kernel memory (kmem){ $limit ->
    [none] {""}
   *[other] {" "}of { $limit }
} that was full, not that of memory.
tell-failcnt-many = Requests had met the limit { $n } times since the cgroup was made (failcnt). This suggests that it had been at its limit for long, not for one moment.
tell-failcnt = Requests had met the limit { $n } { $n ->
    [one] time
   *[other] times
} since the cgroup was made (failcnt).
tell-limit-shared = So { $who } need not have done anything wrong: the limit is shared with everything else below that cgroup.
tell-limit-changed = The configured limit is { $configured }, the limit that was hit { $hit }: it was changed in between.
tell-limit-or-node-unknown = Which memory ran out is not told: it may be its own limit, that of a cgroup above it, or the node's memory.
tell-limit-whose-unknown = The log does not show which cgroup's limit it was; it was not the node's memory.
tell-qos = The pod's QoS class is { $qos }, by its cgroup path.
tell-ecs-task-limit = All containers of the task share this limit (memory of the task definition); the one that was killed need not be the one that used most.
tell-pod-limit-equal = The container's limit is the same as the pod's. In a pod of one container this is usual: the pod's is hit first, because the pause process counts too. Read it as the container's limit.
tell-pod-limit-of-many = { $n } containers share the pod's limit; the one that was killed need not be the one that used most.
tell-pod-limit = In a pod of one container both limits are the same and the pod's is hit first. With several containers, look at all of them.
tell-over-limit = { $name } had { $size } resident, more than the limit: a part of it is shared with or charged to another cgroup.

## A cgroup's limit: what the memory was used for

tell-use-tmpfs = Shared memory and tmpfs files (emptyDir with medium Memory, /dev/shm) count for the limit and stay when a process is killed. This suggests that files in memory, not the process's heap, filled the limit.
tell-use-kernel = A large part is memory that the kernel holds for the cgroup (sockets, file names, page tables, stacks). This suggests many open connections, files or threads rather than a large heap.
tell-use-cache = A large part is page cache, which the kernel can usually drop. This suggests data that could not be written back in time, or locked files.
tell-use-crowd = { $n } processes shared the memory, the largest of them with only { $size }. This suggests too many processes rather than one that is too large.
tell-victim-not-largest = The victim was not the largest holder there: { $holder } was.
tell-swap-none = It may not use swap.
tell-swap-full = Its swap of { $limit } was full as well.
tell-swap-used-of = It used { $used } of { $limit } of swap.
tell-swap-used = It used { $used } of swap.
tell-tmpfs-again = It had been killed for this before. This suggests that the files survive each restart.

## A cgroup's limit: told by the runtime alone

tell-counter-only = The count is the cgroup's own, since it was made; the kernel's reports are not in these logs, so what held the memory is not proven.
tell-runtime-only = The runtime saw an OOM kill there; the kernel's own report is not in these logs, so which limit was hit and what held the memory is not proven.
tell-log-not-covering = The kernel log in these files does not cover that time.
tell-log-without-kill = The kernel log covers that time but shows no such kill.
tell-limit-of-config = The configured limit is { $limit }.
tell-peak = The highest use that was recorded is { $peak }.
tell-runtime-said = The runtime said: { $text }.

## A cgroup's limit: advice

tell-do-lowered = Find out who lowered the limit (in-place resize, systemctl set-property, a deployment tool) and set it above the use.
tell-why-lowered = The kill came from the lower limit, not from growth.
tell-do-tmpfs = Look at files in memory: emptyDir volumes with medium Memory, /dev/shm, tmpfs mounts. Give them a sizeLimit or put them on disk.
tell-why-tmpfs = They filled the limit; restarting the process does not free files in a volume that survives it.
tell-do-connections = Count connections, open files and threads of the workload (ss -m, /proc/PID/fd, slabtop).
tell-why-connections = The memory was held by the kernel for them, so a heap dump would show nothing.
tell-do-cache = Look at what it writes or maps: large files written faster than the disk takes them, mlock, huge file mappings.
tell-why-cache = Page cache filled the limit and could not be dropped in time.
tell-do-fewer-workers = Limit the number of workers or children (TasksMax=, pids limit, the pool size of the server).
tell-why-fewer-workers = Many small processes filled the limit together.
tell-do-kernel-log = Collect the kernel log of that time too (journalctl -k, /var/log/kern.log, dmesg -T).
tell-why-kernel-log = Only it shows which process was killed and which limit was hit.
tell-do-killable = Start the workload with an oom_score_adj above -1000 (check OOMScoreAdjust= of the unit or shell that starts it).
tell-why-killable = Nothing below the limit may be killed, so the cgroup hangs at its limit.
tell-do-look-first = Look at { $name } first.
tell-do-look-container-first = Look at container { $name } first.
tell-why-bystander = It held { $size } there, much more than what was killed.
tell-do-all-pods = Look at the memory of all pods on this node and set requests near to what they use.
tell-why-all-pods = The pods together filled the part of the node that is set aside for them.
tell-do-not-raise = Do not raise the limit of { $who }.
tell-why-not-raise = It was not its own limit that was hit; a higher one would not help.
tell-do-fuller-log = Look at the kernel's lines just before and after in a fuller log, and at the runtime's or systemd's lines of that second.
tell-why-fuller-log = The kill line alone does not say whose limit it was.
tell-do-slurm-limit = Ask for more memory (--mem or --mem-per-cpu), after a look at what the job used: sacct -j { $job } --format=JobID,ReqMem,MaxRSS,State
tell-why-slurm-limit = The limit is what the job asked for. MaxRSS is sampled every 30 s, so that it can miss the peak.
tell-do-limit-above-user = Find out who set a memory limit on { $path } (systemctl --user show -p MemoryMax { $unit }, as that user), and raise it or move work out of it.
tell-do-limit-above = Find out who set a memory limit on { $path }{ $unit ->
    [none] {""}
   *[other] {" "}(systemctl show -p MemoryMax { $unit })
}, and raise it or move work out of it.
tell-why-limit-above = That limit was full; everything below it shares it.
tell-do-set-limit = Set the memory limit of { $who } by what it needs.
tell-why-set-limit = It was killed for memory; these logs do not show how much it may use.
tell-do-raise-unit = If its load is as it should be, raise the limit: systemctl set-property { $unit } MemoryMax={ $mib }M
tell-do-raise-user-unit = If its load is as it should be, raise the limit, as that user: systemctl --user set-property { $unit } MemoryMax={ $mib }M
tell-do-raise-ecs-task = If its load is as it should be, raise the memory of the task definition to about { $mib } MiB.
tell-do-raise-pod = If its load is as it should be, raise the memory limits of the pod's containers to about { $mib }Mi together.
tell-do-raise = If its load is as it should be, raise the memory limit of { $who } to about { $mib }Mi.
tell-why-raise = { $raised } is the highest use seen ({ $seen }) and a quarter more. What it would really need is not known: its use was cut off at the limit.
tell-do-watch = Watch the memory of { $name } over time: steady growth up to the limit is a leak, a jump at start is a limit that is too low.
tell-why-watch = One report cannot tell a leak from a limit that is too low.{ $kills ->
    [none] {""}
   *[other] {" "}The time between its { $kills } kills in these logs is a first hint.
}

## The node: summaries

tell-node-summary = { $what }: { $killed }{ $but ->
    [none] {""}
   *[other] , while { $but }
}.
tell-node-numa = The memory nodes that the request was bound to ran out
tell-node-no-block = The kernel found no free block of { $size } though memory was free
tell-node-zone = Memory zone { $zones } ran out though other memory was free
tell-node-unusable = The kernel could not use the memory that was free
tell-node-out = The node ran out of memory
tell-node-killed-chosen = the kernel chose { $victim } to be killed
tell-node-killed-none = the log shows no kill
tell-node-killed-one = the kernel killed { $victim }{ $place ->
    [none] {""}
   *[other] { $likely ->
        [yes] , most likely in { $place }
       *[other] {" "}in { $place }
    }
}
tell-node-killed-many = the kernel killed { $n } processes, first { $victim }{ $place ->
    [none] {""}
   *[other] { $likely ->
        [yes] , most likely in { $place }
       *[other] {" "}in { $place }
    }
}
tell-node-held = { $name } held { $size }
tell-node-unexplained = no counter explains { $size }

## The node: figures

tell-node-free = Of { $total } of usable memory { $free } were free.
tell-zone-below = Zone { $zone }{ $node ->
    [none] {""}
   *[other] {" "}of node { $node }
} was down to { $free } free, below the { $min } that the kernel keeps for emergencies.
tell-zone-low = Zone { $zone }{ $node ->
    [none] {""}
   *[other] {" "}of node { $node }
} was down to { $free } free; the kernel keeps { $min } for emergencies.
tell-zone-above = Free memory was still above the kernel's reserve (zone { $zone }{ $node ->
    [none] {""}
   *[other] {" "}of node { $node }
}: { $free } free, reserve { $min }).
tell-zone-cma = Of what is free in zone { $zone }, { $size } is set aside for devices (CMA): only movable pages may use it, no memory of the kernel's own.
tell-unreclaimable = The kernel had given up reclaiming memory (all_unreclaimable).
tell-bound = The request was bound to some memory nodes{ $nodes ->
    [none] {""}
   *[other] {" "}(nodes { $nodes })
} by { $by ->
    [cpuset] cpuset{ $cpuset ->
        [none] {""}
       *[other] {" "}{ $cpuset }
    }
    [policy] a memory policy (numactl, mbind)
   *[either] a cpuset or memory policy
}: only these had to run out, not the whole node.
tell-free-elsewhere = { $size } were free on other memory nodes.
tell-page-fault = A page fault had failed for memory before, and the kernel no longer knew what was asked for (gfp_mask 0x0). The node's own memory need not have been short: a cgroup at its limit can end like this, too.
tell-fragmented = The request needed { $block } in one piece (order { $order }). { $free } were free in zones above their reserve, but the largest usable block there was { $largest }: memory was fragmented.
tell-zone-exhausted = The request may only take memory from { $zones }, where { $free } were free (reserve { $min }); { $elsewhere } were free elsewhere, out of its reach.
tell-node-no-swap = The node has no swap.
tell-node-swap-full = Swap ({ $total }) was used up.
tell-node-swap-left = { $free } of { $total } of swap were still free; it cannot take locked or kernel memory.
tell-node-shmem = Shared memory and tmpfs files stay when a process is killed; only deleting the files or segments frees them.
tell-node-slab = Kernel slab that cannot be reclaimed is unusually large. This suggests a leak in the kernel or a driver, or very many open objects.
tell-node-unaccounted = A large part is in no counter. This suggests a driver, a GPU, ZFS, or memory that the hypervisor took back (balloon).
tell-node-pagetables = Page tables are unusually large. This suggests many processes that map the same large shared memory without huge pages.
tell-node-cache = Much page cache was left. This suggests that it was locked, dirty or in constant use, so that the kernel could not drop it.
tell-node-huge = { $size } is set aside for huge pages{ $unused ->
    [none] {""}
    [all] , all of it unused
   *[other] , { $unused } of it unused
}: nothing else can use it.
tell-slab-table = The kernel printed its slab table, which it does only when slab outweighs all process memory and cache{ $caches ->
    [none] {""}
   *[other] : largest { $caches }
}. This suggests a leak in the kernel or a driver.
tell-slab-cache = { $name } ({ $size })
tell-not-the-filler = { $who ->
    [none] The victim
   *[other] { $who }
} was not what filled the node: the largest holder was { $holder }.
tell-files-in-memory = The largest holder was no process: { $holder }. Whose files they are is not shown.
tell-no-process = The largest holder was no process: { $holder }.

## The node: advice

tell-do-numa = Widen cpuset.mems or the memory policy of the workload, or give its memory nodes less to do.
tell-why-numa = It may use some memory nodes only, and these were full.
tell-do-driver = Find out which driver asks for memory of zone { $zones } (see who asked) and update it or reduce its buffers.
tell-why-driver = More memory in other zones does not help such requests.
tell-do-reserve = Raise vm.min_free_kbytes (for example to 1% of memory) and look at vm.compaction_proactiveness.
tell-why-reserve = A larger reserve and earlier compaction keep larger blocks free.
tell-do-large-blocks = Find out who asks for large blocks (see who asked): jumbo frames, a driver, many small cgroups.
tell-why-large-blocks = Requests of single pages do not fail for fragmentation.
tell-why-look-process = It held { $size } of the node's memory.
tell-why-look-container = It held { $size }.
tell-do-files = Find the files in memory: df -h -t tmpfs, ipcs -m, du on emptyDir volumes with medium Memory; delete them or give them a size limit.
tell-why-files = They held { $size }; no kill can free them.
tell-do-huge = Check vm.nr_hugepages (and hugepages= on the kernel's command line) against what really uses huge pages.
tell-why-huge = The pools hold { $size } back from everything else.
tell-do-slab = Watch slabtop over time, update the kernel, and look at the cache that grows.
tell-why-slab = The kernel's own objects held { $size }; killing processes does not free them.
tell-do-kernel = Count processes, threads and mappings (page tables), or sockets.
tell-why-kernel = The kernel held { $size } for them ({ $name }).
tell-do-unaccounted = Look at drivers, GPUs, ZFS ARC and the hypervisor's balloon.
tell-why-unaccounted = { $size } are in no counter of the kernel.
tell-why-not-raise-node = It did not hit a limit of its own: it was killed because the node was full.
tell-do-requests = Set memory requests near to what the pods use, and check the kubelet's eviction thresholds and system-reserved.
tell-why-requests = A node that fills up should evict before the kernel kills; requests decide who is killed last.
tell-do-own-limits = Give the large users a memory limit of their own{ $unit ->
    [none] {""}
   *[other] {" "}(for example systemctl set-property { $unit } MemoryMax=)
}, or give the node more memory.
tell-why-own-limits = Then the one that grows is killed, not another.
tell-do-full-report = Look for the full kernel report of that time (journalctl -k, /var/log/kern.log).
tell-why-full-report = What is left here does not show who held the memory.

## The node: by hand, and panic

tell-manual = The kernel was told to run its OOM killer by hand (SysRq f, or 'f' written to /proc/sysrq-trigger).
tell-manual-free = At that moment { $free } of { $total } were free.
tell-manual-not-short = This suggests that memory was not short.
tell-do-manual = Find out who did it: shell history, audit log, console, a monitoring agent, or earlyoom (newer versions do it on low memory).
tell-why-manual = The kernel does not record who asked.
tell-manual-killed = Somebody ran the kernel's OOM killer by hand (SysRq f): it killed { $victim }{ $place ->
    [none] {""}
   *[other] {" "}in { $place }
}.
tell-manual-no-kill = Somebody ran the kernel's OOM killer by hand (SysRq f); the log shows no kill.
tell-panic-said = The kernel stopped with a panic: { $text }.
tell-panic-no-killable = The kernel found no process that it may kill; it panics then, and the node goes down.
tell-panic-set = vm.panic_on_oom is set: the kernel does not kill a process but stops the node, and everything on it ends at once.
tell-do-panic-set = Set vm.panic_on_oom to 0 unless a restart of the whole node is wanted.
tell-why-panic-set = With it, one program out of memory takes down everything on the node.
tell-panic-nothing-left = Nothing that may be killed was left. This suggests that the kernel itself held the memory, or that all that is left has oom_score_adj -1000.
tell-do-panic-nothing-left = Check which services set OOMScoreAdjust=-1000, and who held the memory.
tell-why-panic-nothing-left = The kernel needs somebody to kill; without one it stops the node.
tell-panicked-set = The node ran out of memory and went down with a kernel panic: vm.panic_on_oom is set.
tell-panicked-asked = Somebody ran the kernel's OOM killer by hand (SysRq f), and the node went down with a kernel panic: vm.panic_on_oom is set.
tell-panicked = The node ran out of memory and went down with a kernel panic: the kernel found nothing that it may kill.

## OOM killers in user space

tell-killer = It was { $agent } that killed { $who }.
tell-killer-reason = Its reason: { $text }.
tell-killer-silent = The kernel writes no line for such a kill, and the runtime sets no OOM flag for it.
tell-killer-driver = lowmemorykiller is a driver in Android's kernel: it kills processes as soon as memory falls below its thresholds, so that the kernel's own OOM killer need not run.
tell-killer-likely-summary = { $who } was killed, most likely by { $agent }, which was killing processes at that moment because memory was short.
tell-killer-failed = { $agent } then wrote: { $text }. Nothing shows that the process ended.
tell-killer-meant = It was process { $name } that { $agent } tried to kill.
tell-killer-failed-summary = { $agent } tried to kill { $who } because memory was short, but nothing shows that it ended.
tell-do-did-not-exit = Look what that process waits for (cat /proc/PID/stack, ps -o stat,wchan). Until it goes, its memory stays in use.
tell-why-did-not-exit = A process in uninterruptible sleep (state D), or whose memory takes long to free, does not go at once; another user's process cannot be signalled without rights.
tell-killer-sigterm = It was sent SIGTERM, so the end looks like an ordinary stop.
tell-killer-summary = { $who } was killed by { $agent } because memory was short.
tell-instance = an instance
tell-platform-summary = { $who } went over its memory limit, and { $agent } ended it.
tell-do-platform = Raise the memory limit of this function or service, or let one instance do less at a time.
tell-why-platform = The platform ends an instance that needs more than its limit, and what it was doing is lost.
tell-do-oomd = Check ManagedOOMMemoryPressure=, ManagedOOMSwap= and the limits in oomd.conf; oomctl shows what is watched.
tell-why-oomd = systemd-oomd acts on pressure or swap use, before memory is used up.
tell-do-earlyoom = Check earlyoom's thresholds (-m, -s) and its --prefer and --avoid lists.
tell-why-earlyoom = earlyoom acts on thresholds and chooses by its own lists.
tell-do-nohang = Check the thresholds and the badness rules in nohang's configuration.
tell-why-nohang = nohang acts on thresholds and chooses by its own rules.
tell-do-yarn = Compare the container's memory setting with its real use (memory overhead, off-heap memory), and check whether virtual memory checks are on.
tell-why-yarn = YARN polls and kills by itself; a limit on virtual memory is no shortage of memory.
tell-do-slurm = Ask for more memory for the job (--mem), or find out why it uses more than it asked for.
tell-why-slurm = Slurm ends jobs that pass what they asked for.
tell-do-other-killer = Check the thresholds of { $agent } and how it chooses.
tell-why-other-killer = It acted by its own rules, not by the kernel's.
tell-do-who-used = Find out what used the memory at that time.
tell-why-who-used = The one that was chosen need not be the one that filled it.

## Eviction

tell-eviction = The kubelet ends pods before the kernel has to, when the node's free memory falls below its threshold.
tell-eviction-message = Its message: { $text }.
tell-node-has = The node has { $size } of memory.
tell-eviction-137 = Exit code 137 comes from the kubelet's SIGKILL here, not from the kernel's OOM killer.
tell-do-request = Set the pod's memory request near to what it uses.
tell-why-request = Pods that use more than they request are evicted first.
tell-do-thresholds = Look at what filled the node at that time, and at the eviction thresholds (--eviction-hard memory.available).
tell-why-thresholds = The evicted pod need not be the one that filled the node.
tell-evicted = { $who } was evicted by the kubelet because the node was low on memory.

## An application out of its own memory

tell-app-wrote = The application wrote: { $text }.
tell-app-own-limit = It ran out of memory inside its own limit (heap, arena, address space): that is no kill by the kernel.
tell-app-refused = The system refused the memory that it asked for (nothing left, an overcommit or address space limit, or too many mappings): that is no kill by the kernel.
tell-app-by-its-words = { $who } ran out of memory, by its own words{ $times ->
    [1] {""}
   *[other] , { $times } times
}; these logs do not tell whether it restarted for that.
tell-do-app-setting = Raise the application's own memory setting, or find what grows with a heap dump.
tell-why-app-setting = A higher limit of the container alone does not help: the application stopped below it.
tell-do-app-below = Keep the application's setting below the container's limit of { $limit }.
tell-why-app-below = Above it the kernel kills instead, without a message.
tell-app-ended = { $who } ran out of its own memory and ended by itself{ $exit ->
    [none] {""}
   *[other] {" "}with { $exit }
}; the kernel did not kill it.

## What programs need

tell-do-java = Check the heap of the Java process: -Xmx or -XX:MaxRAMPercentage (75 or less), and take a heap dump or jcmd VM.native_memory.
tell-why-java = A JVM needs memory beside its heap (threads, metaspace, direct buffers); a heap as large as the limit cannot fit.
tell-do-node-js = Check --max-old-space-size of the Node.js process and take a heap snapshot.
tell-why-node-js = V8 sizes its heap by itself unless told, and buffers come on top of the heap.
tell-do-php = Check pm.max_children and memory_limit of PHP-FPM.
tell-why-php = The workers' memory adds up: children times memory_limit must fit.
tell-do-postgres = Check work_mem, shared_buffers, max_connections and vm.overcommit_memory=2 for PostgreSQL.
tell-why-postgres = Each sort or hash of each connection may take work_mem, and shared_buffers come on top.
tell-do-mysql = Check innodb_buffer_pool_size, the per-connection buffers and max_connections of MySQL or MariaDB.
tell-why-mysql = The buffer pool and the connections' buffers add up.
tell-do-redis = Set maxmemory with an eviction policy for Redis, and leave room for its fork when it saves.
tell-why-redis = During a save, changed pages exist twice.
tell-do-mongo = Set storage.wiredTiger.engineConfig.cacheSizeGB for MongoDB.
tell-why-mongo = Its cache is sized by the memory that it believes to have.
tell-do-dotnet = Check DOTNET_GCHeapHardLimit or the GC's container limits of the .NET process.
tell-why-dotnet = The collector sizes its heap by the limit that it sees at start.
tell-do-python = Look at the number of Python workers and at max-requests style recycling; tracemalloc shows what grows.
tell-why-python = Workers' memory adds up, and memory that Python has once taken is seldom given back.
tell-do-ruby = Look at the number of Ruby workers, MALLOC_ARENA_MAX=2 or jemalloc.
tell-why-ruby = Many small arenas of glibc's allocator make Ruby processes grow.
tell-do-prometheus = Look at the number of series and at heavy queries of Prometheus.
tell-why-prometheus = Its memory follows the number of active series; replaying the log after a crash needs even more.
tell-do-qemu = Compare the memory given to virtual machines with the memory of the host.
tell-why-qemu = A guest may use all that it was given, plus the emulator's own part.

## Ends that are no memory's

tell-log-shows-none = The kernel log covers that time and shows no OOM kill for it.
tell-counter-shows-none = The kernel log does not cover that time, but the kernel's own count of OOM kills since boot is 0 (oom_kill of /proc/vmstat).
tell-kernel-says = The kernel log says: { $text }.
tell-reason-given = The reason given: { $text }.
tell-message = The message: { $text }.
tell-stop-timeout = It was asked to stop{ $by ->
    [none] {""}
   *[other] {" "}by { $by }
}, did not end{ $grace ->
    [none] {""}
   *[other] {" "}within { $grace }
}, and was then killed with SIGKILL.
tell-do-sigterm = Let the main process handle SIGTERM: use exec in the entrypoint script or an init such as tini (docker run --init).
tell-why-sigterm = A shell as main process does not pass the signal on.
tell-do-grace = If it needs longer to end, raise the grace period{ $grace ->
    [none] {""}
   *[other] {" "}(it was { $grace })
}: terminationGracePeriodSeconds, docker stop -t, TimeoutStopSec=.
tell-why-grace = Killed in the middle of its work it may lose data.
tell-torn-down = Its pod was removed, and the kubelet killed all processes of the pod's cgroup with SIGKILL; they were not asked to stop first.
tell-torn-down-summary = { $who } was killed with its whole pod when the pod was removed; memory was not the cause.
tell-stop-timeout-summary = { $who } was asked to stop{ $by ->
    [none] {""}
   *[other] {" "}by { $by }
}, did not end{ $grace ->
    [none] {""}
   *[other] {" "}within { $grace }
} and was killed; memory was not the cause.
tell-do-who-stopped = If nobody meant to stop it, look for who sent the signal: deployments, scaling, cron, systemctl, a shell.
tell-why-who-stopped = The logs show the stop but not who asked for it.
tell-evicted-otherwise = { $who } was evicted by the kubelet; memory was not the cause.
tell-stopped = { $who } was asked to stop{ $by ->
    [none] {""}
   *[other] {" "}by { $by }
} and stopped{ $exit ->
    [none] {""}
   *[other] {" "}with { $exit }
}; memory was not the cause.
tell-ended-itself = { $who } ended by itself{ $exit ->
    [none] {""}
   *[other] {" "}with { $exit }
}; memory was not the cause.
tell-request-recorded = A request to kill it with SIGKILL is recorded{ $by ->
    [none] {""}
   *[other] ; it came through { $by }
}.
tell-sender-known = Exit code 137 only says SIGKILL; here the sender is known.
tell-do-who-killed = Find out who or what asked for the kill (docker events, audit log, deployment tool).
tell-why-who-killed = The record shows the request, not always the person.
tell-killed-on-request = { $who } was killed on request{ $by ->
    [none] {""}
   *[other] {" "}by { $by }
}; memory was not the cause.
tell-watchdog = systemd's watchdog heard nothing from it in time and ended it.
tell-probe = The kubelet restarted the container because its probe failed.
tell-probe-said = The probe said: { $text }.
tell-probe-pressure = A process that waits for memory or is throttled answers late, so this does not rule out pressure on the node.
tell-do-probe = Check why it did not answer (CPU throttling, long pauses, a dependency) and whether the probe's timeout is too short.
tell-why-probe = The process was killed for being silent, not for its memory.
tell-watchdog-summary = { $who } was restarted because its watchdog was not fed; memory was not the recorded cause.
tell-probe-summary = { $who } was restarted because its probe failed; memory was not the recorded cause.
tell-went-down = It ended together with the node or with the container runtime.
tell-do-went-down = Look at why the node or the runtime was stopped or restarted at that time.
tell-why-went-down = The workload itself did nothing wrong.
tell-went-down-summary = { $who } ended because the node or the container runtime was stopped; memory was not the cause.
tell-invented = The platform had lost sight of the container and made the exit record up; its code says nothing about how it ended.
tell-status-unknown = The kubelet had lost sight of the container: after a restart of the node or the runtime, or an eviction.
tell-status-unknown-summary = { $who } ended while the kubelet had lost sight of it; these logs cannot tell whether it was memory.
tell-do-invented = Look at the kubelet, the container runtime and the shim around that time.
tell-why-invented = One of them was restarted or died, and with it the true exit status was lost.
tell-invented-summary = The end of { $who } was made up by the platform, which had lost it; the true exit is not known.

## Crashes

tell-crash-segv = Signal 11 (SIGSEGV) means that it touched memory that is not its own.
tell-crash-segv-hint = A failed allocation that nobody checked can end like this, too.
tell-crash-abrt = Signal 6 (SIGABRT) means that it gave up by itself: a failed assertion, or a library's abort().
tell-crash-abrt-hint = Some runtimes abort when their own heap is full (Node.js, C++ bad_alloc): look for such words in its log.
tell-crash-bus = Signal 7 (SIGBUS) means that a page behind a mapping could not be had.
tell-crash-bus-hint = A full tmpfs, /dev/shm or huge page limit ends like this, too: check their sizes.
tell-crash-ill = Signal 4 (SIGILL) means an instruction that this CPU does not know.
tell-crash-ill-hint = Check whether the image fits the CPU.
tell-crash-fpe = Signal 8 (SIGFPE) means an arithmetic fault such as a division by zero.
tell-crash-fpe-hint = It has nothing to do with memory size.
tell-crash-trap = Signal 5 (SIGTRAP) means that it stopped itself.
tell-crash-trap-hint = Newer V8 and Chromium builds end like this when their own heap is full: look for such words in its log.
tell-crash-sys = Signal 31 (SIGSYS) means a system call that seccomp forbids.
tell-crash-sys-hint = Check the seccomp profile.
tell-crash-other = It ended by a signal that a program's own fault raises.
tell-crash-other-hint = Its own log tells more.
tell-do-crash = Look at its last log lines and at a core dump (coredumpctl, or the platform's crash store).
tell-why-crash = The signal comes from the program itself, not from a memory limit.
tell-crashed = { $who } crashed{ $exit ->
    [none] {""}
   *[other] {" "}with { $exit }
}; memory was not the recorded cause.

## Failed starts

tell-error = The error: { $text }.
tell-start-125 = Code 125 means that the runtime's own command failed.
tell-start-126 = Code 126 means that the command was found but could not be run (permission, wrong architecture).
tell-start-127 = Code 127 means that the command was not found.
tell-start-128 = Code 128 means that the runtime could not start the container. A limit too small to start in ends with this code, too.
tell-start-systemd = Codes 200 to 245 are systemd's: it could not set the process up.
tell-do-start = Check command, entrypoint, image architecture, mounts and permissions.
tell-why-start = The program did not get to run, so its memory cannot be the reason.
tell-not-started = { $who } could not be started{ $exit ->
    [none] {""}
   *[other] {" "}({ $exit })
}; memory was not the recorded cause.

## Other exit codes

tell-own-error = The program ended by itself with an error.
tell-code-meaning = Exit code { $code } stands for: { $meaning }.
tell-code-101 = Code 101 is a panic of a Rust program.
tell-code-137 = Here 137 is a code that the program returned itself, not a signal; a shell returns it when its child got SIGKILL.
tell-code-247 = Code 247 is what Python passes on for a child that got SIGKILL: look for a killed child.
tell-code-255 = Code 255 is exit(-1), or a code that the runtime does not know.
tell-it-wrote = It wrote: { $text }.
tell-do-last-lines = Look at its last log lines.
tell-why-last-lines = The exit code is the program's own; nothing in these logs points to memory.
tell-own-error-summary = { $who } ended by itself{ $exit ->
    [none] {""}
   *[other] {" "}with { $exit }
}; nothing points to memory.

## Nobody knows

tell-do-eviction-events = Look at the pod's events and at the kubelet's log before the eviction (kubectl describe pod, journalctl -u kubelet).
tell-why-eviction-events = They name the resource that ran short: memory, disk space or process ids.
tell-evicted-unknown = { $who } was evicted by the kubelet; these logs do not say whether memory was the reason.
tell-sigkill-senders = SIGKILL has many senders: the kernel's OOM killer, a runtime, the kubelet, a person. No record of one was found.
tell-child-parent-lived = The parent process lived on and told of it: what was killed is one of its processes, not the whole container or service.
tell-child-senders = SIGKILL has many senders: the kernel's OOM killer, the parent itself (a time-out), a person. The parent cannot know.
tell-child-killed = { $name ->
    [none] A process
   *[other] Process { $name }
} of { $who }{ $pid ->
    [none] {""}
   *[other] {" "}(pid { $pid })
} was killed with SIGKILL{ $times ->
    [1] {""}
   *[other] {" "}(the first of { $times })
}, as its parent says, and no log says by whom; { $covered }.
tell-do-kernel-log-first = Collect the kernel log of that time (journalctl -k -b -1, /var/log/kern.log, dmesg -T).
tell-why-kernel-log-first = Only it can prove or rule out an OOM kill.
tell-do-runtime-log = Collect the runtime's and the kubelet's log of that time (journalctl -u containerd -u docker -u kubelet).
tell-why-runtime-log = They record stops, probes and kills that they send.
tell-counter-covers = the kernel counted no OOM kill from its boot to the collection of these files
tell-covered = the kernel log covers that time and shows no OOM kill
tell-not-covered = the kernel log does not cover that time, so memory cannot be ruled out
tell-coverage-unknown = these logs cannot tell whether it was memory
tell-unknown-killed = { $who } was killed with SIGKILL, and no log says by whom; { $covered }.
tell-unknown-ended = { $who } ended{ $exit ->
    [none] {""}
   *[other] {" "}with { $exit }
}, and no log says why; { $covered }.
tell-bare-unseen = The kernel called its OOM killer, but the rest of its report is missing: neither the victim nor the limit is known.
tell-bare-seen = The kernel's OOM killer did it, but the line does not say whether a cgroup's limit or the node's memory ran out.
tell-do-lines-before = Look for the lines before it (invoked oom-killer, Memory cgroup, Mem-Info) in an older or fuller log.
tell-why-lines-before = They tell which limit was hit and who held the memory.
tell-bare-unseen-summary = The kernel ran out of memory somewhere and called its OOM killer; these logs do not show where, and whom it killed.
tell-bare-summary = { $who } was killed by the kernel's OOM killer; which limit was hit is not in these logs.
