//! Causes that several codes share.

use super::CauseRow;
use crate::key;
use crate::language::Key;

const fn cause(cause: Key, evidence: Key, next: Key) -> CauseRow {
    CauseRow { cause, evidence, next }
}

pub(super) const KERNEL_LIMIT: CauseRow = cause(
    key!("codes-cause-kernel-limit"),
    key!("codes-cause-kernel-limit-seen"),
    key!("codes-cause-kernel-limit-look"),
);
pub(super) const KERNEL_NODE: CauseRow =
    cause(key!("codes-cause-kernel-node"), key!("codes-cause-kernel-node-seen"), key!("codes-cause-kernel-node-look"));
pub(super) const KERNEL_NUMA: CauseRow =
    cause(key!("codes-cause-kernel-numa"), key!("codes-cause-kernel-numa-seen"), key!("codes-cause-kernel-numa-look"));
pub(super) const GROUP_KILL: CauseRow =
    cause(key!("codes-cause-group-kill"), key!("codes-cause-group-kill-seen"), key!("codes-cause-group-kill-look"));
pub(super) const USERSPACE_KILLER: CauseRow = cause(
    key!("codes-cause-userspace-killer"),
    key!("codes-cause-userspace-killer-seen"),
    key!("codes-cause-userspace-killer-look"),
);
pub(super) const STOP_TIMEOUT: CauseRow = cause(
    key!("codes-cause-stop-timeout"),
    key!("codes-cause-stop-timeout-seen"),
    key!("codes-cause-stop-timeout-look"),
);
pub(super) const KILL_REQUEST: CauseRow = cause(
    key!("codes-cause-kill-request"),
    key!("codes-cause-kill-request-seen"),
    key!("codes-cause-kill-request-look"),
);
pub(super) const PROBE: CauseRow =
    cause(key!("codes-cause-probe"), key!("codes-cause-probe-seen"), key!("codes-cause-probe-look"));
pub(super) const EVICTION: CauseRow =
    cause(key!("codes-cause-eviction"), key!("codes-cause-eviction-seen"), key!("codes-cause-eviction-look"));
pub(super) const INVENTED: CauseRow =
    cause(key!("codes-cause-invented"), key!("codes-cause-invented-seen"), key!("codes-cause-invented-look"));
pub(super) const PASSED_ON: CauseRow =
    cause(key!("codes-cause-passed-on"), key!("codes-cause-passed-on-seen"), key!("codes-cause-passed-on-look"));
pub(super) const CHILD_KILLED: CauseRow = cause(
    key!("codes-cause-child-killed"),
    key!("codes-cause-child-killed-seen"),
    key!("codes-cause-child-killed-look"),
);
pub(super) const APPLICATION: CauseRow =
    cause(key!("codes-cause-application"), key!("codes-cause-application-seen"), key!("codes-cause-application-look"));
pub(super) const PYTHON_JVM: CauseRow =
    cause(key!("codes-cause-python-jvm"), key!("codes-cause-python-jvm-seen"), key!("codes-cause-python-jvm-look"));
pub(super) const GO_RUNTIME: CauseRow =
    cause(key!("codes-cause-go-runtime"), key!("codes-cause-go-runtime-seen"), key!("codes-cause-go-runtime-look"));
pub(super) const JVM_EXIT: CauseRow =
    cause(key!("codes-cause-jvm-exit"), key!("codes-cause-jvm-exit-seen"), key!("codes-cause-jvm-exit-look"));
pub(super) const HEAP_ABORT: CauseRow =
    cause(key!("codes-cause-heap-abort"), key!("codes-cause-heap-abort-seen"), key!("codes-cause-heap-abort-look"));
pub(super) const ABORT: CauseRow =
    cause(key!("codes-cause-abort"), key!("codes-cause-abort-seen"), key!("codes-cause-abort-look"));
pub(super) const BUS_ERROR: CauseRow =
    cause(key!("codes-cause-bus-error"), key!("codes-cause-bus-error-seen"), key!("codes-cause-bus-error-look"));
pub(super) const CUT_FILE: CauseRow =
    cause(key!("codes-cause-cut-file"), key!("codes-cause-cut-file-seen"), key!("codes-cause-cut-file-look"));
pub(super) const SEGFAULT: CauseRow =
    cause(key!("codes-cause-segfault"), key!("codes-cause-segfault-seen"), key!("codes-cause-segfault-look"));
pub(super) const UNCHECKED_MALLOC: CauseRow = cause(
    key!("codes-cause-unchecked-malloc"),
    key!("codes-cause-unchecked-malloc-seen"),
    key!("codes-cause-unchecked-malloc-look"),
);
pub(super) const ILLEGAL: CauseRow =
    cause(key!("codes-cause-illegal"), key!("codes-cause-illegal-seen"), key!("codes-cause-illegal-look"));
pub(super) const DIVISION: CauseRow =
    cause(key!("codes-cause-division"), key!("codes-cause-division-seen"), key!("codes-cause-division-look"));
pub(super) const SECCOMP: CauseRow =
    cause(key!("codes-cause-seccomp"), key!("codes-cause-seccomp-seen"), key!("codes-cause-seccomp-look"));
pub(super) const ORDERLY_STOP: CauseRow = cause(
    key!("codes-cause-orderly-stop"),
    key!("codes-cause-orderly-stop-seen"),
    key!("codes-cause-orderly-stop-look"),
);
pub(super) const SOFT_KILLER: CauseRow =
    cause(key!("codes-cause-soft-killer"), key!("codes-cause-soft-killer-seen"), key!("codes-cause-soft-killer-look"));
pub(super) const OOM_POLICY: CauseRow =
    cause(key!("codes-cause-oom-policy"), key!("codes-cause-oom-policy-seen"), key!("codes-cause-oom-policy-look"));
pub(super) const SYSTEMD_OOM: CauseRow =
    cause(key!("codes-cause-systemd-oom"), key!("codes-cause-systemd-oom-seen"), key!("codes-cause-systemd-oom-look"));
pub(super) const YARN_KILL: CauseRow =
    cause(key!("codes-cause-yarn-kill"), key!("codes-cause-yarn-kill-seen"), key!("codes-cause-yarn-kill-look"));
pub(super) const INTERRUPT: CauseRow =
    cause(key!("codes-cause-interrupt"), key!("codes-cause-interrupt-seen"), key!("codes-cause-interrupt-look"));
pub(super) const DAEMON_FAILED: CauseRow = cause(
    key!("codes-cause-daemon-failed"),
    key!("codes-cause-daemon-failed-seen"),
    key!("codes-cause-daemon-failed-look"),
);
pub(super) const NOT_EXECUTABLE: CauseRow = cause(
    key!("codes-cause-not-executable"),
    key!("codes-cause-not-executable-seen"),
    key!("codes-cause-not-executable-look"),
);
pub(super) const NOT_FOUND: CauseRow =
    cause(key!("codes-cause-not-found"), key!("codes-cause-not-found-seen"), key!("codes-cause-not-found-look"));
pub(super) const ELASTICSEARCH: CauseRow = cause(
    key!("codes-cause-elasticsearch"),
    key!("codes-cause-elasticsearch-seen"),
    key!("codes-cause-elasticsearch-look"),
);
pub(super) const INIT_OOM: CauseRow =
    cause(key!("codes-cause-init-oom"), key!("codes-cause-init-oom-seen"), key!("codes-cause-init-oom-look"));
pub(super) const RUNTIME_START: CauseRow = cause(
    key!("codes-cause-runtime-start"),
    key!("codes-cause-runtime-start-seen"),
    key!("codes-cause-runtime-start-look"),
);
pub(super) const SYSTEMD_SETUP: CauseRow = cause(
    key!("codes-cause-systemd-setup"),
    key!("codes-cause-systemd-setup-seen"),
    key!("codes-cause-systemd-setup-look"),
);
pub(super) const TIMEOUT_TOOL: CauseRow = cause(
    key!("codes-cause-timeout-tool"),
    key!("codes-cause-timeout-tool-seen"),
    key!("codes-cause-timeout-tool-look"),
);
pub(super) const WRAPPER_KILLED: CauseRow = cause(
    key!("codes-cause-wrapper-killed"),
    key!("codes-cause-wrapper-killed-seen"),
    key!("codes-cause-wrapper-killed-look"),
);
pub(super) const RUNTIME_UNKNOWN: CauseRow = cause(
    key!("codes-cause-runtime-unknown"),
    key!("codes-cause-runtime-unknown-seen"),
    key!("codes-cause-runtime-unknown-look"),
);
pub(super) const EXIT_MINUS_ONE: CauseRow = cause(
    key!("codes-cause-exit-minus-one"),
    key!("codes-cause-exit-minus-one-seen"),
    key!("codes-cause-exit-minus-one-look"),
);
pub(super) const PHP_LIMIT: CauseRow =
    cause(key!("codes-cause-php-limit"), key!("codes-cause-php-limit-seen"), key!("codes-cause-php-limit-look"));
pub(super) const NODE_FATAL: CauseRow =
    cause(key!("codes-cause-node-fatal"), key!("codes-cause-node-fatal-seen"), key!("codes-cause-node-fatal-look"));
pub(super) const ENOMEM: CauseRow =
    cause(key!("codes-cause-enomem"), key!("codes-cause-enomem-seen"), key!("codes-cause-enomem-look"));
pub(super) const OS_ERROR: CauseRow =
    cause(key!("codes-cause-os-error"), key!("codes-cause-os-error-seen"), key!("codes-cause-os-error-look"));
pub(super) const RUST_PANIC: CauseRow =
    cause(key!("codes-cause-rust-panic"), key!("codes-cause-rust-panic-seen"), key!("codes-cause-rust-panic-look"));
pub(super) const SLURM_OUT_OF_MEMORY: CauseRow = cause(
    key!("codes-cause-slurm-out-of-memory"),
    key!("codes-cause-slurm-out-of-memory-seen"),
    key!("codes-cause-slurm-out-of-memory-look"),
);
pub(super) const WINDOWS_COMMIT: CauseRow = cause(
    key!("codes-cause-windows-commit"),
    key!("codes-cause-windows-commit-seen"),
    key!("codes-cause-windows-commit-look"),
);
pub(super) const WINDOWS_CRASH: CauseRow = cause(
    key!("codes-cause-windows-crash"),
    key!("codes-cause-windows-crash-seen"),
    key!("codes-cause-windows-crash-look"),
);
pub(super) const WINDOWS_STOP: CauseRow = cause(
    key!("codes-cause-windows-stop"),
    key!("codes-cause-windows-stop-seen"),
    key!("codes-cause-windows-stop-look"),
);
pub(super) const WINDOWS_LOADER: CauseRow = cause(
    key!("codes-cause-windows-loader"),
    key!("codes-cause-windows-loader-seen"),
    key!("codes-cause-windows-loader-look"),
);
pub(super) const YARN_DECISION: CauseRow = cause(
    key!("codes-cause-yarn-decision"),
    key!("codes-cause-yarn-decision-seen"),
    key!("codes-cause-yarn-decision-look"),
);
pub(super) const POD_CONFIG: CauseRow =
    cause(key!("codes-cause-pod-config"), key!("codes-cause-pod-config-seen"), key!("codes-cause-pod-config-look"));
pub(super) const IMAGE: CauseRow =
    cause(key!("codes-cause-image"), key!("codes-cause-image-seen"), key!("codes-cause-image-look"));
pub(super) const MEMORY_EVICTION: CauseRow = cause(
    key!("codes-cause-memory-eviction"),
    key!("codes-cause-memory-eviction-seen"),
    key!("codes-cause-memory-eviction-look"),
);
pub(super) const OTHER_EVICTION: CauseRow = cause(
    key!("codes-cause-other-eviction"),
    key!("codes-cause-other-eviction-seen"),
    key!("codes-cause-other-eviction-look"),
);
pub(super) const PREEMPTION: CauseRow =
    cause(key!("codes-cause-preemption"), key!("codes-cause-preemption-seen"), key!("codes-cause-preemption-look"));
pub(super) const NODE_SHUTDOWN: CauseRow = cause(
    key!("codes-cause-node-shutdown"),
    key!("codes-cause-node-shutdown-seen"),
    key!("codes-cause-node-shutdown-look"),
);
pub(super) const NODE_SILENT: CauseRow =
    cause(key!("codes-cause-node-silent"), key!("codes-cause-node-silent-seen"), key!("codes-cause-node-silent-look"));
pub(super) const DEADLINE: CauseRow =
    cause(key!("codes-cause-deadline"), key!("codes-cause-deadline-seen"), key!("codes-cause-deadline-look"));
pub(super) const ADMISSION: CauseRow =
    cause(key!("codes-cause-admission"), key!("codes-cause-admission-seen"), key!("codes-cause-admission-look"));
pub(super) const UNIT_TIMEOUT: CauseRow = cause(
    key!("codes-cause-unit-timeout"),
    key!("codes-cause-unit-timeout-seen"),
    key!("codes-cause-unit-timeout-look"),
);
pub(super) const WATCHDOG: CauseRow =
    cause(key!("codes-cause-watchdog"), key!("codes-cause-watchdog-seen"), key!("codes-cause-watchdog-look"));
pub(super) const LAMBDA_MEMORY: CauseRow = cause(
    key!("codes-cause-lambda-memory"),
    key!("codes-cause-lambda-memory-seen"),
    key!("codes-cause-lambda-memory-look"),
);
pub(super) const DYNO_MEMORY: CauseRow =
    cause(key!("codes-cause-dyno-memory"), key!("codes-cause-dyno-memory-seen"), key!("codes-cause-dyno-memory-look"));
