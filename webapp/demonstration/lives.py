"""Draws an invented life (虚构履历): schooling, posts, family, appraisals, pay, honours; each fits the others."""

import random
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest

from webapp.demonstration import wording
from webapp.demonstration.names import NATIONS, draw_id_number, draw_name, draw_phone, surname_of
from webapp.demonstration.people import (
    AS_OF,
    Appraisal,
    Award,
    Month,
    PayChange,
    Person,
    Post,
    Relative,
    Sanction,
    Schooling,
)  # fmt: skip
from webapp.demonstration.places import (
    CITY,
    DISTRICTS,
    ESTATES,
    MAJORS,
    NATIVE_PLACES,
    PROVINCE,
    SCHOOLS,
    STREETS,
    UNITS,
    Unit,
)  # fmt: skip

LADDER = ("科员", "副科长", "科长", "副职", "正职")
HONOURS = ("三等功", "嘉奖", "全市先进工作者", "防汛抗旱先进个人", "优秀共产党员", "记大功")
CAUSES = ("正常晋升级别工资", "职务变动", "工资标准调整", "年度考核晋档")
FAMILY_WORK = (
    "云梧市第三实验小学教师", "云梧市中医医院护士长", "岚江船舶修造厂工人", "云梧市公交公司驾驶员",
    "个体经营户", "云梧市自来水公司职员", "岚江农林大学讲师", "自由职业",
)  # fmt: skip
OLD_WORK = ("望岫县供销社退休职工", "北渚县务农", "临澄县中学退休教师", "汀原县粮站退休职工", "去世")


def draw_person(rng: random.Random, number: int, unit: Unit, *, head: bool) -> Person:
    """A person of `unit`; `head` makes the one who leads it, and so an older one."""
    sex = rng.choice("男男女")
    born = date(
        rng.randint(1966, 1974) if head else rng.randint(1972, 1998), rng.randint(1, 12), rng.randint(1, 28)
    )
    schooling = tuple(_schooling(rng, born))
    rank = 4 if head else min(3, (AS_OF.year - schooling[0].ended[0]) // 7 + rng.randint(-1, 1), 3)
    posts = tuple(_posts(rng, schooling, unit, max(0, rank)))
    began_work = posts[1].began
    name = draw_name(rng, sex)
    joined = _joined(rng, born) if head or rng.random() < 0.8 else None
    return Person(
        number=f"{number:04}",
        name=name,
        sex=sex,
        born=born,
        first_written_birth=(born.year, born.month),
        nation=rng.choice(NATIONS),
        native_place=rng.choice(NATIVE_PLACES),
        politics="中共党员" if joined else rng.choice(("群众", "民盟", "无党派人士")),
        joined_party=joined,
        health=rng.choice(("健康", "健康", "健康", "一般")),
        id_number=draw_id_number(born, sex, (number * 37) % 500),
        phone=draw_phone(rng),
        address=_address(rng),
        unit=unit,
        rank=max(0, rank),
        schooling=schooling,
        posts=posts,
        relatives=tuple(_relatives(rng, name, sex, born)),
        appraisals=tuple(_appraisals(rng, began_work, unit)),
        pay=tuple(_pay(rng, began_work)),
        awards=tuple(_awards(rng, began_work, unit)),
        sanctions=tuple(_sanctions(rng, unit)) if number % 8 == 3 else (),
        skill=f"熟悉{rng.choice(unit.work)}工作",
        title=rng.choice(("", "会计师", "工程师", "馆员", "经济师", "高级工程师")),
    )


def _schooling(rng: random.Random, born: date) -> Iterator[Schooling]:
    """Full-time study from the age of eighteen, sometimes a later course beside work."""
    began = born.year + 18
    school, (faculty, major) = rng.choice(SCHOOLS), rng.choice(MAJORS)
    college = rng.random() < 0.35 and born.year < 1980
    level, degree, years = ("大专", "", 3) if college else ("大学", "学士", 4)
    yield Schooling(True, level, degree, school, f"{faculty}{major}专业", (began, 9), (began + years, 7))
    if born.year > 1984 and rng.random() < 0.3:
        graduate = f"{faculty}{major}专业"
        yield Schooling(True, "研究生", "硕士", rng.choice(SCHOOLS), graduate, (began + 4, 9), (began + 7, 7))
    elif college or rng.random() < 0.4:
        later = min(began + years + rng.randint(5, 9), AS_OF.year - 4)
        level, degree = ("大学", "学士") if college else ("研究生", "硕士")
        study = rng.choice(MAJORS)
        yield Schooling(
            False, level, degree, rng.choice(SCHOOLS), f"{study[0]}{study[1]}专业", (later, 9), (later + 3, 6)
        )


def _posts(rng: random.Random, schooling: tuple[Schooling, ...], unit: Unit, rank: int) -> Iterator[Post]:
    """Study, then one post after another up to `rank`, without gaps; the last one lasts."""
    full_time = [course for course in schooling if course.full_time]
    for course, following in zip_longest(full_time, full_time[1:]):
        yield Post(
            course.began, following.began if following else course.ended, f"{course.school}{course.major}学习"
        )
    begin = full_time[-1].ended
    ends = _turning_points(rng, begin, rank)
    beside = next((course for course in schooling if not course.full_time), None)
    for step, end in enumerate([*ends, None]):
        where = unit if step == rank or rng.random() < 0.65 else rng.choice(UNITS)
        text = _post_text(rng, where, step)
        if beside and begin <= beside.began and (end is None or beside.began < end):
            text += (
                f"(其间:{beside.began[0]}.{beside.began[1]:02}--{beside.ended[0]}.{beside.ended[1]:02} "
                f"{beside.school}在职{beside.level}学习)"
            )
        yield Post(begin, end, text)
        begin = end or begin


def _turning_points(rng: random.Random, begin: Month, count: int) -> list[Month]:
    """Months of promotion, spread over the years from `begin` to this day."""
    months = (AS_OF.year - begin[0]) * 12 + AS_OF.month - begin[1]
    step = months / (count + 1)
    spots = [round(step * (i + 1) + rng.uniform(-0.25, 0.25) * step) + begin[1] - 1 for i in range(count)]
    return [(begin[0] + spot // 12, spot % 12 + 1) for spot in spots]


def _post_text(rng: random.Random, unit: Unit, step: int) -> str:
    if step < 3:
        return f"{unit.name}{rng.choice(unit.offices)}{LADDER[step]}"
    return f"{unit.name}{'党组书记、' if step == 4 and unit.parent is None else ''}{'副' * (step == 3)}{unit.head}"


def _joined(rng: random.Random, born: date) -> date:
    return date(born.year + rng.randint(20, 27), rng.choice((5, 6, 7, 11, 12)), rng.randint(1, 28))


def _address(rng: random.Random) -> str:
    street, estate = rng.choice(STREETS), rng.choice(ESTATES)
    flat = f"{rng.randint(1, 18)}栋{rng.randint(1, 4)}单元{rng.randint(1, 11)}0{rng.randint(1, 4)}室"
    return f"{PROVINCE}{CITY}{rng.choice(DISTRICTS)}{street}{rng.randint(2, 288)}号{estate}{flat}"


def _relatives(rng: random.Random, name: str, sex: str, born: date) -> Iterator[Relative]:
    spouse = ("妻子", "女") if sex == "男" else ("丈夫", "男")
    family = surname_of(name)
    politics = ("中共党员", "群众", "群众")
    if AS_OF.year - born.year > 29:
        partner = draw_name(rng, spouse[1])
        yield Relative(
            spouse[0], partner, _near(rng, born.year), rng.choice(politics), rng.choice(FAMILY_WORK)
        )
        child = rng.choice((("儿子", "男"), ("女儿", "女")))
        year = born.year + rng.randint(26, 31)
        work = (
            "云梧市第一中学学生"
            if year > 2007
            else "岚江大学学生"
            if year > 2002
            else rng.choice(FAMILY_WORK)
        )
        surname = family if sex == "男" else surname_of(partner)
        yield Relative(
            child[0],
            draw_name(rng, child[1], surname),
            _near(rng, year),
            "共青团员" if year > 1998 else "群众",
            work,
        )
    yield Relative(
        "父亲",
        draw_name(rng, "男", family),
        _near(rng, born.year - 27),
        rng.choice(politics),
        rng.choice(OLD_WORK),
    )
    yield Relative("母亲", draw_name(rng, "女"), _near(rng, born.year - 25), "群众", rng.choice(OLD_WORK))
    if rng.random() < 0.5:
        yield Relative(
            "弟弟", draw_name(rng, "男", family), _near(rng, born.year + 3), "群众", rng.choice(FAMILY_WORK)
        )


def _near(rng: random.Random, year: int) -> Month:
    return year + rng.randint(-1, 1), rng.randint(1, 12)


def _appraisals(rng: random.Random, began: Month, unit: Unit) -> Iterator[Appraisal]:
    for year in range(max(began[0] + 1, 2014), AS_OF.year):
        summary = wording.paragraph(rng, wording.RESULTS, 4, unit) + wording.say(
            rng, rng.choice(wording.SHORTCOMINGS), unit
        )
        yield Appraisal(year, rng.choice(("称职", "称职", "称职", "优秀")), summary)


def _pay(rng: random.Random, began: Month) -> Iterator[PayChange]:
    grade, notch = 26, 1
    for year in range(began[0] + 1, AS_OF.year, 2):
        grade, notch = grade - rng.choice((0, 1)), notch + 1
        yuan = round(110 * 1.12 ** (year - 1988)) + rng.randrange(0, 40)  # about how such pay grew
        yield PayChange(
            date(year, rng.choice((1, 7, 10)), 1), rng.choice(CAUSES), f"{grade}级{notch}档", yuan
        )


def _awards(rng: random.Random, began: Month, unit: Unit) -> Iterator[Award]:
    possible = range(began[0] + 2, AS_OF.year)
    years = sorted(rng.sample(possible, min(3, len(possible))))
    for year, deed in zip(years, rng.sample(wording.DEEDS, 3), strict=False):
        by = rng.choice(("中共云梧市委、云梧市人民政府", "云梧市公务员局", unit.name))
        yield Award(
            date(year, rng.randint(1, 12), rng.randint(1, 28)),
            rng.choice(HONOURS),
            by,
            wording.say(rng, deed, unit),
        )


def _sanctions(rng: random.Random, unit: Unit) -> Iterator[Sanction]:
    on = date(rng.randint(2016, 2022), rng.randint(1, 12), rng.randint(1, 28))
    kind, years = rng.choice((("党内警告", 1), ("政务记过", 1), ("党内严重警告", 2)))
    yield Sanction(
        on, kind, wording.say(rng, rng.choice(wording.FAULTS), unit), on.replace(year=on.year + years)
    )
