"""Letters and digits that people copy from a screen or from paper (Crockford's base 32): five bits each."""

import re
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: they are read as others
_READ_AS = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s.\-–—]")


def plain(typed: str) -> str:
    """What was typed, as it was meant: in capitals, half-width, without blanks, dots and dashes."""
    narrow = unicodedata.normalize("NFKC", typed).upper()
    return _BETWEEN.sub("", narrow).translate(_READ_AS)


def is_written_in(text: str, length: int) -> bool:
    """True for so many characters of the alphabet."""
    return len(text) == length and set(text) <= set(ALPHABET)


def grouped(code: str) -> str:
    """A code as it is printed, in fours: 7K3M-9Q2T."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
