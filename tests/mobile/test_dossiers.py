"""A dossier on the phone, as each role sees it."""

import pytest

from tests.desk import browser_of
from tests.moment import NOW
from tests.services.cast import actor_in, dossier_of, material_in, pages_in
from tests.site import Site, words_of
from webapp.domain.role import Role
from webapp.services.actor import Actor
from webapp.storage.archive import Dossier


@pytest.fixture
def dossier(site: Site) -> Dossier:
    dossier = dossier_of("钱强丽")
    pages_in(material_in(dossier, "1", "干部履历表", year=1999, month=7), 3)
    material_in(dossier, "9-2", "干部任免审批表", remark="复印件")
    material_in(dossier, "8", "关于给予警告处分的决定")
    material_in(dossier, "10", "体格检查表")
    return dossier


def _seen(site: Site, actor: Actor, dossier: Dossier, more: str = "") -> tuple[int, str]:
    answer = browser_of(site, actor).get(f"/dossiers/{dossier.public_id}{more}")
    return answer.status_code, words_of(answer.text)


def test_an_official_in_scope_sees_counts_and_titles_but_nothing_restricted(
    site: Site, dossier: Dossier
) -> None:
    official = actor_in(Role.OFFICIAL, lookup="市财政局")
    status, summary = _seen(site, official, dossier)
    assert status == 200
    assert "钱强丽 市财政局/预算科 · 科员" in summary
    assert "1 份 · 3 页" in summary
    assert "查看目录（2 份）" in summary
    status, catalogue = _seen(site, official, dossier, "/catalogue")
    assert "1. 干部履历表" in catalogue
    assert "1999.07 · 3 页" in catalogue
    assert "未扫描 · 复印件" in catalogue
    assert "须经批准" in catalogue
    assert "警告" not in summary + catalogue
    assert "体格检查表" not in summary + catalogue


def test_an_official_outside_is_told_why_there_are_no_pages(site: Site, dossier: Dossier) -> None:
    status, words = _seen(site, actor_in(Role.OFFICIAL, lookup="市教育局"), dossier, "/catalogue")
    assert status == 200
    assert "不在您的查阅范围内" in words
    assert "提出申请" in words


def test_only_materials_with_pages_to_read_are_links(site: Site, dossier: Dossier) -> None:
    official = browser_of(site, actor_in(Role.OFFICIAL, lookup="市财政局"))
    page = official.get(f"/dossiers/{dossier.public_id}/catalogue").text
    read, unscanned = list(dossier.materials)[:2]
    assert f"/materials/{read.public_id}" in page
    assert f"/materials/{unscanned.public_id}" not in page


def test_individuals_see_their_own_and_cannot_learn_of_another(site: Site, dossier: Dossier) -> None:
    own = actor_in(Role.INDIVIDUAL, subject=dossier.subject)
    status, words = _seen(site, own, dossier, "/catalogue")
    assert status == 200
    assert "关于给予警告处分的决定" in words
    stranger = actor_in(Role.INDIVIDUAL, subject=dossier_of("乙").subject)
    assert _seen(site, stranger, dossier)[0] == 404
    assert "钱强丽" not in _seen(site, stranger, dossier)[1]


def test_an_archivist_outside_custody_sees_unit_and_post_only(site: Site, dossier: Dossier) -> None:
    outsider = actor_in(Role.ARCHIVIST, custody="市教育局")
    status, words = _seen(site, outsider, dossier)
    assert status == 200
    assert "不在您的保管或审批范围内" in words
    assert dossier.number not in words
    assert "履历" not in words
    assert _seen(site, outsider, dossier, "/catalogue")[0] == 403


def test_the_keeper_goes_on_to_the_desk(site: Site, dossier: Dossier) -> None:
    keeper = browser_of(site, actor_in(Role.ARCHIVIST, custody="市财政局"))
    page = keeper.get(f"/dossiers/{dossier.public_id}").text
    assert f"/desk/dossiers/{dossier.public_id}/catalogue" in page
    assert "体格检查表" in words_of(keeper.get(f"/dossiers/{dossier.public_id}/catalogue").text)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR])
def test_the_three_administrators_are_refused(role: Role, site: Site, dossier: Dossier) -> None:
    for more in ("", "/catalogue"):
        status, words = _seen(site, actor_in(role), dossier, more)
        assert status == 403
        assert "钱强丽" not in words


def test_the_recused_are_refused_and_it_is_written_down(site: Site, dossier: Dossier) -> None:
    relative = actor_in(Role.OFFICIAL, lookup="市财政局", recused_from=dossier.subject)
    status, words = _seen(site, relative, dossier)
    assert status == 403
    assert "回避" in words


def test_no_name_stands_in_the_title_of_a_page(site: Site, dossier: Dossier) -> None:
    official = browser_of(site, actor_in(Role.OFFICIAL, lookup="市财政局"))
    for more in ("", "/catalogue"):
        page = official.get(f"/dossiers/{dossier.public_id}{more}").text
        assert "钱强丽" not in page[page.index("<title>") : page.index("</title>")]


def test_an_empty_dossier_says_what_comes_next(site: Site) -> None:
    bare = dossier_of("新来")
    status, words = _seen(site, actor_in(Role.ARCHIVIST, custody="市财政局"), bare, "/catalogue")
    assert status == 200
    assert "还没有材料" in words
    assert bare.created_at == NOW
