"""What officers are to dossiers, one by one and all at once."""

import pytest

from tests.services.cast import actor_in, dossier_of
from webapp.domain.disclosure import Level, Standing
from webapp.domain.errors import NotFound, Refused
from webapp.domain.role import Role
from webapp.services import dossiers
from webapp.services.actor import SYSTEM

pytestmark = pytest.mark.usefixtures("archive")


def test_an_official_stands_in_scope_below_their_unit_and_nowhere_else() -> None:
    inside, outside = dossier_of("甲", "市财政局/预算科"), dossier_of("乙", "市教育局")
    official = actor_in(Role.OFFICIAL, lookup="市财政局")
    assert dossiers.standing_of(official, inside) is Standing.SCOPE
    assert dossiers.standing_of(official, outside) is Standing.ORGANISATION


def test_a_unit_whose_path_begins_alike_is_not_below() -> None:
    for n in range(11):
        dossier_of(f"人{n}", f"单位{n}")
    official = actor_in(Role.OFFICIAL, lookup="单位0")
    assert list(dossiers.standings(official).by_dossier.values()) == [Standing.SCOPE]


def test_scopes_hold_in_their_role_only() -> None:
    dossier = dossier_of("甲")
    assert dossiers.standing_of(actor_in(Role.OFFICIAL, custody="市财政局"), dossier) is Standing.ORGANISATION
    assert dossiers.standing_of(actor_in(Role.ARCHIVIST, lookup="市财政局"), dossier) is Standing.ORGANISATION
    assert dossiers.standing_of(actor_in(Role.APPROVER, lookup="市财政局"), dossier) is Standing.ORGANISATION
    assert dossiers.standing_of(actor_in(Role.ARCHIVIST, custody="市财政局"), dossier) is Standing.CUSTODY


def test_own_comes_before_recusal_and_recusal_before_custody() -> None:
    dossier = dossier_of("甲")
    relative = actor_in(Role.ARCHIVIST, custody="市财政局", recused_from=dossier.subject)
    both = actor_in(Role.ARCHIVIST, custody="市财政局", subject=dossier.subject, recused_from=dossier.subject)
    assert dossiers.standing_of(relative, dossier) is Standing.RECUSED
    assert dossiers.standing_of(both, dossier) is Standing.OWN


@pytest.mark.parametrize("role", list(Role))
def test_all_at_once_says_what_one_by_one_says(role: Role) -> None:
    held = [dossier_of(str(n), unit) for n, unit in enumerate(("甲局", "甲局/一科", "乙局", "甲局/二科"))]
    actor = actor_in(
        role, lookup="甲局", custody="甲局/二科", subject=held[1].subject, recused_from=held[3].subject
    )
    at_once = dossiers.standings(actor)
    assert [at_once.of(d.id) for d in held] == [dossiers.standing_of(actor, d) for d in held]


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR])
def test_the_three_administrators_see_nothing(role: Role) -> None:
    actor = actor_in(role, lookup="市财政局", custody="市财政局")
    assert dossiers.decide_for(actor, dossier_of("甲")).level is Level.NOTHING


def test_only_the_keeper_and_the_system_have_custody() -> None:
    dossier = dossier_of("甲")
    dossiers.require_custody(actor_in(Role.ARCHIVIST, custody="市财政局/预算科"), dossier)
    dossiers.require_custody(SYSTEM, dossier)
    for other in (
        actor_in(Role.ARCHIVIST, custody="市教育局"),
        actor_in(Role.OFFICIAL, lookup="市财政局", custody="市财政局"),
        actor_in(Role.ARCHIVIST, custody="市财政局", subject=dossier.subject),
    ):
        with pytest.raises(Refused):
            dossiers.require_custody(other, dossier)


def test_the_system_reads_nothing() -> None:
    with pytest.raises(RuntimeError):
        dossiers.decide_for(SYSTEM, dossier_of("甲"))


def test_an_unknown_dossier_is_not_found() -> None:
    with pytest.raises(NotFound):
        dossiers.find("nowhere")
