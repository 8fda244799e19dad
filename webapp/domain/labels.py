"""The words of personnel forms (栏目名称) that say what stands beside them, and how they are found when misread.

Only data and string matching: where on the page the value lies is the matter of labelled.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


class Kind(StrEnum):
    """What a masked value is. UNREAD is writing that no machine could read: it may be anything."""

    ID_NUMBER = "id_number"
    PHONE = "phone"
    ADDRESS = "address"
    FAMILY = "family"
    BANK_CARD = "bank_card"
    E_MAIL = "e_mail"
    HEALTH = "health"
    SALARY = "salary"
    UNREAD = "unread"


def _words(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


# Single fields about relatives in a person's own form: 配偶姓名, 父亲工作单位 ….
_RELATIVES_ASKED = (
    "配偶",
    "爱人",
    "丈夫",
    "妻子",
    "父亲",
    "母亲",
    "子女",
    "儿子",
    "女儿",
    "家长",
    "监护人",
    "亲属",
)
_ASKED_OF_THEM = ("姓名", "工作单位", "单位", "职业", "职务", "出生年月", "政治面貌", "情况")
_ABOUT_RELATIVES = (
    *(one + asked for one in _RELATIVES_ASKED for asked in _ASKED_OF_THEM),
    "紧急联系人",
    "紧急联络人",
    "监护人",
)

# 籍贯 and 出生地 are not here: they name a county, stand on every roster and point at nobody.
# 户籍所在地 is: forms are filled there with the street and the house.
LABELS: dict[Kind, tuple[str, ...]] = {
    Kind.ID_NUMBER: _words(
        """
        身份证 身份证号 身份证号码 居民身份证号码 公民身份号码 公民身份证号码 身份证件号码
        有效证件号码 证件号码 证件号 护照号码 护照号 居民身份证 公民身份号 身份证编号 证件编号
        军官证号 通行证号
        """
    ),
    Kind.PHONE: _words(
        """
        联系电话 联系方式 电话 电话号码 手机 手机号 手机号码 移动电话 办公电话 住宅电话 家庭电话
        宅电 传真 联系手机 手机及微信 微信 微信号 QQ QQ号 Tel
        """
    ),
    Kind.ADDRESS: _words(
        """
        家庭住址 家庭地址 家庭详细住址 现住址 现住地址 现居住地 居住地址 住址 地址 通讯地址
        通信地址 联系地址 邮寄地址 通讯处 户籍地址 户籍所在地 户口所在地 户口地址 住所 居住地
        常住地址 家庭通讯地址
        """
    ),
    Kind.BANK_CARD: _words(
        """
        银行卡号 银行账号 银行帐号 银行卡 工资卡号 工资卡账号 开户账号 开户行及账号 储蓄账号
        存折账号 公积金账号 卡号 账号 帐号
        """
    ),
    Kind.FAMILY: _ABOUT_RELATIVES,
    Kind.E_MAIL: _words("电子邮箱 电子邮件 电子信箱 邮箱地址 邮箱 电邮 E-mail Email"),
    Kind.HEALTH: _words(
        """
        健康状况 健康情况 身体状况 身体情况 既往病史 病史 过敏史 体检结论 体检结果 检查结论
        诊断意见 诊断结果 伤残等级 残疾等级 残疾类别
        """
    ),
    Kind.SALARY: _words(
        """
        基本工资 岗位工资 薪级工资 职务工资 级别工资 基础工资 工龄工资 绩效工资 奖励工资 工资总额
        工资合计 月工资 月工资额 月薪 增资额 津贴补贴 生活补贴 住房补贴
        """
    ),
}

# What more is asked for on papers of a category (小类): elsewhere these words mean something else.
LABELS_BY_CATEGORY: dict[str, dict[Kind, tuple[str, ...]]] = {
    "9-1": {Kind.SALARY: ("合计", "金额", "标准", "工资", "津贴", "补贴", "工资标准", "级别档次", "职务工资标准")},
    "10": {
        Kind.HEALTH: ("内科", "外科", "眼科", "化验", "血压", "血糖", "心电图", "超声", "胸部透视", "心电图和超声",
                      "肝功能", "耳鼻喉", "既往病史", "一般情况", "转氨酶", "左眼视力", "右眼视力", "心率"),
    },
}  # fmt: skip

# Read exactly like this they are no label, however near they come to one.
_NOT_LABELS = re.compile(
    "身份证明|身份认定|身份界定|文件号码|证书号码|证书号|证书编号|文件编号|档案编号|材料编号|软件号码|单位地址|学校地址|网站地址|电话会议|电话记录|"
    "身份证复印件|身份证原件|健康成长|健康发展|居民身份证法|微信公众|微信群|银行卡组织|工资卡片"
)

# Words that head a cell or a column without asking for anything masked: they end a value and mark a header.
_FORM_WORDS_LIST = """
姓名 曾用名 性别 民族 籍贯 出生地 出生 出生年月 出生年月日 出生日期 年龄 年月 政治面貌 入党
入党时间 加入 时间 日期 参加工作 参加工作时间 到龄年月 专业技术 专业技术职务 职称
熟悉专业有何专长 熟悉专业 专长 特长 学历 学位 学历学位 全日制 全日制教育 在职 在职教育 教育
毕业院校 毕业院校系及专业 毕业学校 院校 系 专业 文化程度 现任职务 拟任职务 拟免职务 现任 职务
职级 级别 简历 奖惩情况 奖惩 年度考核 年度考核结果 考核结果 任免理由 称谓 与本人关系 关系
工作单位 单位 部门 单位及职务 呈报单位 审批机关意见 行政机关任免意见 意见 计算年龄时间 填表时间
填表人 备注 照片 邮政编码 邮编 婚姻状况 国籍 血型 身高 体重 申请人 联系人 介绍人 签名 盖章
签字 序号 编号 材料名称 页数 份数 类号 本人 家庭 主要 成员 家庭主要成员 家庭成员 社会关系
重要社会关系 主要社会关系 个人 情况 号码 及 和 或 与 的 并 其他
"""
FORM_WORDS = tuple(_FORM_WORDS_LIST.split())

_KINSHIP_LIST = """
父亲 母亲 丈夫 妻子 配偶 爱人 儿子 女儿 长子 次子 三子 长女 次女 三女 独子 独女 养子
养女 继子 继女 哥哥 弟弟 姐姐 妹妹 大哥 二哥 三哥 大姐 二姐 三姐 兄长 胞兄 胞弟 胞姐
胞妹 岳父 岳母 公公 婆婆 继父 继母 养父 养母 祖父 祖母 外祖父 外祖母 爷爷 奶奶 外公 外婆
姥爷 姥姥 女婿 儿媳 儿媳妇 孙子 孙女 外孙 外孙女 伯父 叔父 叔叔 舅舅 舅父 姑母 姑姑 姨母
姐夫 妹夫 嫂子 弟媳 嫂嫂 侄子 侄女 外甥 外甥女
"""
KINSHIP = tuple(_KINSHIP_LIST.split())
KINSHIP_SHORT = tuple("父母妻夫兄弟姐妹子女")  # 女 is also a sex: one of these is never enough
COMPOUND_SURNAMES = [
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "令狐",
    "司徒",
    "端木",
    "闻人",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "夏侯",
    "长孙",
    "宇文",
    "东方",
    "南宫",
    "独孤",
    "轩辕",
]
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄"
    "聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕"
    "屈饶解牟艾尤时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣"
)

_TRIM = re.compile(r"[（(〔\[【][^）)〕\]】]*[）)〕\]】]|[\s:：;；,，.。、/|_＿—\-*·（）()]")
_WORDS_ONLY = re.compile("(?:" + "|".join(sorted(map(re.escape, FORM_WORDS), key=len, reverse=True)) + ")+")


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A label of a sensitive value at [start, end) of a text. `misread` counts wrong, lost and added signs."""

    kind: Kind
    name: str
    start: int
    end: int
    misread: int


def labels_in(text: str) -> list[LabelMatch]:
    """Labels of sensitive values in a text without spaces, in order, none within another.

    Up to a third of a label's signs may be misread, none of one shorter than four. Where several fit,
    the one that is read most and misread least counts.
    """
    if (kind := _WHOLE.get(text)) is not None:
        return [LabelMatch(kind, text, 0, len(text), 0)]
    candidates = sorted(
        set(_candidates(text)), key=lambda m: (2 * m.misread - (m.end - m.start), m.start, m.name)
    )
    barred = [hit.span() for hit in _NOT_LABELS.finditer(text)] if candidates else []
    kept: list[LabelMatch] = []
    for match in candidates:
        taken = [(other.start, other.end) for other in kept] + barred
        if all(match.end <= start or end <= match.start for start, end in taken):
            kept.append(match)
    return sorted(kept, key=lambda match: match.start)


def trimmed(text: str) -> str:
    """The words of a cell alone: without what stands in brackets, punctuation and spaces."""
    return _TRIM.sub("", text)


def is_heading(text: str, *, longest: int = 24) -> bool:
    """True when a text is nothing but words that forms are printed with: a label or a column header."""
    words = trimmed(text)
    if not words or len(words) > longest:
        return False
    for match in reversed(labels_in(words)):
        words = words[: match.start] + words[match.end :]
    return not words or _WORDS_ONLY.fullmatch(words) is not None


def is_kinship(text: str) -> bool:
    """True when a text says what somebody is to the subject, and nothing else (父亲, 长女)."""
    return trimmed(text) in _KINSHIP_ALL


_KINSHIP_ALL = frozenset(KINSHIP) | frozenset(KINSHIP_SHORT)


def distance(left: str, right: str) -> int:
    """Wrong, lost and added signs between two short texts (Levenshtein)."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]


def _faults(name: str) -> int:
    """How many signs of a label may be misread. None in those about relatives: 本人姓名 is nearly 爱人姓名."""
    return len(name) // 3 if len(name) > 3 and name not in _ABOUT_RELATIVES else 0


def _parts() -> dict[str, list[tuple[Kind, str, int]]]:
    """Every label cut in pieces, one more than may be misread in it: one piece at least must stand in the text."""
    parts: dict[str, list[tuple[Kind, str, int]]] = {}
    for kind, names in LABELS.items():
        for name in names:
            pieces = _faults(name) + 1
            cuts = [round(n * len(name) / pieces) for n in range(pieces + 1)]
            for a, b in pairwise(cuts):
                parts.setdefault(name[a:b], []).append((kind, name, a))
    return parts


_WHOLE = {name: kind for kind, names in LABELS.items() for name in names}
_PARTS = _parts()
_PART_LENGTHS = sorted({len(part) for part in _PARTS})


def _candidates(text: str) -> Iterator[LabelMatch]:
    for at in range(len(text)):
        for length in _PART_LENGTHS:
            for kind, name, offset in _PARTS.get(text[at : at + length], ()):
                if (match := _fit(kind, name, text, at - offset)) is not None:
                    yield match


def _fit(kind: Kind, name: str, text: str, start: int) -> LabelMatch | None:
    """The nearest reading of `name` that begins about `start`, if it is near enough."""
    if start >= 0 and text.startswith(name, start):
        return LabelMatch(kind, name, start, start + len(name), 0)
    faults = _faults(name)
    low = max(0, start - faults)
    window = text[low : start + len(name) + faults]
    if not faults or sum(sign in window for sign in name) < len(name) - faults:
        return None
    misread, begin, end = _nearest(name, window)
    return LabelMatch(kind, name, low + begin, low + end, misread) if misread <= faults else None


def _nearest(name: str, text: str) -> tuple[int, int, int]:
    """(faults, start, end) of the part of `text` that comes nearest to `name` (Sellers' algorithm).

    A state is one number, faults x 256 + start, so that the least of three is found fast.
    """
    row = list(range(len(text) + 1))
    for i, sign in enumerate(name, 1):
        above, row[0] = row[0], i << 8
        for j, other in enumerate(text, 1):
            kept = above if sign == other else above + 256
            above = row[j]
            row[j] = min(kept, above + 256, row[j - 1] + 256)
    end = min(range(len(row)), key=lambda at: (row[at] >> 8, abs(at - (row[at] & 255) - len(name))))
    return row[end] >> 8, row[end] & 255, end
