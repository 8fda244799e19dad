"""A large archive of typed text (检索基准): people, materials and pages without pictures, the same on every run.

Half of a page is set phrases, as forms have them; half is running text in words drawn by their rank, as real text has
them, so that rare pairs of characters keep coming up.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import Any

from tests.benchmarks.archives import TOP, utc_now
from webapp.domain.category import CODES, Category, sensitivity_of
from webapp.search.entry import Entry, Kind, join
from webapp.services import indexing, pieces, units
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.database import Record, new_public_id, transaction
from webapp.storage.pages import Blob, Page, PageText, Upload
from webapp.vault.vault import vault

PAGES_PER_DOSSIER, PAGES_PER_MATERIAL = 25, 5
UNITS = 40
MASKED_SHARE = 0.3  # of pages hold a number that masked readers must not find
_ROWS_AT_ONCE = 500
_WORDS, _SENTENCES = 6_000, 10
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
_SET_PHRASES = (
    "{name}同志政治立场坚定，工作认真负责，{year}年度考核确定为优秀等次。",
    "{year}年{month}月任{unit}{post}，主持日常工作。",
    "经{unit}党组研究，同意{name}按期转正，自{year}年{month}月起计算工龄。",
    "本人自愿填写，以上内容属实，如有不符愿承担责任。填表人：{name}",
    "证明人{other}，现任{unit}{post}，与本人系同事关系。",
    "参加{unit}组织的干部培训班学习，成绩合格，准予结业。",
)
_POSTS = ("科员", "副主任科员", "主任科员", "副局长", "局长", "调研员", "会计师", "办公室主任")


@dataclass
class TypedPage:
    """One page: its row id, whose and in what it is, and its text with and without what is masked."""

    number: int
    material: Material
    clear: str
    masked: str

    @property
    def entry(self) -> Entry:
        """As the worker would put it into the index."""
        context = indexing.context_of(self.material)
        return Entry(
            join(Kind.PAGE, self.number),
            dossier=self.material.dossier_id,
            material=self.material.id,
            category=indexing.category_of(self.material),
            clear=f"{context}\n{self.clear}",
            masked=f"{context}\n{self.masked}",
        )


@dataclass
class Writer:
    """Writes pages, one after another."""

    rng: random.Random
    names: list[str] = field(default_factory=list)
    _words: list[str] = field(init=False)
    _weights: list[float] = field(init=False)

    def __post_init__(self) -> None:
        signs = [
            bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)
        ]
        lengths = self.rng.choices((1, 2, 3, 4), (1, 12, 3, 2), k=_WORDS)
        self._words = ["".join(self.rng.choices(signs, k=length)) for length in lengths]
        self._weights = list(accumulate(1 / rank for rank in range(1, _WORDS + 1)))  # Zipf
        signs_of_names = signs[:600]
        self.names = [
            self.rng.choice(_SURNAMES) + "".join(self.rng.choices(signs_of_names, k=self.rng.choice((1, 2))))
            for _ in range(4_000)
        ]

    def page(self, name: str, unit: str) -> tuple[str, str]:
        """(clear, masked), some 380 characters each."""
        rows = [self._sentence(name, unit) for _ in range(_SENTENCES)]
        masked = list(rows)
        if self.rng.random() < MASKED_SHARE:
            number = str(self.rng.randint(10**17, 10**18 - 1))
            rows.append(f"身份证号 {number}")
            masked.append(f"身份证号 {'■' * len(number)}")
        return "\n".join(rows), "\n".join(masked)

    def _sentence(self, name: str, unit: str) -> str:
        if self.rng.random() < 0.5:
            words = self.rng.choices(self._words, cum_weights=self._weights, k=self.rng.randint(10, 26))
            return "".join(words) + "。"
        return self.rng.choice(_SET_PHRASES).format(
            name=name, unit=unit, other=self.rng.choice(self.names), post=self.rng.choice(_POSTS),
            year=self.rng.randint(1978, 2024), month=self.rng.randint(1, 12),
        )  # fmt: skip


def fill(pages: int, *, seed: int = 50) -> list[TypedPage]:
    """Write an archive of so many pages into the open database, as intake and worker leave it. Nothing is indexed."""
    writer = Writer(random.Random(seed))
    with transaction():
        places = [units.find_or_create(f"{TOP}/{TOP}第{number}局") for number in range(1, UNITS + 1)]
        made = list(islice(_pages(writer, places), pages))
        _keep(made)
    return made


def other_entries(made: Iterable[TypedPage]) -> Iterator[Entry]:
    """The entries of the people and the materials that the pages lie in."""
    seen: set[str] = set()
    for page in made:
        material, dossier = page.material, page.material.dossier
        person = (
            f"{dossier.subject.name}\n{dossier.subject.unit.name}\n{dossier.subject.post}\n{dossier.number}"
        )
        for entry in (
            Entry(join(Kind.DOSSIER, dossier.id), dossier.id, person, person),
            Entry(join(Kind.MATERIAL, material.id), dossier.id, material.title, material.title, material.id,
                  indexing.category_of(material)),
        ):  # fmt: skip
            if entry.ref not in seen:
                seen.add(entry.ref)
                yield entry


def _pages(writer: Writer, places: list[Unit]) -> Iterator[TypedPage]:
    """Pages in order, numbered from 1, each in an unsaved material of an unsaved dossier."""
    number = material_id = 0
    first = (Dossier.select().count(), Material.select().count())
    for person in range(len(writer.names)):
        dossier = _dossier(writer, first[0] + person + 1, places[person % len(places)])
        for code in writer.rng.sample(CODES, PAGES_PER_DOSSIER // PAGES_PER_MATERIAL):
            material_id += 1
            material = _material(dossier, first[1] + material_id, code)
            for _ in range(PAGES_PER_MATERIAL):
                number += 1
                clear, masked = writer.page(dossier.subject.name, dossier.subject.unit.name)
                yield TypedPage(number, material, clear, masked)


def _dossier(writer: Writer, row: int, unit: Unit) -> Dossier:
    name, now, public_id = writer.rng.choice(writer.names), utc_now(), new_public_id()
    key = vault.new_data_key(public_id)
    subject = Subject(id=row, name=name, unit=unit, post=writer.rng.choice(_POSTS))
    return Dossier(id=row, public_id=public_id, number=f"T{row:06}", subject=subject, data_key=key.sealed,
                   root_id=key.root_id, created_at=now)  # fmt: skip


def _material(dossier: Dossier, row: int, code: str) -> Material:
    title = f"{dossier.subject.name}材料之{row % 97}"
    return Material(id=row, dossier=dossier, category=code, scheme="2018", title=title,
                    sensitivity=sensitivity_of(Category(code), title), created_at=dossier.created_at)  # fmt: skip


def _keep(made: list[TypedPage]) -> None:
    """Write the rows of these pages and of all that they lie in."""
    by_material = {page.material.id: page.material for page in made}
    dossiers = {material.dossier_id: material.dossier for material in by_material.values()}
    _insert(Subject, (dossier.subject for dossier in dossiers.values()))
    _insert(Dossier, dossiers.values())
    _insert(Material, by_material.values())
    officer, now = Officer.select().first(), utc_now()
    scans = {
        row: Blob(id=row, blob_id=f"{row:032}", dossier=material.dossier, kind="original", size=1, sha256="",
                  created_at=now) for row, material in by_material.items()
    }  # fmt: skip
    _insert(Blob, scans.values())
    _insert(Upload, (
        Upload(id=row, material=row, officer=officer, file_name="", media_type="application/pdf", sha256=str(row),
               original=scans[row], state="decoded", frame_count=PAGES_PER_MATERIAL, received_at=now)
        for row in by_material
    ))  # fmt: skip
    rows = [_row(page) for page in made]
    _insert(Page, rows)
    _insert(PageText, (_text(page, row) for page, row in zip(made, rows, strict=True)))


def _row(page: TypedPage) -> Page:
    number = (page.number - 1) % PAGES_PER_MATERIAL + 1
    return Page(id=page.number, material=page.material, upload=page.material.id, frame=number, number=number,
                state="indexed", mask_state="verified", width_px=2480, height_px=3508)  # fmt: skip


def _text(page: TypedPage, row: Page) -> PageText:
    dossier = page.material.dossier
    sealed = {
        kind: pieces.seal_field(dossier, f"{kind}:{row.public_id}", text)
        for kind, text in (("clear", page.clear), ("masked", page.masked))
    }
    return PageText(page=row, **sealed)


def _insert(model: type[Record], rows: Iterable[Record]) -> None:
    names = list(model._meta.fields)
    waiting = iter(rows)
    while batch := list(islice(waiting, _ROWS_AT_ONCE)):
        model.insert_many([{name: _value(row, name) for name in names} for row in batch]).execute()


def _value(row: Record, name: str) -> Any:
    return row.__data__.get(name)
