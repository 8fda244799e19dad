"""Forms with planted values (埋点表格): drawn to be worn, read and masked, with the place of every character known."""

import random
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from PIL import Image, ImageDraw

from webapp.demonstration.glyphs import Face
from webapp.demonstration.names import draw_name
from webapp.demonstration.places import CITY, DISTRICTS, ESTATES, PROVINCE, STREETS
from webapp.demonstration.sheet import Placed, Sheet
from webapp.domain.geometry import Box
from webapp.domain.identifiers import PROVINCES, check_sign, luhn_valid
from webapp.domain.labels import Kind

HALF_PX = (2480, 1754)  # half a sheet of A4, lying, at 300 dpi: half the time of a whole one
NEITHER = "neither"  # may be covered with the row it stands in or not: counts neither way
KIN = ("父亲", "母亲", "妻子", "丈夫", "长子", "女儿", "哥哥", "妹妹", "岳父", "岳母", "弟弟", "姐姐")
AILMENTS = (
    "慢性乙型肝炎",
    "二级高血压，长期服药",
    "轻度抑郁，已治愈",
    "左膝半月板术后",
    "糖尿病，空腹血糖偏高",
)
PARTIES = ("中共党员", "群众", "共青团员", "民盟盟员")
TRADES = ("望岫县第三小学教师", "北渚县供销社退休职工", "梧东区在家务农", "云梧机务段司机", "临澄县医院护士")
_BOXES = ("qq.com", "163.com", "yunwu.gov.cn", "mail.lanjiang.cn")


class Planted(NamedTuple):
    """A value that no masked reader may see, and what the ink of each of its characters takes up, as drawn."""

    kind: Kind
    text: str
    places: tuple[Box, ...]


@dataclass
class Relative:
    """Somebody else, as a form asks for them."""

    kinship: str
    name: str
    born: str
    politics: str
    work: str
    id_number: str
    phone: str


@dataclass
class Values:
    """What is planted on one form. `known` finds each again wherever it is written."""

    rng: random.Random
    name: str = ""
    relatives: list[Relative] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = self.rng
        self.name = draw_name(rng, rng.choice("男女"))
        kin = rng.sample(KIN, rng.randint(3, 5))
        self.relatives = [self.relative(kinship) for kinship in kin]

    def relative(self, kinship: str) -> Relative:
        """A relative, every part of whom is new."""
        rng = self.rng
        born = f"{rng.randint(1938, 2012)}.{rng.randint(1, 12):02}"
        name = draw_name(rng, rng.choice("男女"))
        return Relative(
            kinship, name, born, rng.choice(PARTIES), rng.choice(TRADES), self.id_number(), self.mobile()
        )

    def id_number(self) -> str:
        """A well-formed identity number, one in twelve of the old kind with 15 digits."""
        rng = self.rng
        area = f"{rng.choice(sorted(PROVINCES))}99{rng.randint(10, 99)}"  # no place has a code like this
        birth = f"{rng.randint(1938, 2006)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
        if rng.random() < 1 / 12:
            return f"{area}{birth[2:]}{rng.randint(0, 999):03}"
        first = f"{area}{birth}{rng.randint(0, 999):03}"
        return first + check_sign(first)

    def mobile(self) -> str:
        """Eleven digits, sometimes in groups."""
        digits = f"154{self.rng.randint(0, 99_999_999):08}"  # 154 is allotted to no operator
        form = self.rng.random()
        if form < 0.1:
            return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}" if form < 0.2 else digits

    def telephone(self) -> str:
        """A mobile number, or one in five of a line in an office."""
        rng = self.rng
        if rng.random() > 0.2:
            return self.mobile()
        return f"0{rng.randint(310, 999)}{rng.choice(('-', '－', ' '))}{rng.randint(2, 8)}{rng.randint(0, 999_999):06}"

    def address(self) -> str:
        """Where nobody lives."""
        rng = self.rng
        street = f"{rng.choice(DISTRICTS)}{rng.choice(STREETS)}"
        if rng.random() < 0.3:
            return f"{street}{rng.choice(ESTATES)}{rng.randint(2, 30)}号楼{rng.randint(101, 909)}"
        house = f"{rng.randint(1, 40)}号{rng.randint(1, 9)}栋{rng.randint(1, 4)}单元"
        return f"{PROVINCE}{CITY}{street}{house}{rng.randint(1, 18)}0{rng.randint(1, 4)}室"

    def bank_card(self) -> str:
        """A card number with its right last digit, often in groups of four."""
        rng = self.rng
        first = "62" + "".join(rng.choice("0123456789") for _ in range(rng.choice((13, 16))))
        digits = next(first + last for last in "0123456789" if luhn_valid(first + last))
        return " ".join(re.findall(".{1,4}", digits)) if rng.random() < 0.5 else digits

    def e_mail(self) -> str:
        """Of letters and digits."""
        rng = self.rng
        letters = "".join(rng.choice("abcdefghkmnprstuwxyz") for _ in range(rng.randint(4, 8)))
        return f"{letters}{rng.randint(1, 9999)}@{rng.choice(_BOXES)}"


class PlantedSheet(Sheet):
    """Half a sheet that notes for every character whether it is part of a planted value."""

    def __init__(self, rng: random.Random, *, hand: Face) -> None:
        super().__init__(rng, hand=hand)
        self.image = Image.new("RGB", HALF_PX, "white")
        self.draw = ImageDraw.Draw(self.image)
        self.known: list[tuple[Kind, str]] = []
        self.planted: list[Planted] = []
        self.harmless: list[Box] = []
        self.harmless_text = ""

    def knows(self, kind: Kind, value: str) -> str:
        """From now on this value is planted wherever it is written. Returns it."""
        self.known.append((kind, value))
        return value

    def _record(self, placed: list[Placed], secret: str | None) -> None:
        super()._record(placed, None)
        whole = "".join(item.char for item in placed)
        taken: set[int] = set(range(len(placed))) if secret else set()
        if secret == NEITHER:
            return
        if secret:
            self._plant(Kind(secret), whole, placed)
        else:
            for kind, value in self.known:
                for found in re.finditer(re.escape(value), whole):
                    self._plant(kind, value, placed[found.start() : found.end()])
                    taken |= set(range(*found.span()))
        plain = [item for n, item in enumerate(placed) if item.box and n not in taken]
        self.harmless += [item.box for item in plain]
        self.harmless_text += "".join(item.char for item in plain) + " "

    def _plant(self, kind: Kind, text: str, placed: list[Placed]) -> None:
        self.planted.append(Planted(kind, text, tuple(item.box for item in placed if item.box)))

    def plant(self, kind: Kind, text: str, since: int) -> None:
        """All that was written since there were `since` harmless characters is one value."""
        self.planted.append(Planted(kind, text, tuple(self.harmless[since:])))
        del self.harmless[since:]
        self.harmless_text = self.harmless_text[: -2 * len(text)]
