"""The time that people here live by (北京时间): moments are kept in UTC, days begin and end in China."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def day(moment: datetime) -> date:
    """The day that an aware time falls on."""
    return moment.astimezone(ZONE).date()
