"""What may be a password."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.common_passwords import common_passwords
from webapp.domain.errors import Invalid
from webapp.domain.passwords import LONGEST, checked, is_common


def accepted(password: str, *, login: str = "zhangwei", name: str = "张伟") -> str:
    return checked(password, login=login, name=name)


@pytest.mark.parametrize(
    "password",
    ["abcdxy1", "a" * 7, "密码七个字的话", ""],
)
def test_fewer_than_eight_characters_are_refused(password: str) -> None:
    with pytest.raises(Invalid, match="至少要 8 个"):
        accepted(password)


@pytest.mark.parametrize(
    "password",
    [
        "woaini1314", "a123456789", "A1234567", "5201314a", "qwerty123", "1qaz2wsx", "zxcvbnm,./", "PASSWORD",
        "P@ssw0rd", "Zhangwei123", "19880808", "1988-08-08", "lantai2026", "Admin@123", "qweasdzxc", "asdfghjkl",
        "11111111", "abababab", "88888888", "iloveyou", "1q2w3e4r", "12345678", "liwei1314", "zw123456", " password ",
        "0987654321", "7758521a", "woaini520", "aaaaaaaa", "abcd1234",
    ],
)  # fmt: skip
def test_common_passwords_are_refused_in_any_case(password: str) -> None:
    with pytest.raises(Invalid, match="常见"):
        accepted(password, login="nobody", name="某")


def test_the_list_of_common_passwords_is_long_and_lower_case() -> None:
    entries = common_passwords()
    assert sum(len(entry) >= 8 for entry in entries) > 3000
    assert all(entry == entry.casefold() for entry in entries)


@pytest.mark.parametrize(
    "password", ["liminghua", "LiMinghua88", "12liminghua!", "李明华2024!!", "李明华 李明华!"]
)
def test_login_and_name_are_no_password(password: str) -> None:
    with pytest.raises(Invalid, match="账号或姓名"):
        checked(password, login="liminghua", name="李明华")


@pytest.mark.parametrize(
    "password", ["松风明月石泉清泉", "a long walk by the lake", "李明华喜欢在湖边散步", "  前后有空格 "]
)
def test_phrases_with_characters_and_blanks_are_welcome(password: str) -> None:
    assert checked(password, login="liminghua", name="李明华") == password


def test_all_256_characters_count_and_the_257th_is_refused() -> None:
    longest = ("湖边的石头 " * 60)[:LONGEST]
    assert accepted(longest) == longest
    with pytest.raises(Invalid, match="最多"):
        accepted(longest + "x")


@given(st.text(st.characters(codec="utf-8", min_codepoint=0x20), min_size=9, max_size=200))
def test_an_accepted_password_is_only_normalised(password: str) -> None:
    try:
        assert accepted(password, login="q" * 9, name="某某某") == unicodedata.normalize("NFC", password)
    except Invalid:
        assert is_common(password) or len(unicodedata.normalize("NFC", password)) < 8
