"""The party admission booklet (入党志愿书): cover, wish, history and family, opinions."""

import random
from datetime import date, timedelta
from functools import partial

from webapp.demonstration.forms.family import family_table
from webapp.demonstration.forms.paper import Paper, ymd
from webapp.demonstration.grid import Grid, Statement, dated, month, statements, title
from webapp.demonstration.marks import portrait
from webapp.demonstration.people import Person
from webapp.demonstration.sheet import Sheet
from webapp.demonstration.wording import CHILDHOOD, REFLECTIONS, paragraph
from webapp.domain.geometry import Box

INTRODUCERS = ("穆维新", "卓建业")


def admission_booklet(person: Person, rng: random.Random) -> Paper:
    """入党志愿书 of four pages, hand-written, dated by the committee's approval. The person must be a member."""
    joined = person.joined_party or date(2000, 7, 1)
    approved = joined + timedelta(days=26)
    is_student = (joined.year, joined.month) < person.started_work
    pool, sentences = (CHILDHOOD[:5], 4) if is_student else (REFLECTIONS, 6)
    wish = paragraph(rng, pool, sentences, person.unit)
    painters = (
        partial(_cover, person=person, on=joined - timedelta(days=30)),
        partial(_wish, person=person, wish=wish),
        partial(_history, person=person),
        partial(_opinions, person=person, joined=joined, approved=approved),
    )
    return Paper("6", "中国共产党入党志愿书", ymd(approved), painters, "pen")


def _cover(sheet: Sheet, *, person: Person, on: date) -> None:
    sheet.write(1240, 560, "中国共产党", size=110, face="song_bold", align="centre", spacing=30)
    sheet.write(1240, 780, "入党志愿书", size=160, face="song_bold", align="centre", spacing=50)
    for i, (label, value) in enumerate((("申请人姓名", person.name), ("填写日期", dated(on)))):
        y = 2050 + 190 * i
        sheet.write(620, y, label, size=62)
        sheet.rule(1000, y + 84, 820)
        sheet.write(1400, y - 4, value, size=70, face="pen", align="centre")
    sheet.write(1240, 3020, "岚江省委组织部翻印（演示专用）", size=48, align="centre")


def _wish(sheet: Sheet, *, person: Person, wish: str) -> None:
    title(sheet, "入 党 志 愿", 260, size=76)
    frame = Box(270, 440, 2230, 3180)
    sheet.frame(frame)
    oath = (
        "　　我志愿加入中国共产党，拥护党的纲领，遵守党的章程，履行党员义务，执行党的决定，严守党的纪律，"
        "保守党的秘密，对党忠诚，积极工作，为共产主义奋斗终身，随时准备为党和人民牺牲一切，永不叛党。\n"
    )
    room = Box(frame.left + 20, frame.top + 20, frame.right - 20, frame.bottom - 200)
    sheet.fill(room, f"{oath}　　{wish}", size=66, align="top", leading=1.8, face="pen")
    sheet.write(2120, 3060, person.name, size=70, face="pen", align="right")


def _history(sheet: Sheet, *, person: Person) -> None:
    grid = Grid(sheet, 250, (1.2, 1.8, 1, 1.2, 1.2, 1.8, 1.8), [140] * 4)
    year, first_month = person.first_written_birth
    grid.pairs(0, "姓　名", person.name, "性　别", person.sex, "出生年月", f"{year}年{first_month}月")
    grid.pairs(1, "民　族", person.nation, "籍　贯", person.native_place, "学　历", person.first_degree.level)
    grid.label(2, 0, "居民身份证号码", columns=2)
    grid.entry(2, 2, person.id_number, columns=4)
    grid.label(3, 0, "现居住地", columns=2)
    grid.entry(3, 2, person.address, columns=5)
    sheet.frame(grid.box(0, 6, 3))
    portrait(sheet, grid.box(0, 6, 3).grown(-40, -20, within=sheet.image.size))
    rows = 5
    career = Grid(sheet, grid.bottom, (1, 2.2, 5.2, 1.6), [110] + [165] * rows)
    career.label(0, 0, "本人经历", rows=rows + 1)
    for column, heading in enumerate(("自何年月至何年月", "在何地、何部门任何职", "证明人"), start=1):
        career.label(0, column, heading)
    joined = person.joined_party or date(2000, 7, 1)
    posts = [post for post in person.posts if post.began < (joined.year, joined.month)][:rows]
    for row in range(rows):
        post = posts[row] if row < len(posts) else None
        career.entry(row + 1, 1, f"{month(post.began)}起" if post else "")
        career.entry(row + 1, 2, post.text.split("(")[0] if post else "", align="left")
        career.entry(row + 1, 3, sheet.rng.choice(INTRODUCERS) if post else "")
    family_table(sheet, career.bottom, person, joined, rows=6, height=140)


def _opinions(sheet: Sheet, *, person: Person, joined: date, approved: date) -> None:
    rng, unit = sheet.rng, person.unit
    present = rng.randint(9, 27)
    branch = (
        f"支部大会讨论了{person.name}同志的入党申请。应到会有表决权的正式党员{present}名，实到{present - 1}名，"
        f"赞成{present - 1}票。大会决定接收该同志为中共预备党员。"
    )
    before = joined - timedelta(days=6)
    held = [
        Statement("入党介绍人意见", _introduction(rng, person), 1.1, signed=INTRODUCERS[0], on=before),
        Statement("第二介绍人意见", _introduction(rng, person), 1.1, signed=INTRODUCERS[1], on=before),
        Statement("支部大会通过接收申请人为预备党员的决议", branch, 1.3, signed="岑树声", on=joined),
        Statement(
            "上级党委审批意见",
            f"批准{person.name}同志为中共预备党员，预备期一年，从支部大会通过之日算起。",
            1.2,
            "祁文远",
            f"中共{unit.name.removeprefix('中共')}委员会",
            approved,
        ),
    ]
    statements(sheet, 240, 3240, held)


def _introduction(rng: random.Random, person: Person) -> str:
    merit = rng.choice(("为人正派，吃苦在前", "钻研业务，乐于助人", "思想纯朴，工作扎实"))
    doubt = rng.choice(("有时固执己见", "理论学习不够经常", "工作中偶有急躁"))
    return f"{person.name}同志对党的认识明确，{merit}；缺点是{doubt}。我愿意介绍该同志入党。"
