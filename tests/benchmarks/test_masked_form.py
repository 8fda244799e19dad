"""The leak test sees what it is there to see: values that show, whole or at their edge."""

from dataclasses import replace

import numpy as np
import pytest

from ocr_worker.preparation import optimised, reading_copy
from ocr_worker.reading import ReadPage
from tests.benchmarks import strangers
from tests.benchmarks.masked_form import MARK, Sent, drawn
from tests.benchmarks.planted import Planted
from webapp.domain.geometry import around
from webapp.domain.labels import Kind
from webapp.domain.transcription import Transcription
from webapp.rendering.mask import Cover

AS_DRAWN = np.eye(3)


@pytest.fixture(scope="module")
def form():
    _, sheet, _ = drawn(0)
    return sheet


def sent(sheet, covers):
    """What a reader gets of a form that was scanned without any fault."""
    pixels = np.array(sheet.image)
    page = ReadPage(optimised(pixels), reading_copy(pixels), Transcription(*sheet.image.size, "none"))
    return Sent(page, covers, sheet.image.size, 0)


def covers_of(planted):
    return [Cover(around(value.places).grown(8, 8, within=(2480, 1754)), "") for value in planted]


def test_values_that_nothing_covers_come_through(form):
    found = list(sent(form, ()).come_through(form.planted, AS_DRAWN))
    assert len(found) == 2 * len(form.planted)  # at both widths


def test_values_that_are_covered_make_no_difference(form):
    picture = sent(form, covers_of(form.planted))
    assert list(picture.come_through(form.planted, AS_DRAWN)) == []
    assert not picture.is_touched


def test_a_value_whose_last_sign_shows_comes_through(form):
    value = next(value for value in form.planted if value.kind is Kind.ID_NUMBER)
    first, last = value.places[:-6], value.places[-1]
    narrow = Cover(replace(around(first), right=first[0].left + 10), "")
    found = list(sent(form, [narrow]).come_through([value], AS_DRAWN))
    assert found
    assert last.left > narrow.box.right


def test_a_form_is_drawn_alike_every_time():
    (name, sheet, paper), (again, _, same) = drawn(3), drawn(3)
    assert (name, paper.file) == (again, same.file)
    assert sheet.planted


@pytest.mark.parametrize(
    ("kind", "text", "sought"),
    [
        (Kind.PHONE, "154-0388-8892", "154038"),
        (Kind.ID_NUMBER, "439950196912104346", "104346"),
        (Kind.FAMILY, "沈谦弘", "沈谦弘"),
        (Kind.ADDRESS, "岚江省云梧市北渚县书院后街22号1栋", "书院后街22"),
        (Kind.E_MAIL, "nydx7105@qq.com", "X7105@"),
    ],
)
def test_pieces_of_a_value_tell_of_it(kind, text, sought):
    assert sought in strangers.pieces(Planted(kind, text, ()))


def test_what_many_share_is_no_piece():
    assert list(strangers.pieces(Planted(Kind.FAMILY, "中共党员", ()))) == []
    assert "岚江省云梧市" not in strangers.pieces(
        Planted(Kind.ADDRESS, "岚江省云梧市北渚县书院后街22号1栋", ())
    )
    assert "查阅号" in MARK.text
