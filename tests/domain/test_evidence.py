import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain import evidence
from webapp.domain.errors import Invalid
from webapp.domain.evidence import Weight


@pytest.mark.parametrize(
    ("z", "weight"),
    [(6.0, Weight.EVIDENCE), (5.99, Weight.INDICATIVE), (5.0, Weight.INDICATIVE), (4.99, Weight.NOTHING)],
)
def test_six_is_evidence_and_five_a_hint(z, weight):
    assert evidence.weight(z) is weight


@given(st.floats(0, 40), st.integers(1, 10**6))
def test_a_chance_is_a_probability_and_falls_with_the_score(z, comparisons):
    assert 0 <= evidence.chance(z + 0.1, comparisons) <= evidence.chance(z, comparisons) <= 1


def test_evidence_among_ten_thousand_viewings_is_chance_less_than_once_in_five_thousand():
    assert evidence.chance(evidence.EVIDENCE_Z, 10_000) < 1 / 5000


@pytest.mark.parametrize(
    ("chance", "words"),
    [(1.0, "最多 100.0%"), (0.03, "最多 3.0%"), (1.52e-4, "不到 1/6,500"), (1e-30, "不到一万亿分之一")],
)
def test_odds_are_said_in_words(chance, words):
    assert evidence.odds(chance) == words


@pytest.mark.parametrize("typed", ["V7K3M9Q2", "v7k3 m9q2", "#V7K3M9Q2", "7K3M9Q2", "V7K3-M9Q2"])
def test_a_number_is_taken_as_people_type_it(typed):
    assert evidence.viewing_number(typed) == "V7K3M9Q2"


def test_letters_that_no_number_holds_are_taken_for_the_digits_they_look_like():
    assert evidence.viewing_number("VOIL0000") == "V0110000"
    assert evidence.viewing_number("V7K？M9*2") == "V7K?M9?2"


@pytest.mark.parametrize("typed", ["", "张三", "V7K3M9", "V7K3M9Q22", "V????9Q2", "V%%%%%%%"])
def test_what_is_no_number_is_refused_with_an_example(typed):
    with pytest.raises(Invalid):
        evidence.viewing_number(typed)
