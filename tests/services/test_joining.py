"""Two viewers: no page without the second, who comes by a code once, is nobody who is kept away, and may leave."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.accounts import OFFICE
from tests.asking import approve, granted, make_approver, make_request, stand_in, terms
from tests.builders import (
    ELSEWHERE,
    UNIT,
    index_all,
    keeper_of,
    make_dossier,
    make_material,
    make_officer,
    make_page,
)
from tests.moment import NOW
from webapp.domain.companion import WAIT
from webapp.domain.disclosure import Level
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused, Throttled
from webapp.domain.grant import UNDO, Scope
from webapp.domain.role import Role
from webapp.rendering import images
from webapp.services import audit, companions, copies, joining, readable, search, sessions, viewings
from webapp.services.actor import Actor
from webapp.services.approvals import Offer
from webapp.storage.accounts import Officer, Recusal, Session
from webapp.storage.policy import Setting
from webapp.storage.reading import Companion, Viewing
from webapp.storage.requests import Grant

SECOND = timedelta(seconds=1)


@pytest.fixture
def strict(archive):
    Setting.update(value="strict").where(Setting.name == "preset").execute()


@pytest.fixture
def page(archive):
    return make_page(make_material(make_dossier("张三"), "1", "干部履历表"), "云岭小学 任教 张三")


@pytest.fixture
def reader(page):
    return make_officer(Role.OFFICIAL, lookup=UNIT)


@pytest.fixture
def second(page):
    return proven(make_officer(Role.OFFICIAL, lookup=ELSEWHERE))


def proven(actor: Actor) -> Actor:
    """The same, who gave a code just now."""
    Session.update(proved_at=NOW).where(Session.id == actor.session.id).execute()
    return actor


def invited(reader, page, now=NOW) -> str:
    """The code on the reader's phone."""
    viewings.begin(reader, page.material.public_id, "2", now=now)
    joining.invite(reader, page.material.public_id, now=now)
    return joining.place_in(Viewing.get(), at=now).code


def join(second, code, now=NOW):
    joining.join(second, code, visitor=OFFICE, now=now)


def look(second, code, now=NOW):
    return joining.look(second, code, visitor=OFFICE, now=now)


def deliver(reader, page, now=NOW):
    its = page.material.public_id
    return viewings.deliver(reader, its, 1, width_px=480, accept="image/jpeg", now=now)


def read(reader, page, now=NOW):
    return viewings.text(reader, page.material.public_id, 1, now=now)


def both(reader, page, second):
    granted(reader, page.material)
    join(second, invited(reader, page))


def entries(action):
    return [entry for entry in audit.entries(limit=200) if entry["action"] == action]


def is_closed(reader, page, now=NOW):
    for act in (deliver, read, beat, look_at):
        with pytest.raises(Refused) as refusal:
            act(reader, page, now)
        assert refusal.value.rule == "second-awaited"
    assert viewings.open_material(reader, page.material.public_id, at=now).awaits_second
    return True


def beat(reader, page, now=NOW):
    return viewings.beat(reader, page.material.public_id, now=now)


def look_at(reader, page, now=NOW):
    viewings.looked_at(reader, page.material.public_id, 1, seconds=2, now=now)


def test_no_page_and_no_text_without_the_second(strict, reader, second, page):
    granted(reader, page.material)
    code = invited(reader, page)
    assert is_closed(reader, page)
    look(second, code)
    assert is_closed(reader, page)
    assert entries("page:delivered") == []
    join(second, code)
    assert deliver(reader, page).content
    assert "云岭小学" in "".join(read(reader, page))
    assert beat(reader, page)


def test_both_names_stand_in_the_mark_and_both_ids_in_every_entry(strict, reader, second, page, monkeypatch):
    Officer.update(name="李娜").where(Officer.id == second.person.id).execute()
    both(reader, page, second)
    drawn, marks = images.render, []

    def seen(*given, **more):
        marks.append(more["mark"])
        return drawn(*given, **more)

    monkeypatch.setattr(images, "render", seen)
    deliver(reader, page)
    read(reader, page)
    look_at(reader, page)
    assert "某某 同阅 李娜" in marks[0].text
    for entry in (*entries("page:delivered"), *entries("page:viewed")):
        assert entry["actor"] == reader.person.public_id
        assert entry["details"]["second"] == second.person.public_id
    (joined,) = entries("companion:joined")
    assert (joined["actor"], joined["viewing"]) == (second.person.public_id, Viewing.get().number)


def test_the_code_opens_one_place_once_and_for_five_minutes(strict, reader, second, page):
    granted(reader, page.material)
    code = invited(reader, page)
    with pytest.raises(Refused) as refusal:
        join(second, code, NOW + WAIT)
    assert refusal.value.rule == "companion:code"
    assert joining.place_in(Viewing.get(), at=NOW + WAIT) is None
    join(second, code, NOW + WAIT - SECOND)
    other = proven(make_officer(Role.OFFICIAL, lookup=ELSEWHERE))
    with pytest.raises(Refused) as refusal:
        join(other, code, NOW + WAIT - SECOND)
    assert refusal.value.rule == "companion:code"


def test_of_two_who_confirm_at_once_one_is_let_in(strict, reader, second, page, monkeypatch):
    granted(reader, page.material)
    code = invited(reader, page)
    row = joining._invited(second, code, OFFICE, NOW)
    join(proven(make_officer(Role.ARCHIVIST)), code)
    monkeypatch.setattr(joining, "_invited", lambda *_given: row)
    with pytest.raises(Conflict):
        join(second, code)
    assert Companion.select().where(Companion.officer == second.person).count() == 0


def test_a_new_code_makes_the_earlier_one_void(strict, reader, second, page):
    granted(reader, page.material)
    code = invited(reader, page)
    again = invited(reader, page)
    with pytest.raises(Refused):
        join(second, code)
    join(second, again)


def test_guesses_are_counted(strict, reader, second, page):
    granted(reader, page.material)
    code = invited(reader, page)
    for _ in range(5):
        with pytest.raises(Refused):
            look(second, "00000000" if code != "00000000" else "11111111")
    with pytest.raises(Throttled):
        join(second, code)
    assert is_closed(reader, page)


def test_the_code_is_stored_nowhere(strict, reader, page):
    granted(reader, page.material)
    code = invited(reader, page)
    assert code not in str(Companion.select().dicts().get()) + str(list(audit.entries(limit=50)))


def test_nobody_joins_who_is_kept_away(strict, reader, page):
    subject = page.material.dossier.subject
    first, last = make_approver(), make_approver()
    granted_by(reader, page, first)
    code = invited(reader, page)
    related = make_officer(Role.OFFICIAL)
    reader.person.subject = make_dossier("李四").subject
    reader.person.save()
    Recusal.create(officer=related.person, subject=reader.person.subject, relation="配偶")
    barred = {
        "companion:self": replace(make_officer(Role.OFFICIAL), officer=reader.person),
        "companion:own": make_officer(Role.OFFICIAL, subject=subject),
        "companion:recused": make_officer(Role.ARCHIVIST, recused_from=subject),
        "companion:related": related,
        "companion:approver": replace(first, role=Role.OFFICIAL),
        "companion:role": last,
    }
    for rule, actor in barred.items():
        for act in (look, join):
            with pytest.raises(Refused) as refusal:
                act(proven(actor), code)
            assert refusal.value.rule == rule
    assert entries("companion:looked") == []
    assert is_closed(reader, page)


def granted_by(reader, page, approver):
    before = NOW - UNDO
    return approve(make_request(reader, page.material, now=before), approver, now=before)


def test_it_takes_a_fresh_proof(strict, reader, page):
    granted(reader, page.material)
    code, stale = invited(reader, page), make_officer(Role.ARCHIVIST)
    with pytest.raises(Refused) as refusal:
        join(stale, code)
    assert refusal.value.rule == "step-up"
    join(proven(stale), code)


def test_the_second_leaves_and_another_may_come(strict, reader, second, page):
    both(reader, page, second)
    deliver(reader, page)
    company = Companion.get()
    with pytest.raises(NotFound):
        joining.leave(make_officer(Role.OFFICIAL), company.public_id, now=NOW)
    joining.leave(second, company.public_id, now=NOW)
    assert is_closed(reader, page)
    with pytest.raises(Conflict):
        joining.leave(second, company.public_id, now=NOW)
    join(proven(make_officer(Role.ARCHIVIST)), invited(reader, page))
    assert deliver(reader, page).content
    assert len(companions.names(Viewing.get())) == 2


def test_neither_a_deputy_who_approved_nor_in_whose_name_may_join(strict, page):
    reader = make_officer(Role.OFFICIAL)
    absent = make_approver(is_able=True, approval=UNIT)
    deputy = make_approver(is_able=True, approval=ELSEWHERE)
    stand_in(deputy, absent, now=NOW - UNDO)
    granted_by(reader, page, deputy)
    code = invited(reader, page)
    for approver in (deputy, absent):
        with pytest.raises(Refused) as refusal:
            join(replace(approver, role=Role.OFFICIAL), code)
        assert refusal.value.rule == "companion:approver"


@pytest.mark.parametrize("since", ["approved", "tied to the reader"])
def test_who_is_kept_away_since_is_no_second_any_more(strict, page, since):
    reader, second = make_officer(Role.OFFICIAL, lookup=ELSEWHERE), make_approver()
    company = replace(second, role=Role.OFFICIAL)  # in the same sitting
    Officer.update(role_names="official approver").where(Officer.id == second.person.id).execute()
    Session.update(role="official").where(Session.id == second.session.id).execute()
    both(reader, page, company)
    deliver(reader, page)
    if since == "approved":
        granted_by(reader, page, second)
    else:
        reader.person.subject = make_dossier("李四").subject
        reader.person.save()
        Recusal.create(officer=second.person, subject=reader.person.subject, relation="配偶")
    assert is_closed(reader, page)
    assert companions.beside(second.session, at=NOW) == []


@pytest.mark.parametrize("end", ["signed out", "idle", "disabled", "another role", "recused since"])
def test_the_company_is_over_with_the_sitting_of_the_second(strict, reader, second, page, end):
    both(reader, page, second)
    deliver(reader, page)
    now = NOW
    if end == "signed out":
        sessions.end_all(second.person, now=NOW)
    elif end == "idle":
        now = NOW + sessions.IDLE
    elif end == "disabled":
        Officer.update(disabled_at=NOW).where(Officer.id == second.person.id).execute()
    elif end == "another role":
        Officer.update(role_names="official approver").where(Officer.id == second.person.id).execute()
        Session.update(role="approver").where(Session.id == second.session.id).execute()
    else:
        Recusal.create(officer=second.person, subject=page.material.dossier.subject, relation="配偶")
    assert is_closed(reader, page, now)
    assert companions.beside(second.session, at=now) == []


def test_the_company_is_of_one_sitting_and_one_dossier(strict, reader, second, page):
    both(reader, page, second)
    other = make_page(make_material(make_dossier("李四"), "1", "干部履历表"))
    granted(reader, other.material)
    viewings.begin(reader, other.material.public_id, "2", now=NOW)
    assert is_closed(reader, other)
    elsewhere = replace(reader, session=make_officer().session)
    viewings.begin(elsewhere, page.material.public_id, "2", now=NOW)
    assert is_closed(elsewhere, page)


def test_a_second_opens_nothing_that_no_grant_opens(strict, reader, second, page):
    both(reader, page, second)
    Grant.update(revoked_at=NOW).execute()
    with pytest.raises(Refused, match="收回"):
        deliver(reader, page)
    with pytest.raises(Refused, match="收回"):
        joining.invite(reader, page.material.public_id, now=NOW)


def test_search_finds_no_page_by_a_grant_before_the_second_has_come(strict, reader, second, page):
    index_all()

    def found():
        return search.results(reader, search.record(reader, "云岭小学", now=NOW).public_id, now=NOW)

    granted(reader, page.material)
    code = invited(reader, page)
    assert found().pages_total == 0
    join(second, code)
    assert [hit.page for hit in found().pages] == [page]
    assert found().pages[0].shown == []
    joining.leave(second, Companion.get().public_id, now=NOW)
    assert found().is_empty


def test_keepers_and_the_standard_preset_need_nobody(reader, page):
    viewings.begin(reader, page.material.public_id, "2", now=NOW)
    assert deliver(reader, page).content
    with pytest.raises(Conflict):
        joining.invite(reader, page.material.public_id, now=NOW)
    Setting.update(value="strict").where(Setting.name == "preset").execute()
    keeper = keeper_of(page.material.dossier)
    viewings.begin(keeper, page.material.public_id, "", now=NOW)
    assert deliver(keeper, page).content


def for_two(reader, page, *approvers, **asked):
    before = NOW - UNDO
    request = make_request(reader, page.material, now=before, **asked)
    named = Scope(frozenset({page.material.public_id}))
    asked_for = terms(asked.get("level", Level.MASKED), now=before, may_copy=asked.get("may_copy", False))
    less = Offer(named, replace(asked_for, is_for_two=True))
    return request, approve(request, *approvers, less=less, now=before)


def test_an_approver_may_ask_for_two_where_one_is_the_rule(page, second):
    reader = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    for_two(reader, page)
    code = invited(reader, page)
    assert is_closed(reader, page)
    join(second, code)
    assert deliver(reader, page).content


def test_the_second_approver_does_not_drop_what_the_first_asked_for(page):
    reader = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    sanction = make_page(make_material(page.material.dossier, "8", "关于给予警告处分的决定"))
    request, _ = for_two(reader, sanction, make_approver())
    alone = Offer(Scope(frozenset({sanction.material.public_id})), terms(now=NOW - UNDO))
    with pytest.raises(Invalid):
        approve(request, make_approver(), less=alone, now=NOW - UNDO)
    assert approve(request, make_approver(), now=NOW - UNDO).is_for_two


def test_a_copy_under_such_a_grant_takes_two_also_of_what_one_may_read(reader, page, second):
    _, grant = for_two(reader, page, may_copy=True)
    viewings.begin(reader, page.material.public_id, "2", now=NOW)
    assert deliver(reader, page).content
    with pytest.raises(Refused) as refusal:
        copies.make(reader, grant.public_id, {page.material.public_id: ""}, now=NOW)
    assert refusal.value.rule == "second-awaited"
    assert copies.offered(reader, grant.public_id, at=NOW).awaits_second
    join(second, invited(reader, page))
    assert (
        copies.make(reader, grant.public_id, {page.material.public_id: ""}, now=NOW).second == second.person
    )


def test_a_copy_made_by_two_names_both(strict, reader, second, page):
    grant = granted(reader, page.material, may_copy=True)
    with pytest.raises(Refused) as refusal:
        copies.make(reader, grant.public_id, {page.material.public_id: ""}, now=NOW)
    assert refusal.value.rule == "second-awaited"
    join(second, invited(reader, page))
    made = copies.make(reader, grant.public_id, {page.material.public_id: ""}, now=NOW)
    assert made.second == second.person
    assert readable.viewing_of(reader, page.material.dossier) == made.copy.viewing


def test_of_two_grants_alike_the_one_for_a_reader_alone_opens(page):
    reader = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    for_two(reader, page)
    granted(reader, page.material, days=3)
    viewings.begin(reader, page.material.public_id, "2", now=NOW)
    assert deliver(reader, page).content
