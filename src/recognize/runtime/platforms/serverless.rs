//! AWS Lambda. Its sandbox is ended when it uses more than the function's memory size; what was used stands in another line than the
//! end, which bears the same request's id:
//!
//! ```text
//! RequestId: 9d1f.. Error: Runtime exited with error: signal: killed       the runtime's end, before or behind the report
//! REPORT RequestId: 9d1f..  Duration: 4211.02 ms  ..  Memory Size: 128 MB  Max Memory Used: 128 MB
//! REPORT RequestId: 9d1f..  ..  Max Memory Used: 128 MB  Status: error  Error Type: Runtime.OutOfMemory             since 2023
//! {"type":"platform.report","record":{"requestId":"9d1f..","metrics":{"memorySizeMB":128,"maxMemoryUsedMB":128,..},"errorType":..}}
//! ```
//!
//! A request that used all its memory and ended well is nothing, and a runtime that was killed far below its memory size was killed for
//! something else.

use super::super::text::{after, non_empty, number};
use super::super::{Line, about};
use crate::event::{ContainerRef, RuntimeFact, Speaker, UserspaceKill, What};
use std::collections::VecDeque;
use std::sync::Arc;

/// So many requests are remembered.
const REQUESTS_MAX: usize = 64;

/// A mebibyte, which Lambda calls MB.
const MIB: u64 = 1 << 20;

/// What was said of the last requests.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Lambda {
    requests: VecDeque<Request>,
    /// The function, where a line named it.
    function: Option<Arc<str>>,
}

#[derive(Debug, Clone, Default)]
struct Request {
    id: String,
    /// Memory size and use, in MB.
    memory: Option<(u64, u64)>,
    /// Its runtime was killed.
    killed: bool,
    /// The platform says that it was for memory.
    out_of_memory: bool,
    /// Its kill was told.
    told: bool,
}

impl Request {
    /// All of its memory was used. The figure is a sample and may lie a little below.
    fn is_full(&self) -> bool {
        self.memory.is_some_and(|(size, used)| used.saturating_mul(100) >= size.saturating_mul(97))
    }

    fn is_kill(&self) -> bool {
        self.out_of_memory || self.killed && self.is_full()
    }
}

impl Lambda {
    /// Reads one line.
    pub(in super::super) fn read(&mut self, line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
        let text = line.text;
        let name = after(text, "/aws/lambda/").or_else(|| after(text, "\"functionName\":\""));
        let name = name.and_then(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c)).next());
        self.function = name.and_then(non_empty).or(self.function.take());
        let killed = is_killed(text);
        let id = request_id(text).unwrap_or_default();
        let out_of_memory = is_out_of_memory(text) || !id.is_empty() && text.contains("Runtime.OutOfMemory");
        let memory = memory(text);
        if !(killed || out_of_memory || memory.is_some()) {
            return;
        }
        // `Error Runtime exited with error: signal: killed` of some extensions, and pieces, name no request.
        let request = self.request(id);
        request.killed |= killed;
        request.out_of_memory |= out_of_memory;
        request.memory = memory.or(request.memory);
        if request.is_kill() && !request.told {
            request.told = true;
            let fact = kill(request);
            facts.push(about(Speaker::Lambda, self.container(), fact));
        } else if killed {
            let what = What::ChildKilled { program: "aws-lambda".to_owned(), child: None, pid: None, signal: 9 };
            facts.push(about(Speaker::Application, self.container(), what));
        }
    }

    fn container(&self) -> ContainerRef {
        ContainerRef { name: self.function.clone(), runtime: Some("aws-lambda".into()), ..ContainerRef::default() }
    }

    /// The request; one without an id is new each time.
    fn request(&mut self, id: &str) -> &mut Request {
        let known = self.requests.iter().position(|request| !id.is_empty() && request.id == id);
        let index = known.unwrap_or_else(|| {
            if self.requests.len() >= REQUESTS_MAX {
                self.requests.pop_front();
            }
            self.requests.push_back(Request { id: id.to_owned(), ..Request::default() });
            self.requests.len() - 1
        });
        &mut self.requests[index]
    }
}

/// The line that the platform writes, and no sentence about it.
fn is_killed(text: &str) -> bool {
    let Some((head, rest)) = text.split_once("Runtime exited with error: signal: killed") else { return false };
    let head = head.trim_end();
    // The emulator's own log: `(rapid) Process 14(npx) exited: Runtime ..`
    let ends = ["]", "Error", "Error:", " exited:"];
    let begins = head.is_empty() || head.contains("RequestId: ") || ends.iter().any(|end| head.ends_with(end));
    // In an answer in JSON a quote and more members follow.
    begins && (rest.trim().is_empty() || rest.starts_with(['"', '\\']) && head.contains("RequestId: "))
}

/// The end of a report, in text and in JSON.
fn is_out_of_memory(text: &str) -> bool {
    let marks = [
        "Error Type: Runtime.OutOfMemory",
        "\"errorType\":\"Runtime.OutOfMemory\"",
        "\"errorType\": \"Runtime.OutOfMemory\"",
    ];
    marks.iter().any(|mark| text.contains(mark))
}

fn kill(request: &Request) -> What {
    let figures = request.memory.map(|(size, used)| format!("Memory Size: {size} MB, Max Memory Used: {used} MB"));
    let words = match (request.out_of_memory, request.killed) {
        (true, _) => "Runtime.OutOfMemory",
        _ => "Runtime exited with error: signal: killed",
    };
    let reason = figures.map_or_else(|| words.to_owned(), |figures| format!("{words}; {figures}"));
    let rss_bytes = request.memory.and_then(|(_, used)| used.checked_mul(MIB));
    What::UserspaceKill(Box::new(UserspaceKill {
        pid: None,
        comm: None,
        signal: Some(9),
        cgroup: None,
        uid: None,
        rss_bytes,
        oom_score_adj: None,
        reason,
    }))
}

fn request_id(text: &str) -> Option<&str> {
    let id = after(text, "RequestId: ").or_else(|| after(text, "\"requestId\":\""))?;
    let end = id.find(|c: char| !c.is_ascii_hexdigit() && c != '-').unwrap_or(id.len());
    id.get(..end).filter(|id| id.len() >= 8)
}

/// Memory size and use of a report, in MB. The emulators (SAM's and LocalStack's, `aws-lambda-runtime-interface-emulator`) measure nothing
/// and always print the size twice; they tell of the start before all else.
fn memory(text: &str) -> Option<(u64, u64)> {
    let place = |mark: &str| text.find(mark).unwrap_or(text.len());
    if place("Init Duration: ") < place("Memory Size: ") {
        return None;
    }
    if let Some(rest) = after(text, "Memory Size: ") {
        let used = after(rest, "Max Memory Used: ")?;
        return number(rest).zip(number(used));
    }
    let metrics = after(text, "\"platform.report\"")?;
    after(metrics, "\"memorySizeMB\":").and_then(number).zip(after(metrics, "\"maxMemoryUsedMB\":").and_then(number))
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{events, facts_of};
    use super::*;

    const ID: &str = "2c9b1a77-40d2-4f0e-9c55-0a6d3f1b8e21";

    fn read(lines: &[String]) -> Vec<(Speaker, Option<String>, What)> {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let named = |fact: RuntimeFact| (fact.speaker, fact.container.name.as_deref().map(str::to_owned), fact.what);
        facts_of(events(None, &lines)).into_iter().map(named).collect()
    }

    fn reasons(lines: &[String]) -> Vec<String> {
        let kills = read(lines).into_iter().filter_map(|(_, _, what)| match what {
            What::UserspaceKill(kill) => Some(kill.reason),
            _ => None,
        });
        kills.collect()
    }

    fn report(size: u64, used: u64, end: &str) -> String {
        format!(
            "REPORT RequestId: {ID}\tDuration: 812.40 ms\tBilled Duration: 813 ms\tMemory Size: {size} MB\tMax Memory Used: {used} MB\t{end}"
        )
    }

    #[test]
    fn the_runtime_was_killed_with_its_memory_full() {
        let killed = format!("RequestId: {ID} Error: Runtime exited with error: signal: killed");
        for lines in [[killed.clone(), report(512, 512, "")], [report(512, 510, ""), killed.clone()]] {
            let reasons = reasons(&lines);
            assert_eq!(reasons.len(), 1, "{lines:?}");
            assert!(reasons[0].contains("signal: killed; Memory Size: 512 MB, Max Memory Used: 51"), "{reasons:?}");
        }
        // Of something else, or nobody knows.
        assert!(reasons(&[killed.clone(), report(512, 96, "")]).is_empty());
        assert!(matches!(read(&[killed])[..], [(Speaker::Application, None, What::ChildKilled { .. })]));
    }

    #[test]
    fn the_platform_says_what_it_was() {
        let text = report(128, 128, "Status: error\tError Type: Runtime.OutOfMemory");
        assert_eq!(
            reasons(&[text.clone(), text]),
            ["Runtime.OutOfMemory; Memory Size: 128 MB, Max Memory Used: 128 MB"]
        );
        let start = "{\"time\":\"2026-11-12T10:20:28Z\",\"type\":\"platform.initStart\",\"record\":{\"initializationType\":\"on-demand\",\"functionName\":\"thumb-nails\",\"functionVersion\":\"$LATEST\"}}";
        let json = format!(
            "{{\"time\":\"2026-11-12T10:20:30Z\",\"type\":\"platform.report\",\"record\":{{\"requestId\":\"{ID}\",\"metrics\":{{\"durationMs\":812.4,\"memorySizeMB\":256,\"maxMemoryUsedMB\":256}},\"status\":\"error\",\"errorType\":\"Runtime.OutOfMemory\"}}}}"
        );
        let found = read(&[start.to_owned(), json]);
        assert!(
            matches!(&found[..], [(Speaker::Lambda, Some(name), What::UserspaceKill(kill))] if name == "thumb-nails" && kill.rss_bytes == Some(256 << 20)),
            "{found:?}"
        );
    }

    #[test]
    fn a_full_memory_alone_is_no_kill() {
        assert!(read(&[report(128, 128, "")]).is_empty());
        assert!(read(&[report(128, 128, "Status: timeout")]).is_empty());
        assert!(read(&["Runtime.ExitError".to_owned()]).is_empty());
        assert!(read(&["Runtime.OutOfMemory means that the function needs more memory".to_owned()]).is_empty());
        for text in [
            "- **Symptom**: Lambda crashes with \"Runtime exited with error: signal: killed\"",
            "**Runtime exited with error: signal: killed**",
        ] {
            assert!(read(&[text.to_owned()]).is_empty(), "{text}");
        }
        let rapid = "[WARNING] (rapid) Process 31(node) exited: Runtime exited with error: signal: killed";
        assert_eq!(read(&[rapid.to_owned()]).len(), 1);
        let killed = format!("RequestId: {ID} Error: Runtime exited with error: signal: killed");
        let emulated = format!(
            "REPORT RequestId: {ID}\tInit Duration: 0.81 ms\tDuration: 955.20 ms\tBilled Duration: 956 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB"
        );
        assert!(reasons(&[killed, emulated]).is_empty());
    }
}
