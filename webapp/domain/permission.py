"""Which roles may use which part of the product, in one table (权限表). What of a dossier they see: disclosure.py.

A permission that is not in the table is refused: the table fails closed.
"""

from enum import StrEnum

from webapp.domain.role import Role


class Permission(StrEnum):
    """What a route lets one do. Every route names exactly one."""

    ANYBODY = "anybody"  # sign-in pages, the shell, health
    CODE_AWAITED = "code-awaited"  # password was right; only the code page is open
    SIGNED_IN = "signed-in"  # any role: home, account, sign out
    SEARCH = "search"  # 查档
    READ = "read"  # summary, catalogue, pages, of whatever the decision allows
    OWN = "own"  # 我的档案
    REQUESTS = "requests"  # 查阅申请
    JOIN = "join"  # 同阅
    APPROVALS = "approvals"  # 审批，审批代理
    GRANTS = "grants"  # 收回授权
    RECUSALS = "recusals"  # 回避登记
    POLICY = "policy"  # 查阅规则
    POLICY_CHANGES = "policy-changes"  # 变更查阅规则
    INTAKE = "intake"  # 扫描件接收
    CATALOGUE = "catalogue"  # 著录：材料的增、改、排序
    LOANS = "loans"  # 借阅、摘录、复制登记
    MASKS = "masks"  # 遮挡核对
    PEOPLE = "people"  # 花名册导入
    OFFICERS = "officers"  # 账号
    ROLES = "roles"  # 角色与范围
    AUDIT = "audit"  # 审计日志
    TRACE = "trace"  # 泄露追查
    COPIES = "copies"  # 复制件去向
    CORRECTIONS = "corrections"  # 更正申请的答复
    FACTS = "facts"  # 事实查询的答复
    CASES = "cases"  # 投诉处理


_EVERY_ROLE = frozenset(Role)
_READERS = frozenset({Role.OFFICIAL, Role.ARCHIVIST, Role.APPROVER})

ROLES: dict[Permission, frozenset[Role]] = {
    Permission.SIGNED_IN: _EVERY_ROLE,
    Permission.SEARCH: _READERS,
    Permission.READ: _READERS | {Role.INDIVIDUAL},
    Permission.OWN: frozenset({Role.INDIVIDUAL}),
    Permission.REQUESTS: frozenset({Role.OFFICIAL}),
    Permission.JOIN: frozenset({Role.OFFICIAL, Role.ARCHIVIST}),
    Permission.APPROVALS: frozenset({Role.APPROVER}),
    Permission.GRANTS: frozenset({Role.SECURITY_OFFICER}),
    Permission.RECUSALS: frozenset({Role.SECURITY_OFFICER}),
    Permission.POLICY: frozenset({Role.SECURITY_OFFICER, Role.AUDITOR}),
    Permission.POLICY_CHANGES: frozenset({Role.SECURITY_OFFICER}),
    Permission.INTAKE: frozenset({Role.ARCHIVIST}),
    Permission.CATALOGUE: frozenset({Role.ARCHIVIST}),
    Permission.LOANS: frozenset({Role.ARCHIVIST}),
    Permission.MASKS: frozenset({Role.ARCHIVIST}),
    Permission.PEOPLE: frozenset({Role.ARCHIVIST}),
    Permission.OFFICERS: frozenset({Role.SYSTEM_ADMINISTRATOR}),
    Permission.ROLES: frozenset({Role.SECURITY_OFFICER}),
    Permission.AUDIT: frozenset({Role.AUDITOR}),
    Permission.TRACE: frozenset({Role.SECURITY_OFFICER}),
    Permission.COPIES: frozenset({Role.ARCHIVIST}),
    Permission.CORRECTIONS: frozenset({Role.ARCHIVIST}),
    Permission.FACTS: frozenset({Role.ARCHIVIST}),
    Permission.CASES: frozenset({Role.SECURITY_OFFICER, Role.AUDITOR}),
}


def permits(role: Role, permission: Permission) -> bool:
    """True when the table gives `permission` to `role`."""
    return role in ROLES.get(permission, frozenset())
