"""Pages as the worker leaves them, for tests: a drawn form with an identity number and a relative, and their boxes."""

from PIL import Image

from tests.domain.laid_out import Form, id_number
from tests.moment import NOW
from tests.rendering.pages import jpeg
from webapp.domain.findings import Finding, Kind
from webapp.domain.geometry import Box
from webapp.services import masks, pieces
from webapp.storage.pages import Page

NUMBER, RELATIVE, ORDINARY = id_number(1), "李秀兰", "本人认真履行职责，圆满完成各项工作任务。"
NUMBER_BOX = Box(220, 100, 440, 126)


def read(page: Page) -> None:
    """Give a page its image, its text and its boxes."""
    form = Form("words")
    form.line(f"证件号 {NUMBER}", 100, 100)
    relative = form.line(RELATIVE, 100, 200)
    form.ordinary(300)
    transcription, dossier = form.page(), page.material.dossier
    page.optimised = pieces.store(dossier, "optimised", jpeg(Image.new("RGB", form.size, "white")), now=NOW)
    page.reading_copy = page.optimised
    page.transcription = pieces.store_text(dossier, "transcription", transcription.to_json(), now=NOW)
    page.width_px, page.height_px = form.size
    page.save()
    boxes = [Finding(Kind.ID_NUMBER, NUMBER_BOX, "drawn"), Finding(Kind.FAMILY, relative, "drawn")]
    masks.put(page, boxes, transcription)
    masks.write_text(page, transcription)
