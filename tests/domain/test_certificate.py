"""Number and code of a certificate: long enough, and read as people type them."""

from datetime import date

import pytest

from webapp.domain.certificate import (
    CODE_BYTES,
    CODE_LENGTH,
    Certified,
    Content,
    code_of,
    new_number,
    read_code,
    read_number,
)
from webapp.domain.errors import Invalid


def test_a_code_holds_eighty_bits():
    assert CODE_BYTES * 8 == CODE_LENGTH * 5 == 80
    assert code_of(bytes(10)) == "0000-0000-0000-0000"
    assert code_of(b"\xff" * 10) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    assert code_of(bytes(9) + b"\x21") == "0000-0000-0000-0011"


def test_a_number_is_of_its_year():
    assert new_number(date(2026, 3, 2), bytes(4) + b"\x0a") == "2026-0000000A"


@pytest.mark.parametrize("typed", ["2026-7K3M9Q2X", "2026 7k3m9q2x", "20267K3M9Q2X", "2O26－7K3M 9Q2X "])
def test_a_number_is_read_as_people_type_it(typed):
    assert read_number(typed) == "2026-7K3M9Q2X"


@pytest.mark.parametrize(
    "typed", ["", "2026-7K3M9Q2", "2026-7K3M9Q2U", "２０２６-7K3M9Q2X" * 9, "二零二六-7K3M9Q2X"]
)
def test_what_can_be_no_number_is_refused(typed):
    with pytest.raises(Invalid):
        read_number(typed)


def test_a_code_is_read_as_people_type_it():
    assert read_code("abcd efgh-jkmn pqrs") == "ABCD-EFGH-JKMN-PQRS"
    assert read_code("OIL0-0000-0000-0000") == "0110-0000-0000-0000"
    for wrong in ("", "ABCD", "ABCD-EFGH-JKMN-PQRU"):
        with pytest.raises(Invalid):
            read_code(wrong)


def test_what_it_says_is_kept_word_for_word():
    content = Content(
        "云梧市", "张三", "市财政局", "市教育局 李四", "事由", "王五", "2026-03-02T01:00:00+00:00",
        (Certified("入党时间", "2001年7月", "《入党志愿书》，第 1 页"),),
    )  # fmt: skip
    assert Content.read(content.written()) == content
