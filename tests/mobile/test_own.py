"""The own dossier on the phone: what it holds, the ways on, and nothing where it is closed."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pypdfium2 import PdfDocument

from tests.builders import make_dossier, make_material, make_officer, make_page, picture
from tests.desk import browser_of
from tests.moment import NOW
from tests.site import words_of
from webapp.domain.role import Role
from webapp.services import audit, corrections, own, own_export
from webapp.services.corrections import Aim
from webapp.storage.archive import Dossier
from webapp.storage.policy import Setting


@pytest.fixture
def dossier(site):
    dossier = make_dossier("张三")
    make_page(make_material(dossier, "1", "干部履历表"))
    make_material(dossier, "4-1", "毕业生登记表")
    return dossier


@pytest.fixture
def owner(dossier):
    return make_officer(Role.INDIVIDUAL, subject=dossier.subject)


def test_it_says_what_is_there_and_what_usually_is(site, owner):
    words = words_of(browser_of(site, owner).get("/me").text)
    assert "6 类常见材料中有 2 类" in words
    assert "目录里还没有：自传（二）、年度考核登记表（三）" in words
    assert "可能本来就没有" in words
    assert "不直接向本人列出" in words
    assert "谁看过我的档案 0 次" in words


def test_where_it_is_closed_it_says_why_and_corrections_stay_open(site, owner):
    Setting.update(value="no").where(Setting.name == "own_dossier").execute()
    browser = browser_of(site, owner)
    words = words_of(browser.get("/me").text)
    assert "没有开放本人查阅" in words
    assert "更正申请" in words
    assert "谁看过" not in words
    assert browser.get("/me/viewers").status_code == 403
    assert browser.post("/me/wishes", {"viewings": "on"}, seen="/me").status_code == 403
    assert not own.wants_viewings(owner)


def test_who_has_no_dossier_is_told_so(site):
    nobody = make_officer(Role.INDIVIDUAL)
    assert "还没有可看的档案" in words_of(browser_of(site, nobody).get("/me").text)


def test_a_wish_is_kept(site, owner):
    browser = browser_of(site, owner)
    assert browser.post("/me/wishes", {"viewings": "on"}, seen="/me/viewers").status_code == 303
    assert own.wants_viewings(owner)
    assert browser.post("/me/wishes", seen="/me/viewers").status_code == 303
    assert not own.wants_viewings(owner)


def test_a_correction_is_asked_for_shown_and_withdrawn(site, owner, dossier):
    browser = browser_of(site, owner)
    faulty = browser.post(
        "/me/corrections/new", {"field": "birth", "words": "错"}, seen="/me/corrections/new"
    )
    assert faulty.status_code == 422
    assert "请写明" in words_of(faulty.text)
    form = {"field": "birth", "words": "应当是 1970 年 3 月"}
    sent = browser.post("/me/corrections/new", form, seen="/me/corrections/new")
    assert "应当是 1970 年 3 月" in words_of(browser.get(sent.headers["Location"]).text)
    assert "您提出异议的：出生日期" in words_of(browser.get("/me").text)
    assert browser.post(f"{sent.headers['Location']}/withdraw", seen="/me/corrections").status_code == 303
    assert "异议" not in words_of(browser.get("/me").text)
    again = browser.post(f"{sent.headers['Location']}/withdraw", seen="/me/corrections")
    assert again.status_code == 409


def test_the_form_knows_the_page_the_viewer_showed(site, owner, dossier):
    material = dossier.materials.first()
    browser = browser_of(site, owner)
    page = browser.get(f"/me/corrections/new?material={material.public_id}&page=1")
    assert "第 1 页" in words_of(page.text)
    assert browser.get(f"/me/corrections/new?material={material.public_id}&page=9").status_code == 404
    form = {"material": material.public_id, "page": "1", "words": "这一页是别人的"}
    assert browser.post("/me/corrections/new", form, seen="/me/corrections/new").status_code == 303
    assert "本人有异议" in words_of(browser.get(f"/dossiers/{dossier.public_id}/catalogue").text)
    assert "本人有异议：第 1 页" in words_of(browser.get(f"/materials/{material.public_id}").text)


def test_the_keeper_answers_at_the_desk(site, owner, dossier):
    asked = corrections.ask(owner, Aim("birth"), "应当是 1970 年 3 月", now=NOW)
    keeper = browser_of(site, make_officer(Role.ARCHIVIST, custody="市财政局"))
    path = f"/desk/corrections/{asked.public_id}"
    assert "张三" in words_of(keeper.get("/desk/corrections").text)
    assert "应当是 1970 年 3 月" in words_of(keeper.get(path).text)
    for form in ({"words": "已经核对过了"}, {"decision": "declined", "words": ""}):
        assert keeper.post(path, form, seen=path).status_code == 422
    form = {"decision": "declined", "words": "户口簿与档案一致"}
    assert keeper.post(path, form, seen=path).status_code == 303
    assert "没有等待答复" in words_of(keeper.get("/desk/corrections").text)
    assert "未予更正" in words_of(keeper.get("/desk/corrections?closed=1").text)
    told = words_of(browser_of(site, owner).get(f"/me/corrections/{asked.public_id}").text)
    assert "户口簿与档案一致" in told


def test_a_correction_is_overdue_when_the_day_has_ended_in_china(site, owner):
    corrections.ask(owner, Aim("birth"), "应当是 1970 年 3 月", now=NOW)
    keeper = make_officer(Role.ARCHIVIST, custody="市财政局")
    midnight = datetime(2026, 3, 23, 16, tzinfo=UTC)  # there; three weeks on
    for at, is_overdue in ((midnight - timedelta(minutes=1), False), (midnight, True)):
        site.wait(at - site.now)
        words = words_of(browser_of(site, keeper).get("/desk/corrections").text)
        assert ("已过答复期限" in words) is is_overdue


def test_the_file_holds_catalogue_viewings_and_pages(site, owner, dossier):
    browser, material = browser_of(site, owner), dossier.materials.first()
    form = words_of(browser.get("/me/export").text)
    assert material.title in form
    assert "谁用过纸质档案、谁查过哪些事实" in form
    answer = browser.post("/me/export", {"material": material.public_id}, seen="/me/export")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    with PdfDocument(answer.data) as written:
        text = "".join(page.get_textpage().get_text_bounded() for page in written)
    for expected in ("材料目录", "毕业生登记表", "谁看过我的档案", "谁查过我的哪些事实"):
        assert expected in text
    assert text.count("干部履历表") == 2  # in the catalogue and above its page


def test_it_asks_for_a_proof_when_none_was_given_lately(site, owner, dossier):
    browser = browser_of(site, owner)
    site.wait(timedelta(minutes=6))
    assert "验证码" in words_of(browser.get("/me/export").text)
    assert browser.post("/me/export", {"code": "000000"}, seen="/me/export").status_code in (422, 429)


def test_a_refused_export_is_logged_once(site, owner, dossier):
    sanction = make_material(dossier, "8", "关于给予警告处分的决定")
    make_page(sanction)
    browser = browser_of(site, owner)
    again = browser.post("/me/export", {"material": sanction.public_id}, seen="/me/export")
    assert again.status_code == 422
    refused = [entry for entry in audit.entries(limit=20) if entry["action"] == "access:refused"]
    assert [(entry["record"], entry["reason"]) for entry in refused] == [("own_export.export", "own")]


def test_the_third_export_of_a_minute_waits_and_a_faulty_one_does_not_count(site, owner):
    browser = browser_of(site, owner)
    sanction = make_page(make_material(Dossier.get(), "8", "关于给予警告处分的决定")).material
    sent = [{"material": sanction.public_id}, {}, {}, {}]
    statuses = [browser.post("/me/export", form, seen="/me/export").status_code for form in sent]
    assert statuses == [422, 200, 200, 429]


def test_one_export_is_made_at_a_time(site, owner, monkeypatch):
    export, meanwhile = own_export.export, []
    other = browser_of(site, make_officer(Role.INDIVIDUAL, subject=make_dossier("李四").subject))

    def export_while_another_asks(*given, **more):
        monkeypatch.undo()
        meanwhile.append(other.post("/me/export", seen="/me/export"))
        return export(*given, **more)

    monkeypatch.setattr(own_export, "export", export_while_another_asks)
    assert browser_of(site, owner).post("/me/export", seen="/me/export").status_code == 200
    assert (meanwhile[0].status_code, "Retry-After" in meanwhile[0].headers) == (429, True)
    assert other.post("/me/export", seen="/me/export").status_code == 200


def test_a_proof_goes_along_and_a_faulty_one_is_told(site, owner, dossier):
    asked = corrections.ask(owner, Aim("birth"), "应当是 1970 年 3 月", now=NOW)
    browser, here = browser_of(site, owner), f"/me/corrections/{asked.public_id}"
    assert browser.post(f"{here}/proofs", seen=here).status_code == 422
    for name, content, status in (("a.exe", b"MZ" * 20, 422), ("户口簿.jpg", picture("proof"), 303)):
        form = {"proof": (BytesIO(content), name)}
        assert browser.post(f"{here}/proofs", form, seen=here).status_code == status
    assert "正在安全检查" in words_of(browser.get(here).text)
    part = browser.get(here, headers={"HX-Request": "true", "HX-Poll": "true"})
    assert part.text.lstrip().startswith('<section id="attachments"')
    keeper = browser_of(site, make_officer(Role.ARCHIVIST, custody="市财政局"))
    assert "户口簿.jpg" in words_of(keeper.get(f"/desk/corrections/{asked.public_id}").text)
