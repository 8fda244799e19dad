"""What a request names is called by its name only before those who may know it."""

import pytest

from tests.asking import DAY, granted, make_draft
from tests.builders import ELSEWHERE, make_dossier, make_material, make_officer
from tests.moment import NOW
from webapp.domain.role import Role
from webapp.services import asked, named
from webapp.services.named import UNTOLD, Named
from webapp.storage.accounts import Recusal
from webapp.storage.requests import AccessRequest


@pytest.fixture
def sanction(archive):
    return make_material(make_dossier("李四"), "8", "关于给予警告处分的决定")


@pytest.fixture
def asker(sanction):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


def told(actor, request, now=NOW):
    return named.told(actor, AccessRequest.get_by_id(request.id), at=now)


def test_what_the_catalogue_does_not_tell_is_named_without_its_title(asker, sanction):
    diploma = make_material(sanction.dossier, "4-1", "学历证书")
    draft = make_draft(asker, sanction, diploma)
    assert {(one.public_id, one.title) for one in told(asker, draft)} == {
        (sanction.public_id, UNTOLD),
        (diploma.public_id, "学历证书"),
    }
    assert asked.scope_of(draft).materials == {sanction.public_id, diploma.public_id}


def test_the_title_is_told_as_long_as_a_grant_tells_it(asker, sanction):
    request = granted(asker, sanction).request
    assert told(asker, request) == [Named(sanction.public_id, sanction.title, sanction.year)]
    assert told(asker, request, NOW + 3 * DAY) == [Named(sanction.public_id, UNTOLD)]


def test_a_recusal_that_comes_later_takes_the_titles_away(asker, sanction):
    diploma = make_material(sanction.dossier, "4-1", "学历证书")
    draft = make_draft(asker, diploma)
    Recusal.create(officer=asker.person, subject=sanction.dossier.subject, relation="配偶")
    assert told(asker, draft) == [Named(diploma.public_id, UNTOLD)]
