"""What people write to be answered (陈述): corrections, complaints and the answers to them; and by when."""

from datetime import date, datetime, timedelta

from webapp.domain.errors import Invalid
from webapp.domain.local_time import day

SHORTEST, LONGEST = 5, 2000  # characters
ANSWER_WORKING_DAYS = 15  # the service limit common for 《个人信息保护法》 Art. 50, which itself names none


def checked_words(text: str, what: str) -> str:
    """The words without blanks around them. Raises Invalid for too few or too many; `what` names them in the reason."""
    words = "\n".join(line.strip() for line in text.strip().splitlines())
    if not SHORTEST <= len(words) <= LONGEST:
        raise Invalid(f"请写明{what}，{SHORTEST} 到 {LONGEST} 字")
    return words


def due(asked_at: datetime) -> date:
    """The day by which it should be answered: working days without weekends; public holidays are not known here."""
    last, left = day(asked_at), ANSWER_WORKING_DAYS
    while left:
        last += timedelta(days=1)
        left -= last.weekday() < 5
    return last
