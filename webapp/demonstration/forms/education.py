"""Papers of study (学历学位): the diploma with its seal, and the graduate's register form (毕业生登记表)."""

from datetime import date
from functools import partial

from webapp.demonstration.forms.family import family_table
from webapp.demonstration.forms.paper import Paper, hand_of, ymd
from webapp.demonstration.grid import Grid, Statement, statements, title
from webapp.demonstration.marks import portrait, seal, stamp
from webapp.demonstration.people import Person, Schooling, spoken
from webapp.demonstration.sheet import Sheet
from webapp.demonstration.wording import CHILDHOOD, paragraph
from webapp.domain.geometry import Box
from webapp.domain.partial_date import PartialDate

CHARACTERS = (
    "学习刻苦，担任班级学习委员",
    "热心公益，参加义务修堤",
    "性格沉静，长于钻研",
    "长跑健将，为校争光",
)
THESES = (
    "云梧水运旧档考",
    "县级财政收支平衡浅析",
    "山区小学师资流动调查",
    "小型水库淤积的观测",
    "乡村账簿的整理方法",
)
GOLD = (172, 132, 62)


def diploma(person: Person, course: Schooling) -> Paper:
    """A copy of the diploma on one page, stamped as compared with the original."""
    kind = "学位证书" if course.degree == "硕士" else "毕业证书"
    day = date(course.ended[0], course.ended[1], 1)
    painter = partial(_diploma, person=person, course=course, kind=kind)
    return Paper(
        "4-1", f"{course.level}{kind}", PartialDate(day.year, day.month), (painter,), "song", "复印件"
    )


def _diploma(sheet: Sheet, *, person: Person, course: Schooling, kind: str) -> None:
    for inset, width in ((0, 10), (26, 3)):
        box = Box(230 + inset, 620 + inset, 2250 - inset, 2220 - inset)
        sheet.draw.rectangle((box.left, box.top, box.right, box.bottom), outline=GOLD, width=width)
    for x in (230, 2250):
        for y in (620, 2220):
            sheet.draw.ellipse((x - 34, y - 34, x + 34, y + 34), outline=GOLD, width=10)
    sheet.write(1240, 740, kind, size=130, face="song_bold", align="centre", spacing=60, ink=(150, 26, 30))
    length = course.ended[0] - course.began[0]
    study = "全日制" if course.full_time else "在职"
    text = (
        f"　　学生{person.name}，性别{person.sex}，{spoken(person.first_written_birth)}出生，"
        f"于{spoken(course.began)}至{spoken(course.ended)}在本校{course.major}{study}学习，学制{length}年，"
        f"修完教学计划规定的全部课程，"
        f"成绩合格，准予毕业" + (f"，授予{course.degree}学位。" if course.degree else "。")
    )
    sheet.fill(Box(740, 960, 2170, 1560), text, size=62, face="song", align="top", leading=1.75)
    portrait(sheet, Box(330, 1000, 680, 1480))
    serial = sheet.rng.randrange(10_000, 99_999)
    sheet.write(330, 1960, f"证书编号：YW{course.ended[0]}{serial}{sheet.rng.randrange(1000):03}", size=48)
    sheet.write(330, 2050, f"学校名称：{course.school}", size=48)
    sheet.write(1420, 1720, "校（院）长：", size=54)
    sheet.write(1760, 1700, "霍望之", size=76, face="pen")
    sheet.write(2140, 2020, f"{course.ended[0]}年{course.ended[1]}月1日", size=54, align="right")
    seal(sheet, 1790, 1960, course.school, diameter=470)
    stamp(sheet, 1500, 2480, sheet.rng.choice(("与原件核对无误", "复印件与原件相符")))


def graduate_register(person: Person) -> Paper:
    """高等学校毕业生登记表 on two pages; it writes the birth month as it was first written."""
    course = person.first_degree
    day = date(course.ended[0], 6, 18)
    painters = (
        partial(_register_front, person=person, course=course),
        partial(_register_back, person=person, on=day),
    )
    return Paper("4-1", "高等学校毕业生登记表", ymd(day), painters, hand_of(day.year))


def _register_front(sheet: Sheet, *, person: Person, course: Schooling) -> None:
    title(sheet, "高等学校毕业生登记表", 230)
    grid = Grid(sheet, 420, (1.15, 1.6, 1.05, 1.3, 1.2, 1.7, 1.8), [140] * 5)
    year, first_month = person.first_written_birth
    grid.pairs(0, "姓　名", person.name, "性　别", person.sex, "出生年月", f"{year}.{first_month:02}")
    grid.pairs(1, "民　族", person.nation, "籍　贯", person.native_place, "健康状况", "健康")
    grid.label(2, 0, "身份证号")
    grid.entry(2, 1, person.id_number, columns=3)
    grid.pairs(2, "学　历", course.level, start=4)
    grid.label(3, 0, "院系专业")
    grid.entry(3, 1, f"{course.school}{course.major}", columns=6)
    grid.label(4, 0, "家庭住址")
    grid.entry(4, 1, person.address, columns=6)
    sheet.frame(grid.box(0, 6, 3))
    portrait(sheet, grid.box(0, 6, 3).grown(-50, -20, within=sheet.image.size))
    bottom = family_table(sheet, grid.bottom, person, date(course.ended[0], 6, 1), rows=5, height=125)
    subjects = "；".join(
        f"{name} {sheet.rng.randint(71, 96)}"
        for name in ("大学语文", "高等数学", "外语", "政治经济学", "计算机基础", "毕业论文")
    )
    youth = paragraph(sheet.rng, CHILDHOOD[:5], 3, person.unit)
    held = [
        Statement(
            "自我鉴定",
            youth + "在校期间遵守校纪，团结同学。",
            2.2,
            signed=person.name,
            on=date(course.ended[0], 6, 2),
        ),
        Statement("主要课程成绩", subjects, 0.8),
    ]
    statements(sheet, bottom, 3240, held)


def _register_back(sheet: Sheet, *, person: Person, on: date) -> None:
    school = person.first_degree.school
    comment = (
        f"{person.name}同学{sheet.rng.choice(CHARACTERS)}，"
        f"毕业论文题为《{sheet.rng.choice(THESES)}》，成绩良好。"
    )
    held = [
        Statement("班组鉴定意见", comment, 1.2, signed="顾衍", on=on.replace(day=8)),
        Statement("院系意见", "同意班组鉴定，准予毕业。", 1, "裴远山", on=on.replace(day=12)),
        Statement("学校意见", "情况属实。", 1.2, sealed=school, on=on),
        Statement("分配或就业去向", f"到{person.posts[1].text.split('(')[0][:-2]}报到。", 0.7),
        Statement("备注", "", 0.5),
    ]
    statements(sheet, 260, 3220, held)
