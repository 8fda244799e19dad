"""The yearly appraisal form (年度考核登记表)."""

from datetime import date
from functools import partial

from webapp.demonstration.forms.paper import Paper, hand_of, ymd
from webapp.demonstration.grid import Grid, Statement, statements, title
from webapp.demonstration.people import Appraisal, Person
from webapp.demonstration.sheet import Sheet

REMARKS = (
    "该同志政治坚定，工作主动，较好完成了年度任务，建议评为{grade}等次。",
    "工作踏实肯干，团结同志，纪律性强，拟定为{grade}等次。",
    "能够独当一面，遇到难题不推诿，同意评为{grade}。",
)


def annual_appraisal(person: Person, appraisal: Appraisal) -> Paper:
    """公务员年度考核登记表 on one page, dated in the January that follows the year."""
    day = date(appraisal.year + 1, 1, 9 + appraisal.year % 15)
    painter = partial(_page, person=person, appraisal=appraisal, day=day)
    return Paper("3", f"{appraisal.year}年度考核登记表", ymd(day), (painter,), hand_of(appraisal.year))


def _page(sheet: Sheet, *, person: Person, appraisal: Appraisal, day: date) -> None:
    title(sheet, "公务员年度考核登记表", 230, below=f"（{appraisal.year}年度）")
    grid = Grid(sheet, 470, (1.1, 1.6, 1, 1.2, 1.2, 1.7), [125] * 3)
    grid.pairs(0, "姓　名", person.name, "性　别", person.sex, "出生年月", f"{person.born:%Y.%m}")
    grid.label(1, 0, "政治面貌")
    grid.entry(1, 1, person.politics)
    grid.label(1, 2, "单位职务")
    grid.entry(1, 3, person.post, columns=3)
    grid.label(2, 0, "从事或分管工作")
    grid.entry(2, 1, sheet.rng.choice(person.unit.work), columns=5)
    remark = sheet.rng.choice(REMARKS).format(grade=appraisal.grade)
    verdict = f"经考核委员会研究，确定为{appraisal.grade}等次。"
    held = [
        Statement("个人总结", appraisal.summary, 2.6, signed=person.name, on=day.replace(day=4)),
        Statement("主管领导评语和考核等次建议", remark, 1.1, signed="穆维新", on=day.replace(day=6)),
        Statement("机关负责人或考核委员会意见", verdict, 1.1, sealed=person.unit.name, on=day),
        Statement("本人意见", "同意考核结果。", 0.75, signed=person.name, on=day),
    ]
    statements(sheet, grid.bottom, 3240, held)
