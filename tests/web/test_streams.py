"""A stream says that something changed and nothing else, to whom it concerns, as long as the sitting goes on."""

import pytest

from tests.asking import make_request
from tests.builders import ELSEWHERE, make_dossier, make_material, make_officer
from tests.desk import browser_of
from tests.moment import NOW
from webapp.domain.role import Role
from webapp.services import caseload
from webapp.services.sessions import IDLE
from webapp.storage.accounts import Officer, Recusal, Session
from webapp.storage.requests import AccessRequest
from webapp.web import streams

CHANGED = b"event: changed\ndata: 1\n\n"
LISTENS = {"Accept": "text/event-stream"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(streams, "LOOK_EVERY_S", 0)


@pytest.fixture
def approver(site):
    return make_officer(Role.APPROVER)


@pytest.fixture
def browser(site, approver):
    return browser_of(site, approver)


@pytest.fixture
def material(site):
    return make_material(make_dossier("钱强丽"), "4-1", "高等学校毕业生登记表")


def listened(browser, path="/approvals/stream"):
    """A stream."""
    return browser.client.get(path, headers=LISTENS, environ_base={"REMOTE_ADDR": "10.1.2.3"})


def ask(material):
    return make_request(make_officer(Role.OFFICIAL, lookup=ELSEWHERE), material, now=NOW)


def mark_of(approver):
    return caseload.Watch(approver).mark(now=NOW)


def test_a_stream_says_only_that_the_list_changed(site, browser, material):
    answer = listened(browser)
    parts = answer.iter_encoded()
    assert answer.mimetype == "text/event-stream"
    assert next(parts) == f"retry: {streams.RETRY_MS}\n\n".encode()
    assert next(parts) == CHANGED
    ask(material)
    assert next(parts) == CHANGED
    answer.close()


def test_a_page_that_shows_the_list_as_it_is_hears_nothing(site, browser, approver, monkeypatch):
    monkeypatch.setattr(streams, "LIFE_S", 0.2)
    mark = mark_of(approver)
    with listened(browser, f"/approvals/stream?had={mark}") as answer:
        assert "event" not in answer.text


def test_what_concerns_an_approver_not_at_all_is_not_told_to_them(site, approver, material):
    Recusal.create(officer=approver.person, subject=material.dossier.subject, relation="配偶")
    before, others = mark_of(approver), mark_of(make_officer(Role.APPROVER))
    ask(material)
    assert mark_of(approver) == before
    assert mark_of(make_officer(Role.APPROVER)) != others


@pytest.mark.parametrize("change", ["ended", "another role", "right lost", "idle"])
def test_a_stream_ends_with_the_sitting_and_with_its_role(site, browser, approver, change):
    answer = listened(browser)
    parts = answer.iter_encoded()
    next(parts)
    assert next(parts) == CHANGED
    if change == "ended":
        Session.update(ended_at=NOW).execute()
    elif change == "another role":
        Officer.update(role_names="approver official").execute()
        Session.update(role="official").execute()
    elif change == "right lost":
        Officer.update(role_names="official").execute()
    else:
        site.wait(IDLE)
    assert b"".join(parts) == b"event: over\ndata: 1\n\n"
    answer.close()


def test_listening_keeps_no_sitting_alive(site, browser):
    site.wait(IDLE / 2)
    listened(browser).close()
    site.wait(IDLE / 2)
    assert listened(browser).status_code == 401
    assert browser.get("/approvals").headers["Location"] == "/login"


def test_there_are_few_seats_and_fewer_for_one_sitting(site, browser):
    others = [browser_of(site, make_officer(Role.APPROVER)) for _ in range(3)]
    kept = [listened(browser) for _ in range(streams.SEATS_EACH + 1)]
    assert [one.status_code for one in kept] == [200] * streams.SEATS_EACH + [204]
    kept += [listened(other) for other in others]
    assert [one.status_code for one in kept[-3:]] == [200, 200, 204]
    kept.pop(0).close()
    kept.append(listened(others[2]))
    assert kept[-1].status_code == 200
    for one in kept:
        one.close()


def test_a_list_is_fetched_anew_only_when_it_is_another(site, browser, approver, material):
    poll = {"HX-Request": "true", "HX-Poll": "true"}
    mark = mark_of(approver)
    assert f"had={mark}" in browser.get("/approvals").text
    assert browser.get(f"/approvals?had={mark}", headers=poll).status_code == 204
    ask(material)
    part = browser.get(f"/approvals?had={mark}", headers=poll).text
    assert part.startswith('<div id="waiting"')
    assert "钱强丽" in part
    assert 'data-heading="待审批 1"' in part
    AccessRequest.update(version=AccessRequest.version + 1).execute()
    assert f"had={mark_of(approver)}" not in part


def test_a_visit_to_the_stream_is_a_visit_to_the_list(browser):
    assert browser.get("/approvals/stream").headers["Location"] == "/approvals"
