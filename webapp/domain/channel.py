"""Channels by which officers are told beyond the app (提醒方式), and what an address of theirs looks like."""

import re
from enum import StrEnum

from webapp.domain.errors import Invalid

LONGEST = 254  # characters of a mail address, RFC 5321 4.5.3.1.3 with its brackets taken off
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_MESSENGER = re.compile(r"\+?[0-9]{6,15}|[A-Za-z0-9][A-Za-z0-9._@-]{1,63}")


class Channel(StrEnum):
    """A way out of the app. The value is the kind of its jobs."""

    MAIL = "mail"
    MESSENGER = "messenger"  # an office messenger or SMS, behind one HTTPS address
    PUSH = "push"  # web push, through the hub of the browser's maker


def checked_address(channel: Channel, typed: str) -> str:
    """The address, plain; empty for none. Raises Invalid."""
    plain = typed.strip()
    if channel is Channel.MAIL and plain and (len(plain) > LONGEST or not _MAIL.fullmatch(plain)):
        raise Invalid("邮箱地址不对，应当像 zhangsan@example.cn 这样")
    if channel is Channel.MESSENGER:
        plain = re.sub(r"[ ()-]", "", plain) if re.fullmatch(r"[+0-9 ()-]+", plain) else plain
        if plain and not _MESSENGER.fullmatch(plain):
            raise Invalid("号码不对，请填手机号，或者办公软件里的账号（字母和数字）")
    return plain
