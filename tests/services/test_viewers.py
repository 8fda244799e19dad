"""Who viewed one's dossier: every viewing, with what was really sent, told to its subject alone."""

from datetime import timedelta

import pytest

from tests.asking import granted
from tests.builders import ELSEWHERE, UNIT, keeper_of, make_dossier, make_material, make_officer, make_page
from tests.moment import NOW
from webapp.domain.disclosure import Level
from webapp.domain.errors import NotFound, Refused
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.rendering.images import READING_PX
from webapp.services import audit, copies, notices, own, viewers, viewings
from webapp.storage.accounts import Officer
from webapp.storage.policy import Setting
from webapp.storage.reading import Companion


@pytest.fixture
def page(archive):
    return make_page(make_material(make_dossier("张三"), "1", "干部履历表"))


@pytest.fixture
def owner(page):
    return make_officer(Role.INDIVIDUAL, subject=page.material.dossier.subject)


@pytest.fixture
def official(page):
    return make_officer(Role.OFFICIAL, lookup=UNIT)


def view(actor, *pages, at=NOW):
    material_id = pages[0].material.public_id
    viewing = viewings.begin(actor, material_id, "4", now=at)
    for page in pages:
        viewings.deliver(actor, page.material.public_id, page.number, width_px=READING_PX,
                         accept="image/jpeg", now=at)  # fmt: skip
    return viewing


def listed(owner, **more):
    return viewers.listed(owner, now=NOW, **more)


def test_a_viewing_is_told_with_purpose_pages_and_whether_they_were_masked(owner, official, page):
    second = make_page(page.material)
    viewing = view(official, second, page, page)
    view(make_officer(Role.OFFICIAL, lookup=UNIT), page, at=NOW)
    (_, one), more = listed(owner)
    assert more is None
    assert (one.name, one.role) == ("某某", "查阅人")
    assert "案件查办" in one.purpose
    account = viewers.account(owner, viewing.public_id)
    assert [(read.title, read.pages, read.was_clear) for read in account.reads] == [
        ("干部履历表", (1, 2), False)
    ]
    assert (account.last_at, account.approved_at) == (NOW, None)


def test_what_was_read_by_a_grant_names_its_approval(owner, page):
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    granted(asker, page.material)
    viewing = view(asker, page)
    assert viewers.account(owner, viewing.public_id).approved_at is not None


def test_who_read_along_and_what_was_copied_is_told_with_the_pages(owner, page):
    reader, second = make_officer(Role.OFFICIAL, lookup=ELSEWHERE), make_officer(Role.ARCHIVIST)
    Officer.update(name="李娜").where(Officer.id == second.person.id).execute()
    Setting.update(value="strict").where(Setting.name == "preset").execute()
    closed = make_page(make_material(page.material.dossier, "5", "考察材料"))
    grant = granted(reader, page.material, closed.material, may_copy=True)
    viewing = viewings.begin(reader, page.material.public_id, "4", now=NOW)
    Companion.create(
        viewing=viewing, invited_at=NOW, officer=second.person, session=second.session, joined_at=NOW
    )
    view(reader, closed)
    Setting.update(value="standard").where(Setting.name == "preset").execute()
    assert viewers.account(owner, viewing.public_id).seconds == ()
    Setting.update(value="strict").where(Setting.name == "preset").execute()
    copies.make(reader, grant.public_id, {page.material.public_id: ""}, now=NOW)
    Setting.update(value="standard").where(Setting.name == "preset").execute()
    account = viewers.account(owner, viewing.public_id)
    assert account.seconds == ("李娜",)
    assert [(read.title, read.was_copied) for read in account.reads] == [("干部履历表", True)]


def test_a_keeper_saw_it_unmasked(owner, page):
    viewing = view(keeper_of(page.material.dossier), page)
    assert viewers.account(owner, viewing.public_id).reads[0].was_clear


def test_what_was_read_of_closed_materials_is_not_told(owner, page):
    hidden = make_page(make_material(page.material.dossier, "5", "考察材料"))
    keeper = keeper_of(page.material.dossier)
    viewing = view(keeper, page)
    assert view(keeper, hidden, at=NOW + timedelta(minutes=5)) == viewing
    account = viewers.account(owner, viewing.public_id)
    assert [read.title for read in account.reads] == ["干部履历表"]
    assert account.last_at == NOW


def test_who_read_closed_materials_alone_seems_to_have_read_nothing(owner, official, page):
    hidden = make_page(make_material(page.material.dossier, "5", "考察材料"))
    granted(official, hidden.material, level=Level.CLEAR)
    of_hidden = viewers.account(owner, view(official, hidden).public_id)
    other = make_officer(Role.OFFICIAL, lookup=UNIT)
    of_none = viewers.account(owner, viewings.begin(other, page.material.public_id, "4", now=NOW).public_id)
    for account in (of_hidden, of_none):
        assert (account.reads, account.approved_at, account.last_at) == ((), None, None)


def test_ones_own_viewings_are_apart(owner, official, page):
    view(owner, page)
    assert listed(owner)[0] == []
    assert [one.role for one in listed(owner, is_own=True)[0]] == ["本人"]
    view(official, page)
    assert len(listed(owner)[0]) == viewers.count(page.material.dossier) == 1


def test_nobody_is_told_who_viewed_anothers_dossier(owner, official, page):
    viewing = view(official, page)
    other = make_officer(Role.INDIVIDUAL, subject=make_dossier("李四").subject)
    assert listed(other)[0] == []
    with pytest.raises(NotFound):
        viewers.account(other, viewing.public_id)
    with pytest.raises(Refused):
        listed(official)
    with pytest.raises(NotFound):
        listed(make_officer(Role.INDIVIDUAL))


def test_where_the_own_dossier_is_closed_so_is_the_list(owner):
    Setting.update(value="no").where(Setting.name == "own_dossier").execute()
    with pytest.raises(Refused):
        listed(owner)


@pytest.mark.parametrize("rule", [{"own_dossier": "no"}, {"preset": "strict"}])
def test_where_the_own_dossier_is_closed_nobody_is_told_of_viewings(owner, page, rule):
    asker = make_officer(Role.OFFICIAL)
    granted(asker, page.material)
    own.want_viewings(owner, True, now=NOW)
    ((name, value),) = rule.items()
    Setting.update(value=value).where(Setting.name == name).execute()
    viewings.begin(asker, page.material.public_id, "4", now=NOW)
    assert notices.listed(owner) == []
    for wanted in (True, False):
        with pytest.raises(Refused):
            own.want_viewings(owner, wanted, now=NOW)


def test_who_is_an_individual_no_more_is_told_of_no_viewing(owner, official, page):
    own.want_viewings(owner, True, now=NOW)
    Officer.update(role_names="official").where(Officer.id == owner.person.id).execute()
    view(official, page)
    assert notices.listed(owner) == []


def test_a_long_list_comes_in_parts(owner, page, monkeypatch):
    monkeypatch.setattr(viewers, "SHOWN", 2)
    numbers = [view(make_officer(Role.OFFICIAL, lookup=UNIT), page).number for _ in range(5)]
    found, more = [], None
    while True:
        part, more = listed(owner, before=more)
        found += [one.viewing.number for one in part]
        if more is None:
            break
    assert found == numbers[::-1]


def test_entries_of_a_viewing_are_found_among_those_of_other_times(owner, official, page):
    for hours in range(5):
        view(make_officer(Role.OFFICIAL, lookup=UNIT), page, at=NOW + timedelta(hours=hours))
    viewing = view(official, page, at=NOW + timedelta(hours=5))
    view(make_officer(Role.OFFICIAL, lookup=UNIT), page, at=NOW + timedelta(days=3))
    for since in (NOW, NOW + timedelta(hours=5)):
        found = list(audit.of_viewing(viewing.number, since=since, until=NOW + timedelta(hours=6)))
        assert [entry["action"] for entry in found] == ["viewing:opened", "page:delivered"]
    long_ago = NOW - timedelta(days=9)
    assert list(audit.of_viewing(viewing.number, since=long_ago, until=NOW + timedelta(hours=4))) == []
    assert viewers.account(owner, viewing.public_id).reads


def test_who_wants_it_is_told_of_readers_and_not_of_keepers(owner, official, page):
    view(official, page)
    assert notices.listed(owner) == []
    own.want_viewings(owner, True, now=NOW)
    view(keeper_of(page.material.dossier), page)
    view(owner, page)
    assert notices.listed(owner) == []
    viewing = view(make_officer(Role.OFFICIAL, lookup=UNIT), page)
    (told,) = notices.listed(owner)
    assert (told.notice.kind, told.notice.record) == (NoticeKind.DOSSIER_VIEWED, viewing.public_id)
    own.want_viewings(owner, False, now=NOW)
    view(make_officer(Role.OFFICIAL, lookup=UNIT), page)
    assert len(notices.listed(owner)) == 1
    assert not own.wants_viewings(owner)
