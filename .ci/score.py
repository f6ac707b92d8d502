#!/usr/bin/env python3
"""score.py FILE: fails when a column of the score falls below what has been reached."""
import json
import sys

FLOOR = {"runs": 1.0}
score = json.load(open(sys.argv[1]))
low = [f"{k}: {score.get(k, [0, 0])[0]} of {score.get(k, [0, 0])[1]}" for k, floor in FLOOR.items()
       if score.get(k, [0, 1])[0] < floor * score.get(k, [0, 1])[1]]
print("score: " + ", ".join(f"{k} {good}/{total}" for k, (good, total) in score.items()))
sys.exit("score too low: " + "; ".join(low) if low else 0)
