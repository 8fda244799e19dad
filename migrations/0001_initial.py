"""First tables of the archive. Frozen: names columns in words and never imports the models."""

from peewee import (
    BlobField,
    BooleanField,
    CharField,
    Check,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


def up(migrator, db):
    class Attempt(Model):
        bucket = CharField(index=True, max_length=80)
        at = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "attempt"

    db.create_tables([Attempt])

    class AuditEntry(Model):
        seq = IntegerField(primary_key=True)
        body = TextField()
        hash = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "audit_entry"

    db.create_tables([AuditEntry])

    class Unit(Model):
        public_id = CharField(unique=True, max_length=16)
        name = CharField(max_length=120)
        parent = ForeignKeyField("self", null=True, on_delete="RESTRICT")
        path = CharField(index=True, max_length=250, default="")

        class Meta:
            database = db
            table_name = "unit"
            indexes = ((("parent", "name"), True),)

    db.create_tables([Unit])

    class Subject(Model):
        public_id = CharField(unique=True, max_length=16)
        name = CharField(index=True, max_length=64)
        sex = CharField(max_length=8, default="")
        birth = CharField(max_length=10, default="")
        unit = ForeignKeyField(Unit, on_delete="RESTRICT")
        post = CharField(max_length=120, default="")
        id_number = BlobField(null=True)
        id_number_index = CharField(unique=True, null=True, max_length=32)

        class Meta:
            database = db
            table_name = "subject"

    db.create_tables([Subject])

    class Dossier(Model):
        public_id = CharField(unique=True, max_length=16)
        number = CharField(unique=True, max_length=40)
        subject = ForeignKeyField(Subject, unique=True, on_delete="RESTRICT")
        data_key = BlobField()
        root_id = CharField(index=True, max_length=16)
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "dossier"

    db.create_tables([Dossier])

    class Blob(Model):
        blob_id = CharField(unique=True, max_length=32)
        dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
        kind = CharField(max_length=16)
        size = IntegerField()
        sha256 = CharField(max_length=64)
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "blob"

    db.create_tables([Blob])

    class Officer(Model):
        public_id = CharField(unique=True, max_length=16)
        login = CharField(unique=True, max_length=64)
        name = CharField(max_length=64)
        unit = ForeignKeyField(Unit, null=True, on_delete="RESTRICT")
        role_names = CharField(max_length=200)
        subject = ForeignKeyField(Subject, unique=True, null=True, on_delete="RESTRICT")
        password_hash = TextField(null=True)
        totp_secret = BlobField(null=True)
        totp_last_step = IntegerField(default=0)
        failures = IntegerField(default=0)
        created_at = DateTimeField()
        authorised_at = DateTimeField(null=True)
        disabled_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "officer"

    db.create_tables([Officer])

    class Enrolment(Model):
        officer = ForeignKeyField(Officer, on_delete="CASCADE")
        token_hash = CharField(unique=True, max_length=64)
        pending_totp = BlobField(null=True)
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "enrolment"

    db.create_tables([Enrolment])

    class Job(Model):
        kind = CharField(max_length=16)
        record = CharField(max_length=40)
        state = CharField(max_length=16, default="waiting")
        priority = IntegerField(default=0)
        attempts = IntegerField(default=0)
        leased_until = DateTimeField(null=True)
        lease = CharField(max_length=16, default="")
        error = TextField(default="")
        created_at = DateTimeField()
        done_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "job"
            indexes = ((("state", "kind", "priority"), False), (("kind", "record"), False))

    db.create_tables([Job])

    class Material(Model):
        public_id = CharField(unique=True, max_length=16)
        dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
        category = CharField(max_length=4)
        scheme = CharField(max_length=16)
        title = CharField(max_length=200)
        year = IntegerField(null=True, constraints=[Check("year BETWEEN 1900 AND 2200")])
        month = IntegerField(null=True, constraints=[Check("month BETWEEN 1 AND 12")])
        day = IntegerField(null=True, constraints=[Check("day BETWEEN 1 AND 31")])
        recorded_pages = IntegerField(null=True)
        copies = IntegerField(default=1)
        remark = CharField(max_length=200, default="")
        sensitivity = CharField(max_length=16)
        goes_with = ForeignKeyField("self", null=True, on_delete="SET NULL")
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "material"
            indexes = ((("dossier", "category"), False),)

    db.create_tables([Material])

    class Upload(Model):
        public_id = CharField(unique=True, max_length=16)
        material = ForeignKeyField(Material, on_delete="RESTRICT")
        officer = ForeignKeyField(Officer, on_delete="RESTRICT")
        file_name = CharField(max_length=200)
        media_type = CharField(max_length=40)
        sha256 = CharField(index=True, max_length=64)
        original = ForeignKeyField(Blob, on_delete="RESTRICT")
        state = CharField(max_length=16)
        reason = TextField(default="")
        frame_count = IntegerField(null=True)
        received_at = DateTimeField()

        class Meta:
            database = db
            table_name = "upload"
            indexes = ((("material", "sha256"), True),)

    db.create_tables([Upload])

    class Page(Model):
        public_id = CharField(unique=True, max_length=16)
        material = ForeignKeyField(Material, on_delete="RESTRICT")
        upload = ForeignKeyField(Upload, on_delete="RESTRICT")
        frame = IntegerField()
        number = IntegerField(constraints=[Check("number >= 1")])
        state = CharField(max_length=16)
        mask_state = CharField(max_length=16)
        mask_revision = IntegerField(default=0)
        unsure = TextField(default="")
        width_px = IntegerField(null=True)
        height_px = IntegerField(null=True)
        optimised = ForeignKeyField(Blob, null=True, on_delete="RESTRICT")
        reading_copy = ForeignKeyField(Blob, null=True, on_delete="RESTRICT")
        transcription = ForeignKeyField(Blob, null=True, on_delete="RESTRICT")
        verified_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        verified_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "page"
            indexes = ((("material", "number"), True), (("upload", "frame"), True), (("mask_state",), False))

    db.create_tables([Page])

    class Mask(Model):
        page = ForeignKeyField(Page, on_delete="CASCADE")
        kind = CharField(max_length=16)
        left = IntegerField()
        top = IntegerField()
        right = IntegerField()
        bottom = IntegerField()
        rule = CharField(max_length=60)
        is_own = BooleanField(default=False)
        drawn_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "mask"

    db.create_tables([Mask])

    class PageText(Model):
        page = ForeignKeyField(Page, primary_key=True, on_delete="CASCADE")
        clear = BlobField()
        masked = BlobField()

        class Meta:
            database = db
            table_name = "page_text"

    db.create_tables([PageText])

    class RecordedSearch(Model):
        public_id = CharField(unique=True, max_length=16)
        officer = ForeignKeyField(Officer, on_delete="CASCADE")
        query = TextField()
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "recorded_search"

    db.create_tables([RecordedSearch])

    class RecoveryCode(Model):
        officer = ForeignKeyField(Officer, on_delete="CASCADE")
        slot = CharField(max_length=8)
        code_hash = TextField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "recovery_code"
            indexes = ((("officer", "slot"), True),)

    db.create_tables([RecoveryCode])

    class Recusal(Model):
        officer = ForeignKeyField(Officer, on_delete="CASCADE")
        subject = ForeignKeyField(Subject, on_delete="CASCADE")
        relation = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "recusal"
            indexes = ((("officer", "subject"), True),)

    db.create_tables([Recusal])

    class Scope(Model):
        officer = ForeignKeyField(Officer, on_delete="CASCADE")
        unit = ForeignKeyField(Unit, on_delete="CASCADE")
        kind = CharField(max_length=16)

        class Meta:
            database = db
            table_name = "scope"
            indexes = ((("officer", "unit", "kind"), True),)

    db.create_tables([Scope])

    class Session(Model):
        public_id = CharField(unique=True, max_length=16)
        officer = ForeignKeyField(Officer, on_delete="CASCADE")
        token_hash = CharField(unique=True, max_length=64)
        stage = CharField(max_length=16)
        role = CharField(max_length=32)
        device = CharField(max_length=120)
        address = CharField(max_length=64)
        theme = CharField(max_length=8, default="")
        is_elder = BooleanField(default=False)
        created_at = DateTimeField()
        seen_at = DateTimeField()
        proved_at = DateTimeField(null=True)
        ended_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "session"

    db.create_tables([Session])

    class Setting(Model):
        name = CharField(primary_key=True, max_length=40)
        value = TextField()
        decided_at = DateTimeField()

        class Meta:
            database = db
            table_name = "setting"

    db.create_tables([Setting])

    class Viewing(Model):
        public_id = CharField(unique=True, max_length=16)
        number = CharField(unique=True, max_length=12)
        officer = ForeignKeyField(Officer, on_delete="RESTRICT")
        session = ForeignKeyField(Session, on_delete="RESTRICT")
        dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
        role = CharField(max_length=32)
        purpose = CharField(max_length=4)
        opened_at = DateTimeField()

        class Meta:
            database = db
            table_name = "viewing"
            indexes = ((("session", "dossier", "role"), True),)

    db.create_tables([Viewing])

    # The log only grows. Whoever can drop a trigger can still change it: that is what the chain is for.
    for event in ("UPDATE", "DELETE"):
        db.execute_sql(
            f"CREATE TRIGGER audit_entry_keeps_{event.lower()} BEFORE {event} ON audit_entry "
            "BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END"
        )


def down(migrator, db):
    # Loses the whole archive. Only for an instance that holds nothing.
    migrator.migrate(migrator.drop_table("viewing"))
    migrator.migrate(migrator.drop_table("setting"))
    migrator.migrate(migrator.drop_table("session"))
    migrator.migrate(migrator.drop_table("scope"))
    migrator.migrate(migrator.drop_table("recusal"))
    migrator.migrate(migrator.drop_table("recovery_code"))
    migrator.migrate(migrator.drop_table("recorded_search"))
    migrator.migrate(migrator.drop_table("page_text"))
    migrator.migrate(migrator.drop_table("mask"))
    migrator.migrate(migrator.drop_table("page"))
    migrator.migrate(migrator.drop_table("upload"))
    migrator.migrate(migrator.drop_table("material"))
    migrator.migrate(migrator.drop_table("job"))
    migrator.migrate(migrator.drop_table("enrolment"))
    migrator.migrate(migrator.drop_table("officer"))
    migrator.migrate(migrator.drop_table("blob"))
    migrator.migrate(migrator.drop_table("dossier"))
    migrator.migrate(migrator.drop_table("subject"))
    migrator.migrate(migrator.drop_table("unit"))
    migrator.migrate(migrator.drop_table("audit_entry"))
    migrator.migrate(migrator.drop_table("attempt"))
