"""The cadre's resume booklet (干部履历表): cover, person, resume, family."""

from datetime import date
from functools import partial

from webapp.demonstration.forms.family import family_table
from webapp.demonstration.forms.paper import Paper, hand_of, ymd
from webapp.demonstration.grid import Grid, Statement, dated, month, statements, title
from webapp.demonstration.marks import portrait, seal
from webapp.demonstration.people import Person
from webapp.demonstration.sheet import Sheet


def resume_booklet(person: Person, on: date) -> Paper:
    """干部履历表 of four pages, filled in on a day."""
    pages = (_cover, _particulars, _career, _family)
    painters = tuple(partial(page, person=person, on=on) for page in pages)
    return Paper("1", "干部履历表", ymd(on), painters, hand_of(on.year))


def _cover(sheet: Sheet, *, person: Person, on: date) -> None:
    sheet.write(1240, 760, "干部履历表", size=150, face="song_bold", align="centre", spacing=48)
    for i, (name, value) in enumerate(
        (("单　　位", person.unit.name), ("姓　　名", person.name), ("填表日期", dated(on)))
    ):
        y = 1750 + i * 190
        sheet.write(620, y, name, size=66)
        sheet.rule(930, y + 86, 960)
        sheet.write(1410, y, value, size=64, face=sheet.hand, align="centre")
    seal(sheet, 1640, 2150, person.unit.name)
    sheet.write(1240, 3040, "岚江省干部履历表式样　云梧市印制", size=48, align="centre")


def _particulars(sheet: Sheet, *, person: Person, on: date) -> None:
    title(sheet, "个人基本情况", 240, size=72)
    grid = Grid(sheet, 420, (1.25, 1.75, 1.25, 1.75, 1.25, 1.75, 1.9), [150] * 3 + [150] * 9)
    grid.pairs(0, "姓　名", person.name, "性　别", person.sex, "出生日期", f"{person.born:%Y.%m.%d}")
    grid.pairs(1, "民　族", person.nation, "籍　贯", person.native_place, "出生地", person.native_place)
    joined = f"{person.joined_party:%Y.%m}" if person.joined_party else person.politics
    grid.pairs(2, "参加工作时间", month(person.started_work), "入党时间", joined, "健康状况", person.health)
    sheet.frame(grid.box(0, 6, 3))
    portrait(sheet, grid.box(0, 6, 3).grown(-24, -20, within=sheet.image.size))
    for row, (label, value) in enumerate(
        (
            ("身份证号码", person.id_number), ("联系电话", person.phone), ("家庭住址", person.address),
            ("专业技术职务", person.title or "无"), ("熟悉专业有何专长", person.skill), ("现任职务", person.post),
        ),
        start=3,
    ):  # fmt: skip
        grid.label(row, 0, label, columns=2)
        grid.entry(row, 2, value, columns=5, align="left")
    for row, course in enumerate(person.schooling[:2], start=9):
        grid.label(row, 0, "全日制教育" if course.full_time else "在职教育", columns=2)
        grid.entry(row, 2, f"{course.level} {course.degree}", columns=1)
        grid.entry(
            row, 3, f"{month(course.ended)}毕业于{course.school}{course.major}", columns=4, align="left"
        )
    bottom = grid.box(len(person.schooling[:2]) + 8, 0).bottom
    won = "；".join(f"{award.on.year}年获{award.title}" for award in person.awards if award.on <= on) or "无"
    statements(
        sheet,
        bottom,
        3150,
        [Statement("何时何地因何受过何种奖励", won), Statement("备注", "以上内容由本人填写。")],
    )


def _career(sheet: Sheet, *, person: Person, on: date) -> None:
    title(sheet, "学习和工作经历", 240, size=72)
    rows = 13
    grid = Grid(sheet, 420, (1.7, 4.6, 1.3), [120] + [195] * rows)
    for column, heading in enumerate(("起止年月", "在何地、何单位（学校）任何职（学习）", "证明人")):
        grid.label(0, column, heading)
    known = [post for post in person.posts if post.began < (on.year, on.month)]
    for row in range(rows):
        post = known[row] if row < len(known) else None
        over = post is not None and post.ended is not None and post.ended <= (on.year, on.month)
        span = f"{month(post.began)}--{month(post.ended) if over and post.ended else ''}" if post else ""
        grid.entry(row + 1, 0, span)
        grid.entry(row + 1, 1, post.text if post else "", align="left")
        grid.entry(row + 1, 2, sheet.rng.choice(("岑树声", "穆维新", "卓建业", "简素云")) if post else "")


def _family(sheet: Sheet, *, person: Person, on: date) -> None:
    title(sheet, "家庭主要成员情况", 240, size=72)
    bottom = family_table(sheet, 420, person, on, rows=8, height=135)
    checked = "经审核，本表所填内容与档案记载一致。"
    statements(
        sheet,
        bottom + 90,
        3200,
        [
            Statement("本人声明", "本人对以上所填各项的真实性负责。", signed=person.name, on=on),
            Statement("组织审核意见", checked, 1.3, "卓建业", person.unit.name, on),
        ],
    )
