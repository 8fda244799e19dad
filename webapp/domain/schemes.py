"""Titles of the categories, version by version (类别词典). Data only; a change of the rules is a further entry."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version: titles of the ten great categories in order, and of the leaves of the two that are split."""

    version: str
    headings: tuple[str, ...]
    leaves: dict[str, str]


DEFAULT_SCHEME = "2018"

_SCHEMES = (
    # 《干部人事档案工作条例》(2018)
    Scheme(
        "2018",
        (
            "履历类材料",
            "自传和思想类材料",
            "考核鉴定类材料",
            "学历学位、专业技术职务（职称）、学术评鉴和教育培训类材料",
            "政审、审计和审核类材料",
            "党、团类材料",
            "表彰奖励类材料",
            "违规违纪违法处理处分类材料",
            "工资、任免、出国和会议代表类材料",
            "其他可供组织参考的材料",
        ),
        {
            "4-1": "学历学位类材料",
            "4-2": "专业技术职务（职称）类材料",
            "4-3": "学术评鉴类材料",
            "4-4": "教育培训类材料",
            "9-1": "工资类材料",
            "9-2": "任免类材料",
            "9-3": "出国（境）类材料",
            "9-4": "会议代表类材料",
        },
    ),
    # 中组发〔2009〕12号 and 组通字〔2012〕28号
    Scheme(
        "2012",
        (
            "履历材料",
            "自传、报告个人有关事项材料",
            "考察、考核、鉴定、审计材料",
            "学历学位、职称、学术、培训材料",
            "政审、更改（认定）身份信息材料",
            "党团材料",
            "奖励材料",
            "处分材料",
            "工资、任免、出国、会议等材料",
            "其他材料",
        ),
        {
            "4-1": "学历学位材料",
            "4-2": "专业技术职务材料",
            "4-3": "科研学术材料",
            "4-4": "培训材料",
            "9-1": "工资材料",
            "9-2": "任免材料",
            "9-3": "出国（境）审批材料",
            "9-4": "会议代表材料",
        },
    ),
)

SCHEMES = {scheme.version: scheme for scheme in _SCHEMES}
