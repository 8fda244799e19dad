"""All stored records, in an order in which their tables can be made."""

from webapp.storage.accounts import Attempt, Enrolment, Officer, RecoveryCode, Recusal, Scope, Session
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.attachments import Attachment, AttachmentPage
from webapp.storage.audit import AuditEntry
from webapp.storage.complaints import Complaint
from webapp.storage.copies import Copy, CopyPart
from webapp.storage.corrections import Correction
from webapp.storage.delegations import Delegation
from webapp.storage.facts import Certificate, FactLine, FactQuery
from webapp.storage.jobs import Job
from webapp.storage.loans import Loan, LoanExtension, LoanMaterial
from webapp.storage.masking import AwaitedPage, DismissedFinding
from webapp.storage.notices import Notice, NoticeWish, PushSubscription
from webapp.storage.pages import Blob, Mask, Page, PageText, Upload
from webapp.storage.passkeys import Device, Passkey, PasskeyChallenge
from webapp.storage.policy import PolicyChange, Setting
from webapp.storage.reading import Companion, RecordedSearch, Viewing
from webapp.storage.recusals import RecusalLift
from webapp.storage.requests import AccessRequest, Grant, GrantScope, RequestScope, RequestStep
from webapp.storage.tracing import Trace

ALL = (
    Setting,
    AuditEntry,
    Unit,
    Subject,
    Dossier,
    Material,
    Officer,
    Scope,
    Recusal,
    RecusalLift,
    Delegation,
    PolicyChange,
    Enrolment,
    RecoveryCode,
    Session,
    Attempt,
    Blob,
    Upload,
    Page,
    PageText,
    Mask,
    DismissedFinding,
    AwaitedPage,
    Viewing,
    Companion,
    RecordedSearch,
    AccessRequest,
    RequestScope,
    RequestStep,
    Grant,
    GrantScope,
    Copy,
    CopyPart,
    Loan,
    LoanMaterial,
    LoanExtension,
    Correction,
    Attachment,
    AttachmentPage,
    FactQuery,
    FactLine,
    Certificate,
    Complaint,
    Job,
    Notice,
    NoticeWish,
    PushSubscription,
    Passkey,
    PasskeyChallenge,
    Device,
    Trace,
)
