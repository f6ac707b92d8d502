//! Platforms as a service: ECS, Cloud Foundry, Heroku, Cloud Run, App Engine, Fly, Talos.

use super::super::text::{after, between, find_full_id, non_empty, number, word};
use super::super::{about, plain};
use crate::event::{ContainerExit, ContainerRef, RuntimeFact, Speaker, UserspaceKill, What};

/// Reads one line.
pub(super) fn read(text: &str, ident: Option<&str>) -> Option<RuntimeFact> {
    ecs(text)
        .or_else(|| cloud_foundry(text))
        .or_else(|| heroku(text, ident))
        .or_else(|| google(text))
        .or_else(|| builders(text))
        .or_else(|| bitbucket(text))
        .or_else(|| fly(text))
}

/// A kill by the platform, with its words.
fn kill(cgroup: Option<&str>, text: &str) -> What {
    What::UserspaceKill(Box::new(UserspaceKill {
        pid: None,
        comm: None,
        signal: Some(9),
        cgroup: cgroup.map(str::to_owned),
        uid: None,
        rss_bytes: None,
        oom_score_adj: None,
        reason: text.trim().to_owned(),
    }))
}

/// The ECS agent copies docker's flag, with all its faults: `OutOfMemoryError: Container killed due to memory usage`; and its event: `process
/// within container <id> (name: "ecs-..") died due to OOM`. Pages about it put the words between marks.
fn ecs(text: &str) -> Option<RuntimeFact> {
    const WORDS: &str = "OutOfMemoryError: Container killed due to memory usage";
    if let Some(rest) = after(text, "process within container ").filter(|_| text.ends_with(") died due to OOM")) {
        let name = between(rest, "(name: \"", "\"").and_then(non_empty);
        let container = ContainerRef { id: find_full_id(rest), name, ..Default::default() };
        return Some(about(Speaker::Ecs, container, What::OomSeen));
    }
    let (head, rest) = text.split_once(WORDS)?;
    if head.ends_with(['`', '*']) || rest.starts_with(['`', '*']) {
        return None;
    }
    let container = ContainerRef { id: find_full_id(text), ..Default::default() };
    Some(about(Speaker::Ecs, container, What::OomSeen))
}

/// Garden: `APP/PROC/WEB: Exited with status 137 (out of memory)`, `[CELL/0] OUT Exit status 137 (out of memory)`.
fn cloud_foundry(text: &str) -> Option<RuntimeFact> {
    // The event of a crash: `"exit_status":255,"exit_description":"out of memory"`
    if text.contains("\"exit_description\":\"out of memory\"") {
        let exit = ContainerExit {
            exit_code: after(text, "\"exit_status\":").and_then(number),
            reason: Some("out of memory".to_owned()),
            oom_flag: Some(true),
            ..Default::default()
        };
        return Some(plain(Speaker::Application, What::Exited(exit.into())));
    }
    let rest = after(text, "xit status ").or_else(|| after(text, "xited with status "))?;
    let exit = ContainerExit {
        exit_code: Some(number(rest).filter(|_| rest.contains("(out of memory)"))?),
        reason: Some("out of memory".to_owned()),
        oom_flag: Some(true),
        ..Default::default()
    };
    Some(plain(Speaker::Application, What::Exited(exit.into())))
}

/// Heroku's router of logs: `2021-.. heroku[web.1]: Error R14 (Memory quota exceeded)`, when it begins to swap; `Error R15 (Memory quota
/// vastly exceeded)`, when the platform kills it.
fn heroku(text: &str, ident: Option<&str>) -> Option<RuntimeFact> {
    let dyno = between(text, "heroku[", "]").or_else(|| ident.filter(|ident| ident.starts_with("heroku")))?;
    let container = ContainerRef { name: non_empty(dyno), runtime: Some("heroku".into()), ..Default::default() };
    let what = if let Some(at) = text.find("Error R15 (Memory quota ") {
        return Some(about(Speaker::Heroku, container, kill(None, text.get(at..)?)));
    } else if let Some(at) = text.find("Error R1").filter(|_| text.contains("(Memory quota ")) {
        What::UserspaceWarning { text: text.get(at..)?.to_owned() }
    } else if text.contains("Stopping process with SIGKILL") {
        What::KillSent { after_timeout: false }
    } else {
        let code = after(text, "Process exited with status ").and_then(number)?;
        What::Exited(Box::new(ContainerExit { exit_code: Some(code), ..Default::default() }))
    };
    Some(about(Speaker::Application, container, what))
}

/// How Cloud Functions says it.
const FUNCTION: [&str; 4] = [
    "Error: memory limit exceeded. Function invocation was interrupted.",
    "Error: memory limit exceeded. Function cannot be initialized.",
    "Function invocation was interrupted. Error: memory limit exceeded.",
    "Function cannot be initialized. Error: memory limit exceeded.",
];

/// Cloud Run and App Engine: `Memory limit of 512 MiB exceeded with 530 MiB used. Consider increasing the memory limit`, `Exceeded hard
/// memory limit of 512 MiB with 515 MiB after servicing 3 requests total.`; Cloud Functions: see [`FUNCTION`].
fn google(text: &str) -> Option<RuntimeFact> {
    let hard = text.find("Exceeded hard memory limit");
    let soft = || {
        let rest = text.get(text.find("Memory limit of ")?..)?;
        number::<u64>(word(after(rest, "Memory limit of ")?))?;
        rest.contains(" exceeded with ").then_some(rest)
    };
    // The whole line is the platform's; people quote it, too.
    let function = || {
        let text = text.trim_end();
        let at = FUNCTION.iter().find_map(|words| text.strip_suffix(words)).map(str::len)?;
        let quoted = text.get(..at)?.contains(['"', '`', '#', '\'']) || text.get(..at)?.contains("ecause");
        text.get(at..).filter(|_| !quoted)
    };
    let said = hard.and_then(|at| text.get(at..)).or_else(soft).or_else(function)?;
    Some(plain(Speaker::GoogleCloud, kill(None, said)))
}

/// Render, of an instance and of a build: `Ran out of memory (used over 512MB) while running your code.`, `==> Out of memory (used over
/// 8Gi)`. Vercel, of a build: `At least one "Out of Memory" ("OOM") event was detected during the build.`
fn builders(text: &str) -> Option<RuntimeFact> {
    if let Some(rest) = after(text, "ut of memory (used over ") {
        number::<u64>(rest)?;
        let begins = ["==> Out of", "Ran out of", "Out of"].iter().any(|begin| text.trim_start().starts_with(begin));
        return begins.then(|| plain(Speaker::Render, kill(None, &format!("out of memory (used over {rest}"))));
    }
    let vercel =
        text.trim_start().starts_with("At least one \"Out of Memory\" (\"OOM\") event was detected during the build");
    vercel.then(|| plain(Speaker::Vercel, What::OomSeen))
}

/// Bitbucket Pipelines, at the end of a step: `Container 'Build' exceeded memory limit.`, of the step's own container (`Build`) or of a
/// service beside it (`docker`, or as the pipeline names it).
fn bitbucket(text: &str) -> Option<RuntimeFact> {
    let name = text.trim_start().strip_prefix("Container '")?.strip_suffix("' exceeded memory limit.")?;
    let container = ContainerRef { name: non_empty(name), ..Default::default() };
    Some(about(Speaker::Bitbucket, container, kill(None, text)))
}

/// Fly.io's init in the machine: `app[2865134a394268] cdg [info] INFO Process appears to have been OOM killed!`
fn fly(text: &str) -> Option<RuntimeFact> {
    text.contains("Process appears to have been OOM killed!").then(|| plain(Speaker::Fly, What::OomSeen))
}

/// Talos' own OOM controller writes to the kernel's log: `[talos] Sending SIGKILL to cgroup {.. "cgroup":
/// "/sys/fs/cgroup/kubepods/burstable/pod.."}`.
pub(super) fn talos(text: &str) -> Option<RuntimeFact> {
    let rest = after(text, "[talos] ")?;
    let fields = after(rest, "Sending SIGKILL to cgroup")?;
    let path = after(fields, "\"cgroup\": \"").and_then(|path| path.split('"').next())?;
    let cgroup = path.strip_prefix("/sys/fs/cgroup").unwrap_or(path);
    Some(plain(Speaker::Talos, kill(Some(cgroup), "Talos' OOM controller")))
}
