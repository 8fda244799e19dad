"""What is refused or hidden is written down, and what nobody could have asked for is no fault of ours."""

import logging

import pytest

from tests.desk import browser_of
from tests.ruling import rule
from tests.services.cast import actor_in, dossier_of, material_in
from tests.site import Site
from webapp.domain.disclosure import Level, Policy, Preset, Reader, Sensitivity, Sought, Standing, decide
from webapp.domain.role import Role
from webapp.services import audit
from webapp.web import errors, limits

BEYOND = 10**30


def test_anothers_dossier_is_not_there_for_an_individual_and_the_try_is_written_down(site: Site) -> None:
    mine, other = dossier_of("张三"), dossier_of("李四")
    browser = browser_of(site, actor_in(Role.INDIVIDUAL, subject=mine.subject))
    assert browser.get(f"/dossiers/{other.public_id}").status_code == 404
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["decision"], entry["reason"]) == ("access:refused", "deny", "not-own")
    assert entry["details"] == {"object": other.public_id}


def test_a_dossier_that_is_not_there_is_no_refusal(site: Site) -> None:
    browser = browser_of(site, actor_in(Role.OFFICIAL, lookup="市财政局"))
    before = audit.verify().entries
    assert browser.get("/dossiers/AAAAAAAAAAAAAAAA").status_code == 404
    assert audit.verify().entries == before


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.AUDITOR, f"/desk/audit?before={BEYOND}"),
        (Role.SYSTEM_ADMINISTRATOR, f"/desk/officers?page={BEYOND}"),
        (Role.SECURITY_OFFICER, f"/desk/rights?page={BEYOND}"),
    ],
)
def test_a_number_beyond_all_rows_names_nothing(
    site: Site, role: Role, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert browser_of(site, actor_in(role)).get(address).status_code == 404
    assert not caplog.records


def test_a_page_number_beyond_all_pages_names_no_page(site: Site) -> None:
    material = material_in(dossier_of("张三"), "1", "干部履历表")
    browser = browser_of(site, actor_in(Role.ARCHIVIST, custody="市财政局"))
    for form in ("image", "text"):
        assert browser.get(f"/materials/{material.public_id}/pages/{BEYOND}/{form}").status_code == 404


def test_what_a_grant_would_open_leads_to_asking_for_one() -> None:
    ruled = [Policy(preset, own_dossier=True, auto_masks=True, scope_levels=((("1", level),)))
             for preset in Preset for level in (Level.ROSTER, Level.CATALOGUE, Level.MASKED)]  # fmt: skip
    cases = [
        (Reader(Role.OFFICIAL, standing), Sought("1", sensitivity), policy)
        for standing in Standing
        for sensitivity in Sensitivity
        for policy in ruled
    ]
    opened = {
        decide(*case).rule
        for case in cases
        if not decide(*case).shows_pages and decide(*case, granted=Level.MASKED).shows_pages
    }
    assert opened == {rule for rule in errors.GRANT_OPENS if not rule.startswith("grant-")}


@pytest.mark.parametrize("level", ["roster", "catalogue"])
def test_a_category_closed_by_the_rules_shows_the_way_to_ask(site: Site, level: str) -> None:
    rule(scope_2=level)
    material = material_in(dossier_of("张三"), "2", "自传材料")
    answer = browser_of(site, actor_in(Role.OFFICIAL, lookup="市财政局")).get(
        f"/materials/{material.public_id}"
    )
    assert (answer.status_code, f"/requests/new?material={material.public_id}" in answer.text) == (403, True)


def test_refusals_do_not_fill_the_log_faster_than_anybody_asks(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "IN_ALL", "10 per minute")
    browser, before = browser_of(site, actor_in(Role.AUDITOR)), audit.verify().entries
    answers = [browser.get("/desk/people/roster.pdf").status_code for _ in range(21)]  # two minutes allow 20
    assert set(answers) == {403, 429}
    assert audit.verify().entries - before == answers.count(403)
