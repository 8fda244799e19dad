from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.complaint import HANDLERS, About, handlers
from webapp.domain.role import Role


@given(st.sets(st.sampled_from(Role)))
def test_nobody_handles_a_complaint_that_concerns_their_role(concerned):
    assert set(handlers(concerned)) == set(HANDLERS) - concerned


def test_the_security_officer_comes_first():
    assert handlers(()) == (Role.SECURITY_OFFICER, Role.AUDITOR)


def test_a_complaint_about_a_role_concerns_it_and_no_other_does():
    concerned = {about: about.concerns for about in About if about.concerns}
    assert concerned == {About.SECURITY: {Role.SECURITY_OFFICER}, About.AUDIT: {Role.AUDITOR}}
