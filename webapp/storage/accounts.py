"""Officers and how they sign in."""

from peewee import BlobField, BooleanField, CharField, ForeignKeyField, IntegerField, TextField

from webapp.domain.role import Role
from webapp.storage.archive import Subject, Unit
from webapp.storage.database import PublicIdField, Record, UtcField


class Officer(Record):
    """A person who signs in (登录者). With `subject` set they are also an individual (本人)."""

    public_id = PublicIdField()
    login = CharField(max_length=64, unique=True)  # casefolded
    name = CharField(max_length=64)
    unit = ForeignKeyField(Unit, null=True, on_delete="RESTRICT")
    role_names = CharField(max_length=200)  # space-separated values of Role
    subject = ForeignKeyField(Subject, null=True, unique=True, on_delete="RESTRICT")
    password_hash = TextField(null=True)  # argon2id, PHC string; null until enrolled
    totp_secret = BlobField(null=True)  # sealed
    totp_last_step = IntegerField(default=0)  # 30-second step of the last code accepted
    failures = IntegerField(default=0)  # wrong codes in a row
    created_at = UtcField()
    authorised_at = UtcField(
        null=True
    )  # a second person confirmed roles and scopes; null: may not sign in yet
    disabled_at = UtcField(null=True)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held."""
        return frozenset(Role(name) for name in self.role_names.split())

    @property
    def is_enrolled(self) -> bool:
        """True once password and TOTP are set."""
        return self.password_hash is not None and self.totp_secret is not None

    @property
    def may_sign_in(self) -> bool:
        """True when enrolled, authorised and not disabled."""
        return self.is_enrolled and self.authorised_at is not None and self.disabled_at is None


ENROLLED = Officer.password_hash.is_null(False) & Officer.totp_secret.is_null(
    False
)  # is_enrolled, for queries


class Scope(Record):
    """A unit, with all below it, that an officer looks up in, keeps the dossiers of, or approves requests about."""

    officer = ForeignKeyField(Officer, backref="scopes", on_delete="CASCADE")
    unit = ForeignKeyField(Unit, on_delete="CASCADE")
    kind = CharField(max_length=16)  # lookup | custody | approval

    class Meta:
        indexes = ((("officer", "unit", "kind"), True),)


class Recusal(Record):
    """An officer who must keep away from a person's dossier (回避)."""

    officer = ForeignKeyField(Officer, backref="recusals", on_delete="CASCADE")
    subject = ForeignKeyField(Subject, on_delete="CASCADE")
    relation = CharField(max_length=64)

    class Meta:
        indexes = ((("officer", "subject"), True),)


class Enrolment(Record):
    """A one-time link by which an officer sets password and TOTP."""

    officer = ForeignKeyField(Officer, backref="enrolments", on_delete="CASCADE")
    token_hash = CharField(max_length=64, unique=True)  # SHA-256 of the link's token, hex
    pending_totp = BlobField(null=True)  # sealed secret shown as QR, not yet confirmed
    expires_at = UtcField()
    used_at = UtcField(null=True)


class RecoveryCode(Record):
    """One of the codes that stand in for TOTP once."""

    officer = ForeignKeyField(Officer, backref="recovery_codes", on_delete="CASCADE")
    slot = CharField(max_length=8)  # public part: finds the row without hashing all of them
    code_hash = TextField()  # argon2id, PHC string
    used_at = UtcField(null=True)

    class Meta:
        indexes = ((("officer", "slot"), True),)


class Session(Record):
    """A sitting on one device (会话). The cookie holds a random token, the row its SHA-256."""

    public_id = PublicIdField()
    officer = ForeignKeyField(Officer, backref="sessions", on_delete="CASCADE")
    token_hash = CharField(max_length=64, unique=True)
    # code (password was right, code is awaited) | phone (so was a recovery code, a new phone is awaited) | full
    stage = CharField(max_length=16)
    role = CharField(max_length=32)
    device = CharField(max_length=120)  # what the browser calls itself, shortened
    address = CharField(max_length=64)
    device_hash = CharField(max_length=64, default="")  # Device.device_hash, once the sign-in is complete
    theme = CharField(max_length=8, default="")  # "" follows the device | light | dark
    is_elder = BooleanField(default=False)  # 长辈版
    created_at = UtcField()
    seen_at = UtcField()
    proved_at = UtcField(null=True)  # last full proof, for step-up
    ended_at = UtcField(null=True)


class Attempt(Record):
    """One try at a password or a code, counted by the throttles and deleted after a day."""

    bucket = CharField(max_length=80, index=True)
    at = UtcField(index=True)
