"""The few lines around a hit (摘要), in fragments that a page can highlight without building HTML."""

from webapp.search.analysis import aligned
from webapp.search.query import Query, parse

Span = tuple[int, int, int]  # start, end, which mark

_CUT = "…"


def snippet(text: str, query: str, width: int = 60) -> list[tuple[str, bool]]:
    """The stretch of `text` that shows most of the query, as (fragment, is_hit) in order.

    The fragments joined are `width` characters of the text as it was written, with … where it was cut. Without
    a hit it is the beginning. Pass only a rendition that its reader may see. Raises Invalid as parse does.
    """
    spans = _hits(text, parse(query))
    left, right = _window(spans, width, len(text))
    fragments = [(_CUT, False)] if left else []
    at = left
    for start, end in _merged(spans):
        start, end = max(start, left), min(end, right)
        if start >= end:
            continue
        if at < start:
            fragments.append((text[at:start], False))
        fragments.append((text[start:end], True))
        at = end
    if at < right:
        fragments.append((text[at:right], False))
    if right < len(text):
        fragments.append((_CUT, False))
    return fragments


def _hits(text: str, query: Query) -> list[Span]:
    normal, places = aligned(text)
    return sorted(
        (places[hit.start()][0], places[hit.end() - 1][1], which)
        for which, mark in enumerate(query.marks)
        for hit in mark.finditer(normal)
    )


def _window(spans: list[Span], width: int, length: int) -> tuple[int, int]:
    """The densest window: most different marks, then most hits, then the earliest; its hits in the middle."""
    best, first, last = (0, 0), 0, 0
    for i, (start, _, _) in enumerate(spans):
        inside = [span for span in spans[i : i + width] if span[1] <= start + width]
        worth = (len({which for _, _, which in inside}), len(inside))
        if worth > best:
            best, first, last = worth, start, max(end for _, end, _ in inside)
    if best == (0, 0) and spans:  # a hit longer than the window
        first = last = spans[0][0]
    left = max(0, min(first - (width - (last - first)) // 2, length - width)) if spans else 0
    if best == (0, 0):
        left = first
    return left, min(length, left + width)


def _merged(spans: list[Span]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end, _ in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
