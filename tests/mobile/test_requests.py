"""The whole chain through pages: ask in three steps, approve, read under the grant, revoke."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from ocr_worker.attaching import AttachmentLane
from tests.asking import approve, granted, make_approver, make_draft, make_request, terms
from tests.builders import (
    ELSEWHERE,
    UNIT,
    index_all,
    make_dossier,
    make_material,
    make_officer,
    make_page,
    picture,
)
from tests.desk import browser_of
from tests.moment import NOW
from tests.ruling import rule
from tests.site import Browser, Site, words_of
from webapp.domain.access_request import MOST_OPEN
from webapp.domain.disclosure import Level
from webapp.domain.grant import UNDO
from webapp.domain.role import Role
from webapp.services import approvals, audit, caseload, requests
from webapp.services.actor import Actor
from webapp.storage.accounts import Session
from webapp.storage.attachments import Attachment
from webapp.storage.pages import Page
from webapp.storage.requests import AccessRequest, Grant
from webapp.web.filters import ZONE


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
    assert "已收回" in words_of(reader.get(own).text)


def test_an_approval_is_taken_back_within_five_seconds_and_never_after(
    site: Site, page: Page, asker: Actor
) -> None:
    request = make_request(asker, page.material)
    approver = browser_of(site, make_approver(now=site.now))
    place = f"/approvals/{request.public_id}"
    approver.post(f"{place}/approve", {"version": request.version})
    site.now += timedelta(seconds=4.9)
    assert approver.post(f"{place}/undo").status_code == 303
    for browser, path in ((approver, place), (browser_of(site, asker), f"/requests/{request.public_id}")):
        seen = browser.get(path)
        assert seen.status_code == 200
        assert "撤销批准" in words_of(seen.text)
        assert "已收回" not in words_of(seen.text)
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


def test_a_hit_opened_by_a_grant_says_that_reading_is_timed_and_shows_no_text(
    site: Site, page: Page, asker: Actor
) -> None:
    index_all()
    granted(asker, page.material)
    reader = browser_of(site, asker)
    seen = words_of(reader.get(reader.post("/search", {"q": "会计"}).headers["Location"]).text)
    assert "打开后可看内容（计时）" in seen
    assert "第 1 页" in seen
    assert "专业" not in seen


def test_who_reads_by_standing_right_has_no_clock(site: Site, page: Page) -> None:
    reader = browser_of(site, make_officer(Role.OFFICIAL, lookup=UNIT))
    place = f"/materials/{page.material.public_id}"
    reader.post(place, {"purpose": "2"})
    assert "reading.js" not in reader.get(place).text
    assert reader.post(f"{place}/beat").json == {"left_s": None}


def test_a_request_that_needs_two_is_told_as_that_on_both_sides(site: Site, asker: Actor) -> None:
    sanction = make_material(make_dossier("李四"), "8", "关于给予警告处分的决定")
    request = make_request(asker, sanction)
    first, second = (browser_of(site, make_approver(now=site.now)) for _ in range(2))
    place = f"/approvals/{request.public_id}"
    assert "逐份审批" in words_of(first.get("/approvals").text)
    assert f'action="{place}/approve"' not in first.get("/approvals").text
    assert "须两位审批人" in words_of(first.get(place).text)
    assert first.post(f"{place}/approve", {"version": request.version}).status_code == 303
    assert "第一位审批人已同意" in words_of(
        browser_of(site, asker).get(f"/requests/{request.public_id}").text
    )
    assert first.get(place).status_code == 403
    assert second.post(f"{place}/approve", {"version": request.version + 1}).status_code == 303


def test_a_title_beyond_the_catalogue_is_shown_on_no_page_of_its_asker(site: Site, asker: Actor) -> None:
    sanction = make_material(make_dossier("李四"), "8", "关于给予警告处分的决定")
    reader, untold = browser_of(site, asker), "您打开过的那份材料（经批准后显示名称）"
    reason = {"material": sanction.public_id, "purpose": "2", "details": "任前考察", "like": ""}
    scope = reader.post("/requests/new", reason).headers["Location"]
    own = scope.removesuffix("/scope")
    for seen in (reader.get(scope), reader.get(own), reader.post(scope, {})):
        assert untold in seen.text
        assert sanction.title not in seen.text
    assert f'value="{sanction.public_id}"' in reader.get(scope).text
    assert reader.post(scope, {"material": sanction.public_id}).status_code == 303
    sent = {"level": "masked", "begins": "2026-03-02", "days": "3", "minutes": "30"}
    reader.post(f"{own}/terms", sent)
    assert untold in reader.get(own).text
    approver = browser_of(site, make_approver(now=site.now))
    assert sanction.title in approver.get(own.replace("/requests/", "/approvals/")).text


def test_less_is_approved_by_the_form(site: Site, page: Page, asker: Actor) -> None:
    request = make_request(asker, page.material, categories="4-1 1")
    approver = browser_of(site, make_approver(now=site.now))
    form = {"version": request.version, "category": "4-1", "until": "2026-03-03", "minutes": "15"}
    place = f"/approvals/{request.public_id}/approve"
    assert approver.post(place, form | {"minutes": "999"}).status_code == 422
    assert approver.post(place, form | {"category": "9-1"}).status_code == 422
    assert approver.post(place, form | {"until": "x"}).status_code == 422
    assert approver.post(place, form).status_code == 303
    grant = Grant.get()
    assert ([part.category for part in grant.scopes], grant.allowed_ms) == (["4-1"], 15 * 60_000)
    assert grant.not_after.isoformat() == "2026-03-03T16:00:00+00:00"


def test_requests_of_one_occasion_are_approved_together(site: Site, page: Page, asker: Actor) -> None:
    one, other = make_request(asker, page.material), make_request(asker, page.material, categories="1")
    AccessRequest.update(occasion=one.occasion).execute()
    approver = browser_of(site, make_approver(now=site.now))
    assert "一并批准 2 份" in words_of(approver.get("/approvals").text)
    sent = {"request": [f"{each.public_id} {each.version}" for each in (one, other)]}
    assert approver.post("/approvals/all", sent).status_code == 303
    assert Grant.select().count() == 2
    assert approver.post("/approvals/all", {"request": ["nothing"]}).status_code == 404


def test_an_approver_sees_the_clues_before_one_tap_and_no_titles_afterwards(
    site: Site, page: Page, asker: Actor
) -> None:
    request = make_request(asker, page.material, categories="4-1")
    approver = browser_of(site, make_approver(now=site.now))
    place = f"/approvals/{request.public_id}"
    shown = words_of(approver.get("/approvals").text)
    assert "这名干部不在申请人的查阅范围内" in shown
    assert "批准后可以看到" in words_of(approver.get(place).text)
    approver.post(f"{place}/reject", {"version": request.version, "words": "不必"})
    decided = words_of(approver.get(place).text)
    assert "申请内容" in decided
    assert "批准后可以看到" not in decided
    assert page.material.title not in decided


def test_the_list_of_requests_has_pages(
    site: Site, page: Page, asker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caseload, "LISTED", 2)
    for category in ("1", "2", "4-1"):
        make_request(asker, page.material, categories=category)
    approver = browser_of(site, make_approver(now=site.now))
    first, second = (approver.get(f"/approvals?page={number}").text for number in (1, 2))
    assert [text.count('<article id="todo-') for text in (first, second)] == [2, 1]
    assert ("下一页" in first, "上一页" in first) == (True, False)
    assert ("下一页" in second, "上一页" in second) == (False, True)
    assert "待审批 3" in words_of(second)
    assert approver.get(f"/approvals?page={10**30}&grants={10**30}").status_code == 200


def test_a_question_goes_back_and_its_answer_comes(site: Site, page: Page, asker: Actor) -> None:
    request = make_request(asker, page.material)
    approver, reader = browser_of(site, make_approver(now=site.now)), browser_of(site, asker)
    back = f"/approvals/{request.public_id}/return"
    assert approver.post(back, {"version": request.version, "words": ""}).status_code == 422
    approver.post(back, {"version": request.version, "words": "核对哪一学历？"})
    own = f"/requests/{request.public_id}"
    assert "核对哪一学历？" in words_of(reader.get(own).text)
    assert reader.post(f"{own}/answer", {"words": ""}).status_code == 422
    assert reader.post(f"{own}/answer", {"words": "全日制学历"}).status_code == 303
    assert "全日制学历" in words_of(approver.get(f"/approvals/{request.public_id}").text)


def test_an_old_draft_can_still_be_filled_in_or_thrown_away(site: Site, page: Page, asker: Actor) -> None:
    draft = make_draft(asker, page.material)
    requests.change_terms(asker, draft.public_id, terms(days=1), now=site.now)
    site.now += timedelta(days=30)
    seen = browser_of(site, asker).get(f"/requests/{draft.public_id}").text
    assert "没有作出审批" not in seen
    for offered in ("继续填写", "放弃草稿"):
        assert offered in seen


def test_a_returned_request_keeps_what_was_asked_and_never_begins_before_today(
    site: Site, page: Page, asker: Actor
) -> None:
    request = make_request(asker, page.material, days=7, minutes=45)
    approver = make_approver(now=site.now)
    approvals.send_back(approver, request.public_id, "核对哪一学历？", version=request.version, now=site.now)
    site.now += timedelta(days=2)
    reader, address = browser_of(site, asker), f"/requests/{request.public_id}/terms"
    form = reader.get(address).text
    today = site.now.astimezone(ZONE).date().isoformat()
    assert re.search(rf'name="begins"[^>]*value="{today}"', form)
    assert re.search(r'name="days" value="7" checked', form)
    assert re.search(r'name="minutes" value="45" checked', form)
    sent = {"level": "masked", "begins": today, "days": "7", "minutes": "45"}
    assert reader.post(address, sent).status_code == 303
    assert 'name="days" value="7" checked' in reader.get(address).text


def test_one_request_too_many_is_said_by_the_form(site: Site, page: Page, asker: Actor) -> None:
    for _ in range(MOST_OPEN):
        make_draft(asker, page.material)
    first = {"material": page.material.public_id, "purpose": "2", "details": "核对学历", "like": ""}
    seen = browser_of(site, asker).post("/requests/new", first)
    assert seen.status_code == 422
    assert "20 份申请没有办完" in words_of(seen.text)
    assert "核对学历" in seen.text


def test_wrong_terms_are_said_by_the_form_and_nothing_is_lost(site: Site, page: Page, asker: Actor) -> None:
    reader = browser_of(site, asker)
    material = page.material.public_id
    first = {"material": material, "purpose": "2", "details": "核对", "like": ""}
    assert reader.post("/requests/new", first | {"purpose": ""}).status_code == 422
    scope = reader.post("/requests/new", first).headers["Location"]
    assert reader.post(scope, {}).status_code == 422
    terms = reader.post(scope, {"material": material}).headers["Location"]
    for wrong in ({"begins": "soon"}, {"days": "99"}, {"minutes": "1"}, {"begins": "2027-01-01"}):
        sent = {"level": "masked", "begins": "2026-03-02", "days": "3", "minutes": "30"} | wrong
        assert reader.post(terms, sent).status_code == 422
    assert "草稿" in words_of(reader.get("/requests").text)
    assert "核对" in reader.get(terms.replace("/terms", "/reason")).text


def begun(
    asker: Actor, page: Page, browser: Browser, *letters: tuple[str, bytes], **reason: str
) -> TestResponse:
    """The first step, with files."""
    material = page.material.public_id
    form = {"material": material, "purpose": "2", "details": "核对学历", **reason}
    files = [(BytesIO(content), name) for name, content in letters]
    return browser.post("/requests/new", form | {"letter": files}, seen=f"/requests/new?material={material}")


def opened_by_the_worker() -> None:
    lane = AttachmentLane(lambda: NOW)
    while lane.step():
        pass


def test_a_letter_goes_along_and_both_sides_see_it(site: Site, page: Page, asker: Actor) -> None:
    browser, approver = browser_of(site, asker), browser_of(site, make_approver(now=site.now))
    step = begun(asker, page, browser, ("介绍信.jpg", picture("letter")), ("公函.jpg", picture("more")))
    assert step.status_code == 303
    request = AccessRequest.get()
    reason = f"/requests/{request.public_id}/reason"
    assert "正在安全检查" in browser.get(reason, headers={"HX-Request": "true"}).text
    opened_by_the_worker()
    part = browser.get(reason, headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<section id="attachments"')
    assert "every 2s" not in part
    requests.change_terms(asker, request.public_id, terms(), now=site.now)
    requests.submit(asker, request.public_id, now=site.now)
    letter = Attachment.get()
    assert browser.get(f"/requests/letters/{letter.public_id}/1").mimetype == "image/jpeg"
    case = approver.get(f"/approvals/{request.public_id}").text
    assert "介绍信.jpg" in case
    address = f"/approvals/letters/{letter.public_id}/1"
    assert address in case
    assert approver.get(address).mimetype == "image/jpeg"
    assert "移除" not in browser.get(f"/requests/{request.public_id}").text


def test_a_letter_is_not_lost_when_something_else_is_wrong(site: Site, page: Page, asker: Actor) -> None:
    browser = browser_of(site, asker)
    wrong = begun(asker, page, browser, ("介绍信.jpg", picture("letter")), details=" ", purpose="2")
    assert wrong.status_code == 422
    assert "介绍信.jpg" in wrong.text
    request = AccessRequest.get()
    reason = f"/requests/{request.public_id}/reason"
    assert f'action="{reason}"' in wrong.text
    assert 'value="2" id="purpose-2" checked' in wrong.text
    kept = browser.post(reason, {"purpose": "2", "details": "核对学历"}, seen=reason)
    assert kept.headers["Location"].endswith("/scope")
    assert [one.file_name for one in Attachment.select()] == ["介绍信.jpg"]


def test_a_reason_is_not_lost_when_the_letter_is_wrong(site: Site, page: Page, asker: Actor) -> None:
    browser = browser_of(site, asker)
    wrong = begun(asker, page, browser, ("a.exe", b"MZ" * 20), details="核对学历和学位")
    assert wrong.status_code == 422
    assert 'href="#letter"' in wrong.text
    assert AccessRequest.get().details == "核对学历和学位"


def test_a_letter_is_removed_and_what_was_typed_stays(site: Site, page: Page, asker: Actor) -> None:
    browser = browser_of(site, asker)
    begun(asker, page, browser, ("介绍信.jpg", picture("letter")))
    request = AccessRequest.get()
    here = f"/requests/{request.public_id}"
    remove = f"{here}/letters/{Attachment.get().public_id}/remove"
    assert f'formaction="{remove}"' in browser.get(f"{here}/reason").text
    typed = {"purpose": "", "details": "还没有写完"}
    assert browser.post(remove, typed, seen=f"{here}/reason").status_code == 303
    assert "还没有写完" in browser.get(f"{here}/reason").text
    assert not Attachment.select().exists()
    assert browser.get(here).status_code == 200


def test_what_an_approver_ticked_off_and_wrote_is_there_when_the_form_comes_back(
    site: Site, page: Page, asker: Actor
) -> None:
    request = make_request(asker, page.material, categories="4-1 9-1", level=Level.CLEAR)
    approver = make_approver(now=site.now)
    browser = browser_of(site, approver)
    Session.update(proved_at=None).execute()
    place, version = f"/approvals/{request.public_id}", {"version": request.version}
    less = {"category": "9-1", "level": "masked", "until": "2026-03-03", "minutes": "20", "code": "000000"}
    again = browser.post(f"{place}/approve", version | less).text
    assert 'value="9-1" checked' in again
    assert 'value="4-1">' in again
    assert re.search('value="masked"[^>]* checked', again)
    assert 'value="2026-03-03"' in again
    assert 'value="20"' in again
    approve(request, make_approver(now=site.now), now=site.now)
    for act in ("return", "reject"):
        late = browser.post(f"{place}/{act}", version | {"words": "请说明用途"})
        assert late.status_code == 422
        assert "已批准" in words_of(late.text)
    waiting = make_request(asker, page.material, level=Level.CLEAR)
    AccessRequest.update(version=9).where(AccessRequest.id == waiting.id).execute()
    for act in ("return", "reject"):
        late = browser.post(f"/approvals/{waiting.public_id}/{act}", version | {"words": "请说明用途"})
        assert "请说明用途</textarea>" in late.text


def test_undo_is_offered_to_who_approved_alone(site: Site, page: Page, asker: Actor) -> None:
    first, other = make_approver(now=site.now), make_approver(now=site.now)
    request = make_request(asker, page.material)
    approve(request, first, now=site.now)
    seen = [
        browser_of(site, who).get(f"/approvals?approved={request.public_id}").text for who in (first, other)
    ]
    assert ["5 秒后生效" in text for text in seen] == [True, False]


def test_the_steps_offer_what_the_rules_allow(site: Site, page: Page, asker: Actor) -> None:
    rule(longest_days="5", longest_minutes="45", two_2="yes", scope_3="roster")
    draft = make_draft(asker, page.material)
    reader = browser_of(site, asker)
    offered = reader.get(f"/requests/{draft.public_id}/terms").text
    assert re.findall(r'name="days" value="(\d+)"', offered) == ["1", "3", "5"]
    assert re.findall(r'name="minutes" value="(\d+)"', offered) == ["30", "45"]
    assert re.findall(r'name="minutes" value="(\d+)" checked', offered) == ["45"]
    sent = {"level": "masked", "begins": "2026-03-02", "days": "6", "minutes": "30"}
    answer = reader.post(f"/requests/{draft.public_id}/terms", sent)
    assert "1 到 5 天之间" in words_of(answer.text)
    scope = words_of(reader.get(f"/requests/{draft.public_id}/scope").text)
    assert "二 自传和思想类材料 须两位审批人同意 三" in scope
    assert "三 考核鉴定类材料 不论有无材料都可以申请 四-1" in scope
    assert "五 政审、审计和审核类材料 须两位审批人同意；不论有无材料都可以申请 六" in scope
