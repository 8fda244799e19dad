"""The register of recusals at the desk."""

import io

import pytest

from tests.builders import make_dossier, make_officer
from tests.desk import browser_of
from tests.site import Site, words_of
from webapp.domain.role import Role
from webapp.storage.accounts import Recusal, Session


@pytest.fixture
def security(site: Site):
    make_dossier("钱强丽", number="YW-0001")
    return browser_of(site, make_officer(Role.SECURITY_OFFICER))


def form(login: str, number: str = "YW-0001") -> dict[str, str]:
    return {"login": login, "number": number, "relation": "配偶"}


def test_a_line_is_entered_and_lifted_by_two(site: Site, security) -> None:
    login = make_officer().person.login
    assert "还没有登记" in words_of(security.get("/desk/recusals").text)
    assert security.post("/desk/recusals", form(login)).status_code == 303
    number = Recusal.get().id
    page = words_of(security.get("/desk/recusals").text)
    assert login in page
    assert "YW-0001" in page
    assert "钱强丽" not in page
    place = f"/desk/recusals/{number}/lift"
    assert security.post(place, {"reason": ""}).status_code == 422
    assert security.post(place, {"reason": "误登"}).status_code == 303
    assert security.post(f"{place}/confirm").status_code == 403
    second = browser_of(site, make_officer(Role.SECURITY_OFFICER))
    assert "确认解除" in words_of(second.get("/desk/recusals").text)
    assert second.post(f"{place}/confirm").status_code == 303
    assert Recusal.select().count() == 0


def test_a_spreadsheet_is_entered_or_its_faults_are_told(site: Site, security) -> None:
    login = make_officer().person.login
    for number, status in (("YW-9", 422), ("YW-0001", 303)):
        sheet = f"账号,档案号,关系\n{login},{number},配偶".encode()
        sent = {"file": (io.BytesIO(sheet), "回避.csv")}
        answer = security.post("/desk/recusals", sent, content_type="multipart/form-data")
        assert answer.status_code == status, words_of(answer.text)
    assert Recusal.select().count() == 1
    assert security.get("/desk/recusals/example.xlsx").status_code == 200
    assert login in words_of(security.post("/desk/recusals/search", {"q": "YW-0001"}).text)


def test_an_entry_asks_for_a_proof_when_none_was_given_lately(site: Site, security) -> None:
    Session.update(proved_at=None).execute()
    assert "验证码" in words_of(security.get("/desk/recusals").text)
    assert security.post("/desk/recusals", form(make_officer().person.login)).status_code in (403, 422)
    assert Recusal.select().count() == 0
