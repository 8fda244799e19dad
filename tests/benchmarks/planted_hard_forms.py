"""Planted forms that make masking hard (疑难版式): strange labels, narrow cells, seals over values, side notes."""

from random import Random

from PIL import Image

from tests.benchmarks.planted import KIN, NEITHER, TRADES, PlantedSheet, Values
from tests.benchmarks.planted_forms import OWN, value_of
from webapp.demonstration.grid import FORM_PX, LEFT_PX, RIGHT_PX, Grid, title
from webapp.demonstration.marks import seal, stamp
from webapp.demonstration.names import draw_name
from webapp.demonstration.places import DISTRICTS, UNITS
from webapp.domain.geometry import Box
from webapp.domain.labels import Kind

# What forms say too, though the product's own list may not.
STRANGE: dict[Kind, tuple[str, ...]] = {
    Kind.ID_NUMBER: (
        "身份证件号",
        "证件号码（身份证）",
        "居民身份证",
        "身份证号（18位）",
        "公民身份号",
        "身份证编号",
    ),
    Kind.PHONE: (
        "手机及微信",
        "联系手机",
        "Tel",
        "电话（手机）",
        "本人电话",
        "紧急联系电话",
        "微信号（手机）",
        "家庭电话号码",
    ),
    Kind.ADDRESS: (
        "现家庭住址",
        "住所",
        "家庭通讯地址",
        "居住地",
        "详细住址",
        "户籍所在地详址",
        "家庭常住地址",
    ),
    Kind.BANK_CARD: ("卡号", "开户行及账号", "工资卡账号", "银行卡", "账号"),
    Kind.E_MAIL: ("邮箱/QQ", "电邮", "E-mail地址", "常用邮箱", "电子邮箱地址"),
}
VILLAGES = (
    "青石桥乡三里村六组",
    "白沙镇上塘村",
    "望江街道办事处松风社区",
    "云岭乡大湾组",
    "渡口镇新民大队第二生产队",
)


def _strange(rng: Random, kind: Kind) -> str:
    return rng.choice(STRANGE[kind])


def _village(rng: Random) -> str:
    return rng.choice(DISTRICTS[2:]) + rng.choice(VILLAGES)


def strange_labels(sheet: PlantedSheet, values: Values) -> None:
    """Labels that are in no list, addresses without a house."""
    rng = sheet.rng
    title(sheet, rng.choice(("情况登记卡", "备案表", "信息采集表")), 110, size=76)
    grid = Grid(sheet, 280, (1.5, 3.4, 1.5, 2.4), [140] * 8)
    harmless = [("姓名", values.name), ("性别", rng.choice("男女")), ("岗位", "档案管理"), ("入职时间", "2011.08"),
                ("爱好", "书法、长跑"), ("所在科室", rng.choice(rng.choice(UNITS).offices))]  # fmt: skip
    rng.shuffle(harmless)
    for row, kind in enumerate(rng.sample(OWN, 5)):
        value = _village(rng) if kind is Kind.ADDRESS and rng.random() < 0.5 else value_of(values, kind)
        grid.label(row, 0, _strange(rng, kind))
        grid.entry(row, 1, value, secret=kind, align=rng.choice(("left", "centre")))
        name, text = harmless[row]
        grid.label(row, 2, name)
        grid.entry(row, 3, text)


def kin_fields(sheet: PlantedSheet, values: Values) -> None:
    """Single fields about relatives in the person's own form, ruled or with a colon."""
    rng = sheet.rng
    title(sheet, rng.choice(("职工登记表", "入学登记表", "户籍登记表")), 110, size=76)
    held = []
    for kin in rng.sample(("配偶", "父亲", "母亲", "子女", "爱人"), 3):
        held.append((f"{kin}姓名", draw_name(rng, "女"), Kind.FAMILY))
        held.append(rng.choice((
            (f"{kin}工作单位", rng.choice(TRADES), Kind.FAMILY), (f"{kin}身份证号", values.id_number(), Kind.ID_NUMBER),
            (f"{kin}电话", values.mobile(), Kind.PHONE), (f"{kin}职业", rng.choice(TRADES), Kind.FAMILY),
        )))  # fmt: skip
    held += [("紧急联系人", draw_name(rng, "男"), Kind.FAMILY), ("姓　名", values.name, None), ("民　族", "汉族", None),
             ("政治面貌", "中共党员", None)]  # fmt: skip
    ruled = rng.random() < 0.6
    grid = Grid(sheet, 280, (1.5, 2.6, 1.5, 2.6), [140] * 5) if ruled else None
    for n, (name, value, kind) in enumerate(held):
        row, column = divmod(n, 2)
        if grid:
            grid.label(row, 2 * column, name)
            grid.entry(row, 2 * column + 1, value, **({"secret": kind} if kind else {}))
        else:
            x = LEFT_PX + column * FORM_PX // 2
            begin = sheet.write(x, 320 + row * 150, name + "：", size=44)
            sheet.write(begin + 12, 316 + row * 150, value, size=44, face=sheet.hand, secret=kind)


def narrow(sheet: PlantedSheet, values: Values) -> None:
    """Cells so narrow that values break over lines and labels run down."""
    rng = sheet.rng
    title(sheet, rng.choice(("花名册", "登记簿")), 110, size=76)
    kinds = rng.sample(OWN, 3)
    names = {Kind.ID_NUMBER: "身份证号", Kind.PHONE: "电话", Kind.ADDRESS: "住址", Kind.BANK_CARD: "银行账号",
             Kind.E_MAIL: "邮箱"}  # fmt: skip
    grid = Grid(sheet, 280, (0.6, 1.6) * 4, [330, 330, 330])
    for row in range(3):
        grid.label(row, 0, "姓\n名")
        grid.entry(row, 1, values.name if not row else draw_name(rng, "男"))
        for column, kind in enumerate(kinds, start=1):
            text = value_of(values, kind)
            grid.label(row, 2 * column, "\n".join(names[kind]))
            cut = len(text) // 2 if kind is not Kind.PHONE else len(text)
            grid.entry(
                row, 2 * column + 1, f"{text[:cut]}\n{text[cut:]}" if cut < len(text) else text, secret=kind
            )


def crowded(sheet: PlantedSheet, values: Values) -> None:
    """Seals over values, digits far apart or full-width, two values in one place."""
    rng = sheet.rng
    unit = rng.choice(UNITS)
    title(sheet, rng.choice(("审批表", "确认书", "回执")), 110, size=80)
    number, phone = values.id_number(), values.mobile()
    y = 330
    end = sheet.write(LEFT_PX, y, "身份证号：", size=46)
    sheet.write(
        end + 10, y, number, size=46, face=sheet.hand, spacing=rng.choice((6, 14, 26)), secret=Kind.ID_NUMBER
    )
    y += 170
    end = sheet.write(LEFT_PX, y, "联系电话：", size=46)
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in phone)
    sheet.write(end + 10, y, wide, size=42, secret=Kind.PHONE)
    y += 170
    end = sheet.write(LEFT_PX, y, "电话：", size=46)
    both = f"{values.mobile()}{rng.choice((' / ', '、', '转8012 或 '))}{values.telephone()}"
    sheet.write(end + 10, y, both, size=44, face=sheet.hand, secret=Kind.PHONE)
    y += 170
    end = sheet.write(LEFT_PX, y, "开户行及账号：", size=46)
    sheet.write(end + 10, y, values.bank_card(), size=44, face=sheet.hand, secret=Kind.BANK_CARD)
    y += 170
    sheet.write(LEFT_PX, y, f"现工作单位：{unit.name}", size=46)
    sheet.write(LEFT_PX, y + 170, "以上信息由本人填写，单位盖章确认。", size=46)
    seal(sheet, rng.randint(900, 1300), rng.choice((350, 540, 700, 860)), unit.name, diameter=420)


def sideways(sheet: PlantedSheet, values: Values) -> None:
    """A note along the margin, written up or down the page, and a stamp with a telephone number."""
    rng = sheet.rng
    unit = rng.choice(UNITS)
    title(sheet, rng.choice(("工作鉴定", "现实表现材料")), 130, size=84)
    said = (f"　　{values.name}同志在{unit.name}工作期间，认真负责{rng.choice(unit.work)}，团结同志，廉洁自律，"
            f"群众基础较好，较好地完成了各项任务。")  # fmt: skip
    sheet.fill(Box(LEFT_PX + 120, 360, RIGHT_PX, 1100), said, size=54, align="top", leading=1.8)
    kind = rng.choice((Kind.ID_NUMBER, Kind.PHONE))
    _write_up(sheet, 120, value_of(values, kind) if kind is Kind.ID_NUMBER else values.mobile(), kind)
    office = f"0{rng.randint(310, 999)}-{rng.randint(2, 8)}{rng.randint(0, 999_999):06}"
    end = sheet.write(LEFT_PX + 120, 1290, "经办人电话：", size=40, face="hei")
    sheet.write(end + 4, 1290, office, size=40, secret=Kind.PHONE, face="hei")
    stamp(sheet, 1500, 1250, unit.short, size=46)


def _write_up(sheet: PlantedSheet, x: int, text: str, kind: Kind) -> None:
    """Write on a strip of its own and paste it turned, reading upwards."""
    strip = PlantedSheet(sheet.rng, hand=sheet.hand)
    strip.write(20, 20, text, size=46, face=sheet.hand, secret=kind)
    right = max(box.right for box in strip.planted[0].places) + 20
    turned = strip.image.crop((0, 0, right, 90)).transpose(Image.Transpose.ROTATE_90)
    top = 420
    sheet.image.paste(turned, (x, top))
    moved = tuple(
        Box(x + b.top, top + right - b.right, x + b.bottom, top + right - b.left)
        for b in strip.planted[0].places
    )
    sheet.planted.append(strip.planted[0]._replace(places=moved))


def roster_free(sheet: PlantedSheet, values: Values) -> None:
    """A list of people in columns that nothing rules."""
    rng = sheet.rng
    title(sheet, rng.choice(("通讯录", "联系人名单", "发放清单")), 110, size=72)
    kinds = rng.choice(
        ((Kind.PHONE, Kind.ADDRESS), (Kind.ID_NUMBER, Kind.PHONE), (Kind.PHONE, Kind.BANK_CARD))
    )
    heads = {
        Kind.PHONE: "联系电话",
        Kind.ADDRESS: "家庭住址",
        Kind.ID_NUMBER: "身份证号",
        Kind.BANK_CARD: "银行卡号",
    }
    xs, y = (LEFT_PX, LEFT_PX + 420, LEFT_PX + 1120), 290
    for x, name in zip(xs, ("姓　名", *(heads[kind] for kind in kinds)), strict=True):
        sheet.write(x, y, name, size=46)
    for _ in range(rng.randint(5, 8)):
        y += rng.randint(110, 140)
        sheet.write(xs[0], y, draw_name(rng, "男"), size=42, face=sheet.hand)
        for x, kind in zip(xs[1:], kinds, strict=True):
            text = _village(rng) if kind is Kind.ADDRESS and rng.random() < 0.4 else value_of(values, kind)
            sheet.write(x, y, text, size=40, face=sheet.hand, secret=kind)


def free_of_words(sheet: PlantedSheet, values: Values) -> None:
    """Relatives told of in a curriculum's own words, several a paragraph, and a list of them with dashes."""
    rng = sheet.rng
    title(sheet, rng.choice(("个人简历", "家庭情况说明")), 120, size=80)
    unit = rng.choice(UNITS)
    does = f"现任{unit.name}{rng.choice(unit.offices)}科员，主要从事{rng.choice(unit.work)}工作"
    said = f"　　本人{values.name}，{does}。家庭成员如下："
    y = sheet.fill(Box(LEFT_PX, 300, RIGHT_PX, 620), said, size=48, align="top", leading=1.7)
    for kinship in rng.sample(KIN, 4):
        y += 130
        one = values.relative(kinship)
        end = sheet.write(LEFT_PX + 80, y, kinship + rng.choice(("：", "—", "　")), size=46, secret=NEITHER)
        end = sheet.write(end + 10, y, one.name, size=46, face=sheet.hand, secret=Kind.FAMILY)
        sheet.write(
            end + 30, y, f"，{one.born[:4]}年生，{one.work}", size=46, face=sheet.hand, secret=Kind.FAMILY
        )


LAYOUTS = {
    layout.__name__: layout
    for layout in (strange_labels, kin_fields, narrow, crowded, sideways, roster_free, free_of_words)
}
