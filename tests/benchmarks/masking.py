"""`masking`: forms with planted values through reader, survey, boxes and encoders, as a masked reader would get them.

Two tests of every form that is shown. The picture is made once more from a page on which every planted character is
altered: where the two pictures differ, something of a value comes through (no reader, however good, can find what
makes no difference). And two engines read what was sent. Withheld forms are shown to nobody and only counted.
Rival: the usual patterns over the text of `tesseract -l chi_sim --psm 3`, on a sample of the same files.

`python -m tests.benchmarks.masking 60` measures so many, `… 60 --only 17` looks at one again.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import mean

from tests.benchmarks.figures import Figures, say
from tests.benchmarks.masked_form import Examined, examine, warm

FORMS = 500  # as many as the promise is made for
AT_ONCE = 2  # as the worker has children


def measure(*, forms: int = FORMS, first: int = 0) -> Figures:
    """Draw, wear, read, mask, send and search so many forms, in two processes. first -- the number to begin with."""
    began = time.monotonic()
    examined = list(_examined(range(first, first + forms)))
    took = time.monotonic() - began
    shown = [one for one in examined if not one.withheld]
    rival = [one.rival for one in examined if one.rival is not None]
    for why, count in Counter(reason for one in examined for reason in one.withheld).most_common():
        say(f"masking: withheld {count}: {why}")
    return {
        "leaks": sum(len(one.leaks) for one in shown),
        "forms": forms,
        "values": sum(one.values for one in shown),
        "touched_forms": sum(one.is_touched for one in shown),
        "overmasked_share": _share(sum(one.overmasked for one in shown), sum(one.harmless for one in shown)),
        "withheld_share": _share(forms - len(shown), forms),
        "s_per_form": round(mean(one.seconds for one in examined), 2),
        "forms_per_hour": round(forms / took * 3600),
        "tesseract_regex_leaks": sum(leaked for leaked, _ in rival),
        "tesseract_regex_values": sum(values for _, values in rival),
        "tesseract_regex_forms": len(rival),
    }


def _examined(numbers: Sequence[int]) -> Iterator[Examined]:
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # tesseract on all cores takes longer, not less
    leaks = withheld = 0
    with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn"), initializer=warm) as pool:
        for n, one in enumerate(pool.map(examine, numbers), start=1):
            leaks, withheld = leaks + len(one.leaks), withheld + bool(one.withheld)
            for leak in one.leaks:
                say(f"masking: LEAK form {one.number} ({one.name}): {leak}")
            if n % 10 == 0 or n == len(numbers):
                say(f"masking: {n} of {len(numbers)} forms, {leaks} leaks, {withheld} withheld")
            yield one


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def main(asked: list[str]) -> int:
    """Measure as many forms as asked for, or look at some again. Exit 1 when anything leaked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.masking")
    parser.add_argument("forms", type=int, nargs="?", default=FORMS)
    parser.add_argument("--first", type=int, default=0, help="the number to begin with")
    parser.add_argument("--only", type=int, nargs="+", help="numbers of single forms to look at again")
    options = parser.parse_args(asked)
    if options.only:
        for one in _examined(options.only):
            say(repr(one))
        return 0
    found = measure(forms=options.forms, first=options.first)
    sys.stdout.write(json.dumps({"masking": found}, indent=2) + "\n")
    return int(found["leaks"] > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
