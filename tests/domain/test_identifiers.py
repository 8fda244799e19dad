from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from webapp.domain.errors import Invalid
from webapp.domain.identifiers import (
    PROVINCES,
    check_sign,
    hits,
    id_number_parts,
    id_number_valid,
    is_fragment,
    luhn_valid,
    normalise_id_number,
)
from webapp.domain.labels import Kind

NUMBERS = st.builds(
    lambda area, rest, born, serial: (
        (first := f"{area}{rest:04}{born:%Y%m%d}{serial:03}") + check_sign(first)
    ),
    st.sampled_from(sorted(PROVINCES)),
    st.integers(0, 9999),
    st.dates(date(1920, 1, 1), date(2010, 12, 31)),
    st.integers(0, 999),
)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
MISREAD = {"0": "OoD〇", "1": "lI|", "2": "Zz", "5": "Ss", "8": "B", "9": "gq", "6": "b", "X": "x×*"}


def kinds(text):
    return {hit.kind for hit in hits(text)}


def shown(text):
    """What is left of a text when all hits are cut out."""
    for hit in reversed(hits(text)):
        text = text[: hit.start] + text[hit.end :]
    return text


def test_the_number_of_the_standard_is_valid():
    assert id_number_valid("11010519491231002X")  # the example of GB 11643
    assert not id_number_valid("110105194912310021")


@given(st.from_regex("[0-9]{17}", fullmatch=True))
def test_the_check_sign_brings_the_sum_of_the_standard_to_one(digits):
    signs = [int(digit) for digit in digits] + [10 if check_sign(digits) == "X" else int(check_sign(digits))]
    assert sum(sign * 2 ** (17 - at) for at, sign in enumerate(signs)) % 11 == 1  # ISO 7064, modulo 11-2


@given(NUMBERS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number, at, step):
    wrong = str((int(number[at]) + step) % 10)
    assert id_number_valid(number)
    assert not id_number_valid(number[:at] + wrong + number[at + 1 :])


@given(NUMBERS, st.integers(0, 15))
def test_two_swapped_digits_are_always_noticed(number, at):
    assume(number[at] != number[at + 1])
    assert not id_number_valid(number[:at] + number[at + 1] + number[at] + number[at + 2 :])


@given(NUMBERS)
def test_every_spelling_of_a_number_becomes_one(number):
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
    assert {normalise_id_number(text) for text in (number, number.lower(), wide, spaced)} == {number}


def test_a_number_of_the_old_form_becomes_the_new_one():
    assert normalise_id_number("110105491231002") == "11010519491231002X"
    assert id_number_valid("110105491231002")


@pytest.mark.parametrize("text", ["", "1234", "张三", "11010519491231002XX", "G12345678"])
def test_what_is_no_number_is_refused(text):
    assert not id_number_valid(text)
    with pytest.raises(Invalid):
        normalise_id_number(text)


def test_a_number_tells_area_birth_and_sex():
    assert id_number_parts("11010519491231002X") == ("110105", date(1949, 12, 31), "女")
    with pytest.raises(Invalid):
        id_number_parts("110105194912310021")


@pytest.mark.parametrize("digits", ["6222020200112233440", "4111111111111111"])
def test_a_card_number_with_a_wrong_last_digit_is_no_card_number(digits):
    right = [digits[:-1] + last for last in "0123456789" if luhn_valid(digits[:-1] + last)]
    assert len(right) == 1


@given(NUMBERS, st.data())
def test_a_number_is_found_though_some_digits_were_read_as_letters(number, data):
    signs = list(number)
    for at in data.draw(st.lists(st.integers(0, 17), max_size=5, unique=True)):
        if signs[at] in MISREAD:
            signs[at] = data.draw(st.sampled_from(MISREAD[signs[at]]))
    assert shown("身份证号" + "".join(signs)) == "身份证号"


@given(
    NUMBERS,
    st.sampled_from([" ", ".", "·", "-"]),
    st.sampled_from(["6 8 4", "3 3 8 4", "4 4 4 6", "6 4 4 4"]),
)
def test_a_number_is_found_across_the_blanks_between_its_groups(number, separator, groups):
    parts, at = [], 0
    for size in map(int, groups.split()):
        parts.append(number[at : at + size])
        at += size
    assert shown(separator.join(parts)) == ""


@given(NUMBERS, st.integers(0, 17), st.integers(1, 9))
def test_a_number_with_one_digit_misread_is_still_covered(number, at, step):
    digit = 10 if number[at] == "X" else int(number[at])
    wrong = number[:at] + str((digit + step) % 10) + number[at + 1 :]
    assert kinds("身份证号" + wrong) == kinds(wrong) == {Kind.ID_NUMBER}


@given(NUMBERS, st.integers(0, 17))
def test_a_number_with_one_digit_lost_is_still_covered(number, at):
    assert kinds(number[:at] + number[at + 1 :]) == {Kind.ID_NUMBER}


@given(NUMBERS, st.integers(0, 9), st.integers(0, 9))
def test_a_number_is_found_among_ghost_digits(number, before, after):
    assert Kind.ID_NUMBER in kinds(f"{before}{number} {after}")


@given(NUMBERS)
def test_one_digit_a_box_is_still_a_number(number):
    assert shown(" ".join(number)) == ""


@given(NUMBERS)
def test_a_number_of_the_old_form_is_found(number):
    assume(number[6:8] == "19")
    assert kinds(number[:6] + number[8:17]) == {Kind.ID_NUMBER}


@given(MOBILES, st.sampled_from(["{}", "手机{}", "Tel:{}", "+86 {}", "电话{}转办公室", "{} 2020"]))
def test_a_mobile_number_is_found(number, context):
    assert number not in shown(context.format(number))


@given(MOBILES)
def test_a_mobile_number_is_found_in_groups(number):
    for text in (
        f"{number[:3]}-{number[3:7]}-{number[7:]}",
        f"{number[:3]} {number[3:7]} {number[7:]}",
        " ".join(number),
    ):
        assert shown(text) == ""


@pytest.mark.parametrize(
    "text", ["010-65541234", "(0571)87654321", "0571 8765 4321", "138OO138OOO", "l3800138000"]
)
def test_other_telephone_numbers_are_found(text):
    assert kinds(text) == {Kind.PHONE}


def test_cards_mails_and_rooms_are_found():
    assert kinds("工资卡6222021234567890128") == {Kind.BANK_CARD}
    assert kinds("卡号 4111 1111 1111 1111") == {Kind.BANK_CARD}
    assert kinds("zhang.san@example.gov.cn") == {Kind.E_MAIL}
    assert kinds("云梧市临江区望山路8号3栋2单元501室") == {Kind.ADDRESS}
    assert kinds("现住临江区望山路8号") == {Kind.ADDRESS}


@pytest.mark.parametrize(
    "text",
    [
        "1985年03月",
        "20201231",
        "2020.12.31",
        "1983.09--1987.07 云梧大学中文系学习",
        "2019-09-01至2023-06-30",
        "1983 09 1987 07 1991 11",
        "云组通〔2012〕28号",
        "云人社发〔2019〕1156号",
        "学号201501030127",
        "证书编号 1000120100512345",
        "毕业证书编号：113041201005001234",
        "2015 2016 2017 2018 2019",
        "工资 4500.00 津贴 1200.00 合计 5700.00",
        "123456789012",
        "ISBN 978-7-01-023456-7",
        "邮编100020",
        "3 干部履历表 2019 05 12 8",
        "SOLID BOSS ZOOLOGIST",
        "参加测评56人，同意54票，弃权1票",
        "GB 11643-1999",
    ],
)
def test_ordinary_numbers_are_left_alone(text):
    assert hits(text) == []


@given(
    st.dates(date(1900, 1, 1), date(2039, 12, 31)),
    st.sampled_from(["%Y%m%d", "%Y.%m.%d", "%Y-%m-%d", "%Y年%m月%d日"]),
)
def test_no_date_is_taken_for_a_number(day, form):
    text = f"{day:{form}} {day:%Y.%m}--{day:%Y.%m}"
    assert hits(text) == []
    assert not is_fragment(f"{day:%Y%m%d}")
    assert not is_fragment(f"{day:%Y%m}")


def test_pieces_of_numbers_are_known():
    assert is_fragment("1101051949")
    assert is_fragment("194912310021")
    assert not is_fragment("0021X")
    assert is_fragment("10021X")
    assert not is_fragment("65541234")
