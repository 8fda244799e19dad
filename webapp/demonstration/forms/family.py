"""The table of close relatives (家庭主要成员) that several forms share. Every cell of it is somebody else's secret."""

from datetime import date

from webapp.demonstration.grid import Grid, month
from webapp.demonstration.people import Person, Relative
from webapp.demonstration.sheet import Sheet

MARRYING_AGE = 25
COLUMNS = ("称 谓", "姓 名", "出生年月", "政治面貌", "工作单位及职务")


def family_table(
    sheet: Sheet, top: int, person: Person, on: date, *, rows: int = 6, height: int = 130
) -> int:
    """Draw the table with the relatives of that day filled in, other rows empty. Returns its bottom in pixels."""
    relatives = [relative for relative in person.relatives if _was_family(relative, person, on)]
    grid = Grid(sheet, top, (1, 1.1, 1.5, 1.5, 1.5, 3.6), [height] * (rows + 1))
    grid.label(0, 0, "家庭主要成员及重要社会关系", rows=rows + 1)
    for column, heading in enumerate(COLUMNS, start=1):
        grid.label(0, column, heading)
    for row in range(1, rows + 1):
        relative = relatives[row - 1] if row <= len(relatives) else None
        values = (
            (relative.kinship, relative.name, month(relative.born), relative.politics, relative.work)
            if relative
            else ("",) * 5
        )
        for column, value in enumerate(values, start=1):
            grid.entry(row, column, value, secret="family" if column > 1 else None)
    return grid.bottom


def _was_family(relative: Relative, person: Person, on: date) -> bool:
    """True when the relative was born, and the husband or wife married, before the form was filled in."""
    married = person.age(on) >= MARRYING_AGE or relative.kinship not in ("丈夫", "妻子")
    return relative.born < (on.year, on.month) and married
