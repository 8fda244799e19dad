"""Pages worth leaking, and what becomes of a picture of them, for tests of tracing."""

from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.builders import PAGE_HEIGHT, PAGE_WIDTH, claimed, send, transcription
from tests.moment import NOW
from tests.rendering.pages import drawn, jpeg
from webapp.domain.page_width import READING_PX
from webapp.services import pages, viewings
from webapp.services.actor import Actor
from webapp.storage.archive import Material
from webapp.storage.pages import Page

SIZE = (PAGE_WIDTH, PAGE_HEIGHT)


def scan(seed: int = 1) -> bytes:
    """A page full of text and ruling; other seed, other text."""
    paper = drawn(seed)[0].resize(SIZE, Image.Resampling.BOX)
    grain = np.random.default_rng(seed).normal(0, 3, (PAGE_HEIGHT, PAGE_WIDTH, 1))
    return jpeg(Image.fromarray(np.clip(np.asarray(paper) * 0.95 + grain, 0, 255).astype(np.uint8)))


def full_page(material: Material, seed: int = 1) -> Page:
    """A page that was read, with such a scan as its image."""
    upload = send(material, now=NOW)
    pages.decoded(claimed("decode", upload.id), upload, 1, now=NOW)
    page, image = upload.pages.get(), scan(seed)
    pages.read(
        claimed("read", page.id),
        page,
        image,
        image,
        transcription("姓名 张三 性别 男", "籍贯 云梧 政治面貌 党员"),
        now=NOW,
    )
    return Page.get_by_id(page.id)


def sent(actor: Actor, page: Page, media_type: str = "image/avif") -> Image.Image:
    """The page as it is sent to a reader who has stated a purpose."""
    material_id = page.material.public_id
    viewings.begin(actor, material_id, "2", now=NOW)
    made = viewings.deliver(actor, material_id, page.number, width_px=READING_PX, accept=media_type, now=NOW)
    return Image.open(BytesIO(made.content)).convert("RGB")


def photographed(image: Image.Image, seed: int = 1) -> Image.Image:
    """A hard shot by a phone: aslant, at 0.7 of the size, out of focus, shaded, noisy."""
    rng, width, height = np.random.default_rng(seed), round(image.width * 0.7), round(image.height * 0.7)
    corners = np.array([[0, 0], [image.width, 0], [image.width, image.height], [0, image.height]], np.float32)
    there = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    there += (
        rng.uniform(0.02, 0.11, (4, 2)) * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * width
    ).astype(np.float32)
    turn = cv2.getPerspectiveTransform(corners, there)
    soft = cv2.GaussianBlur(np.asarray(image), (0, 0), 0.7)
    seen = cv2.warpPerspective(soft, turn, (width, height), borderValue=(60, 50, 45)).astype(np.float32)
    shot = cv2.GaussianBlur(seen, (0, 0), 1.5) * _shade(width, height, rng) + rng.normal(0, 9, seen.shape)
    return Image.fromarray(np.clip(shot, 0, 255).astype(np.uint8))


def _shade(width: int, height: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Light from one side, a quarter less at the far end."""
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    x, y = rng.uniform(0.2, 0.8, 2)
    return (0.7 + 0.25 * np.exp(-2 * ((across - x) ** 2 + (down - y) ** 2)))[..., None]


def file_of(image: Image.Image, kind: str = "JPEG", quality: int = 60) -> bytes:
    """The picture as a file."""
    held = BytesIO()
    image.save(held, kind, quality=quality)
    return held.getvalue()
