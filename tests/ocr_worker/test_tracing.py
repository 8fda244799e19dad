"""Leaked pictures through the worker's lane: decoded and registered by children without keys, compared, forgotten."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from ocr_worker.tracing import TraceLane, registrar
from tests.builders import UNIT, make_dossier, make_material, make_officer
from tests.leaks import SIZE, file_of, full_page, photographed, scan, sent
from tests.moment import NOW
from webapp.domain.errors import Invalid
from webapp.services import audit, comparing, jobs, tracing
from webapp.services.actor import SYSTEM
from webapp.services.tracing import Case
from webapp.storage.reading import Viewing
from webapp.storage.tracing import Trace

pytestmark = pytest.mark.engine  # seconds each: a process without keys looks at every picture


@pytest.fixture
def page(archive):
    return full_page(make_material(make_dossier("张三"), "1", "干部履历表"))


def readers(count: int = 4):
    return [make_officer(lookup=UNIT) for _ in range(count)]


def traced(picture: bytes, **known: str) -> Case:
    asked = tracing.ask(SYSTEM, picture, now=NOW, **known)
    assert TraceLane(lambda: NOW).step()
    return tracing.case(asked.public_id)


def number_of(reader) -> str:
    return Viewing.get(Viewing.officer == reader.person).number


def test_a_screenshot_and_a_photo_lead_to_the_viewing_they_came_from(page):
    officers = readers()
    images = [sent(reader, page) for reader in officers]
    for picture in (file_of(images[2], "PNG"), file_of(photographed(images[2]))):
        case = traced(picture, page_id=page.public_id)
        (first,) = case.suspects
        assert first.viewing.officer == officers[2].person
        assert first.finding.z > 10
        assert case.answer.comparisons[0].best < 5
        assert [one.page for one in first.sent] == [page.public_id]


def test_a_quarter_of_the_page_and_a_small_copy_are_enough(page):
    officers = readers()
    image = [sent(reader, page, "image/webp") for reader in officers][1]
    width, height = image.size
    quarter = image.crop((width // 3, height // 4, width // 3 + width // 2, height // 4 + height // 2))
    for leaked in (quarter, image.resize((width // 2, height // 2))):
        suspects = traced(file_of(leaked, quality=75), page_id=page.public_id).suspects
        assert [one.viewing.number for one in suspects] == [number_of(officers[1])]


def test_readers_who_lay_their_pages_over_one_another_are_all_named(page):
    officers = readers()
    images = [np.asarray(sent(reader, page), np.float32) for reader in officers]
    mixed = Image.fromarray((sum(images[:3]) / 3).astype(np.uint8))
    found = {
        one.viewing.number for one in traced(file_of(mixed, quality=90), page_id=page.public_id).suspects
    }
    assert found == {number_of(reader) for reader in officers[:3]}


def test_the_page_is_found_among_others_when_nobody_knows_which_it_is(page, monkeypatch):
    material = make_material(make_dossier("李四"), "2", "自传")
    (reader,) = readers(1)
    for seed in (2, 3):
        sent(reader, full_page(material, seed))
    monkeypatch.setattr(comparing, "CLOSELY", 1)
    case = traced(file_of(sent(reader, page)))
    assert (case.answer.searched, len(case.answer.comparisons)) == (3, 1)
    assert case.suspects[0].finding.page == page.public_id


def test_a_page_without_a_mark_and_one_of_another_viewing_lead_to_nobody(page):
    others = readers(3)
    for reader in others:
        sent(reader, page)
    bare = file_of(photographed(Image.open(BytesIO(scan()))))
    case = traced(bare, page_id=page.public_id)
    assert case.answer.comparisons
    assert case.suspects == ()
    assert abs(case.answer.comparisons[0].best) < 5, "as chance has it, of either sign"


def test_a_picture_of_something_else_is_said_to_show_no_page(page):
    (reader,) = readers(1)
    sent(reader, page)
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (300, 400, 3), dtype=np.uint8))
    case = traced(file_of(noise))
    assert (case.answer.searched, case.answer.comparisons, case.suspects) == (1, (), ())


def test_what_is_no_picture_inside_is_refused_with_a_reason_and_forgotten(page):
    case = traced(file_of(Image.new("RGB", (400, 300)))[:300], page_id=page.public_id)
    assert (case.trace.state, case.answer) == ("refused", None)
    assert case.trace.reason
    assert Trace.get().picture is None
    assert next(audit.entries(limit=1))["action"] == "trace:refused"


def test_the_picture_is_gone_once_it_was_compared_and_the_log_says_what_came_out(page):
    (reader,) = readers(1)
    case = traced(file_of(sent(reader, page)), page_id=page.public_id)
    assert Trace.get().picture is None
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["record"]) == ("trace:answered", case.trace.public_id)
    assert entry["viewing"] == number_of(reader)
    assert entry["details"]["findings"] == 1


def test_a_lane_that_lost_its_lease_keeps_nothing(page, monkeypatch):
    tracing.ask(SYSTEM, file_of(Image.new("RGB", (400, 300), "white")), now=NOW, page_id=page.public_id)
    monkeypatch.setattr(jobs, "finish", lambda *_given, **_more: False)
    with pytest.raises(Exception, match="接手"):
        TraceLane(lambda: NOW).step()
    assert Trace.get().state == "waiting"


def test_the_child_that_looks_at_the_picture_has_no_network_and_no_files():
    with registrar(scan(), "image/jpeg") as held:
        assert {"limits", "no-network", "no-files"} <= set(held.confinement)
        matches, cells = held.remainder(scan(), SIZE)
    assert matches > 100
    assert cells.shape == (118, 84)


def test_a_picture_that_is_none_never_reaches_the_registrar():
    with pytest.raises(Invalid), registrar(b"\xff\xd8\xff rubbish", "image/jpeg"):
        pass
