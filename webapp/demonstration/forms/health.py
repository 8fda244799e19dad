"""The medical examination form (体格检查表)."""

from datetime import date
from functools import partial

from webapp.demonstration.forms.paper import Paper, hand_of, ymd
from webapp.demonstration.grid import Grid, Statement, statements, title
from webapp.demonstration.marks import portrait
from webapp.demonstration.people import Person
from webapp.demonstration.sheet import Sheet

HOSPITAL = "云梧市第二人民医院"
FINDINGS = (
    "未见异常",
    "轻度脂肪肝，建议复查",
    "血压偏高，低盐饮食",
    "窦性心律不齐",
    "甲状腺结节 3mm，定期随访",
)


def medical_examination(person: Person, on: date) -> Paper:
    """体格检查表 on one page."""
    return Paper("10", "体格检查表", ymd(on), (partial(_page, person=person, on=on),), hand_of(on.year))


def _page(sheet: Sheet, *, person: Person, on: date) -> None:
    rng = sheet.rng
    title(sheet, "体格检查表", 230)
    grid = Grid(sheet, 410, (1.2, 1.6, 1, 1.1, 1.2, 1.7, 1.8), [140] * 3)
    grid.pairs(0, "姓　名", person.name, "性　别", person.sex, "出生年月", f"{person.born:%Y.%m}")
    grid.label(1, 0, "身份证号")
    grid.entry(1, 1, person.id_number, columns=3)
    grid.pairs(1, "电　话", person.phone, start=4)
    grid.label(2, 0, "工作单位")
    grid.entry(2, 1, person.unit.name, columns=3)
    grid.pairs(2, "既往病史", rng.choice(("无", "阑尾炎手术史", "青霉素过敏")), start=4)
    sheet.frame(grid.box(0, 6, 3))
    portrait(sheet, grid.box(0, 6, 3).grown(-50, -20, within=sheet.image.size))
    measures = Grid(sheet, grid.bottom, (1.2, 1.3, 1.9, 1.3, 1.9, 1.6), [120] * 4)
    sight = tuple(f"{rng.choice((4.6, 4.8, 5.0, 5.1))}" for _ in range(2))
    for row, (name, one, two) in enumerate(
        (
            ("一般情况", f"身高|{rng.randint(156, 184)} cm", f"体重|{rng.randint(48, 86)} kg"),
            ("眼　科", f"左眼视力|{sight[0]}", f"右眼视力|{sight[1]}"),
            (
                "内　科",
                f"血压|{rng.randint(108, 142)}/{rng.randint(66, 92)} mmHg",
                f"心率|{rng.randint(62, 88)} 次/分",
            ),
            ("化　验", f"血糖|{rng.uniform(4.4, 6.6):.1f} mmol/L", f"转氨酶|{rng.randint(12, 58)} U/L"),
        )
    ):
        measures.label(row, 0, name)
        measures.pairs(row, *one.split("|"), *two.split("|"), start=1)
        measures.entry(row, 5, rng.choice(("岑", "俞", "阮")) + "医师", face="pen")
    held = [
        Statement("心电图和超声", rng.choice(FINDINGS), 1, signed="阮济民"),
        Statement("胸部透视", rng.choice(("心肺膈未见异常", "双肺纹理清晰")), 0.8, signed="俞秉仁"),
        Statement("检查结论", f"{person.health}。可以坚持正常工作。", 1.2, "岑树德", HOSPITAL, on),
    ]
    statements(sheet, measures.bottom, 3200, held)
