"""Reading by a grant: image, text, catalogue and search obey it, and only the server's clock counts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.asking import DAY, approve, granted, make_approver, make_request
from tests.builders import (
    ELSEWHERE,
    ID_NUMBER,
    UNIT,
    index_all,
    keeper_of,
    make_dossier,
    make_material,
    make_officer,
    make_page,
)
from tests.moment import NOW
from webapp.domain.disclosure import Level
from webapp.domain.errors import Conflict, NotFound, Refused
from webapp.domain.grant import UNDO
from webapp.domain.role import Role
from webapp.services import audit, dossiers, grants, search, viewings
from webapp.storage.accounts import Recusal
from webapp.storage.requests import AccessRequest, Grant

SECOND = timedelta(seconds=1)


@pytest.fixture
def page(archive):
    material = make_material(make_dossier("张三"), "8", "关于给予警告处分的决定")
    return make_page(material, "给予 张三 警告 处分", f"身份证号 {ID_NUMBER}")


@pytest.fixture
def asker(page):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


def begin(actor, page, now=NOW):
    return viewings.begin(actor, page.material.public_id, "", now=now)


def deliver(actor, page, now=NOW):
    material = page.material.public_id
    return viewings.deliver(actor, material, 1, width_px=480, accept="image/jpeg", now=now)


def beat(actor, page, now=NOW):
    return viewings.beat(actor, page.material.public_id, now=now)


def titles(actor, page, now=NOW):
    opened = dossiers.catalogue(actor, page.material.dossier.public_id, at=now)
    return [line.material.title for line in opened.lines]


def found(actor, words, now=NOW):
    made = search.record(actor, words, now=now)
    return search.results(actor, made.public_id, now=now)


def test_pages_text_and_catalogue_open_and_close_with_the_grant(asker, page):
    assert titles(asker, page) == []
    grant = granted(asker, page.material)
    assert titles(asker, page) == [page.material.title]
    viewing = begin(asker, page)
    assert viewing.purpose == grant.request.purpose
    assert deliver(asker, page).content
    assert ID_NUMBER not in "".join(viewings.text(asker, page.material.public_id, 1, now=NOW))
    entry = next(audit.entries(limit=1))
    assert (entry["reason"], entry["details"]["grant"]) == ("grant", grant.public_id)
    grants.revoke(grant.public_id, actor=make_approver(), now=NOW)
    for act in (deliver, beat, begin):
        with pytest.raises(Refused, match="收回") as refusal:
            act(asker, page)
        assert refusal.value.rule == "grant-revoked"
    assert titles(asker, page) == []


def test_a_clear_grant_shows_what_is_masked_otherwise(asker, page):
    granted(asker, page.material, level=Level.CLEAR)
    begin(asker, page)
    assert ID_NUMBER in "".join(viewings.text(asker, page.material.public_id, 1, now=NOW))


def test_search_finds_by_a_grant_and_no_longer_without(asker, page):
    index_all()
    assert found(asker, "警告处分").is_empty
    grant = granted(asker, page.material)
    hits = found(asker, "警告处分")
    assert {hit.material for hit in hits.pages} == {page.material}
    assert found(asker, ID_NUMBER).is_empty
    assert found(make_officer(Role.OFFICIAL, lookup=ELSEWHERE), "警告处分").is_empty
    assert found(asker, "警告处分", NOW + 3 * DAY).is_empty
    grants.revoke(grant.public_id, actor=make_approver(), now=NOW)
    assert found(asker, "警告处分").is_empty


def test_search_does_not_even_count_what_lies_beside_the_granted(asker, page):
    make_page(make_material(page.material.dossier, "8", "关于撤职的决定"), "撤职 决定 云梧")
    index_all()
    granted(asker, page.material)
    for words in ("撤职", "云梧"):
        assert found(asker, words).is_empty


def test_search_by_a_clear_grant_finds_what_is_masked_for_others(asker, page):
    index_all()
    granted(asker, page.material, level=Level.CLEAR)
    assert found(asker, ID_NUMBER).pages_total == 1


@pytest.mark.parametrize("level", [Level.MASKED, Level.CLEAR])
def test_search_shows_no_text_that_only_a_grant_opens_for_that_would_take_no_time(asker, page, level):
    index_all()
    granted(asker, page.material, level=level)
    for words in ("警告处分", "给予", "身份证号", "张三"):
        hit = next(hit for hit in found(asker, words).pages if hit.page)
        assert (hit.page, hit.shown, hit.is_timed) == (page, [], True)
    title = next(hit for hit in found(asker, "决定").pages if not hit.page)
    assert ("".join(text for text, _ in title.shown), title.is_timed) == (page.material.title, False)


def test_a_grant_takes_no_snippet_from_a_standing_right_and_adds_nothing_to_it(archive):
    page = make_page(
        make_material(make_dossier("张三"), "1", "履历表"), "云岭小学 任教", f"身份证号 {ID_NUMBER}"
    )
    index_all()
    within = make_officer(Role.OFFICIAL, lookup=UNIT)
    before = [(hit.page, hit.shown) for hit in found(within, "云岭小学").pages]
    granted(within, page.material, level=Level.CLEAR)
    assert [(hit.page, hit.shown) for hit in found(within, "云岭小学").pages] == before
    (hit,) = found(within, ID_NUMBER).pages
    assert hit.is_timed
    assert ID_NUMBER not in "".join(text for text, _ in hit.shown)


def test_a_grant_is_over_at_its_last_moment(asker, page):
    grant = granted(asker, page.material)
    begin(asker, page)
    deliver(asker, page, grant.not_after - SECOND)
    with pytest.raises(Refused, match="到期") as refusal:
        deliver(asker, page, grant.not_after)
    assert refusal.value.rule == "grant-expired"


def test_a_recusal_that_comes_later_beats_the_grant(asker, page):
    granted(asker, page.material)
    begin(asker, page)
    Recusal.create(officer=asker.person, subject=page.material.dossier.subject, relation="配偶")
    for now in (NOW, NOW + 3 * DAY):  # and is the reason told, also when the grant is over as well
        with pytest.raises(Refused, match="回避"):
            deliver(asker, page, now)


def test_time_runs_with_every_contact_whatever_is_said(asker, page):
    granted(asker, page.material, minutes=10)
    begin(asker, page)
    assert beat(asker, page) == 600
    deliver(asker, page, NOW + 30 * SECOND)
    assert beat(asker, page, NOW + 40 * SECOND) == 560
    viewings.looked_at(asker, page.material.public_id, 1, seconds=-(10**9), now=NOW + 50 * SECOND)
    assert beat(asker, page, NOW + 50 * SECOND) == 550


def test_silence_counts_as_the_longest_gap(asker, page):
    granted(asker, page.material, minutes=10)
    beat(asker, page)
    assert beat(asker, page, NOW + timedelta(hours=3)) == 540


def test_the_last_second_ends_the_grant_and_is_told_once(asker, page):
    granted(asker, page.material, minutes=10)
    begin(asker, page)
    for minute in range(10):
        beat(asker, page, NOW + timedelta(minutes=minute))
    for _ in range(2):
        with pytest.raises(Refused, match="时长已用完") as refusal:
            deliver(asker, page, NOW + timedelta(minutes=10))
        assert refusal.value.rule == "grant-used-up"
    assert Grant.get().used_ms == Grant.get().allowed_ms
    assert [e["action"] for e in audit.entries(limit=100)].count("grant:used-up") == 1


def test_a_clock_set_back_gives_no_time_and_takes_none(asker, page):
    granted(asker, page.material, minutes=10)
    beat(asker, page, NOW + 30 * SECOND)
    beat(asker, page, NOW + 10 * SECOND)
    assert beat(asker, page, NOW + 60 * SECOND) == 570


def test_a_standing_right_is_not_counted(page):
    letter = make_page(make_material(page.material.dossier, "1", "干部履历表"))
    within = make_officer(Role.OFFICIAL, lookup=UNIT)
    granted(within, page.material)
    assert beat(within, letter) is None
    assert beat(keeper_of(page.material.dossier), page) is None
    assert Grant.get().contact_at is None


def test_a_grant_on_one_material_opens_no_other(asker, page):
    other = make_page(make_material(page.material.dossier, "8", "另一份处分决定"))
    ordinary = make_page(make_material(page.material.dossier, "1", "干部履历表"))
    granted(asker, page.material)
    for closed in (other, ordinary):
        with pytest.raises(Refused):
            begin(asker, closed)


def test_what_is_pending_opens_nothing_yet(asker, page):
    approve(make_request(asker, page.material))
    with pytest.raises(Refused, match="还没有生效"):
        begin(asker, page, NOW)
    assert begin(asker, page, NOW + UNDO)


def test_who_may_take_a_grant_back(asker, page):
    grant = granted(asker, page.material)
    for role in Role:
        if role not in (Role.APPROVER, Role.SECURITY_OFFICER):
            with pytest.raises(Refused):
                grants.revoke(grant.public_id, actor=make_officer(role), now=NOW)
            with pytest.raises(Refused):
                grants.running(make_officer(role), at=NOW)
    with pytest.raises(Refused) as refusal:
        grants.revoke(grant.public_id, actor=replace(asker, role=Role.APPROVER), now=NOW)
    assert refusal.value.rule == "grant:own"
    with pytest.raises(NotFound):
        grants.revoke("no-such-grant", actor=make_approver(), now=NOW)
    security = make_officer(Role.SECURITY_OFFICER)
    (shown, is_more) = grants.listed(security, now=NOW)
    assert ([held.row for held in shown], is_more) == ([grant], False)
    grants.revoke(grant.public_id, actor=security, now=NOW)
    with pytest.raises(Conflict):
        grants.revoke(grant.public_id, actor=security, now=NOW)
    assert grants.running(security, at=NOW) == grants.of_officer(asker, at=NOW) == []


def test_a_revoked_request_keeps_its_decision(asker, page):
    grant = granted(asker, page.material)
    grants.revoke(grant.public_id, actor=make_approver(), now=NOW)
    assert AccessRequest.get().state == "approved"
