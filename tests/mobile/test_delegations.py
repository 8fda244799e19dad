"""A deputy is named on the phone, seen by all concerned, and decides in the name of the absent one."""

from tests.asking import make_approver, make_request, stand_in
from tests.builders import ELSEWHERE, UNIT, able, make_dossier, make_material, make_officer
from tests.desk import browser_of
from tests.site import Site, words_of
from webapp.domain.role import Role
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer, Session
from webapp.storage.delegations import Delegation


def approver(site: Site, name: str, unit: str) -> Actor:
    actor = make_approver(is_able=True, now=site.now, approval=unit)
    Officer.update(name=name).where(Officer.id == actor.person.id).execute()
    return Actor(Officer.get_by_id(actor.person.id), actor.role, actor.session)


def test_from_naming_a_deputy_to_a_decision_in_ones_name(site: Site) -> None:
    absent, deputy = approver(site, "张正清", UNIT), approver(site, "李云舟", ELSEWHERE)
    security = able(Role.SECURITY_OFFICER)
    away, acting = browser_of(site, absent), browser_of(site, deputy)
    request = make_request(
        make_officer(Role.OFFICIAL, lookup=ELSEWHERE),
        make_material(make_dossier("钱强丽"), "4-1", "高等学校毕业生登记表"),
    )
    assert acting.get(f"/approvals/{request.public_id}").status_code == 403
    assert "审批范围 市财政局/预算科" in words_of(away.get("/account").text)
    page = away.get("/delegations").text
    assert "李云舟" in page
    sent = {"deputy": deputy.person.public_id, "first": "2026-03-02", "last": "", "reason": "参加培训"}
    wrong = away.post("/delegations", sent)
    assert wrong.status_code == 422
    assert 'value="参加培训"' in wrong.text
    assert f'value="{deputy.person.public_id}" selected' in wrong.text
    assert away.post("/delegations", sent | {"last": "2026-03-04"}).status_code == 303
    assert "已请 李云舟 代理" in words_of(away.get("/approvals").text)
    assert "2026-03-04 以前（含当天）由您代理审批" in words_of(acting.get("/approvals").text)
    assert "代 张正清" in words_of(acting.get("/approvals").text)
    assert "参加培训" in words_of(browser_of(site, security).get("/desk/delegations").text)
    case = f"/approvals/{request.public_id}"
    assert "您代 张正清 审批" in words_of(acting.get(case).text)
    acting.post(f"{case}/approve", {"version": request.version})
    assert "批准 · 李云舟（代 张正清 审批）" in words_of(acting.get(case).text)
    assert acting.post(f"/delegations/{Delegation.get().public_id}/end").status_code == 303
    assert acting.get(case).status_code == 403
    assert "提前结束" in words_of(away.get("/delegations").text)


def test_one_who_is_away_is_told_that_the_deputy_cannot_sign_in_any_more(site: Site) -> None:
    absent, deputy = approver(site, "张正清", UNIT), approver(site, "李云舟", ELSEWHERE)
    stand_in(deputy, absent, now=site.now)
    away = browser_of(site, absent)
    assert "已请 李云舟 代理" in words_of(away.get("/approvals").text)
    Officer.update(disabled_at=site.now).where(Officer.id == deputy.person.id).execute()
    assert "李云舟 现在不能登录" in words_of(away.get("/approvals").text)


def test_naming_a_deputy_takes_a_code(site: Site) -> None:
    absent, deputy = make_approver(approval=UNIT), approver(site, "李云舟", ELSEWHERE)
    browser = browser_of(site, absent)
    Session.update(proved_at=None).execute()
    sent = {"deputy": deputy.person.public_id, "first": "2026-03-02", "last": "2026-03-04", "reason": "休假"}
    answer = browser.post("/delegations", sent)
    assert answer.status_code == 422
    assert "验证码" in words_of(answer.text)
    assert not Delegation.select().exists()


def test_the_security_officer_sees_what_nobody_may_decide_and_ends_a_delegation(site: Site) -> None:
    absent, deputy = approver(site, "张正清", ELSEWHERE), approver(site, "李云舟", ELSEWHERE)
    security = browser_of(site, able(Role.SECURITY_OFFICER))
    make_request(
        make_officer(Role.OFFICIAL, lookup=ELSEWHERE),
        make_material(make_dossier("钱强丽"), "4-1", "高等学校毕业生登记表"),
    )
    assert "预算科有 1 份查阅申请没有人可以审批" in words_of(security.get("/desk/rights").text)
    sent = {"deputy": deputy.person.public_id, "first": "2026-03-02", "last": "2026-03-04", "reason": "休假"}
    browser_of(site, absent).post("/delegations", sent)
    held = Delegation.get()
    assert security.post(f"/desk/delegations/{held.public_id}/end").status_code == 303
    assert "提前结束" in words_of(security.get("/desk/delegations").text)
