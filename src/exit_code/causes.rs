//! Causes that several codes share.

use super::CauseRow;

const fn cause(cause: &'static str, evidence: &'static str, next: &'static str) -> CauseRow {
    CauseRow { cause, evidence, next }
}

pub(super) const KERNEL_LIMIT: CauseRow = cause(
    "The kernel killed it: the container or pod reached its memory limit",
    "kernel log: constraint=CONSTRAINT_MEMCG with the container's id in task_memcg, and \"Killed process\" with its main pid",
    "whose limit it was (oom_memcg) and which process held the memory (task table); compare limit and normal usage",
);
pub(super) const KERNEL_NODE: CauseRow = cause(
    "The kernel killed it: the whole node ran out of memory",
    "kernel log: constraint=CONSTRAINT_NONE, global_oom; the kubelet's SystemOOM event",
    "the biggest users on the node, in pods or not; requests against capacity; eviction thresholds; swap",
);
pub(super) const KERNEL_NUMA: CauseRow = cause(
    "The kernel killed it: the NUMA nodes it is bound to ran out",
    "kernel log: CONSTRAINT_CPUSET or CONSTRAINT_MEMORY_POLICY",
    "mems_allowed and nodemask; free memory on the other nodes",
);
pub(super) const GROUP_KILL: CauseRow = cause(
    "It died with a neighbour: the cgroup is killed as a whole (memory.oom.group)",
    "kernel log: \"Tasks in ... are going to be killed due to memory.oom.group set\"",
    "the first victim of that block: often a shell, a probe or a worker in the same container",
);
pub(super) const USERSPACE_KILLER: CauseRow = cause(
    "A killer in user space acted before the kernel: systemd-oomd, earlyoom, nohang, YARN, Slurm",
    "its own lines at that time; no kernel kill",
    "its thresholds and its preference lists; memory pressure at that time",
);
pub(super) const STOP_TIMEOUT: CauseRow = cause(
    "It was asked to stop, did not end in time, and was killed",
    "a stop request shortly before: docker \"using the force\", kubelet \"Killing container\", systemd \"timed out. Killing\"",
    "why SIGTERM had no effect (a shell as pid 1, a long drain) and how long the grace period is",
);
pub(super) const KILL_REQUEST: CauseRow = cause(
    "Somebody sent SIGKILL: docker kill, kubectl delete --force, kill -9, timeout -s KILL",
    "a kill event with signal=9, an audit record; no memory lines",
    "who or what sent it",
);
pub(super) const PROBE: CauseRow = cause(
    "A liveness or startup probe failed, and the stop that followed timed out",
    "kubelet: \"Unhealthy\", \"failed liveness probe, will be restarted\"",
    "the probe's time-outs; whether memory pressure made the program slow",
);
pub(super) const EVICTION: CauseRow = cause(
    "The kubelet evicted the pod, or the node was shutting down",
    "Evicted, Preempting, \"eviction manager\", node shutdown lines",
    "node conditions and eviction thresholds; the pod's usage over its request",
);
pub(super) const INVENTED: CauseRow = cause(
    "The platform made the code up, because it had lost the container",
    "reason ContainerStatusUnknown or Unknown, start and end times missing, \"shim disconnected\" just before",
    "restarts of kubelet, containerd or the shim; whether the shim itself was the OOM victim",
);
pub(super) const PASSED_ON: CauseRow = cause(
    "A script or wrapper is the main process and passed on how its child ended",
    "pid 1 is a shell, tini, Python or the like; no kill line names its pid",
    "the child's own kill line in the kernel log",
);
pub(super) const CHILD_KILLED: CauseRow = cause(
    "A child was OOM-killed, and the main process ended because of it, or by itself later",
    "a kernel kill line in the same cgroup for another pid than the main one; \"exited on signal 9\" in the program's log",
    "which child it was, and how much it held; the main process may be innocent",
);
pub(super) const APPLICATION: CauseRow = cause(
    "The program failed by itself",
    "an error or stack trace at the end of its log; no kernel or stop lines near the time",
    "the last lines of the program's log",
);
pub(super) const PYTHON_JVM: CauseRow = cause(
    "The program ran out of memory and gave up: MemoryError, OutOfMemoryError, \"Cannot allocate memory\"",
    "that message in its log; no kernel kill",
    "its heap settings and address-space limits (ulimit -v, overcommit), not only the container's limit",
);
pub(super) const GO_RUNTIME: CauseRow = cause(
    "Go could not get memory from the system, or panicked",
    "\"runtime: out of memory\" or \"panic:\" with goroutine stacks in the log",
    "ulimit -v, vm.overcommit_memory=2, vm.max_map_count; for a panic the stack",
);
pub(super) const JVM_EXIT: CauseRow = cause(
    "The JVM ended itself at an OutOfMemoryError (ExitOnOutOfMemoryError)",
    "\"Terminating due to java.lang.OutOfMemoryError\"",
    "heap size (-Xmx, MaxRAMPercentage) against the live data; a heap dump",
);
pub(super) const HEAP_ABORT: CauseRow = cause(
    "A language runtime gave up on its own heap: Node.js or V8, C++ bad_alloc, Rust, JVM crash on out of memory",
    "\"JavaScript heap out of memory\", \"std::bad_alloc\", \"memory allocation of N bytes failed\"; no kernel kill",
    "the runtime's own limit (--max-old-space-size, -Xmx): raising the container's limit alone changes nothing",
);
pub(super) const ABORT: CauseRow = cause(
    "A failed assertion, a damaged heap, or systemd's watchdog",
    "\"Assertion ... failed\", \"double free\", \"malloc(): ...\", \"Watchdog timeout\"; a core dump",
    "the message just before the end, and the core dump",
);
pub(super) const BUS_ERROR: CauseRow = cause(
    "A memory-backed file system or the huge pages ran out",
    "/dev/shm or a tmpfs is full; failcnt of the hugetlb cgroup above 0",
    "size of /dev/shm (64 MiB by default in docker), huge page limits",
);
pub(super) const CUT_FILE: CauseRow = cause(
    "A mapped file was cut short, or the hardware failed",
    "file replaced while it was in use; machine check lines in the kernel log",
    "who writes that file; memory error counters",
);
pub(super) const SEGFAULT: CauseRow = cause(
    "A bug in the program or one of its libraries",
    "kernel log: \"segfault at ... ip ... error ...\" with the library; a core dump",
    "the core dump; library versions in the image",
);
pub(super) const UNCHECKED_MALLOC: CauseRow = cause(
    "An allocation failed and was not checked",
    "\"segfault at 0\" in the kernel log right after page allocation failures or under ulimit -v",
    "limits on address space and stack",
);
pub(super) const ILLEGAL: CauseRow = cause(
    "The image was built for another processor, or the code is damaged",
    "kernel log: \"trap invalid opcode\"; it fails on some nodes only",
    "processor features of the nodes against the build's target",
);
pub(super) const DIVISION: CauseRow = cause(
    "An integer was divided by zero",
    "kernel log: \"trap divide error\"",
    "the program's last log lines; a core dump",
);
pub(super) const SECCOMP: CauseRow = cause(
    "A seccomp profile forbids a system call that the program made",
    "audit: type=1326 with sig=31 and the number of the system call",
    "the profile; whether the program's or libc's new version needs that call",
);
pub(super) const ORDERLY_STOP: CauseRow = cause(
    "An orderly stop: docker stop, a rollout, a deleted pod, systemctl stop",
    "a stop request just before; a new pod or a clean start after",
    "who asked for it; usually nothing is wrong",
);
pub(super) const SOFT_KILLER: CauseRow = cause(
    "earlyoom or nohang asked it to end because memory was low (SIGTERM first, SIGKILL later)",
    "\"sending SIGTERM to process\" and the like in their lines",
    "memory of the node at that time; what else was large",
);
pub(super) const OOM_POLICY: CauseRow = cause(
    "systemd stopped the rest of the unit after one process was OOM-killed (OOMPolicy=stop)",
    "\"A process of this unit has been killed by the OOM killer\", Result: oom-kill",
    "the kernel's kill line for the first victim",
);
pub(super) const SYSTEMD_OOM: CauseRow = cause(
    "A process of the unit was killed for memory, by the kernel or by systemd-oomd",
    "the kernel's kill line, or \"systemd-oomd killed\"; it need not be the main process",
    "the unit's MemoryMax, OOMPolicy and the task table",
);
pub(super) const YARN_KILL: CauseRow = cause(
    "YARN ended a container over its memory: 143 first, 137 a quarter of a second later",
    "\"is running beyond physical memory limits\" in the node manager's log",
    "the container's size against heap plus overhead",
);
pub(super) const INTERRUPT: CauseRow = cause(
    "Ctrl-C, or a stop with SIGINT as the image's stop signal",
    "somebody at a terminal, or STOPSIGNAL SIGINT in the image",
    "usually nothing is wrong",
);
pub(super) const DAEMON_FAILED: CauseRow = cause(
    "docker run or podman run itself failed: bad option, daemon trouble",
    "its error message; no container was started",
    "the command line and the daemon's log",
);
pub(super) const NOT_EXECUTABLE: CauseRow = cause(
    "The command was found but could not be executed: no permission, a directory, wrong architecture",
    "\"permission denied\", \"exec format error\"",
    "the file's mode and the image's platform",
);
pub(super) const NOT_FOUND: CauseRow = cause(
    "The command, its interpreter or its loader does not exist (in the image)",
    "\"not found\", \"no such file or directory\"",
    "command, PATH and shebang; glibc or musl",
);
pub(super) const ELASTICSEARCH: CauseRow = cause(
    "Elasticsearch ended itself at an OutOfMemoryError (it uses 127)",
    "\"fatal error in thread\", \"java.lang.OutOfMemoryError\" in its log",
    "its heap size and the queries at that time",
);
pub(super) const INIT_OOM: CauseRow = cause(
    "The memory limit is too small even to start the container",
    "\"container init was OOM-killed (memory limit too low?)\"; the kernel's victim is runc:[2:INIT]",
    "the limit: some tens of MiB are needed for the start alone",
);
pub(super) const RUNTIME_START: CauseRow = cause(
    "The runtime could not start the container: bad mount, missing file, failing hook",
    "the runtime's message in the container's status or the kubelet's log",
    "that message",
);
pub(super) const SYSTEMD_SETUP: CauseRow = cause(
    "The unit's settings cannot be applied on this machine",
    "\"Failed at step ...\" or \"Failed to set up ...\" in the journal",
    "that line, and the option of the unit file it is about",
);
pub(super) const TIMEOUT_TOOL: CauseRow = cause(
    "The time given to `timeout` was over",
    "a `timeout` in the command line",
    "why it took so long; with -k or -s KILL the code is 137 instead",
);
pub(super) const WRAPPER_KILLED: CauseRow = cause(
    "A wrapper lost the signal of its child: a child killed by SIGKILL, often for memory",
    "\"signal: killed\" (Go), \"died with <Signals.SIGKILL: 9>\" (Python) in its log; a kernel kill line for the child",
    "the kernel's kill line: it has the child's pid and size",
);
pub(super) const RUNTIME_UNKNOWN: CauseRow = cause(
    "The runtime did not learn the code: it, the machine or the shim was restarted",
    "many containers with the same code and time; a boot or daemon start right after",
    "the reboot or the daemon's restart",
);
pub(super) const EXIT_MINUS_ONE: CauseRow = cause(
    "The program called exit(-1), or it is ssh or Perl's die",
    "an error at the end of its log",
    "the last lines of the program's log",
);
pub(super) const PHP_LIMIT: CauseRow = cause(
    "PHP reached its memory_limit",
    "\"Allowed memory size of N bytes exhausted\"",
    "memory_limit in php.ini and the request it happened in",
);
pub(super) const NODE_FATAL: CauseRow =
    cause("Node.js met a fatal error in V8", "\"FATAL ERROR\" in its log", "the message; whether it is about the heap");
pub(super) const ENOMEM: CauseRow = cause(
    "An errno passed on as exit code: 12 is ENOMEM",
    "\"Cannot allocate memory\" in its log",
    "limits on address space, overcommit settings",
);
pub(super) const OS_ERROR: CauseRow = cause(
    "The system refused something, for instance a fork",
    "\"Resource temporarily unavailable\" or \"Cannot allocate memory\" in its log",
    "pids limit and memory at that time",
);
pub(super) const RUST_PANIC: CauseRow =
    cause("A Rust program panicked", "\"thread '...' panicked at\" in its log", "that message");
pub(super) const SLURM_OUT_OF_MEMORY: CauseRow = cause(
    "The kernel killed a process of the step at the job's memory limit",
    "\"oom_kill event\" or \"OOM Kill\" in the step's output; the kernel's kill line",
    "--mem against the job's real use; sacct's MaxRSS",
);
pub(super) const WINDOWS_COMMIT: CauseRow = cause(
    "The container or the machine reached its commit limit",
    "Resource-Exhaustion-Detector event 2004; allocations failing in the program's log",
    "the container's memory limit, the page file, the largest committers",
);
pub(super) const WINDOWS_CRASH: CauseRow = cause(
    "A fault in the program",
    "Application Error event 1000 with the faulting module; a dump",
    "the dump; whether allocations failed just before",
);
pub(super) const WINDOWS_STOP: CauseRow = cause(
    "It was stopped: a container stop, or its time-out",
    "a stop request just before",
    "who asked for it; the grace period",
);
pub(super) const WINDOWS_LOADER: CauseRow = cause(
    "The image does not hold what the program needs",
    "the loader's message; it never starts",
    "base image and redistributable libraries",
);
