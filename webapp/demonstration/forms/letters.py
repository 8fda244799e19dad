"""What people write on ruled letter paper (信笺): life stories, reports of thought, the request to join the party."""

import random
from datetime import date
from functools import partial

from webapp.demonstration.forms.paper import Paper, ymd
from webapp.demonstration.grid import dated
from webapp.demonstration.people import Person, spoken
from webapp.demonstration.sheet import Sheet, wrap
from webapp.demonstration.wording import CHILDHOOD, REFLECTIONS, RESULTS, paragraph

RED = (206, 58, 52)
PITCH_PX, LINES, SIZE_PX = 118, 22, 64
LEFT_PX, WIDTH_PX, TOP_PX = 300, 1880, 520


def letter(person: Person, category: str, heading: str, paragraphs: list[str], on: date) -> Paper:
    """A hand-written letter under `heading`, over as many sheets as it needs, signed on the last one."""
    text = "\n".join(f"　　{part}" for part in paragraphs)
    lines = [*wrap(text, WIDTH_PX, SIZE_PX, "pen"), "", "", ""]  # room for signature and day
    is_student = (on.year, on.month) < person.started_work
    letterhead = person.first_degree.school if is_student else person.unit.name
    leaves = [lines[i : i + LINES] for i in range(0, len(lines), LINES)]
    painters = [
        partial(_leaf, lines=leaf, header=letterhead, heading=heading if i == 0 else "")
        for i, leaf in enumerate(leaves)
    ]
    painters[-1] = partial(_last_leaf, leaf=painters[-1], used=len(leaves[-1]), signed=person.name, on=on)
    return Paper(category, heading, ymd(on), tuple(painters), "pen")


def _leaf(sheet: Sheet, *, lines: list[str], header: str, heading: str) -> None:
    sheet.write(1240, 230, header, size=70, face="song_bold", align="centre", spacing=26, ink=RED)
    sheet.rule(LEFT_PX, 345, WIDTH_PX, RED, 5)
    for row in range(LINES):
        sheet.rule(LEFT_PX, TOP_PX + (row + 1) * PITCH_PX - 16, WIDTH_PX, RED)
    if heading:
        sheet.write(1240, 410, heading, size=76, face="pen", align="centre", spacing=14)
    for row, line in enumerate(lines):
        if line.strip():
            sheet.write(LEFT_PX + 6, TOP_PX + row * PITCH_PX + 26, line, size=SIZE_PX, face="pen")


def _last_leaf(sheet: Sheet, *, leaf: partial[None], used: int, signed: str, on: date) -> None:
    leaf(sheet)
    y = TOP_PX + (used - 2) * PITCH_PX + 26
    sheet.write(2120, y, signed, size=SIZE_PX + 4, face="pen", align="right")
    sheet.write(2120, y + PITCH_PX, dated(on), size=SIZE_PX, face="pen", align="right")


def thought_report(person: Person, on: date, rng: random.Random) -> Paper:
    """思想汇报, about two sheets."""
    body = [paragraph(rng, REFLECTIONS, 2, person.unit) for _ in range(3)]
    opening = f"敬爱的党组织：现将我{on.year}年以来的思想、工作情况汇报如下。"
    closing = "以上是我近期的思想汇报，不妥之处恳请党组织批评帮助。"
    return letter(person, "2", "思想汇报", [opening, *body, closing], on)


def autobiography(person: Person, on: date, rng: random.Random) -> Paper:
    """自传: childhood, school, work."""
    opening = (
        f"我叫{person.name}，{spoken(person.born_month)}出生，{person.nation}，籍贯{person.native_place}。"
    )
    father = next((relative for relative in person.relatives if relative.kinship == "父亲"), None)
    home = f"父亲{father.name}常说，做人要像梧桐，根要扎得深。" if father else ""
    childhood = paragraph(rng, CHILDHOOD, 4, person.unit)
    work = paragraph(rng, RESULTS, 2, person.unit)
    return letter(person, "2", "自　传", [opening + home, childhood, work, "今后我要更加严格要求自己。"], on)


def party_request(person: Person, on: date, rng: random.Random) -> Paper:
    """入党申请书."""
    opening = "敬爱的党组织：我志愿申请加入中国共产党，愿意为党的事业奋斗终身。"
    is_student = (on.year, on.month) < person.started_work
    belief = paragraph(rng, CHILDHOOD[:5], 3, person.unit)
    if not is_student:
        belief += paragraph(rng, REFLECTIONS, 2, person.unit)
    closing = "请党组织在实践中考验我。此致敬礼。"
    return letter(person, "6", "入党申请书", [opening, belief, closing], on)
