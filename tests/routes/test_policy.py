"""The rules at the desk: filled in, checked in words, proposed by one and confirmed by another."""

import re

import pytest

from tests.asking import granted
from tests.builders import ELSEWHERE, able, make_dossier, make_material, make_officer
from tests.desk import browser_of
from tests.ruling import changed, proposed
from tests.site import Site, words_of
from webapp.domain.policy import RULES
from webapp.domain.role import Role
from webapp.services import policy
from webapp.storage.accounts import Session
from webapp.storage.policy import PolicyChange

PLACE = "/desk/policy"


@pytest.fixture
def author(site: Site):
    return browser_of(site, able(Role.SECURITY_OFFICER))


@pytest.fixture
def second(site: Site):
    return browser_of(site, able(Role.SECURITY_OFFICER))


def fields(page: str) -> dict[str, str]:
    """What the form of a page would send as it stands."""
    found = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"[^>]* checked', page))
    found |= dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    found |= dict(re.findall(r'<input id="\w+" name="(\w+)" type="number" value="([^"]*)"', page))
    for name, options in re.findall(
        r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        found[name] = re.findall(r'value="([^"]*)" selected', options)[0]
    found.pop("csrf_token", None)
    return found


def test_a_change_is_filled_in_checked_proposed_and_confirmed(site: Site, author, second) -> None:
    page = author.get(PLACE)
    assert "提出变更" in words_of(page.text)
    form = fields(author.get(f"{PLACE}/new").text)
    assert {rule.key for rule in RULES if not rule.is_fixed} <= form.keys()
    assert "没有不同" in words_of(author.post(f"{PLACE}/new", form, seen="/account").text)
    form |= {"scope-4-1": "roster", "longest_days": "30"}
    checked = author.post(f"{PLACE}/new", form, seen="/account")
    assert checked.status_code == 200
    told = words_of(checked.text)
    assert "查阅期限最长 原来：15 天 改为： 30 天 放宽" in told
    assert (
        "四-1 学历学位类材料 · 范围内的查阅人 原来：可看遮挡后的页面 改为： 须经批准，目录也不列 收紧" in told
    )
    again = author.post(f"{PLACE}/new", fields(checked.text) | {"edit": "yes"}, seen="/account")
    assert fields(again.text)["longest_days"] == "30"
    assert fields(again.text)["scope-4-1"] == "roster"
    sent = fields(checked.text) | {"reason": "按上级要求"}
    assert author.post(PLACE, sent | {"reason": ""}, seen="/account").status_code == 422
    assert author.post(PLACE, sent, seen="/account").status_code == 303
    change = PolicyChange.get(PolicyChange.state == "waiting")
    assert author.post(f"{PLACE}/{change.public_id}/confirm", seen="/account").status_code == 403
    waiting = words_of(second.get(PLACE).text)
    for said in ("等待确认的变更", "按上级要求", "1 处放宽", "确认，立即生效"):
        assert said in waiting
    assert policy.current().policy.longest_days == 15
    assert second.post(f"{PLACE}/{change.public_id}/confirm", seen="/account").status_code == 303
    assert policy.current().policy.longest_days == 30
    assert "第 2 版" in words_of(author.get(PLACE).text)


def test_what_no_rule_may_be_set_to_is_said_and_nothing_typed_is_lost(author) -> None:
    form = fields(author.get(f"{PLACE}/new").text) | {"longest_days": "365", "scope-2": "roster"}
    answer = author.post(f"{PLACE}/new", form, seen="/account")
    assert answer.status_code == 422
    assert "“查阅期限最长”须为 1 到 90 天" in words_of(answer.text)
    assert 'value="365"' in answer.text
    assert fields(answer.text)["scope-2"] == "roster"
    smuggled = form | {"longest_days": "15", "scope-5": "masked"}
    for place in (PLACE, f"{PLACE}/new"):
        assert author.post(place, smuggled, seen="/account").status_code == 422
    assert PolicyChange.select().count() == 1


def test_a_form_of_an_older_version_is_shown_against_the_newer_one(author) -> None:
    form = fields(author.get(f"{PLACE}/new").text) | {"approvers": "2"}
    changed(longest_days="7")
    for place in (PLACE, f"{PLACE}/new"):
        answer = author.post(place, form | {"reason": "理由"}, seen="/account")
        assert answer.status_code == 422
        assert "第 2 版" in words_of(answer.text)
        assert fields(answer.text)["approvers"] == "2"
    assert PolicyChange.select().count() == 2


def test_proposing_and_confirming_take_a_proof_and_dropping_does_not(site: Site) -> None:
    author, second = (browser_of(site, make_officer(Role.SECURITY_OFFICER)) for _ in range(2))
    change = proposed(longest_days="7")
    Session.update(proved_at=None).execute()
    page = second.get(PLACE).text
    assert "验证码" in words_of(page)
    answer = second.post(f"{PLACE}/{change.public_id}/confirm", seen="/account")
    assert (answer.status_code, "没有确认" in words_of(answer.text)) == (422, True)
    assert policy.current().policy.longest_days == 15
    assert second.post(f"{PLACE}/{change.public_id}/drop", seen="/account").status_code == 303
    form = fields(author.get(f"{PLACE}/new").text) | {"approvers": "2", "reason": "理由"}
    answer = author.post(PLACE, form, seen="/account")
    assert (answer.status_code, "理由" in answer.text) == (422, True)
    assert not PolicyChange.select().where(PolicyChange.state == "waiting").exists()


def test_while_one_waits_another_is_not_lost(author) -> None:
    form = fields(author.get(f"{PLACE}/new").text) | {"approvers": "2", "reason": "我的理由"}
    proposed(longest_days="7")
    answer = author.post(PLACE, form, seen="/account")
    assert answer.status_code == 422
    assert "已经有一项变更等着确认" in words_of(answer.text)
    assert "我的理由" in answer.text


def test_who_proposed_may_take_it_back(site: Site) -> None:
    actor = able(Role.SECURITY_OFFICER)
    browser, change = browser_of(site, actor), proposed(actor, preset="strict")
    page = words_of(browser.get(PLACE).text)
    assert "须由另一位安全保密员确认" in page
    assert "确认，立即生效" not in page
    assert browser.post(f"{PLACE}/{change.public_id}/drop", seen="/account").status_code == 303
    assert "只有您一位安全保密员" not in page


def test_the_auditor_reads_rules_proposals_and_versions_and_changes_nothing(site: Site) -> None:
    changed(preset="strict")
    proposed(longest_days="7")
    auditor = browser_of(site, able(Role.AUDITOR))
    assert "查阅规则" in words_of(auditor.get("/").text)
    page = auditor.get(PLACE).text
    for said in ("等待确认的变更", "第 2 版", "第 1 版", "从严（strict）", "按上级要求"):
        assert said in words_of(page)
    for button in ("提出变更", "确认，立即生效", "放弃这项变更"):
        assert button not in words_of(page)


def test_grants_beyond_the_rules_are_listed_to_be_taken_back(site: Site, author) -> None:
    material = make_material(make_dossier("钱强丽", number="YW-0001"), "2", "自传材料")
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    grant = granted(asker, material, days=10)
    assert "没有超出" in words_of(author.get(f"{PLACE}/grants").text)
    changed(longest_days="5")
    assert "1 项超出现行规则" in words_of(author.get(PLACE).text)
    page = author.get(f"{PLACE}/grants").text
    assert "YW-0001" in page
    assert "钱强丽" not in page
    assert f"/desk/grants/{grant.public_id}/revoke" in page


def test_only_one_security_officer_is_told_that_nobody_could_confirm(site: Site) -> None:
    alone = browser_of(site, able(Role.SECURITY_OFFICER))
    assert "只有您一位安全保密员" in words_of(alone.get(PLACE).text)
