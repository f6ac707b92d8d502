### Causes, reasons, steps of the timeline and problems (correlate, scan, source, framing, time).

## Why a container or unit ended when no kernel kill explains it

join-because-invented = 该记录没有起止时间：平台与这个容器失去了联系，退出码是平台自行填写的。
join-because-status-unknown = ContainerStatusUnknown 表示 kubelet 丢失了该容器的状态，并不说明它是如何结束的。
join-because-limit-too-low-to-start = 容器运行时报告：内存限制过低，容器无法启动。
join-because-could-not-start = 容器运行时未能启动该容器。
join-because-evicted-for-memory = kubelet 报告：因节点内存不足，它驱逐了该 Pod。
join-because-evicted-for-unknown = kubelet 报告它驱逐了该 Pod，但这些日志没有说明节点缺的是哪种资源。
join-because-probe-failed = kubelet 报告：探针失败，因此重启该容器。
join-because-node-shutdown-or-critical-pod = 该 Pod 因节点关机或为关键 Pod 让出资源而被终止。
join-because-pod-deleted = 该 Pod 在此之前不久被删除。
join-because-stopped-by-hand = 容器运行时报告：它是被人手动停止的。
join-because-shim-vanished = 容器的 shim 进程先消失了：退出码 137 是运行时清理时自行填写的。
join-because-runtime-stopping = 当时容器运行时自身正在停止。
join-because-sigkill-by-nobody-known = 它被 SIGKILL 杀死，但没有记录说明信号由谁发出。
join-because-covered-no-kill = 内核日志覆盖了这段时间，其中没有 OOM 杀进程的记录。
join-because-not-covered-cannot-rule-out = 内核日志没有覆盖这段时间，因此不能排除是 OOM Killer 所为。
join-because-flag-contradicted = 运行时设置了 OOM 标志，但内核日志覆盖了这段时间，其中没有该容器被 OOM 杀死的记录：该标志可能是更早一次 OOM 留下的。
join-because-oom-seen-not-covered = 运行时发现该容器内发生了 OOM；能够证实这一点的内核日志没有覆盖这段时间。
join-because-other-code-than-clean-stop = 它的退出码与正常停止时的不同。
join-because-fault-signal = 它因程序自身错误引发的信号而终止。
join-because-sigterm-by-nobody-known = 它因 SIGTERM 而终止：有人要求它停止，但没有记录说明是谁。
join-because-stop-signal = 它因一个要求程序停止的信号而终止。
join-because-code-of-failed-start = 该退出码属于表示“命令无法运行”的退出码。
join-because-code-0 = 它以退出码 0 结束。
join-because-error-code = 程序自身以错误码退出；没有迹象表明与内存有关。
join-because-jvm-leaves-with-3 = 设置为堆满即退出的 JVM 也会以 3 退出：请查看它自己的日志。
join-because-error-not-covered = 内核日志没有覆盖这段时间；但容器运行时没有发现 OOM，这说明不太可能发生过 OOM。
join-because-child-may-be-killed = 内核日志没有覆盖这段时间：它可能是因为自己的某个进程被内核杀死才退出的。
join-because-kill-without-code = 曾向它发送 SIGKILL，但没有记录退出码，内核日志也没有覆盖这段时间：它可能在此之前已被内核杀死。
join-because-flag-or-deletion = 运行时设置了 OOM 标志，而内核日志没有覆盖这段时间：该标志可能说的就是这次退出，也可能是更早一次 OOM 留下的。
join-because-asker-not-told = 这些日志中没有说明为什么要求 { $by } 停止它：探针失败或驱逐在它看来都一样。
join-because-slurm-out-of-memory = Slurm 给出的状态为 OUT_OF_MEMORY：内核因内存不足杀死了其中的进程。日志中没有内核自己的相关记录。
join-because-137-passed-on = 137 是 podman run、docker run 和 shell 在其启动的进程或容器被 SIGKILL 杀死时返回的退出码；没有日志说明是谁杀的。
join-sure-container-killed-then = 内核在同一时刻因内存不足杀死了容器 { $id } 中的一个进程。如果该单元运行的就是这个容器，那么它的 137 就来自这次杀死。
join-because-no-code = 没有记录退出码。
join-because-client-asked-for-sigkill = systemd 记录：有客户端要求发送 SIGKILL。
join-because-oomd-killed-unit = systemd 记录：systemd-oomd 杀死了该单元的进程。
join-because-stop-timed-out = systemd 记录：停止超时，它杀死了剩余的进程。
join-because-watchdog = systemd 的 watchdog 未在规定时间内收到它的心跳。
join-because-unit-oom = systemd 发现该单元内发生了 OOM；这些日志里没有对应的内核日志行。
join-because-systemd-status = 该状态码是 systemd 自己的：它未能完成进程的启动准备。
join-because-killed-while-stopping = 在停止过程中，systemd 杀死了它。
join-because-covered-no-kill-in-unit = 内核日志覆盖了这段时间，其中没有该单元被 OOM 杀死的记录。
join-because-counter-none = 从启动到采集这些文件，内核的 OOM 杀死计数为 0（/proc/vmstat 中 oom_kill 为 0）。
join-because-flag-contradicted-by-counter = 运行时的 OOM 标记是置位的，但从启动到采集这些文件，内核的 OOM 杀死计数为 0：该标记可能是更早一次启动时留下的，也可能是运行时的猜测。
join-because-not-covered = 内核日志没有覆盖这段时间。
join-because-beside-a-kill = 内核的 OOM Killer 在那一刻杀死了一个进程，但内核的报告没有说明它属于哪个容器或服务，可能就是这一个。
join-because-beside-an-undated-kill = 内核的 OOM Killer 杀死过一个进程，但时间无法与其他日志对照（只有启动后的秒数），报告也没有说明它属于哪个容器或服务，可能就是这一个。
join-because-unit-failed = systemd 报告该单元运行失败。
join-because-evicted-for-other = kubelet 驱逐该 Pod 的原因是 { $resource }，不是内存。
join-because-program-out-of-memory = { $program } 程序在退出前自己报告了内存不足。
join-because-stop-command = { $by } 记录了一次停止命令，随后容器因 SIGKILL 结束。
join-because-kill-requested = { $by } 记录了一次杀死它的请求。
join-because-asked-and-timed-out = { $by } 记录：它被要求停止，但等待超时。
join-because-asked-to-stop = { $by } 记录：在此之前它被要求停止。

## What the confidence in an incident rests on

join-sure-borrowed = 这次杀死没有自己的 OOM 报告（内核限速）；它属于该 cgroup 是由前后几秒内同名（或同一组工作进程）的报告推断的。
join-sure-damaged = 相关记录只出现在已损坏的文件或归档中：其中的名称和数字可能有误。
join-sure-one-line = 只有一行提到它，既没有时间也没有大小：也可能只是有人在文字中提到的一次杀死。
join-sure-by-pid = 容器是按进程 ID 对应的：内核日志行没有写明 cgroup。
join-sure-by-name-and-time = 结束的是哪一个，是按名称和时间判断的：内核的报告没有写明 cgroup。
join-sure-unlisted-id = 容器名称是按时间判断的：没有任何记录写有内核报告中的容器 ID，而那一刻只在这一个容器里看到了 OOM。
join-sure-seen-at-that-time = 结束的是哪一个，是按时间判断的：内核的报告没有写明 cgroup，而那一刻只在这一个里看到了 OOM。
join-sure-by-time = 结束的是哪一个，只能按时间判断：内核的报告没有写明 cgroup，而那一刻没有别的对象被来源不明的信号杀死。
join-sure-mixed = 两份内核报告同时输出；部分日志行可能属于另一份。
join-sure-no-code-main-killed = 没有记录退出码；内核向其主进程发送了 SIGKILL，由此推出 137。
join-sure-main-killed = 容器自己的主进程在被杀之列。
join-sure-other-killed = 被杀的是容器中的另一个进程；主进程在其后结束。
join-sure-no-code-likely-137 = 没有记录退出码：容器在内核发出 SIGKILL 后结束，且没有人要求它停止，因此很可能是 137。
join-sure-by-id-and-time = 按容器 ID 和时间关联；没有记录主进程的 ID。
join-sure-runtime-saw-too = 运行时也发现了该容器的 OOM。
join-sure-kill-line = 日志中有内核自己的杀进程日志行。
join-sure-only-summary = 日志中只有内核的汇总行，缺少杀进程的日志行。
join-sure-killed-nothing = 日志中有内核自己的报告；它没有杀死任何进程。
join-sure-panic-line = 日志中有内核自己的 panic 信息。
join-sure-no-outcome = 报告没有结果：日志被截断，或被选中的进程当时已在退出。
join-sure-no-dump = 缺少杀进程之前的详细输出（内核 5 秒内最多输出 10 份，或日志被过滤过）：因此不知道触及的是哪个限制。
join-sure-dropped-dumps = 内核在这份输出之前丢弃了 { $n } 份。
join-sure-killer-recorded = { $agent } 自己记录了这次杀死。内核不会为它写日志。
join-sure-eviction-recorded = kubelet 或 API server 记录了这次驱逐。
join-sure-killed-when-full = 平台记录了它被杀死，也记录了它的内存已全部用完；但没有说明两者的因果关系。
join-sure-no-code-sigkill = 没有记录退出码，但记录了 SIGKILL，由此推出 137。
join-sure-no-code-torn-down = 没有记录退出码。它的沙箱与它同时结束，发生在 Pod 被移除之后、要求运行时停止任何容器之前：整个 Pod 的 cgroup 被一起杀死，由此推出 137。
join-sure-zones-missing = 报告中缺少关于内存区域（zone）的行：也许还有空闲内存，但不在所需的区域，或没有所需大小的连续块。
join-sure-only-program = 只有 { $program } 自己提到了它；这些日志里没有由此导致的退出。
join-sure-child-by-parent = 只有父进程 { $program } 提到了它；父进程能看到信号，但看不到发送者。
join-sure-only-speaker = 只有 { $speaker } 提到了它；这些日志里没有内核自己的日志行。
join-sure-traced = 跟踪工具看到内核的 OOM Killer 选中了它；这些文件里没有内核日志本身。
join-sure-quoted-kernel = { $speaker } 引用了内核的日志行；这些文件里没有内核日志本身。
join-sure-only-kill-of-text = 这段文本只引用了一次内核杀死操作，也只显示一个因内存不足被杀死的容器：两者很可能是同一件事。
join-sure-kubelet-counted = kubelet 在节点上统计到一次内核 OOM；这些日志里没有内核自己的日志行。
join-speaker-cgroup-files = cgroup 文件
join-speaker-application = 应用程序

## Steps of the timeline: what somebody did

join-step-container-restarted = 重新启动了容器
join-step-sigkill-after-timeout = 停止等待超时，发送了 SIGKILL
join-step-sigkill = 发送了 SIGKILL
join-step-stop-done = 停止命令已执行完毕
join-step-pod-deleted = Pod 已被删除
join-step-oom-seen = 发现容器内发生了 OOM
join-step-signal = 应请求发送了信号 { $signal }
join-step-evicted-saying = 驱逐了 Pod：{ $message }
join-step-platform-ended = 因达到内存限制将其终止
join-step-evicted = 驱逐了 Pod
join-step-probe-failed = 探针失败
join-step-probe-failed-saying = 探针失败：{ $message }
join-step-child-killed = { $program } 发现其子进程被 SIGKILL 杀死
join-step-child-killed-with-pid = { $program } 发现其子进程 { $pid } 被 SIGKILL 杀死
join-step-asked-to-stop = { $told ->
    [signal] 要求停止，发送 { $signal }
    [grace] 要求停止，宽限 { $grace } 秒
    [reason] 要求停止：{ $reason }
    [signal-grace] 要求停止，发送 { $signal }，宽限 { $grace } 秒
    [signal-reason] 要求停止，发送 { $signal }：{ $reason }
    [grace-reason] 要求停止，宽限 { $grace } 秒：{ $reason }
    [all] 要求停止，发送 { $signal }，宽限 { $grace } 秒：{ $reason }
   *[nothing] 要求停止
}
join-step-ended = 容器退出
join-step-ended-code = 容器退出，退出码 { $code }
join-step-ended-reason = 容器退出（{ $reason }）
join-step-ended-code-reason = 容器退出，退出码 { $code }（{ $reason }）
join-step-ended-flagged = 容器退出（带 OOM 标志）
join-step-ended-code-flagged = 容器退出，退出码 { $code }（带 OOM 标志）
join-step-sysrq = 被手动要求运行 OOM Killer（SysRq f）
join-step-asked-for-memory = '{ $comm }' 申请内存，内核无法满足
join-step-killed = 杀死了 '{ $comm }'（PID { $pid }）
join-step-killed-of-size = 杀死了 '{ $comm }'（PID { $pid }，匿名内存 { $size }）
join-step-fault = 记录了 '{ $comm }'（PID { $pid }）的异常
join-step-no-victim = 没有找到可以杀死的进程
join-step-panic = 使节点停机：{ $reason }
join-step-sandbox-ended = Pod 的沙箱结束
join-step-unit-ended = { $unit } 结束
join-step-unit-ended-result = { $unit } 结束，结果为 '{ $result }'
join-step-unit-restarted = 重新启动 { $unit }
join-step-pressure-allocation = 无法为 '{ $comm }' 分配内存
join-step-pressure-hung = 任务 '{ $comm }'（PID { $pid }）数分钟未能运行
join-step-pressure-slab = 无法扩大它自己的缓存
join-step-pressure-told = 报告：{ $message }
join-sure-oomd-at-work = 没有记录说明是谁杀死了它，但 systemd-oomd 在同一时刻写道它正在杀死进程。
join-sure-pressure-near = 那段时间前后节点有内存不足的迹象，因此可能是 OOM 杀死；但没有覆盖那段时间、能够说明这一点的日志。
join-sure-fault = 内核在那一刻记录了它的进程发生的异常。
join-sure-like-before = 没有记录说明它在这次被杀之后的退出；此前 { $lives } 次同样的被杀都使容器以 137 退出，因此这次很可能也是如此。
join-step-evicted-for-memory = 因节点内存不足，驱逐了 Pod
join-step-signal-to-process = 向 '{ $comm }'（PID { $pid }）发送了 { $signal }
join-step-killed-unnamed = 杀死了{ $comm ->
    [none] 一个进程
   *[other] '{ $comm }'
}
join-step-signal-to = 向 { $target } 发送了 { $signal }
join-step-some-signal-to-process = 向 '{ $comm }'（PID { $pid }）发送了信号
join-step-some-signal-to = 向 { $target } 发送了信号
join-step-oom-counted = 内核在 cgroup { $cgroup } 中记录的 OOM 杀死次数：{ $count }
join-step-oom-seen-in-it = 发现其中发生了 OOM
join-step-traced-kill = 看到内核的 OOM Killer 选中了进程 { $pid }
join-step-quoted-kernel = 引用了内核日志：内核杀死了进程 { $pid }
join-step-node-oom-seen = 发现节点内存耗尽

## What restarted

join-workload-short-of-memory = { $rhythm ->
    [apart] { $name } 发生了 { $times } 次内存不足，相隔 { $span }。
    [rapid] { $name } 发生了 { $times } 次内存不足，间隔大多不到一秒。
    [steady] { $name } 发生了 { $times } 次内存不足，大约每 { $span }一次。
   *[unknown] { $name } 发生了 { $times } 次内存不足。
}
join-workload-ended = { $rhythm ->
    [apart] { $name } 异常退出 { $times } 次，相隔 { $span }。
    [rapid] { $name } 异常退出 { $times } 次，间隔大多不到一秒。
    [steady] { $name } 异常退出 { $times } 次，大约每 { $span }一次。
   *[unknown] { $name } 异常退出 { $times } 次。
}
join-workload-mixed = { $rhythm ->
    [apart] { $name } 共有 { $times } 次事件，相隔 { $span }；其中 { $memory } 次是内存问题。
    [rapid] { $name } 共有 { $times } 次事件，间隔大多不到一秒；其中 { $memory } 次是内存问题。
    [steady] { $name } 共有 { $times } 次事件，大约每 { $span }一次；其中 { $memory } 次是内存问题。
   *[unknown] { $name } 共有 { $times } 次事件；其中 { $memory } 次是内存问题。
}
join-workload-startup = 它每次启动后很快就被杀死：限制低于它启动所需的内存。
join-workload-growth = 它运行一段时间后又触及限制：可能是内存泄漏，或负载在增长。
join-workload-bystander = 它被杀死时，占用内存的是其他进程。
join-workload-crash-loop = 这些都与内存无关。
join-span-seconds = { $n } 秒
join-span-minutes = { $n } 分钟
join-span-hours = { $n } 小时
join-span-days = { $n } 天
join-workload-filtered = { $name } 的 { $all } 次事件中有 { $own } 次符合条件。

## Gaps of a kernel log

join-gap-notice = { $notice }
join-gap-left-out = journalctl 因过长而省略了一条消息（未使用 --all）
join-gap-sequence = 此记录之前缺少 { $count } 条记录（依据 /dev/kmsg 的序号）
join-gap-console = 控制台丢弃了 { $count } 行内核日志
join-gap-hidden = 有一行内核日志，journalctl 只显示为 { $shown }

## Files that cannot be read, or only in part

join-words-of-others = { $text }
join-no-such-file = 没有这个文件或目录
join-no-permission = 没有读取权限：请以 root 运行，或授予读权限
join-empty = 文件为空
join-decoder-gave-up = 解码器放弃了解码
join-codec-damaged = { $codec } 数据在解码 { $at } 字节之后损坏：{ $why }
join-codec-refused = { $codec } 数据无法解码：{ $why }
join-codec-cut = { $codec } 数据不完整，解码 { $at } 字节后就中断了
join-bytes-after-end = { $codec } 数据结尾之后的字节不是 { $codec } 数据：已跳过
join-decoder-stuck = 解码器无法继续
join-invalid-deflate = deflate 数据无效
join-window-too-large = 它需要的窗口超过上限；可用 --max-window 提高上限
join-dictionary-too-large = 它需要的字典超过上限；可用 --max-window 提高上限
join-xz-options = 它使用了此版本不认识的选项
join-xz-data = 它与校验和或格式不符
join-limit-expansion = 解压后超过 { $max } 字节；可用 --max-expansion 提高上限
join-limit-ratio = 解压后超过自身大小的 { $max } 倍；可用 --max-ratio 提高上限
join-limit-holes = 空洞超过 { $max } 字节；可用 --max-expansion 提高上限
join-limit-members = 归档成员超过 { $max } 个；可用 --max-members 提高上限
join-stopped = 读取被 Ctrl-C 中止
join-stopped-before = 读取被 Ctrl-C 中止：此文件和另外 { $more } 个文件未读取
join-reading-stopped = 读取中止：{ $why }
join-limit-layers = 已跳过：归档嵌套超过 { $max } 层；可用 --max-depth 提高上限
join-no-log = 已跳过：不是日志（文件类型：{ $what }）
join-unreadable-kind = 已跳过：无法读取这种文件（{ $what }）；请先解开
join-zip-damaged = zip 被截断或已损坏（{ $why }）：已逐个搜寻其成员
join-zip-io = 读写错误
# The library's words are English: they are left out.
join-zip-invalid = { $text ->
   *[other] 目录缺失或无效
}
join-zip-member = 无法读取成员 { $index }：{ $why }
join-members-missing = { $why }：其后的成员缺失
join-folder-not-opened = 无法打开目录
join-limit-files = 文件超过 { $max } 个；可用 --max-members 提高上限
join-links-lead-out = { $count } 个链接指向该目录之外，未跟随（第一个是 { $first }）：如果所指内容属于这里，请在命令行中指明
join-block-device = 无法读取块设备
join-socket = 无法读取套接字
join-tar-member-left-out = { $name }：{ $why }：已跳过
join-tar-long-name = 长达 { $size } 字节的文件名过长：已跳过
join-tar-no-member-at-end = 已损坏：末尾 { $bytes } 字节中没有找到成员
join-tar-no-end = 归档没有结束标记：可能被截断，成员可能缺失
join-tar-damaged = 已损坏：第 { $at } 字节之前的 { $bytes } 字节中没有成员头
join-tar-cut-in-sparse-map = tar 归档不完整，在稀疏映射中就中断了
join-tar-cut = tar 归档不完整：该成员缺少 { $left } 字节
join-tar-sparse-wrong = 其稀疏映射不合理
join-tar-sparse-long = 其稀疏映射过长
join-tar-sparse-damaged = 其稀疏映射已损坏
join-zip-no-directory = zip 末尾没有目录：它被截断，成员可能缺失
join-zip-no-header = 已损坏：有 { $bytes } 字节不含成员头
join-zip-cut = zip 不完整，在成员头中就中断了
join-zip-encrypted = 它已加密：请先用密码解开
join-zip-deflate64 = 无法读取 Deflate64：请先解开
join-zip-method = 无法读取 zip 压缩方法 { $n }：请先解开
join-checksum = 校验和不匹配
join-damaged = 已损坏：{ $why }；其之前的内容仍会使用
join-no-needles = 无法编译搜索词
join-doubtful-line = 这一行可能是旧版内核的内存不足终止记录，但日志中没有迹象表明它出自内核，因此未计入：{ $text }
join-fragment = 此处是一段缺少开头的内核内存报告，可能是内存不足报告的剩余部分（{ $text }）
join-quoted-line = 这一行引用了内核的内存不足记录，但没有事件与该次终止对应，因此未计入：{ $text }
join-unknown-line = 这一行看起来像内存不足的信息，但格式未知：{ $text }

## What a file is that holds no log, or cannot be read

join-kind-zeros = 开头和结尾全是零
join-kind-7z = 7z 归档
join-kind-rar = RAR 归档
join-kind-compress = compress 压缩（.Z）
join-kind-lzip = lzip 压缩
join-kind-lzop = lzop 压缩
join-kind-cabinet = cabinet 归档
join-kind-age = age 加密
join-kind-pgp = PGP 加密
join-kind-openssl = openssl 加密
join-kind-elf = 程序或核心转储（ELF）
join-kind-kdump = 内存转储（kdump）
join-kind-makedumpfile = 内存转储（makedumpfile）
join-kind-memory-dump = 内存转储
join-kind-java-class = Java 类文件
join-kind-java-heap = Java 堆转储
join-kind-java-flight = Java 飞行记录
join-kind-wasm = WebAssembly 程序
join-kind-rpm = RPM 软件包
join-kind-ar = Debian 软件包或静态库
join-kind-squashfs = squashfs 镜像
join-kind-qcow2 = 磁盘镜像（qcow2）
join-kind-vmdk = 磁盘镜像（vmdk）
join-kind-vhd = 磁盘镜像（vhd）
join-kind-vhdx = 磁盘镜像（vhdx）
join-kind-luks = 加密磁盘
join-kind-sqlite = SQLite 数据库
join-kind-pdf = PDF 文档
join-kind-picture = 图片
join-kind-sound = 音频
join-kind-pcap = 抓包文件
join-kind-perf = perf 记录
join-kind-font = 字体
join-kind-minidump = 内存转储（minidump）
join-kind-cpio = cpio 归档
join-kind-utf32 = UTF-32 文本
join-kind-zip-program = 程序或文档（zip）
join-kind-binary = 二进制数据

## Journal files

join-journal-flags = journal 使用了此版本不认识的格式特性（标志 { $flags }）
join-journal-header = journal 文件头已损坏
join-journal-pages = 文件中有 { $pages } 页无法读取：{ $why }
join-journal-cut = 文件被截断：缺少结尾
join-journal-gaps = 跳过了 { $count } 处损坏（共 { $bytes } 字节，第一处在第 { $first } 字节）
join-journal-sizes = { $count } 个对象的大小有误（第一个在第 { $first } 字节）
join-journal-lost-fields = 条目中有 { $count } 个字段丢失（第一个在第 { $first } 字节）
join-journal-undecoded = { $count } 个字段无法解压（第一个在第 { $first } 字节）
join-journal-long-fields = { $count } 个字段过长，已被截短（第一个在第 { $first } 字节）
join-journal-entries = 文件头记有 { $told } 个条目，但只找到 { $found } 个
join-journal-large-entry = 有条目过大：只读取了其中一部分
join-journal-too-much = 文件重复或解压出的数据过多：其余部分未读取
join-journal-many-places = 损坏处过多：没有全部搜寻
join-journal-many-fields = 有条目的字段过多：只读取了其中一部分
join-journal-many-boots = 文件中的启动次数过多：没有全部统计
join-journal-many-references = 向后引用的条目过多：没有全部跟随
join-journal-none = 不是 systemd journal 文件
join-journal-short = journal 文件在文件头中就中断了
join-journal-unreadable = 无法读取 journal 文件：{ $why }
join-journal-in-archive = 这么大的 journal 文件只能在归档之外读取；只使用其开头部分

## Documents that cannot be read as a whole

join-document-many-facts = 一个文档中的事实过多：其余部分已跳过
join-document-64-mib = 只读取文档的前 64 MiB
join-document-comma-expected = 此处应为逗号或右括号
join-document-many-values = 值过多，超过一个文档的读取上限
join-document-deep = 值嵌套过深
join-document-value-expected = 此处应为一个值
join-document-key-expected = 此处应为一个键
join-document-colon-expected = 此处应为冒号
join-document-cut = 文档在一个值中间就结束了
join-document-state-of-nobody = 此处的容器终止状态没有名称、ID 和时间：不计入
join-document-no-yaml = 这一行不是能识别的 YAML
join-document-16-mib = 只读取 YAML 文档的前 16 MiB
join-document-large = 过大或嵌套过深
join-document-open-quote = 文档在引号内的文本中就结束了

## The running machine

join-live-refused = { $needs ->
    [kernel-log] 没有读取权限：需要 CAP_SYSLOG 权能，或 sysctl kernel.dmesg_restrict=0；请以 root 运行
    [group] 没有读取权限：{ $group } 组的成员可以读取；请以 root 运行，或加入该组
   *[root] 没有读取权限：只有 root 可以读取；请以 root 运行
}
join-live-refused-with-others = { $needs ->
    [kernel-log] 没有读取权限，附近另有 { $more } 个文件也没有：需要 CAP_SYSLOG 权能，或 sysctl kernel.dmesg_restrict=0；请以 root 运行
    [group] 没有读取权限，附近另有 { $more } 个文件也没有：{ $group } 组的成员可以读取；请以 root 运行，或加入该组
   *[root] 没有读取权限，附近另有 { $more } 个文件也没有：只有 root 可以读取；请以 root 运行
}
join-live-no-kernel-log = 无法读取本机的任何内核日志：即使内核杀死了进程也看不到
join-live-not-started = 无法启动：{ $why }
join-live-too-long = 运行超过 { $seconds } 秒，已被停止
join-live-failed = 执行失败（{ $status }）：{ $words }
join-live-more-cgroups = 另有 { $n } 个 cgroup 统计到日志中没有的 OOM
join-live-cgroup-counts = { $known ->
    [0] cgroup { $cgroup } 统计到 { $counted } 次 OOM，但日志中一次也没有（缺 { $missing } 次）
   *[other] cgroup { $cgroup } 统计到 { $counted } 次 OOM，但日志中只有 { $known } 次（缺 { $missing } 次）
}
join-kernel-counts = { $known ->
    [0] 内核自启动以来因内存不足杀死了 { $all } 个进程，但日志中一个也没有
   *[other] 内核自启动以来因内存不足杀死了 { $all } 个进程，但日志中只有 { $known } 个
}
join-follow-rotated = 自上次跟踪以来它已被轮转，旧文件已不在或已压缩：其间的日志行可能缺失
join-state-other = 它不是本程序的状态文件
join-state-version = 它由另一版本写入
