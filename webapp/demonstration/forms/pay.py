"""The register of pay changes (工资变动登记表)."""

from functools import partial

from webapp.demonstration.forms.paper import Paper, ymd
from webapp.demonstration.grid import Grid, month, title
from webapp.demonstration.marks import seal
from webapp.demonstration.people import PayChange, Person
from webapp.demonstration.sheet import Sheet

ROWS = 19


def pay_register(person: Person) -> Paper:
    """工资变动登记表 on one page: the newest lines, dated by the last."""
    changes = person.pay[-ROWS:]
    painter = partial(_page, person=person, changes=changes)
    return Paper("9-1", "工资变动登记表", ymd(changes[-1].on), (painter,))


def _page(sheet: Sheet, *, person: Person, changes: tuple[PayChange, ...]) -> None:
    title(sheet, "工资变动登记表", 230)
    head = Grid(sheet, 410, (1.1, 1.6, 1, 1, 1.5, 1.7), [130] * 2)
    head.pairs(0, "姓　名", person.name, "性　别", person.sex, "出生年月", f"{person.born:%Y.%m}")
    head.pairs(
        1,
        "档案号",
        person.dossier_number,
        "学历",
        person.schooling[-1].level,
        "参加工作时间",
        month(person.started_work),
    )
    grid = Grid(sheet, head.bottom, (0.6, 1.6, 2.2, 1.5, 1.6, 1.2), [120] + [118] * ROWS)
    for column, heading in enumerate(
        ("序号", "执行时间", "变动原因", "级别档次", "月基本工资（元）", "经办人")
    ):
        grid.label(0, column, heading)
    for row in range(ROWS):
        change = changes[row] if row < len(changes) else None
        values = (
            (str(row + 1), f"{change.on:%Y.%m}", change.cause, change.step, str(change.yuan), "简素云")
            if change
            else ("",) * 6
        )
        for column, value in enumerate(values):
            grid.entry(row + 1, column, value)
    seal(sheet, 1900, grid.bottom - 60, person.unit.name, diameter=430)
