"""Reading in company (双人查阅): how long a place for the second officer is kept, and what its code looks like.

Pure.
"""

import re
from datetime import timedelta

WAIT = timedelta(minutes=5)  # from the code on the reader's screen to the second officer's confirmation
CODE_DIGITS = (
    8  # with the throttle of tries, a stranger's chance is one in two million a day for each open code
)


def code_of(fingerprint: str) -> str:
    """The digits of a place, from its keyed fingerprint in hex."""
    return f"{int(fingerprint, 16) % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def code_typed(typed: str) -> str:
    """What was typed, as codes are compared: without blanks and dashes, full-width digits too."""
    return re.sub(r"[\s-]", "", typed).translate(str.maketrans("０１２３４５６７８９", "0123456789"))


def in_groups(code: str) -> str:
    """A code as it is read aloud: 1234 5678."""
    return f"{code[:4]} {code[4:]}"
