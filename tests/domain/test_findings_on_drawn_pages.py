"""The rules against papers of the demonstration: read without fault, then by the real engines."""

import random
import re

import numpy as np
import pytest

from tests.domain.laid_out import is_covered
from webapp.demonstration import dossiers
from webapp.demonstration.benchmark import benchmark_pages
from webapp.demonstration.sheet import Sheet
from webapp.domain.findings import IDENTIFYING, masked_text, survey
from webapp.domain.geometry import Box
from webapp.domain.labels import is_kinship
from webapp.domain.transcription import Line, Transcription, Word


class RuledSheet(Sheet):
    """A sheet that remembers which cells were ruled on it."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.ruled = []

    def frame(self, box, width_px=3):
        self.ruled.append(box)
        super().frame(box, width_px)


def drawn_pages():
    """Every page of a full dossier, each with its transcription as a faultless reader would give it."""
    city = dossiers.organisation("findings", people=9)
    for person in dossiers.dossier_plan(city).full[:1]:
        for material in dossiers.dossier(person, "findings"):
            for number in range(1, material.page_count + 1):
                sheet = RuledSheet(
                    random.Random(f"{material.key}/{number}"),
                    hand=material.paper.hand,
                    known=dossiers.known_secrets(person),
                )
                material.paper.painters[number - 1](sheet)
                yield material, sheet.page(), tuple(sheet.ruled)


@pytest.fixture(scope="module")
def pages():
    return list(drawn_pages())


def faultless(page, ruled, *, words):
    """The drawn lines as read ones; boxes as high as readers make them, a third higher than the ink."""
    lines = []
    for line in page.lines:
        box = line.box.grown(4, max(4, line.box.height // 6), within=page.image.size)
        lines.append(Line(line.text, box, 0.97, tuple(_words(line.text, box)) if words else ()))
    lines.sort(key=lambda line: (line.box.top // 30, line.box.left))
    return Transcription(*page.image.size, "faultless", tuple(lines), (), ruled)


def _words(text, box):
    total, passed = sum(map(_broad, text)), 0
    for part in re.findall(r"[0-9A-Za-z.%\-]+|.", text):
        width = sum(map(_broad, part))
        left, right = (box.left + box.width * at // total for at in (passed, passed + width))
        passed += width
        if part.strip():
            yield Word(part, Box(left, box.top, max(right, left + 1), box.bottom), 0.97)


def _broad(sign):
    return 2 if ord(sign) > 0x2E7F else 1


@pytest.mark.parametrize("words", [True, False])
def test_every_secret_of_a_page_read_without_fault_is_covered(pages, words):
    for material, page, ruled in pages:
        result = survey(faultless(page, ruled, words=words))
        held = [finding for finding in result.findings if finding.kind in IDENTIFYING]
        assert result.unsure == (), (material.title, result.unsure)
        for secret in page.secrets:
            core = secret.box.grown(-20, -2, within=page.image.size)  # the words here are placed by estimate
            assert is_covered(core, held), (material.title, secret)


def test_hardly_anything_else_is_covered(pages):
    shown = hidden = 0
    for _, page, ruled in pages:
        read = faultless(page, ruled, words=True)
        text = masked_text(read, survey(read).findings, IDENTIFYING)
        for line in page.lines:
            if any(line.box.overlaps(secret.box) for secret in page.secrets) or is_kinship(line.text):
                continue
            gone = line.text not in text
            shown, hidden = shown + (not gone) * len(line.text), hidden + gone * len(line.text)
    assert shown > 3000
    assert hidden <= 0.005 * shown


@pytest.mark.engine
def test_no_canary_is_left_on_pages_that_were_really_read(tmp_path_factory):
    from ocr_worker.engines import RapidReader
    from ocr_worker.orientation import Orientation
    from ocr_worker.passes import Passes

    passes = Passes(RapidReader("onnxruntime"), None, Orientation())
    for name, drawn, worn, _ in benchmark_pages("canaries", 6):
        read = passes.read(np.array(worn.image), dpi=300).transcription
        result = survey(read)
        text = re.sub(r"\s", "", masked_text(read, result.findings, IDENTIFYING))
        for secret in drawn.secrets:
            if secret.kind in ("id_number", "phone") and not result.unsure:
                pieces = {secret.text[at : at + 6] for at in range(len(secret.text) - 5)}
                assert not [piece for piece in pieces if piece in text], (name, secret)
