"""One-page register forms that are alike (登记表、审批表): a few particulars, then statements down to the foot."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from random import Random

from webapp.demonstration.forms.paper import Paper, hand_of, ymd
from webapp.demonstration.grid import Grid, Statement, statements, title
from webapp.demonstration.people import Award, Person
from webapp.demonstration.sheet import Sheet
from webapp.demonstration.wording import RESULTS, paragraph

ANGLES = ("实践与思考", "问题与对策", "云梧样本", "十年回顾")
COMMITTEE = "中共云梧市委组织部"


def register(
    person: Person,
    category: str,
    name: str,
    on: date,
    held: Sequence[Statement],
    more: Sequence[tuple[str, str]] = (),
) -> Paper:
    """A form of one page; `more` are further label and value rows under the person's own."""
    painter = partial(_page, person=person, name=name, held=tuple(held), more=tuple(more))
    return Paper(category, name, ymd(on), (painter,), hand_of(on.year))


def _page(
    sheet: Sheet, *, person: Person, name: str, held: tuple[Statement, ...], more: tuple[tuple[str, str], ...]
) -> None:
    title(sheet, name, 240, size=88 if len(name) < 14 else 72)
    grid = Grid(sheet, 430, (1.1, 1.6, 1, 1.2, 1.2, 1.7), [130] * (3 + len(more)))
    grid.pairs(0, "姓　名", person.name, "性　别", person.sex, "出生年月", f"{person.born:%Y.%m}")
    grid.pairs(1, "民　族", person.nation, "籍　贯", person.native_place, "政治面貌", person.politics)
    for row, (label, value) in enumerate((("单位及职务", person.post), *more), start=2):
        grid.label(row, 0, label)
        grid.entry(row, 1, value, columns=5, align="left")
    statements(sheet, grid.bottom, 3220, held)


def award_form(person: Person, award: Award) -> Paper:
    """公务员奖励审批表, with the deed that earned it."""
    before = award.on - timedelta(days=9)
    held = [
        Statement(
            "主要事迹",
            f"{person.name}同志{award.deed}。在{award.on.year}年的工作中始终冲在前面，受到干部群众好评。",
            2,
        ),
        Statement("呈报机关意见", f"拟给予{award.title}奖励。", 1, sealed=person.unit.name, on=before),
        Statement(
            "审批机关意见", f"同意授予“{award.title}”。", 1, sealed=award.by.split("、")[0], on=award.on
        ),
        Statement("备注", "", 0.4),
    ]
    return register(person, "7", "公务员奖励审批表", award.on, held, (("拟给予奖励", award.title),))


def title_form(person: Person, on: date, rng: Random) -> Paper:
    """专业技术职务任职资格评审表 (4-2)."""
    yes = rng.randint(9, 13)
    done = paragraph(rng, RESULTS, 3, person.unit)
    held = [
        Statement("任现职以来主要业绩", done, 1.8, signed=person.name, on=on.replace(day=2)),
        Statement(
            "评审委员会评审结果",
            f"评审委员十三人，到会十三人，赞成{yes}票，反对{13 - yes}票，通过。",
            1,
            sealed="岚江省职称评审委员会",
            on=on,
        ),
        Statement(
            "公布任职资格机关意见",
            f"确认{person.title or '助理工程师'}任职资格。",
            1,
            sealed=COMMITTEE,
            on=on,
        ),
    ]
    more = (("身份证号", person.id_number), ("申报资格", person.title or "助理工程师"))
    return register(person, "4-2", "专业技术职务任职资格评审表", on, held, more)


def publications(person: Person, on: date, rng: Random) -> Paper:
    """科研成果和论文目录 (4-3)."""
    works = "；".join(
        f"（{i}）《{rng.choice(person.unit.work)}的{rng.choice(ANGLES)}》，"
        f"载《岚江{rng.choice(('财会', '水利', '档案', '行政'))}》{on.year - i}年第{rng.randint(1, 12)}期"
        for i in range(1, 4)
    )
    held = [
        Statement("论文论著", works + "。", 1.6),
        Statement(
            "科研课题",
            f"市级课题“{rng.choice(person.unit.work)}机制研究”，编号云梧软科{on.year}-{rng.randint(11, 89)}，主持人。",
        ),
        Statement("单位审核意见", "所列成果属实。", 1, sealed=person.unit.name, on=on),
    ]
    return register(person, "4-3", "科研成果和论文目录", on, held)


def training_form(person: Person, on: date, rng: Random) -> Paper:
    """干部培训考核登记表 (4-4)."""
    course = rng.choice(("中青年干部培训班", "科级干部任职培训班", "公文与档案管理专题班"))
    text = (
        f"该学员参加{course}学习{rng.choice('两三')}个月，撰写的结业报告《{rng.choice(person.unit.work)}之我见》"
        f"获小组第{rng.choice('一二三')}名，出勤率百分之百。"
    )
    held = [
        Statement(
            "学习小结", paragraph(rng, RESULTS, 2, person.unit), 1.5, signed=person.name, on=on.replace(day=1)
        ),
        Statement("培训机构鉴定", text, 1.2, sealed="云梧市行政学院", on=on),
        Statement(
            "成绩",
            f"党性分析 {rng.randint(80, 97)}，专题讨论 {rng.randint(80, 97)}，结业考试 {rng.randint(78, 98)}",
            0.6,
        ),
    ]
    return register(person, "4-4", "干部培训考核登记表", on, held, (("培训班次", course),))


def abroad_form(person: Person, on: date, rng: Random) -> Paper:
    """出国（境）审批表 (9-3)."""
    where, purpose = rng.choice(
        (("新加坡", "学习智慧水务管理"), ("荷兰", "考察堤坝养护技术"), ("日本", "交流纸质档案修复技艺"))
    )
    more = (
        ("身份证号", person.id_number),
        ("联系电话", person.phone),
        ("前往国家", where),
        ("出访任务", f"{purpose}，在外停留{rng.randint(5, 9)}天"),
    )
    held = [
        Statement("家庭主要成员在国（境）外情况", "无。", 0.6),
        Statement(
            "所在单位意见", "政治可靠，同意派出。", 1, sealed=person.unit.name, on=on - timedelta(days=12)
        ),
        Statement(
            "组织部门审查意见", "经审查，未发现不宜出国（境）情形，同意。", 1.2, sealed=COMMITTEE, on=on
        ),
    ]
    return register(person, "9-3", "因公出国（境）人员审批表", on, held, more)


def delegate_form(person: Person, on: date, rng: Random) -> Paper:
    """代表登记表 (9-4)."""
    congress = f"云梧市第{rng.choice('四五六七')}次党员代表大会"
    held = [
        Statement("简历", "\n　　".join(person.resume()[-3:]), 1.4),
        Statement(
            "何时何地受过何种奖惩", "；".join(f"{a.on.year}年获{a.title}" for a in person.awards) or "无", 0.8
        ),
        Statement(
            "选举单位意见",
            f"经选举，{person.name}同志当选为{congress}代表。",
            1,
            sealed=person.unit.name,
            on=on,
        ),
        Statement("资格审查意见", "代表资格有效。", 0.9, sealed=COMMITTEE, on=on),
    ]
    return register(
        person, "9-4", "党代表大会代表登记表", on, held, (("联系电话", person.phone), ("会议名称", congress))
    )
