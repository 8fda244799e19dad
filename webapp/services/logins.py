"""Sign-in names (账号): one spelling for each."""

import re
import unicodedata

from webapp.domain.errors import Invalid

_LOGIN = re.compile(r"[\w.@-]{2,64}")


def normalised_login(typed: str) -> str:
    """As it is stored and looked up: half-width, lower case, without blanks around it; cut at 64 characters."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()[:64]


def checked_login(typed: str) -> str:
    """The normalised login. Raises Invalid when it could not be typed again without doubt."""
    plain = unicodedata.normalize("NFKC", typed).strip().casefold()
    if not _LOGIN.fullmatch(plain):
        raise Invalid("账号须为 2 到 64 个字母、数字、汉字，或 . - _ @，中间没有空格")
    return plain
