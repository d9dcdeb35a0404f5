"""Prints the lines that tests ran, by module, from a summary by cargo-llvm-cov. Files of nothing but tests don't count."""
import json
import sys
from collections import Counter
from pathlib import PurePath

CORE = [
    "model", "text", "fingerprint", "index", "matching", "report", "store", "corpus", "detection", "engine", "service",
]

covered, lines = Counter(), Counter()
for file in json.load(open(sys.argv[1]))["data"][0]["files"]:
    path = PurePath(file["filename"])
    if "src" not in path.parts or "tests" in path.stem:
        continue
    module = PurePath(*path.parts[path.parts.index("src") + 1:]).parts[0]
    covered[module] += file["summary"]["lines"]["covered"]
    lines[module] += file["summary"]["lines"]["count"]
for module in [*CORE, *sorted(set(lines) - set(CORE))]:
    print(f"{module:12} {covered[module]:6} of {lines[module]:6} {100 * covered[module] / lines[module]:6.1f} %")
core = sum(covered[module] for module in CORE), sum(lines[module] for module in CORE)
print(f"{'the core':12} {core[0]:6} of {core[1]:6} {100 * core[0] / core[1]:6.1f} %")
