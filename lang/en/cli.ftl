### The command line.

cli-explain-whom = name whom to look for in the logs with --container, --pod or --unit
cli-no-such-format = there is no format { $name }
cli-summary-has-no-format = --summary has no format { $name }: it is printed as { $formats }
cli-follow-has-no-format = --follow has no format { $name }: incidents are told as { $formats }
cli-no-redact-with-follow = --redact needs a whole report: it cannot go with --follow
cli-since-after-until = --since is later than --until
cli-brief-is-text = --brief is for --format text, not { $name }

## Arguments

cli-table-is-for-csv = --table is for --format csv
cli-no-such-table = there is no table { $name }
cli-no-size = `{ $text }` is no size like 500M, 10G or 1T
cli-no-shard = `{ $text }` is no part like 1/4: the parts of 4 are 1/4 to 4/4
cli-no-local-zone = the zone of this machine cannot be found: name it, for instance Europe/Berlin
cli-no-offset = `{ $text }` is no offset like +08:00
cli-no-zone = `{ $text }` is no zone like Europe/Berlin
cli-no-time = `{ $text }` is no time: try 2026-11-23, "2026-11-23 10:00", 2026-11-23T10:00:00+08:00, 2h or "3d ago"

## On standard error

cli-error = error
cli-warning = warning
cli-more-problems = { $count ->
    [one] { $count } more problem is in the report
   *[other] { $count } more problems are in the report
}
cli-standard-output = standard output
cli-nothing-to-read = nothing to read. Name files, folders or archives, or pipe a log in:
cli-more-help = More: oomscan --help
cli-no-search-words = the search words cannot be compiled
cli-following = { $count ->
    [one] following { $count } file; Ctrl-C ends it
   *[other] following { $count } files; Ctrl-C ends it
}

## Behind the progress bar

cli-progress-left = { $time } left
cli-progress-files = { $done } of { $files } files
cli-progress-found = { $count ->
    [one] { $count } OOM report so far
   *[other] { $count } OOM reports so far
}
cli-progress-joining = joining { $bytes }
