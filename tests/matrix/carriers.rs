//! How each carrier writes a kernel's records. Where a carrier repeats its prefix on each line of a record, indents the further
//! lines, or escapes the line feed, so does its function here.

use super::eras::Record;
use serde_json::json;

pub(crate) const HOST: &str = "node-7";
const BOOT: &str = "2bbd9a7bb6b8459c8e34c1e3e60b01c3";
/// Unix microseconds of uptime 0: 2026-11-23T09:29:18Z.
const BOOT_US: i64 = 1_795_426_158_000_000;

type Carrier = (&'static str, fn(&[Record]) -> Vec<u8>);

impl Record {
    fn uptime(&self) -> String {
        format!("{:5}.{:06}", self.uptime_us / 1_000_000, self.uptime_us % 1_000_000)
    }

    fn unix_us(&self) -> i64 {
        BOOT_US + i64::try_from(self.uptime_us).unwrap()
    }

    fn time(&self, format: &str) -> String {
        chrono::DateTime::from_timestamp_micros(self.unix_us()).unwrap().format(format).to_string()
    }

    /// `strftime` with another language's names: its weekdays from Sunday, its months, and its order.
    fn local(&self, days: &str, months: &str, format: &str) -> String {
        let pick =
            |names: &str, at: &str| names.split(' ').nth(self.time(at).parse::<usize>().unwrap()).unwrap().to_owned();
        let month = pick(&format!("- {months}"), "%-m");
        self.time(&format.replace("%a", &pick(days, "%w")).replace("%b", &month))
    }

    fn level_name(&self) -> &'static str {
        ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"][usize::from(self.level)]
    }

    /// `<4>[ 1260.571386] `
    fn console(&self) -> String {
        format!("[{}] ", self.uptime())
    }

    fn raw(&self) -> String {
        format!("<{}>{}", self.level, self.console())
    }

    /// The text with what rsyslog writes for control characters.
    fn octal(&self) -> String {
        let escape = |c: char| if c.is_control() { format!("#{:03o}", c as u32) } else { c.to_string() };
        self.text.chars().map(escape).collect()
    }

    /// The text as `/dev/kmsg` has it (`msg_add_ext_text`).
    fn hex(&self) -> String {
        let plain = |b: u8| (0x20..0x7F).contains(&b) && b != b'\\';
        self.text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("\\x{b:02x}") }).collect()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("__CURSOR", format!("s=7a1;i={:x};b={BOOT};m=1;t={:x};x=1", self.uptime_us, self.unix_us())),
            ("__REALTIME_TIMESTAMP", self.unix_us().to_string()),
            ("__MONOTONIC_TIMESTAMP", self.uptime_us.to_string()),
            ("_BOOT_ID", BOOT.to_owned()),
            ("_SOURCE_MONOTONIC_TIMESTAMP", self.uptime_us.to_string()),
            ("_TRANSPORT", "kernel".to_owned()),
            ("SYSLOG_IDENTIFIER", "kernel".to_owned()),
            ("PRIORITY", self.level.to_string()),
            ("_HOSTNAME", HOST.to_owned()),
            ("MESSAGE", self.text.clone()),
        ]
    }

    fn json(&self, bytes: bool) -> serde_json::Value {
        let value = |key: &str, value: String| {
            if bytes && key == "MESSAGE" { json!(value.as_bytes()) } else { json!(value) }
        };
        serde_json::Value::Object(self.fields().into_iter().map(|(k, v)| (k.to_owned(), value(k, v))).collect())
    }
}

/// A line of its own for each record.
fn each(records: &[Record], line: impl Fn(&Record) -> String) -> Vec<u8> {
    records.iter().map(|r| line(r) + "\n").collect::<String>().into_bytes()
}

/// Further lines are indented by as many blanks as the prefix is wide.
fn indented(records: &[Record], prefix: impl Fn(&Record) -> String) -> Vec<u8> {
    each(records, |r| {
        let prefix = prefix(r);
        let width = prefix.chars().map(|c| if c < '\u{1100}' { 1 } else { 2 }).sum();
        format!("{prefix}{}", r.text.replace('\n', &format!("\n{}", " ".repeat(width))))
    })
}

/// Every line bears the prefix.
fn repeated(records: &[Record], prefix: impl Fn(&Record) -> String, end: &str) -> Vec<u8> {
    each(records, |r| {
        let prefix = prefix(r);
        r.text.split('\n').map(|line| format!("{prefix}{line}{end}")).collect::<Vec<_>>().join("\n")
    })
}

/// A JSON object for each physical line of `/proc/kmsg`.
fn wrapped(records: &[Record], object: impl Fn(&Record, &str) -> serde_json::Value) -> Vec<u8> {
    each(records, |r| {
        r.text.split('\n').map(|line| object(r, &(r.console() + line)).to_string()).collect::<Vec<_>>().join("\n")
    })
}

pub(crate) fn all() -> Vec<Carrier> {
    [dmesg(), console(), syslog(), journal(), containers(), shippers()].concat()
}

fn dmesg() -> Vec<Carrier> {
    vec![
        ("dmesg", |r| indented(r, Record::console)),
        ("dmesg -S", |r| repeated(r, Record::console, "")),
        ("dmesg -T", |r| indented(r, |r| r.time("[%a %b %e %H:%M:%S %Y] "))),
        ("dmesg -T de", |r| {
            let months = "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez";
            indented(r, |r| r.local("So Mo Di Mi Do Fr Sa", months, "[%a %b %e %H:%M:%S %Y] "))
        }),
        ("dmesg -T fr", |r| {
            let months = "janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.";
            indented(r, |r| r.local("dim. lun. mar. mer. jeu. ven. sam.", months, "[%a %e %b %H:%M:%S %Y] "))
        }),
        ("dmesg -T zh", |r| {
            let months = "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月";
            indented(r, |r| r.local("日 一 二 三 四 五 六", months, "[%a %b %e %H:%M:%S %Y] "))
        }),
        ("dmesg -T ja", |r| {
            let months = "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月";
            indented(r, |r| r.local("日 月 火 水 木 金 土", months, "[%a %b %e %H:%M:%S %Y] "))
        }),
        ("dmesg -T ko", |r| {
            let months = "1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월";
            indented(r, |r| r.local("일 월 화 수 목 금 토", months, "[%a %b %e %H:%M:%S %Y] "))
        }),
        ("dmesg -T ru", |r| {
            let months = "янв фев мар апр мая июн июл авг сен окт ноя дек";
            indented(r, |r| r.local("Вс Пн Вт Ср Чт Пт Сб", months, "[%a %b %e %H:%M:%S %Y] "))
        }),
        ("dmesg -x", |r| indented(r, |r| format!("kern  :{:<6}: {}", r.level_name(), r.console()))),
        ("dmesg -xT", |r| {
            indented(r, |r| format!("kern  :{:<6}: {}", r.level_name(), r.time("[%a %b %e %H:%M:%S %Y] ")))
        }),
        ("dmesg -r", |r| indented(r, Record::raw)),
        ("dmesg -t", |r| each(r, |r| r.text.clone())),
        ("dmesg -d", |r| indented(r, |r| format!("[{} <    0.000013>] ", r.uptime()))),
        ("dmesg -dT", |r| indented(r, |r| format!("{} <    0.000013>] ", r.time("[%a %b %e %H:%M:%S %Y")))),
        ("dmesg delta", |r| indented(r, |_| "[<    0.000013>] ".to_owned())),
        ("dmesg -e", |r| {
            let first = r[0].uptime_us;
            indented(r, |r| if r.uptime_us == first { r.time("[%b%e %H:%M] ") } else { "[  +0.000013] ".to_owned() })
        }),
        ("dmesg iso", |r| indented(r, |r| r.time("%Y-%m-%dT%H:%M:%S,%6f+00:00 "))),
        ("dmesg -J", |r| {
            let pri = |r: &Record| format!("         \"pri\": {},\n         \"time\": {},", r.level, r.uptime());
            let one = |r: &Record| format!("{}\n         \"msg\": {}\n", pri(r), json!(r.text));
            let all: Vec<String> = r.iter().map(one).collect();
            format!("{{\n   \"dmesg\": [\n      {{\n{}      }}\n   ]\n}}\n", all.join("      },{\n")).into_bytes()
        }),
        ("dmesg --color", |r| indented_colour(r)),
        ("dmesg caller", |r| indented(r, |r| format!("[{}] [{:>6}] ", r.uptime(), "T1811"))),
    ]
}

fn indented_colour(records: &[Record]) -> Vec<u8> {
    each(records, |r| {
        let text = r.text.replace('\n', &format!("\n{}", " ".repeat(r.console().len())));
        format!("\x1b[32m[{}] \x1b[0m\x1b[33m{text}\x1b[0m", r.uptime())
    })
}

fn console() -> Vec<Carrier> {
    vec![
        ("/dev/kmsg", |r| {
            let first = r[0].uptime_us;
            each(r, |r| format!("{},{},{},-;{}", r.level, r.uptime_us - first, r.uptime_us, r.hex()))
        }),
        ("/dev/kmsg caller", |r| each(r, |r| format!("{},7,{},-,caller=T1811;{}", r.level, r.uptime_us, r.hex()))),
        ("/proc/kmsg", |r| repeated(r, Record::raw, "")),
        ("serial", |r| repeated(r, Record::console, "\r")),
        ("serial T", |r| repeated(r, |r| format!("[{}][{:>6}] ", r.uptime(), "T27818"), "\r")),
        ("serial C", |r| repeated(r, |r| format!("[{}][{:>6}] ", r.uptime(), "C0"), "\r")),
        ("serial without time", |r| repeated(r, |_| String::new(), "\r")),
        ("netconsole extended", |r| each(r, |r| format!("{},7,{},-;{}", r.level, r.uptime_us, r.hex()))),
        ("pstore", |r| {
            // A cut within the zones loses them: nothing marks what follows as a part of a report.
            let table = |r: &Record| r.text.starts_with("[ pid") || r.text.starts_with("Tasks state");
            let (head, tail) = r.split_at(r.iter().position(table).unwrap_or(r.len() / 2));
            let part = |n: u8, r| [format!("Oops#1 Part{n}\n").into_bytes(), repeated(r, Record::raw, "")].concat();
            [part(1, tail), part(2, head)].concat()
        }),
        ("ramoops", |r| [b"====1763890000.123456-D\n".to_vec(), repeated(r, Record::raw, "")].concat()),
        ("vmware.log", |r| repeated(r, |r| r.time("%Y-%m-%dT%H:%M:%S%.3fZ In(05) vcpu-5 - Guest: ") + &r.raw(), "")),
        ("talos", |r| {
            each(r, |r| {
                let time = r.time("%Y-%m-%dT%H:%M:%S%.9fZ");
                format!("kern: {:>7}: [{time}]: {}", r.level_name(), r.text.replace('\n', "\\n"))
            })
        }),
    ]
}

fn syslog() -> Vec<Carrier> {
    fn old(r: &Record) -> String {
        r.time("%b %e %H:%M:%S ") + HOST + " kernel: "
    }
    fn iso(r: &Record) -> String {
        r.time("%Y-%m-%dT%H:%M:%S%.6f+00:00 ") + HOST + " kernel: "
    }
    vec![
        ("rsyslog imjournal", |r| each(r, |r| old(r) + &r.octal())),
        ("rsyslog imkmsg", |r| each(r, |r| old(r) + &r.console() + &r.octal())),
        ("rsyslog imklog", |r| repeated(r, |r| old(r) + &r.console(), "")),
        ("rsyslog iso", |r| repeated(r, |r| iso(r) + &r.console(), "")),
        ("rsyslog iso imjournal", |r| each(r, |r| iso(r) + &r.octal())),
        ("rsyslog priority", |r| each(r, |r| format!("<{}>{}{}", r.level, old(r), r.octal()))),
        ("rsyslog forward format", |r| repeated(r, |r| format!("<{}>{}{}", r.level, iso(r), r.console()), "")),
        ("rsyslog template with a blank", |r| repeated(r, |r| r.time("%Y-%m-%d %H:%M:%S ") + HOST + " kernel: ", "")),
        ("rfc5424", |r| {
            let head = |r: &Record| r.time("%Y-%m-%dT%H:%M:%S%.6f+00:00 ") + HOST;
            repeated(r, |r| format!("<{}>1 {} kernel - - -  {}", r.level, head(r), r.console()), "")
        }),
        ("busybox syslogd", |r| {
            repeated(r, |r| format!("{}kern.{} kernel: ", r.time("%b %e %H:%M:%S "), r.level_name()) + &r.console(), "")
        }),
        ("openwrt logread", |r| {
            repeated(
                r,
                |r| format!("{} kern.{} kernel: ", r.time("%a %b %e %H:%M:%S %Y"), r.level_name()) + &r.console(),
                "",
            )
        }),
        ("syslog-ng", |r| each(r, |r| old(r) + &r.console() + &r.text.replace('\n', " "))),
    ]
}

fn journal() -> Vec<Carrier> {
    vec![
        ("journal short", |r| short(r, "%b %d %H:%M:%S")),
        ("journal short-precise", |r| short(r, "%b %d %H:%M:%S%.6f")),
        ("journal short-iso", |r| short(r, "%Y-%m-%dT%H:%M:%S+0000")),
        ("journal short-iso 256", |r| short(r, "%Y-%m-%dT%H:%M:%S+00:00")),
        ("journal short-iso-precise", |r| short(r, "%Y-%m-%dT%H:%M:%S%.6f+0000")),
        ("journal short-full", |r| short(r, "%a %Y-%m-%d %H:%M:%S UTC")),
        ("journal short-unix", |r| short(r, "%s%.6f")),
        ("journal short-monotonic", |r| indented(r, |r| format!("[{}] {HOST} kernel: ", r.uptime()))),
        ("journal short-delta", |r| indented(r, |r| format!("[{} <    0.000013 >] {HOST} kernel: ", r.uptime()))),
        ("journal short zh", |r| {
            let months = "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月";
            indented(r, |r| format!("{} {HOST} kernel: ", r.local("日 一 二 三 四 五 六", months, "%b %d %H:%M:%S")))
        }),
        ("journal with-unit", |r| short(r, "%a %Y-%m-%d %H:%M:%S UTC")),
        ("journal --no-hostname", |r| indented(r, |r| r.time("%b %d %H:%M:%S kernel: "))),
        ("journal cat", |r| each(r, |r| r.text.clone())),
        ("journal json", |r| each(r, |r| r.json(false).to_string())),
        ("journal json bytes", |r| each(r, |r| r.json(true).to_string())),
        ("journal json-pretty", |r| each(r, |r| serde_json::to_string_pretty(&r.json(false)).unwrap())),
        ("journal json-sse", |r| each(r, |r| format!("data: {}\n", r.json(false)))),
        ("journal json-seq", |r| each(r, |r| format!("\u{1e}{}", r.json(false)))),
        ("journal export", export),
        ("journal verbose", |r| {
            each(r, |r| {
                let fields = r.fields();
                let shown = fields.iter().filter(|(key, _)| !key.starts_with("__"));
                let head = format!("{} [{}]", r.time("%a %Y-%m-%d %H:%M:%S%.6f UTC"), fields[0].1);
                shown.fold(head, |all, (key, value)| {
                    all + &format!("\n    {key}={}", value.replace('\n', &format!("\n{}", " ".repeat(12))))
                })
            })
        }),
    ]
}

fn short(records: &[Record], time: &str) -> Vec<u8> {
    indented(records, |r| format!("{} {HOST} kernel: ", r.time(time)))
}

fn export(records: &[Record]) -> Vec<u8> {
    let mut out = Vec::new();
    for (key, value) in records.iter().flat_map(|r| r.fields().into_iter().chain([("", String::new())])) {
        if value.contains('\n') {
            out.extend_from_slice(format!("{key}\n").as_bytes());
            out.extend_from_slice(&(value.len() as u64).to_le_bytes());
            out.extend_from_slice(value.as_bytes());
        } else if !key.is_empty() {
            out.extend_from_slice(format!("{key}={value}").as_bytes());
        }
        out.push(b'\n');
    }
    out
}

/// A container that runs `dmesg -w` or the like, and what shows its output.
fn containers() -> Vec<Carrier> {
    fn nanos(r: &Record) -> String {
        r.time("%Y-%m-%dT%H:%M:%S%.9fZ ")
    }
    vec![
        ("cri", |r| repeated(r, |r| nanos(r) + "stdout F " + &r.console(), "")),
        ("docker logs -t", |r| repeated(r, |r| nanos(r) + &r.console(), "")),
        ("kubectl logs --prefix", |r| repeated(r, |r| "[pod/debug-x7/dmesg] ".to_owned() + &r.console(), "")),
        ("docker compose logs", |r| repeated(r, |r| "dmesg-1  | ".to_owned() + &r.console(), "")),
        ("docker json-file", |r| {
            wrapped(r, |r, line| json!({"log": format!("{line}\n"), "stream": "stdout", "time": nanos(r).trim()}))
        }),
    ]
}

/// Collectors: a record in an object, under their key.
fn shippers() -> Vec<Carrier> {
    fn rfc3339(r: &Record) -> String {
        r.time("%Y-%m-%dT%H:%M:%S%.6fZ")
    }
    vec![
        ("fluentd json", |r| wrapped(r, |_, line| json!({"host": HOST, "ident": "kernel", "message": line}))),
        ("fluentd file", |r| {
            let object = |r: &Record| json!({"host": HOST, "ident": "kernel", "pri": "4", "message": r.text});
            each(r, |r| format!("{}\tkernel.log\t{}", r.time("%Y-%m-%dT%H:%M:%S+00:00"), object(r)))
        }),
        ("fluent-bit kmsg", |r| {
            let date = |r: &Record| r.unix_us() as f64 / 1e6;
            let sec = |r: &Record| r.uptime_us / 1_000_000;
            each(r, |r| {
                json!({"date": date(r), "priority": r.level, "sequence": 7, "sec": sec(r), "usec": r.uptime_us % 1_000_000, "msg": r.text})
                    .to_string()
            })
        }),
        ("loki json", |r| {
            wrapped(r, |r, line| json!({"labels": {"host": HOST}, "line": line, "timestamp": rfc3339(r)}))
        }),
        ("logcli", |r| repeated(r, |r| format!("{} {{host=\"{HOST}\"}} {}", rfc3339(r), r.console()), "")),
        ("cloudwatch", |r| {
            wrapped(
                r,
                |r, line| json!({"timestamp": r.unix_us() / 1000, "message": line, "ingestionTime": r.unix_us() / 1000 + 812}),
            )
        }),
        ("aws logs tail", |r| {
            repeated(r, |r| format!("{} {HOST} {}", r.time("%Y-%m-%dT%H:%M:%S%.6f+00:00"), r.console()), "")
        }),
        ("aws logs --output text", |r| {
            let line = |r: &Record, line: &str| {
                let ms = r.unix_us() / 1000;
                format!("EVENTS\t{}\t{}{line}\t{ms}", ms + 812, r.console())
            };
            each(r, |r| r.text.split('\n').map(|text| line(r, text)).collect::<Vec<_>>().join("\n"))
        }),
        ("gcp text payload", |r| {
            wrapped(
                r,
                |r, line| json!({"textPayload": line, "timestamp": rfc3339(r), "logName": "projects/p/logs/serialconsole"}),
            )
        }),
        ("splunk", |r| {
            let raw = |r: &Record, line: &str| format!("{}{HOST} kernel: {line}", r.time("%b %e %H:%M:%S "));
            wrapped(
                r,
                |r, line| json!({"preview": false, "result": {"_raw": raw(r, line), "_time": rfc3339(r), "host": HOST}}),
            )
        }),
        ("elastic", |r| {
            wrapped(
                r,
                |r, line| json!({"_index": "logs", "_source": {"@timestamp": rfc3339(r), "message": line, "host": {"name": HOST}}}),
            )
        }),
        ("vector", |r| {
            each(r, |r| {
                json!({"host": HOST, "message": r.text, "timestamp": rfc3339(r), "appname": "kernel"}).to_string()
            })
        }),
    ]
}
