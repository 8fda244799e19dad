"""The one decision: laws that hold for every question, and the table in words."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.domain.disclosure import (
    Decision,
    Level,
    MaskState,
    Policy,
    Preset,
    Reader,
    Rendition,
    Sensitivity,
    Sought,
    Standing,
    decide,
)
from webapp.domain.role import Role

SEPARATED = (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR)
AT_WORK = (Role.OFFICIAL, Role.ARCHIVIST, Role.APPROVER)
CATEGORIES = ("1", "4-1", "5", "8", "10")

roles, standings, levels = st.sampled_from(Role), st.sampled_from(Standing), st.sampled_from(Level)
readers = st.builds(Reader, roles, standings, st.booleans())
policies = st.builds(Policy, st.sampled_from(Preset), st.booleans(), st.booleans())
materials = st.builds(Sought, st.sampled_from(CATEGORIES), st.sampled_from(Sensitivity))
pages = st.builds(
    Sought, st.sampled_from(CATEGORIES), st.sampled_from(Sensitivity), st.sampled_from(MaskState)
)
sought = st.one_of(st.just(Sought()), materials, pages)

STANDARD = Policy(Preset.STANDARD, own_dossier=True, auto_masks=True)
WHOLE_DOSSIER = Sought()
STRICT = Policy(Preset.STRICT, own_dossier=True, auto_masks=True)


def of(
    role: Role, standing: Standing, sought: Sought = WHOLE_DOSSIER, policy: Policy = STANDARD, **more: Level
) -> Decision:
    return decide(Reader(role, standing), sought, policy, **more)


def a_page(mask: MaskState = MaskState.VERIFIED, sensitivity: Sensitivity = Sensitivity.ORDINARY) -> Sought:
    return Sought("1", sensitivity, mask)


@given(readers, sought, policies, levels)
def test_every_question_has_an_answer_in_words_and_by_a_rule(reader, sought, policy, granted):
    decision = decide(reader, sought, policy, granted=granted)
    assert decision.reason
    assert decision.rule


@given(st.sampled_from(SEPARATED), standings, sought, policies, levels)
def test_the_three_separated_roles_see_nothing_whatever_was_granted(role, standing, sought, policy, granted):
    assert decide(Reader(role, standing), sought, policy, granted=granted).level is Level.NOTHING


@given(st.sampled_from(AT_WORK), sought, policies, levels)
def test_nobody_opens_their_own_file_as_an_officer(role, sought, policy, granted):
    assert decide(Reader(role, Standing.OWN), sought, policy, granted=granted).level is Level.NOTHING


@given(roles, sought, policies, levels)
def test_a_recused_reader_sees_nothing_even_with_a_grant(role, sought, policy, granted):
    assert decide(Reader(role, Standing.RECUSED), sought, policy, granted=granted).level is Level.NOTHING


@given(standings, sought, policies, levels)
def test_an_individual_sees_no_dossier_but_their_own(standing, sought, policy, granted):
    decision = decide(Reader(Role.INDIVIDUAL, standing), sought, policy, granted=granted)
    assert standing is Standing.OWN or decision.level is Level.NOTHING


@given(sought, st.booleans(), st.booleans(), levels)
def test_where_own_reading_is_closed_no_grant_opens_it(sought, own_dossier, auto_masks, granted):
    strict = Policy(Preset.STRICT, own_dossier, auto_masks)
    closed = Policy(Preset.STANDARD, own_dossier=False, auto_masks=auto_masks)
    for policy in (strict, closed):
        decision = decide(Reader(Role.INDIVIDUAL, Standing.OWN), sought, policy, granted=granted)
        assert decision.level is Level.NOTHING


@given(standings, st.sampled_from(CATEGORIES), st.sampled_from([None, *MaskState]), policies)
def test_restricted_material_is_named_to_no_official_without_a_grant(standing, category, mask, policy):
    sought = Sought(category, Sensitivity.RESTRICTED, mask)
    assert decide(Reader(Role.OFFICIAL, standing), sought, policy).level <= Level.ROSTER


@given(readers, st.sampled_from(CATEGORIES), st.sampled_from([None, *MaskState]), policies)
def test_only_its_keeper_sees_pages_of_restricted_material_without_a_grant(reader, category, mask, policy):
    decision = decide(reader, Sought(category, Sensitivity.RESTRICTED, mask), policy)
    is_keeper = (reader.role, reader.standing) == (Role.ARCHIVIST, Standing.CUSTODY)
    assert is_keeper or not decision.shows_pages


@given(readers, pages, policies, levels)
def test_a_page_nobody_vouches_for_is_shown_in_the_clear_or_not_at_all(reader, page, policy, granted):
    decision = decide(reader, page, policy, granted=granted)
    vouched = page.mask is MaskState.VERIFIED or (page.mask is MaskState.AUTO and policy.auto_masks)
    if decision.shows_pages and not vouched:
        assert decision.rendition is Rendition.CLEAR
    if decision.is_withheld:
        assert not vouched
        assert decision.level is Level.CATALOGUE


@given(readers, sought, policies)
def test_clear_pages_without_a_grant_are_for_their_keeper(reader, sought, policy):
    decision = decide(reader, sought, policy)
    assert decision.level < Level.CLEAR or (reader.role, reader.standing) == (
        Role.ARCHIVIST,
        Standing.CUSTODY,
    )


@given(readers, sought, policies, levels)
def test_clear_pixels_and_the_clear_level_go_together(reader, sought, policy, granted):
    decision = decide(reader, sought, policy, granted=granted)
    if decision.shows_pages:
        assert (decision.level is Level.CLEAR) == (decision.rendition is Rendition.CLEAR)


@given(readers, sought, policies, levels, levels)
@example(
    Reader(Role.OFFICIAL, Standing.SCOPE), a_page(MaskState.WITHHELD), STANDARD, Level.CATALOGUE, Level.MASKED
)
def test_a_larger_grant_never_shows_less(reader, sought, policy, one, other):
    less, more = sorted((one, other))
    assert (
        decide(reader, sought, policy, granted=less).level
        <= decide(reader, sought, policy, granted=more).level
    )


@given(readers, sought, policies, levels)
def test_a_grant_gives_no_more_than_its_level(reader, sought, policy, granted):
    standing_right = decide(reader, sought, policy).level
    assert decide(reader, sought, policy, granted=granted).level <= max(standing_right, granted)


@given(readers, sought, st.sampled_from(Preset), st.booleans(), levels)
def test_masks_by_machine_never_show_less_for_being_trusted(reader, sought, preset, own_dossier, granted):
    doubted, trusted = (Policy(preset, own_dossier, auto_masks) for auto_masks in (False, True))
    assert (
        decide(reader, sought, doubted, granted=granted).level
        <= decide(reader, sought, trusted, granted=granted).level
    )


@given(readers, sought, st.booleans(), st.booleans(), levels)
def test_the_strict_preset_never_shows_more(reader, sought, own_dossier, auto_masks, granted):
    strict, standard = (
        decide(reader, sought, Policy(preset, own_dossier, auto_masks), granted=granted)
        for preset in (Preset.STRICT, Preset.STANDARD)
    )
    assert strict.level <= standard.level


N, R, C, M, A = Level.NOTHING, Level.ROSTER, Level.CATALOGUE, Level.MASKED, Level.CLEAR
# What is seen of: an ordinary page (standard), the same (strict), a restricted page (standard).
TABLE = {
    (Role.OFFICIAL, Standing.ORGANISATION): (C, C, R),
    (Role.OFFICIAL, Standing.SCOPE): (M, C, R),
    (Role.OFFICIAL, Standing.RECUSED): (N, N, N),
    (Role.OFFICIAL, Standing.OWN): (N, N, N),
    (Role.ARCHIVIST, Standing.ORGANISATION): (R, R, R),
    (Role.ARCHIVIST, Standing.CUSTODY): (A, A, A),
    (Role.ARCHIVIST, Standing.RECUSED): (N, N, N),
    (Role.ARCHIVIST, Standing.OWN): (N, N, N),
    (Role.APPROVER, Standing.ORGANISATION): (R, R, R),
    (Role.APPROVER, Standing.RECUSED): (N, N, N),
    (Role.APPROVER, Standing.OWN): (N, N, N),
    (Role.INDIVIDUAL, Standing.ORGANISATION): (N, N, N),
    (Role.INDIVIDUAL, Standing.OWN): (M, N, R),
    **dict.fromkeys(product(SEPARATED, Standing), (N, N, N)),
}


@pytest.mark.parametrize(("role", "standing"), TABLE)
def test_without_a_grant_each_reader_sees_what_the_table_says(role, standing):
    ordinary, restricted = a_page(), a_page(sensitivity=Sensitivity.RESTRICTED)
    seen = (
        of(role, standing, ordinary).level,
        of(role, standing, ordinary, STRICT).level,
        of(role, standing, restricted).level,
    )
    assert seen == TABLE[role, standing]


@pytest.mark.parametrize(
    ("mask", "trusted", "doubted"),
    [
        (MaskState.VERIFIED, Level.MASKED, Level.MASKED),
        (MaskState.AUTO, Level.MASKED, Level.CATALOGUE),
        (MaskState.WITHHELD, Level.CATALOGUE, Level.CATALOGUE),
        (MaskState.UNKNOWN, Level.CATALOGUE, Level.CATALOGUE),
    ],
)
def test_a_page_is_shown_masked_when_its_mask_holds(mask, trusted, doubted):
    careful = Policy(Preset.STANDARD, own_dossier=True, auto_masks=False)
    assert of(Role.OFFICIAL, Standing.SCOPE, a_page(mask)).level is trusted
    assert of(Role.OFFICIAL, Standing.SCOPE, a_page(mask), careful).level is doubted
    assert of(Role.INDIVIDUAL, Standing.OWN, a_page(mask)).level is trusted


def test_a_keeper_sees_a_page_whatever_its_mask():
    for mask in MaskState:
        assert of(Role.ARCHIVIST, Standing.CUSTODY, a_page(mask)).level is Level.CLEAR


def test_a_withheld_page_says_so():
    decision = of(Role.OFFICIAL, Standing.SCOPE, a_page(MaskState.WITHHELD))
    assert (decision.is_withheld, decision.rule) == (True, "mask-unverified")


def test_a_grant_opens_what_was_closed():
    restricted = a_page(sensitivity=Sensitivity.RESTRICTED)
    assert of(Role.OFFICIAL, Standing.ORGANISATION, restricted, granted=Level.CLEAR).level is Level.CLEAR
    masked = of(Role.OFFICIAL, Standing.ORGANISATION, restricted, granted=Level.MASKED)
    assert (masked.level, masked.rendition, masked.rule) == (Level.MASKED, Rendition.MASKED, "grant")


def test_their_own_page_shows_individuals_their_own_values():
    assert of(Role.INDIVIDUAL, Standing.OWN, a_page()).rendition is Rendition.OWN


def test_individuals_learn_that_a_sanction_is_filed_but_not_what_assessors_wrote():
    sanction, assessment = (Sought(c, Sensitivity.RESTRICTED) for c in ("8", "5"))
    assert of(Role.INDIVIDUAL, Standing.OWN, sanction).level is Level.CATALOGUE
    assert of(Role.INDIVIDUAL, Standing.OWN, assessment).level is Level.ROSTER


@given(readers, pages, policies, levels, st.booleans())
def test_company_opens_nothing_by_itself_and_its_lack_opens_nothing_more(
    reader, page, policy, granted, is_for_two
):
    alone, together = (
        decide(replace(reader, is_accompanied=company), page, policy, granted=granted, is_for_two=is_for_two)
        for company in (False, True)
    )
    assert alone.level <= together.level
    if not is_for_two and policy.preset is Preset.STANDARD:
        assert alone == together


@given(standings, pages, levels, st.booleans())
def test_under_the_strict_preset_no_official_sees_a_page_alone(standing, page, granted, is_for_two):
    reader = Reader(Role.OFFICIAL, standing)
    assert not decide(reader, page, STRICT, granted=granted, is_for_two=is_for_two).shows_pages


@given(standings, pages, levels)
def test_a_grant_for_two_opens_no_page_to_one(standing, page, granted):
    reader = Reader(Role.OFFICIAL, standing)
    by_standing = decide(reader, page, STANDARD)
    assert decide(reader, page, STANDARD, granted=granted, is_for_two=True).level <= max(
        by_standing.level, Level.CATALOGUE
    )


@given(st.sampled_from([Role.ARCHIVIST, Role.INDIVIDUAL]), standings, pages, policies, levels)
def test_keepers_and_people_themselves_need_no_company(role, standing, page, policy, granted):
    assert decide(Reader(role, standing), page, policy, granted=granted).rule != "second-awaited"
