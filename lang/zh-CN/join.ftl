### Causes, reasons, steps of the timeline and problems (correlate, scan, source, framing, time).

## Steps of the timeline: what somebody did

join-step-container-restarted = 重新启动了容器
