"""Accounts: made by one, authorised by another, never by oneself; from a spreadsheet in whole or not at all."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.accounts import OFFICE, PASSWORD, STEP, cheap_hashing, enrolled, made, through_link
from tests.moment import NOW
from tests.services.cast import dossier_of
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.role import Role
from webapp.services import (
    audit,
    enrolment,
    officer_import,
    officer_list,
    officers,
    remits,
    sessions,
    sign_in,
    spreadsheets,
    totp,
    units,
)
from webapp.services.actor import SYSTEM, Actor
from webapp.services.logins import checked_login
from webapp.services.officer_list import State
from webapp.services.officers import NewOfficer, Rights
from webapp.storage.accounts import Officer
from webapp.storage.archive import Subject
from webapp.storage.database import transaction
from webapp.vault.vault import vault

ID_NUMBER = "11010519491231002X"


@pytest.fixture(autouse=True)
def _cheap(archive: object, monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_hashing(monkeypatch)


@pytest.fixture
def admin(_cheap: None) -> Actor:
    return enrolled("admin1", Role.SYSTEM_ADMINISTRATOR, name="管理").actor(NOW)


@pytest.fixture
def guard(_cheap: None) -> Actor:
    return enrolled("guard1", Role.SECURITY_OFFICER, name="保密").actor(NOW)


def new(login: str, *roles: Role, **more: object) -> NewOfficer:
    return NewOfficer(login, "李明华", Rights(frozenset(roles or {Role.OFFICIAL})), **more)


def person_with(id_number: str) -> Subject:
    subject = dossier_of("李明华").subject
    subject.id_number_index = vault.blind_index("id_number", id_number)
    subject.save()
    return subject


def test_what_an_administrator_makes_signs_in_once_a_second_person_agreed(admin: Actor, guard: Actor) -> None:
    officer = officers.create(new("liminghua"), actor=admin, now=NOW)
    held = through_link(officers.link(officer, actor=admin, now=NOW).token, NOW)
    assert officer_list.state_of(held.officer) is State.WAITING
    with pytest.raises(Refused):
        held.password_given(NOW)
    with pytest.raises(Refused, match="不能使用"):
        officers.authorise(officer, actor=admin, now=NOW)
    officers.authorise(officer, actor=guard, now=NOW)
    assert held.signed_in(NOW + STEP)
    with pytest.raises(Conflict):
        officers.authorise(officer, actor=guard, now=NOW)


def test_nothing_is_confirmed_before_its_person_has_enrolled(admin: Actor, guard: Actor) -> None:
    officer = officers.create(new("liminghua"), actor=admin, now=NOW)
    token = officers.link(officer, actor=admin, now=NOW).token
    with pytest.raises(Conflict, match="登记以后才能核准"):
        officers.authorise(officer, actor=guard, now=NOW)
    officers.set_rights(officer, Rights(frozenset({Role.APPROVER})), actor=guard, now=NOW)
    enrolment.set_password(token, PASSWORD, now=NOW)
    with pytest.raises(Conflict, match="登记以后才能核准"):
        officers.authorise(officer, actor=guard, now=NOW)
    phone = enrolment.phone_of(enrolment.find(token, now=NOW))
    code = totp.code_at(phone.secret, now=NOW)
    assert enrolment.confirm(token, code, visitor=OFFICE, now=NOW).signed_in is None
    assert officer_list.state_of(officers.find(officer.public_id)) is State.WAITING
    officers.authorise(officer, actor=guard, now=NOW)
    assert officers.find(officer.public_id).may_sign_in


@pytest.mark.parametrize("is_enrolled", [True, False])
def test_a_new_link_takes_back_enrolment_and_confirmation(
    is_enrolled: bool, admin: Actor, guard: Actor
) -> None:
    officer = enrolled().officer if is_enrolled else made()
    officers.link(officer, actor=admin, now=NOW)
    held = officers.find(officer.public_id)
    assert (held.authorised_at, held.is_enrolled) == (None, False)
    with pytest.raises(Conflict, match="登记以后才能核准"):
        officers.authorise(held, actor=guard, now=NOW)


def test_nobody_takes_over_an_enrolled_account_alone(admin: Actor, guard: Actor) -> None:
    zhang = enrolled()
    token = zhang.signed_in(NOW).token
    link = officers.link(zhang.officer, actor=admin, now=NOW).token
    assert sessions.find(token, now=NOW) is None
    held = through_link(link, NOW)
    with pytest.raises(Refused):
        held.password_given(NOW)
    officers.authorise(zhang.officer, actor=guard, now=NOW)
    assert held.signed_in(NOW + STEP)


@pytest.mark.parametrize("act", [officers.link, officers.disable, officers.enable])
def test_an_administrator_cannot_act_on_their_own_account(admin: Actor, act: object) -> None:
    with pytest.raises(Refused):
        act(admin.officer, actor=admin, now=NOW)


def test_nobody_changes_or_confirms_their_own_rights(guard: Actor) -> None:
    with pytest.raises(Refused, match="自己"):
        officers.set_rights(guard.officer, Rights(frozenset({Role.OFFICIAL})), actor=guard, now=NOW)
    with pytest.raises(Refused, match="自己"):
        officers.authorise(guard.officer, actor=guard, now=NOW)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM_ADMINISTRATOR])
def test_no_other_role_makes_links_or_disables_accounts(role: Role) -> None:
    target, actor = made(), Actor(made("other", Role.OFFICIAL, name="其他"), role)
    for act in (officers.link, officers.disable, officers.enable):
        with pytest.raises(Refused):
            act(target, actor=actor, now=NOW)
    with pytest.raises(Refused):
        officers.create(new("third"), actor=actor, now=NOW)


def test_an_officer_without_a_role_is_not_taken_for_the_console() -> None:
    with pytest.raises(Refused):
        officers.create(new("third"), actor=Actor(made(), None), now=NOW)
    with pytest.raises(Refused):
        officers.set_rights(
            made("li2"), Rights(frozenset({Role.OFFICIAL})), actor=Actor(None, Role.OFFICIAL), now=NOW
        )


@pytest.mark.parametrize(
    "pair",
    [
        (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER),
        (Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR),
        (Role.SECURITY_OFFICER, Role.AUDITOR),
        (Role.ARCHIVIST, Role.AUDITOR),
        (Role.APPROVER, Role.SECURITY_OFFICER),
    ],
)
def test_roles_that_must_be_apart_are_refused_at_every_door(pair: tuple[Role, Role], guard: Actor) -> None:
    with pytest.raises(Invalid, match="不能由同一人兼任"):
        officers.create(new("both", *pair), actor=SYSTEM, now=NOW)
    with pytest.raises(Invalid, match="不能由同一人兼任"):
        officers.set_rights(made(), Rights(frozenset(pair)), actor=guard, now=NOW)
    rows = judged([{"账号": "both", "姓名": "李明华", "角色": "、".join(role.label for role in pair)}])
    assert "不能由同一人兼任" in officer_import.faults_of(rows)[0]


def test_rights_are_written_whole_logged_by_id_and_end_the_sittings(guard: Actor) -> None:
    with transaction():
        bureau, school = units.find_or_create("市财政局/预算科"), units.find_or_create("市教育局")
    zhang = enrolled()
    token = zhang.signed_in(NOW).token
    rights = Rights(frozenset({Role.OFFICIAL, Role.ARCHIVIST}), (bureau, bureau), (school,))
    officers.set_rights(zhang.officer, rights, actor=guard, now=NOW)
    held = officers.rights_of(Officer.get_by_id(zhang.officer.id))
    assert (held.lookup, held.custody) == ((bureau,), (school,))
    assert sessions.find(token, now=NOW) is None
    entry = next(audit.entries(limit=1))
    assert entry["action"] == "officer:rights-changed"
    assert entry["details"]["custody"] == [school.public_id]
    assert "张伟" not in str(entry)


def test_a_scope_needs_its_role(guard: Actor) -> None:
    with transaction():
        unit = units.find_or_create("市教育局")
    with pytest.raises(Invalid, match="保管范围只用于档案管理员"):
        officers.set_rights(made(), Rights(frozenset({Role.OFFICIAL}), custody=(unit,)), actor=guard, now=NOW)
    with pytest.raises(Invalid, match="审批范围只用于审批人"):
        officers.set_rights(
            made("other"), Rights(frozenset({Role.ARCHIVIST}), approval=(unit,)), actor=guard, now=NOW
        )


def test_an_approver_gets_units_to_decide_for_or_none_which_is_everywhere(guard: Actor) -> None:
    with transaction():
        school = units.find_or_create("市教育局")
    officer = made()
    for held in ((school,), ()):
        rights = Rights(frozenset({Role.APPROVER}), approval=held)
        officers.set_rights(officer, rights, actor=guard, now=NOW)
        assert officers.rights_of(Officer.get_by_id(officer.id)).approval == held
        assert next(audit.entries(limit=1))["details"]["approval"] == [unit.public_id for unit in held]
        assert remits.of(officer).covers("/999/") == (not held)
        assert remits.of(officer).covers(school.path)


def test_an_account_of_a_person_of_the_roster_may_read_their_own_dossier() -> None:
    subject = person_with(ID_NUMBER)
    assert officers.subject_with(" 110105 19491231 002x ") == subject
    officer = officers.create(new("liminghua", subject=subject), actor=SYSTEM, now=NOW)
    assert officer.roles == {Role.OFFICIAL, Role.INDIVIDUAL}
    with pytest.raises(Conflict, match="不能用来建账号"):
        officers.create(new("second", subject=subject), actor=SYSTEM, now=NOW)
    answers = set()
    for id_number in (
        ID_NUMBER,
        "110105199003070010",
    ):  # one with an account, one whom the roster does not name
        with pytest.raises(Invalid) as error:
            officers.asked_subject(id_number, actor=SYSTEM, now=NOW)
        assert next(audit.entries())["action"] == "officers:tried"
        answers.add(str(error.value))
    assert answers == {officers.UNLINKABLE}
    with pytest.raises(Invalid, match="要填身份证号"):
        officers.create(new("third", Role.INDIVIDUAL), actor=SYSTEM, now=NOW)


def test_a_login_belongs_to_one() -> None:
    made("zhangwei")
    with pytest.raises(Conflict, match="已经有人用了"):
        made("ZhangWei")


@pytest.mark.parametrize("login", ["", "a", "a b", "a" * 65, "<script>", "a/b", "账 号"])
def test_a_login_that_cannot_be_typed_again_is_refused(login: str) -> None:
    with pytest.raises(Invalid):
        checked_login(login)


@given(st.text(max_size=80))
def test_a_login_once_checked_stays_as_it_is(login: str) -> None:
    try:
        plain = checked_login(login)
    except Invalid:
        return
    assert checked_login(plain) == plain


@pytest.mark.parametrize("name", ["", " ", "=cmd|' /C calc'!A0", "<b>", "-1", "a" * 65, "@SUM(A1)"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        officers.checked_name(name)


@pytest.mark.parametrize("name", ["李明华", "阿卜杜拉·热合曼", "欧阳 娜娜", "㛃䶮", "Anna Li"])
def test_names_as_people_have_them_are_taken(name: str) -> None:
    assert officers.checked_name(f" {name} ") == name


def test_a_disabled_account_is_opened_again_only_when_it_was_shut(admin: Actor) -> None:
    zhang = enrolled()
    officers.disable(zhang.officer, actor=admin, now=NOW)
    with pytest.raises(Conflict):
        officers.disable(zhang.officer, actor=admin, now=NOW)
    with pytest.raises(Refused):
        sign_in.give_password("zhangwei", PASSWORD, visitor=OFFICE, now=NOW)
    officers.enable(zhang.officer, actor=admin, now=NOW)
    assert zhang.signed_in(NOW)
    with pytest.raises(Conflict):
        officers.enable(zhang.officer, actor=admin, now=NOW)


def test_a_link_lives_three_days_and_dies_with_the_next_or_with_the_account() -> None:
    officer = made()
    first = officers.link(officer, actor=SYSTEM, now=NOW).token
    assert enrolment.find(first, now=NOW + timedelta(hours=71))
    with pytest.raises(NotFound):
        enrolment.find(first, now=NOW + timedelta(hours=72))
    second = officers.link(officer, actor=SYSTEM, now=NOW).token
    with pytest.raises(NotFound):
        enrolment.find(first, now=NOW)
    officers.disable(officer, actor=SYSTEM, now=NOW)
    with pytest.raises(NotFound):
        enrolment.find(second, now=NOW)


def test_a_link_for_the_phone_sets_no_password() -> None:
    zhang = enrolled()
    with transaction():
        link = enrolment.issue_for_factor(zhang.officer, now=NOW, drop_old=False)
    with pytest.raises(Conflict):
        enrolment.set_password(link, PASSWORD + "x", now=NOW)


def judged(rows: list[dict[str, str]]) -> list[officer_import.Row]:
    table = [[row.get(name, "") for name in officer_import.COLUMNS] for row in rows]
    content = spreadsheets.workbook("账号", officer_import.COLUMNS, table)
    return officer_import.judge(officer_import.cells_of(content), actor=SYSTEM, now=NOW)


def test_a_spreadsheet_makes_every_account_with_its_link() -> None:
    with transaction():
        units.find_or_create("市财政局/预算科")
    person_with(ID_NUMBER)
    rows = judged(
        [
            {"账号": "1001", "姓名": "李明华", "单位": "市财政局/预算科", "身份证号": ID_NUMBER},
            {
                "账号": "1002",
                "姓名": "王芳",
                "单位": "预算科",
                "角色": "查阅人、审批人",
                "查阅范围": "市财政局",
                "审批范围": "市财政局/预算科",
            },
            {"账号": "1003", "姓名": "赵云", "角色": "档案管理员", "保管范围": "市财政局、市财政局/预算科"},
        ]
    )
    assert officer_import.faults_of(rows) == []
    assert Officer.select().count() == 0
    tried = next(audit.entries())
    assert (tried["action"], tried["details"]) == (
        "officers:tried",
        {"rows": 3, "faulty": 0, "id_numbers": 1},
    )
    links = officer_import.create_all(rows, actor=SYSTEM, now=NOW)
    assert [made.officer.login for made in links] == ["1001", "1002", "1003"]
    assert links[0].officer.roles == {Role.INDIVIDUAL}
    assert len(officers.rights_of(links[2].officer).custody) == 2
    assert [unit.name for unit in officers.rights_of(links[1].officer).approval] == ["预算科"]
    assert all(enrolment.find(made.token, now=NOW) for made in links)
    sheet = officer_import.links_sheet(links, lambda token: f"https://x/enrol/{token}", until="2026-03-05")
    assert links[0].token in spreadsheets.read(sheet).rows[1][2]


def test_every_fault_is_named_by_its_row_and_nothing_is_made() -> None:
    made("taken")
    rows = judged(
        [
            {"账号": "ok1", "姓名": "李明华", "角色": "查阅人"},
            {"账号": "ok2", "姓名": "王芳", "角色": "局长"},
            {"账号": "TAKEN", "姓名": "赵云", "角色": "查阅人"},
            {"账号": "ok1", "姓名": "", "角色": "查阅人"},
            {"账号": "ok3", "姓名": "钱多", "角色": "查阅人", "单位": "没有的局"},
            {"账号": "ok1", "姓名": "孙立", "角色": "查阅人"},
            {"账号": "ok4", "姓名": "周全", "身份证号": "123"},
            {"账号": "ok5", "姓名": "吴用"},
        ]
    )
    assert [fault.partition("，可填")[0] for fault in officer_import.faults_of(rows)] == [
        "第 3 行：角色“局长”不认识",
        "第 4 行：账号“taken”已经有人用了",
        "第 5 行：姓名须为 1 到 64 个字，以字开头",
        "第 6 行：没有单位“没有的局”",
        "第 7 行：账号和第 2 行重复",
        "第 8 行：身份证号应为18位（或旧的15位）数字，末位可以是X。",
        "第 9 行：至少要有一个角色",
    ]
    with pytest.raises(Invalid):
        officer_import.create_all(rows, actor=SYSTEM, now=NOW)
    assert Officer.select().count() == 1


def test_units_of_one_name_must_be_written_in_full() -> None:
    with transaction():
        units.find_or_create("市财政局/办公室")
        units.find_or_create("市教育局/办公室")
    with pytest.raises(Invalid, match="几个单位都叫"):
        officer_import.unit_at("办公室")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"\xff\xfe\x00binary\x00"])
def test_what_is_no_spreadsheet_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Invalid):
        officer_import.cells_of(content)


def test_a_sheet_without_its_headings_says_which(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="缺少：姓名"):
        officer_import.cells_of("账号,名字\nli,李\n".encode())


def test_too_many_rows_are_refused() -> None:
    rows = "".join(f"u{n},李明华\n" for n in range(officer_import.MOST_ROWS + 1))
    with pytest.raises(Invalid, match="一次最多"):
        officer_import.cells_of(f"账号,姓名\n{rows}".encode())


def test_the_example_sheet_can_be_read_back() -> None:
    rows = officer_import.cells_of(officer_import.example_sheet())
    assert officer_import.faults_of(officer_import.judge(rows, actor=SYSTEM, now=NOW)) == []


def test_the_list_shows_each_account_in_one_state(admin: Actor) -> None:
    enrolled("active")
    made("unenrolled")
    waiting = officers.create(new("waiting"), actor=admin, now=NOW)
    through_link(officers.link(waiting, actor=admin, now=NOW).token, NOW)
    officers.disable(made("shut"), actor=SYSTEM, now=NOW)
    assert officer_list.counts() == {
        State.ACTIVE: 2, State.UNENROLLED: 1, State.WAITING: 1, State.DISABLED: 1,
    }  # fmt: skip
    for state in State:
        listed = officer_list.listing(state=state).officers
        assert {officer_list.state_of(officer) for officer in listed} == {state}
    assert [o.login for o in officer_list.listing(words=" WAIT").officers] == ["waiting"]
