"""A change of the rules is felt at the very next request: pages, text, lists, hits, counts, requests and approvals."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.asking import DAY, approve, granted, make_approver, make_draft, make_request, terms
from tests.builders import (
    ELSEWHERE,
    UNIT,
    able,
    index_all,
    keeper_of,
    make_dossier,
    make_material,
    make_officer,
    make_page,
)
from tests.moment import NOW
from tests.ruling import changed, rule
from webapp.domain.category import Category
from webapp.domain.disclosure import Level
from webapp.domain.errors import Invalid, Refused
from webapp.domain.role import Role
from webapp.services import (
    approvals,
    dossiers,
    grants,
    own,
    policy,
    requests,
    search,
    viewers,
    viewings,
)
from webapp.services import policy_changes as changes
from webapp.services.approvals import Offer
from webapp.storage.database import database
from webapp.storage.pages import Page
from webapp.storage.requests import AccessRequest

HOUR = timedelta(hours=1)


@pytest.fixture
def dossier(archive):
    """张建国's dossier; a machine masked its pages and nobody looked."""
    dossier = make_dossier("张建国")
    make_page(make_material(dossier, "2", "自传材料"), "曾在 云岭小学 任教")
    make_page(make_material(dossier, "4-1", "学历证书"), "毕业于 梧桐大学 经济系")
    index_all()
    return dossier


@pytest.fixture
def story(dossier):
    return Page.get_by_id(1).material


@pytest.fixture
def official(dossier):
    return make_officer(lookup=UNIT)


def counts(actor, words: str, now=NOW) -> int:
    found = search.results(actor, search.record(actor, words, now=now).public_id, now=now)
    assert len(found.pages) == found.pages_total
    return found.pages_total


def refusal(actor, material, now=NOW) -> str:
    """The rule by which a page is refused as image and as text; empty when it opens."""
    found = set()
    for act in (
        lambda: viewings.begin(actor, material.public_id, "2", now=now),
        lambda: viewings.deliver(actor, material.public_id, 1, width_px=240, accept="image/jpeg", now=now),
        lambda: viewings.text(actor, material.public_id, 1, now=now),
    ):
        try:
            act()
        except Refused as error:
            found.add(error.rule)
    return ",".join(found)


def titles(actor, dossier) -> list[str]:
    return [line.material.title for line in dossiers.catalogue(actor, dossier.public_id, at=NOW).lines]


@pytest.mark.parametrize(
    ("level", "is_listed", "is_read", "rule_of_it"),
    [
        ("masked", True, True, ""),
        ("catalogue", True, False, "category-titles-only"),
        ("roster", False, False, "category-by-request"),
    ],
)
def test_a_category_closes_and_opens_in_pages_lists_hits_and_counts_without_indexing_anew(
    dossier, story, official, level, is_listed, is_read, rule_of_it
):
    for codes, listed, read, refused in (
        ({"two_2": "yes"}, True, True, ""),
        ({"scope_2": level, "two_2": "no"}, is_listed, is_read, rule_of_it),
        ({"scope_2": "masked", "two_2": "yes"}, True, True, ""),
    ):
        changed(**codes)
        assert counts(official, "云岭小学") == read
        assert counts(official, "自传材料") == listed + read
        assert refusal(official, story) == refused
        assert ("自传材料" in titles(official, dossier)) == listed
        catalogue = dossiers.catalogue(official, dossier.public_id, at=NOW)
        closed = {part.category.code for part in catalogue.parts if part.category and part.closed}
        assert closed == {"5", "8"} | (set() if listed else {"2"})
        assert (counts(official, "梧桐大学"), titles(official, dossier)[-1]) == (1, "学历证书")
        assert counts(keeper_of(dossier), "云岭小学") == 1


def test_a_page_open_on_a_screen_is_refused_at_its_next_sign_of_life(story, official):
    assert refusal(official, story) == ""
    changed(scope_2="catalogue")
    with pytest.raises(Refused):
        viewings.beat(official, story.public_id, now=NOW)
    with pytest.raises(Refused):
        viewings.looked_at(official, story.public_id, 1, seconds=5, now=NOW)


def test_strict_closes_every_page_without_a_grant_and_the_own_dossier_at_once(dossier, story, official):
    person = make_officer(Role.INDIVIDUAL, subject=dossier.subject)
    assert refusal(official, story) == refusal(person, story) == ""
    assert own.home(person, dossier, at=NOW).refusal == ""
    changed(preset="strict")
    assert (refusal(official, story), counts(official, "云岭小学")) == ("strict", 0)
    assert titles(official, dossier) == ["自传材料", "学历证书"]
    assert refusal(person, story) == "own-not-allowed"
    assert own.home(person, dossier, at=NOW).refusal
    with pytest.raises(Refused):
        viewers.listed(person, now=NOW)
    grant = granted(official, story)  # opens nothing before a second officer has joined (test_joining.py)
    assert (refusal(official, story), counts(official, "云岭小学")) == ("second-awaited", 0)
    changed(preset="standard", scope_1="roster")
    assert (refusal(official, story), counts(official, "云岭小学")) == ("", 1)
    assert grant.level == "masked"


def test_individuals_see_of_their_own_dossier_what_was_decided_of_each_category(dossier, story):
    person = make_officer(Role.INDIVIDUAL, subject=dossier.subject)
    changed(own_2="catalogue", own_4_1="roster")
    assert titles(person, dossier) == ["自传材料"]
    assert refusal(person, story) == "own"
    expected = {one.category.code for one in own.home(person, dossier, at=NOW).survey.missing}
    assert "4-1" not in expected  # nothing tells whether there is anything
    assert "1" in expected


@pytest.mark.parametrize("by_grant", [False, True])
def test_what_a_machine_masked_is_found_and_read_only_where_its_word_is_enough(dossier, story, by_grant):
    reader = make_officer(lookup=ELSEWHERE if by_grant else UNIT)
    if by_grant:
        granted(reader, story)
    for trusted in ("yes", "no", "yes"):
        rule(auto_masks=trusted)
        found = counts(reader, "云岭小学")
        assert found == (trusted == "yes")
        assert refusal(reader, story) == ("" if found else "mask-unverified")
    rule(auto_masks="no")
    assert counts(keeper_of(dossier), "云岭小学") == 1


def test_a_material_of_a_closed_category_that_a_grant_opens_is_listed_there(dossier, story, official):
    rule(scope_2="roster")
    assert "自传材料" not in titles(official, dossier)
    granted(official, story)
    assert "自传材料" in titles(official, dossier)
    assert counts(official, "云岭小学") == 1


def test_what_a_category_holds_is_asked_for_without_learning_that_there_is_any(dossier, official):
    rule(scope_2="roster", scope_3="roster")
    held = dossiers.rights(official, dossier)
    full, empty = (
        held.decide_category(Category(code), sensitivity)
        for code, sensitivity in (("2", "ordinary"), ("3", "ordinary"))
    )
    assert full == empty
    waiting = [make_request(official, Page.get_by_id(1).material, categories=code) for code in ("2", "3")]
    assert {one.state for one in waiting} == {"waiting"}


def test_the_policy_is_one_query(archive, monkeypatch):
    asked_for = []
    run = database.execute_sql
    monkeypatch.setattr(database, "execute_sql", lambda *given: asked_for.append(given) or run(*given))
    policy.current()
    assert len(asked_for) == 1


# Requests and approvals


def test_limits_hold_for_what_is_asked_and_again_for_what_is_handed_in(story, official):
    changed(longest_days="2", longest_minutes="30")
    draft = make_draft(official, story)
    for over in (terms(days=3, minutes=30), terms(days=2, minutes=31)):
        with pytest.raises(Invalid, match="不能超过"):
            requests.change_terms(official, draft.public_id, over, now=NOW)
    changed(longest_days="90", longest_minutes="1000")
    clear = replace(terms(days=80, minutes=900), level=Level.CLEAR)
    requests.change_terms(official, draft.public_id, clear, now=NOW)
    changed(longest_days="15")
    with pytest.raises(Invalid, match="15 天"):
        requests.submit(official, draft.public_id, now=NOW)


def test_what_was_asked_for_under_wider_rules_is_approved_within_the_present_ones(story):
    asker, approver = make_officer(lookup=ELSEWHERE), make_approver()
    request = make_request(asker, story, days=10, minutes=300)
    changed(longest_days="5", longest_minutes="60")
    with pytest.raises(Invalid, match="现行规则"):
        approve(request, approver)
    offer = approvals.offer_of(request)
    within = replace(offer.terms, not_after=NOW + 5 * DAY, minutes=60)
    with pytest.raises(Invalid):
        approve(request, approver, less=Offer(offer.scope, replace(within, minutes=61)))
    grant = approve(request, approver, less=Offer(offer.scope, within))
    assert (grant.not_after, grant.allowed_ms) == (NOW + 5 * DAY, 60 * 60_000)


@pytest.mark.parametrize(
    ("codes", "level", "needed"),
    [
        ({}, Level.MASKED, 1),
        ({}, Level.CLEAR, 1),
        ({"approvers": "2"}, Level.MASKED, 2),
        ({"clear_approvers": "2"}, Level.MASKED, 1),
        ({"clear_approvers": "2"}, Level.CLEAR, 2),
        ({"two_2": "yes"}, Level.MASKED, 2),
        ({"two_3": "yes"}, Level.MASKED, 1),
    ],
)
def test_as_many_approve_as_the_rules_say_whenever_they_said_it(story, codes, level, needed):
    asker = make_officer(lookup=ELSEWHERE)
    before = make_request(asker, story, level=level)
    if codes:
        changed(**codes)
    after = make_request(make_officer(lookup=ELSEWHERE), story, level=level)
    assert after.approvals_needed == needed
    for request in (before, after):
        assert approvals.needed(request) == needed
        grant = approve(request, make_approver())
        assert (AccessRequest.get_by_id(request.id).state == "approved") == (needed == 1)
        assert (grant.in_force_at is None) == (needed == 2)


def test_loosening_takes_no_second_approver_from_what_was_handed_in_before(story):
    rule(approvers="2")
    request = make_request(make_officer(lookup=ELSEWHERE), story)
    rule(approvers="1")
    assert approvals.needed(request) == 2


# What runs


def test_loosening_leaves_the_second_reader_of_grants_given_under_the_strict_preset(story):
    asker = make_officer(lookup=ELSEWHERE)
    rule(preset="strict")
    granted(asker, story)
    rule(preset="standard")
    assert refusal(asker, story) == "second-awaited"
    granted(asker, story)
    assert refusal(asker, story) == ""


def test_grants_keep_their_terms_and_those_beyond_the_rules_are_listed(story):
    asker, security = make_officer(lookup=ELSEWHERE), able(Role.SECURITY_OFFICER)
    long, short = granted(asker, story, days=10), granted(asker, story, days=2, minutes=30)
    assert changes.standing(security, now=NOW).beyond == 0
    changed(longest_days="5")
    assert refusal(asker, story) == ""
    standing = changes.standing(security, now=NOW)
    assert (standing.beyond, standing.beyond_waiting) == (1, 0)
    assert [held.row for held in changes.beyond(security, now=NOW)] == [long]
    changed(longest_days="5", two_2="yes")
    assert {held.row.id for held in changes.beyond(security, now=NOW)} == {long.id, short.id}
    grants.revoke(long.public_id, actor=security, now=NOW)
    assert [held.row for held in changes.beyond(security, now=NOW)] == [short]
    assert changes.standing(make_officer(Role.AUDITOR), now=NOW).beyond == 0
    with pytest.raises(Refused):
        changes.beyond(make_officer(Role.AUDITOR), now=NOW)


def test_two_approvers_are_never_too_few_and_guarded_papers_never_beyond(dossier):
    sanction = make_material(dossier, "8", "处分决定")
    granted(make_officer(lookup=ELSEWHERE), sanction)
    rule(approvers="2", clear_approvers="2")
    assert changes.beyond(make_officer(Role.SECURITY_OFFICER), now=NOW) == []
