"""The individual's own dossier (我的档案): what it holds, what is under way about it, how they want to be told."""

from dataclasses import dataclass
from datetime import datetime

from webapp.domain.completeness import Survey, survey
from webapp.domain.correction import State
from webapp.domain.disclosure import Level
from webapp.services import audit, dossiers, viewers
from webapp.services.actor import Actor
from webapp.services.dossiers import Catalogue
from webapp.storage.archive import Dossier
from webapp.storage.corrections import Correction
from webapp.storage.database import transaction
from webapp.storage.notices import NoticeWish


@dataclass(frozen=True, slots=True)
class Home:
    """What the individual sees first. `refusal` says why the dossier itself is closed to them; else it is empty."""

    catalogue: Catalogue | None
    refusal: str
    survey: Survey
    viewings: int  # by others
    corrections: int  # open ones
    wants_viewings: bool


def home(actor: Actor, dossier: Dossier, *, at: datetime) -> Home:
    """The own dossier at a glance; logged as opened where it is open to the person."""
    decision = dossiers.decide_for(actor, dossier)
    is_open = decision.level >= Level.ROSTER
    catalogue = dossiers.summary(actor, dossier.public_id, at=at) if is_open else None
    parts = [(part.category.code, part) for part in catalogue.parts if part.category] if catalogue else []
    counts = {code: len(part.lines) for code, part in parts}
    asked = (Correction.dossier == dossier) & (Correction.state == State.OPEN.value)
    return Home(
        catalogue,
        "" if is_open else decision.reason,
        survey(counts, unlisted=[code for code, part in parts if part.closed]),
        viewers.count(dossier) if is_open else 0,
        Correction.select().where(asked).count(),
        wants_viewings(actor),
    )


def wants_viewings(actor: Actor) -> bool:
    """Whether the actor is told whenever somebody opens their dossier."""
    wish = NoticeWish.get_or_none(NoticeWish.officer == actor.person)
    return bool(wish and wish.wants_viewings)


@transaction()
def want_viewings(actor: Actor, wanted: bool, *, now: datetime) -> None:
    """Be told, or not, whenever somebody opens one's dossier. Raises Refused where it is closed to the person."""
    viewers.open_own(actor)
    row = {"officer": actor.person, "wants_viewings": wanted}
    NoticeWish.insert(**row).on_conflict(
        conflict_target=[NoticeWish.officer], update={NoticeWish.wants_viewings: wanted}
    ).execute()
    audit.append("notices:wished", actor=actor, at=now, kind="officer", record=actor.person.public_id,
                 details={"viewings": wanted})  # fmt: skip
