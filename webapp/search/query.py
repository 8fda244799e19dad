"""What a reader typed (检索式): words that must all occur, and "exact wording" between quotation marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from webapp.domain.errors import Invalid
from webapp.search.analysis import WORD_CHARACTER, Need, is_han, normalise, query_tokens, runs

LONGEST_QUERY = 512  # characters
MOST_NEEDS = 64  # terms; a phrase of 65 Han characters

_QUOTES = str.maketrans(dict.fromkeys("“”„‟＂", '"'))
_PIECE = re.compile(r'"([^"]*)"|([^\s"]+)')


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query.

    needs -- terms that every hit holds, in the order typed
    phrases -- normalised wordings that every hit contains: the terms alone do not prove these, so they are
        looked for in the text itself
    marks -- patterns over a normalised text: what is highlighted
    """

    needs: tuple[Need, ...]
    phrases: tuple[str, ...]
    marks: tuple[re.Pattern[str], ...]


def parse(text: str) -> Query:
    """Read a query: terms apart by spaces must all occur, a run of Han characters only as it stands.

    Quotation marks take everything between them as it stands; one without a partner is ignored. Raises Invalid
    when it is too long or asks for nothing.
    """
    if len(text) > LONGEST_QUERY:
        raise Invalid(f"检索内容过长，请不要超过 {LONGEST_QUERY} 个字符")
    needs: list[Need] = []
    phrases: list[str] = []
    marks: list[str] = []
    for quoted, loose in _PIECE.findall(text.translate(_QUOTES)):
        piece = quoted or loose
        wanted = query_tokens(piece, whole_words=bool(quoted))
        needs.extend(wanted)
        phrases.extend(_phrases(piece, whole=bool(quoted)))
        marks.extend(_marks(piece, wanted, whole=bool(quoted)))
    unique = tuple(dict.fromkeys(needs))
    if not unique:
        raise Invalid("请输入要查找的字词")
    if len(unique) > MOST_NEEDS:
        raise Invalid("检索内容过多，请减少一些字词")
    return Query(unique, tuple(dict.fromkeys(phrases)), tuple(map(re.compile, dict.fromkeys(marks))))


def _phrases(piece: str, *, whole: bool) -> Iterator[str]:
    """What the terms do not prove: a pair of characters is a term, three already need a look at the text."""
    found = list(runs(normalise(piece)))
    if whole and len(found) > 1:
        yield normalise(piece).strip()
    else:
        yield from (run for run in found if is_han(run) and len(run) > 2)


def _marks(piece: str, wanted: list[Need], *, whole: bool) -> Iterator[str]:
    found = list(runs(normalise(piece)))
    if whole and len(found) > 1:
        yield re.escape(normalise(piece).strip())
        return
    prefixes = {need.text for need in wanted if need.is_prefix}
    for run in found:
        if is_han(run):
            yield re.escape(run)
        else:
            end = f"{WORD_CHARACTER}*" if run in prefixes else f"(?!{WORD_CHARACTER})"
            yield f"(?<!{WORD_CHARACTER}){re.escape(run)}{end}"
