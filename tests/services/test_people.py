"""Taking a roster in: whole or not at all, once, by those who keep the units in it."""

from threading import Thread

import pytest

from tests.moment import NOW
from tests.services.cast import actor_in, dossier_of
from webapp.domain.errors import Invalid, Refused
from webapp.domain.identifiers import check_sign
from webapp.domain.role import Role
from webapp.services import audit, people, pieces, spreadsheets, units
from webapp.services.actor import SYSTEM, Actor
from webapp.services.people import RosterRefused
from webapp.services.rosters import Outcome
from webapp.services.spreadsheets import Table
from webapp.storage.archive import Dossier, Subject, Unit
from webapp.storage.audit import AuditEntry
from webapp.storage.database import database, transaction
from webapp.storage.jobs import Job

pytestmark = pytest.mark.usefixtures("archive")

HEADER = "姓名,性别,出生日期,身份证号,单位,职务,档案号"
ZHANG = "张三,女,1949.12,11010519491231002X,市财政局/预算科,科长,A-001"
LI = "李四,男,1970.5,,市财政局/国库科,科员,A-002"


def _table(*lines: str) -> Table:
    return spreadsheets.read("\n".join((HEADER, *lines)).encode())


def _keeper(unit: str = "市财政局") -> Actor:
    return actor_in(Role.ARCHIVIST, custody=unit)


def _errors(*lines: str, actor: Actor = SYSTEM) -> list[tuple[int, str]]:
    report = people.try_roster(actor, _table(*lines), now=NOW)
    return [(p.reading.line, error) for p in report.proposals for error in p.errors]


def test_a_trial_tells_everything_and_writes_only_that_it_was_asked() -> None:
    report = people.try_roster(SYSTEM, _table(ZHANG, LI), now=NOW)
    assert report.counts == {
        Outcome.CREATED: 2,
        Outcome.CHANGED: 0,
        Outcome.UNCHANGED: 0,
        Outcome.FAULTY: 0,
    }
    assert report.new_units == ("市财政局/预算科", "市财政局/国库科")
    assert Subject.select().count() == Unit.select().count() == Job.select().count() == 0
    entry = next(audit.entries())
    assert entry["action"] == "roster:tried"
    assert (entry["details"]["created"], entry["details"]["id_numbers"]) == (2, 1)


def test_people_dossiers_and_units_are_made_with_keys_of_their_own() -> None:
    people.import_roster(SYSTEM, _table(ZHANG, LI), now=NOW)
    first, second = Dossier.select().order_by(Dossier.number)
    assert (first.number, first.subject.name, first.subject.birth) == ("A-001", "张三", "1949-12")
    assert units.full_name(first.subject.unit) == "市财政局/预算科"
    assert bytes(first.data_key) != bytes(second.data_key)
    assert b"110105" not in bytes(first.subject.id_number)
    assert pieces.unseal_field(first, "id_number", first.subject.id_number) == "11010519491231002X"
    assert second.subject.id_number is None
    assert {job.record for job in Job.select()} == {f"dossier:{first.id}", f"dossier:{second.id}"}


def test_the_log_says_what_was_done_without_saying_who_it_is() -> None:
    people.import_roster(SYSTEM, _table(ZHANG), now=NOW)
    entries = list(audit.entries())
    assert [entry["action"] for entry in entries][:2] == ["roster:imported", "dossier:created"]
    assert entries[0]["details"]["created"] == 1
    bodies = "".join(row.body for row in AuditEntry.select())
    assert not any(word in bodies for word in ("张三", "110105", "预算科"))


def test_the_same_roster_again_changes_nothing() -> None:
    people.import_roster(SYSTEM, _table(ZHANG, LI), now=NOW)
    Job.delete().execute()
    report = people.import_roster(SYSTEM, _table(ZHANG, LI), now=NOW)
    assert report.counts[Outcome.UNCHANGED] == 2
    assert Job.select().count() == 0


def test_changes_are_told_and_what_is_left_empty_stays() -> None:
    people.import_roster(SYSTEM, _table(ZHANG, LI), now=NOW)
    moved = "李四,,,11010519491231002X,市财政局/国库科,,A-002"
    assert "分别属于两个人" in _errors(moved)[0][1]
    promoted = "李四,,,110101199003070011,市教育局,副科长,A-002"
    valid = promoted.replace("110101199003070011", _id_number("11010119900307001"))
    report = people.import_roster(SYSTEM, _table(valid), now=NOW)
    assert report.proposals[0].changes == (
        "单位：市财政局/国库科 → 市教育局",
        "职务：科员 → 副科长",
        "补登身份证号",
    )
    subject = Subject.get(Subject.name == "李四")
    assert (subject.sex, subject.birth, subject.post) == ("男", "1970-05", "副科长")
    assert "fields" in next(e for e in audit.entries() if e["action"] == "subject:changed")["details"]


def test_a_new_name_or_number_is_taken_when_the_id_number_agrees() -> None:
    people.import_roster(SYSTEM, _table(ZHANG), now=NOW)
    people.import_roster(SYSTEM, _table(ZHANG.replace("张三", "张珊").replace("A-001", "B-9")), now=NOW)
    dossier = Dossier.get()
    assert (dossier.number, dossier.subject.name) == ("B-9", "张珊")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (ZHANG.replace("11010519491231002X", "110105194912310021"), "校验码"),
        ("王五,男,,,市财政局,,A-001", "姓名与表中不同"),
        (f"王五,男,,{'{other}'},市财政局,,A-001", "身份证号与表中不同"),
        (",男,,,市财政局,,A-009", "没有填写姓名"),
        ("王五,男,,,/,,A-009", "没有写单位"),
    ],
)
def test_rows_that_do_not_fit_what_is_held_are_refused_in_words(line: str, words: str) -> None:
    people.import_roster(SYSTEM, _table(ZHANG), now=NOW)
    line = line.replace("{other}", _id_number("11010119900307001"))
    assert [(row, words in error) for row, error in _errors(line)] == [(2, True)]


def test_one_person_twice_in_a_file_is_told_by_line() -> None:
    assert _errors(ZHANG, LI, LI.replace("李四", "王五")) == [(4, "档案号与第 3 行重复")]
    assert _errors(ZHANG, ZHANG.replace("A-001", "A-005")) == [(3, "身份证号与第 2 行重复")]
    people.import_roster(SYSTEM, _table(ZHANG), now=NOW)
    without_id = ZHANG.replace("11010519491231002X", "")
    assert _errors(without_id, ZHANG.replace("A-001", "A-005")) == [(3, "人员与第 2 行重复")]


def test_one_faulty_row_keeps_the_whole_roster_out() -> None:
    with pytest.raises(RosterRefused) as caught:
        people.import_roster(SYSTEM, _table(ZHANG, ",,,,,,A-3"), now=NOW)
    assert [p.reading.line for p in caught.value.report.of(Outcome.FAULTY)] == [3]
    assert Subject.select().count() == Unit.select().count() == 0
    assert "roster:imported" not in {entry["action"] for entry in audit.entries()}


@pytest.mark.parametrize("lines", [(), ("",), (",,,,,,",)])
def test_a_roster_of_nobody_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(Invalid, match="没有内容"):
        people.try_roster(SYSTEM, _table(*lines), now=NOW)


def test_a_keeper_takes_in_their_own_units_and_those_they_found_below() -> None:
    keeper = _keeper()
    people.import_roster(keeper, _table(ZHANG, LI), now=NOW)
    assert Dossier.select().count() == 2
    assert _errors("王五,男,,,市教育局,,A-009", actor=keeper) == [(2, "单位不在您的保管范围内")]


def test_a_keeper_cannot_reach_a_dossier_that_another_keeps() -> None:
    people.import_roster(SYSTEM, _table(ZHANG), now=NOW)
    keeper = _keeper("市教育局")
    moved = ZHANG.replace("市财政局/预算科", "市教育局")
    assert "与已有的登记冲突" in _errors(moved, actor=keeper)[0][1]


def test_a_keeper_learns_nothing_of_whom_another_keeps() -> None:
    people.import_roster(SYSTEM, _table(ZHANG, LI), now=NOW)
    keeper = _keeper("市教育局")
    guesses = (
        "张三,,,11010519491231002X,市教育局,,B-1",  # the ID number
        "张三,,,,市教育局,,A-001",  # the dossier number and the name
        "王五,,,,市教育局,,A-001",  # the dossier number alone
        "李四,,,11010519491231002X,市教育局,,A-002",  # two people
    )
    assert len({error for guess in guesses for _, error in _errors(guess, actor=keeper)}) == 1
    held, unknown = guesses[0], "张三,,,,市教育局,,B-1"
    there = {_errors(row.replace("市教育局", "市财政局"), actor=keeper)[0] for row in (held, unknown)}
    assert there == {(2, "单位不在您的保管范围内")}


def test_nobody_changes_themselves_or_a_relative() -> None:
    own, relatives = dossier_of("甲", number="A-1"), dossier_of("乙", number="A-2")
    keeper = actor_in(Role.ARCHIVIST, custody="市财政局", subject=own.subject, recused_from=relatives.subject)
    rows = ("甲,,,,市财政局/预算科,局长,A-1", "乙,,,,市财政局/预算科,局长,A-2")
    assert [line for line, _ in _errors(*rows, actor=keeper)] == [2, 3]
    assert people.listed(keeper, now=NOW).people == ()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ARCHIVIST])
def test_no_other_role_has_to_do_with_rosters(role: Role) -> None:
    actor = actor_in(role, lookup="市财政局", custody="市财政局")
    for act in (
        lambda: people.try_roster(actor, _table(ZHANG), now=NOW),
        lambda: people.import_roster(actor, _table(ZHANG), now=NOW),
        lambda: people.listed(actor, now=NOW),
        lambda: people.roster(actor, now=NOW, form="pdf"),
    ):
        with pytest.raises(Refused):
            act()


def test_two_imports_at_once_make_each_person_once() -> None:
    table, outcomes = _table(ZHANG, LI), []

    def take_in() -> None:
        with database.connection_context():
            outcomes.append(people.import_roster(SYSTEM, table, now=NOW).counts[Outcome.CREATED])

    threads = [Thread(target=take_in) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [0, 0, 2]
    assert Subject.select().count() == Dossier.select().count() == 2
    assert audit.verify().broken_seq is None


def test_people_are_listed_by_number_and_found_by_words() -> None:
    people.import_roster(SYSTEM, _table(LI, ZHANG), now=NOW)
    keeper = _keeper()

    def names(**asked: object) -> list[str]:
        return [person.subject.name for person in people.listed(keeper, now=NOW, **asked).people]

    assert names() == ["张三", "李四"]
    assert names(words="李") == ["李四"]
    assert names(words="科 A-001") == ["张三"]
    assert names(words="11010519491231002x") == ["张三"]
    assert names(words="110105") == []
    assert names(words="%") == []
    assert names(unit=units.lookup("市财政局/国库科")) == ["李四"]
    assert people.listed(keeper, now=NOW, most=1).is_cut
    assert people.listed(_keeper("市教育局"), now=NOW).people == ()


def test_the_printed_roster_has_no_id_numbers_and_is_logged() -> None:
    people.import_roster(SYSTEM, _table(ZHANG.replace("科长", "=1+1")), now=NOW)
    held = people.roster(_keeper(), now=NOW, form="xlsx")
    content = spreadsheets.workbook("花名册", people.PRINTED_COLUMNS, people.printed_rows(held))
    rows = spreadsheets.read(content).rows
    assert rows[1] == ("1", "张三", "女", "1949-12", "市财政局/预算科", "=1+1", "A-001")
    assert next(audit.entries())["action"] == "roster:printed"
    again = people.try_roster(SYSTEM, spreadsheets.read(content), now=NOW)
    assert again.counts[Outcome.UNCHANGED] == 1


def test_the_units_kept_are_a_tree() -> None:
    with transaction():
        units.find_or_create("市财政局/预算科")
        units.find_or_create("市教育局")
    assert [branch.unit.name for branch in people.kept_units(_keeper())] == ["市财政局", "预算科"]
    assert len(people.kept_units(SYSTEM)) == 3


def _id_number(first_seventeen: str) -> str:
    return first_seventeen + check_sign(first_seventeen)
