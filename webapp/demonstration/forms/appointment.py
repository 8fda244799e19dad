"""The appointment form and the inspection report behind it (干部任免审批表、考察材料)."""

from datetime import date
from functools import partial

from webapp.demonstration.forms.family import family_table
from webapp.demonstration.forms.paper import Paper, hand_of, ymd
from webapp.demonstration.grid import LEFT_PX, Grid, Statement, dated, month, statements, title
from webapp.demonstration.marks import portrait, seal
from webapp.demonstration.people import Person
from webapp.demonstration.sheet import Sheet
from webapp.demonstration.wording import TRAITS, say
from webapp.domain.geometry import Box

TITLE = "干部任免审批表"
WEAKNESSES = ("遇事有时急躁", "讲话声音偏大、不够委婉", "对分管工作放手不够", "开会容易超时")
ADVICE = ("建议今后多到{place}一线了解情况。", "建议加强{work}以外业务的学习。")
APPROVER = "中共云梧市委组织部"


def appointment(person: Person, on: date) -> Paper:
    """干部任免审批表, front and back."""
    painters = (partial(_front, person=person, on=on), partial(_back, person=person, on=on))
    return Paper("9-2", TITLE, ymd(on), painters, hand_of(on.year))


def _front(sheet: Sheet, *, person: Person, on: date) -> None:
    title(sheet, TITLE, 220)
    grid = Grid(sheet, 400, (1.15, 1.5, 1.15, 1.5, 1.15, 1.5, 1.7), [136] * 8 + [120] * 3)
    grid.pairs(
        0,
        "姓　名",
        person.name,
        "性　别",
        person.sex,
        "出生年月",
        f"{person.born:%Y.%m}\n({person.age(on)}岁)",
    )
    grid.pairs(1, "民　族", person.nation, "籍　贯", person.native_place, "出生地", person.native_place)
    joined = f"{person.joined_party:%Y.%m}" if person.joined_party else person.politics
    grid.pairs(
        2, "入　党\n时　间", joined, "参加工\n作时间", month(person.started_work), "健康状况", person.health
    )
    grid.label(3, 0, "专业技\n术职务")
    grid.entry(3, 1, person.title, columns=2)
    grid.label(3, 3, "熟悉专业\n有何专长")
    grid.entry(3, 4, person.skill, columns=2)
    sheet.frame(grid.box(0, 6, 4))
    portrait(sheet, grid.box(0, 6, 4).grown(-22, -26, within=sheet.image.size))
    _schooling(grid, person)
    held = person.posts[-2].text.split("(")[0] if person.rank else ""
    rows = (("现任职务", held), ("拟任职务", person.post), ("拟免职务", held))
    for row, (label, value) in enumerate(rows, start=8):
        grid.label(row, 0, label, columns=2)
        grid.entry(row, 2, value, columns=5, align="left")
    career = Grid(sheet, grid.bottom, (1, 8.6), [3260 - grid.bottom])
    career.label(0, 0, "简\n\n\n历")
    career.entry(0, 1, "\n".join(person.resume(on)), align="top", size=44, leading=1.5)


def _schooling(grid: Grid, person: Person) -> None:
    """Two rows each for study before and beside work."""
    grid.label(4, 0, "学历学位", rows=4)
    for row, name, course in (
        (4, "全日制\n教　育", person.first_degree),
        (6, "在　职\n教　育", person.later_degree),
    ):
        grid.label(row, 1, name, rows=2)
        grid.entry(row, 2, f"{course.level}\n{course.degree}" if course else "", rows=2)
        grid.label(row, 3, "毕业院校\n系及专业", rows=2)
        grid.entry(row, 4, f"{course.school}{course.major}" if course else "", rows=2, columns=3)


def _back(sheet: Sheet, *, person: Person, on: date) -> None:
    won = "；".join(f"{a.on:%Y.%m}获{a.title}" for a in person.awards if a.on <= on) or "无"
    results = (
        "，".join(f"{a.year}年{a.grade}" for a in person.appraisals if on.year - 5 <= a.year < on.year)
        or "历年均为称职"
    )
    held = [
        Statement("奖惩情况", won),
        Statement("年度考核结果", results, 0.8),
        Statement(
            "任免理由",
            f"工作需要。该同志{sheet.rng.choice(('表现优秀', '群众公认', '任职资格条件具备'))}。",
            0.7,
        ),
    ]
    statements(sheet, 240, 1130, held)
    below = family_table(sheet, 1130, person, on, rows=6, height=106)
    decided = [
        Statement("呈报单位", "同意呈报。", 1, sealed=person.unit.name, on=on),
        Statement("审批机关意见", "同意任免。", 1.3, sealed=APPROVER, on=on),
        Statement("行政机关任免意见", "同意。", 1, on=on),
    ]
    statements(sheet, below, 3160, decided)
    sheet.write(
        LEFT_PX, 3200, f"填表人:{sheet.rng.choice(('简素云', '祁文远'))}　　填表时间:{dated(on)}", size=44
    )


def inspection(person: Person, on: date) -> Paper:
    """考察材料 on a person before an appointment, attached behind the appointment form."""
    painters = (partial(_inspection, person=person, on=on),)
    return Paper("9-2", f"关于{person.name}同志的考察材料", ymd(on), painters, "song", "附任免审批表")


def _inspection(sheet: Sheet, *, person: Person, on: date) -> None:
    rng, unit = sheet.rng, person.unit
    title(sheet, f"关于{person.name}同志的考察材料", 300, size=76)
    asked = rng.randint(18, 56)
    very, fair = asked - rng.randint(1, 4), rng.randint(0, 1)
    traits = "；".join(say(rng, trait, unit) for trait in TRAITS)
    deeds = "；".join(award.deed for award in person.awards[:2]) or "立足本职，成绩扎实"
    text = (
        f"　　{person.introduction}，{person.native_place}人，{person.politics}，拟任{person.post}。\n"
        f"　　考察组于{on.year}年{on.month}月在{unit.name}采取民主测评、个别谈话、查阅档案等方式进行了考察。"
        f"参加测评{asked}人，同意提拔任用{very}票，弃权{fair}票；个别谈话{rng.randint(9, 25)}人。\n"
        f"　　一、主要表现。该同志{traits}。具体事例：{deeds}。\n"
        f"　　二、主要不足。谈话中有同志反映，{rng.choice(WEAKNESSES)}，"
        f"{say(rng, rng.choice(ADVICE), unit)}\n"
        f"　　三、考察组意见。该同志符合《干部任用条例》规定的任职资格条件，建议提交部务会议研究。"
    )
    y = sheet.fill(Box(LEFT_PX, 480, 2230, 2700), text, size=58, align="top", leading=1.8) + 120
    sheet.write(2180, y, f"考察组成员：{rng.choice(('岑树声', '穆维新'))}　祁文远", size=56, align="right")
    sheet.write(2180, y + 110, dated(on), size=56, align="right")
    seal(sheet, 1840, y + 90, APPROVER)
