"""Invented names and numbers (虚构姓名与号码): complete in form, impossible in fact."""

import random
from datetime import date

from webapp.domain.identifiers import check_sign

SURNAMES = "沈苏顾裴聂闻秦柳阮霍骆简乔邵俞祁虞岑缪晏卓穆桑蔺尹冉"
COMPOUND_SURNAMES = ("闻人", "端木", "司徒", "令狐")
GIVEN_MEN = "砚舟松衡岳川铮柏桓朗屹骁澍弘毅峤渊崇谦昉"
GIVEN_WOMEN = "薇岚芷兰蘅若棠颖筠苓霏婉溪雁岫绮蓁韵汀黎"
RARE = "喆堃玥翀䶮犇珺燚頔赟翯骉婳祎"  # 生僻字: found in real names, missing from small fonts and old input methods
UNASSIGNED_AREA = (
    "119999"  # a province that exists, so that rules accept it; no place of GB/T 2260 ends in 9999
)
UNASSIGNED_PHONE = "1540000"  # 154 is allotted to no operator
NATIONS = ("汉族",) * 17 + ("土家族", "苗族", "侗族", "回族", "满族")


def draw_name(rng: random.Random, sex: str, surname: str | None = None) -> str:
    """A name of two to four characters; about one in six has a rare character."""
    first = surname or (rng.choice(COMPOUND_SURNAMES) if rng.random() < 0.04 else rng.choice(SURNAMES))
    given = "".join(rng.sample(GIVEN_MEN if sex == "男" else GIVEN_WOMEN, rng.choice((1, 2, 2, 2))))
    if rng.random() < 0.17:
        given = rng.choice(RARE) + given[1:]
    return first + given


def surname_of(name: str) -> str:
    """The family name at the head of a name."""
    return next((first for first in COMPOUND_SURNAMES if name.startswith(first)), name[0])


def draw_id_number(born: date, sex: str, serial: int) -> str:
    """A well-formed identity number that belongs to nobody. `serial` 0 to 499; odd third digit for men."""
    body = f"{UNASSIGNED_AREA}{born:%Y%m%d}{2 * serial + (sex == '男'):03}"
    return body + check_sign(body)


def draw_phone(rng: random.Random) -> str:
    """Eleven digits of a mobile number that nobody can be given."""
    return f"{UNASSIGNED_PHONE}{rng.randrange(10_000):04}"


def in_characters(number: int) -> str:
    """1 to 99 in Chinese: 四十二."""
    tens, ones = divmod(number, 10)
    digits = " 一二三四五六七八九"
    head = ("" if tens == 1 else digits[tens]) + "十" if tens else ""
    return head + (digits[ones] if ones else "")
