"""Facts through pages: from a dossier to an answer, a certificate and its check; the same for individuals."""

import re
from datetime import timedelta

import cv2
import numpy as np
import pypdfium2
import pytest

from tests.asking import stand_in
from tests.builders import ELSEWHERE, UNIT, able, make_dossier, make_material, make_officer, make_page
from tests.desk import browser_of
from tests.ruling import rule
from tests.site import Browser, Site, words_of
from webapp.domain.fact import TOLD_FOR
from webapp.domain.role import Role
from webapp.services import audit, dossiers
from webapp.services.actor import Actor
from webapp.services.throttles import ADDRESS
from webapp.storage.accounts import Officer
from webapp.storage.facts import Certificate, FactQuery
from webapp.storage.pages import Page

ASKED = {
    "fact": ["party", "full-time"],
    "purpose": "1",
    "details": "发展党员，核对介绍人",
    "certificate": "yes",
}


@pytest.fixture
def page(site: Site) -> Page:
    return make_page(make_material(make_dossier("钱强丽"), "6", "入党志愿书", year=2001))


@pytest.fixture
def keeper(site: Site, page: Page) -> Browser:
    return browser_of(site, able(Role.ARCHIVIST, custody=UNIT))


@pytest.fixture
def asker(site: Site, page: Page) -> Browser:
    return browser_of(site, make_officer(Role.OFFICIAL, lookup=UNIT))


def ask(browser: Browser, page: Page, **more: object) -> str:
    """From the summary of the dossier to the query; its address."""
    dossier = page.material.dossier.public_id
    form = f"/requests/facts/new?dossier={dossier}"
    assert form in browser.get(f"/dossiers/{dossier}").text
    sent = browser.post("/requests/facts/new", {"dossier": dossier, **ASKED, **more}, seen=form)
    assert sent.status_code == 303, words_of(sent.text)
    return sent.headers["Location"]


def answer(keeper: Browser, page: Page) -> str:
    """As the keeper answers: the one found, the other not; the address of the query at the desk."""
    assert "事实查询" in words_of(keeper.get("/").text)
    listed = keeper.get("/desk/facts").text
    place = re.search(r'href="(/desk/facts/[^"/?]+)"', listed)[1]
    assert "还有 2 项没有填写" in words_of(keeper.get(place).text)
    found = {"outcome": "confirmed", "date": "2001.7", "material": page.material.public_id, "page": "1"}
    assert f"/materials/{page.material.public_id}" in keeper.get(f"{place}/lines/party").text
    assert keeper.post(f"{place}/lines/party", found, seen=place).status_code == 303
    assert keeper.post(f"{place}/lines/full-time", {"outcome": "absent"}, seen=place).status_code == 303
    version = re.search(r'name="version" value="(\d+)"', keeper.get(place).text)[1]
    assert keeper.post(f"{place}/answer", {"version": version}, seen=place).status_code == 303
    return place


def text_and_code(document: bytes) -> tuple[str, str]:
    """What a certificate says, and what a phone reads off its square."""
    (sheet,) = list(pypdfium2.PdfDocument(document))
    drawn = np.asarray(sheet.render(scale=3).to_pil().convert("L"))
    address, _, _ = cv2.QRCodeDetector().detectAndDecode(drawn)
    return sheet.get_textpage().get_text_range(), address


def check(browser: Browser, number: str, code: str):
    return browser.post("/check", {"number": number, "code": code}, seen="/check")


def test_from_a_dossier_to_a_certificate_that_a_stranger_checks(
    site: Site, page: Page, asker: Browser, keeper: Browser
) -> None:
    own = ask(asker, page)
    assert "等待档案管理员" in words_of(asker.get(own).text)
    desk = answer(keeper, page)
    seen = words_of(asker.get(own).text)
    for words in ("2001年7月", "《入党志愿书》（2001年），第 1 页", "档案中没有", "某某于"):
        assert words in seen
    document = asker.get(f"{own}/certificate.pdf")
    assert (document.status_code, document.mimetype) == (200, "application/pdf")
    printed, address = text_and_code(document.data)
    for words in ("钱强丽", "2001年7月", "入党志愿书", "云梧市", Certificate.get().number):
        assert words in printed
    assert "全日制" not in printed
    place, _, secret = address.partition("#")
    assert place == "http://localhost:8000/check"
    number, code = secret.split(".")
    assert number == Certificate.get().number
    assert code in printed
    stranger = site.browser("203.0.113.9")
    genuine = check(stranger, number, code)
    assert genuine.status_code == 200
    for words in ("现在有效", "钱强丽", "2001年7月"):
        assert words in words_of(genuine.text)
    false = check(stranger, number, "0" * 16)
    assert false.status_code == 422
    assert "没有查到相符的证明" in words_of(false.text)
    assert number in false.text
    assert "钱强丽" not in false.text
    why = {"why": "wrong", "words": "看成了转正时间"}
    assert keeper.post(f"{desk}/revoke", why, seen=desk).status_code == 303
    void = words_of(check(stranger, number, code).text)
    assert "不再有效" in void
    assert "内容有误" in void
    for words in ("钱强丽", "2001年7月", "转正"):
        assert words not in void
    assert "看成了转正时间" in words_of(asker.get(own).text)
    assert asker.get(f"{own}/certificate.pdf").status_code == 404


def test_number_and_code_are_in_no_address_and_in_no_log(
    site: Site, page: Page, asker: Browser, keeper: Browser
) -> None:
    own = ask(asker, page)
    answer(keeper, page)
    _, address = text_and_code(asker.get(f"{own}/certificate.pdf").data)
    number, code = address.partition("#")[2].split(".")
    assert check(site.browser("203.0.113.9"), number, code).request.full_path == "/check?"
    log = repr(list(audit.entries(limit=200)))
    assert number not in log
    assert code not in log
    assert site.browser().get(f"/check?number={number}&code={code}").text.count(number) == 0


def test_guesses_are_throttled_with_the_time_to_wait(site: Site) -> None:
    stranger = site.browser("203.0.113.9")
    for _ in range(ADDRESS[0].tries):
        assert check(stranger, "2026-00000000", "0" * 16).status_code == 422
    late = check(stranger, "2026-00000000", "0" * 16)
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0
    assert "2026-00000000" in late.text


def test_certificates_are_checked_at_the_pace_of_people(site: Site) -> None:
    stranger = site.browser("203.0.113.9")
    answers = {check(stranger, "", "").status_code for _ in range(41)}  # more than two minutes allow
    assert answers == {422, 429}


def test_what_is_no_number_is_said_before_anything_is_counted(site: Site) -> None:
    stranger = site.browser("203.0.113.9")
    for number, code, words in (
        ("", "", "证明编号是"),
        ("2026-0000000U", "", "证明编号是"),
        ("2026-00000000", "短", "核验码是"),
    ):
        answered = check(stranger, number, code)
        assert answered.status_code == 422
        assert words in words_of(answered.text)


def test_a_form_that_is_not_accepted_keeps_what_was_typed(site: Site, page: Page, asker: Browser) -> None:
    dossier = page.material.dossier.public_id
    sent = {**ASKED, "dossier": dossier, "details": " ", "purpose": "3"}
    shown = asker.post("/requests/facts/new", sent, seen=f"/requests/facts/new?dossier={dossier}")
    assert shown.status_code == 422
    assert "请填写具体事项" in words_of(shown.text)
    for kept in (
        'value="party" id="fact-5"\n     checked',
        'value="3" id="purpose-3"',
        'value="yes" id="certificate"',
    ):
        assert re.sub(r"\s+", " ", kept) in re.sub(r"\s+", " ", shown.text)
    assert shown.text.count("checked") == 4


def test_the_keepers_form_keeps_what_was_typed_and_says_what_is_missing(
    site: Site, page: Page, asker: Browser, keeper: Browser
) -> None:
    ask(asker, page)
    place = f"/desk/facts/{FactQuery.get().public_id}"
    typed = {
        "outcome": "confirmed",
        "words": "大学本科，云梧大学",
        "date": "1998.13",
        "material": page.material.public_id,
    }
    shown = keeper.post(f"{place}/lines/full-time", typed, seen=place)
    assert shown.status_code == 422
    assert "没有1998年13月" in words_of(shown.text)
    for kept in ("大学本科，云梧大学", "1998.13", f'value="{page.material.public_id}" selected'):
        assert kept in shown.text
    early = keeper.post(f"{place}/answer", {"version": "0"}, seen=place)
    assert early.status_code == 422
    assert "还有 2 项没有填写" in words_of(early.text)
    assert keeper.get(f"{place}/lines/birth").status_code == 404
    refusal = keeper.post(f"{place}/decline", {"words": ""}, seen=place)
    assert "请填写不予答复的理由" in words_of(refusal.text)
    assert keeper.post(f"{place}/decline", {"words": "与工作无关"}, seen=place).status_code == 303
    assert "与工作无关" in words_of(asker.get(f"/requests/facts/{FactQuery.get().public_id}").text)


def test_who_may_not_read_the_pages_waits_for_an_approver(site: Site, page: Page, keeper: Browser) -> None:
    stranger = browser_of(site, make_officer(Role.OFFICIAL, lookup=ELSEWHERE))
    approver = browser_of(site, able(Role.APPROVER))
    dossier = page.material.dossier.public_id
    assert "先由审批人审批" in words_of(stranger.get(f"/requests/facts/new?dossier={dossier}").text)
    own = ask(stranger, page)
    assert "等待审批人审批" in words_of(stranger.get(own).text)
    assert "没有等待答复的查询" in words_of(keeper.get("/desk/facts").text)
    assert "入党时间" in words_of(approver.get("/approvals").text)
    case = f"/approvals/facts/{FactQuery.get().public_id}"
    assert "不能直接查看的材料所载的事实" in words_of(approver.get(case).text)
    assert "发展党员，核对介绍人" in words_of(approver.get(case).text)
    assert approver.post(f"{case}/decline", {"words": ""}, seen=case).status_code == 422
    assert approver.post(f"{case}/approve", seen=case).status_code == 303
    assert "入党时间" not in words_of(approver.get("/approvals").text)
    answer(keeper, page)
    assert "2001年7月" in words_of(stranger.get(own).text)


def test_a_deputy_sees_in_whose_name_the_query_is_decided(site: Site, page: Page) -> None:
    absent, deputy = able(Role.APPROVER, approval=UNIT), able(Role.APPROVER, approval=ELSEWHERE)
    Officer.update(name="张正清").where(Officer.id == absent.person.id).execute()
    ask(browser_of(site, make_officer(Role.OFFICIAL, lookup=ELSEWHERE)), page)
    stand_in(deputy, absent, now=site.now)
    case = f"/approvals/facts/{FactQuery.get().public_id}"
    acting, away = browser_of(site, deputy), browser_of(site, absent)
    assert "代 张正清" in words_of(acting.get("/approvals").text)
    assert "您代 张正清 审批这项查询" in words_of(acting.get(case).text)
    assert "代 张正清" not in words_of(away.get(case).text)
    acting.post(f"{case}/decline", {"words": "与工作无关"}, seen=case)
    assert "没有批准：与工作无关" in words_of(acting.get(case).text)


def test_where_two_have_to_approve_the_form_leads_to_a_request(site: Site, page: Page) -> None:
    stranger = browser_of(site, make_officer(Role.OFFICIAL, lookup=ELSEWHERE))
    dossier = page.material.dossier.public_id
    form = f"/requests/facts/new?dossier={dossier}"
    rule(two_6="yes")
    assert "入党时间 须两位审批人同意，请改为申请查阅" in words_of(stranger.get(form).text)
    refused = stranger.post("/requests/facts/new", {"dossier": dossier, **ASKED}, seen=form)
    assert refused.status_code == 422
    assert "入党时间须经两位审批人同意" in words_of(refused.text)
    assert 'href="#fact"' in refused.text
    assert ASKED["details"] in refused.text
    rule(two_6="no")
    ask(stranger, page)
    rule(approvers="2")
    approver, case = browser_of(site, able(Role.APPROVER)), f"/approvals/facts/{FactQuery.get().public_id}"
    assert "不能在这里批准" in words_of(approver.get(case).text)
    assert f'action="{case}/approve"' not in approver.get(case).text
    assert approver.post(f"{case}/approve", seen=case).status_code == 409
    shown = stranger.get(form).text
    assert "不能在这里查，请改为申请查阅" in words_of(shown)
    assert f"/requests/new?dossier={dossier}" in shown
    assert "提交查询" not in shown


def test_who_decides_is_looked_up_once_for_the_whole_form(
    site: Site, page: Page, asker: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, rights = [], dossiers.rights
    monkeypatch.setattr(
        dossiers, "rights", lambda *given, **more: loaded.append(given) or rights(*given, **more)
    )
    assert asker.get(f"/requests/facts/new?dossier={page.material.dossier.public_id}").status_code == 200
    assert len(loaded) == 2  # whether one may ask at all, and the form


def test_an_answer_whose_right_is_gone_says_so(
    site: Site, page: Page, asker: Browser, keeper: Browser
) -> None:
    own = ask(asker, page)
    answer(keeper, page)
    rule(scope_6="roster")
    seen = words_of(asker.get(own).text)
    assert "现在不能直接告诉您" in seen
    assert "2001年7月" not in seen
    assert asker.get(f"{own}/certificate.pdf").status_code == 404


def test_individuals_are_told_who_decides_about_what_is_closed_to_them(site: Site, page: Page) -> None:
    person = make_officer(Role.INDIVIDUAL, subject=page.material.dossier.subject)
    owner = browser_of(site, Actor(person.officer, Role.INDIVIDUAL, person.session))
    open_form = words_of(owner.get("/me/facts/new").text)
    assert "只给办理的人看" in open_form
    assert "审批人" not in open_form
    rule(own_6="roster")
    assert "入党时间 先由审批人审批" in words_of(owner.get("/me/facts/new").text)
    rule(**{f"own_{code}": "roster" for code in ("1", "4_1", "4_2", "9_1", "9_2")})
    assert "所以先由审批人审批" in words_of(owner.get("/me/facts/new").text)
    rule(approvers="2")
    closed = words_of(owner.get("/me/facts/new").text)
    assert "请向组织人事部门提出" in closed
    assert "提交申请" not in closed


def test_a_recused_officer_is_refused_once(site: Site, page: Page) -> None:
    recused = make_officer(Role.OFFICIAL, lookup=UNIT, recused_from=page.material.dossier.subject)
    reader = browser_of(site, recused)
    dossier = page.material.dossier.public_id
    for answered in (
        reader.get(f"/requests/facts/new?dossier={dossier}"),
        reader.post("/requests/facts/new", {"dossier": dossier, **ASKED}, seen="/requests/facts"),
    ):
        assert answered.status_code == 403
        assert "回避" in words_of(answered.text)
        entry = next(audit.entries(limit=1))
        assert (entry["action"], entry["reason"]) == ("access:refused", "recused")
    assert len([entry for entry in audit.entries(limit=50) if entry["action"] == "access:refused"]) == 2


def test_an_old_answer_says_that_it_has_to_be_asked_anew(site: Site, page: Page, keeper: Browser) -> None:
    asker = make_officer(Role.OFFICIAL, lookup=UNIT)
    own = ask(browser_of(site, asker), page)
    answer(keeper, page)
    site.now += TOLD_FOR + timedelta(hours=1)
    seen = words_of(browser_of(site, asker).get(own).text)
    assert "请再查一次" in seen
    assert "2001年7月" not in seen


def test_a_query_is_taken_back(site: Site, page: Page, asker: Browser) -> None:
    own = ask(asker, page)
    assert asker.post(f"{own}/withdraw", seen=own).status_code == 303
    assert "已撤回" in words_of(asker.get("/requests/facts").text)
    assert asker.post(f"{own}/withdraw", seen=own).status_code == 409


def test_individuals_ask_for_a_certificate_and_see_who_was_told_what(
    site: Site, page: Page, asker: Browser, keeper: Browser
) -> None:
    subject = page.material.dossier.subject
    person = make_officer(Role.INDIVIDUAL, subject=subject)
    owner = browser_of(site, Actor(person.officer, Role.INDIVIDUAL, person.session))
    assert "档案证明" in words_of(owner.get("/me").text)
    wrong = owner.post("/me/facts/new", {"details": "办公证"}, seen="/me/facts/new")
    assert wrong.status_code == 422
    assert "办公证" in wrong.text
    sent = owner.post("/me/facts/new", {"fact": ["party", "full-time"]}, seen="/me/facts/new")
    own = sent.headers["Location"]
    assert own.startswith("/me/facts/")
    answer(keeper, page)
    assert "2001年7月" in words_of(owner.get(own).text)
    printed, _ = text_and_code(owner.get(f"{own}/certificate.pdf").data)
    assert "本人申请证明" in printed
    assert "还没有人查过" in words_of(owner.get("/me/facts/told").text)
    ask(asker, page)
    answer(keeper, page)
    told = words_of(owner.get("/me/facts/told").text)
    for words in ("某某", "政治审查", "入党时间、全日制学历学位及毕业时间"):
        assert words in told
    assert "2001" not in told
    assert owner.get("/me/viewers").status_code == 200
    exported = owner.post("/me/export", seen="/me/export")
    text = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(exported.data))
    assert "政治审查" in text
    assert "入党时间、全日制学历学位及毕业" in text
