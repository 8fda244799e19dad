"""Certificates: issued on what was confirmed, told to nobody without number and code, void when taken back."""

from datetime import timedelta

import pytest

from tests.builders import UNIT, able, make_dossier, make_material, make_officer, make_page
from tests.moment import NOW
from tests.ruling import rule
from webapp.domain.certificate import code_of
from webapp.domain.errors import Invalid, NotFound, Refused, Throttled
from webapp.domain.fact import TOLD_FOR
from webapp.domain.role import Role
from webapp.services import audit, certificates, fact_answers, facts
from webapp.services.fact_answers import Finding
from webapp.services.facts import Wanted
from webapp.services.throttles import ADDRESS
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Recusal, Scope
from webapp.storage.archive import Material, Subject
from webapp.storage.facts import Certificate, FactQuery
from webapp.vault.vault import vault

STRANGER, SOMEBODY_ELSE = Visitor("203.0.113.9"), Visitor("198.51.100.7")
FACTS = frozenset({"party", "full-time", "birth"})


@pytest.fixture
def page(archive):
    return make_page(make_material(make_dossier("张三"), "6", "入党志愿书", year=2001))


@pytest.fixture
def dossier(page):
    return page.material.dossier


@pytest.fixture
def keeper(page):
    return able(Role.ARCHIVIST, custody=UNIT)


@pytest.fixture
def asker(page):
    return make_officer(Role.OFFICIAL, lookup=UNIT)


def query_of(asker, keeper, page, *, wants=True, **findings):
    """A query that was answered: the party membership confirmed, all else as given, absent where it is not."""
    wanted = Wanted(FACTS, "任前核对", "2", certificate=wants)
    query = facts.ask(asker, page.material.dossier.public_id, wanted, now=NOW)
    held = {
        "party": Finding("confirmed", date="2001.7.1", material_id=page.material.public_id, page="1"),
        **findings,
    }
    for code in FACTS:
        finding = held.get(code, Finding("absent"))
        fact_answers.note(keeper, query.public_id, code, finding, now=NOW)
    version = FactQuery.get_by_id(query.id).version
    fact_answers.answer(keeper, query.public_id, version=version, now=NOW)
    return FactQuery.get_by_id(query.id)


def check(made, *, code="", visitor=STRANGER, now=NOW):
    return certificates.check(made.number, code or made.code, visitor=visitor, now=now)


def test_it_says_what_was_confirmed_where_by_whom_and_for_whom(asker, keeper, page):
    made = certificates.document(asker, query_of(asker, keeper, page).public_id, now=NOW)
    content = made.content
    (line,) = content.lines
    assert (line.label, line.value, line.source) == (
        "入党时间",
        "2001年7月1日",
        "《入党志愿书》（2001年），第 1 页",
    )
    assert (content.organisation, content.name, content.unit) == ("云梧市", "张三", UNIT)
    assert (content.asked_by, content.confirmed_by) == (asker.person.name, keeper.person.name)
    assert content.issued_at == NOW
    assert made.number.startswith("2026-")


def test_anybody_with_number_and_code_is_told_what_it_says_as_it_was_issued(asker, keeper, page, dossier):
    made = certificates.document(asker, query_of(asker, keeper, page).public_id, now=NOW)
    Subject.update(name="改名").execute()
    Material.update(title="改了名称").execute()
    checked = check(made)
    assert (checked.content, checked.revoked_at) == (made.content, None)
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["decision"], entry["actor"]) == ("certificate:checked", "allow", "system")
    assert entry["record"] == Certificate.get().public_id
    typed = made.code.lower().replace("-", " ").replace("0", "o")
    assert check(made, code=typed).content == made.content


def test_of_a_false_one_nothing_is_told_and_every_try_is_logged(asker, keeper, page):
    made = certificates.document(asker, query_of(asker, keeper, page).public_id, now=NOW)
    wrong = code_of(vault.certificate_secret("2026-00000000"))
    other = Visitor("198.51.100.8")
    for number, code in ((made.number, wrong), ("2026-00000000", made.code), ("2026-00000000", wrong)):
        with pytest.raises(Refused) as error:
            certificates.check(number, code, visitor=other, now=NOW)
        assert str(error.value) == certificates.NOT_GENUINE
        assert error.value.is_logged
        entry = next(audit.entries(limit=1))
        assert (entry["action"], entry["decision"]) == ("certificate:checked", "deny")
        assert made.number not in str(entry)
    with pytest.raises(Invalid):
        certificates.check(made.number, "ABCD", visitor=other, now=NOW)


def test_guessing_is_throttled_by_address_and_locks_nobody_else_out(asker, keeper, page):
    made = certificates.document(asker, query_of(asker, keeper, page).public_id, now=NOW)
    for _ in range(3 * ADDRESS[0].tries):
        check(made)
    for _ in range(ADDRESS[0].tries):
        with pytest.raises(Refused):
            check(made, code="0" * 16)
    for code in ("0" * 16, made.code):
        with pytest.raises(Throttled):
            check(made, code=code)
    assert check(made, visitor=SOMEBODY_ELSE).content
    assert check(made, now=NOW + ADDRESS[0].window + timedelta(seconds=1)).content


def test_one_that_was_taken_back_is_void_and_tells_no_facts(asker, keeper, page):
    query = query_of(asker, keeper, page)
    made = certificates.document(asker, query.public_id, now=NOW)
    later = NOW + timedelta(days=1)
    fact_answers.revoke(keeper, query.public_id, "superseded", "本人已转正，另行答复", now=later)
    checked = check(made, now=later)
    assert (checked.revoked_at, checked.revocation) == (later, "情况有变化，以新的答复为准")
    with pytest.raises(NotFound):
        certificates.document(asker, query.public_id, now=later)


def test_none_is_issued_where_nothing_was_confirmed_or_none_was_wanted(asker, keeper, page):
    for query in (
        query_of(asker, keeper, page, wants=False),
        query_of(asker, keeper, page, party=Finding("disagree", "志愿书与登记表不一致")),
    ):
        assert not Certificate.select().where(Certificate.query == query).exists()
        with pytest.raises(NotFound):
            certificates.document(asker, query.public_id, now=NOW)


def test_only_who_asked_downloads_it_and_each_download_is_logged_first(asker, keeper, page, dossier):
    query = query_of(asker, keeper, page)
    for actor in (make_officer(Role.OFFICIAL, lookup=UNIT), keeper):
        with pytest.raises(NotFound):
            certificates.document(actor, query.public_id, now=NOW)
    certificates.document(asker, query.public_id, now=NOW)
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["actor"]) == ("certificate:downloaded", asker.person.public_id)
    with pytest.raises(NotFound):
        certificates.document(asker, query.public_id, now=NOW + TOLD_FOR)
    Recusal.create(officer=asker.person, subject=dossier.subject, relation="配偶")
    with pytest.raises(Refused):
        certificates.document(asker, query.public_id, now=NOW)


def test_it_is_downloaded_only_while_the_answer_is_told(asker, keeper, page, dossier):
    query = query_of(asker, keeper, page)
    scope = Scope.get(Scope.officer == asker.person)
    Scope.delete().where(Scope.id == scope.id).execute()
    with pytest.raises(NotFound):
        certificates.document(asker, query.public_id, now=NOW)
    Scope.create(officer=asker.person, unit=scope.unit, kind=scope.kind)
    assert certificates.document(asker, query.public_id, now=NOW).content.lines
    rule(scope_6="roster")
    with pytest.raises(NotFound):
        certificates.document(asker, query.public_id, now=NOW)


def test_a_paper_the_asker_may_not_know_of_is_not_named_on_it(keeper, page, dossier):
    owner = make_officer(Role.INDIVIDUAL, subject=dossier.subject)
    guarded = make_page(make_material(dossier, "5", "出生日期认定的批复"))
    birth = Finding("confirmed", date="1970.5", material_id=guarded.material.public_id, page="1")
    made = certificates.document(owner, query_of(owner, keeper, page, birth=birth).public_id, now=NOW)
    assert [line.source for line in made.content.lines] == [
        "档案内材料（按规定不列出名称）",
        "《入党志愿书》（2001年），第 1 页",
    ]
    assert (made.content.asked_by, made.content.purpose) == ("本人", "本人申请证明")


def test_the_code_is_kept_nowhere_and_the_content_is_sealed(asker, keeper, page):
    made = certificates.document(asker, query_of(asker, keeper, page).public_id, now=NOW)
    check(made)
    row = repr(Certificate.select().dicts().get())
    log = repr(list(audit.entries(limit=200)))
    for secret in (made.code, made.code.replace("-", "")):
        assert secret not in row + log
    assert made.number not in log
    for words in ("张三", "入党", "2001"):
        assert words not in row
        assert words.encode() not in bytes(Certificate.get().content)
