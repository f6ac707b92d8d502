### The command line.

cli-no-such-format = there is no format { $name }
cli-summary-has-no-format = --summary has no format { $name }: it is printed as { $formats }
cli-follow-has-no-format = --follow has no format { $name }: incidents are told as { $formats }
cli-no-redact-with-follow = --redact needs a whole report: it cannot go with --follow
cli-since-after-until = --since is later than --until
cli-brief-is-text = --brief is for --format text, not { $name }
