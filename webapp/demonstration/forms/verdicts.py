"""Papers that weigh a person (审核与处分): the check before an appointment, the sanction and its end."""

from datetime import date, timedelta
from functools import partial
from random import Random

from webapp.demonstration.forms.paper import Paper, ymd
from webapp.demonstration.forms.registers import COMMITTEE, register
from webapp.demonstration.grid import LEFT_PX, Statement, dated, month
from webapp.demonstration.marks import seal
from webapp.demonstration.people import Person, Sanction
from webapp.demonstration.sheet import Sheet
from webapp.domain.geometry import Box

RED = (206, 40, 40)
DISCIPLINE = "中共云梧市纪律检查委员会"


def review_form(person: Person, on: date, rng: Random) -> Paper:
    """干部任前审核登记表 (五): dates and schooling compared with the oldest papers."""
    first = person.first_written_birth
    told = month(person.born_month)
    if first == person.born_month:
        birth = f"出生日期各材料记载一致，认定为{told}。"
    else:
        birth = f"出生日期记载不一致：毕业生登记表为{month(first)}，履历表为{told}。原因待查，暂不认定。"
    start = f"参加工作时间{month(person.started_work)}，有派遣和转正材料佐证。"
    course = person.first_degree
    schooling = f"学历学位：{course.level}，{course.school}，已与学校核实，复函文号{rng.randint(11, 98)}。"
    held = [
        Statement(
            "三龄两历审核情况", birth + start + schooling, 1.8, signed="祁文远", on=on - timedelta(days=7)
        ),
        Statement(
            "个人有关事项报告核查情况", f"随机抽查一致，漏报{rng.choice(('无', '存款一笔，情节较轻'))}。", 0.9
        ),
        Statement(
            "纪检监察机关意见",
            f"截至{dated(on)}，未收到反映该同志的信访举报。",
            0.9,
            sealed=DISCIPLINE,
            on=on,
        ),
        Statement("审核结论", "材料基本齐全，可以提交研究。", 0.9, sealed=COMMITTEE, on=on),
    ]
    return register(person, "5", "干部任前审核登记表", on, held, (("身份证号", person.id_number),))


def sanction_decision(person: Person, sanction: Sanction) -> Paper:
    """处分决定 (八), an official document under a red head."""
    text = (
        f"　　{person.introduction}，身份证号{person.id_number}，{person.politics}，"
        f"现任{person.post}，住{person.address}。\n"
        f"　　经查，{person.name}同志{sanction.facts}。该行为违反工作纪律，应予处理。"
        f"鉴于其能够主动说明情况，认错态度较好，经研究决定：\n"
        f"　　给予{person.name}同志{sanction.kind}处分。\n"
        f"　　本决定自{dated(sanction.on)}起生效。如对本决定不服，可在三十日内提出申诉。"
    )
    return _document(person, f"关于给予{person.name}同志{sanction.kind}处分的决定", text, sanction.on)


def sanction_lifted(person: Person, sanction: Sanction) -> Paper:
    """解除处分的决定 (八)."""
    text = (
        f"　　{person.name}同志于{dated(sanction.on)}受到{sanction.kind}处分。处分期间，该同志认真检讨，表现较好，"
        f"未再发生违规违纪行为。经研究，决定自{dated(sanction.lifted)}起解除其{sanction.kind}处分。"
    )
    return _document(person, f"关于解除{person.name}同志{sanction.kind}处分的决定", text, sanction.lifted)


def _document(person: Person, heading: str, text: str, on: date) -> Paper:
    return Paper("8", heading, ymd(on), (partial(_red_head, heading=heading, text=text, on=on),))


def _red_head(sheet: Sheet, *, heading: str, text: str, on: date) -> None:
    sheet.write(1240, 400, DISCIPLINE, size=112, face="song_bold", align="centre", spacing=14, ink=RED)
    number = f"云梧纪决〔{on.year}〕{on.month * 7 + on.day}号"
    sheet.write(1240, 640, number, size=56, align="centre")
    sheet.rule(LEFT_PX, 740, 1960, RED, 7)
    sheet.fill(Box(LEFT_PX + 120, 830, 2140, 1080), heading, size=84, face="song_bold", leading=1.4)
    bottom = sheet.fill(Box(LEFT_PX, 1120, 2230, 2600), text, size=62, face="song", align="top", leading=1.8)
    sheet.write(2080, bottom + 160, DISCIPLINE, size=58, align="right")
    sheet.write(1980, bottom + 270, dated(on), size=58, align="right")
    seal(sheet, 1720, bottom + 240, DISCIPLINE, diameter=500)
