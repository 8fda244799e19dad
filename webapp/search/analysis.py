"""How text becomes search terms (切分): overlapping pairs of Han characters, and whole words.

A word list would cut names it does not know; pairs find any name and any part of one. The last character of a
run stands alone as well, so that every character is the beginning of some term: a query of one character is a
prefix. Text is compared in one normal form, and a printed page's layout is not part of it: forms space out
two-character names (张　伟) and lines break anywhere, so white space beside a Han character is dropped.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from whoosh.analysis import Token, Tokenizer
from whoosh.fields import TEXT
from whoosh.formats import Existence

# Rare characters in names (生僻字) live in the extensions, in the compatibility blocks, and, in files from
# older systems, in the private use areas.
HAN = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff\uf900-\ufaff"
    "\U00020000-\U0003ffff\U000f0000-\U0010fffd"
)
WORD_CHARACTER = rf"[^\W_{HAN}]"
SHORTEST_NUMBER_PREFIX = 4  # digits: a year finds 19900307; fewer would find nearly every number

_RUN = re.compile(rf"[{HAN}]+|{WORD_CHARACTER}+")
_HAN = re.compile(rf"[{HAN}]")
# Most of a page: what folds to itself. The last of such a run may have a mark after it, so it does not belong.
_PLAIN = re.compile(
    r"[0-9a-z\u4e00-\u9fff\u3001\u3002\u25a0\n ]+(?=[0-9a-z\u4e00-\u9fff\u3001\u3002\u25a0\n ])"
)
_GAP = re.compile(r"\s+")
# Marks that are not seen: soft hyphen, joiners, direction marks, and the selectors of a character's variants.
_UNSEEN = re.compile(
    "[\u00ad\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)


@dataclass(frozen=True, slots=True)
class Need:
    """A term that a text must hold; with `is_prefix`, any term that begins so."""

    text: str
    is_prefix: bool = False


def normalise(text: str) -> str:
    """The form in which texts are compared: widths, cases and variants folded (NFKC), layout dropped.

    Normalising twice changes nothing.
    """
    return _GAP.sub(_kept_of_gap, _folded(text))


def aligned(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The normal form, and for each of its characters where it stands in `text`: [start, end)."""
    folded: list[str] = []
    places: list[tuple[int, int]] = []
    for start, end, is_plain in _pieces(text):
        if is_plain:
            folded.extend(text[start:end])
            places.extend(zip(range(start, end), range(start + 1, end + 1), strict=True))
        else:
            shown = _folded(text[start:end])
            folded.extend(shown)
            places.extend([(start, end)] * len(shown))
    for gap in reversed(list(_GAP.finditer("".join(folded)))):
        kept = _kept_of_gap(gap)
        folded[gap.start() : gap.end()] = kept
        places[gap.start() + len(kept) : gap.end()] = []
    return "".join(folded), places


def runs(normal: str) -> Iterator[str]:
    """The unbroken runs of Han characters and the words of a normalised text, in order.

    Everything else ends a run: punctuation, and the ■ that stands for a masked character.
    """
    return (run[0] for run in _RUN.finditer(normal))


def is_han(run: str) -> bool:
    """True of a run of Han characters, false of a word."""
    return _HAN.match(run) is not None


def tokens(text: str) -> list[str]:
    """The terms under which a text is found, in order, with repetitions."""
    found: list[str] = []
    for run in runs(normalise(text)):
        if is_han(run):
            found += [run[i : i + 2] for i in range(len(run))]
        else:
            found.append(run)
    return found


def query_tokens(text: str, *, whole_words: bool = False) -> list[Need]:
    """What a text must hold so that it can contain `text`: needed, but for three or more characters not enough.

    whole_words -- a number is then not also looked for as the beginning of a longer one
    """
    needs: list[Need] = []
    for run in runs(normalise(text)):
        if not is_han(run):
            is_number = run.isdecimal() and len(run) >= SHORTEST_NUMBER_PREFIX
            needs.append(Need(run, is_prefix=is_number and not whole_words))
        elif len(run) == 1:
            needs.append(Need(run, is_prefix=True))
        else:
            needs.extend(Need(run[i : i + 2]) for i in range(len(run) - 1))
    return list(dict.fromkeys(needs))


class BigramTokenizer(Tokenizer):
    """`tokens` in the form Whoosh asks for. Pickled into the index: the name must stay importable."""

    def __call__(self, value: str, **_: Any) -> Iterator[Token]:
        """Yield the same Token object again and again, as Whoosh's own tokenizers do."""
        token = Token()
        token.boost = 1.0
        for text in tokens(value):
            token.text = token.original = text
            yield token


class BigramText(TEXT):
    """A field that takes the list made by `tokens` and keeps how often each occurs, not where."""

    def __init__(self) -> None:
        super().__init__(analyzer=BigramTokenizer(), phrase=False)
        self.format = Existence()  # the weight already says how often: no second copy beside each posting

    def index(self, value: list[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield (term, times, weight, nothing), each term once."""
        return ((term.encode(), times, float(times), b"") for term, times in Counter(value).items())


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    return folded if unicodedata.is_normalized("NFKC", folded) else unicodedata.normalize("NFKC", folded)


def _kept_of_gap(gap: re.Match[str]) -> str:
    """What remains of white space: nothing beside a Han character, one space elsewhere."""
    start, end = gap.span()
    beside_han = _HAN.match(gap.string, end) or (start and _HAN.match(gap.string, start - 1))
    return "" if beside_han else " "


def _pieces(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where each piece of a text begins and ends, and whether it is a run of plain characters.

    All others are single: a character together with the marks that follow it, seen or unseen.
    """
    start = 0
    while start < len(text):
        plain = _PLAIN.match(text, start)
        end = plain.end() if plain else start + 1
        while (
            not plain and end < len(text) and (unicodedata.combining(text[end]) or _UNSEEN.match(text, end))
        ):
            end += 1
        yield start, end, plain is not None
        start = end
