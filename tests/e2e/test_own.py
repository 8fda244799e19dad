"""The individual: the own dossier with one's own ID number, the family covered, what was said in confidence closed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from ocr_worker.reading import ReaderProcess
from tests.e2e import visits
from tests.e2e.browsing import Browsing
from tests.e2e.eyes import seen
from tests.e2e.papers import OTHER, OWN
from tests.e2e.service import Service

RESUME = "干部履历表"


@pytest.fixture
def individual(browsing: Browsing) -> Iterator[Page]:
    """The officer who has a dossier, in the role of the individual."""
    page = browsing.officer("benren")
    visits.act_as(page, browsing, "本人")
    yield page
    page.close()


def test_nobody_reads_their_own_dossier_as_an_officer(read: Service, browsing: Browsing) -> None:
    page = browsing.officer("benren")
    visits.act_as(page, browsing, "查阅人")
    answer = page.goto(f"/dossiers/{visits.dossier_id(OWN.dossier_number)}")
    assert answer is not None
    assert answer.status in (403, 404)
    page.close()


def test_another_role_asks_for_a_code(read: Service, browsing: Browsing) -> None:
    page = browsing.officer("benren")
    page.goto("/account/role")
    page.get_by_label("本人").check()
    page.get_by_label("验证码").fill("000000")
    page.get_by_role("button", name="切换").click()
    expect(page.get_by_role("alert")).to_contain_text("没有切换")
    page.close()


def test_the_own_dossier_shows_ones_own_id_number_and_covers_the_family(
    read: Service, individual: Page
) -> None:
    individual.goto("/")
    expect(individual.get_by_role("heading", name=OWN.name)).to_be_visible()
    individual.get_by_role("link", name="查看目录").click()
    individual.get_by_role("link", name=RESUME).click()
    resume = visits.material_id(OWN.dossier_number, RESUME)
    visits.read(individual, resume, 2)
    with ReaderProcess() as reader:
        particulars = seen(visits.picture(individual, resume, 2), reader)
        family = seen(visits.picture(individual, resume, 4), reader)
    assert OWN.id_number in particulars
    relatives = [one for one in OWN.relatives if one.name not in OWN.name]
    assert not [one.name for one in relatives if one.name in family]
    assert not [one.work for one in relatives if len(one.work) > 4 and one.work in family]


def test_what_others_said_in_confidence_stays_closed(read: Service, individual: Page) -> None:
    individual.goto(f"/dossiers/{visits.dossier_id(OWN.dossier_number)}/catalogue")
    expect(individual.get_by_role("main")).to_contain_text("违规违纪违法处理处分类材料")
    sanction = visits.material_id(OWN.dossier_number, f"关于给予{OWN.name}同志政务记过处分的决定")
    for address in (f"/materials/{sanction}", f"/materials/{sanction}/pages/1/image"):
        assert individual.request.get(address).status in (403, 404, 409)


def test_the_individual_sees_nobody_elses_dossier(read: Service, individual: Page) -> None:
    other = visits.dossier_id(OTHER.dossier_number)
    for address in (f"/dossiers/{other}", f"/dossiers/{other}/catalogue", "/search", "/desk/people"):
        assert individual.request.get(address).status in (403, 404), address
