//! Logs of any size, the same in every run: a kernel log, and the journal of a busy Kubernetes node, each with OOM kills.

#![allow(dead_code, reason = "every bench uses a part of it")]

use std::fmt::Write as _;

/// A real report's lines after their time, from the golden log of 6.12 and cgroup v2.
const REPORT: &str = include_str!("../../tests/fixtures/golden/12-v612-v2.log");
/// The container, process and name in it, which every copy replaces.
const REPORT_ID: &str = "4f1d8c27a9e06b53d2c81f0e7b64a35990cd12ef8847ab36512d7c90fe6b8a41";
const REPORT_PID: &str = "2190";

/// 1 November 2026, Unix seconds: the clock's day 1.
const EPOCH_S: u64 = 1_793_491_200;

/// A small generator of pseudo-random numbers (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    /// `seed` must not be 0.
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// The next number below `below`.
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % below
    }

    fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789abcdef"[self.below(16) as usize])).collect()
    }

    fn address(&mut self) -> String {
        format!("10.{}.{}.{}", self.below(256), self.below(256), 1 + self.below(254))
    }
}

/// Writes lines with the time of a clock that goes on.
struct Writer {
    text: String,
    random: Random,
    /// Microseconds since boot.
    now: u64,
}

impl Writer {
    fn new(bytes: usize) -> Writer {
        Writer { text: String::with_capacity(bytes + 32 * 1024), random: Random::new(20_261_123), now: 1_000_000_000 }
    }

    /// `Nov 23 09:31:00 node-7 ` of a moment; the days run on from 1 November.
    fn syslog_time(&self) -> String {
        let s = self.now / 1_000_000;
        format!("Nov {:>2} {:02}:{:02}:{:02} node-7 ", 1 + s / 86_400 % 30, s / 3600 % 24, s / 60 % 60, s % 60)
    }

    fn kernel(&mut self, text: &str) {
        let (time, s, us) = (self.syslog_time(), self.now / 1_000_000, self.now % 1_000_000);
        let _ = writeln!(self.text, "{time}kernel: [{s:>5}.{us:06}] {text}");
    }

    fn program(&mut self, ident: &str, text: &str) {
        let time = self.syslog_time();
        let _ = writeln!(self.text, "{time}{ident}: {text}");
    }

    fn tick(&mut self) {
        self.now += self.random.below(40_000);
    }

    /// One whole report of a kill in a container.
    fn report(&mut self, id: &str, pid: u64) {
        for line in REPORT.lines() {
            let text = line.split_once("] ").map_or(line, |(_, text)| text);
            let text = text.replace(REPORT_PID, &pid.to_string()).replace(REPORT_ID, id);
            self.now += 9;
            self.kernel(&text);
        }
    }

    /// A report about a container that nothing else tells of.
    fn lone_report(&mut self) {
        let (id, pid) = (self.random.hex(64), 1000 + self.random.below(4_000_000));
        self.report(&id, pid);
    }

    fn kernel_noise(&mut self) {
        self.tick();
        let r = &mut self.random;
        let text = match r.below(10) {
            0..4 => format!(
                "[UFW BLOCK] IN=eth0 OUT= MAC={} SRC={} DST={} LEN={} TOS=0x00 PREC=0x00 TTL=64 ID={} DF PROTO=TCP SPT={} DPT=443 WINDOW=64240 RES=0x00 SYN URGP=0 ",
                r.hex(28),
                r.address(),
                r.address(),
                r.below(1500),
                r.below(65_536),
                r.below(65_536)
            ),
            4 | 5 => format!("cni0: port {}(veth{}) entered blocking state", r.below(110), r.hex(8)),
            6 => format!("IPv6: ADDRCONF(NETDEV_CHANGE): veth{}: link becomes ready", r.hex(8)),
            7 => format!(
                "audit: type=1400 audit({}.{:03}:{}): apparmor=\"DENIED\" operation=\"ptrace\" profile=\"cri-containerd.apparmor.d\" pid={} comm=\"node_exporter\"",
                1_795_000_000 + r.below(1_000_000),
                r.below(1000),
                r.below(100_000),
                r.below(99_999)
            ),
            8 => format!("EXT4-fs (dm-{}): mounted filesystem with ordered data mode. Opts: (null).", r.below(40)),
            _ => format!("TCP: request_sock_TCP: Possible SYN flooding on port {}. Sending cookies.", r.below(65_536)),
        };
        self.kernel(&text);
    }
}

/// A kernel log in syslog's form with a report of a kill in every `every` bytes.
pub(crate) fn kernel_log(bytes: usize, every: usize) -> String {
    let mut w = Writer::new(bytes);
    let mut next = every / 2;
    while w.text.len() < bytes {
        if w.text.len() >= next {
            w.lone_report();
            next += every;
        }
        w.kernel_noise();
    }
    w.text
}

/// A kernel log of nothing but reports.
pub(crate) fn storm(bytes: usize) -> String {
    let mut w = Writer::new(bytes);
    while w.text.len() < bytes {
        w.now += 1_000_000;
        w.lone_report();
    }
    w.text
}

/// A container's life: ids and names that its lines share.
struct Life {
    id: String,
    sandbox: String,
    pod: String,
    uid: String,
    pid: u64,
}

impl Life {
    fn new(r: &mut Random) -> Life {
        let uid = format!("{}-{}-{}-{}-{}", r.hex(8), r.hex(4), r.hex(4), r.hex(4), r.hex(12));
        let pod = format!("web-{}-{}", r.hex(9), r.hex(5));
        Life { id: r.hex(64), sandbox: r.hex(64), pod, uid, pid: 1000 + r.below(4_000_000) }
    }
}

/// How a container's life ends.
#[derive(Clone, Copy)]
enum End {
    /// By itself, with 0.
    Done,
    /// The kubelet and containerd stop it.
    Stopped,
    /// As `Stopped`, but the grace period runs out.
    Forced,
    /// By itself, with 1.
    Failed,
    /// By the kernel, which reports it; containerd saw it.
    OutOfMemory,
}

/// What becomes of containers in a journal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mix {
    /// As on a busy node: half of the lives end with 0, half by a recorded stop, one in a hundred with an error.
    Busy,
    /// Three lives of five end with 1, 137 or 143, and nothing tells why.
    Broken,
}

impl Mix {
    fn end(self, r: &mut Random) -> End {
        match r.below(1000) {
            0..10 => End::Failed,
            10..505 => End::Done,
            505..980 => End::Stopped,
            _ => End::Forced,
        }
    }
}

/// The journal of a busy Kubernetes node, in `journalctl`'s short form. About 30 % of the lines are the kubelet's PLEG and
/// probes and containerd's, with 100,000 whole lives of containers in a gibibyte among them; the rest are other programs'.
/// In [`Mix::Busy`] half of the lives end with 0 and nearly all others by a stop: `Killing container with a grace period` by
/// the kubelet, `StopContainer`, `Stop container` and at times `Kill container` by containerd, then 143 or 137. One in a
/// hundred fails with 1. In every `every` bytes the kernel kills one, with its report, `TaskOOM` and the exit.
pub(crate) fn kubernetes_journal(bytes: usize, every: usize, mix: Mix) -> String {
    let mut w = Writer::new(bytes);
    let mut lives: Vec<Life> = (0..200).map(|_| Life::new(&mut w.random)).collect();
    let mut next = every / 2;
    while w.text.len() < bytes {
        let at = w.random.below(lives.len() as u64) as usize;
        if w.text.len() >= next {
            live(&mut w, &mut lives[at], End::OutOfMemory);
            next += every;
        }
        w.tick();
        match w.random.below(1000) {
            0..16 if mix == Mix::Busy => {
                let end = mix.end(&mut w.random);
                live(&mut w, &mut lives[at], end);
            }
            0..16 => unexplained(&mut w, &mut lives[at]),
            16..227 => speak(&mut w, &lives[at]),
            _ => chatter(&mut w),
        }
    }
    w.text
}

/// `I1123 09:31:00.123456    1811 file.go:1] text` of the kubelet.
fn klog(w: &mut Writer, file: &str, text: &str) {
    let (s, us) = (w.now / 1_000_000, w.now % 1_000_000);
    let day = 1 + s / 86_400 % 30;
    let time = format!("11{day:02} {:02}:{:02}:{:02}.{us:06}", s / 3600 % 24, s / 60 % 60, s % 60);
    w.program("kubelet[1811]", &format!("I{time}    1811 {file}] {text}"));
}

fn containerd(w: &mut Writer, text: &str) {
    let (s, us) = (w.now / 1_000_000, w.now % 1_000_000);
    let day = 1 + s / 86_400 % 30;
    let time = format!("2026-11-{day:02}T{:02}:{:02}:{:02}.{us:06}123Z", s / 3600 % 24, s / 60 % 60, s % 60);
    w.program("containerd[912]", &format!("time=\"{time}\" level=info msg=\"{text}\""));
}

/// One line about a container.
fn speak(w: &mut Writer, life: &Life) {
    let probe = |said: &str, more: &str| {
        format!(
            "\"Probe {said}\" probeType=\"Readiness\" pod=\"shop/{}\" podUID=\"{}\" containerName=\"app\"{more}",
            life.pod, life.uid
        )
    };
    match w.random.below(18) {
        0..10 => klog(w, "prober.go:107", &probe("succeeded", "")),
        10..14 => {
            let more = " probeResult=\"failure\" output=\"HTTP probe failed with statuscode: 503\"";
            klog(w, "prober.go:107", &probe("failed", more));
        }
        _ => containerd(w, &format!("PullImage \\\"registry.local/app:{}\\\"", w.now)),
    }
}

/// The end of a life, and the next one.
fn live(w: &mut Writer, life: &mut Life, end: End) {
    let code = match end {
        End::Done => 0,
        End::Failed => 1,
        End::Stopped => 143,
        End::Forced | End::OutOfMemory => 137,
    };
    if matches!(end, End::Stopped | End::Forced) {
        stop(w, life, matches!(end, End::Forced));
    }
    if matches!(end, End::OutOfMemory) {
        w.report(&life.id, life.pid);
        containerd(w, &format!("TaskOOM event container_id:\\\"{}\\\"", life.id));
    }
    exit(w, life, code);
    start(w, life);
}

/// A life that ends with any code, and nothing tells why.
fn unexplained(w: &mut Writer, life: &mut Life) {
    let code = [0, 0, 1, 137, 143][w.random.below(5) as usize];
    exit(w, life, code);
    start(w, life);
}

/// The kubelet asks for a container's end.
fn stop(w: &mut Writer, life: &Life, forced: bool) {
    let killing = format!(
        "\"Killing container with a grace period\" pod=\"shop/{}\" podUID=\"{}\" containerName=\"app\" containerID=\"containerd://{}\" gracePeriod=30",
        life.pod, life.uid, life.id
    );
    klog(w, "kuberuntime_container.go:808", &killing);
    containerd(w, &format!("StopContainer for \\\"{}\\\" with timeout 30 (s)", life.id));
    containerd(w, &format!("Stop container \\\"{}\\\" with signal terminated", life.id));
    if forced {
        w.now += 30_000_000;
        containerd(w, &format!("Kill container \\\"{}\\\"", life.id));
    }
    w.now += 200_000;
}

/// A container's end, as containerd and the kubelet tell it.
fn exit(w: &mut Writer, life: &Life, code: u32) {
    let seconds = EPOCH_S + w.now / 1_000_000;
    let exit = format!(
        "received exit event container_id:\\\"{0}\\\"  id:\\\"{0}\\\"  pid:{1}  exit_status:{code}  exited_at:{{seconds:{seconds}  nanos:1}}",
        life.id, life.pid
    );
    containerd(w, &exit);
    let finished = format!(
        "\"Generic (PLEG): container finished\" podID=\"{}\" containerID=\"{}\" exitCode={code}",
        life.uid, life.id
    );
    klog(w, "generic.go:334", &finished);
    klog(w, "kubelet.go:2465", &pleg("ContainerDied", life));
}

/// The next container of a pod.
fn start(w: &mut Writer, life: &mut Life) {
    life.id = w.random.hex(64);
    life.pid = 1000 + w.random.below(4_000_000);
    let made = format!(
        "CreateContainer within sandbox \\\"{}\\\" for &ContainerMetadata{{Name:app,Attempt:1,}} returns container id \\\"{}\\\"",
        life.sandbox, life.id
    );
    containerd(w, &made);
    containerd(w, &format!("StartContainer for \\\"{}\\\" returns successfully", life.id));
    klog(w, "kubelet.go:2465", &pleg("ContainerStarted", life));
}

fn pleg(kind: &str, life: &Life) -> String {
    format!(
        "\"SyncLoop (PLEG): event for pod\" pod=\"shop/{}\" event={{\"ID\":\"{}\",\"Type\":\"{kind}\",\"Data\":\"{}\"}}",
        life.pod, life.uid, life.id
    )
}

/// A line of a program that has nothing to do with containers.
fn chatter(w: &mut Writer) {
    let r = &mut w.random;
    let (ident, text) = match r.below(6) {
        0 => (
            "systemd[1]",
            format!("run-containerd-runc-k8s.io-{}-runc.{}.mount: Deactivated successfully.", r.hex(64), r.hex(6)),
        ),
        1 => ("sshd[900]", format!("Connection closed by {} port {} [preauth]", r.address(), r.below(65_536))),
        2 => ("CRON[2211]", "(root) CMD (test -x /usr/sbin/anacron || run-parts --report /etc/cron.hourly)".to_owned()),
        3 => (
            "audit[771]",
            format!("AVC apparmor=\"ALLOWED\" operation=\"open\" name=\"/proc/{}/cmdline\"", r.below(99_999)),
        ),
        4 => ("dnsmasq[612]", format!("query[A] api-{}.shop.svc.cluster.local from {}", r.below(500), r.address())),
        _ => (
            "nginx[1400]",
            format!(
                "{} - - \"GET /v1/items/{} HTTP/1.1\" 200 {} \"-\" \"probe/1.0\"",
                r.address(),
                r.below(99_999),
                r.below(9000)
            ),
        ),
    };
    w.program(ident, &text);
}
