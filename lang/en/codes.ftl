### Exit codes, signals and reasons (exit_code, explain).
