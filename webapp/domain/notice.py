"""What officers are told (消息): the kinds, their words and where each leads. Words name nobody and nothing.

A notice is a kind and a public id. Whatever leaves the app says even less: UNSAID, and no more.
"""

from dataclasses import dataclass
from enum import StrEnum

from webapp.domain.role import Role

UNSAID = "您有新的消息，请登录兰台查看。"  # all that a mail or a push message may say


class NoticeKind(StrEnum):
    """What happened. The record of a notice is the public id that its address names."""

    REQUEST_WAITING = "request-waiting"
    REQUEST_STRANDED = "request-stranded"  # nobody may decide about it
    REQUEST_APPROVED = "request-approved"
    REQUEST_RETURNED = "request-returned"
    REQUEST_REJECTED = "request-rejected"
    REQUEST_EXPIRED = "request-expired"
    DECISION_OVERDUE = "decision-overdue"
    DELEGATION_NAMED = "delegation-named"
    DELEGATION_ENDED = "delegation-ended"
    DELEGATION_WATCHED = "delegation-watched"
    GRANT_ENDING = "grant-ending"
    GRANT_REVOKED = "grant-revoked"
    NEW_DEVICE = "new-device"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_SUSPENDED = "passkey-suspended"
    DOSSIER_VIEWED = "dossier-viewed"
    DOSSIER_LENT = "dossier-lent"
    LOAN_DUE = "loan-due"
    LOAN_OVERDUE = "loan-overdue"
    LOAN_DUE_KEPT = "loan-due-kept"
    LOAN_OVERDUE_KEPT = "loan-overdue-kept"
    LOAN_RECALLED_KEPT = "loan-recalled-kept"  # by an approval that was taken back
    CORRECTION_WAITING = "correction-waiting"
    CORRECTION_ANSWERED = "correction-answered"
    POLICY_WAITING = "policy-waiting"
    POLICY_CHANGED = "policy-changed"
    POLICY_DROPPED = "policy-dropped"
    FACTS_TO_APPROVE = "facts-to-approve"
    FACTS_UNDECIDED = "facts-undecided"
    FACTS_WAITING = "facts-waiting"
    FACTS_OVERDUE = "facts-overdue"
    FACTS_SETTLED = "facts-settled"
    OWN_FACTS_SETTLED = "own-facts-settled"
    FACTS_TOLD = "facts-told"
    COMPLAINT_WAITING = "complaint-waiting"
    COMPLAINT_ANSWERED = "complaint-answered"


@dataclass(frozen=True, slots=True)
class Telling:
    """How a kind is told.

    title -- one line in plain words
    address -- where it leads; {record} stands for the notice's record
    role -- the role in which that address opens; None for every role
    """

    title: str
    address: str
    role: Role | None = None

    def leads_to(self, record: str) -> str:
        """The address of one notice."""
        return self.address.format(record=record)


TELLINGS: dict[NoticeKind, Telling] = {
    NoticeKind.REQUEST_WAITING: Telling("有一份查阅申请等您审批", "/approvals/{record}", Role.APPROVER),
    NoticeKind.REQUEST_APPROVED: Telling("您的查阅申请已经批准", "/requests/{record}", Role.OFFICIAL),
    NoticeKind.REQUEST_RETURNED: Telling("您的查阅申请需要补充说明", "/requests/{record}", Role.OFFICIAL),
    NoticeKind.REQUEST_REJECTED: Telling("您的查阅申请没有批准", "/requests/{record}", Role.OFFICIAL),
    NoticeKind.REQUEST_EXPIRED: Telling("您的查阅申请过期了", "/requests/{record}", Role.OFFICIAL),
    NoticeKind.DECISION_OVERDUE: Telling("有一份查阅申请还没有审批", "/approvals/{record}", Role.APPROVER),
    NoticeKind.REQUEST_STRANDED: Telling(
        "有一份申请或查询没有人可以审批", "/desk/rights", Role.SECURITY_OFFICER
    ),
    NoticeKind.DELEGATION_NAMED: Telling("有一位审批人请您代理审批", "/delegations", Role.APPROVER),
    NoticeKind.DELEGATION_ENDED: Telling("一项审批代理提前结束了", "/delegations", Role.APPROVER),
    NoticeKind.DELEGATION_WATCHED: Telling(
        "有一位审批人委托了代理", "/desk/delegations", Role.SECURITY_OFFICER
    ),
    NoticeKind.GRANT_ENDING: Telling("一项查阅授权快到期了", "/requests/{record}", Role.OFFICIAL),
    NoticeKind.GRANT_REVOKED: Telling("一项查阅授权被收回", "/requests/{record}", Role.OFFICIAL),
    NoticeKind.NEW_DEVICE: Telling("您的账号在一台新设备上登录", "/account"),
    NoticeKind.PASSKEY_ADDED: Telling("您的账号增加了一个通行密钥", "/account/passkeys"),
    NoticeKind.PASSKEY_SUSPENDED: Telling("您的一个通行密钥可能被复制，已停用", "/account/passkeys"),
    NoticeKind.DOSSIER_VIEWED: Telling("有人查阅了您的档案", "/me/viewers/{record}", Role.INDIVIDUAL),
    NoticeKind.DOSSIER_LENT: Telling("有人用了您的纸质档案", "/me/viewers/paper", Role.INDIVIDUAL),
    NoticeKind.LOAN_DUE: Telling("您借的纸质档案快到归还日期了", "/loans/{record}"),
    NoticeKind.LOAN_OVERDUE: Telling("您借的纸质档案过期没有归还", "/loans/{record}"),
    NoticeKind.LOAN_DUE_KEPT: Telling("有一份借出的档案快到归还日期", "/desk/loans/{record}", Role.ARCHIVIST),
    NoticeKind.LOAN_OVERDUE_KEPT: Telling("有一份借出的档案过期未还", "/desk/loans/{record}", Role.ARCHIVIST),
    NoticeKind.LOAN_RECALLED_KEPT: Telling(
        "有一份借出的档案，所依据的授权被收回", "/desk/loans/{record}", Role.ARCHIVIST
    ),
    NoticeKind.CORRECTION_WAITING: Telling(
        "有一份更正申请等您处理", "/desk/corrections/{record}", Role.ARCHIVIST
    ),
    NoticeKind.CORRECTION_ANSWERED: Telling(
        "您的更正申请有了答复", "/me/corrections/{record}", Role.INDIVIDUAL
    ),
    NoticeKind.POLICY_WAITING: Telling("查阅规则有一项变更等您确认", "/desk/policy", Role.SECURITY_OFFICER),
    NoticeKind.POLICY_CHANGED: Telling("查阅规则变更了", "/desk/policy", Role.SECURITY_OFFICER),
    NoticeKind.POLICY_DROPPED: Telling("您提出的规则变更没有被采纳", "/desk/policy", Role.SECURITY_OFFICER),
    NoticeKind.FACTS_TO_APPROVE: Telling(
        "有一项事实查询等您审批", "/approvals/facts/{record}", Role.APPROVER
    ),
    NoticeKind.FACTS_UNDECIDED: Telling(
        "有一项事实查询还没有审批", "/approvals/facts/{record}", Role.APPROVER
    ),
    NoticeKind.FACTS_WAITING: Telling("有一项事实查询等您答复", "/desk/facts/{record}", Role.ARCHIVIST),
    NoticeKind.FACTS_OVERDUE: Telling("有一项事实查询还没有答复", "/desk/facts/{record}", Role.ARCHIVIST),
    NoticeKind.FACTS_SETTLED: Telling("您的事实查询有了结果", "/requests/facts/{record}", Role.OFFICIAL),
    NoticeKind.OWN_FACTS_SETTLED: Telling("您申请的档案证明有了结果", "/me/facts/{record}", Role.INDIVIDUAL),
    NoticeKind.FACTS_TOLD: Telling("有人查询了您档案里的事实", "/me/facts/told", Role.INDIVIDUAL),
    NoticeKind.COMPLAINT_WAITING: Telling("有一件投诉等您处理", "/desk/cases/{record}"),
    NoticeKind.COMPLAINT_ANSWERED: Telling("您的投诉有了答复", "/me/complaints/{record}", Role.INDIVIDUAL),
}
