//! Reports of kernels, one record a line; a line that begins with `|` is a further line of the record before it.

/// Up to 2.6.2x: `oomkilladj`, capital `Memory`, `Killed process %d (%s).`, no table, zones without node on a small machine.
pub(super) const V2_6_19: &str = "
mysqld invoked oom-killer: gfp_mask=0x201d2, order=0, oomkilladj=0
 [<c0104d8e>] show_trace_log_lvl+0x1a/0x2f
 [<c0157c5a>] out_of_memory+0x69/0x18e
 [<c0158e60>] __alloc_pages+0x229/0x2b2
Mem-info:
DMA per-cpu:
CPU    0: Hot: hi:    0, btch:   1 usd:   0   Cold: hi:    0, btch:   1 usd:   0
Normal per-cpu:
CPU    0: Hot: hi:  186, btch:  31 usd:  12   Cold: hi:   62, btch:  15 usd:  14
Active:61230 inactive:512 dirty:0 writeback:0 unstable:0
| free:1180 slab:1804 mapped:12 pagetables:402
DMA free:1080kB min:124kB low:152kB high:184kB active:9104kB inactive:0kB present:16256kB pages_scanned:9981 all_unreclaimable? yes
lowmem_reserve[]: 0 238 238 238
Normal free:3640kB min:1908kB low:2384kB high:2860kB active:235816kB inactive:2048kB present:244348kB pages_scanned:301233 all_unreclaimable? yes
lowmem_reserve[]: 0 0 0 0
DMA: 2*4kB 2*8kB 1*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 1*1024kB 0*2048kB 0*4096kB = 1064kB
Normal: 6*4kB 2*8kB 1*16kB 0*32kB 0*64kB 0*128kB 0*256kB 1*512kB 1*1024kB 1*2048kB 0*4096kB = 3640kB
Swap cache: add 88021, delete 88021, find 10233/14001, race 0+0
Free swap  = 0kB
Total swap = 131064kB
Out of Memory: Kill process 2907 (mysqld) score 12033 and children.
Out of memory: Killed process 2907 (mysqld).
";

/// 2.6.32 of the main line: `oom_adj` alone, a table without `oom_score_adj`, `or a child`, a kill line without sizes.
pub(super) const V2_6_32: &str = "
ruby invoked oom-killer: gfp_mask=0x201da, order=0, oom_adj=0
ruby cpuset=/ mems_allowed=0
Pid: 4188, comm: ruby Not tainted 2.6.32-5-amd64 #1
Call Trace:
 [<ffffffff810b6b5c>] ? oom_kill_process+0x7f/0x23f
 [<ffffffff810b70e0>] ? __out_of_memory+0x12a/0x141
 [<ffffffff810bb2a5>] ? __alloc_pages_nodemask+0x4e3/0x5ff
Mem-Info:
Node 0 DMA per-cpu:
CPU    0: hi:    0, btch:   1 usd:   0
Node 0 DMA32 per-cpu:
CPU    0: hi:  186, btch:  31 usd:  30
active_anon:108120 inactive_anon:21004 isolated_anon:0
| active_file:112 inactive_file:208 isolated_file:0
| unevictable:0 dirty:0 writeback:0 unstable:0
| free:1204 slab_reclaimable:1100 slab_unreclaimable:1803
| mapped:60 shmem:12 pagetables:903 bounce:0
Node 0 DMA free:2036kB min:84kB low:104kB high:124kB active_anon:13012kB inactive_anon:0kB active_file:0kB inactive_file:0kB unevictable:0kB isolated(anon):0kB isolated(file):0kB present:15368kB mlocked:0kB dirty:0kB writeback:0kB mapped:0kB shmem:0kB slab_reclaimable:0kB slab_unreclaimable:8kB kernel_stack:0kB pagetables:28kB unstable:0kB bounce:0kB writeback_tmp:0kB pages_scanned:0 all_unreclaimable? yes
lowmem_reserve[]: 0 489 489 489
Node 0 DMA32 free:2780kB min:2784kB low:3480kB high:4176kB active_anon:419468kB inactive_anon:84016kB active_file:448kB inactive_file:832kB unevictable:0kB isolated(anon):0kB isolated(file):0kB present:500896kB mlocked:0kB dirty:0kB writeback:0kB mapped:240kB shmem:48kB slab_reclaimable:4400kB slab_unreclaimable:7204kB kernel_stack:720kB pagetables:3584kB unstable:0kB bounce:0kB writeback_tmp:0kB pages_scanned:1203 all_unreclaimable? no
lowmem_reserve[]: 0 0 0 0
Node 0 DMA: 3*4kB 1*8kB 2*16kB 0*32kB 1*64kB 1*128kB 1*256kB 1*512kB 1*1024kB 0*2048kB 0*4096kB = 2036kB
Node 0 DMA32: 119*4kB 8*8kB 4*16kB 2*32kB 1*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 1*2048kB 0*4096kB = 2780kB
360 total pagecache pages
28 pages in swap cache
Swap cache stats: add 310022, delete 309994, find 80122/101220
Free swap  = 0kB
Total swap = 262136kB
131072 pages RAM
3866 pages reserved
412 pages shared
125001 pages non-shared
[ pid ]   uid  tgid total_vm      rss cpu oom_adj name
[  980]     0   980     4211       88   0     -17 sshd
[ 4188]  1000  4188   161230   101220   0       0 ruby
[ 4201]  1000  4201     2877      102   0       0 bash
Out of memory: kill process 4188 (ruby) score 80615 or a child
Killed process 4188 (ruby)
";

/// 4.0, 32 bits, no NUMA: zones without `Node`, `nr_pmds`, `HighMem`.
pub(super) const V4_0: &str = "
motion invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0
motion cpuset=/ mems_allowed=0
CPU: 2 PID: 811 Comm: motion Not tainted 4.0.9-v7+ #807
Hardware name: BCM2709
[<80016420>] (unwind_backtrace) from [<80012f28>] (show_stack+0x20/0x24)
[<801135fc>] (out_of_memory) from [<80117c20>] (__alloc_pages_nodemask+0x8c0/0x9a0)
Mem-Info:
Normal per-cpu:
CPU    0: hi:  186, btch:  31 usd:   0
CPU    1: hi:  186, btch:  31 usd:  21
HighMem per-cpu:
CPU    0: hi:   90, btch:  15 usd:   3
CPU    1: hi:   90, btch:  15 usd:  11
active_anon:101100 inactive_anon:1020 isolated_anon:0
| active_file:80 inactive_file:121 isolated_file:0
| unevictable:0 dirty:0 writeback:0 unstable:0
| free:4180 slab_reclaimable:801 slab_unreclaimable:1204
| mapped:300 shmem:1044 pagetables:320 bounce:0
| free_cma:16
Normal free:16392kB min:16384kB low:20480kB high:24576kB active_anon:303200kB inactive_anon:4080kB active_file:320kB inactive_file:484kB unevictable:0kB isolated(anon):0kB isolated(file):0kB present:327680kB managed:320000kB mlocked:0kB dirty:0kB writeback:0kB mapped:1200kB shmem:4176kB slab_reclaimable:3204kB slab_unreclaimable:4816kB kernel_stack:1104kB pagetables:1280kB unstable:0kB bounce:0kB free_cma:64kB writeback_tmp:0kB pages_scanned:4801 all_unreclaimable? yes
lowmem_reserve[]: 0 0 1024
HighMem free:328kB min:128kB low:400kB high:672kB active_anon:101200kB inactive_anon:0kB active_file:0kB inactive_file:0kB unevictable:0kB isolated(anon):0kB isolated(file):0kB present:131072kB managed:131072kB mlocked:0kB dirty:0kB writeback:0kB mapped:0kB shmem:0kB slab_reclaimable:0kB slab_unreclaimable:0kB kernel_stack:0kB pagetables:0kB unstable:0kB bounce:0kB free_cma:0kB writeback_tmp:0kB pages_scanned:0 all_unreclaimable? yes
lowmem_reserve[]: 0 0 0
Normal: 2*4kB (UR) 2*8kB (R) 3*16kB (RC) 2*32kB (R) 0*64kB 1*128kB (C) 1*256kB (R) 1*512kB (R) 1*1024kB (R) 1*2048kB (R) 3*4096kB (MR) = 16392kB
HighMem: 2*4kB (M) 0*8kB 0*16kB 0*32kB 1*64kB (M) 0*128kB 1*256kB (M) 0*512kB 0*1024kB 0*2048kB 0*4096kB = 328kB
1245 total pagecache pages
0 pages in swap cache
Swap cache stats: add 0, delete 0, find 0/0
Free swap  = 0kB
Total swap = 0kB
114688 pages RAM
32768 pages HighMem/MovableOnly
1920 pages reserved
2048 pages cma reserved
[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name
[  401]     0   401     2120       90       6       0        0         -1000 sshd
[  811]   112   811   120033   100604     220       0        0             0 motion
Out of memory: Kill process 811 (motion) score 880 or sacrifice child
Killed process 811 (motion) total-vm:480132kB, anon-rss:402112kB, file-rss:304kB
";

/// 4.6: names of flags, statistics of a pod and its containers, one line each.
pub(super) const V4_6: &str = "
node invoked oom-killer: gfp_mask=0x24000c0(GFP_KERNEL), order=0, oom_score_adj=969
node cpuset={ID} mems_allowed=0
CPU: 1 PID: 23881 Comm: node Tainted: G        W       4.6.0-1-amd64 #1 Debian 4.6.4-1
Call Trace:
 [<ffffffff8130e865>] ? dump_stack+0x5c/0x77
 [<ffffffff811dd8a5>] ? mem_cgroup_out_of_memory+0x2b5/0x2f0
Task in /kubepods/burstable/pod7d02c4b9-1f6e-4f0b-93a8-5be27c10d6a4/{ID} killed as a result of limit of /kubepods/burstable/pod7d02c4b9-1f6e-4f0b-93a8-5be27c10d6a4
memory: usage 524288kB, limit 524288kB, failcnt 2213
memory+swap: usage 524288kB, limit 9007199254740988kB, failcnt 0
kmem: usage 1024kB, limit 9007199254740988kB, failcnt 0
Memory cgroup stats for /kubepods/burstable/pod7d02c4b9-1f6e-4f0b-93a8-5be27c10d6a4: cache:0KB rss:0KB rss_huge:0KB mapped_file:0KB dirty:0KB writeback:0KB inactive_anon:0KB active_anon:0KB inactive_file:0KB active_file:0KB unevictable:0KB
Memory cgroup stats for /kubepods/burstable/pod7d02c4b9-1f6e-4f0b-93a8-5be27c10d6a4/{ID}: cache:512KB rss:522000KB rss_huge:0KB mapped_file:256KB dirty:0KB writeback:0KB inactive_anon:52568KB active_anon:469432KB inactive_file:256KB active_file:256KB unevictable:0KB
[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name
[23702]     0 23702      256        1       6       3        0          -998 pause
[23881]  1000 23881   610233   118920     303       3        0           969 node
Memory cgroup out of memory: Kill process 23881 (node) score 1870 or sacrifice child
Killed process 23881 (node) total-vm:2440932kB, anon-rss:472080kB, file-rss:3600kB, shmem-rss:0kB
oom_reaper: reaped process 23881 (node), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB
";

/// 4.14: `nr_puds`, node lines with `shmem_thp: `, a name with a blank.
pub(super) const V4_14: &str = "
gradle daemon invoked oom-killer: gfp_mask=0x14201ca(GFP_HIGHUSER_MOVABLE|__GFP_COLD), nodemask=(null),  order=0, oom_score_adj=0
gradle daemon cpuset=/ mems_allowed=0
CPU: 0 PID: 1711 Comm: gradle daemon Not tainted 4.14.177-139.254.amzn2.x86_64 #1
Hardware name: Xen HVM domU, BIOS 4.2.amazon 08/24/2006
Call Trace:
 dump_stack+0x5c/0x82
 dump_header+0x94/0x229
 oom_kill_process+0x223/0x420
 out_of_memory+0x2af/0x4d0
Mem-Info:
active_anon:460120 inactive_anon:90 isolated_anon:0
| active_file:51 inactive_file:0 isolated_file:0
| unevictable:0 dirty:0 writeback:0 unstable:0
| slab_reclaimable:3301 slab_unreclaimable:5620
| mapped:101 shmem:120 pagetables:1803 bounce:0
| free:12101 free_pcp:0 free_cma:0
Node 0 active_anon:1840480kB inactive_anon:360kB active_file:204kB inactive_file:0kB unevictable:0kB isolated(anon):0kB isolated(file):0kB mapped:404kB dirty:0kB writeback:0kB shmem:480kB shmem_thp: 0kB shmem_pmdmapped: 0kB anon_thp: 0kB writeback_tmp:0kB unstable:0kB all_unreclaimable? yes
Node 0 DMA free:8188kB min:356kB low:444kB high:532kB active_anon:7712kB inactive_anon:0kB active_file:0kB inactive_file:0kB unevictable:0kB writepending:0kB present:15988kB managed:15904kB mlocked:0kB kernel_stack:0kB pagetables:4kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB
lowmem_reserve[]: 0 1910 1910 1910
Node 0 DMA32 free:40216kB min:44700kB low:55872kB high:67044kB active_anon:1832768kB inactive_anon:360kB active_file:204kB inactive_file:0kB unevictable:0kB writepending:0kB present:2080768kB managed:2006164kB mlocked:0kB kernel_stack:2480kB pagetables:7208kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB
lowmem_reserve[]: 0 0 0 0
Node 0 DMA: 3*4kB (UE) 4*8kB (UE) 3*16kB (U) 3*32kB (UE) 3*64kB (UE) 1*128kB (U) 2*256kB (UE) 2*512kB (UE) 2*1024kB (UE) 2*2048kB (ME) 0*4096kB = 8188kB
Node 0 DMA32: 614*4kB (UE) 500*8kB (UME) 310*16kB (UME) 200*32kB (UME) 100*64kB (UME) 40*128kB (UME) 20*256kB (UM) 9*512kB (M) 1*1024kB (M) 0*2048kB 0*4096kB = 40216kB
Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB
180 total pagecache pages
0 pages in swap cache
Swap cache stats: add 0, delete 0, find 0/0
Free swap  = 0kB
Total swap = 0kB
524189 pages RAM
0 pages HighMem/MovableOnly
18672 pages reserved
0 pages hwpoisoned
[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds nr_puds swapents oom_score_adj name
[ 1604]     0  1604    28212      110      57       4       3        0         -1000 sshd
[ 1711]  1000  1711   902110   451102     980      12       3        0             0 gradle daemon
Out of memory: Kill process 1711 (gradle daemon) score 899 or sacrifice child
Killed process 1711 (gradle daemon) total-vm:3608440kB, anon-rss:1804120kB, file-rss:288kB, shmem-rss:0kB
";

/// 6.4: all statistics in one record, cut at the record's limit in the middle of a key.
pub(super) const V6_4: &str = "
python3 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
CPU: 3 PID: 30112 Comm: python3 Not tainted 6.4.16-linuxkit #1
Hardware name: BHYVE, BIOS 14.0 10/17/2021
Call Trace:
 <TASK>
 dump_stack_lvl+0x36/0x50
 mem_cgroup_out_of_memory+0x131/0x150
 </TASK>
memory: usage 262144kB, limit 262144kB, failcnt 8120
swap: usage 0kB, limit 0kB, failcnt 0
Memory cgroup stats for /system.slice/docker-{ID}.scope:
anon 266391552
|file 40960
|kernel 1875968
|kernel_stack 65536
|pagetables 1142784
|sec_pagetables 0
|percpu 1200
|sock 0
|vmalloc 0
|shmem 0
|zswap 0
|zswapped 0
|file_mapped 0
|file_dirty 0
|file_writeback 0
|swapcached 0
|anon_thp 199229440
|file_thp 0
|shmem_thp 0
|inactive_anon 266350592
|active_anon 8192
|inactive_file 20480
|active_file 20480
|unevictable 0
|slab_reclaimable 120440
|slab_unreclaimable 310008
|slab 430448
|workingset_refault_anon 0
|workingset_refault_file 1022
|workingset_activate_anon 0
|workingset_activate_file 210
|workingset_restore_anon 0
|workingset_restore_file 44
|workingset_nodereclaim 0
|pgscan 90122
|pgsteal 4402
|pgscan_kswapd 0
|pgscan_direct 90122
|pgscan_khugepaged 0
|pgsteal_kswapd 0
|pgsteal_direct 4402
|pgsteal_khugepaged 0
|pgfault 112034
|pgmajfault 80
|pgref
Tasks state (memory values in pages):
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[  30112]     0 30112    80122    67010   614400        0             0 python3
oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=docker-{ID}.scope,mems_allowed=0,oom_memcg=/system.slice/docker-{ID}.scope,task_memcg=/system.slice/docker-{ID}.scope,task=python3,pid=30112,uid=0
Memory cgroup out of memory: Killed process 30112 (python3) total-vm:320488kB, anon-rss:260120kB, file-rss:7920kB, shmem-rss:0kB, UID:0 pgtables:600kB oom_score_adj:0
";

/// 6.8, cgroup v2: one record for each statistic, a name with a colon, a group kill of two.
pub(super) const V6_8: &str = "
worker:0 invoked oom-killer: gfp_mask=0x8cc0(GFP_KERNEL|__GFP_NOFAIL|0x8000000), order=0, oom_score_adj=980
CPU: 0 PID: 9120 Comm: worker:0 Tainted: G           OE      6.8.0-45-generic #45-Ubuntu
Call Trace:
 <TASK>
 mem_cgroup_out_of_memory+0x131/0x150
 </TASK>
memory: usage 131072kB, limit 131072kB, failcnt 77
swap: usage 0kB, limit 0kB, failcnt 0
Memory cgroup stats for /system.slice/docker-{ID}.scope:
anon 133124096
file 0
kernel 1093632
kernel_stack 49152
pagetables 524288
shmem 0
inactive_anon 133120000
active_anon 4096
inactive_file 0
active_file 0
unevictable 0
slab_reclaimable 90112
slab_unreclaimable 180224
slab 270336
pgfault 40120
pgmajfault 3
Tasks state (memory values in pages):
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[   9101]     0  9101      611      240    40960        0           980 tini
[   9120]     0  9120    40122    33210   339968        0           980 worker:0
oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=docker-{ID}.scope,mems_allowed=0-1,oom_memcg=/system.slice/docker-{ID}.scope,task_memcg=/system.slice/docker-{ID}.scope,task=worker:0,pid=9120,uid=0
Memory cgroup out of memory: Killed process 9120 (worker:0) total-vm:160488kB, anon-rss:130004kB, file-rss:2836kB, shmem-rss:0kB, UID:0 pgtables:332kB oom_score_adj:980
";
