"""How planted forms are laid out (埋点版式): tables, lines, prose, boxes for digits, numbers without a label."""

from collections.abc import Callable
from random import Random

from tests.benchmarks.planted import AILMENTS, NEITHER, PlantedSheet, Relative, Values
from webapp.demonstration.grid import FORM_PX, LEFT_PX, RIGHT_PX, Grid, title
from webapp.demonstration.marks import portrait, seal, stamp
from webapp.demonstration.places import MAJORS, NATIVE_PLACES, UNITS
from webapp.domain.geometry import Box
from webapp.domain.labels import LABELS, Kind

Layout = Callable[[PlantedSheet, Values], None]
OWN = (Kind.ID_NUMBER, Kind.PHONE, Kind.ADDRESS, Kind.BANK_CARD, Kind.E_MAIL)
_WIDE = {Kind.ID_NUMBER: 2, Kind.ADDRESS: 3, Kind.BANK_CARD: 2, Kind.E_MAIL: 2}  # columns that a value needs
_RELATION = ("称　谓", "称谓", "与本人关系", "关系", "称　呼")
_WORK = ("工作单位及职务", "现在何处任何职", "工作单位", "职业")


def label_of(rng: Random, kind: Kind) -> str:
    """One of the names under which forms ask for a kind of value, sometimes spaced out."""
    name = rng.choice([name for name in LABELS[kind] if len(name) > 1])
    return "　".join(name) if len(name) == 2 and rng.random() < 0.5 else name


def value_of(values: Values, kind: Kind) -> str:
    """A new value of a kind."""
    makers: dict[Kind, Callable[[], str]] = {
        Kind.ID_NUMBER: values.id_number, Kind.PHONE: values.telephone, Kind.ADDRESS: values.address,
        Kind.BANK_CARD: values.bank_card, Kind.E_MAIL: values.e_mail,
        Kind.HEALTH: lambda: values.rng.choice(AILMENTS),
        Kind.SALARY: lambda: f"{values.rng.randint(2100, 9800)}{values.rng.choice(('', '元', '.50'))}",
    }  # fmt: skip
    return makers[kind]()


def _plain(values: Values) -> list[tuple[str, str]]:
    """Fields that nobody hides."""
    rng = values.rng
    unit = rng.choice(UNITS)
    fields = [
        ("姓　名", values.name), ("性　别", rng.choice("男女")), ("民　族", "汉族"),
        ("籍　贯", rng.choice(NATIVE_PLACES)), ("学　历", rng.choice(("大学本科", "大专", "研究生"))),
        ("政治面貌", "中共党员"), ("参加工作时间", f"{rng.randint(1980, 2015)}.07"),
        ("现任职务", rng.choice(unit.offices) + "科员"), ("所学专业", rng.choice(MAJORS)[1]),
    ]  # fmt: skip
    return [fields[0], *rng.sample(fields[1:], 5)]


def register(sheet: PlantedSheet, values: Values) -> None:
    """Ruled pairs of labels and values, two or three in a row, with a photograph on some."""
    rng = sheet.rng
    title(sheet, rng.choice(("人员信息登记表", "干部基本情况登记表", "报名登记表", "联系表")), 110, size=76)
    rows = rng.randint(9, 11)
    grid = Grid(sheet, 260, (1.35, 1.6, 1.35, 1.6, 1.5), [1380 // rows] * rows)
    asked = [(name, value, None, 1) for name, value in _plain(values)]
    for kind in rng.sample(OWN, rng.randint(3, 5)) + rng.sample((Kind.HEALTH, Kind.SALARY), 1):
        asked.append((label_of(rng, kind), value_of(values, kind), kind, _WIDE.get(kind, 1)))
    rng.shuffle(asked)
    row = column = 0
    for name, value, kind, wide in asked:
        span = 3 if wide > 1 else 1
        if column + 1 + span > 4:
            row, column = row + 1, 0
        if row == rows:
            break
        grid.label(row, column, name)
        more = {"secret": kind} if kind else {}
        grid.entry(row, column + 1, value, columns=span, align=rng.choice(("left", "centre")), **more)
        column += 1 + span
    if rng.random() < 0.4:
        portrait(sheet, grid.box(0, 4, 3).grown(-20, -20, within=sheet.image.size))
        sheet.frame(grid.box(0, 4, 3))


def underlined(sheet: PlantedSheet, values: Values) -> None:
    """Labels with a colon, values on a line; one or two in a row."""
    rng = sheet.rng
    title(sheet, rng.choice(("个人情况说明", "申请表", "证明信", "委托书")), 120, size=80)
    size, y = rng.choice((40, 46, 54)), 330
    colon = rng.choice((":", "：", "　"))
    asked = [(name, value, None) for name, value in _plain(values)[:4]]
    asked += [(label_of(rng, kind), value_of(values, kind), kind) for kind in rng.sample(OWN, 5)]
    rng.shuffle(asked)
    x = LEFT_PX
    for name, value, kind in asked:
        wide = kind in _WIDE
        if (wide and x > LEFT_PX) or x > LEFT_PX + FORM_PX // 2 + 10:
            x, y = LEFT_PX, y + 150
        begin = sheet.write(x, y, name + colon, size=size) + rng.randint(6, 40)
        end = sheet.write(begin, y - 4, value, size=size, face=sheet.hand, secret=kind)
        limit = RIGHT_PX if wide else x + FORM_PX // 2 - 40
        if rng.random() < 0.7:
            sheet.rule(begin - 6, y + size + 8, max(limit, end + 30) - begin)
        x = RIGHT_PX if wide or end > limit else x + FORM_PX // 2 + 20


def _row_of(rng: Random, one: Relative, columns: list[str]) -> list[tuple[str, str]]:
    shown: dict[str, tuple[str, str]] = {
        "name": (one.name, Kind.FAMILY), "born": (one.born, Kind.FAMILY), "politics": (one.politics, Kind.FAMILY),
        "work": (one.work, Kind.FAMILY), "id": (one.id_number, Kind.ID_NUMBER), "phone": (one.phone, Kind.PHONE),
    }  # fmt: skip
    return [(one.kinship, NEITHER), *(shown[column] for column in columns)]


def _family_columns(rng: Random) -> tuple[list[str], list[str], list[float]]:
    names = {"name": "姓　名", "born": rng.choice(("出生年月", "年龄", "出生日期")), "politics": "政治面貌",
             "work": rng.choice(_WORK), "id": "身份证号", "phone": rng.choice(("联系电话", "电话"))}  # fmt: skip
    columns = rng.choice((
        ["name", "born", "politics", "work"], ["name", "born", "work"], ["name", "born", "politics", "work", "phone"],
        ["name", "id", "work"], ["name", "born", "work", "phone"], ["name", "id", "phone"],
    ))  # fmt: skip
    wide = {"work": 3.0, "id": 2.9, "phone": 2.1, "born": 1.3, "politics": 1.3, "name": 1.2}
    return columns, [rng.choice(_RELATION), *(names[c] for c in columns)], [1.1, *(wide[c] for c in columns)]


def relatives(sheet: PlantedSheet, values: Values) -> None:
    """A ruled table of relatives with its header, its title above it or down its side."""
    _family_table(sheet, values, headed=True)


def relatives_continued(sheet: PlantedSheet, values: Values) -> None:
    """The same table where it goes on: its header stands on the page before."""
    _family_table(sheet, values, headed=False)


def _family_table(sheet: PlantedSheet, values: Values, *, headed: bool) -> None:
    rng = sheet.rng
    columns, heads, widths = _family_columns(rng)
    side = headed and rng.random() < 0.5
    if headed and not side:
        title(
            sheet,
            rng.choice(("家庭主要成员及重要社会关系", "家庭成员情况", "家庭主要成员情况")),
            120,
            size=64,
        )
    height = rng.randint(104, 140)
    empty = rng.randint(0, 2)
    grid = Grid(sheet, 290 if headed else 150, [*([0.8] if side else []), *widths],
                [height] * (len(values.relatives) + empty + headed))  # fmt: skip
    first = int(side)
    if side:
        grid.label(0, 0, "家\n庭\n主\n要\n成\n员", rows=len(values.relatives) + empty + 1)
    if headed:
        for column, name in enumerate(heads):
            grid.label(0, first + column, name)
    for row in range(len(values.relatives) + empty):
        shown = _row_of(rng, values.relatives[row], columns) if row < len(values.relatives) else []
        for column in range(len(columns) + 1):
            text, kind = shown[column] if shown else ("", None)
            grid.entry(row + headed, first + column, text, size=42, **({"secret": kind} if kind else {}))
    _footing(sheet, values, grid.bottom + 60)


def relatives_free(sheet: PlantedSheet, values: Values) -> None:
    """Relatives in columns that nothing rules."""
    rng = sheet.rng
    title(sheet, "家庭主要成员及社会关系", 120, size=64)
    columns, heads, widths = _family_columns(rng)
    scale, y = FORM_PX / sum(widths), 330
    xs = [LEFT_PX + round(sum(widths[:n]) * scale) for n in range(len(widths))]
    for x, name in zip(xs, heads, strict=True):
        sheet.write(x, y, name, size=44)
    for one in values.relatives:
        y += rng.randint(96, 120)
        for x, (text, kind) in zip(xs, _row_of(rng, one, columns), strict=True):
            sheet.write(x, y, text, size=42, face=sheet.hand, secret=kind)
    _footing(sheet, values, y + 150)


def _footing(sheet: PlantedSheet, values: Values, y: int) -> None:
    unit = values.rng.choice(UNITS)
    if y < 1500:
        said = f"　　本人{values.name}，现在{unit.name}工作，以上所填情况属实，如有不实愿意承担相应责任。"
        y = sheet.fill(Box(LEFT_PX, y, RIGHT_PX, 1700), said, size=46, align="top", leading=1.7)
    if values.rng.random() < 0.5:
        seal(sheet, 1900, 1480, unit.name, diameter=380)


def roster(sheet: PlantedSheet, values: Values) -> None:
    """A list of several people with a column for each kind."""
    rng = sheet.rng
    title(sheet, rng.choice(("参会人员名单", "通讯录", "报名人员汇总表", "体检人员名单")), 110, size=68)
    kinds = rng.choice(([Kind.ID_NUMBER, Kind.PHONE], [Kind.PHONE, Kind.E_MAIL], [Kind.ID_NUMBER, Kind.BANK_CARD],
                        [Kind.PHONE, Kind.ADDRESS]))  # fmt: skip
    rows, size = rng.randint(6, 11), rng.choice((34, 38, 42))
    wide = {Kind.ADDRESS: 4.5, Kind.PHONE: 2.0}
    grid = Grid(sheet, 250, (0.6, 1.2, *(wide.get(kind, 3.0) for kind in kinds)), [110] * (rows + 1))
    for column, name in enumerate(("序号", "姓　名", *(label_of(rng, kind) for kind in kinds))):
        grid.label(0, column, name)
    for row in range(1, rows + 1):
        grid.entry(row, 0, str(row), size=size)
        grid.entry(row, 1, values.name if row == 1 else values.relative("").name, size=size)
        for column, kind in enumerate(kinds, start=2):
            grid.entry(row, column, value_of(values, kind), size=size, secret=kind)


def slots(sheet: PlantedSheet, values: Values) -> None:
    """A box for every digit of the identity number, and of a telephone number on some."""
    rng = sheet.rng
    title(sheet, rng.choice(("证件申领表", "考生报名表")), 120, size=80)
    for n, (name, value) in enumerate(_plain(values)[:3]):
        x = LEFT_PX + n * 680
        sheet.write(sheet.write(x, 330, name + "：", size=46) + 20, 330, value, size=46, face=sheet.hand)
    rows = [(rng.choice(("身份证号", "公民身份号码", "身份证号码")), values.id_number(), Kind.ID_NUMBER)]
    if rng.random() < 0.6:
        rows.append((rng.choice(("手机号码", "联系电话")), f"154{rng.randint(0, 99_999_999):08}", Kind.PHONE))
    for n, (name, value, kind) in enumerate(rows):
        grid = Grid(sheet, 500 + 260 * n, (4.2, *[1] * len(value)), [rng.choice((86, 100, 116))])
        grid.label(0, 0, name)
        for column in range(len(value)):
            grid.entry(0, column + 1, "")
        _in_slots(sheet, grid, value, kind)
    _footing(sheet, values, 1080)


def _in_slots(sheet: PlantedSheet, grid: Grid, value: str, kind: Kind) -> None:
    held = len(sheet.harmless)
    for column, sign in enumerate(value, start=1):
        sheet.fill(grid.box(0, column), sign, size=52)
    sheet.plant(kind, value, held)


def prose(sheet: PlantedSheet, values: Values) -> None:
    """Sentences that tell of the writer's family and of how the writer is reached."""
    rng = sheet.rng
    title(sheet, rng.choice(("自　传", "情况说明", "思想汇报")), 120, size=80)
    first, second = values.relatives[:2]
    for one in (first, second):
        sheet.knows(Kind.FAMILY, one.name)
        sheet.knows(Kind.FAMILY, one.work)
    number, phone = sheet.knows(Kind.ID_NUMBER, values.id_number()), sheet.knows(Kind.PHONE, values.mobile())
    address = sheet.knows(Kind.ADDRESS, values.address())
    unit = rng.choice(UNITS)
    told = [
        f"我叫{values.name}，身份证号{number}，现在{unit.name}{rng.choice(unit.offices)}工作。",
        f"{first.kinship}{first.name}，{first.born[:4]}年出生，系{first.work}。",
        f"我的{second.kinship}{second.name}现为{second.work}，一直支持我的工作。",
        f"家住{address}，联系电话{phone}。",
        f"多年来我参与了{rng.choice(unit.work)}等工作，得到领导和同事的肯定，今后将更加努力。",
    ]
    if rng.random() < 0.5:
        rng.shuffle(told)
    sheet.fill(Box(LEFT_PX, 300, RIGHT_PX, 1650), "　　" + "".join(told), size=rng.choice((44, 50, 56)), align="top",
               leading=1.7)  # fmt: skip


def card(sheet: PlantedSheet, values: Values) -> None:
    """The copy of an identity card: small print without colons on a tinted ground."""
    rng = sheet.rng
    title(sheet, "身份证复印件", 110, size=60)
    box = Box(560, 260, 1920, 1120)
    sheet.draw.rectangle(
        (box.left, box.top, box.right, box.bottom), fill=rng.choice(((214, 228, 232), (232, 232, 230)))
    )
    sheet.frame(box)
    blue, x = (44, 84, 132), box.left + 80
    born = values.rng.randint(1950, 2004)
    for n, (name, value) in enumerate(
        (("姓名", values.name), ("性别", "男　　民族　汉"), ("出生", f"{born} 年 7 月 6 日"))
    ):
        sheet.write(x, box.top + 80 + n * 100, name, size=34, ink=blue)
        sheet.write(x + 110, box.top + 76 + n * 100, value, size=42, face="hei")
    sheet.write(x, box.top + 390, "住址", size=34, ink=blue)
    sheet.fill(Box(x + 100, box.top + 360, x + 860, box.top + 560), values.address(), size=42, face="hei", align="top",
               secret=Kind.ADDRESS)  # fmt: skip
    sheet.write(x, box.bottom - 150, "公民身份号码", size=36, ink=blue)
    sheet.write(
        x + 300, box.bottom - 160, values.id_number(), size=56, face="hei", spacing=8, secret=Kind.ID_NUMBER
    )
    portrait(sheet, Box(box.right - 420, box.top + 90, box.right - 90, box.top + 520))
    sheet.write(LEFT_PX, 1240, "此复印件与原件核对一致，仅供干部人事档案审核使用。", size=46)


def stray(sheet: PlantedSheet, values: Values) -> None:
    """Numbers that nothing announces: a note in the margin, a line under a photograph, a stamp with a telephone."""
    rng = sheet.rng
    unit = rng.choice(UNITS)
    title(sheet, rng.choice(("证　明", "介绍信", "通　知")), 130, size=88)
    does = f"在我单位{rng.choice(unit.offices)}工作，主要负责{rng.choice(unit.work)}"
    said = f"　　兹有{values.name}同志{does}，表现良好，特此证明。"
    y = sheet.fill(Box(LEFT_PX, 340, RIGHT_PX, 900), said, size=56, align="top", leading=1.8)
    number, phone = values.id_number(), values.mobile()
    sheet.write(
        LEFT_PX,
        y + 120,
        number,
        size=rng.choice((36, 44, 52)),
        face=rng.choice(("pen", "hei")),
        secret=Kind.ID_NUMBER,
    )
    sheet.write(
        rng.randint(900, 1600), y + 330, phone, size=rng.choice((36, 44)), face="pen", secret=Kind.PHONE
    )
    if rng.random() < 0.6:
        sheet.write(
            LEFT_PX + 40, y + 480, values.bank_card(), size=44, face=sheet.hand, secret=Kind.BANK_CARD
        )
    if rng.random() < 0.5:
        stamp(sheet, 300, 1500, "已核对", size=44)
    seal(sheet, 1850, 1400, unit.name, diameter=400)


def pay(sheet: PlantedSheet, values: Values) -> None:
    """What somebody earns, and the account it goes to."""
    _measured(sheet, values, Kind.SALARY, rng_title=("工资审批表", "工资套改花名册", "增资情况表"))


def health(sheet: PlantedSheet, values: Values) -> None:
    """What a doctor found."""
    _measured(sheet, values, Kind.HEALTH, rng_title=("体检情况表", "健康状况登记表", "伤残情况登记表"))


def _measured(sheet: PlantedSheet, values: Values, kind: Kind, *, rng_title: tuple[str, ...]) -> None:
    rng = sheet.rng
    title(sheet, rng.choice(rng_title), 110, size=76)
    asked = [(name, value, None) for name, value in _plain(values)[:4]]
    names = rng.sample([name for name in LABELS[kind] if len(name) > 2], 4)
    asked += [(name, value_of(values, kind), kind) for name in names]
    other = Kind.BANK_CARD if kind is Kind.SALARY else Kind.PHONE
    asked.append((label_of(rng, other), value_of(values, other), other))
    grid = Grid(sheet, 270, (1.4, 3, 1.4, 3), [150] * 6)
    for n, (name, value, planted) in enumerate(asked):
        grid.label(n // 2, 2 * (n % 2), name)
        grid.entry(n // 2, 2 * (n % 2) + 1, value, **({"secret": planted} if planted else {}))
    _footing(sheet, values, grid.bottom + 80)


LAYOUTS: dict[str, Layout] = {
    layout.__name__: layout
    for layout in (register, underlined, relatives, relatives_continued, relatives_free, roster, slots, prose, card,
                   stray, pay, health)
}  # fmt: skip
