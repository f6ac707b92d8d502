#!/usr/bin/env python3
"""score.py FILE: fails when a column of the score falls below what has been reached."""
import json
import sys

FLOOR = {"runs": 1.0, "kills": 1.0, "spurious": 1.0, "cause": 1.0, "owner": 1.0, "named": 1.0, "joined": 0.96, "exits": 0.98,
         "decoys": 1.0, "why": 0.93}
score = json.load(open(sys.argv[1]))
low = [f"{k}: {score.get(k, [0, 0])[0]} of {score.get(k, [0, 0])[1]}" for k, floor in FLOOR.items()
       if score.get(k, [0, 1])[0] < floor * score.get(k, [0, 1])[1]]
print("score: " + ", ".join(f"{k} {good}/{total}" for k, (good, total) in score.items()))
sys.exit("score too low: " + "; ".join(low) if low else 0)
