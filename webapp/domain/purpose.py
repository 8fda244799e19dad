"""Why a dossier is opened (查阅事由): the reasons of 《干部人事档案工作条例》(2018) Art. 31, coded."""

from webapp.domain.errors import Invalid

PURPOSES: dict[str, str] = {
    "1": "政治审查、发展党员、党员教育管理",
    "2": "录用、聘用、考核、考察、任免、调配、晋升、职称、奖励、工资、退休、社会保险等",
    "3": "人才引进、培养、评选、推送",
    "4": "巡视巡察、选人用人检查、组织处理、案件查办",
    "5": "编史修志、大事记、人物传记、展览、纪念活动（已经批准）",
    "6": "干部日常管理中了解干部、研究解决问题",
    "7": "其他因工作需要利用的事项",
}
OWN = "own"  # individuals need no reason to see their own
KEEPING = "keep"  # archivists taking in, cataloguing and checking what they keep
_OTHER_LABELS = {OWN: "本人查看", KEEPING: "档案管理"}


def checked(code: str) -> str:
    """The code of Art. 31. Raises Invalid for any other."""
    if code not in PURPOSES:
        raise Invalid("请选择查阅事由")
    return code


def label(code: str) -> str:
    """A purpose in words."""
    return PURPOSES.get(code) or _OTHER_LABELS[code]
