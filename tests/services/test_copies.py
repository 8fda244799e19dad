"""Copies under a grant: what is granted and no more, each page written down first, a register anybody can check by."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from tests.accounts import ELSEWHERE as STRANGER
from tests.accounts import OFFICE
from tests.asking import DAY, approve, granted, make_approver, make_request, terms
from tests.builders import ELSEWHERE, UNIT, make_dossier, make_material, make_officer, make_page
from tests.moment import NOW
from webapp.domain.disclosure import Level
from webapp.domain.errors import Invalid, NotFound, Refused, Throttled
from webapp.domain.grant import UNDO, Scope
from webapp.domain.role import Role
from webapp.rendering import images
from webapp.services import approvals, asked, audit, copies, copy_register, grants, viewings
from webapp.services.actor import SYSTEM
from webapp.services.approvals import Offer
from webapp.storage.accounts import Recusal
from webapp.storage.copies import Copy
from webapp.storage.pages import Page
from webapp.storage.reading import Viewing
from webapp.storage.requests import Grant


@pytest.fixture
def page(archive):
    return make_page(
        make_material(make_dossier("张三"), "8", "关于给予警告处分的决定"), "给予 张三 警告 处分"
    )


@pytest.fixture
def asker(page):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


@pytest.fixture
def grant(asker, page):
    return granted(asker, page.material, may_copy=True)


def make(actor, grant, *materials, pages="", now=NOW):
    return copies.make(actor, grant.public_id, {one.public_id: pages for one in materials}, now=now)


def check(made, *, number="", code="", now=NOW, visitor=OFFICE):
    typed = number or made.copy.number, code or made.code
    return copy_register.check(*typed, actor=SYSTEM, visitor=visitor, now=now)


def entries(action):
    return [entry for entry in audit.entries(limit=200) if entry["action"] == action]


def test_a_copy_holds_the_page_as_the_viewer_shows_it_after_it_was_written_down(asker, grant, page):
    made = make(asker, grant, page.material)
    (sent,) = made.pages
    assert Image.open(BytesIO(sent.jpeg)).format == "JPEG"
    (delivered,), (entry,) = entries("page:delivered"), entries("copy:made")
    assert delivered["seq"] < entry["seq"]
    assert delivered["details"]["copy"] == entry["details"]["copy"] == made.copy.number
    assert delivered["details"]["grant"] == entry["details"]["grant"] == grant.public_id
    assert delivered["viewing"] == entry["viewing"] == Viewing.get().number
    assert delivered["purpose"] == grant.request.purpose
    assert made.parts == ((page.material.title, "1"),)
    assert [step.officer_id for step in made.approvals] == [
        step.officer_id for step in asked.approvals_of(grant.request)
    ]
    assert len(made.approvals) == 2


def test_each_page_is_in_the_log_before_it_is_drawn(asker, grant, page, monkeypatch):
    drawn = images.render

    def seen(*given, **more):
        assert len(entries("page:delivered")) == 1
        assert more["mark"].copy.startswith("F")
        return drawn(*given, **more)

    monkeypatch.setattr(images, "render", seen)
    assert make(asker, grant, page.material).pages[0].jpeg


def test_who_was_not_granted_it_makes_none(asker, page):
    plain = granted(asker, page.material)
    with pytest.raises(Refused) as refusal:
        make(asker, plain, page.material)
    assert refusal.value.rule == "copy:not-granted"
    assert Copy.select().count() == len(entries("page:delivered")) == 0


def test_a_grant_is_of_its_officer_alone_and_only_while_it_lasts(asker, grant, page):
    other = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    with pytest.raises(NotFound):
        make(other, grant, page.material)
    with pytest.raises(Refused, match="到期"):
        make(asker, grant, page.material, now=NOW + 4 * DAY)
    grants.revoke(grant.public_id, actor=make_approver(), now=NOW)
    with pytest.raises(Refused, match="收回"):
        make(asker, grant, page.material)
    assert entries("page:delivered") == []


def test_a_recusal_that_comes_later_ends_it(asker, grant, page):
    Recusal.create(officer=asker.person, subject=page.material.dossier.subject, relation="配偶")
    with pytest.raises(Refused, match="回避"):
        make(asker, grant, page.material)


def test_only_what_the_grant_names_is_copied_whatever_else_may_be_read(page):
    within = make_officer(Role.OFFICIAL, lookup=UNIT)
    letter = make_page(make_material(page.material.dossier, "1", "干部履历表")).material
    mine = granted(within, page.material, may_copy=True)
    with pytest.raises(NotFound):
        make(within, mine, page.material, letter)
    assert [its for its, _ in copies.offered(within, mine.public_id, at=NOW).lines] == [page.material]


def test_what_may_be_read_anyway_takes_a_grant_to_be_copied(page):
    within = make_officer(Role.OFFICIAL, lookup=UNIT)
    letter = make_page(make_material(page.material.dossier, "1", "干部履历表")).material
    mine = granted(within, letter, may_copy=True)
    assert make(within, mine, letter).pages[0].jpeg
    (delivered,) = entries("page:delivered")
    assert (delivered["reason"], delivered["details"]["grant"]) == ("scope", mine.public_id)


def test_another_grant_of_clear_pages_does_not_unmask_the_copy(asker, page):
    masked = granted(asker, page.material, may_copy=True)
    granted(asker, page.material, level=Level.CLEAR)
    make(asker, masked, page.material)
    assert entries("page:delivered")[0]["details"]["rendition"] == "masked"


def test_what_became_guarded_is_not_copied_by_the_grant_of_one(asker, page):
    letter = make_page(make_material(page.material.dossier, "1", "干部履历表")).material
    single = granted(asker, letter, may_copy=True)
    assert not single.is_double
    letter.sensitivity = "restricted"
    letter.save()
    with pytest.raises(NotFound):
        make(asker, single, letter)


def test_pages_are_chosen_and_bounded(asker, grant, page, monkeypatch):
    for typed in ("2", "0", "1-9", "一", "1,,"):
        with pytest.raises(Invalid):
            make(asker, grant, page.material, pages=typed)
    with pytest.raises(Invalid, match="至少"):
        make(asker, grant)
    monkeypatch.setattr(copies, "MOST_PAGES", 0)
    with pytest.raises(Invalid, match="最多"):
        make(asker, grant, page.material)
    assert entries("page:delivered") == []


def test_a_page_that_waits_for_its_masks_stays_behind(asker, grant, page):
    Page.update(mask_state="withheld").execute()
    with pytest.raises(Invalid, match="核对"):
        make(asker, grant, page.material)
    assert Copy.select().count() == 0


def test_an_approver_leaves_copies_out(asker, page):
    request = make_request(asker, page.material, may_copy=True, now=NOW - UNDO)
    assert approvals.needs_code(request)
    less = Offer(Scope(frozenset({page.material.public_id})), replace(terms(now=NOW - UNDO), may_copy=False))
    first, second = make_approver(), make_approver()
    approve(request, first, less=less, now=NOW - UNDO)
    assert not approvals.offer_of(request).terms.may_copy
    more = Offer(less.scope, replace(less.terms, may_copy=True))
    with pytest.raises(Invalid):
        approve(request, second, less=more, now=NOW - UNDO)
    given = approve(request, second, now=NOW - UNDO)
    with pytest.raises(Refused, match="没有批准制作复制件"):
        make(asker, given, page.material)


def test_a_genuine_copy_is_known_by_its_number_and_code_however_they_are_typed(asker, grant, page):
    made = make(asker, grant, page.material)
    found = check(made)
    assert (found.number, found.pages, found.organisation, found.made_at) == (
        made.copy.number,
        1,
        "云梧市",
        NOW,
    )
    assert not found.is_over
    assert check(made, code=made.code.replace("-", " ").lower())
    assert {entry["reason"] for entry in entries("copy:checked")} == {"genuine"}
    assert check(made, now=grant.not_after).is_over
    grants.revoke(grant.public_id, actor=make_approver(), now=NOW)
    assert check(made).is_over


def test_a_wrong_code_or_number_is_logged_counted_and_then_refused(asker, grant, page):
    made, other = make(asker, grant, page.material), make(asker, grant, page.material)
    assert check(made, code=other.code) is None
    for _ in range(9):
        assert check(made, code="0" * 12) is None
    assert [entry["decision"] for entry in entries("copy:checked")] == ["deny"] * 10
    with pytest.raises(Throttled):
        check(made)
    assert check(made, visitor=STRANGER)
    assert check(made, now=NOW + timedelta(minutes=6))


def test_right_codes_count_against_nobody_and_nonsense_is_told_as_such(asker, grant, page):
    made = make(asker, grant, page.material)
    assert all(check(made) for _ in range(12))
    for number, code in (("V7K3M9Q2", made.code), (made.copy.number, "123"), (made.copy.number, "U" * 12)):
        with pytest.raises(Invalid):
            check(made, number=number, code=code)


def test_neither_the_register_nor_the_log_holds_the_code(asker, grant, page):
    made = make(asker, grant, page.material)
    check(made)
    plain = made.code.replace("-", "")
    assert len(plain) * 5 >= 60
    held = str(Copy.select().dicts().get()) + str(list(audit.entries(limit=100)))
    assert plain not in held
    assert made.code not in held


def test_the_register_names_titles_to_those_who_may_know_them(asker, grant, page):
    make(asker, grant, page.material)
    (told,) = copy_register.listed(asker, grant.request, at=NOW)
    assert told.parts == ((page.material.title, "1"),)
    (later,) = copy_register.listed(asker, grant.request, at=NOW + 4 * DAY)
    assert later.parts == ((copy_register.UNNAMED, "1"),)
    (decided,) = copy_register.listed(make_approver(), grant.request, at=NOW)
    assert decided.parts == later.parts
    Grant.update(revoked_at=NOW).execute()
    page.material.delete_instance(recursive=True)
    (gone,) = copy_register.listed(asker, grant.request, at=NOW)
    assert gone.parts == ((copy_register.UNNAMED, "1"),)


def test_the_door_itself_lets_no_page_into_a_copy_that_was_not_granted(asker, page):
    plain = granted(asker, page.material)
    viewings.begin(asker, page.material.public_id, "", now=NOW)
    with pytest.raises(Refused):
        viewings.deliver(
            asker,
            page.material.public_id,
            1,
            width_px=1080,
            accept="image/jpeg",
            now=NOW,
            copy=copies.ForCopy("F0000000", plain.public_id),
        )
