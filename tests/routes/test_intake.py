"""What the desk is told about files it sent."""

import io

import pytest

from tests.builders import picture
from tests.desk import browser_of
from tests.services.cast import actor_in, dossier_of, material_in
from tests.site import Browser, Site, words_of
from webapp.domain.role import Role
from webapp.storage.archive import Dossier
from webapp.storage.pages import Upload

PLAIN = {"Accept": "text/plain"}


@pytest.fixture
def dossier(site: Site) -> Dossier:
    return dossier_of("钱强丽", number="YW-0001")


@pytest.fixture
def here(dossier: Dossier) -> str:
    return f"/desk/intake/{material_in(dossier, '1', '干部履历表').public_id}"


@pytest.fixture
def keeper(site: Site, dossier: Dossier) -> Browser:
    return browser_of(site, actor_in(Role.ARCHIVIST, custody="市财政局"))


def sent(keeper: Browser, address: str, *names: str, content: bytes = b"", **headers: dict[str, str]):
    files = [(io.BytesIO(content or picture()), name) for name in names]
    return keeper.post(address, {"files": files}, seen=address, **headers)


def test_a_file_that_is_here_already_is_named_and_not_kept_twice(keeper: Browser, here: str) -> None:
    assert sent(keeper, here, "一.jpg").headers["Location"] == here
    again = sent(keeper, here, "二.jpg").headers["Location"]
    assert "一.jpg 已经收过，没有重复保存" in words_of(keeper.get(again).text)
    assert "已经收过" not in words_of(keeper.get(here).text)
    assert Upload.select().count() == 1


def test_a_file_of_another_material_does_not_hold_up_the_next_one(
    keeper: Browser, dossier: Dossier, here: str
) -> None:
    elsewhere = f"/desk/intake/{material_in(dossier, '2', '自传').public_id}"
    sent(keeper, elsewhere, "自传.jpg")
    files = [(io.BytesIO(picture()), "自传.jpg"), (io.BytesIO(picture() + b" "), "履历.jpg")]
    answer = keeper.post(here, {"files": files}, seen=here)
    assert answer.status_code == 422
    assert "自传.jpg：这个文件已经放在《自传》里" in words_of(answer.text)
    assert [one.file_name for one in Upload.select().order_by(Upload.id)] == ["自传.jpg", "履历.jpg"]


def test_a_script_is_told_in_words_what_is_wrong_with_a_file(keeper: Browser, here: str) -> None:
    answer = sent(keeper, here, "画.jpg", content=b"<svg></svg>", headers=PLAIN)
    assert (answer.status_code, answer.mimetype) == (422, "text/plain")
    assert sent(keeper, here, "一.jpg", headers=PLAIN).status_code == 201
