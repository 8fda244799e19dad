"""Accounts at the desk: lists, one-time links, spreadsheets, rights."""

import io
import re
from collections.abc import Iterator

import pytest

from tests.accounts import cheap_hashing, enrolled, made, through_link
from tests.site import Browser, Site, opened, words_of
from webapp.domain.role import Role
from webapp.services import officer_import, officers, sessions, spreadsheets, units
from webapp.settings import Settings
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction

NEW = {"login": "liminghua", "name": "李明华", "roles": ["official"], "lookup": "市财政局"}


@pytest.fixture
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    cheap_hashing(monkeypatch)
    with opened(settings) as site:
        with transaction():
            units.find_or_create("市财政局/预算科")
        yield site


def signed_in(site: Site, role: Role) -> Browser:
    browser = site.browser()
    browser.sign_in(enrolled(role.value.replace("_", ".")[:20], role, name="管理"))
    return browser


@pytest.fixture
def admin(site: Site) -> Browser:
    return signed_in(site, Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def guard(site: Site) -> Browser:
    return signed_in(site, Role.SECURITY_OFFICER)


def link_in(page: str) -> str:
    found = re.search(r"http://localhost:8000(/enrol/[\w-]{43})", page)
    assert found, words_of(page)
    return found[1]


def test_an_account_is_made_waits_and_is_confirmed(site: Site, admin: Browser, guard: Browser) -> None:
    answer = admin.post("/desk/officers/new", NEW, seen="/desk/officers/new")
    link = link_in(answer.text)
    assert site.browser().get(link).status_code == 200
    officer = Officer.get(Officer.login == "liminghua")
    assert officer.authorised_at is None
    assert "李明华" not in guard.get("/desk/rights").text
    assert "登记以后才能核准" in guard.get(f"/desk/rights/{officer.public_id}").text
    early = guard.post("/desk/rights/authorise", {"officer": [officer.public_id]}, seen="/desk/rights")
    assert (early.status_code, Officer.get_by_id(officer.id).authorised_at) == (409, None)
    through_link(link.rpartition("/")[2], site.now)
    assert "待核准" in words_of(admin.get("/desk/officers?state=waiting").text)
    assert "李明华" in guard.get("/desk/rights").text
    assert "市财政局" in guard.get(f"/desk/rights/{officer.public_id}").text
    guard.post("/desk/rights/authorise", {"officer": [officer.public_id]}, seen="/desk/rights")
    assert Officer.get_by_id(officer.id).authorised_at == site.now


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"login": ""}, "账号须为"), ({"name": "=1+1"}, "姓名须为"), ({"roles": []}, "至少要有一个角色"),
        ({"roles": ["auditor", "system_administrator"]}, "不能由同一人兼任"), ({"roles": ["emperor"]}, "不认识"),
        ({"lookup": "没有的局"}, "没有单位"), ({"unit": "没有的局"}, "没有单位"), ({"id_number": "1"}, "身份证号"),
        ({"login": "system.administrator"}, "已经有人用了"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_the_others_are_kept(admin: Browser, change: dict, words: str) -> None:
    answer = admin.post("/desk/officers/new", {**NEW, **change}, seen="/desk/officers/new")
    assert answer.status_code == 422
    assert words in words_of(answer.text)
    assert "liminghua" in answer.text or "login" in change
    assert Officer.select().count() == 1


def test_fields_nobody_asked_for_are_not_taken(admin: Browser) -> None:
    extra = {
        "authorised_at": "2026-01-01",
        "password_hash": "x",
        "public_id": "chosen",
        "role_names": "auditor",
    }
    admin.post("/desk/officers/new", {**NEW, **extra}, seen="/desk/officers/new")
    officer = Officer.get(Officer.login == "liminghua")
    assert (officer.authorised_at, officer.password_hash, officer.role_names) == (None, None, "official")
    assert officer.public_id != "chosen"


def test_after_five_minutes_a_code_is_asked_for(site: Site) -> None:
    who = enrolled("boss", Role.SYSTEM_ADMINISTRATOR, name="管理")
    browser = site.browser()
    browser.sign_in(who)
    site.wait(sessions.STEP_UP)
    assert 'name="code"' in browser.get("/desk/officers/new").text
    assert browser.post("/desk/officers/new", NEW, seen="/desk/officers/new").status_code == 422
    form = {**NEW, "code": who.code(site.now)}
    assert "登记链接" in browser.post("/desk/officers/new", form, seen="/desk/officers/new").text
    assert 'name="code"' not in browser.get("/desk/officers/new").text


def test_an_account_is_disabled_enabled_and_linked_anew(site: Site, admin: Browser) -> None:
    zhang = enrolled()
    page = f"/desk/officers/{zhang.officer.public_id}"
    token = zhang.signed_in(site.now).token
    assert admin.post(f"{page}/disable", seen=page).status_code == 303
    assert sessions.find(token, now=site.now) is None
    assert admin.post(f"{page}/disable", seen=page).status_code == 409
    assert admin.post(f"{page}/enable", seen=page).status_code == 303
    assert "登记链接" in admin.post(f"{page}/link", seen=page).text
    assert "等待本人登记" in words_of(admin.get(page).text)


def test_ones_own_account_offers_no_buttons_and_refuses_them(admin: Browser) -> None:
    own = Officer.get(Officer.login == "system.administrator")
    page = f"/desk/officers/{own.public_id}"
    assert "自己的账号" in admin.get(page).text
    assert f"{page}/disable" not in admin.get(page).text
    assert admin.post(f"{page}/disable", seen=page).status_code == 403
    assert admin.post(f"{page}/link", seen=page).status_code == 422


def test_rights_are_changed_by_the_security_officer_alone(site: Site, admin: Browser, guard: Browser) -> None:
    officer = made()
    page = f"/desk/rights/{officer.public_id}"
    form = {"roles": ["archivist"], "custody": "市财政局/预算科"}
    assert admin.get(page).status_code == 403
    assert admin.post(page, form, seen="/desk/officers").status_code == 403
    assert guard.post(page, form, seen=page).status_code == 303
    held = officers.rights_of(Officer.get_by_id(officer.id))
    assert (held.roles, [u.name for u in held.custody]) == ({Role.ARCHIVIST}, ["预算科"])
    assert "留空则全部单位的申请都能审批" in guard.get(page).text
    guard.post(page, {"roles": ["approver"], "approval": "市财政局/预算科"}, seen=page)
    assert "市财政局/预算科</textarea>" in guard.get(page).text
    assert [u.name for u in officers.rights_of(officer).approval] == ["预算科"]
    assert "审批范围" in admin.get(f"/desk/officers/{officer.public_id}").text
    wrong = guard.post(page, {"roles": ["archivist", "auditor"]}, seen=page)
    assert (wrong.status_code, "不能由同一人兼任" in wrong.text) == (422, True)


def test_a_security_officer_cannot_confirm_or_change_themselves(guard: Browser) -> None:
    own = Officer.get(Officer.login == "security.officer")
    page = f"/desk/rights/{own.public_id}"
    assert "另一位安全保密员" in guard.get(page).text
    assert guard.post(page, {"roles": ["official"]}, seen=page).status_code == 422
    Officer.update(authorised_at=None).where(Officer.id == own.id).execute()
    guard.post("/desk/rights/authorise", {"officer": [own.public_id]}, seen="/desk/rights")
    assert Officer.get_by_id(own.id).authorised_at is None


@pytest.mark.parametrize(
    "role", [r for r in Role if r not in (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER, Role.INDIVIDUAL)]
)
def test_other_roles_see_neither_desk(site: Site, role: Role) -> None:
    browser = signed_in(site, role)
    for path in ("/desk/officers", "/desk/officers/new", "/desk/officers/import", "/desk/rights"):
        assert browser.get(path).status_code == 403


def test_the_list_is_filtered_and_searched_without_names_in_addresses(site: Site, admin: Browser) -> None:
    made("zhangwei")
    made("wangfang", name="王芳")
    assert "王芳" in admin.get("/desk/officers?state=unenrolled").text
    assert "王芳" not in admin.get("/desk/officers?state=disabled").text
    found = admin.post("/desk/officers/search", {"q": "王"}, seen="/desk/officers")
    assert "王芳" in found.text
    assert "张伟" not in found.text
    assert admin.get("/desk/officers?state=nonsense").status_code == 404
    part = admin.get("/desk/officers", headers={"HX-Request": "true"})
    assert "<html" not in part.text


def sheet(*rows: tuple[str, ...]) -> dict[str, object]:
    content = spreadsheets.workbook("账号", ("账号", "姓名", "角色"), rows)
    return {"file": (io.BytesIO(content), "accounts.xlsx")}


def test_a_spreadsheet_is_tried_then_imported_with_its_links(site: Site, admin: Browser) -> None:
    tried = admin.post(
        "/desk/officers/import",
        sheet(("1001", "李明华", "查阅人"), ("1002", "王芳", "审批人")),
        seen="/desk/officers/import",
    )
    assert "将建 2 个账号" in tried.text
    assert Officer.select().count() == 1
    sent = re.search(r'name="rows" value="([^"]+)"', tried.text)
    assert sent
    rows = sent[1].replace("&#34;", '"')
    done = admin.post(
        "/desk/officers/import/confirm", {"rows": rows, "answer": "page"}, seen="/desk/officers/import"
    )
    assert done.text.count("/enrol/") == 2
    again = admin.post("/desk/officers/import/confirm", {"rows": rows}, seen="/desk/officers/import")
    assert (again.status_code, "已经有人用了" in again.text) == (422, True)


def test_trials_are_made_at_the_pace_of_people(admin: Browser) -> None:
    rows = '[[2, {"账号": "1001", "姓名": "李明华", "角色": "局长"}]]'
    for at, form in (("", {}), ("/confirm", {"rows": rows})):
        path = f"/desk/officers/import{at}"
        answers = {admin.post(path, form, seen="/desk/officers").status_code for _ in range(41)}
        assert answers == {422, 429}


def test_the_links_come_as_a_spreadsheet_when_asked(site: Site, admin: Browser) -> None:
    rows = '[[2, {"账号": "1001", "姓名": "李明华", "角色": "查阅人"}]]'
    answer = admin.post(
        "/desk/officers/import/confirm", {"rows": rows, "answer": "sheet"}, seen="/desk/officers/import"
    )
    assert answer.headers["Content-Disposition"] == 'attachment; filename="links.xlsx"'
    assert "/enrol/" in spreadsheets.read(answer.data).rows[1][2]


def test_a_faulty_spreadsheet_is_told_by_row(admin: Browser) -> None:
    answer = admin.post(
        "/desk/officers/import", sheet(("1001", "李明华", "局长")), seen="/desk/officers/import"
    )
    assert answer.status_code == 422
    assert "第 2 行：角色“局长”不认识" in words_of(answer.text)


@pytest.mark.parametrize(
    "rows", ["", "[]", "{}", "null", "[[1]]", '[["x", {}]]', "[[1, [2]]]", "[1]", "[" * 5000]
)
def test_rows_that_were_tampered_with_are_refused(admin: Browser, rows: str) -> None:
    answer = admin.post("/desk/officers/import/confirm", {"rows": rows}, seen="/desk/officers/import")
    assert answer.status_code == 422


def test_no_file_is_said_so(admin: Browser) -> None:
    assert "请选择" in admin.post("/desk/officers/import", {}, seen="/desk/officers/import").text


def test_the_empty_spreadsheet_can_be_fetched(admin: Browser) -> None:
    answer = admin.get("/desk/officers/import/example.xlsx")
    assert spreadsheets.read(answer.data).rows[0] == officer_import.COLUMNS
