import io

import pypdfium2 as pdfium
import pytest
from PIL import Image

from webapp.demonstration.arrival import container_of, files
from webapp.demonstration.dossiers import dossier, dossier_plan, organisation

PLAN = dossier_plan(organisation(7))
MATERIALS = [material for person in PLAN.full for material in dossier(person, 7)]


def first_of(container, pages):
    return next(m for m in MATERIALS if container_of(m) == container and m.page_count == pages)


def test_all_kinds_of_files_arrive():
    assert {container_of(material) for material in MATERIALS} == {"jpeg", "tiff", "pdf"}


def test_jpegs_are_one_a_page_and_named_in_order():
    arrived = files(first_of("jpeg", 2))
    assert [name[-7:] for name, _ in arrived] == ["001.jpg", "002.jpg"]
    for _, held in arrived:
        image = Image.open(io.BytesIO(held))
        assert image.format == "JPEG"
        assert image.info["dpi"] == (300, 300)


def test_a_tiff_holds_all_pages():
    ((name, held),) = files(first_of("tiff", 2))
    image = Image.open(io.BytesIO(held))
    assert (image.format, image.n_frames, name[-4:]) == ("TIFF", 2, ".tif")


def test_a_pdf_holds_all_pages_as_images_without_text():
    ((name, held),) = files(first_of("pdf", 2))
    assert name.endswith(".pdf")
    document = pdfium.PdfDocument(held)
    assert len(document) == 2
    assert document[0].get_textpage().get_text_range() == ""
    assert document[0].get_size() == pytest.approx((595, 842), abs=1)


def test_the_same_material_arrives_as_the_same_bytes():
    material = first_of("pdf", 1)  # the one kind of file that would carry today's date by itself
    assert files(material) == files(material)
