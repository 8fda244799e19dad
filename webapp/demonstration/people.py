"""The people of the demonstration and what is known of their lives (虚构人物). Values only; lives.py draws them."""

from dataclasses import dataclass
from datetime import date

from webapp.demonstration.places import Unit

AS_OF = date(2026, 6, 30)  # the day on which the demonstration's world stands still
Month = tuple[int, int]  # year, month


@dataclass(frozen=True, slots=True)
class Relative:
    """A member of the family (家庭主要成员), as forms ask for it."""

    kinship: str
    name: str
    born: Month
    politics: str
    work: str


@dataclass(frozen=True, slots=True)
class Schooling:
    """One course of study. `full_time` tells 全日制教育 from 在职教育."""

    full_time: bool
    level: str
    degree: str
    school: str
    major: str
    began: Month
    ended: Month


@dataclass(frozen=True, slots=True)
class Post:
    """One line of the resume (简历): from, until (None: to this day), where and as what."""

    began: Month
    ended: Month | None
    text: str


@dataclass(frozen=True, slots=True)
class Appraisal:
    """The result of one year's appraisal (年度考核) and the person's own summary."""

    year: int
    grade: str
    summary: str


@dataclass(frozen=True, slots=True)
class PayChange:
    """One line of the pay register (工资变动): `step` is grade and notch, `yuan` the monthly basic pay."""

    on: date
    cause: str
    step: str
    yuan: int


@dataclass(frozen=True, slots=True)
class Award:
    """An award (奖励) and the deed it was given for."""

    on: date
    title: str
    by: str
    deed: str


@dataclass(frozen=True, slots=True)
class Sanction:
    """A sanction (处分), why, and the day on which it ended."""

    on: date
    kind: str
    facts: str
    lifted: date


@dataclass(frozen=True, slots=True)
class Person:
    """An invented official.

    first_written_birth -- the month that the oldest papers give; for a few people it is not `born`,
        as happens in real dossiers
    """

    number: str
    name: str
    sex: str
    born: date
    first_written_birth: Month
    nation: str
    native_place: str
    politics: str
    joined_party: date | None
    health: str
    id_number: str
    phone: str
    address: str
    unit: Unit
    rank: int
    schooling: tuple[Schooling, ...]
    posts: tuple[Post, ...]
    relatives: tuple[Relative, ...]
    appraisals: tuple[Appraisal, ...]
    pay: tuple[PayChange, ...]
    awards: tuple[Award, ...]
    sanctions: tuple[Sanction, ...]
    skill: str
    title: str

    @property
    def introduction(self) -> str:
        """How official papers begin: name, sex, nation, month of birth."""
        return f"{self.name}，{self.sex}，{self.nation}，{spoken(self.born_month)}出生"

    @property
    def dossier_number(self) -> str:
        """The number on the dossier's back (档案号)."""
        return f"YW-{self.number}"

    @property
    def post(self) -> str:
        """The present post in full, with its unit."""
        return self.posts[-1].text.split("(")[0]

    @property
    def post_title(self) -> str:
        """The present post without the unit's name."""
        return self.post.removeprefix(self.unit.name)

    @property
    def started_work(self) -> Month:
        """Month of the first post (参加工作时间)."""
        return next(post.began for post in self.posts if "学习" not in post.text.split("(")[0])

    @property
    def first_degree(self) -> Schooling:
        """The highest full-time schooling."""
        return [course for course in self.schooling if course.full_time][-1]

    @property
    def later_degree(self) -> Schooling | None:
        """Schooling beside work, if any."""
        return next((course for course in self.schooling if not course.full_time), None)

    @property
    def born_month(self) -> Month:
        """Month of birth as the present forms give it."""
        return self.born.year, self.born.month

    def age(self, on: date = AS_OF) -> int:
        """Completed years of life on a day."""
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))

    def resume(self, on: date = AS_OF) -> list[str]:
        """The resume as it stood on a day, in the grammar of the appointment form: 1994.09--1998.07  text."""
        known = [post for post in self.posts if post.began < (on.year, on.month)]
        ends = [_dotted(post.ended) for post in known[:-1]] + [""]
        return [f"{_dotted(post.began)}--{end:7}  {post.text}" for post, end in zip(known, ends, strict=True)]

    def promoted_on(self) -> date:
        """Mid-month of the latest promotion; of May 2024 for who has had none."""
        year, month = self.posts[-1].began if self.rank else (2024, 5)
        return date(year, month, 16)


@dataclass(frozen=True, slots=True)
class Organisation:
    """The invented city, its units and its people."""

    name: str
    units: tuple[Unit, ...]
    people: tuple[Person, ...]


def spoken(month: Month) -> str:
    """A month in words: 1994年9月."""
    return f"{month[0]}年{month[1]}月"


def _dotted(month: Month | None) -> str:
    return f"{month[0]}.{month[1]:02}" if month else ""
