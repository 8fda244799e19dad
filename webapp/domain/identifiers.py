"""Numbers that point at one person (公民身份号码、电话、银行卡号、电子邮箱): check digits, and finding them misread.

Format of the identity number: GB 11643-1999 (18 signs: area, birth, serial, check) and its 15-digit forerunner.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from webapp.domain.errors import Invalid
from webapp.domain.labels import Kind

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_SIGNS = "10X98765432"
_BIRTH_YEARS = range(1900, 2040)  # wide on purpose: a misread year is still somebody's year
_REGIONS = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
)
PROVINCES = frozenset(_REGIONS.split())

# What a reader takes a digit for. One sign for one, so that places in the text stay true.
_LOOK_ALIKES = str.maketrans("OoQD〇○ОlIi|!丨BSsZzGbqgx×✕✖*Хχ", "00000001111118552266" + "99" + "XXXXXXX")
_AFTER_DIGIT = re.compile(r"(?<=[0-9])[OoQD〇○ОlIi|!丨BSsZzGbqgx×✕✖*Хχ]+")


class IdParts(NamedTuple):
    """What an identity number says of its holder: six-digit area code, day of birth, 男 or 女."""

    area: str
    birth: date
    sex: str


class Hit(NamedTuple):
    """A value of a kind at [start, end) of a text."""

    kind: Kind
    start: int
    end: int


def check_sign(first_seventeen: str) -> str:
    """The eighteenth sign that belongs to seventeen digits (ISO 7064, modulo 11-2)."""
    return _CHECK_SIGNS[sum(w * int(d) for w, d in zip(_WEIGHTS, first_seventeen, strict=True)) % 11]


def normalise_id_number(text: str) -> str:
    """One spelling for one number: eighteen half-width signs, capital X, a 15-digit number brought to 18.

    Spaces, dots and look-alike letters are mended; the check sign is not judged. Raises Invalid
    when no identity number can be meant.
    """
    plain = re.sub(r"[\s.\-·_]", "", unicodedata.normalize("NFKC", text)).translate(_LOOK_ALIKES)
    if re.fullmatch(r"[0-9]{15}", plain):
        longer = plain[:6] + "19" + plain[6:]
        return longer + check_sign(longer)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", plain):
        raise Invalid("身份证号应为18位（或旧的15位）数字，末位可以是X。")
    return plain


def id_number_valid(text: str) -> bool:
    """True for a number that could have been issued: known province, real day of birth, right check sign."""
    try:
        number = normalise_id_number(text)
    except Invalid:
        return False
    return number[:2] in PROVINCES and _is_birth(number[6:14]) and number[17] == check_sign(number[:17])


def id_number_parts(text: str) -> IdParts:
    """Area, day of birth and sex. Raises Invalid when the number could not have been issued."""
    number = normalise_id_number(text)
    if not id_number_valid(number):
        raise Invalid("身份证号的校验位、地区或出生日期不对，请核对。")
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return IdParts(number[:6], born, "男" if int(number[16]) % 2 else "女")


def luhn_valid(digits: str) -> bool:
    """True when the last digit of a bank card number is right (ISO/IEC 7812)."""
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def hits(text: str) -> list[Hit]:
    """Every value that its own form gives away, in a half-width text with single spaces.

    The text is searched as read and with look-alike letters taken for digits; an identity number
    goes before a card or telephone number found at the same place.
    """
    found: list[Hit] = []
    for view in _views(text):
        found += _id_numbers(view)
        found += (Hit(Kind.BANK_CARD, *span) for span in _bank_cards(view))
        found += (
            Hit(Kind.PHONE, *m.span()) for m in _PHONE.finditer(view) if _enough_digits(text, *m.span())
        )
    found += (Hit(Kind.E_MAIL, *m.span()) for m in _E_MAIL.finditer(text))
    found += (Hit(Kind.ADDRESS, *span) for span in _addresses(text))
    return _outermost([hit for hit in found if hit.kind != Kind.ID_NUMBER or _enough_digits(text, *hit[1:])])


def address_end(text: str, start: int, end: int) -> int:
    """Where an address at [start, end) of joined rows has named its last room; `end` when it names none."""
    rooms = [room.end() for room in _NAMED_ROOM.finditer(text, start, end)]
    return rooms[-1] if rooms else end


def is_fragment(digits: str) -> bool:
    """True when up to 14 digits look torn from an identity number.

    That is: a province and a century, a day of birth with digits before it, a day of birth in the last
    century with the serial after it, or a closing X.
    """
    if len(digits) > 14:
        return False
    begun = len(digits) > 7 and digits[:2] in PROVINCES and digits[6:8] in ("19", "20")
    born = any(_is_birth(digits[at : at + 8]) for at in range(2, len(digits) - 7))
    ended = len(digits) in (11, 12) and digits.startswith("19") and _is_birth(digits[:8])
    return begun or born or ended or bool(re.fullmatch(r"[0-9]{5,}X", digits))


def may_be_misread(digits: str) -> bool:
    """True when a run of digits of this length and beginning may be an identity, card or mobile number misread."""
    return len(digits) >= 15 or bool(re.fullmatch("1[3-9][0-9]{8,10}", digits))


def digit_runs(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, digits) of each run of six digits and more, a closing X included, separators left out."""
    for view in _views(text):
        for run in _RUN.finditer(_without_dates(view)):
            if _enough_digits(text, *run.span()):
                yield *run.span(), re.sub("[^0-9X]", "", run[0])


_RUN = re.compile(r"[0-9](?:[ .·\-—]{0,2}[0-9]){5,}(?:[ .]?X(?![A-Za-z]))?")
_OTHER_NUMBER = re.compile("证书|编号|文号|学号|考号|证号(?<!身份证号)|档案号|统一社会信用代码")
_SOLID_X = re.compile(r"[0-9]{15,17}X")
_DATE = re.compile(
    r"(?<![0-9])(?<![0-9]{6}[ .\-])(?:19|20)[0-9]{2}(?P<s>[./\- ])(?:1[0-2]|0?[1-9])(?:(?P=s)[0-3]?[0-9])?(?![0-9])"
)
_PERIOD = re.compile(  # 198809--199302: no identity number begins with 19 or 20
    r"(?<![0-9])(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-3][0-9])? ?[\-—–~至]{1,2} ?"
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-3][0-9])?(?![0-9])"
)
_PHONE = re.compile(
    r"(?<![0-9])(?:\+?(?:00)?86[ \-]?)?1[3-9](?:[0-9]{9}|[0-9][ .\-·]?[0-9]{4}[ .\-·]?[0-9]{4}"
    r"|[0-9][ .\-][0-9]{3}[ .\-][0-9]{5}|[0-9]{2}[ .\-][0-9]{3}[ .\-][0-9]{4})(?![0-9])"
    r"|(?<![0-9] )(?<![0-9])1 [3-9](?: [0-9]){9}(?! ?[0-9])"
    r"|(?<![0-9])\(?0(?:10|2[0-9]|[3-9][0-9]{2})(?:\) ?|[\-— ]+)[2-9][0-9]{2,3}[ \-]?[0-9]{4}(?![0-9])"
)
_E_MAIL = re.compile(r"[A-Za-z0-9._%+\-]{2,} ?@ ?[A-Za-z0-9\-]+(?:[ .,]+[A-Za-z]{2,})+")
_CARD = re.compile(r"(?<![0-9])[0-9]{4}(?:[ \-]?[0-9]{4}){3}(?:[ \-]?[0-9]{1,3})?(?![0-9])")
_ROOM = re.compile(r"[0-9一二三四五六七八九十]{1,4}(?:号楼|号院|栋|幢|单元|室)")
_NAMED_ROOM = re.compile(_ROOM.pattern + "[0-9]{0,4}室?")
_LIVES = re.compile(r"(?:家住|现住|住在|住于|居住在|居住于)")
_PLACE = re.compile("[省市区县镇乡路街道巷弄村里苑园]")
_BEGINS = re.compile(f"{_LIVES.pattern}|[住地]址|[一-龥]{{2,4}}[省市区县]")
_CLAUSE = re.compile(r"[^，。；;,:： ]+")


def _views(text: str) -> list[str]:
    """The text as read, with look-alikes as digits, and with them as digits only behind a digit (Tel138…)."""
    behind = _AFTER_DIGIT.sub(lambda m: m[0].translate(_LOOK_ALIKES), text)
    return list(dict.fromkeys((text, text.translate(_LOOK_ALIKES), behind)))


def _enough_digits(text: str, start: int, end: int) -> bool:
    """Half of what is taken for a number was read as digits: a word in capitals is none."""
    signs = text[start:end].replace(" ", "")
    return 2 * sum("0" <= sign <= "9" for sign in signs) >= len(signs)


def _is_birth(eight: str) -> bool:
    if len(eight) < 8 or not eight.isdecimal() or int(eight[:4]) not in _BIRTH_YEARS:
        return False
    try:
        date(int(eight[:4]), int(eight[4:6]), int(eight[6:8]))
    except ValueError:
        return False
    return True


def _without_dates(view: str) -> str:
    """Dates and periods blanked out, for they stand in rows and would make up long numbers."""
    return _DATE.sub(_blank, _PERIOD.sub(_blank, view))


def _blank(match: re.Match[str]) -> str:
    return "#" * len(match[0])


def _id_numbers(view: str) -> Iterator[Hit]:
    for run in _RUN.finditer(_without_dates(view)):
        places = [at for at in range(*run.span()) if view[at] in "0123456789X"]
        if len(places) < 15:
            continue
        other = _OTHER_NUMBER.search(view, max(0, run.start() - 10), run.start())
        solid = len(places) == len(run[0]) and not other
        for first, last in _id_windows("".join(view[at] for at in places), solid=solid):
            yield Hit(Kind.ID_NUMBER, places[first], places[last - 1] + 1)


def _id_windows(signs: str, *, solid: bool) -> Iterator[tuple[int, int]]:
    """[first, last) of what may be an identity number among signs that stood together.

    `solid` says that nothing stood between them and no other name before them: then also a number with a sign
    lost, added or misread counts.
    """
    for at in range(len(signs) - 16):
        window, area = signs[at : at + 18], signs[at : at + 2] in PROVINCES
        born = _is_birth(window[6:14])
        if born and (area or (len(window) == 18 and window[17] == check_sign(window[:17]))):
            yield at, at + len(window)
    if len(signs) == 15 and signs[:2] in PROVINCES and _is_birth("19" + signs[6:12]):
        yield 0, 15
    if solid and _looks_damaged(signs):
        yield 0, len(signs)


def _looks_damaged(signs: str) -> bool:
    if _SOLID_X.fullmatch(signs):
        return True
    if len(signs) in (17, 18) and signs[:2] in PROVINCES:
        return len(signs) == 17 or signs[6:8] in ("19", "20") or _is_birth("2000" + signs[10:14])
    return 17 <= len(signs) <= 20 and any(
        _is_birth(signs[at : at + 8]) and 2 <= len(signs) - at - 8 <= 5 for at in range(4, 9)
    )


def _bank_cards(view: str) -> Iterator[tuple[int, int]]:
    for card in _CARD.finditer(view):
        digits = re.sub("[^0-9]", "", card[0])
        if re.match("62|4|5[1-5]|3[57]|9", digits) and luhn_valid(digits):
            yield card.span()
        elif digits.startswith("62") and len(card[0]) == len(digits) in (16, 19):
            yield card.span()  # a card of the national scheme with a digit misread


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Clauses that name a room, or say that somebody lives at a place."""
    if not (_ROOM.search(text) or _LIVES.search(text)):
        return
    for clause in _CLAUSE.finditer(text):
        if (_ROOM.search(clause[0]) or _LIVES.search(clause[0])) and _PLACE.search(clause[0]):
            begun = _BEGINS.search(clause[0])
            yield clause.start() + (begun.start() if begun else 0), clause.end()


def _outermost(found: list[Hit]) -> list[Hit]:
    """Without hits that lie within an earlier, better or longer one."""
    kept: list[Hit] = []
    order = list(Kind)
    for hit in sorted(set(found), key=lambda hit: (order.index(hit.kind), hit.start - hit.end)):
        if not any(other.start <= hit.start and hit.end <= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)
