### Headings and labels of the reports (render).

## Words of causes, verdicts and the like

render-cause-container-limit = the container reached its memory limit
render-cause-pod-limit = the pod reached its memory limit
render-cause-ancestor-limit = a group above it reached its memory limit
render-cause-service-limit = the service reached its memory limit
render-cause-cgroup-limit = its cgroup reached its memory limit
render-cause-node-memory = the node ran out of memory
render-cause-numa-limit = the memory nodes it is bound to ran out
render-cause-fragmentation = memory was free, but not in the form that was asked for
render-cause-killer = { $agent } acted on low memory
render-cause-platform = it went over its memory limit, and { $agent } ended it
render-cause-some-killer = a killer in user space acted on low memory
render-cause-eviction = evicted because the node was short of memory
render-cause-application-heap = the program itself ran out of memory
render-cause-manual-oom = somebody called the OOM killer by hand (SysRq f)
render-cause-oom-panic = the kernel panicked for lack of memory
render-cause-stop-timeout = it did not stop in time and was killed
render-cause-stopped = it was asked to stop, and did
render-cause-killed-on-request = somebody had it killed
render-cause-probe-failure = its probe failed
render-cause-crash = it crashed
render-cause-start-failure = it could not start
render-cause-application-error = it ended with an error of its own
render-cause-reboot = it ended with the node or the runtime
render-cause-invented = its exit code was made up by the platform
render-cause-lost = the kubelet lost it, and how it ended is not known
render-cause-unknown-eviction = it was evicted, and these logs do not tell for what
render-cause-unknown-limit = the kernel's OOM killer ran, for a limit that the logs do not show
render-cause-unknown = it was killed, and these logs do not tell by whom
render-cause-unknown-child = a process of it was killed, and these logs do not tell by whom
render-cause-unknown-end = it ended, and these logs do not tell why
render-short-container-limit = container limit
render-short-pod-limit = pod limit
render-short-service-limit = service limit
render-short-cgroup-limit = cgroup limit
render-short-kubepods-limit = all pods' limit
render-short-qos-limit = QoS class limit
render-short-slice-limit = slice limit
render-short-ancestor-limit = limit above it
render-short-with-size = { $limit } { $size }
render-short-node-memory = node out of memory
render-short-numa-limit = bound memory nodes
render-short-fragmentation = fragmented memory
render-short-killer = user-space killer
render-short-eviction = evicted for memory
render-short-application-heap = program out of memory
render-short-manual-oom = SysRq f
render-short-oom-panic = kernel panic
render-short-stop-timeout = stop timed out
render-short-stopped = stopped
render-short-killed-on-request = killed on request
render-short-probe-failure = probe failed
render-short-crash = crash
render-short-crash-signal = crash, { $signal }
render-short-start-failure = did not start
render-short-application-error = error
render-short-with-code = { $what }, code { $code }
render-short-reboot = reboot or restart
render-short-invented = code made up
render-short-lost = lost by kubelet
render-short-unknown-eviction = evicted
render-short-unknown-limit = OOM, limit unknown
render-short-unknown-signal = { $signal } from unknown
render-short-unknown = not known why
render-agent-kernel = kernel
render-agent-runtime = runtime
render-agent-operator = operator
render-agent-application = application
render-pod-uid = pod { $uid }
render-unnamed-process = process
render-in-pid = {" "}(pid { $pid })
render-source-inspection = container inspection
render-source-containers = container list
render-source-events = container events
render-source-kubernetes = Kubernetes objects
render-source-kubectl-table = kubectl table
render-source-cgroup = cgroup file
render-source-files = files in one
render-source-memory = memory totals
render-source-boot-time = boot time
render-source-kernel = kernel version
render-source-host = host name
render-source-clock = clock
render-source-boots = list of boots
render-source-console = console
render-source-timestamped = timestamped
render-source-plain = plain
render-verdict-memory = MEMORY
render-verdict-not-memory = NOT MEMORY
render-verdict-undetermined = UNDETERMINED
render-confidence-weak = weak
render-confidence-possible = possible
render-confidence-probable = probable
render-confidence-strong = strong
render-confidence-proven = proven
render-scope-container = container
render-scope-pod = pod
render-scope-qos = QoS class
render-scope-kubepods = all pods
render-scope-service = service
render-scope-slice = slice
render-scope-other = cgroup
render-holder-container = container { $name }
render-part-anon = anonymous (heap, stacks)
render-part-shmem = shared memory, tmpfs
render-part-file = page cache
render-part-slab = kernel slab
render-part-slabr = reclaimable slab
render-part-pgt = page tables
render-part-kernel = other kernel memory
render-part-kernel-stacks = kernel stacks
render-part-huge = huge page pools
render-part-rest = in no counter
render-part-free = free
render-exit-code-signal = exit code { $code } ({ $signal })
render-exit-code = exit code { $code }
render-exit-signal = by { $signal }
render-exit-signal-number = by signal { $signal }

## Numbers, times, places, punctuation

render-span-s = { $s } s
render-span-min = { $min } min
render-span-min-s = { $min } min { $s } s
render-span-h = { $h } h
render-span-h-min = { $h } h { $min } min
render-span-d = { $d } d
render-span-d-h = { $d } d { $h } h
render-after-boot = { $span } after boot
render-time-unknown = time unknown
render-time-not-known = time not known
render-not-known = not known
render-unknown = unknown
render-in-zone = { $title } ({ $zone })
render-place-byte = { $source } at byte { $offset }
render-places-more = { $places } and { $n } more
render-comma = ,
render-colon = :
render-full-stop = .
render-sentence = { $text }.
render-subject-cause = { $subject }: { $what }
render-processes =
    { $n ->
        [one] 1 process
       *[other] { $n } processes
    }
render-was-it-memory = Was it memory?
render-yes = yes, { $sure }
render-no = no, { $sure }
render-not-known-sure = not known, { $sure }
render-problems = Problems
render-error = error
render-warning = warning

## Text: the answer

render-nothing-read = Nothing was read, so there is no answer.
render-none-matches = No memory incident matches.
render-none-found = No memory incident found.
render-memory-label = Memory:
render-undetermined-label = Undetermined:
render-found =
    { $times ->
        [one] 1 incident
       *[other] { $times } incidents
    }.
render-found-killed =
    { $times ->
        [one] 1 incident
       *[other] { $times } incidents
    }, { $killed ->
        [one] 1 process
       *[other] { $killed } processes
    } killed.
render-found-ended =
    { $times ->
        [one] 1 incident
       *[other] { $times } incidents
    }, { $ended ->
        [one] 1 container or service
       *[other] { $ended } containers or services
    } ended.
render-found-killed-ended =
    { $times ->
        [one] 1 incident
       *[other] { $times } incidents
    }, { $killed ->
        [one] 1 process
       *[other] { $killed } processes
    } killed, { $ended ->
        [one] 1 container or service
       *[other] { $ended } containers or services
    } ended.
render-other-ends-hidden =
    { $n ->
        [one] 1 other end was not memory; --all shows it.
       *[other] { $n } other ends were not memory; --all shows them.
    }
render-more-groups = ... and { $n } more, { $times ->
        [one] 1 incident
       *[other] { $times } incidents
    } (-v shows them)
render-details-left-out = Details of { $n } more are left out (-v shows them).
render-more = ... and { $n } more (-v shows them)
render-and-more = ... and { $n } more
render-column-what = WHAT
render-column-node = NODE
render-column-why = WHY
render-column-times = TIMES
render-column-first = FIRST
render-column-last = LAST
render-column-sure = SURE
render-column-strip = WHEN
render-column-strip-over = OVER { $span }
render-column-time = TIME
render-column-victim = KILLED
render-column-exit = EXIT
render-brief-times = { $why }, { $n } times
render-brief-victims = { $name } +{ $n }
render-column-memory = MEMORY
render-column-unknown = UNKNOWN
render-column-other = OTHER
render-column-killed = KILLED
render-column-mostly = MOSTLY
render-column-report = REPORT
render-column-workload = WORKLOAD
render-column-nodes = NODES
render-column-cause = CAUSE
render-column-limit-of = LIMIT OF
render-column-kind = KIND
render-column-size = SIZE

## Text: one incident

render-time-inferred = { $time } (inferred)
render-time-node = { $time }, on { $node }
render-repeats = { $times } times for this reason.
render-repeats-range = { $times } times for this reason, { $from } to { $to }.
render-below-the-first = Below: the first one.
render-label-sure = Sure?
render-label-limit = Limit
render-label-memory = Memory
render-label-parts = Made of
render-label-holders = Held by
render-label-killed = Killed
render-label-ended = Ended
render-label-timeline = Timeline
render-label-proof = Proof
render-label-next = Next
render-used-of = { $used } of { $total } used
render-used-of-percent = { $used } of { $total } used ({ $percent })
render-usage-unknown = { $total }, usage unknown
render-used-limit-unknown = { $used } used, size of limit unknown
render-limit-unknown = size and usage of limit unknown
render-node-unknown = size and usage of the node unknown
render-limit-of = of the { $kind }
render-limit-of-met =
    of the { $kind }, met { $n ->
        [one] 1 time
       *[other] { $n } times
    }
render-limit-of-path = of { $kind } { $path }
render-limit-of-path-met =
    of { $kind } { $path }, met { $n ->
        [one] 1 time
       *[other] { $n } times
    }
render-no-swap-allowed = no swap allowed
render-with-swap-used = with swap { $used } of { $total } used
render-swap-used = swap { $used } of { $total } used
render-swap-limit = swap limit { $total }
render-no-swap = no swap
render-swap-free = swap { $free } free of { $total }
render-made-of-anon = anonymous
render-made-of-file = page cache
render-made-of-shmem = shared
render-made-of-slabr = reclaimable slab
render-made-of-slab = other slab
render-made-of-kernel = kernel
render-made-of-pgt = page tables
render-made-of-huge = huge pages
render-made-of-rest = unaccounted
render-main-process = main process
render-not-main-process = not the main process
render-size-anon = { $size } anonymous
render-size-resident = { $size } resident
render-size-shmem = { $size } shared
render-size-swap = { $size } swapped out
render-reason = reason { $reason }
render-oom-flag = OOM flag set
render-no-oom-flag = OOM flag not set
render-at = at { $time }
render-started-again-at = started again at { $time }
render-restart-count = restart count { $n }
render-told-by = told by { $sources }
render-more-sources = ... and in { $n } more sources (-v shows them)
render-more-steps = ... { $n } more steps (-v shows them)
render-step-times = ({ $n } times)
render-step-times-last = ({ $n } times, last at { $last })

## Text: what was read

render-read =
    Read { $sources ->
        [one] 1 source
       *[other] { $sources } sources
    } ({ $size }) of { $nodes ->
        [one] 1 node
       *[other] { $nodes } nodes
    }.
render-no-kernel-log-at-all = None of it is a kernel log: a kill by the kernel would not be seen.
render-more-boots = ... and { $n } more boots (-v shows them)
render-source = ({ $kind }, { $size })
render-source-times = ({ $kind }, { $size }, { $from } to { $to })
render-boot = (boot { $id })
render-no-kernel-log = no kernel log: a kill by the kernel would not be seen
render-no-kernel-log-other = no kernel log (other logs from { $from } to { $to }): a kill by the kernel would not be seen
render-no-kernel-log-counted = no kernel log, but the kernel counted no OOM kill from { $from } to { $to } (oom_kill of /proc/vmstat)
render-from-to = from { $from } to { $to }
render-from = from { $from }
render-to = to { $to }
render-of-unknown-time = of unknown time
render-covered =
    kernel log { $range }, { $n ->
        [one] 1 OOM kill in it
       *[other] { $n } OOM kills in it
    }
render-covered-none = kernel log { $range }, no OOM kill in it
render-covered-matching =
    kernel log { $range }, { $n ->
        [one] 1 OOM kill in it that matches
       *[other] { $n } OOM kills in it that match
    }
render-covered-none-matching = kernel log { $range }, no OOM kill in it that matches
render-gap = lines are missing: { $reason }
render-gap-at = lines are missing at { $at }: { $reason }
render-more-gaps = ... and { $n } more holes

## Many nodes at a glance

render-fleet-none =
    No memory incident found on { $nodes ->
        [one] 1 node
       *[other] { $nodes } nodes
    }.
render-fleet-found =
    { $times ->
        [one] 1 incident
       *[other] { $times } incidents
    } on { $hit } of { $nodes ->
        [one] 1 node
       *[other] { $nodes } nodes
    }.
render-other-ends =
    Not memory: { $n ->
        [one] 1 other end
       *[other] { $n } other ends
    }.
render-fleet-range = { $from } to { $to }.
render-fleet-problems =
    { $n ->
        [one] 1 problem
       *[other] { $n } problems
    } with reading.
render-fleet-nodes = Nodes by memory incidents
render-fleet-quiet-nodes =
    { $n ->
        [one] 1 more node
       *[other] { $n } more nodes
    } without a memory incident (--all shows them)
render-fleet-workloads = Workloads by restarts over all nodes
render-fleet-causes = Causes
render-fleet-limits = Limits that were hit most

## Headings of tables in Markdown and HTML

render-title-what = What
render-title-why = Why
render-title-step = What
render-title-node = Node
render-title-times = Times
render-title-first = First
render-title-last = Last
render-title-sure = Sure
render-title-action = Action
render-title-owner = Owner
render-title-due = Due
render-title-done = Done
render-title-source = Source
render-title-kind = Kind
render-title-from = From
render-title-to = To
render-title-time = Time
render-title-who = Who
render-title-memory = Memory
render-title-size = Size
render-title-share = Share
render-title-held-by = Held by
render-title-memory-ends = Ends by memory
render-title-other-ends = Other ends
render-title-lost = Lifetimes lost
render-title-lifetime = Median lifetime
render-title-interval = Median time between
render-title-down = Out of service
render-title-by-memory = By memory
render-title-otherwise = Otherwise
render-title-lives = Lives for
render-title-every = Ends every
render-title-in-words = In words
render-title-swap = Swap
render-title-kernel = Kernel
render-title-log-from = Kernel log from
render-title-log-to = to
render-title-holes = Holes
render-title-path = Path
render-title-records = Records
render-title-since-boot = Since boot
render-title-ended-by = Ended by
render-title-trigger = Asked for memory
render-title-container = Container or unit
render-title-link = Link
render-title-limit = Limit
render-title-holder = Holder
render-title-bar = Bar
render-title-process = Process
render-title-anon = Anonymous
render-title-file = File
render-title-shmem = Shared
render-title-pgt = Page tables
render-title-of = Of
render-title-how = How
render-title-reason = Reason
render-title-oom-flag = OOM flag
render-title-started = Started
render-title-started-again = Started again
render-title-told-by = Told by
render-title-after = After
render-title-name = Name
render-title-uid = User id
render-title-rss = Resident

## Markdown: the postmortem

render-pm-title = Postmortem: { $subject }: { $what }
render-pm-title-more = Postmortem: { $subject }: { $what } (and { $n } more)
render-pm-title-none = Postmortem: no memory incident found
render-pm-draft =
    Draft from { $sources ->
        [one] 1 source
       *[other] { $sources } sources
    } of logs, by oomscan { $version }. Complete what is marked with `TODO`.
render-pm-summary = Summary
render-pm-impact = Impact
render-pm-timeline = Timeline
render-pm-cause = Cause
render-pm-factors = Contributing factors
render-pm-unknown = What is not known
render-pm-actions = Actions
render-pm-sources = Sources
render-pm-more = _... and { $n } more; `--verbose` shows them._
render-pm-nothing-read = Nothing was read.
render-pm-no-timeline = Nothing to tell.
render-pm-noticed = Noticed by, and when: `TODO`
render-pm-again = Again: { $what }
render-pm-users = Users, requests and data that were hit: `TODO`
render-pm-impact-note = _Lifetimes lost: how long the instances had run that memory ended. Out of service: from an end to the next start, where both are in the logs._
render-pm-name-times =
    { $name } { $times ->
        [one] 1 time
       *[other] { $times } times
    }
render-pm-killed = Processes killed: { $names }.
render-pm-killed-more = Processes killed: { $names }, and { $n } more names.
render-pm-no-cause = No incident to explain.
render-pm-was-it = Was it memory? { $answer }.
render-pm-when-where = { $time }, on { $node }.
render-pm-incident = Incident { $id }.
render-pm-first-of = This is the first of { $times }.
render-pm-ended = Ended: { $name }, { $how }.
render-pm-ended-nameless = Ended, { $how }.
render-pm-used-of-limit = Memory in use: { $used } of its limit of { $total } ({ $percent }).
render-pm-used-of-node = Memory in use: { $used } of the node's { $total } ({ $percent }).
render-pm-proof = Proof:
render-pm-from = From { $place }:
render-pm-no-factors = None that these logs show.
render-pm-bystander = { $name } held { $size }, but { $victim } was killed.
render-pm-bystander-share = { $name } held { $size } ({ $percent }), but { $victim } was killed.
render-pm-preferred = { $name } has an `oom_score_adj` of { $adj }, which makes the kernel choose it early.
render-pm-no-swap = The node has no swap, so idle memory could not be moved out.
render-pm-much-shmem = { $size } ({ $percent }) were shared memory or files in a tmpfs: these stay when a process is killed.
render-pm-much-slab = { $size } ({ $percent }) were kernel slab that cannot be reclaimed: no process holds it.
render-pm-much-huge = { $size } ({ $percent }) were set aside for huge pages, used or not.
render-pm-much-rest = { $size } ({ $percent }) are in no counter of the kernel: a driver, a hypervisor's balloon or the like.
render-pm-limit-met =
    The limit had been met { $n ->
        [one] 1 time
       *[other] { $n } times
    } before the kill.
render-pm-restarted = { $name } was started again { $n } times with the cause still there.
render-pm-startup = { $name } died soon after each start: the limit is below what it needs to start.
render-pm-growth = { $name } ran long each time and came back to the limit: a leak, or load that grows.
render-pm-burst = { $name } was hit several times within a short while.
render-pm-shared-limit = { $name } shares the limit that was met with others: what they use counts, too.
render-pm-logs-do-not-tell = Why the memory was needed, what changed before, and what users noticed: logs do not tell. `TODO`
render-pm-why-unknown = { $name }: why it ended is not known.
render-pm-only-so-sure = { $name }: that { $cause } is only { $sure }.
render-pm-more-unsure = { $n } more are less than sure.
render-pm-no-picture =
    What the memory was used for: no log shows it for { $n ->
        [one] 1 memory incident
       *[other] { $n } memory incidents
    }.
render-pm-no-end =
    Whether the container or service ended with its process: no log says it for { $n ->
        [one] 1 incident
       *[other] { $n } incidents
    }.
render-pm-no-restart =
    When it was started again: no log says it for { $n ->
        [one] 1 incident
       *[other] { $n } incidents
    }.
render-pm-time-inferred =
    The exact time of { $n ->
        [one] 1 incident
       *[other] { $n } incidents
    }: year, zone or boot time was derived from other lines.
render-pm-time-unknown =
    The time of { $n ->
        [one] 1 incident
       *[other] { $n } incidents
    }: only seconds since boot are known.
render-pm-no-kernel-log = What the kernel of { $name } did: none of its log was read.
render-pm-gap = What the kernel log of { $name } lacks: { $reason }.
render-pm-gap-at = What the kernel log of { $name } lacks at { $at }: { $reason }.
render-pm-problem = What could not be read: { $message }
render-pm-problem-at = What could not be read: { $at }: { $message }
render-pm-more-problems = { $n } more problems with what was read.

## HTML: the page

render-page-title = Memory report
render-page-title-of = Memory report of { $names }
render-page-title-nodes = Memory report of { $n } nodes
render-page-skip = Skip to the incidents
render-page-parts = Parts of the report
render-page-answer = Answer
render-page-timeline = Timeline
render-page-incidents = Incidents
render-page-workloads = Workloads
render-page-nodes = Nodes
render-page-sources = Sources
render-page-no-incidents = There is none.
render-page-which = Which incidents are shown
render-page-search = Search
render-page-search-for = name, pid, cause, id, date
render-page-all-nodes = all
render-page-open-all = Open all
render-page-close-all = Close all
render-page-made-by = Made by oomscan { $version } from logs alone. This file holds everything it shows and loads nothing.
render-page-search-rows = search { $n } rows
render-page-search-table = Search this table
render-page-all-shown = All { $n } are shown.
render-page-some-shown = { $n } of { $all } are shown.
render-page-between = { $n } of { $all } are shown, { $from } to { $to }.
render-page-no-wall-clock = No wall clock is known
render-page-read =
    { $size } of { $sources ->
        [one] 1 source
       *[other] { $sources } sources
    } read, { $nodes ->
        [one] 1 node
       *[other] { $nodes } nodes
    }.
render-page-what-and-why = What was hit, and why
render-page-memory = memory
render-page-not-memory = not memory
render-page-on = on { $node }
render-page-times = { $n } times
render-page-killed = killed { $name }
render-page-killed-more = killed { $name } and { $n } more
render-page-what-to-do = What to do
render-page-how-sure = How sure is that?
render-page-it-is = It is { $sure }.
render-page-derived = { $time } (derived, see the lines)
render-page-image = image { $image }
render-page-qos = QoS class { $qos }
render-page-limit = { $used } of { $total } of the { $kind }
render-page-limit-met =
    { $used } of { $total } of the { $kind }, met { $n ->
        [one] 1 time
       *[other] { $n } times
    }
render-page-order = order { $order }
render-page-no-swap = No swap.
render-page-swap = Swap: { $free } free of { $total }.
render-page-memory-of-cgroup = Memory of the cgroup that ran out
render-page-memory-of-node = Memory of the node
render-page-memory-used = { $whose }: { $used } of { $total } in use ({ $percent })
render-page-holders = Who held it
render-page-held-less = ... and { $n } that held less.
render-page-left-out = ... and { $n } more, in the JSON report.
render-page-flag-set = set
render-page-flag-not-set = not set
render-page-nth-restart = ({ $n }. restart)
render-page-what-happened = What happened
render-page-proof-number = proof { $n }
render-page-processes = Processes
render-page-largest = The { $n } largest of { $all }.
render-page-all-listed =
    { $n ->
        [one] 1 process
       *[other] { $n } processes
    }, all that the kernel listed.
render-page-was-killed = killed
render-page-zoom = Zoom of the timeline
render-page-zoom-in = Zoom in
render-page-zoom-out = Zoom out
render-page-earlier = Earlier
render-page-later = Later
render-page-show-all = Show all
render-page-drag = Drag over the strips to zoom; the list below follows.
render-page-lanes = Marks of { $n } incidents over time. Plus and minus zoom, the arrow keys move. The list below has the same incidents.
render-page-others = { $n } others
render-page-no-nodes = None is known.
render-page-coverage = That the kernel killed nothing can only be said for the time that its log covers.
render-page-later-boot = later boot
render-page-none-read = none was read
render-page-nothing-read = Nothing was read.
render-page-sources-read = { $n } read
