"""Pages of a made-up archive, the same on every run, and the plain way of finding things in them."""

import random
from collections.abc import Iterable, Mapping, Sequence

from webapp.search.analysis import normalise
from webapp.search.entry import Entry, Kind
from webapp.search.reader import Rendition, Verify
from webapp.search.sight import Level, Sight

KEY = bytes(range(32))
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉𠅤㑇"  # the last two from the extensions
UNITS = ["市委组织部", "县人民医院", "第二中学", "交通运输局", "水利局", "档案馆"]
POSTS = ["科员", "副主任科员", "主任", "副局长", "教师", "会计"]
PHRASES = [
    "{name}同志，{year}年{month}月参加工作，现任{unit}{post}。",
    "经考核，{name}{year}年度考核结果为优秀，予以嘉奖。",
    "姓名：{spaced}  身份证号：{number}  工作单位：{unit}",
    "任命{name}为{unit}{post}，试用期一年。\n免去{other}的{post}职务。",
    "证明人{other}，{unit}{post}，联系电话{phone}。",
    "关于给予{name}警告处分的决定（{year}）第{month}号",
    "入党志愿书：本人自愿加入中国共\n产党，介绍人{other}、{name}。",
]


def page_texts(count: int, seed: int = 1) -> dict[str, str]:
    """Ref → text of `count` pages, 30 to 300 characters each."""
    draw = random.Random(seed)
    return {f"page:{n}": _page(draw) for n in range(1, count + 1)}


def _page(draw: random.Random) -> str:
    def name() -> str:
        return draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=draw.choice((1, 2))))

    def identity_number() -> str:
        birth = f"{draw.randint(1950, 2000)}0{draw.randint(101, 928)}"
        return f"{draw.randint(110000, 659000)}{birth}00{draw.randint(10, 99)}"

    def sentence() -> str:
        subject = name()
        return draw.choice(PHRASES).format(
            name=subject,
            spaced="　".join(subject),
            other=name(),
            unit=draw.choice(UNITS),
            post=draw.choice(POSTS),
            year=draw.randint(1970, 2024),
            month=draw.randint(1, 12),
            number=identity_number(),
            phone=f"13{draw.randint(10**8, 10**9 - 1)}",
        )

    return "\n".join(sentence() for _ in range(draw.randint(1, 8)))


def entries(texts: Mapping[str, str], masked: Mapping[str, str] | None = None) -> Iterable[Entry]:
    """The texts as pages of ten dossiers in turn, eleven categories in turn."""
    for place, (ref, text) in enumerate(texts.items()):
        yield Entry(
            ref,
            dossier=place % 10,
            clear=text,
            masked=(masked or texts)[ref],
            material=place // 5,
            category=place % 11,
        )


def everywhere(level: Level) -> Sight:
    """A sight that is the same for every entry."""
    return Sight({(kind, 0, category): level for kind in Kind for category in range(17)}, {}, 0)


def verifier(clear: Mapping[str, str], masked: Mapping[str, str] | None = None) -> Verify:
    """Gives texts as a caller would."""

    def texts_of(wanted: Sequence[tuple[str, Rendition]]) -> Mapping[str, str]:
        held = {"clear": clear, "masked": masked or clear}
        return {ref: held[rendition][ref] for ref, rendition in wanted if ref in held[rendition]}

    return texts_of


def containing(wording: str, texts: Mapping[str, str]) -> set[str]:
    """Refs of the texts that contain a wording, found by looking at every one."""
    return {ref for ref, text in texts.items() if normalise(wording) in normalise(text)}
