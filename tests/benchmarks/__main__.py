"""`python -m tests.benchmarks [subject …|all]`: figures as one JSON object on standard output, progress beside it."""

import importlib
import json
import sys
import time

from tests.benchmarks.figures import Figures, say

SUBJECTS = ("ocr", "page_image", "audit", "screens", "pipeline", "search_50k", "trace", "masking")


def main(asked: list[str]) -> int:
    """Measure what was asked for, subject by subject. Exit 2 for a name that is none."""
    wanted = list(SUBJECTS) if asked in ([], ["all"]) else asked
    if unknown := set(wanted) - set(SUBJECTS):
        say(f"no such subject: {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)} and all")
        return 2
    found: dict[str, Figures] = {}
    for name in wanted:
        began = time.monotonic()
        found[name] = importlib.import_module(f"tests.benchmarks.{name}").measure()
        say(f"{name}: done in {time.monotonic() - began:.0f} s")
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
