"""The whole chain through pages: ask in three steps, approve, read under the grant, revoke."""

from datetime import timedelta

import pytest

from tests.asking import granted, make_approver, make_request
from tests.builders import ELSEWHERE, UNIT, make_dossier, make_material, make_officer, make_page
from tests.desk import browser_of
from tests.site import Browser, Site, words_of
from webapp.domain.grant import UNDO
from webapp.domain.role import Role
from webapp.services import audit
from webapp.services.actor import Actor
from webapp.storage.pages import Page
from webapp.storage.requests import AccessRequest, Grant


@pytest.fixture
def page(site: Site) -> Page:
    return make_page(
        make_material(make_dossier("钱强丽"), "4-1", "高等学校毕业生登记表"), "姓名 钱强丽 专业 会计"
    )


@pytest.fixture
def asker(page: Page) -> Actor:
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


def ask(browser: Browser, page: Page, **terms: str) -> str:
    """Three steps as a person takes them; the address of the request."""
    material = page.material.public_id
    form = browser.get(f"/requests/new?material={material}")
    assert "申请查阅" in words_of(form.text)
    reason = {"material": material, "purpose": "2", "details": "任前考察，核对学历", "like": ""}
    step = browser.post("/requests/new", reason)
    assert step.status_code == 303, words_of(step.text)
    scope = step.headers["Location"]
    assert "高等学校毕业生登记表" in browser.get(scope).text
    step = browser.post(scope, {"material": material})
    assert step.status_code == 303, words_of(step.text)
    sent = {"level": "masked", "begins": "2026-03-02", "days": "3", "minutes": "30", **terms}
    step = browser.post(step.headers["Location"], sent)
    assert step.status_code == 303, words_of(step.text)
    return step.headers["Location"]


def image(browser: Browser, page: Page) -> int:
    return browser.get(f"/materials/{page.material.public_id}/pages/1/image").status_code


def test_from_a_refusal_to_reading_and_back(site: Site, page: Page, asker: Actor) -> None:
    reader, approver = browser_of(site, asker), browser_of(site, make_approver(now=site.now))
    address = f"/materials/{page.material.public_id}"
    refused = reader.get(address)
    assert refused.status_code == 403
    assert f"/requests/new?material={page.material.public_id}" in refused.text
    own = ask(reader, page)
    assert "等待审批" in words_of(reader.get(own).text)
    todo = approver.get("/approvals").text
    assert "任前考察" in todo
    request = AccessRequest.get()
    case = words_of(approver.get(f"/approvals/{request.public_id}").text)
    assert "不在申请人的查阅范围内" in case
    assert "高等学校毕业生登记表" in case
    done = approver.post(f"/approvals/{request.public_id}/approve", {"version": request.version})
    assert done.status_code == 303
    assert "撤销" in approver.get(done.headers["Location"]).text
    assert reader.get(address).status_code == 403
    site.now += UNDO
    assert "撤销" not in approver.get(done.headers["Location"]).text
    assert reader.get(address).status_code == 200
    assert image(reader, page) == 200
    entry = next(audit.entries(limit=1))
    assert (entry["reason"], entry["purpose"]) == ("grant", "2")
    assert entry["details"]["grant"] == Grant.get().public_id
    assert approver.post(f"/grants/{Grant.get().public_id}/revoke").status_code == 303
    assert image(reader, page) == 403
    assert "收回" in words_of(reader.get(address).text)


def test_an_approval_is_taken_back_within_five_seconds_and_never_after(
    site: Site, page: Page, asker: Actor
) -> None:
    request = make_request(asker, page.material)
    approver = browser_of(site, make_approver(now=site.now))
    place = f"/approvals/{request.public_id}"
    approver.post(f"{place}/approve", {"version": request.version})
    site.now += timedelta(seconds=4.9)
    assert approver.post(f"{place}/undo").status_code == 303
    site.now += UNDO
    assert image(browser_of(site, asker), page) == 403
    approver.post(f"{place}/approve", {"version": request.version + 2})
    site.now += UNDO
    assert approver.post(f"{place}/undo").status_code == 409


def test_the_heartbeat_tells_what_is_left_and_ends_with_the_grant(
    site: Site, page: Page, asker: Actor
) -> None:
    granted(asker, page.material, minutes=10)
    reader, place = browser_of(site, asker), f"/materials/{page.material.public_id}"
    assert "reading.js" in reader.get(place).text
    assert reader.post(f"{place}/beat").json == {"left_s": 600}
    site.now += timedelta(seconds=45)
    assert reader.post(f"{place}/beat", {"seconds": "-999"}).json == {"left_s": 555}
    site.now += timedelta(minutes=10)
    assert reader.post(f"{place}/beat").json == {"left_s": 495}
    for _ in range(9):
        site.now += timedelta(seconds=60)
        answer = reader.post(f"{place}/beat")
    assert answer.status_code == 403
    assert image(reader, page) == 403


def test_who_reads_by_standing_right_has_no_clock(site: Site, page: Page) -> None:
    reader = browser_of(site, make_officer(Role.OFFICIAL, lookup=UNIT))
    place = f"/materials/{page.material.public_id}"
    reader.post(place, {"purpose": "2"})
    assert "reading.js" not in reader.get(place).text
    assert reader.post(f"{place}/beat").json == {"left_s": None}
