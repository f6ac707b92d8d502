### What happened, why, and what to do (diagnose).
