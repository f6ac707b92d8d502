### The command line.

cli-explain-whom = 请用 --container、--pod 或 --unit 指明要在日志中查找的对象
cli-no-such-format = 没有 { $name } 这种格式
cli-summary-has-no-format = --summary 不支持 { $name } 格式，可用的格式：{ $formats }
cli-follow-has-no-format = --follow 不支持 { $name } 格式，可用的格式：{ $formats }
cli-no-redact-with-follow = --redact 需要完整的报告，不能与 --follow 同时使用
cli-since-after-until = --since 的时间晚于 --until
cli-brief-is-text = --brief 只用于 text 格式，不支持 { $name }

## Arguments

cli-table-is-for-csv = --table 只能与 --format csv 一起使用
cli-no-such-table = 没有 { $name } 这个表
cli-no-size = “{ $text }”不是大小，应形如 500M、10G 或 1T
cli-no-shard = “{ $text }”不是分片，应形如 1/4：分成 4 份时，各份是 1/4 到 4/4
cli-no-local-zone = 找不到本机的时区：请直接写出，例如 Asia/Shanghai
cli-no-offset = “{ $text }”不是时差，应形如 +08:00
cli-no-zone = “{ $text }”不是时区，应形如 Asia/Shanghai
cli-no-time = “{ $text }”不是时间：可以试试 2026-11-23、"2026-11-23 10:00"、2026-11-23T10:00:00+08:00、2h 或 "3d ago"

## On standard error

cli-error = 错误
cli-warning = 警告
cli-more-problems = 报告中还有 { $count } 个问题
cli-standard-output = 标准输出
cli-nothing-to-read = 没有可读的内容。请指定文件、文件夹或归档，或用管道传入日志：
cli-more-help = 更多用法：oomscan --help
cli-no-search-words = 无法编译搜索词
cli-following = 正在跟踪 { $count } 个文件；按 Ctrl-C 结束

## Behind the progress bar

cli-progress-left = 剩余 { $time }
cli-progress-files = 文件 { $done }/{ $files }
cli-progress-found = 目前发现 { $count } 个 OOM 报告
cli-progress-joining = 正在关联 { $bytes }
