"""The approval form as a document, from the request of its asker and from the case of its approver."""

from tests.asking import make_approver, make_request
from tests.builders import ELSEWHERE, make_dossier, make_material, make_officer
from tests.desk import browser_of
from tests.site import Site
from webapp.domain.role import Role
from webapp.services import audit


def test_asker_and_approver_print_the_form_from_where_they_read_the_request(site: Site) -> None:
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    request = make_request(asker, make_material(make_dossier("钱强丽"), "1", "干部履历表"))
    for actor, place in ((asker, "requests"), (make_approver(), "approvals")):
        browser, page = browser_of(site, actor), f"/{place}/{request.public_id}"
        assert f"{page}/form.pdf" in browser.get(page).text
        paper = browser.get(f"{page}/form.pdf")
        assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
        assert paper.data.startswith(b"%PDF")
        assert "attachment" in paper.headers["Content-Disposition"]
        entry = next(audit.entries(limit=1))
        assert (entry["action"], entry["actor"]) == ("request:form-printed", actor.person.public_id)
