"""What may be asked, and what an answer must say."""

from datetime import date, timedelta

import pytest

from tests.moment import NOW
from webapp.domain import fact as rules
from webapp.domain.errors import Invalid
from webapp.domain.fact import CURRENT, LISTS, TOLD_FOR, Outcome, Value
from webapp.domain.partial_date import PartialDate
from webapp.domain.role import Role

TODAY = date(2026, 3, 2)
PARTY, DEGREE, PLACE = rules.find("party"), rules.find("full-time"), rules.find("native-place")


def checked(fact, words="", when="", outcome=Outcome.CONFIRMED):
    return rules.checked_value(fact, outcome, words, when, today=TODAY)


def test_every_fact_of_every_list_has_a_value_to_give_and_a_code_of_its_own():
    for facts in LISTS.values():
        assert len({fact.code for fact in facts}) == len(facts)
        assert all(fact.words or fact.date for fact in facts)
        assert max(len(fact.code) for fact in facts) <= 16


@pytest.mark.parametrize("guarded", ["健康", "家庭", "配偶", "处分", "民族", "身份证", "考察", "工资"])
def test_nothing_guarded_can_be_asked_for(guarded):
    assert not [fact.label for facts in LISTS.values() for fact in facts if guarded in fact.label]


def test_a_choice_is_of_the_list_and_in_its_order():
    assert [one.code for one in rules.checked_choice({"party", "birth"})] == ["birth", "party"]
    for wrong in (set(), {"health"}, {"birth", "x"}):
        with pytest.raises(Invalid):
            rules.checked_choice(wrong)
    with pytest.raises(Invalid):
        rules.find("birth", "no-such-list")


@pytest.mark.parametrize(
    ("fact", "words", "when", "told"),
    [
        (PARTY, "", "2001.7", "2001年7月"),
        (DEGREE, "大学本科、管理学学士", "1998", "大学本科、管理学学士；毕业时间：1998年"),
        (DEGREE, "大学 本科\n管理学学士", "", "大学 本科 管理学学士"),
        (PLACE, "云梧 青原", "1998", "云梧 青原"),
    ],
)
def test_a_value_is_told_in_one_line_and_kept_as_it_is(fact, words, when, told):
    value = checked(fact, words, when)
    assert value.told(fact) == told
    assert Value.read(value.written()) == value


@pytest.mark.parametrize(
    ("fact", "words", "when"),
    [
        (PARTY, "2001年7月", ""),
        (PARTY, "", "去年"),
        (PARTY, "", "2001.13"),
        (PARTY, "", "2026.3.3"),
        (DEGREE, "", "1998"),
        (PLACE, "  ", ""),
        (PLACE, "云" * 201, ""),
        (PLACE, "云梧，证件号 110101199003074610", ""),
        (DEGREE, "大学本科，电话 13800138000", "1998"),
    ],
)
def test_what_is_no_value_is_refused(fact, words, when):
    with pytest.raises(Invalid):
        checked(fact, words, when)


def test_the_present_month_is_not_the_future():
    assert checked(PARTY, when="2026.3").date == PartialDate(2026, 3)
    assert checked(PARTY, when="2026").date == PartialDate(2026)


def test_papers_that_disagree_are_named_in_words_and_absence_needs_none():
    assert checked(PARTY, outcome=Outcome.ABSENT, when="2001") == Value()
    with pytest.raises(Invalid):
        checked(PARTY, outcome=Outcome.DISAGREE, when="2001")
    assert checked(PARTY, "志愿书写 7 月，登记表写 6 月", outcome=Outcome.DISAGREE).date is None


def test_officials_are_told_for_a_while_and_individuals_for_ever():
    late = NOW + TOLD_FOR
    assert rules.is_told(Role.OFFICIAL, NOW, late - timedelta(seconds=1))
    assert not rules.is_told(Role.OFFICIAL, NOW, late)
    assert rules.is_told(Role.INDIVIDUAL, NOW, late)


def test_the_current_list_is_one_of_the_lists():
    assert CURRENT in LISTS
