"""Figures (基准数字): what a subject answers, how spread times are summed up, and where progress is said."""

import sys
from collections.abc import Sequence
from statistics import median

Figures = dict[str, float]


def say(progress: str) -> None:
    """Progress, on standard error: standard output holds the one JSON object."""
    sys.stderr.write(f"{progress}\n")
    sys.stderr.flush()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share (0 to 1) of the values does not exceed, by the nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-round(share * 1000) * len(ordered) // 1000) - 1)]


def in_ms(name: str, seconds: Sequence[float]) -> Figures:
    """`<name>p50_ms` and `<name>p95_ms` of some durations in seconds."""
    return {
        f"{name}p50_ms": round(median(seconds) * 1000, 2),
        f"{name}p95_ms": round(percentile(seconds, 0.95) * 1000, 2),
    }
