//! Tools that run other programs and print how those ended: CI runners, build tools, package managers, workflow engines. A status of
//! 137 is what a shell makes of signal 9; who sent it, none of them knows.

use super::super::text::{after, pid};

/// A phrase with the number in it, which stands at the end of what is said, and the tool that prints it.
const ENDS: [(&str, &str); 14] = [
    // GitHub's runner (`ProcessInvoker`, `ScriptHandler`): `##[error]Process completed with exit code 137.`
    ("Process completed with exit code 137", "github-actions"),
    // `@actions/exec`: `The process '/usr/bin/bash' failed with exit code 137`
    ("' failed with exit code 137", "github-actions"),
    // gitlab-runner: `ERROR: Job failed: exit code 137`, `.. command terminated with exit code 137`
    ("ERROR: Job failed: exit code 137", "gitlab-runner"),
    ("ERROR: Job failed: command terminated with exit code 137", "gitlab-runner"),
    // Jenkins' durable task step
    ("script returned exit code 137", "jenkins"),
    // Buildkite's agent: `🚨 Error: The command exited with status 137`, `Process exited with status -1, signal killed`
    ("Error: The command exited with status 137", "buildkite"),
    ("Process exited with status -1, signal killed", "buildkite"),
    // CircleCI
    ("Exited with code exit status 137", "circleci"),
    // docker build, old and new: `The command '..' returned a non-zero code: 137`, `process ".." did not complete successfully:
    // exit code: 137`
    ("' returned a non-zero code: 137", "docker build"),
    ("did not complete successfully: exit code: 137", "docker build"),
    // npm up to 6: `npm ERR! errno 137`
    ("npm ERR! errno 137", "npm"),
    // yarn 1: `error Command failed with exit code 137.`; pnpm: `ELIFECYCLE  Command failed with exit code 137.`
    ("Command failed with exit code 137", "npm"),
    // Nextflow: `Process `X` terminated with an error exit status (137)`
    ("terminated with an error exit status (137)", "nextflow"),
    // Airflow before 2.8
    ("Task exited with return code Negsignal.SIGKILL", "airflow"),
];

/// The tool and the pid that a line names.
pub(super) fn read(line: &str) -> Option<(&'static str, Option<u32>)> {
    let said = line.trim_end().trim_end_matches(['.', '\'', '"']);
    if let Some((_, tool)) = ENDS.iter().find(|(phrase, _)| said.ends_with(phrase)) {
        return Some((tool, None));
    }
    // make: `make: *** [Makefile:12: all] Error 137`
    if let Some(head) = said.strip_suffix("] Error 137") {
        return head.contains("make").then_some(("make", None)).filter(|_| head.contains("*** ["));
    }
    // Airflow 2.8 and later: `Task exited with return code -9. For more information, see ..`; 3: `signal=-9: signal_name="SIGKILL"`
    if line.contains("Task exited with return code -9") || line.contains("signal=-9: signal_name=\"SIGKILL\"") {
        return Some(("airflow", None));
    }
    // go: `go build x: /usr/local/go/pkg/tool/linux_amd64/link: signal: killed`; of a test it is a line of its own
    if said.ends_with(": signal: killed") && said.contains("/pkg/tool/") || said == "signal: killed" {
        return Some(("go", None));
    }
    // Vercel's builds: `Error: Command "npm run build" exited with 137`
    if said.starts_with("Error: Command \"") && said.ends_with("\" exited with 137") {
        return Some(("vercel", None));
    }
    // Dagster: `Multiprocess executor: child process for step load was terminated by signal 9 (SIGKILL). This usually ..`
    if line.contains("child process for step ") && line.contains(" was terminated by signal 9 (SIGKILL)") {
        return Some(("dagster", None));
    }
    // Prefect: `Process for flow run 'x' exited with status code: -9; This indicates ..`
    if line.contains(" exited with status code: -9; This indicates that the process exited due to a SIGKILL") {
        return Some(("prefect", None));
    }
    // yarn 2 and later: `Process exited (exit code 137), completed in 2m 24s`
    if line.contains("Process exited (exit code 137), completed in ") {
        return Some(("yarn", None));
    }
    // PyTorch (`torch/csrc/DataLoader.cpp`): `RuntimeError: DataLoader worker (pid 19597) is killed by signal: Killed.`
    let rest = after(line, "DataLoader worker (pid ")?;
    rest.contains(") is killed by signal: Killed").then(|| Some(("pytorch", Some(pid(rest)?))))?
}

/// `docker compose up` as it watches its containers: `shop-web-1 exited with code 137`; 1.x `shop_web_1 ..`. The container that it names.
pub(super) fn composed(line: &str) -> Option<&str> {
    let line = line.trim();
    let restarting = line.strip_suffix(" (restarting)");
    let name = restarting.unwrap_or(line).strip_suffix(" exited with code 137")?;
    let shaped = name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'));
    // A sentence has such words, too.
    let alone = restarting.is_some() || name.contains(['-', '_']);
    (shaped && alone && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_say_of_a_killed_command() {
        for (line, tool, pid) in [
            ("##[error]Process completed with exit code 137.", "github-actions", None),
            ("Error: Process completed with exit code 137.", "github-actions", None),
            ("##[error]The process '/bin/sh' failed with exit code 137", "github-actions", None),
            ("ERROR: Job failed: exit code 137", "gitlab-runner", None),
            ("The command '/bin/sh -c make all' returned a non-zero code: 137", "docker build", None),
            ("make[3]: *** [rules.mk:7: out/x.o] Error 137", "make", None),
            (
                "{local_task_job_runner.py:2} INFO - Task exited with return code -9. For more information, see x",
                "airflow",
                None,
            ),
            (
                "Multiprocess executor: child process for step fold was terminated by signal 9 (SIGKILL). This usually indicates",
                "dagster",
                None,
            ),
            (
                "Process 'calm-heron' exited with status code: -9; This indicates that the process exited due to a SIGKILL signal.",
                "prefect",
                None,
            ),
            ("go build loom/cmd: /usr/local/go/pkg/tool/linux_amd64/link: signal: killed", "go", None),
            ("Error: Command \"npm run build\" exited with 137", "vercel", None),
            ("🚨 Error: The command exited with status 137", "buildkite", None),
            ("ERROR: script returned exit code 137", "jenkins", None),
            ("YN0000: [@shop/web]: Process exited (exit code 137), completed in 9s", "yarn", None),
            ("RuntimeError: DataLoader worker (pid 812) is killed by signal: Killed. ", "pytorch", Some(812)),
        ] {
            assert_eq!(read(line), Some((tool, pid)), "{line}");
        }
    }

    #[test]
    fn compose_names_the_container() {
        assert_eq!(composed("shop-web-1 exited with code 137"), Some("shop-web-1"));
        assert_eq!(composed("shop_web_1 exited with code 137 (restarting)"), Some("shop_web_1"));
        assert_eq!(composed("shop_web_1 exited with code 0"), None);
        assert_eq!(composed("ocr exited with code 137 (restarting)"), Some("ocr"));
        assert_eq!(composed("it exited with code 137"), None);
        assert_eq!(composed("the-one we know exited with code 137"), None);
    }

    #[test]
    fn other_ends_and_talk_of_them() {
        for line in [
            "Process completed with exit code 1.",
            "If you see Process completed with exit code 137, use a larger runner",
            "make: *** [all] Error 2",
            "the step (see ] Error 137",
            "RuntimeError: DataLoader worker (pid 812) is killed by signal: Bus error. It is possible that ..",
            "RuntimeError: DataLoader worker (pid ...) is killed by signal: Killed",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
