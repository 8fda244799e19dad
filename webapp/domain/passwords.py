"""What may be a password (密码规则): length and a list of the common ones; no required kinds of character, no expiry.

NIST SP 800-63B and ASVS 5.0 V6.2: rules of composition and forced changes make people choose worse ones.
"""

import re
import unicodedata

from webapp.domain.common_passwords import common_passwords
from webapp.domain.errors import Invalid

SHORTEST = 8  # characters; a second factor stands beside it
LONGEST = 256  # characters; all of them count, and hashing stays cheap
_DATE = re.compile(r"(19|20)?\d\d[-./ ]?(0[1-9]|1[0-2])[-./ ]?(0[1-9]|[12]\d|3[01])", re.ASCII)
_PADDING = "0123456789!@#$%^&*()_-+=.,~ "


def normalised(password: str) -> str:
    """The password as it is hashed: NFC, so that every keyboard gives the same bytes; nothing cut, nothing trimmed."""
    return unicodedata.normalize("NFC", password)


def checked(password: str, *, login: str, name: str) -> str:
    """The normalised password. Raises Invalid that says what to change."""
    chosen = normalised(password)
    if len(chosen) < SHORTEST:
        raise Invalid(f"密码至少要 {SHORTEST} 个字符，汉字和空格也可以用")
    if len(chosen) > LONGEST:
        raise Invalid(f"密码最多 {LONGEST} 个字符")
    if is_common(chosen):
        raise Invalid("这个密码很常见，容易被猜到，请换一个")
    if _is_made_of(chosen, login) or _is_made_of(chosen, name):
        raise Invalid("密码不能是账号或姓名，也不能只在后面加几个数字")
    return chosen


def is_common(password: str) -> bool:
    """True for the list, in any case and with blanks around it; for a date; for one or two characters repeated."""
    plain = normalised(password).casefold().strip()
    return len(set(plain)) <= 2 or bool(_DATE.fullmatch(plain)) or plain in common_passwords()


def _is_made_of(password: str, known: str) -> bool:
    """True when nothing is left of the password but a known word, digits and signs."""
    word, plain = normalised(known).casefold().strip(), password.casefold()
    return bool(word) and word in plain and not plain.replace(word, "").strip(_PADDING)
