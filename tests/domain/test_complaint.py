import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.complaint import HANDLERS, About, handler, other
from webapp.domain.role import Role


@given(st.sampled_from(About), st.sets(st.sampled_from(Role)))
def test_the_security_officer_handles_no_complaint_that_concerns_them(about, concerned):
    role = handler(about, concerned)
    assert role in HANDLERS
    is_concerned = about is About.SECURITY or Role.SECURITY_OFFICER in concerned
    assert (role is Role.AUDITOR) == is_concerned


@pytest.mark.parametrize("role", HANDLERS)
def test_there_is_always_another_to_turn_to(role):
    assert other(role) in HANDLERS
    assert other(role) is not role
