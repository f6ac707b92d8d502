### The command line.

cli-no-such-format = 没有 { $name } 这种格式
cli-summary-has-no-format = --summary 不支持 { $name } 格式，可用的格式：{ $formats }
cli-follow-has-no-format = --follow 不支持 { $name } 格式，可用的格式：{ $formats }
cli-no-redact-with-follow = --redact 需要完整的报告，不能与 --follow 同时使用
cli-since-after-until = --since 的时间晚于 --until
cli-brief-is-text = --brief 只用于 text 格式，不支持 { $name }
