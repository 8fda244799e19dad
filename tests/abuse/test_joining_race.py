"""Eight officers take the one place at once: one reads along, the others are told so, and the log has one."""

from collections import Counter

from tests.abuse.test_approval_race import at_once
from tests.accounts import OFFICE
from tests.asking import granted
from tests.builders import ELSEWHERE, make_dossier, make_material, make_officer, make_page
from tests.moment import NOW
from webapp.domain.errors import Conflict, Refused
from webapp.domain.role import Role
from webapp.services import audit, joining, viewings
from webapp.storage.accounts import Session
from webapp.storage.policy import Setting
from webapp.storage.reading import Companion, Viewing

MANY = 8


def test_one_of_many_takes_the_place(archive):
    Setting.update(value="strict").where(Setting.name == "preset").execute()
    material = make_page(make_material(make_dossier("张三"), "1", "干部履历表")).material
    reader = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    granted(reader, material)
    viewings.begin(reader, material.public_id, "", now=NOW)
    joining.invite(reader, material.public_id, now=NOW)
    code = joining.place_in(Viewing.get(), at=NOW).code
    officers = [make_officer(Role.OFFICIAL) for _ in range(MANY)]
    Session.update(proved_at=NOW).execute()

    def join(by):
        def act():
            try:
                joining.join(by, code, visitor=OFFICE, now=NOW)
            except Refused as error:  # the place was gone before the code was looked at
                raise Conflict(str(error)) from error

        return act

    assert Counter(at_once([join(by) for by in officers])) == {"done": 1, "conflict": MANY - 1}
    joined = [entry for entry in audit.entries(limit=50) if entry["action"] == "companion:joined"]
    assert [entry["actor"] for entry in joined] == [Companion.get().officer.public_id]
