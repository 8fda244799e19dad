"""Asking about a leaked picture: what is kept, who is compared, what is written down; the pixels: ocr_worker."""

import numpy as np
import pytest

from tests.builders import UNIT, claimed, make_dossier, make_material, make_officer, make_page, picture
from tests.moment import NOW
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.evidence import Weight
from webapp.domain.page_width import READING_PX, THUMBNAIL_PX
from webapp.domain.role import Role
from webapp.rendering import forensic
from webapp.services import audit, comparing, deliveries, jobs, tracing, viewings
from webapp.services.comparing import Answer
from webapp.storage.reading import Viewing
from webapp.storage.tracing import Trace
from webapp.vault.vault import vault


@pytest.fixture
def page(archive):
    return make_page(make_material(make_dossier("张三"), "1", "干部履历表"), "姓名 张三", "籍贯 云梧")


@pytest.fixture
def officer(page):
    return make_officer(Role.SECURITY_OFFICER)


def reading(page, *, width_px: int = READING_PX, text: bool = False) -> Viewing:
    """A new reader is sent the page; their viewing."""
    reader, material_id = make_officer(lookup=UNIT), page.material.public_id
    viewing = viewings.begin(reader, material_id, "2", now=NOW)
    if text:
        viewings.text(reader, material_id, page.number, now=NOW)
    else:
        viewings.deliver(reader, material_id, page.number, width_px=width_px, accept="image/jpeg", now=NOW)
    return viewing


def shown(viewing: Viewing, page, *, noise: float = 1.0) -> forensic.Cells:
    """What is left of a picture of this viewing, cell by cell."""
    columns, rows = forensic.grid((page.width_px, page.height_px))
    code = vault.viewing_code(viewing.number, page.public_id)
    bits = forensic._bits(code, columns * rows).reshape(rows, columns)
    rng = np.random.default_rng(1)
    return (1 - 2 * bits.astype(np.float32) + rng.normal(0, noise, bits.shape)).astype(np.float32)


def ask(actor, page, content: bytes | None = None, **known: str) -> Trace:
    return tracing.ask(actor, content or picture("泄露"), page_id=page.public_id, now=NOW, **known)


def settled(trace: Trace, *found) -> tracing.Case:
    comparison, findings = found
    answer = Answer(1, 0, (comparison,), tuple(findings))
    comparing.answered(claimed("trace", trace.id), trace, answer, now=NOW)
    return tracing.case(trace.public_id)


def test_a_picture_is_kept_until_compared_and_the_log_names_only_its_sum(officer, page):
    trace = ask(officer, page)
    assert Trace.get().picture
    assert not tracing.case(trace.public_id).is_settled
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["actor"]) == ("trace:asked", officer.person.public_id)
    assert entry["details"] == {"sha256": trace.sha256, "page": page.public_id}


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"x" * (tracing.LARGEST_PICTURE + 1)])
def test_what_is_no_picture_is_refused_at_once(officer, content):
    with pytest.raises(Invalid):
        tracing.ask(officer, content, now=NOW)
    assert Trace.select().count() == 0


def test_a_page_or_dossier_that_is_none_is_told(officer):
    with pytest.raises(NotFound, match="页面编号"):
        tracing.ask(officer, picture(), page_id="no-such-page", now=NOW)
    with pytest.raises(NotFound, match="档案号"):
        tracing.ask(officer, picture(), dossier_number="X-1", now=NOW)


def test_the_viewing_in_the_picture_is_named_with_who_was_reading_and_the_entries(officer, page):
    several = [reading(page) for _ in range(5)]
    case = settled(ask(officer, page), *comparing.weigh(page, shown(several[3], page), matches=80))
    (suspect,) = case.suspects
    assert suspect.viewing == several[3]
    assert suspect.weight is Weight.EVIDENCE
    assert suspect.chance < 1e-12
    sent = deliveries.of_page(page.public_id)[3]
    assert suspect.sent == (sent,)
    assert suspect.finding.entries == (sent.seq,)
    assert case.answer.compared == 5


def test_a_weak_match_is_a_hint_and_a_weaker_one_names_nobody(officer, page):
    one = reading(page)
    weak = shown(one, page, noise=0)
    known = np.zeros_like(weak)
    known.ravel()[:30] = weak.ravel()[:30]  # so few cells were seen: z is the root of their number
    case = settled(ask(officer, page), *comparing.weigh(page, known, matches=20))
    assert [round(found.finding.z, 1) for found in case.suspects] == [5.5]
    assert case.suspects[0].weight is Weight.INDICATIVE
    known.ravel()[20:] = 0
    comparison, findings = comparing.weigh(page, known, matches=20)
    assert (findings, round(comparison.best, 1)) == ([], 4.5)


def test_only_viewings_that_were_sent_an_image_with_a_mark_are_compared(page):
    sent = reading(page)
    reading(page, width_px=THUMBNAIL_PX)
    reading(page, text=True)
    assert [one.viewing for one in deliveries.of_page(page.public_id)] == [sent.number]
    assert comparing.weigh(page, shown(sent, page), matches=9)[0].viewings == 1


def test_without_a_hint_the_pages_sent_last_come_first_and_a_dossier_narrows_them_down(officer, page):
    other = make_page(make_material(make_dossier("李四"), "2", "自传"))
    never_sent = make_page(make_material(make_dossier("王五"), "2", "自传"))
    for each in (page, other, page):
        reading(each)
    asked = tracing.ask(officer, picture(), now=NOW)
    assert comparing.pages_in_question(asked) == ([page, other], 0)
    asked = tracing.ask(officer, picture(), dossier_number=other.material.dossier.number, now=NOW)
    assert comparing.pages_in_question(asked) == ([other], 0)
    assert comparing.pages_in_question(ask(officer, never_sent)) == ([never_sent], 0)


def test_pages_too_many_to_search_are_counted(officer, page, monkeypatch):
    for each in (page, make_page(make_material(make_dossier("李四"), "2", "自传"))):
        reading(each)
    monkeypatch.setattr(comparing, "MOST_PAGES", 1)
    assert comparing.pages_in_question(tracing.ask(officer, picture(), now=NOW))[1] == 1


def test_a_result_of_a_worker_that_was_taken_for_dead_is_dropped(officer, page):
    trace, one = ask(officer, page), reading(page)
    job = claimed("trace", trace.id)
    job.lease = "another"
    comparison, findings = comparing.weigh(page, shown(one, page), matches=9)
    with pytest.raises(Conflict):
        comparing.answered(job, trace, Answer(1, 0, (comparison,), tuple(findings)), now=NOW)
    assert Trace.get().picture
    assert next(audit.entries(limit=1))["action"] != "trace:answered"


def test_each_look_at_a_result_is_an_entry(officer, page):
    trace = ask(officer, page)
    tracing.opened(officer, trace.public_id, now=NOW)
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["record"]) == ("trace:opened", trace.public_id)
    with pytest.raises(NotFound):
        tracing.opened(officer, "no-such-trace---", now=NOW)


def test_a_number_read_off_a_picture_gives_the_viewing_and_what_was_sent(officer, page):
    one, _ = reading(page), reading(page)
    ((viewing, sent),) = tracing.by_number(officer, one.number.lower(), now=NOW)
    assert viewing == one
    assert [each.page for each in sent] == [page.public_id]
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["details"]) == ("trace:number-looked-up", {"found": [one.number]})


def test_a_number_with_unread_characters_gives_all_that_fit(officer, page):
    one = reading(page)
    typed = one.number[:3] + "?" + one.number[4:6] + "?" + one.number[7:]
    assert [viewing for viewing, _ in tracing.by_number(officer, typed, now=NOW)] == [one]
    assert tracing.by_number(officer, "V0000000", now=NOW) == []


def test_the_code_of_a_page_is_a_secret_of_this_archive_this_viewing_and_this_page(archive):
    codes = {vault.viewing_code(viewing, page) for viewing in ("V1", "V2") for page in ("a", "b")}
    assert len(codes) == 4
    assert all(len(code) == 32 for code in codes)


def test_a_page_whose_image_is_lost_is_passed_over(officer, page):
    assert comparing.image_of(page)
    vault.blobs.delete(page.optimised.blob_id)
    assert comparing.image_of(page) is None


def test_the_list_tells_the_weight_of_each_without_walking_the_log(officer, page, monkeypatch):
    settled(ask(officer, page), *comparing.weigh(page, shown(reading(page), page), matches=80))
    ask(officer, page)
    monkeypatch.setattr(deliveries, "of_viewing", None)
    assert [(case.weight, case.is_settled) for case in tracing.recent()] == [
        (None, False),
        (Weight.EVIDENCE, True),
    ]


def test_the_picture_of_a_trace_that_was_given_up_is_let_go_too(officer, page):
    given_up, waiting = ask(officer, page), ask(officer, page)
    assert jobs.fail(claimed("trace", given_up.id), "中断", now=NOW)
    assert tracing.let_go() == 1
    assert [bool(trace.picture) for trace in Trace.select().order_by(Trace.id)] == [False, True]
    assert tracing.case(given_up.public_id).is_failed
    assert not tracing.case(waiting.public_id).is_failed
