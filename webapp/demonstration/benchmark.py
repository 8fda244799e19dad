"""Held-out pages for measuring the reader (识别基准): every kind of form under every kind of wear, with the truth."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from webapp.demonstration.dossiers import DrawnMaterial, dossier
from webapp.demonstration.organisation import organisation
from webapp.demonstration.sheet import DrawnPage
from webapp.demonstration.wear import WEAR_KINDS, WornPage, worn

FORMS = (
    ("9-2", "干部任免审批表", 1), ("6", "中国共产党入党志愿书", 2), ("3", "年度考核登记表", 1), ("4-1", "证书", 1),
    ("1", "干部履历表", 4), ("10", "体格检查表", 1), ("9-1", "工资变动登记表", 1), ("7", "公务员奖励审批表", 1),
    ("9-2", "考察材料", 1), ("1", "干部履历表", 2), ("6", "中国共产党入党志愿书", 3), ("5", "干部任前审核登记表", 1),
)  # fmt: skip


class BenchmarkPage(NamedTuple):
    """One page to be read: what it is, as drawn, and as worn with lines and secrets in its own pixels.

    is_penned -- its blanks are filled in by pen
    """

    name: str
    drawn: DrawnPage
    worn: WornPage
    is_penned: bool


def benchmark_pages(seed: int | str, count: int) -> Iterator[BenchmarkPage]:
    """`count` pages, one by one, of people that no demonstration shows. The first 96 pair each form with each wear."""
    people = [
        person
        for person in organisation(f"benchmark/{seed}", 36).people
        if person.joined_party and person.awards
    ]
    for i in range(count):
        category, title, number = FORMS[i % len(FORMS)]
        kind = WEAR_KINDS[(i + i // len(FORMS)) % len(WEAR_KINDS)]
        held = dossier(people[i % len(people)], seed)
        material = _material(held, category, title)
        page = material.page(number)
        reverse = _material(held, "1", "干部履历表").page(3) if kind == "bleed" else None
        aged = worn(page, random.Random(f"{seed}/benchmark/{i}"), kind, reverse)
        yield BenchmarkPage(
            f"{i:03}-{material.title}-{number}-{kind}", page, aged, material.paper.hand == "pen"
        )


def _material(materials: list[DrawnMaterial], category: str, title: str) -> DrawnMaterial:
    return next(held for held in materials if held.category == category and title in held.title)
