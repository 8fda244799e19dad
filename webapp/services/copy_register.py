"""The register of copies (复制件登记): what was made, and a check that anybody with the paper can make.

The code on the paper is stored as a keyed fingerprint of number and code: who reads the register cannot print a copy
that passes for genuine.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.domain import crockford, page_choice
from webapp.domain.errors import Invalid
from webapp.services import audit, copy_returns, dossiers, policy, throttles
from webapp.services.actor import Actor
from webapp.services.audit import Outcome
from webapp.services.rights import Rights
from webapp.services.visitor import Visitor
from webapp.storage.archive import Material
from webapp.storage.copies import Copy, CopyPart
from webapp.storage.database import transaction
from webapp.storage.reading import Viewing
from webapp.storage.requests import AccessRequest, Grant
from webapp.vault.vault import vault

_NUMBER_LENGTH, _CODE_LENGTH = 8, 12  # characters; the code has 60 bits
UNNAMED = "一份材料"  # whose title one may not know, any more or at all, or that was removed

Part = tuple[Material, list[int]]  # pages of one material


@dataclass(frozen=True, slots=True)
class Registered:
    """A copy as its asker and its approvers are told of it: titles, as far as they may know them, and page numbers.

    end -- what became of it, empty while it is out
    """

    copy: Copy
    parts: tuple[tuple[str, str], ...]
    end: str


@dataclass(frozen=True, slots=True)
class Genuine:
    """What anybody with the paper may know.

    is_over -- it should be back or destroyed; settled -- what its keeper says became of it, empty while it is out
    """

    number: str
    made_at: datetime
    organisation: str
    pages: int
    not_after: datetime
    is_over: bool
    settled: str


def new_number() -> str:
    """A number for a copy, as it stands on its pages: F and seven characters."""
    return "F" + _random(_NUMBER_LENGTH - 1)


@transaction()
def enter(
    actor: Actor, number: str, grant: Grant, viewing: Viewing, parts: Sequence[Part], *, now: datetime
) -> tuple[Copy, str]:
    """Write a copy down. Returns it with its code, which is known nowhere else from here on."""
    code = _random(_CODE_LENGTH)
    count = sum(len(numbers) for _, numbers in parts)
    made = Copy.create(
        number=number, seal=_seal(number, code), grant=grant, viewing=viewing, pages=count, made_at=now
    )
    for its, numbers in parts:
        CopyPart.create(copy=made, material=its, numbers=page_choice.written(numbers))
    audit.append("copy:made", actor=actor, at=now, kind="copy", record=made.public_id, viewing=viewing.number,
                 purpose=viewing.purpose,
                 details={"grant": grant.public_id, "copy": number, "pages": count})  # fmt: skip
    return made, crockford.grouped(code)


def listed(actor: Actor, request: AccessRequest, *, at: datetime) -> list[Registered]:
    """The copies made under a request's grants, the newest first. The caller has shown that the actor may see it."""
    rows = list(Copy.select().join(Grant).where(Grant.request == request).order_by(Copy.id.desc()))
    if not rows:
        return []
    rights = dossiers.rights(actor, request.dossier, at=at)
    return [
        Registered(
            row,
            tuple(_told(part, rights) for part in row.parts.order_by(CopyPart.id)),
            copy_returns.label(row),
        )
        for row in rows
    ]


def check(number: str, code: str, *, actor: Actor, visitor: Visitor, now: datetime) -> Genuine | None:
    """Whether a copy with this number and code was made here; logged, and a wrong one counted against the visitor.

    Raises Invalid for what cannot be either, Throttled.
    """
    number, code = crockford.plain(number), crockford.plain(code)
    if not number.startswith("F") or not crockford.is_written_in(number, _NUMBER_LENGTH):
        raise Invalid("编号是 F 开头的 8 位字母和数字，印在复制件每一页的上方")
    if not crockford.is_written_in(code, _CODE_LENGTH):
        raise Invalid("核验码是 12 位字母和数字，印在复制件的封面上")
    bucket = throttles.Bucket(f"copy|{vault.blind_index('address', visitor.network)}", throttles.ADDRESS)
    reserved = throttles.reserve([bucket], now=now)
    made = Copy.get_or_none(Copy.seal == _seal(number, code))
    outcome = Outcome.ALLOW if made else Outcome.DENY
    with transaction():
        audit.append("copy:checked", actor=actor, at=now, kind="copy", record=made.public_id if made else "",
                     outcome=outcome, reason="genuine" if made else "no-such-copy")  # fmt: skip
    if made is None:
        return None
    throttles.give_back(reserved)
    grant = made.grant
    is_over = grant.revoked_at is not None or now >= grant.not_after
    organisation = policy.current().organisation
    return Genuine(
        number, made.made_at, organisation, made.pages, grant.not_after, is_over, copy_returns.label(made)
    )


def _told(part: CopyPart, rights: Rights) -> tuple[str, str]:
    its = part.material
    return its.title if its and rights.decide(its).shows_catalogue else UNNAMED, part.numbers


def _seal(number: str, code: str) -> str:
    return vault.blind_index("copy", f"{number}|{code}")


def _random(length: int) -> str:
    return "".join(secrets.choice(crockford.ALPHABET) for _ in range(length))
