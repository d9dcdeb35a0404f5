"""Prints the lines that tests ran, by room, of a summary by cargo-llvm-cov. Files of nothing but tests don't count."""
import json
import sys
from collections import Counter
from pathlib import PurePath

CORE = ["text", "fingerprint", "index", "matching", "report", "store", "engine", "service"]

covered, lines = Counter(), Counter()
for file in json.load(open(sys.argv[1]))["data"][0]["files"]:
    path = PurePath(file["filename"])
    if "src" not in path.parts or "tests" in path.stem:
        continue
    room = PurePath(*path.parts[path.parts.index("src") + 1:]).parts[0]
    covered[room] += file["summary"]["lines"]["covered"]
    lines[room] += file["summary"]["lines"]["count"]
for room in [*CORE, *sorted(set(lines) - set(CORE))]:
    print(f"{room:12} {covered[room]:6} of {lines[room]:6} {100 * covered[room] / lines[room]:6.1f} %")
core = sum(covered[room] for room in CORE), sum(lines[room] for room in CORE)
print(f"{'the core':12} {core[0]:6} of {core[1]:6} {100 * core[0] / core[1]:6.1f} %")
