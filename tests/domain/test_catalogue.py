"""The prescribed order of the catalogue."""

import random

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.catalogue import Entry, ordered, sections
from webapp.domain.category import CODES, Category
from webapp.domain.partial_date import PartialDate, chronological

TITLES = (
    "入党志愿书",
    "入团志愿书",
    "批复",
    "处分决定",
    "调查报告",
    "检讨",
    "任免审批表",
    "考察材料",
    "登记表",
)

dates = st.none() | st.builds(PartialDate, st.integers(1950, 2020), st.none() | st.integers(1, 12), st.none())


@st.composite
def entries(draw: st.DrawFn, codes: tuple[str, ...] = CODES, tied: bool = True) -> list[Entry]:
    count = draw(st.integers(0, 12))
    return [
        Entry(
            key,
            Category(draw(st.sampled_from(codes))),
            draw(st.sampled_from(TITLES)),
            draw(dates),
            draw(st.none() | st.integers(0, count)) if tied else None,
        )
        for key in range(count)
    ]


def _titles(code: str, *papers: tuple[str, PartialDate | None]) -> list[str]:
    made = [Entry(key, Category(code), title, formed) for key, (title, formed) in enumerate(papers)]
    return [entry.title for entry in ordered(made)]


@given(entries(), st.randoms())
def test_nothing_is_lost_and_the_order_of_coming_does_not_matter(
    given_entries: list[Entry], shuffler: random.Random
) -> None:
    """Ties into rings, to oneself or to nothing included."""
    shuffled = list(given_entries)
    shuffler.shuffle(shuffled)
    assert sorted(e.key for e in ordered(given_entries)) == [e.key for e in given_entries]
    assert ordered(shuffled) == ordered(given_entries)


@given(entries())
def test_categories_stand_in_their_order_and_hold_only_their_own(given_entries: list[Entry]) -> None:
    made = sections(given_entries)
    assert [s.category.code for s in made if s.category] == list(CODES)
    assert [e for s in made for e in s.entries] == ordered(given_entries)
    assert all(e.category == s.category for s in made for e in s.entries)


@given(entries(("1", "2", "3", "4-1", "7", "9-2", "10"), tied=False))
def test_most_categories_are_in_order_of_time_undated_last(given_entries: list[Entry]) -> None:
    for section in sections(given_entries):
        times = [chronological(entry.formed) for entry in section.entries]
        assert times == sorted(times)


@given(entries(("9-2",)))
def test_what_goes_with_a_paper_stands_in_its_group(given_entries: list[Entry]) -> None:
    places = {entry.key: place for place, entry in enumerate(ordered(given_entries))}
    keyed = {entry.key: entry for entry in given_entries}
    for entry in given_entries:
        head = keyed.get(entry.goes_with) if entry.goes_with is not None else None
        if head is None or head.goes_with in keyed:
            continue
        between = ordered(given_entries)[places[head.key] + 1 : places[entry.key]]
        assert places[head.key] < places[entry.key]
        assert all(other.goes_with in keyed for other in between)


def test_headings_of_four_and_nine_hold_nothing() -> None:
    made = [section for section in sections([]) if section.category is None]
    assert [section.mark for section in made] == ["四", "九"]
    assert made[0].title == "学历学位、专业技术职务（职称）、学术评鉴和教育培训类材料"


def test_an_appraisal_stands_directly_behind_its_appointment_form() -> None:
    older, newer = PartialDate(2010, 3), PartialDate(2015, 6)
    made = [
        Entry(1, Category("9-2"), "考察材料", PartialDate(2015, 5), goes_with=3),
        Entry(2, Category("9-2"), "干部任免审批表", older),
        Entry(3, Category("9-2"), "干部任免审批表", newer),
        Entry(4, Category("9-2"), "公务员登记表", PartialDate(2015, 7)),
    ]
    assert [entry.key for entry in ordered(made)] == [2, 3, 1, 4]


def test_sanctions_are_in_system_order() -> None:
    day = PartialDate(2001, 1, 1)
    assert _titles(
        "8",
        ("本人检讨", day),
        ("证明材料", day),
        ("关于处分问题的调查报告", day),
        ("本人对处分决定的意见", day),
        ("关于给予警告处分的决定", day),
        ("关于处分决定的批复", day),
    ) == [
        "关于处分决定的批复",
        "关于给予警告处分的决定",
        "本人对处分决定的意见",
        "关于处分问题的调查报告",
        "证明材料",
        "本人检讨",
    ]


def test_papers_tied_to_one_matter_stay_together() -> None:
    category = Category("8")
    made = [
        Entry(1, category, "处分决定", PartialDate(2001)),
        Entry(2, category, "本人检讨", PartialDate(2000), goes_with=1),
        Entry(3, category, "处分决定", PartialDate(2009)),
        Entry(4, category, "批复", PartialDate(2010), goes_with=3),
    ]
    assert [entry.key for entry in ordered(made)] == [1, 2, 4, 3]


def test_party_papers_begin_with_the_pledges() -> None:
    assert _titles(
        "6",
        ("关于加入民主党派的批准函", PartialDate(1980)),
        ("1990年党员登记表", PartialDate(1990)),
        ("入党转正申请书", PartialDate(1986)),
        ("入党申请书", PartialDate(1984)),
        ("入党志愿书", PartialDate(1985)),
        ("入团志愿书", PartialDate(1975)),
        ("1985年党员登记表", PartialDate(1985)),
    ) == [
        "入团志愿书",
        "入党志愿书",
        "入党申请书",
        "入党转正申请书",
        "1985年党员登记表",
        "1990年党员登记表",
        "关于加入民主党派的批准函",
    ]
