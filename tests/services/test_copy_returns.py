"""What became of a copy: noted once by another who keeps the dossier, and told to whoever checks the paper."""

import pytest

from tests.accounts import OFFICE
from tests.asking import granted
from tests.builders import ELSEWHERE, keeper_of, make_dossier, make_material, make_officer, make_page
from tests.moment import NOW
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.role import Role
from webapp.services import audit, copies, copy_register, copy_returns
from webapp.services.actor import SYSTEM
from webapp.storage.accounts import Recusal


@pytest.fixture
def page(archive):
    return make_page(make_material(make_dossier("张三"), "8", "关于给予警告处分的决定"))


@pytest.fixture
def asker(page):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


@pytest.fixture
def made(asker, page):
    grant = granted(asker, page.material, may_copy=True)
    return copies.make(asker, grant.public_id, {page.material.public_id: ""}, now=NOW)


@pytest.fixture
def keeper(page):
    return keeper_of(page.material.dossier)


def settle(actor, made, end="filed"):
    copy_returns.settle(actor, made.copy.public_id, end, now=NOW)


def test_it_is_out_until_it_was_handed_back_or_destroyed(keeper, asker, made):
    assert (copy_returns.listed(keeper, now=NOW), copy_returns.waiting(keeper)) == ([made.copy], 1)
    with pytest.raises(Invalid):
        settle(keeper, made, "lost")
    settle(keeper, made, "destroyed")
    with pytest.raises(Conflict):
        settle(keeper, made)
    assert copy_returns.listed(keeper, now=NOW) == []
    entry = next(one for one in audit.entries(limit=5) if one["action"] == "copy:settled")
    assert (entry["record"], entry["details"]["end"]) == (made.copy.public_id, "destroyed")
    (told,) = copy_register.listed(asker, made.request, at=NOW)
    assert told.end == "已销毁"


def test_who_checks_the_paper_is_told_what_became_of_it(keeper, made):
    def found():
        return copy_register.check(made.copy.number, made.code, actor=SYSTEM, visitor=OFFICE, now=NOW)

    assert found().settled == ""
    settle(keeper, made)
    assert found().settled == "已交回归档"


def test_only_another_who_keeps_the_dossier_notes_it(keeper, asker, page, made):
    subject = page.material.dossier.subject
    recused = keeper_of(page.material.dossier)
    Recusal.create(officer=recused.person, subject=subject, relation="配偶")
    for actor in (
        asker,
        recused,
        make_officer(Role.ARCHIVIST, custody=ELSEWHERE),
        make_officer(Role.APPROVER),
    ):
        with pytest.raises(Refused):
            settle(actor, made)
    assert copy_returns.listed(recused, now=NOW) == []
    made.copy.grant.officer = keeper.person
    made.copy.grant.save()
    with pytest.raises(Refused, match="自己制作"):
        settle(keeper, made)
    assert copy_returns.waiting(keeper) == 0
    with pytest.raises(Refused):
        copy_returns.listed(asker, now=NOW)
    with pytest.raises(NotFound):
        copy_returns.settle(keeper, "no-such-copy----", "filed", now=NOW)
