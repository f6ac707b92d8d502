//! Who may speak for the kernel.

use crate::record::{Record, Transport};

/// How far a record is believed to be the kernel's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    /// The carrier says so.
    Kernel,
    /// The carrier does not say: a text that begins like a kernel line is one.
    Bare,
    /// A program that is known to pass kernel lines on, or a name without a process behind it.
    Relay,
    /// A program: kernel text in its message is a quotation.
    Program,
}

/// Programs that write kernel lines into the log as their own messages.
const RELAYS: [&str; 9] = ["kernel", "kern", "dmesg", "kmsg", "klogd", "vmunix", "netconsole", "console", "logger"];

/// Programs that quote kernel lines, or warn of memory in words like the kernel's.
const QUOTERS: [&str; 16] = [
    "kubelet",
    "kube",
    "k3s",
    "rke2",
    "node-problem",
    "npd",
    "containerd",
    "docker",
    "crio",
    "conmon",
    "podman",
    "systemd",
    "earlyoom",
    "nohang",
    "oomd",
    "lowmemorykiller",
];

impl Gate {
    /// Judges a record.
    pub(super) fn of(record: &Record<'_>) -> Gate {
        match record.transport {
            Transport::Kernel => Gate::Kernel,
            Transport::Unknown => Gate::Bare,
            Transport::Program => Gate::of_program(record),
        }
    }

    fn of_program(record: &Record<'_>) -> Gate {
        let ident = record.ident.as_deref().unwrap_or_default();
        if RELAYS.contains(&ident) || ident.starts_with("ttyS") {
            return Gate::Relay;
        }
        let quoter = QUOTERS.iter().any(|name| ident.starts_with(name));
        if quoter || record.pid.is_some() || record.unit.is_some() { Gate::Program } else { Gate::Relay }
    }

    /// May a record of this kind add to a report that a record of the `opener` kind has opened?
    pub(super) fn joins(self, opener: Gate) -> bool {
        match self {
            Gate::Program => false,
            Gate::Relay => opener == Gate::Relay,
            Gate::Kernel | Gate::Bare => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(ident: Option<&'static str>, pid: Option<u32>) -> Gate {
        let ident = ident.map(Into::into);
        Gate::of(&Record { transport: Transport::Program, ident, pid, ..Record::default() })
    }

    #[test]
    fn programs() {
        assert_eq!(program(Some("dmesg"), Some(7)), Gate::Relay);
        assert_eq!(program(None, None), Gate::Relay);
        assert_eq!(program(Some("kubelet"), None), Gate::Program);
        assert_eq!(program(Some("node-problem-detector"), None), Gate::Program);
        assert_eq!(program(Some("payments"), Some(812)), Gate::Program);
    }

    #[test]
    fn a_report_takes_no_lines_from_programs() {
        assert!(Gate::Bare.joins(Gate::Kernel));
        assert!(!Gate::Relay.joins(Gate::Kernel));
        assert!(Gate::Relay.joins(Gate::Relay));
        assert!(!Gate::Program.joins(Gate::Relay));
    }
}
