"""Copies at the desk: what is out, and what became of it."""

from tests.asking import granted
from tests.builders import ELSEWHERE, keeper_of, make_dossier, make_material, make_officer, make_page
from tests.desk import browser_of
from tests.site import Site, words_of
from webapp.domain.role import Role
from webapp.services import copies


def test_a_copy_is_listed_until_its_end_is_noted(site: Site) -> None:
    material = make_page(make_material(make_dossier("钱强丽"), "4-1", "学历材料")).material
    keeper = browser_of(site, keeper_of(material.dossier))
    assert "没有在外的复制件" in words_of(keeper.get("/desk/copies").text)
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    grant = granted(asker, material, may_copy=True, now=site.now)
    made = copies.make(asker, grant.public_id, {material.public_id: ""}, now=site.now)
    assert "复制件去向 经批准带走的复制件，交回或销毁后登记 1 份" in words_of(keeper.get("/").text)
    page = words_of(keeper.get("/desk/copies").text)
    assert made.copy.number in page
    assert "2026-03-05 到期" in page
    place = f"/desk/copies/{made.copy.public_id}"
    assert keeper.post(place, {"end": "lost"}).status_code == 422
    site.now = grant.not_after
    keeper = browser_of(site, keeper_of(material.dossier))
    assert "已到期" in words_of(keeper.get("/desk/copies").text)
    assert keeper.post(place, {"end": "filed"}).status_code == 303
    assert "没有在外的复制件" in words_of(keeper.get("/desk/copies").text)
    assert keeper.post(place, {"end": "filed"}).status_code == 409
    form = {"number": made.copy.number, "code": made.code}
    checked = site.browser().post("/copies/check", form, seen="/copies/check")
    assert "已登记为“已交回归档”" in words_of(checked.text)
