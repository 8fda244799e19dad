"""Describing materials (著录): add, change and remove a line of the catalogue, and put its pages in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from webapp.domain.category import Category, sensitivity_of
from webapp.domain.category_keywords import suggested_category
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.partial_date import PartialDate
from webapp.domain.schemes import DEFAULT_SCHEME
from webapp.services import audit, dossiers, jobs
from webapp.services.actor import Actor
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import transaction
from webapp.storage.loans import LoanMaterial
from webapp.storage.pages import Page, Upload

LONGEST_TITLE = LONGEST_REMARK = 200  # characters, as the columns hold
MOST_PAGES, MOST_COPIES = 2000, 99
_AT_ONCE = 10  # priority of the index jobs: what may be found must follow what was just decided


class Misdescribed(Invalid):
    """Fields of a description that cannot be kept. `errors` holds a message by field name."""

    def __init__(self, errors: dict[str, str]):
        super().__init__("；".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Description:
    """What the catalogue says of a material. `goes_with` is the public id of the material it belongs to, or ""."""

    title: str
    category: Category
    formed: PartialDate | None = None
    recorded_pages: int | None = None
    copies: int = 1
    remark: str = ""
    goes_with: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "Description":
        """From what was typed in: title, category, formed, recorded_pages, copies, remark, goes_with.

        Without a category the one that the title speaks for. Raises Misdescribed with all that is wrong.
        """
        errors: dict[str, str] = {}
        given = {name: value.strip() for name, value in fields.items()}
        title = _text(given, "title", "材料名称", LONGEST_TITLE, errors)
        remark = _text(given, "remark", "备注", LONGEST_REMARK, errors)
        if not title:
            errors.setdefault("title", "请填写材料名称")
        category = _category(given.get("category", ""), title, errors)
        formed = _formed(given.get("formed", ""), errors)
        pages = _count(given, "recorded_pages", "页数", MOST_PAGES, errors)
        copies = _count(given, "copies", "份数", MOST_COPIES, errors)
        if errors or category is None:
            raise Misdescribed(errors)
        tie = given.get("goes_with", "")
        return cls(title, category, formed, pages, 1 if copies is None else copies, remark, tie)


def find(public_id: str) -> Material:
    """The material by public id. Decides nothing. Raises NotFound."""
    material = Material.get_or_none(Material.public_id == public_id)
    if material is None:
        raise NotFound("没有这份材料")
    return material


def opened(actor: Actor, material_id: str, *, now: datetime) -> Material:
    """The material for its keeper to work on; logged. Raises NotFound, Refused."""
    material = find(material_id)
    dossiers.require_custody(actor, material.dossier)
    with transaction():
        _log("material:opened", material, actor, now, {})
    return material


@transaction()
def add(actor: Actor, dossier_id: str, given: Description, *, now: datetime) -> Material:
    """Put a further line in a dossier's catalogue. Raises NotFound, Refused, Misdescribed."""
    dossier = dossiers.find(dossier_id)
    dossiers.require_custody(actor, dossier)
    _check_formed(given, now)
    columns = _columns(given) | {"goes_with": _head(dossier, given, None)}
    material = Material.create(dossier=dossier, scheme=DEFAULT_SCHEME, created_at=now, **columns)
    jobs.enqueue("index", f"material:{material.id}", now=now, priority=_AT_ONCE)
    _log("material:catalogued", material, actor, now, {"category": material.category})
    return material


@transaction()
def change(actor: Actor, material_id: str, given: Description, *, now: datetime) -> Material:
    """Describe a material anew; nothing is written when nothing differs. Raises NotFound, Refused, Misdescribed."""
    material = find(material_id)
    dossiers.require_custody(actor, material.dossier)
    _check_formed(given, now)
    columns = _columns(given) | {"goes_with": _head(material.dossier, given, material)}
    changed = sorted(name for name, value in columns.items() if getattr(material, name) != value)
    if not changed:
        return material
    if "category" in changed:
        material.scheme = DEFAULT_SCHEME
    for name, value in columns.items():
        setattr(material, name, value)
    material.save()
    _index(material, now)
    _log("material:changed", material, actor, now, {"fields": changed, "category": material.category})
    return material


@transaction()
def remove(actor: Actor, material_id: str, *, now: datetime) -> Dossier:
    """Take a line out of the catalogue, as long as nothing was scanned for it. Returns its dossier.

    Raises NotFound, Refused; Conflict once it has pages or files, and while its paper is out.
    """
    material = find(material_id)
    dossier = material.dossier
    dossiers.require_custody(actor, dossier)
    has_files = Upload.select().where(Upload.material == material).exists()
    if has_files or Page.select().where(Page.material == material).exists():
        raise Conflict("这份材料已有扫描件，不能删除。请先移走扫描件")
    if LoanMaterial.select().where((LoanMaterial.material == material) & LoanMaterial.is_out).exists():
        raise Conflict("这份材料已经借出，归还登记以后才能删除")
    material.delete_instance()
    jobs.enqueue("index", f"material:{material.id}", now=now, priority=_AT_ONCE)
    _log("material:removed", material, actor, now, {"category": material.category})
    return dossier


@transaction()
def arrange_pages(actor: Actor, material_id: str, numbers: Sequence[int], *, now: datetime) -> Material:
    """Put a material's pages in another order: `numbers` are the present page numbers in the order wanted.

    Raises NotFound, Refused; Conflict when they are not exactly the numbers there are.
    """
    material = find(material_id)
    dossiers.require_custody(actor, material.dossier)
    pages = {page.number: page for page in Page.select().where(Page.material == material)}
    if sorted(numbers) != sorted(pages):
        raise Conflict("页面已有变化，请刷新后再排序")
    moved = [(pages[old], new) for new, old in enumerate(numbers, start=1) if old != new]
    if not moved:
        return material
    # Out of the way first: no two pages may claim one number, not even for the length of a statement.
    beyond = max(pages) + len(pages)
    Page.update(number=Page.number + beyond).where(Page.material == material).execute()
    for new, old in enumerate(numbers, start=1):
        Page.update(number=new).where(Page.id == pages[old].id).execute()
    for page, _ in moved:
        jobs.enqueue("index", f"page:{page.id}", now=now, priority=_AT_ONCE)
    order = [pages[old].public_id for old in numbers]
    _log("material:pages-arranged", material, actor, now, {"order": order})
    return material


def move_page(actor: Actor, material_id: str, number: int, to: int, *, now: datetime) -> Material:
    """Move one page so that it becomes page `to`. Raises as arrange_pages does."""
    held = Page.select(Page.number).join(Material).where(Material.public_id == material_id)
    numbers = sorted(page.number for page in held)
    if number not in numbers or not 1 <= to <= len(numbers):
        raise Conflict("页面已有变化，请刷新后再排序")
    numbers.remove(number)
    numbers.insert(to - 1, number)
    return arrange_pages(actor, material_id, numbers, now=now)


def heads(dossier: Dossier, *, but: Material | None = None) -> list[Material]:
    """Materials that another one may go with: those that go with none themselves."""
    query = Material.select().where((Material.dossier == dossier) & Material.goes_with.is_null())
    return [material for material in query.order_by(Material.id) if material != but]


def pages_of(material: Material) -> list[Page]:
    """The pages of a material by number."""
    return list(Page.select().where(Page.material == material).order_by(Page.number))


def _columns(given: Description) -> dict[str, Any]:
    formed = given.formed
    return {
        "title": given.title,
        "category": given.category.code,
        "year": formed.year if formed else None,
        "month": formed.month if formed else None,
        "day": formed.day if formed else None,
        "recorded_pages": given.recorded_pages,
        "copies": given.copies,
        "remark": given.remark,
        "sensitivity": sensitivity_of(given.category, given.title),
    }


def _head(dossier: Dossier, given: Description, material: Material | None) -> Material | None:
    """The material named by goes_with. One level only, within one category, so that no ring can be made."""
    if not given.goes_with:
        return None
    head = Material.get_or_none((Material.public_id == given.goes_with) & (Material.dossier == dossier))
    if head is None or head == material or head.goes_with_id is not None:
        raise Misdescribed({"goes_with": "不能附在这份材料后面，请另选一份"})
    if head.category != given.category.code:
        raise Misdescribed({"goes_with": "只能附在同一类别的材料后面"})
    if material is not None and Material.select().where(Material.goes_with == material).exists():
        raise Misdescribed({"goes_with": "已有材料附在它后面，它不能再附在别的材料后面"})
    return head


def _check_formed(given: Description, now: datetime) -> None:
    """A day of leeway: the archive's day begins before that of UTC."""
    latest = now + timedelta(days=1)
    formed = given.formed
    if formed and (formed.year, formed.month or 1, formed.day or 1) > (latest.year, latest.month, latest.day):
        raise Misdescribed({"formed": "形成时间晚于今天，请核对"})


def _index(material: Material, now: datetime) -> None:
    """Ask for the material and its pages to be indexed again: where it is filed says who may find them."""
    jobs.enqueue("index", f"material:{material.id}", now=now, priority=_AT_ONCE)
    for (page,) in Page.select(Page.id).where(Page.material == material).tuples():
        jobs.enqueue("index", f"page:{page}", now=now, priority=_AT_ONCE)


def _log(action: str, material: Material, actor: Actor, at: datetime, details: dict[str, Any]) -> None:
    details["dossier"] = material.dossier.public_id
    audit.append(action, actor=actor, at=at, kind="material", record=material.public_id, details=details)


def _text(given: Mapping[str, str], name: str, label: str, longest: int, errors: dict[str, str]) -> str:
    text = " ".join(given.get(name, "").split())
    if len(text) > longest:
        errors[name] = f"{label}不超过{longest}字"
    return text


def _category(written: str, title: str, errors: dict[str, str]) -> Category | None:
    if not written:
        category = suggested_category(title)
        if category is None:
            errors["category"] = "从名称看不出类别，请选择"
        return category
    try:
        return Category.parse(written)
    except Invalid as error:
        errors["category"] = str(error)
        return None


def _formed(written: str, errors: dict[str, str]) -> PartialDate | None:
    try:
        return PartialDate.parse(written) if written else None
    except Invalid as error:
        errors["formed"] = str(error)
        return None


def _count(given: Mapping[str, str], name: str, label: str, most: int, errors: dict[str, str]) -> int | None:
    written = given.get(name, "")
    if not written:
        return None
    count = int(written) if written.isdecimal() and len(written) <= 4 else 0
    if not 1 <= count <= most:
        errors[name] = f"{label}应是1到{most}的整数"
    return count
