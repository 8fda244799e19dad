"""Copies under a grant (复制件): chosen pages as one PDF, each by the door of the viewer.

A copy may be printed or kept: nobody can tell, so there is one right to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from webapp.domain import page_choice
from webapp.domain.category import Category
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.grant import Grant, GrantState
from webapp.domain.page_width import READING_PX
from webapp.services import asked, companions, copy_register, dossiers, grants, policy, readable, viewings
from webapp.services.actor import Actor
from webapp.services.grants import Held
from webapp.services.own_export import MOST_PAGES, Exported
from webapp.services.readable import ForCopy
from webapp.storage import requests as stored
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material
from webapp.storage.copies import Copy
from webapp.storage.pages import Page
from webapp.storage.requests import AccessRequest, RequestStep


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be copied under a grant: materials with the number of their pages.

    awaits_second -- not before a second officer has joined the viewing
    """

    held: Held
    lines: tuple[tuple[Material, int], ...]
    awaits_second: bool

    @property
    def dossier(self) -> Dossier:
        """Whose pages."""
        return self.held.row.dossier


@dataclass(frozen=True, slots=True)
class Made:
    """What goes into the file. `code` is nowhere else; `pages` without a picture say why they stayed behind.

    scope -- what the grant names, in words; parts -- titles and page numbers of what is in the file
    """

    copy: Copy
    code: str
    request: AccessRequest
    grant: Grant
    scope: tuple[str, ...]
    approvals: tuple[RequestStep, ...]
    second: Officer | None
    pages: tuple[Exported, ...]
    parts: tuple[tuple[str, str], ...]
    organisation: str


def offered(actor: Actor, grant_id: str, *, at: datetime) -> Offered:
    """What one of the actor's grants lets them copy; the catalogue it is read from is logged.

    Raises NotFound for another's grant, Refused where it is over or does not allow copies.
    """
    held = _own(actor, grant_id)
    if not held.grant.may_copy:
        raise Refused("这项授权只能在手机上查阅，没有批准制作复制件", rule="copy:not-granted")
    if (state := held.grant.state_at(at)) is not GrantState.ACTIVE:
        raise Refused(f"这项授权{state.label}，不能制作复制件", rule=f"grant-{state.value.replace('_', '-')}")
    opened = dossiers.catalogue(actor, held.row.dossier.public_id, at=at)
    rights = readable.rights_by(actor, held.row.dossier, grant_id, at=at)
    lines = [(line.material, line.scanned_pages) for line in opened.lines if line.scanned_pages]
    mine = tuple(line for line in lines if readable.may_copy(rights, line[0]))
    return Offered(held, mine, rights.wants_company)


def make(actor: Actor, grant_id: str, choice: Mapping[str, str], *, now: datetime) -> Made:
    """Draw the chosen pages, write the copy into the register, and hand out its code, once.

    choice -- by public id of a material, its pages as they were typed. Raises Invalid for none and for too many;
    NotFound, Refused for what the grant does not open; Refused without a second officer where one is demanded.
    """
    offer = offered(actor, grant_id, at=now)
    chosen = _chosen(offer, choice)
    number = copy_register.new_number()
    viewing = viewings.begin(actor, chosen[0][0].public_id, grants.purpose_of(offer.held.grant), now=now)
    copy = ForCopy(number, grant_id)
    pages = tuple(page for its, numbers in chosen for page in _drawn(actor, its, numbers, copy, now))
    if not any(page.jpeg for page in pages):
        raise Invalid("所选的页现在都不能复制：" + pages[0].reason)
    parts = _sent(pages)
    row, code = copy_register.enter(actor, number, offer.held.row, viewing, parts, now=now)
    request, second = offer.held.row.request, companions.of(viewing, at=now)
    return Made(
        row,
        code,
        request,
        offer.held.grant,
        tuple(_in_words(offer)),
        tuple(asked.approvals_of(request)),
        second.session.officer if second else None,
        pages,
        tuple((material.title, page_choice.written(numbers)) for material, numbers in parts),
        policy.current().organisation,
    )


def _own(actor: Actor, grant_id: str) -> Held:
    mine = (stored.Grant.public_id == grant_id) & (stored.Grant.officer == actor.person)
    for held in grants.with_scopes(stored.Grant.select().where(mine)):
        return held
    raise NotFound("没有这项授权")


def _chosen(offer: Offered, choice: Mapping[str, str]) -> list[tuple[Material, tuple[int, ...]]]:
    if choice.keys() - {its.public_id for its, _ in offer.lines}:
        raise NotFound("没有这份材料", rule="copy:outside-grant")
    chosen = []
    for its, count in offer.lines:
        if its.public_id in choice:
            try:
                chosen.append((its, page_choice.chosen(choice[its.public_id], count)))
            except Invalid as error:
                raise Invalid(f"《{its.title}》的{error}") from error
    if not chosen:
        raise Invalid("请至少选一份材料")
    if (total := sum(len(numbers) for _, numbers in chosen)) > MOST_PAGES:
        raise Invalid(f"一份复制件最多 {MOST_PAGES} 页，您选了 {total} 页，请分几次制作")
    return chosen


def _drawn(
    actor: Actor, its: Material, numbers: tuple[int, ...], copy: ForCopy, now: datetime
) -> Iterator[Exported]:
    """Each page as the viewer would show it under this grant alone, or why it stays behind."""
    rights = readable.rights_by(actor, its.dossier, copy.grant_id, at=now)
    pages = Page.select().where((Page.material == its) & Page.number.in_(numbers)).order_by(Page.number)
    for page in pages:
        decision = rights.decide(its, page)
        if page.optimised_id is None or decision.is_withheld:
            reason = decision.reason if decision.is_withheld else "这一页还在处理中"
            yield Exported(its, page.number, reason=reason)
            continue
        sent = viewings.deliver(
            actor, its.public_id, page.number, width_px=READING_PX, accept="image/jpeg", now=now, copy=copy
        )
        yield Exported(its, page.number, sent.content)


def _in_words(offer: Offered) -> Iterator[str]:
    scope = offer.held.grant.scope
    for category in sorted(map(Category, scope.categories)):
        yield f"{category.display} {category.title()}"
    yield from (its.title for its, _ in offer.lines if its.public_id in scope.materials)


def _sent(pages: tuple[Exported, ...]) -> list[tuple[Material, list[int]]]:
    """What was drawn, by material in order."""
    found: dict[int, tuple[Material, list[int]]] = {}
    for page in pages:
        if page.jpeg:
            found.setdefault(page.material.id, (page.material, []))[1].append(page.number)
    return list(found.values())
