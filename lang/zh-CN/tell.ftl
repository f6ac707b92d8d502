### What happened, why, and what to do (diagnose).

## Sizes, shares and spans of time

tell-bytes = { $n } 字节
tell-size-of = { $size }（{ $percent }）
tell-percent-tiny = 不到 0.1%
tell-span-seconds = { $n } 秒
tell-span-minutes = { $n } 分钟
tell-span-hours = { $hours } 小时 { $minutes } 分钟
tell-span-days = { $n } 天

## Who: names of containers, services and processes

tell-container = { $name ->
    [none] 某个容器
   *[other] 容器 { $name }
}{ $pod ->
    [none] {""}
   *[other] （Pod { $pod }）
}
tell-container-of-uid = { $name ->
    [none] 某个容器
   *[other] 容器 { $name }
}（Pod UID { $uid }）
tell-of-platform = { $kind ->
    [lxc] LXC 容器
    [openvz] OpenVZ 容器
    [garden] Garden 容器
    [mesos] Mesos 容器
    [yarn] YARN 容器
    [systemd-nspawn] 容器
    [qemu] 虚拟机
    [htcondor] HTCondor 作业
    [lsf] LSF 作业
    [heroku] dyno
   *[pbs] PBS 作业
} { $name }
tell-nomad-task = Nomad 任务 { $name }{ $allocation ->
    [none] {""}
   *[other] （分配 { $allocation }）
}
tell-slurm = { $kind ->
    [step] Slurm 作业步
   *[job] Slurm 作业
} { $name }
tell-inside = { $unit }（位于 { $machine } 内）
tell-service = 服务 { $name }
tell-unit = 单元 { $name }
tell-application-unit = { $what }（单元 { $unit }）
tell-application = 应用 { $name }
tell-snap = snap 应用 { $name }
tell-session = 登录会话 { $number }
tell-terminal = 一个终端窗口
tell-tmux = 一个 tmux 窗口
tell-transient = 由 systemd-run 启动的命令
tell-pod = Pod { $pod }
tell-process = 进程 { $name }（PID { $pid }）
tell-nameless-process = 进程 { $pid }
tell-some-process = 某个进程
tell-process-sized = { $name }（PID { $pid }{ $size ->
    [none] {""}
   *[other] ，{ $size }
}）
tell-and-more = 另外 { $n } 个
tell-some-killer = 某个用户态 OOM 终止程序

## Exits

tell-exit-code = 退出码 { $code }{ $signal ->
    [none] {""}
   *[other] （信号 { $signal }{ $name ->
        [none] {""}
       *[other] ，{ $name }
    }）
}
tell-exit-signal = 信号 { $signal }{ $name ->
    [none] {""}
   *[other] （{ $name }）
}

## Holders of memory: labels in tables

tell-holder-name-shmem = 共享内存与 tmpfs
tell-holder-name-unaccounted = 任何计数器都无法解释的内存
tell-holder-name-slab = 内核 slab
tell-holder-name-other-slab = 其他内核 slab
tell-holder-name-cache = slab 缓存 { $name }
tell-holder-name-huge = 大页
tell-holder-name-huge-of = { $size } 的大页
tell-holder-name-pagetables = 页表
tell-holder-name-stacks = 内核栈
tell-holder-name-sockets = 套接字缓冲区
tell-holder-name-percpu = per-CPU 数据
tell-holder-name-vmalloc = vmalloc 内存
tell-holder-name-kmem = 内核内存（kmem 计数器）
tell-holder-name-balloon = 内存气球（balloon）

## Holders of memory, in a list within a sentence

tell-holder-process = { $name }（{ $count ->
    [none] {""}
   *[other] { $count } 个进程，
}{ $size }{ $percent ->
    [none] {""}
   *[other] ，{ $percent }
}）
tell-holder-container = 容器 { $name }（{ $size }{ $percent ->
    [none] {""}
   *[other] ，{ $percent }
}）
tell-holder-other = { $name }（{ $size }{ $percent ->
    [none] {""}
   *[other] ，{ $percent }
}）
tell-holder-unaccounted = 没有计数器能解释的内存（{ $size }{ $percent ->
    [none] {""}
   *[other] ，{ $percent }
}）
tell-top-holder = 占用内存最多的是 { $holder }。
tell-top-holders = 占用内存最多的依次是：{ $holders }。

## What memory was used for, in a list within a sentence

tell-in-use = 已用内存包括：{ $parts }。
tell-part-anon = 匿名内存（堆、栈）{ $size }
tell-part-shmem = 共享内存与 tmpfs { $size }
tell-part-cache = 页缓存 { $size }
tell-part-kernel = 内核内存 { $size }
tell-part-sockets = 套接字缓冲区 { $size }
tell-part-slab = 内核 slab { $size }
tell-part-pagetables = 页表 { $size }
tell-part-stacks = 内核栈 { $size }
tell-part-huge = 大页池 { $size }
tell-part-unevictable = 不可回收内存（mlock 锁定、ramfs）{ $size }
tell-part-unaccounted = 没有计数器能解释的部分 { $size }

## A kernel kill: who asked

tell-trigger = 触发 OOM 的是 { $who }{ $pid ->
    [none] {""}
   *[other] （PID { $pid }）
}：它申请了 { $pages ->
    [none] 一个页
   *[other] { $pages } 个连续的页（order { $order }）
}{ $purpose ->
    [process] ，用于启动进程或线程
    [shmem] ，用于写入共享内存或 tmpfs 文件
    [huge] ，用于大页
    [network] ，用于网络缓冲区
    [file] ，用于重新读入文件或程序的某一页
    [swap] ，用于从交换分区换回一页
    [anon] ，用作堆或栈内存
    [copy] ，用于 fork 之后复制页
    [kernel] ，用于内核自己的对象
   *[none] {""}
}。
tell-trigger-not-victim = 它不是被杀的那个进程：最后申请内存的，不一定就是占用内存的。
tell-limit-lowered = 当时限制正被调低到已用量以下：调用栈显示有写入限制的操作。

## A kernel kill: who died

tell-victims = 内核杀死了 { $n } 个进程：{ $names }。{ $sum ->
    [none] {""}
   *[other] 它们合计占用 { $sum }。
}
tell-victim-unsized = 内核杀死了 { $name }（PID { $pid }）。
tell-victim = 内核杀死了 { $name }（PID { $pid }），它占用 { $held }{ $parts ->
    [none] {""}
   *[other] （{ $parts }）
}{ $share ->
    [none] {""}
    [over] ，占满了 { $total } 的{ $whole ->
        [node] 节点内存
       *[limit] 内存限制
    }
   *[other] ，占{ $whole ->
        [node] 节点内存
       *[limit] 内存限制
    } { $total } 的 { $share }
}。
tell-held-anon = 匿名内存 { $size }
tell-held-file = 文件映射 { $size }
tell-held-shmem = 共享内存 { $size }
tell-held-swap = 交换分区 { $size }

## A kernel kill: why this one

tell-choice-allocating = 内核被设置为直接杀死申请内存的进程（vm.oom_kill_allocating_task），不管它占用多少。
tell-choice-child = 内核选中的是 { $chosen }（PID { $pid }），实际杀死的是它的子进程 { $victim }。
tell-choice-only = { $victim } 是那里内核唯一可以杀死的进程。
tell-choice-largest = 在内核可以杀死的进程中，{ $victim } 的 OOM 评分最高：它占用的内存最多。
tell-choice-among-largest = 在内核可以杀死的进程中，{ $victim } 是占用内存最多的之一；另有进程占用得一样多。
tell-choice-adjusted = { $victim } 被选中是因为它的 oom_score_adj 为 { $adj }{ $qos ->
    [besteffort] （Kubernetes 给 BestEffort Pod 设置的值）
    [burstable] （在 Kubernetes 给 Burstable Pod 设置的范围内）
   *[none] {""}
}，而不是因为占用大：{ $other } 占用更多，但 oom_score_adj 为 { $other_adj }。
tell-choice-unexplained = 按内核进程表中的大小，本该选中 { $other }；这张表解释不了为什么选中了 { $victim }。
tell-choice-exempt = 另有 { $n } 个占用更多的进程永远不会被选中，因为 oom_score_adj 为 -1000：{ $names }。
tell-group = 设置了 memory.oom.group，所以内核会一次杀死{ $path ->
    [none] 其中
   *[other] {" "}{ $path } 中
}的所有进程：{ $first ->
    [none] 其中一个被选中
   *[other] 被选中的是 { $first }
}，其余进程随之被杀。

## How it ended

tell-ended = { $who } 已退出：{ $exit }{ $reason ->
    [none] {""}
   *[other] ，原因 { $reason }
}。
tell-run-by-ended = 该容器由 { $unit } 运行，后者已退出：{ $exit }{ $reason ->
    [none] {""}
   *[other] ，原因 { $reason }
}。
tell-run-by = 该容器由 { $unit } 运行。
tell-unit-restarted-at = { $unit } 于 { $time } 重新启动。
tell-do-limit-in-unit = 在 { $unit } 启动容器的地方设置内存限制：.container 文件（Quadlet）里的 PodmanArgs=--memory，或 ExecStart 里的 --memory；然后执行 systemctl daemon-reload 并重启该单元。
tell-why-limit-in-unit = 该单元每次启动都会重新创建容器，手工设置的限制会随之丢失。
tell-restarted-at = 它于 { $time } 重新启动。
tell-flag-without-kill = 运行时的 OOM 标记是置位的，但内核日志中没有与这次退出对应的 OOM 杀死记录：同一容器中只要发生过 OOM 杀死，这个标记就会一直保留。
tell-kill-without-flag = 运行时没有把它报告为 OOM，但内核自己的记录更可信。
tell-previous-kills = 在这些日志中，它此前还有 { $n } 次同样的被杀记录。
tell-had-run = 它此前运行了 { $span }。
tell-survived = 进程被杀后，{ $who } 本身仍在运行。
tell-main-process = 那是 { $who } 的主进程，因此 { $who } 随之退出。
tell-no-main-process = 被杀的进程不是 { $who } 的主进程。
tell-later-exit = 它的主进程随后退出，退出码 { $code }{ $code ->
    [137] （子进程收到 SIGKILL 时，shell 会返回这个退出码）
    [247] （子进程收到 SIGKILL 时，Python 会返回这个退出码）
   *[other] {""}
}。

## Victims whose death has consequences of its own

tell-special-shim = { $name } 负责看管容器：它一死，运行时就会报告这些容器已死，并编出 137 或 255 这样的退出码。
tell-special-conmon = { $name } 负责看管容器：它一死，容器的退出码就丢失了。
tell-special-runtime = { $name } 就是容器运行时本身：它的所有容器会在一段时间内显示为已死或状态未知。
tell-special-kubelet = { $name } 是节点代理：节点会变为 NotReady，其上的 Pod 会显示为状态未知。
tell-special-starting-limited = { $name } 是一个正在启动的容器：限制小到连启动都不够。
tell-special-starting = { $name } 是一个正在启动的容器。
tell-special-pause = { $name } 是 Pod 的 pause 进程：它一死，整个 Pod 都会重启。
tell-special-logger = { $name } 负责写日志：这段时间前后的日志可能有缺失。
tell-special-qemu = { $name } 是一台虚拟机：对其中的系统来说等同断电，不会留下任何日志。

## What the kernel's report lacks

tell-only-kill-line = 内核的报告只剩下 Killed process 这一行：没有进程表，也没有内存数据。
tell-bsd-line = BSD 内核对这样的杀死操作只写一行：该进程占用了多少内存、还有谁占用内存，都无从得知。
tell-init-panic = 1 号进程（init）也被杀死了。这时内核会 panic（{ $text }），整个节点随之停机。
tell-no-table = 报告中没有进程表，所以不知道还有谁占用内存。
tell-suppressed = 在这份报告之前，内核刚省略了 { $n } 份报告（限速：5 秒内最多 10 份）。
tell-from-summary-line = Killed process 行本身缺失；被杀的进程取自它前面的 oom-kill 摘要行。
tell-mixed = 在这个旧内核上有两份报告同时打印：部分数据可能属于另一份报告。
tell-page-size-assumed = 报告没有给出页大小：进程的内存大小按 4 KiB 的页计算。
tell-unreaped = 内核未能回收 { $name }（PID { $pid }）的内存：该进程卡住了，通常卡在磁盘或网络文件系统上。
tell-shmem-left = 进程被杀后，它的 { $size } 共享内存仍未释放。

## An OOM without a kill

tell-gave-up = 内核放弃了：{ $text }。
tell-already-exiting = { $who ->
    [none] 那里已有进程
   *[other] { $who } 已经
}在退出，所以内核等待它退出，没有杀死任何进程。
tell-log-ends-chosen = 内核选中 { $who } 或其子进程作为要杀死的对象。日志中没有杀死进程那一行。
tell-log-ends = 日志在此中断，看不出是否有进程被杀、杀的是谁。
tell-no-killable = 内核找不到可以杀死的进程{ $exempt ->
    [yes] ：所有进程的 oom_score_adj 都是 -1000
   *[no] {""}
}。{ $repeats ->
    [none] {""}
   *[other] 这种情况共报告了 { $repeats } 次。
}

## A cgroup's limit: whose, as the subject of a sentence

tell-owner-container = 该容器的内存 cgroup
tell-owner-service = 该服务的内存 cgroup
tell-owner-ecs-task = ECS 任务的内存 cgroup
tell-owner-pod = 该 Pod 的内存 cgroup
tell-owner-kubepods = 所有 Pod 合计
tell-owner-qos = 同一 QoS 等级的所有 Pod
tell-owner-above = 它的上级 cgroup { $path }
tell-owner-cgroup = cgroup { $path }
tell-owner-unknown = 它所在的 cgroup

## A cgroup's limit: that it was reached, as a clause after "because"

tell-reached-own = 它达到了自身的内存限制{ $limit ->
    [none] {""}
   *[other] （{ $limit }）
}
tell-reached-pod = 它所在的 Pod 达到了内存限制{ $limit ->
    [none] {""}
   *[other] （{ $limit }）
}
tell-reached-ecs-task = 其 ECS 任务达到了内存限制{ $limit ->
    [none] {""}
   *[other] （{ $limit }）
}
tell-reached-kubepods = 所有 Pod 合计达到了节点为它们设置的限制（可分配内存{ $limit ->
    [none] {""}
   *[other] ，{ $limit }
}）
tell-reached-qos = 同一 QoS 等级的 Pod 合计达到了限制{ $limit ->
    [none] {""}
   *[other] （{ $limit }）
}
tell-reached-above = 它的上级 cgroup { $path } 达到了限制{ $limit ->
    [none] {""}
   *[other] （{ $limit }）
}
tell-reached-cgroup = cgroup { $path } 达到了内存限制{ $limit ->
    [none] {""}
   *[other] （{ $limit }）
}
tell-reached-unknown = 它所在的 cgroup 达到了内存限制{ $limit ->
    [none] {""}
   *[other] （{ $limit }）
}

## A cgroup's limit: summaries

tell-cgroup-cut = { $who }：{ $reached }，日志中看不出内核杀死了谁{ $repeats ->
    [none] {""}
   *[other] （{ $repeats } 次报告）
}。
tell-cgroup-chosen = { $who }：{ $reached }，内核选中 { $victim } 作为要杀死的进程。
tell-cgroup-no-kill = { $who }：{ $reached }，但内核没有杀死任何进程{ $repeats ->
    [none] {""}
   *[other] （{ $repeats } 次报告）
}。
tell-cgroup-no-start = { $who } 无法启动：据运行时报告，它的内存限制过低。
tell-cgroup-some-no-start = 有一个容器无法启动：据运行时报告，它的内存限制过低。
tell-cgroup-counted = { $who }：内核在其内存 cgroup 中记录了 { $count } 次 OOM 杀死；这些日志中看不出发生的时间和被杀死的进程。
tell-cgroup-something-killed = { $who }：据运行时报告，内核因内存不足杀死了其中的某个进程；这些日志中看不出是哪个进程，也看不出它之后是否继续运行。
tell-cgroup-somewhere-killed = 据运行时报告，内核因内存不足杀死了某个进程；这些日志中看不出是在哪个容器里，也看不出该容器之后是否继续运行。
tell-cgroup-something-and-ended = { $who } 已退出（{ $exit }）；据运行时报告，其中有进程因内存不足被内核杀死。
tell-cgroup-by-runtime = { $who } 据运行时报告因内存不足被杀，最可能的原因是：{ $reached }{ $times ->
    [none] {""}
   *[other] （共 { $times } 次）
}。
tell-cgroup-survived = { $who } 中的进程 { $name }（PID { $pid }）被内核杀死，因为 { $reached }。其余进程继续运行。
tell-cgroup-one = { $who }：内核杀死了其中的进程 { $name }，因为 { $reached }。
tell-cgroup-many = { $who }：内核杀死了其中的 { $n } 个进程，因为 { $reached }。
tell-cgroup-killed = { $who } 被内核的 OOM Killer 杀死，因为 { $reached }。

## A cgroup's limit: figures

tell-limit-used = { $owner } 已用 { $usage }，限制为 { $limit }。
tell-limit-known = { $owner } 的限制为 { $limit }。
tell-limit-unset = { $owner } 已用 { $usage }；没有单独设置内存限制。
tell-limit-configured = 内核的报告没有给出该限制的数值；配置的限制为 { $limit }。
tell-limit-not-shown = 内核的报告没有给出该限制的数值。
tell-limit-memsw = 用满的是内存加交换分区的总限制{ $limit ->
    [none] {""}
   *[other] （{ $limit }）
}，而不是单独的内存限制。
tell-limit-kmem = 用满的是内核内存（kmem）的限制{ $limit ->
    [none] {""}
   *[other] （{ $limit }）
}，而不是内存限制。
tell-failcnt-many = 自该 cgroup 创建以来，内存申请已 { $n } 次触及限制（failcnt）。这可能说明它早已长期处于限制边缘，而不是一时冲高。
tell-failcnt = 自该 cgroup 创建以来，内存申请已 { $n } 次触及限制（failcnt）。
tell-limit-shared = 所以 { $who } 自身不一定有问题：这个限制由该 cgroup 之下的所有进程共用。
tell-limit-changed = 配置的限制为 { $configured }，而实际触及的限制为 { $hit }：限制在此期间被修改过。
tell-limit-or-node-unknown = 日志没有说明是哪里的内存耗尽：可能是它自身的限制、上层 cgroup 的限制，也可能是节点内存。
tell-limit-whose-unknown = 日志没有显示是哪个 cgroup 的限制；但不是节点内存耗尽。
tell-qos = 从 cgroup 路径看，该 Pod 的 QoS 等级为 { $qos }。
tell-ecs-task-limit = 该任务的所有容器共用这个限制（任务定义中的 memory）；被杀的不一定是占用最多的。
tell-pod-limit-equal = 容器的限制与 Pod 的限制相同。单容器的 Pod 通常如此：pause 进程也计入 Pod，所以先触及的是 Pod 的限制。可以把它当作容器的限制来看。
tell-pod-limit-of-many = { $n } 个容器共用该 Pod 的限制；被杀的不一定是占用最多的。
tell-pod-limit = 在单容器的 Pod 中，两个限制相同，先触及的是 Pod 的限制。如果有多个容器，请逐一检查。
tell-over-limit = { $name } 的常驻内存为 { $size }，超过了限制：其中一部分与其他 cgroup 共享，或记在其他 cgroup 名下。

## A cgroup's limit: what the memory was used for

tell-use-tmpfs = 共享内存与 tmpfs 文件（medium 为 Memory 的 emptyDir、/dev/shm）计入限制，进程被杀后也不会释放。这可能说明用满限制的是内存中的文件，而不是进程的堆。
tell-use-kernel = 很大一部分是内核为该 cgroup 占用的内存（套接字、文件名、页表、栈）。这可能说明打开的连接、文件或线程很多，而不是堆很大。
tell-use-cache = 很大一部分是页缓存，通常内核可以回收。这可能说明数据来不及写回磁盘，或者文件被锁定在内存中。
tell-use-crowd = 有 { $n } 个进程分用这些内存，其中最大的也只有 { $size }。这可能说明是进程太多，而不是某个进程太大。
tell-victim-not-largest = 被杀的进程并不是那里占用最多的：占用最多的是 { $holder }。
tell-swap-none = 它不允许使用交换分区。
tell-swap-full = 它的交换分区配额 { $limit } 也已用满。
tell-swap-used-of = 它使用了 { $used } 交换分区，配额为 { $limit }。
tell-swap-used = 它使用了 { $used } 交换分区。
tell-tmpfs-again = 它以前也因此被杀过。这可能说明这些文件在每次重启后依然存在。

## A cgroup's limit: told by the runtime alone

tell-counter-only = 这个计数来自 cgroup 本身，从它创建时算起；这些日志中没有内核的报告，所以是什么占用了内存没有得到证实。
tell-runtime-only = 运行时在那里看到了一次 OOM 杀死；这些日志中没有内核自己的报告，所以触及的是哪个限制、是什么占用了内存，都没有得到证实。
tell-log-not-covering = 这些文件中的内核日志没有覆盖那段时间。
tell-log-without-kill = 内核日志覆盖了那段时间，但没有这样的杀死记录。
tell-limit-of-config = 配置的限制为 { $limit }。
tell-peak = 记录到的最高用量为 { $peak }。
tell-runtime-said = 运行时的报错：{ $text }。

## A cgroup's limit: advice

tell-do-lowered = 查明是谁调低了限制（原地扩缩容、systemctl set-property、部署工具），并把它设到用量以上。
tell-why-lowered = 被杀是因为限制被调低，而不是用量增长。
tell-do-tmpfs = 检查内存中的文件：medium 为 Memory 的 emptyDir 卷、/dev/shm、tmpfs 挂载。给它们设置 sizeLimit，或改放到磁盘上。
tell-why-tmpfs = 是它们用满了限制；如果卷在重启后仍然保留，重启进程并不会释放其中的文件。
tell-do-connections = 统计该工作负载的连接、打开的文件和线程数（ss -m、/proc/PID/fd、slabtop）。
tell-why-connections = 这些内存是内核为它们占用的，做堆转储看不出来。
tell-do-cache = 检查它写入或映射了什么：写大文件的速度超过磁盘、mlock、巨大的文件映射。
tell-why-cache = 页缓存用满了限制，又来不及回收。
tell-do-fewer-workers = 限制工作进程或子进程的数量（TasksMax=、pids 限制、服务的进程池大小）。
tell-why-fewer-workers = 是许多小进程一起用满了限制。
tell-do-kernel-log = 同时收集那段时间的内核日志（journalctl -k、/var/log/kern.log、dmesg -T）。
tell-why-kernel-log = 只有它能说明哪个进程被杀、触及的是哪个限制。
tell-do-killable = 让该工作负载以高于 -1000 的 oom_score_adj 启动（检查启动它的单元的 OOMScoreAdjust=，或启动它的 shell）。
tell-why-killable = 限制之下没有可以杀死的进程，所以该 cgroup 会一直卡在限制上。
tell-do-look-first = 先检查 { $name }。
tell-do-look-container-first = 先检查容器 { $name }。
tell-why-bystander = 它在那里占用了 { $size }，远多于被杀的进程。
tell-do-all-pods = 检查该节点上所有 Pod 的内存用量，把 requests 设到接近实际用量。
tell-why-all-pods = 所有 Pod 合计用满了节点分给它们的内存。
tell-do-not-raise = 不要调高 { $who } 的限制。
tell-why-not-raise = 触及的不是它自身的限制；调高也没有用。
tell-do-fuller-log = 在更完整的日志中查看前后相邻的内核日志行，以及运行时或 systemd 在同一秒的日志行。
tell-why-fuller-log = 只凭 Killed process 这一行，看不出是谁的限制。
tell-do-slurm-limit = 先查看作业实际用了多少（sacct -j { $job } --format=JobID,ReqMem,MaxRSS,State），再申请更多内存（--mem 或 --mem-per-cpu）。
tell-why-slurm-limit = 该限制就是作业申请的内存。MaxRSS 每 30 秒采样一次，可能错过峰值。
tell-do-limit-above-user = 查明是谁在 { $path } 上设置了内存限制（以该用户身份执行 systemctl --user show -p MemoryMax { $unit }），并调高限制或移出部分负载。
tell-do-limit-above = 查明是谁给 { $path } 设置了内存限制{ $unit ->
    [none] {""}
   *[other] （systemctl show -p MemoryMax { $unit }）
}，然后调高它，或把部分负载移出去。
tell-why-limit-above = 这个限制已用满；其下的所有进程都共用它。
tell-do-set-limit = 按实际需要设置 { $who } 的内存限制。
tell-why-set-limit = 它因内存不足被杀；这些日志没有显示它最多可以使用多少内存。
tell-do-raise-unit = 如果负载正常，请调高限制：systemctl set-property { $unit } MemoryMax={ $mib }M
tell-do-raise-user-unit = 如果负载正常，请以该用户身份调高限制：systemctl --user set-property { $unit } MemoryMax={ $mib }M
tell-do-raise-ecs-task = 如果负载正常，请把任务定义中的 memory 调高到约 { $mib } MiB。
tell-do-raise-pod = 如果负载正常，请把该 Pod 中各容器的内存限制合计调高到约 { $mib }Mi。
tell-do-raise = 如果负载正常，请把 { $who } 的内存限制调高到约 { $mib }Mi。
tell-why-raise = { $raised } 是观察到的最高用量（{ $seen }）再加四分之一。它实际需要多少并不清楚：用量在限制处被截断了。
tell-do-watch = 持续观察 { $name } 的内存：稳步增长直到限制，是内存泄漏；一启动就冲到限制，是限制过低。
tell-why-watch = 只凭一份报告，分不清是内存泄漏还是限制过低。{ $kills ->
    [none] {""}
   *[other] 这些日志中它 { $kills } 次被杀的间隔，可以作为初步线索。
}

## The node: summaries

tell-node-summary = { $what }：{ $killed }{ $but ->
    [none] {""}
   *[other] ，而 { $but }
}。
tell-node-numa = 内存申请所限定的 NUMA 节点内存耗尽
tell-node-no-block = 虽有空闲内存，但内核找不到 { $size } 的连续空闲块
tell-node-zone = 内存区 { $zones } 耗尽，而其他内存仍有空闲
tell-node-unusable = 内核无法使用当时空闲的内存
tell-node-out = 节点内存耗尽
tell-node-killed-chosen = 内核选中 { $victim } 作为要杀死的进程
tell-node-killed-none = 日志中没有杀死进程的记录
tell-node-killed-one = 内核杀死了 { $place ->
    [none] { $victim }
   *[other] { $likely ->
        [yes] { $victim }，很可能属于 { $place }
       *[other] { $place } 中的 { $victim }
    }
}
tell-node-killed-many = 内核杀死了 { $n } 个进程，首先是 { $place ->
    [none] { $victim }
   *[other] { $likely ->
        [yes] { $victim }，很可能属于 { $place }
       *[other] { $place } 中的 { $victim }
    }
}
tell-node-held = { $name } 占用了 { $size }
tell-node-unexplained = 有 { $size } 没有计数器能解释

## The node: figures

tell-node-free = 可用内存共 { $total }，其中空闲 { $free }。
tell-zone-below = 内存区 { $zone }{ $node ->
    [none] {""}
   *[other] （NUMA 节点 { $node }）
} 只剩 { $free } 空闲，低于内核为紧急情况保留的 { $min }。
tell-zone-low = 内存区 { $zone }{ $node ->
    [none] {""}
   *[other] （NUMA 节点 { $node }）
} 只剩 { $free } 空闲；内核为紧急情况保留 { $min }。
tell-zone-above = 空闲内存仍高于内核的保留量（内存区 { $zone }{ $node ->
    [none] {""}
   *[other] ，NUMA 节点 { $node }
}：空闲 { $free }，保留 { $min }）。
tell-zone-cma = 内存区 { $zone } 的空闲内存中有 { $size } 是为设备预留的（CMA）：只有可移动页能用，内核自身的内存不能用。
tell-unreclaimable = 内核已放弃回收内存（all_unreclaimable）。
tell-bound = 这次内存申请被 { $by ->
    [cpuset] cpuset{ $cpuset ->
        [none] {""}
       *[other] {" "}{ $cpuset }
    }
    [policy] 内存策略（numactl、mbind）
   *[either] cpuset 或内存策略
} 限定在部分 NUMA 节点上{ $nodes ->
    [none] {""}
   *[other] （节点 { $nodes }）
}：只要这些 NUMA 节点耗尽就会 OOM，不必等到整台机器耗尽。
tell-free-elsewhere = 其他 NUMA 节点上还有 { $size } 空闲。
tell-page-fault = 此前有一次缺页因内存不足而失败，内核已不知道当时申请的是什么（gfp_mask 0x0）。节点自身的内存不一定不足：达到限制的 cgroup 也可能造成这种结果。
tell-fragmented = 这次申请需要 { $block } 的连续内存（order { $order }）。在高于保留量的内存区中有 { $free } 空闲，但其中最大的可用块只有 { $largest }：内存已碎片化。
tell-zone-exhausted = 这次申请只能使用内存区 { $zones }，那里空闲 { $free }（保留 { $min }）；别处还有 { $elsewhere } 空闲，但它用不到。
tell-node-no-swap = 节点没有交换分区。
tell-node-swap-full = 交换分区（{ $total }）已用尽。
tell-node-swap-left = 交换分区共 { $total }，还有 { $free } 空闲；但锁定的内存和内核内存无法换出。
tell-node-shmem = 进程被杀后，共享内存和 tmpfs 文件不会释放；只有删除这些文件或共享内存段才能释放。
tell-node-slab = 不可回收的内核 slab 异常大。这可能说明内核或驱动有内存泄漏，或者打开的对象非常多。
tell-node-unaccounted = 很大一部分内存不在任何计数器中。这可能是驱动、GPU、ZFS，或者被虚拟化平台收回的内存（balloon）。
tell-node-pagetables = 页表异常大。这可能说明许多进程映射了同一块很大的共享内存，却没有使用大页。
tell-node-cache = 剩余的页缓存很多。这可能说明它们被锁定、是脏页或一直在使用，内核无法回收。
tell-node-huge = 有 { $size } 预留给大页{ $unused ->
    [none] {""}
    [all] ，全部未使用
   *[other] ，其中 { $unused } 未使用
}：别的用途都不能使用这部分内存。
tell-slab-table = 内核打印了 slab 表；只有当 slab 超过所有进程内存和缓存时才会这样做{ $caches ->
    [none] {""}
   *[other] ：最大的是 { $caches }
}。这可能说明内核或驱动有内存泄漏。
tell-slab-cache = { $name }（{ $size }）
tell-not-the-filler = 占满节点内存的并不是 { $who ->
    [none] 被杀的进程
   *[other] { $who }
}：占用最多的是 { $holder }。
tell-files-in-memory = 占用最多的不是进程，而是 { $holder }。报告没有显示这些文件属于谁。
tell-no-process = 占用最多的不是进程，而是 { $holder }。

## The node: advice

tell-do-numa = 放宽该工作负载的 cpuset.mems 或内存策略，或减轻这些 NUMA 节点的负担。
tell-why-numa = 它只能使用部分 NUMA 节点，而这些节点已满。
tell-do-driver = 查明是哪个驱动在申请内存区 { $zones } 的内存（见是谁申请的），升级该驱动或减小它的缓冲区。
tell-why-driver = 其他内存区再多内存，也帮不到这类申请。
tell-do-reserve = 调高 vm.min_free_kbytes（例如内存的 1%），并检查 vm.compaction_proactiveness。
tell-why-reserve = 保留量更大、规整更早，才能留住较大的空闲块。
tell-do-large-blocks = 查明是谁在申请大块连续内存（见是谁申请的）：巨型帧、驱动、大量小 cgroup。
tell-why-large-blocks = 单页的申请不会因碎片化而失败。
tell-why-look-process = 它占用了节点内存中的 { $size }。
tell-why-look-container = 它占用了 { $size }。
tell-do-files = 找出内存中的文件：df -h -t tmpfs、ipcs -m，对 medium 为 Memory 的 emptyDir 卷执行 du；删除它们，或给它们设置大小上限。
tell-why-files = 它们占用了 { $size }；杀进程无法释放。
tell-do-huge = 检查 vm.nr_hugepages（以及内核命令行中的 hugepages=）是否符合大页的实际使用量。
tell-why-huge = 大页池占住了 { $size }，别的用途都不能使用。
tell-do-slab = 持续观察 slabtop，升级内核，并检查不断增长的那个缓存。
tell-why-slab = 内核自己的对象占用了 { $size }；杀进程无法释放。
tell-do-kernel = 统计进程、线程和内存映射（页表）的数量，或套接字的数量。
tell-why-kernel = 内核为它们占用了 { $size }（{ $name }）。
tell-do-unaccounted = 检查驱动、GPU、ZFS ARC 和虚拟化平台的内存气球（balloon）。
tell-why-unaccounted = 有 { $size } 不在内核的任何计数器中。
tell-why-not-raise-node = 它没有触及自身的限制：它被杀是因为节点内存已满。
tell-do-requests = 把内存 requests 设到接近 Pod 的实际用量，并检查 kubelet 的驱逐阈值和 system-reserved。
tell-why-requests = 节点内存将满时，应当先驱逐 Pod，而不是等内核来杀；requests 决定谁最后被杀。
tell-do-own-limits = 给占用大的程序单独设置内存限制{ $unit ->
    [none] {""}
   *[other] （例如 systemctl set-property { $unit } MemoryMax=）
}，或给节点增加内存。
tell-why-own-limits = 这样被杀的就是不断增长的那个，而不是别的程序。
tell-do-full-report = 查找那段时间完整的内核报告（journalctl -k、/var/log/kern.log）。
tell-why-full-report = 这里剩下的内容看不出是谁占用了内存。

## The node: by hand, and panic

tell-manual = 有人手动让内核运行了 OOM Killer（SysRq f，或向 /proc/sysrq-trigger 写入 'f'）。
tell-manual-free = 当时 { $total } 内存中有 { $free } 空闲。
tell-manual-not-short = 这说明当时内存可能并不紧张。
tell-do-manual = 查明是谁操作的：shell 历史、审计日志、控制台、监控代理，或 earlyoom（新版本在内存不足时会这样做）。
tell-why-manual = 内核不记录是谁发起的。
tell-manual-killed = 有人手动运行了内核的 OOM Killer（SysRq f）：它杀死了 { $place ->
    [none] { $victim }
   *[other] { $place } 中的 { $victim }
}。
tell-manual-no-kill = 有人手动运行了内核的 OOM Killer（SysRq f）；日志中没有杀死进程的记录。
tell-panic-said = 内核因 panic 停止：{ $text }。
tell-panic-no-killable = 内核找不到可以杀死的进程；这时它会 panic，节点随之宕机。
tell-panic-set = 设置了 vm.panic_on_oom：内核不杀进程，而是让整个节点停机，节点上的一切同时终止。
tell-do-panic-set = 除非确实希望重启整个节点，否则请把 vm.panic_on_oom 设为 0。
tell-why-panic-set = 设置了它，一个程序内存不足就会拖垮节点上的一切。
tell-panic-nothing-left = 已经没有可以杀死的进程。这可能说明内存被内核自身占用，或者剩下的进程 oom_score_adj 都是 -1000。
tell-do-panic-nothing-left = 检查哪些服务设置了 OOMScoreAdjust=-1000，以及是谁占用了内存。
tell-why-panic-nothing-left = 内核必须有进程可杀；没有的话，它就会让节点停机。
tell-panicked-set = 节点内存耗尽，并因内核 panic 宕机：设置了 vm.panic_on_oom。
tell-panicked-asked = 有人手动运行了内核的 OOM Killer（SysRq f），节点因内核 panic 宕机：设置了 vm.panic_on_oom。
tell-panicked = 节点内存耗尽，并因内核 panic 宕机：内核找不到可以杀死的进程。

## OOM killers in user space

tell-killer = 杀死 { $who } 的是 { $agent }。
tell-killer-reason = 它给出的原因：{ $text }。
tell-killer-silent = 对这样的杀死操作，内核不写日志，运行时也不会置 OOM 标记。
tell-killer-driver = lowmemorykiller 是 Android 内核中的驱动：可用内存一低于它的阈值就杀死进程，使内核自己的 OOM Killer 不必出手。
tell-killer-likely-summary = { $who } 被杀死，很可能是 { $agent } 所为：它当时正因内存不足而杀死进程。
tell-killer-failed = { $agent } 随后写道：{ $text }。没有迹象表明该进程已经退出。
tell-killer-meant = { $agent } 试图杀死的是进程 { $name }。
tell-killer-failed-summary = { $agent } 因内存不足试图杀死 { $who }，但没有迹象表明它已经退出。
tell-do-did-not-exit = 查看该进程在等待什么（cat /proc/PID/stack、ps -o stat,wchan）。它不退出，内存就不会释放。
tell-why-did-not-exit = 处于不可中断睡眠（D 状态）或释放内存很慢的进程不会立即退出；没有权限时也无法向其他用户的进程发送信号。
tell-killer-sigterm = 它收到的是 SIGTERM，所以看起来像一次普通的停止。
tell-killer-summary = { $who } 因内存不足被 { $agent } 杀死。
tell-instance = 某个实例
tell-platform-summary = { $who } 超出了自身的内存限制，被 { $agent } 终止。
tell-do-platform = 调高该函数或服务的内存限制，或让单个实例一次少处理一些工作。
tell-why-platform = 实例用量一超过限制，平台就会终止它，正在处理的工作随之丢失。
tell-do-oomd = 检查 ManagedOOMMemoryPressure=、ManagedOOMSwap= 和 oomd.conf 中的限制；oomctl 可以显示监视的对象。
tell-why-oomd = systemd-oomd 根据内存压力或交换分区用量动作，不会等到内存用尽。
tell-do-earlyoom = 检查 earlyoom 的阈值（-m、-s）以及它的 --prefer 和 --avoid 列表。
tell-why-earlyoom = earlyoom 按阈值动作，并按自己的列表选择进程。
tell-do-nohang = 检查 nohang 配置中的阈值和 badness 规则。
tell-why-nohang = nohang 按阈值动作，并按自己的规则选择进程。
tell-do-yarn = 将容器的内存设置与实际用量（memory overhead、堆外内存）对比，并检查是否开启了虚拟内存检查。
tell-why-yarn = YARN 自己轮询并杀死容器；超过虚拟内存限制并不等于内存不足。
tell-do-slurm = 为作业申请更多内存（--mem），或查明它为什么用得比申请的多。
tell-why-slurm = 作业用量超过申请量时，Slurm 会终止它。
tell-do-other-killer = 检查 { $agent } 的阈值，以及它如何选择进程。
tell-why-other-killer = 它按自己的规则动作，而不是按内核的规则。
tell-do-who-used = 查明当时是什么占用了内存。
tell-why-who-used = 被选中的不一定就是占满内存的。

## Eviction

tell-eviction = 当节点的空闲内存低于阈值时，kubelet 会抢在内核之前终止 Pod。
tell-eviction-message = 它的消息：{ $text }。
tell-node-has = 节点内存为 { $size }。
tell-eviction-137 = 这里的退出码 137 来自 kubelet 的 SIGKILL，而不是内核的 OOM Killer。
tell-do-request = 把该 Pod 的内存 request 设到接近实际用量。
tell-why-request = 用量超过 request 的 Pod 会最先被驱逐。
tell-do-thresholds = 检查当时是什么占满了节点内存，以及驱逐阈值（--eviction-hard memory.available）。
tell-why-thresholds = 被驱逐的 Pod 不一定就是占满节点内存的。
tell-evicted = { $who } 因节点内存不足被 kubelet 驱逐。

## An application out of its own memory

tell-app-wrote = 应用输出：{ $text }。
tell-app-own-limit = 它用尽的是自身设定的内存（堆、内存池、地址空间）：这不是内核杀死的。
tell-app-refused = 系统拒绝了它申请的内存（内存耗尽、超出 overcommit 或地址空间限制，或映射过多）：这不是内核杀死的。
tell-app-by-its-words = { $who } 自己报告内存不足{ $times ->
    [1] {""}
   *[other] ，共 { $times } 次
}；这些日志无法判断它是否因此重启。
tell-do-app-setting = 调高应用自身的内存设置，或通过堆转储找出是什么在增长。
tell-why-app-setting = 只调高容器的限制没有用：应用在到达容器限制之前就停了。
tell-do-app-below = 应用的内存设置要低于容器的限制 { $limit }。
tell-why-app-below = 超过它，就会被内核直接杀死，应用来不及输出任何消息。
tell-app-ended = { $who } 用尽了自身设定的内存并自行退出{ $exit ->
    [none] {""}
   *[other] ，{ $exit }
}；它不是被内核杀死的。

## What programs need

tell-do-java = 检查 Java 进程的堆：-Xmx 或 -XX:MaxRAMPercentage（不超过 75），并做堆转储或执行 jcmd VM.native_memory。
tell-why-java = JVM 除了堆还需要其他内存（线程、元空间、直接缓冲区）；堆设得和限制一样大，肯定装不下。
tell-do-node-js = 检查 Node.js 进程的 --max-old-space-size，并做堆快照。
tell-why-node-js = 不指定时，V8 会自行决定堆的大小；缓冲区还要另外占用内存。
tell-do-php = 检查 PHP-FPM 的 pm.max_children 和 memory_limit。
tell-why-php = 各工作进程的内存会累加：进程数乘以 memory_limit 必须装得下。
tell-do-postgres = 检查 PostgreSQL 的 work_mem、shared_buffers、max_connections 和 vm.overcommit_memory=2。
tell-why-postgres = 每个连接的每次排序或哈希都可能占用 work_mem，此外还有 shared_buffers。
tell-do-mysql = 检查 MySQL 或 MariaDB 的 innodb_buffer_pool_size、每个连接的缓冲区和 max_connections。
tell-why-mysql = 缓冲池和各连接的缓冲区会累加。
tell-do-redis = 为 Redis 设置 maxmemory 和淘汰策略，并为它持久化时的 fork 留出余量。
tell-why-redis = 持久化期间，被修改的页会存在两份。
tell-do-mongo = 为 MongoDB 设置 storage.wiredTiger.engineConfig.cacheSizeGB。
tell-why-mongo = 它的缓存大小取决于它以为自己拥有的内存。
tell-do-dotnet = 检查 .NET 进程的 DOTNET_GCHeapHardLimit，或 GC 的容器限制设置。
tell-why-dotnet = 垃圾回收器按启动时看到的限制决定堆的大小。
tell-do-python = 检查 Python 工作进程的数量，以及 max-requests 一类的定期回收设置；tracemalloc 可以显示是什么在增长。
tell-why-python = 各工作进程的内存会累加，而且 Python 占用过的内存很少归还。
tell-do-ruby = 检查 Ruby 工作进程的数量，考虑 MALLOC_ARENA_MAX=2 或 jemalloc。
tell-why-ruby = glibc 分配器的许多小 arena 会让 Ruby 进程不断变大。
tell-do-prometheus = 检查 Prometheus 的时间序列数量和开销大的查询。
tell-why-prometheus = 它的内存取决于活跃时间序列的数量；崩溃后回放 WAL 时需要的更多。
tell-do-qemu = 将分给各虚拟机的内存与宿主机的内存对比。
tell-why-qemu = 虚拟机可能用满分给它的全部内存，此外还有模拟器自身的部分。

## Ends that are no memory's

tell-log-shows-none = 内核日志覆盖了那段时间，其中没有针对它的 OOM 杀死记录。
tell-counter-shows-none = 内核日志没有覆盖那段时间，但内核自启动以来的 OOM 杀死计数为 0（/proc/vmstat 的 oom_kill）。
tell-kernel-says = 内核日志中写道：{ $text }。
tell-reason-given = 给出的原因：{ $text }。
tell-message = 消息：{ $text }。
tell-stop-timeout = { $by ->
    [none] 它被要求停止
   *[other] { $by } 要求它停止
}，但它没有{ $grace ->
    [none] 退出
   *[other] {" "}在 { $grace } 内退出
}，随后被 SIGKILL 杀死。
tell-do-sigterm = 让主进程处理 SIGTERM：在入口脚本中使用 exec，或使用 tini 之类的 init（docker run --init）。
tell-why-sigterm = 如果主进程是 shell，它不会转发信号。
tell-do-grace = 如果它需要更长时间才能退出，请调高宽限期{ $grace ->
    [none] {""}
   *[other] （当时为 { $grace }）
}：terminationGracePeriodSeconds、docker stop -t、TimeoutStopSec=。
tell-why-grace = 在工作途中被杀，可能丢失数据。
tell-torn-down = 它所在的 Pod 被移除，kubelet 用 SIGKILL 杀死了该 Pod cgroup 中的所有进程；此前没有要求它们停止。
tell-torn-down-summary = { $who } 在所属 Pod 被移除时随整个 Pod 一起被杀死；内存不是原因。
tell-stop-timeout-summary = { $who } 被{ $by ->
    [none] 要求
   *[other] {" "}{ $by } 要求
}停止，但没有{ $grace ->
    [none] 退出
   *[other] {" "}在 { $grace } 内退出
}，因而被杀；原因不是内存。
tell-do-who-stopped = 如果没有人想停止它，请查找是谁发送了信号：部署、扩缩容、cron、systemctl、shell。
tell-why-who-stopped = 日志中有停止的记录，但没有显示是谁发起的。
tell-evicted-otherwise = { $who } 被 kubelet 驱逐；原因不是内存。
tell-stopped = { $who } 被{ $by ->
    [none] 要求
   *[other] {" "}{ $by } 要求
}停止，并已停止{ $exit ->
    [none] {""}
   *[other] ，{ $exit }
}；原因不是内存。
tell-ended-itself = { $who } 自行退出{ $exit ->
    [none] {""}
   *[other] ，{ $exit }
}；原因不是内存。
tell-request-recorded = 日志中有用 SIGKILL 杀死它的请求{ $by ->
    [none] {""}
   *[other] ，来自 { $by }
}。
tell-sender-known = 退出码 137 只说明是 SIGKILL；而这里已知发送者是谁。
tell-do-who-killed = 查明是谁或什么程序发起的（docker events、审计日志、部署工具）。
tell-why-who-killed = 记录显示的是请求，不一定显示是谁。
tell-killed-on-request = { $who } 应{ $by ->
    [none] 请求
   *[other] {" "}{ $by } 的请求
}被杀；原因不是内存。
tell-watchdog = systemd 的看门狗没有按时收到它的消息，因此终止了它。
tell-probe = 探针失败，kubelet 因此重启了该容器。
tell-probe-said = 探针的消息：{ $text }。
tell-probe-pressure = 等待内存或被限流的进程也会应答迟缓，所以不能排除节点有压力。
tell-do-probe = 检查它为什么没有应答（CPU 限流、长时间停顿、依赖的服务），以及探针的超时是否过短。
tell-why-probe = 该进程被杀是因为没有应答，而不是因为内存。
tell-watchdog-summary = { $who } 因没有按时喂狗被重启；记录的原因不是内存。
tell-probe-summary = { $who } 因探针失败被重启；记录的原因不是内存。
tell-went-down = 它与节点或容器运行时一起停止。
tell-do-went-down = 检查节点或容器运行时当时为什么停止或重启。
tell-why-went-down = 该工作负载自身没有问题。
tell-went-down-summary = { $who } 因节点或容器运行时停止而退出；原因不是内存。
tell-invented = 平台失去了该容器的状态，于是编造了退出记录；其中的退出码不能说明它是如何退出的。
tell-status-unknown = kubelet 丢失了该容器的状态：通常发生在节点或运行时重启、或驱逐之后。
tell-status-unknown-summary = { $who } 在 kubelet 丢失其状态期间结束；这些日志无法判断是否与内存有关。
tell-do-invented = 检查那段时间前后的 kubelet、容器运行时和 shim。
tell-why-invented = 它们之中有一个重启或死亡，真实的退出状态随之丢失。
tell-invented-summary = { $who } 的退出记录是平台编造的，因为平台已失去它的状态；真实的退出情况未知。

## Crashes

tell-crash-segv = 信号 11（SIGSEGV）表示它访问了不属于自己的内存。
tell-crash-segv-hint = 内存分配失败却没有检查，也会这样结束。
tell-crash-abrt = 信号 6（SIGABRT）表示它自己中止：断言失败，或某个库调用了 abort()。
tell-crash-abrt-hint = 有些语言运行时在自己的堆用满时会中止（Node.js、C++ bad_alloc）：请在它的日志中查找这类字样。
tell-crash-bus = 信号 7（SIGBUS）表示无法取得内存映射背后的页。
tell-crash-bus-hint = tmpfs、/dev/shm 或大页限额用满也会这样结束：请检查它们的大小。
tell-crash-ill = 信号 4（SIGILL）表示遇到了该 CPU 不支持的指令。
tell-crash-ill-hint = 检查镜像是否适合该 CPU。
tell-crash-fpe = 信号 8（SIGFPE）表示算术错误，例如除以零。
tell-crash-fpe-hint = 它与内存大小无关。
tell-crash-trap = 信号 5（SIGTRAP）表示它让自己停了下来。
tell-crash-trap-hint = 较新的 V8 和 Chromium 在自己的堆用满时会这样结束：请在它的日志中查找这类字样。
tell-crash-sys = 信号 31（SIGSYS）表示使用了 seccomp 禁止的系统调用。
tell-crash-sys-hint = 检查 seccomp 配置文件。
tell-crash-other = 它因程序自身错误所引发的信号而结束。
tell-crash-other-hint = 详情请看它自己的日志。
tell-do-crash = 查看它最后的日志行和 core dump（coredumpctl，或平台保存崩溃的位置）。
tell-why-crash = 这个信号来自程序自身，而不是内存限制。
tell-crashed = { $who } 崩溃{ $exit ->
    [none] {""}
   *[other] ，{ $exit }
}；记录的原因不是内存。

## Failed starts

tell-error = 错误信息：{ $text }。
tell-start-125 = 退出码 125 表示运行时自身的命令失败。
tell-start-126 = 退出码 126 表示找到了命令但无法执行（权限、架构不符）。
tell-start-127 = 退出码 127 表示找不到命令。
tell-start-128 = 退出码 128 表示运行时无法启动该容器。限制过小、容器无法启动时也会得到这个退出码。
tell-start-systemd = 退出码 200 到 245 属于 systemd：它未能准备好该进程的运行环境。
tell-do-start = 检查命令、入口点、镜像架构、挂载和权限。
tell-why-start = 程序没有运行起来，所以原因不可能是它的内存。
tell-not-started = { $who } 无法启动{ $exit ->
    [none] {""}
   *[other] ，{ $exit }
}；记录的原因不是内存。

## Other exit codes

tell-own-error = 程序因错误自行退出。
tell-code-meaning = 退出码 { $code } 的含义：{ $meaning }。
tell-code-101 = 退出码 101 是 Rust 程序的 panic。
tell-code-137 = 这里的 137 是程序自己返回的退出码，而不是信号；子进程收到 SIGKILL 时，shell 会返回它。
tell-code-247 = 子进程收到 SIGKILL 时，Python 会返回退出码 247：请查找被杀的子进程。
tell-code-255 = 退出码 255 是 exit(-1)，或运行时不认识的退出码。
tell-it-wrote = 它输出：{ $text }。
tell-do-last-lines = 查看它最后的日志行。
tell-why-last-lines = 退出码是程序自己给出的；这些日志中没有任何迹象指向内存。
tell-own-error-summary = { $who } 自行退出{ $exit ->
    [none] {""}
   *[other] ，{ $exit }
}；没有任何迹象指向内存。

## Nobody knows

tell-do-eviction-events = 查看该 Pod 的事件和驱逐之前的 kubelet 日志（kubectl describe pod、journalctl -u kubelet）。
tell-why-eviction-events = 其中会写明哪种资源不足：内存、磁盘空间或进程 ID。
tell-evicted-unknown = { $who } 被 kubelet 驱逐；这些日志没有说明是否因为内存。
tell-sigkill-senders = SIGKILL 的发送者有多种可能：内核的 OOM Killer、容器运行时、kubelet、人。没有找到其中任何一个的记录。
tell-child-parent-lived = 父进程仍在运行并报告了此事：被杀死的只是它的一个进程，而不是整个容器或服务。
tell-child-senders = SIGKILL 的发送者有多种可能：内核的 OOM Killer、父进程自己（超时）、人。父进程无法知道是谁。
tell-child-killed = 据父进程报告，{ $who } 的{ $name ->
    [none] 一个进程
   *[other] 进程 { $name }
}{ $pid ->
    [none] {""}
   *[other] （PID { $pid }）
}被 SIGKILL 杀死{ $times ->
    [1] {""}
   *[other] （共 { $times } 个）
}，没有日志说明是谁所为；{ $covered }。
tell-do-kernel-log-first = 收集那段时间的内核日志（journalctl -k -b -1、/var/log/kern.log、dmesg -T）。
tell-why-kernel-log-first = 只有它能证实或排除 OOM 杀死。
tell-do-runtime-log = 收集那段时间容器运行时和 kubelet 的日志（journalctl -u containerd -u docker -u kubelet）。
tell-why-runtime-log = 它们会记录自己发起的停止、探针和杀死操作。
tell-counter-covers = 从启动到采集这些文件，内核的 OOM 杀死计数为 0
tell-covered = 内核日志覆盖了那段时间，没有 OOM 杀死的记录
tell-not-covered = 内核日志没有覆盖那段时间，因此不能排除内存原因
tell-coverage-unknown = 这些日志无法判断是否因为内存
tell-unknown-killed = { $who } 被 SIGKILL 杀死，没有日志说明是谁所为；{ $covered }。
tell-unknown-ended = { $who } 已退出{ $exit ->
    [none] {""}
   *[other] ，{ $exit }
}，没有日志说明原因；{ $covered }。
tell-bare-unseen = 内核调用了 OOM Killer，但报告的其余部分缺失：被杀的进程和触及的限制都不清楚。
tell-bare-seen = 这是内核的 OOM Killer 所为，但这一行没有说明是触及了 cgroup 的限制，还是节点内存耗尽。
tell-do-lines-before = 在更早或更完整的日志中查找它前面的日志行（invoked oom-killer、Memory cgroup、Mem-Info）。
tell-why-lines-before = 它们会说明触及的是哪个限制、是谁占用了内存。
tell-bare-unseen-summary = 内核在某处内存不足，调用了 OOM Killer；这些日志没有显示是在哪里、杀死了谁。
tell-bare-summary = { $who } 被内核的 OOM Killer 杀死；这些日志没有显示触及的是哪个限制。
