//! Who acts on memory, by the names that reports give them.

/// A platform that gives each instance, function or dyno a limit of memory and ends what goes over it, in its own name.
pub fn is_platform(agent: &str) -> bool {
    matches!(agent, "aws-lambda" | "bitbucket" | "google-cloud" | "heroku" | "render")
}
