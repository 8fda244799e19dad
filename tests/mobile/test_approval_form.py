"""The approval form as a document, from the request of its asker and from the case of its approver."""

import re
import shutil
import subprocess

import pytest

from tests.asking import granted, make_approver, make_request
from tests.builders import ELSEWHERE, make_dossier, make_material, make_officer
from tests.desk import browser_of
from tests.ruling import rule
from tests.site import Site
from webapp.domain.role import Role
from webapp.services import audit
from webapp.storage.requests import Grant


def test_asker_and_approver_print_the_form_from_where_they_read_the_request(site: Site) -> None:
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    request = make_request(asker, make_material(make_dossier("钱强丽"), "1", "干部履历表"))
    for actor, place in ((asker, "requests"), (make_approver(), "approvals")):
        browser, page = browser_of(site, actor), f"/{place}/{request.public_id}"
        assert f"{page}/form.pdf" in browser.get(page).text
        paper = browser.get(f"{page}/form.pdf")
        assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
        assert paper.data.startswith(b"%PDF")
        assert "attachment" in paper.headers["Content-Disposition"]
        entry = next(audit.entries(limit=1))
        assert (entry["action"], entry["actor"]) == ("request:form-printed", actor.person.public_id)


def test_it_says_whether_a_copy_was_asked_for_and_granted_and_whether_it_takes_two(site: Site) -> None:
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    material = make_material(make_dossier("钱强丽"), "1", "干部履历表")

    def words(grant: Grant) -> str:
        paper = browser_of(site, asker).get(f"/requests/{grant.request.public_id}/form.pdf")
        poppler = shutil.which("pdftotext") or pytest.skip("poppler is not installed")
        text = subprocess.run([poppler, "-", "-"], input=paper.data, capture_output=True, check=True).stdout
        return re.sub(r"\s", "", text.decode())

    plain = words(granted(asker, material))
    assert "不能制作复制件" in plain
    assert "；制作复制件" not in plain
    assert "须双人查阅" not in plain
    rule(preset="strict")
    guarded = words(granted(asker, material, may_copy=True))
    for said in ("；制作复制件", "可以制作复制件", "须双人查阅"):
        assert said in guarded
