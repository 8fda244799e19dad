"""Copies on the phone: asked for, granted or left out, made as PDF, and checked by whoever holds the paper."""

import re
import shutil
import subprocess

import pytest

from tests.asking import granted, make_approver, make_request
from tests.builders import ELSEWHERE, make_dossier, make_material, make_officer, make_page
from tests.desk import browser_of
from tests.site import words_of
from webapp.domain.grant import UNDO
from webapp.domain.role import Role
from webapp.services import audit, own_export
from webapp.storage.accounts import Session
from webapp.storage.copies import Copy
from webapp.storage.requests import AccessRequest, Grant


@pytest.fixture
def page(site):
    return make_page(
        make_material(make_dossier("钱强丽"), "4-1", "高等学校毕业生登记表"), "姓名 钱强丽 专业 会计"
    )


@pytest.fixture
def asker(page):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


def proven(site):
    Session.update(proved_at=site.now).execute()


def printed(pdf: bytes) -> str:
    """The words of a PDF."""
    poppler = shutil.which("pdftotext") or pytest.skip("poppler is not installed")
    return subprocess.run([poppler, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def test_it_is_asked_for_in_the_third_step_and_seen_by_the_approver(site, page, asker):
    draft = make_request(asker, page.material)
    reader = browser_of(site, asker)
    again = reader.post(f"/requests/{draft.public_id}/again").headers["Location"].replace("/reason", "/terms")
    form = reader.get(again)
    assert "还要制作复制件" in words_of(form.text)
    AccessRequest.update(state="withdrawn").where(AccessRequest.id == draft.id).execute()
    sent = {"level": "masked", "begins": "2026-03-02", "days": "3", "minutes": "30", "may_copy": "yes"}
    assert reader.post(again, sent).status_code == 303
    request = AccessRequest.get(AccessRequest.state == "waiting")
    assert request.may_copy
    approver = browser_of(site, make_approver(now=site.now))
    assert "复制件" in words_of(approver.get("/approvals").text)
    case = approver.get(f"/approvals/{request.public_id}").text
    assert "可以制作复制件" in words_of(case)
    proven(site)
    lesser = {
        "version": request.version, "until": "2026-03-04", "minutes": "30", "material": page.material.public_id,
    }  # fmt: skip
    assert approver.post(f"/approvals/{request.public_id}/approve", lesser).status_code == 303
    assert not Grant.get().may_copy
    site.now += UNDO
    assert "不能制作" in words_of(reader.get(f"/requests/{request.public_id}").text)
    assert reader.get(f"/grants/{Grant.get().public_id}/copy").status_code == 403


def test_it_is_made_registered_and_checked(site, page, asker):
    grant = granted(asker, page.material, may_copy=True)
    reader = browser_of(site, asker)
    place = f"/grants/{grant.public_id}/copy"
    own = f"/requests/{grant.request.public_id}"
    assert place in reader.get(own).text
    assert "高等学校毕业生登记表" in words_of(reader.get(place).text)
    faulty = reader.post(
        place, {"material": page.material.public_id, "pages-" + page.material.public_id: "7"}
    )
    assert faulty.status_code == 422  # before anything else, a proof
    proven(site)
    faulty = reader.post(
        place, {"material": page.material.public_id, "pages-" + page.material.public_id: "7"}
    )
    assert (faulty.status_code, "页码要在 1 到 1 之间" in words_of(faulty.text)) == (422, True)
    assert "checked" in faulty.text
    made = reader.post(place, {"material": page.material.public_id})
    assert made.status_code == 200, words_of(made.text)
    copy = Copy.get()
    assert made.mimetype == "application/pdf"
    text = printed(made.data)
    for words in (copy.number, copy.viewing.number, "钱强丽", "任前考察", "高等学校毕业生登记表", "云梧市"):
        assert words in text
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text)[0]
    assert copy.number in words_of(reader.get(own).text)
    approver = browser_of(site, make_approver(now=site.now))
    assert copy.number in words_of(approver.get(f"/approvals/{grant.request.public_id}").text)

    stranger = site.browser()
    assert (
        code not in stranger.get(f"/copies/check?number={copy.number}&code={code}").text
    )  # the fragment alone
    answer = stranger.post("/copies/check", {"number": copy.number, "code": code}, seen="/copies/check")
    said = words_of(answer.text)
    assert "是真的" in said
    assert "1 页" in said
    assert "云梧市" in said
    for secret in ("钱强丽", "毕业生", "某某", "考察", "会计"):
        assert secret not in said
    wrong = stranger.post("/copies/check", {"number": copy.number, "code": "0" * 12}, seen="/copies/check")
    assert "没有这份复制件" in words_of(wrong.text)
    assert copy.number not in wrong.text  # nor in the address of the way back
    assert next(audit.entries(limit=1))["reason"] == "no-such-copy"
    assert stranger.post("/copies/check", {"number": "", "code": ""}, seen="/copies/check").status_code == 422
    for _ in range(9):
        stranger.post("/copies/check", {"number": copy.number, "code": "0" * 12}, seen="/copies/check")
    stopped = stranger.post("/copies/check", {"number": copy.number, "code": code}, seen="/copies/check")
    assert (stopped.status_code, "Retry-After" in stopped.headers) == (429, True)


def test_too_many_pages_are_told_and_nothing_chosen_is_lost(site, page, asker, monkeypatch):
    grant = granted(asker, page.material, may_copy=True)
    monkeypatch.setattr("webapp.services.copies.MOST_PAGES", 0)
    reader = browser_of(site, asker)
    proven(site)
    answer = reader.post(f"/grants/{grant.public_id}/copy", {"material": page.material.public_id})
    assert answer.status_code == 422
    assert "checked" in answer.text
    assert own_export.MOST_PAGES == 40
    assert Copy.select().count() == 0
