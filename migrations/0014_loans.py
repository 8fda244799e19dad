"""The register of borrowed, extracted and copied paper. Frozen: names columns in words, never imports the models."""

from peewee import (
    SQL,
    BlobField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
)


def up(migrator, db):
    class Officer(Model):
        class Meta:
            database = db
            table_name = "officer"

    class Dossier(Model):
        class Meta:
            database = db
            table_name = "dossier"

    class Material(Model):
        class Meta:
            database = db
            table_name = "material"

    class AccessRequest(Model):
        class Meta:
            database = db
            table_name = "access_request"

    class Loan(Model):
        public_id = CharField(unique=True, max_length=16)
        dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
        kind = CharField(max_length=8)
        is_whole = BooleanField()
        taker = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        second = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        request = ForeignKeyField(AccessRequest, null=True, on_delete="RESTRICT")
        purpose = CharField(max_length=4)
        pages = IntegerField(null=True)
        words = BlobField()
        out_on = DateField(index=True)
        due_on = DateField(null=True)
        due_set_at = DateTimeField()
        entered_by = ForeignKeyField(Officer, on_delete="RESTRICT")
        entered_at = DateTimeField()
        ending = CharField(max_length=16, default="")
        is_complete = BooleanField(null=True)
        ended_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        ended_at = DateTimeField(null=True)
        end_words = BlobField(null=True)

        class Meta:
            database = db
            table_name = "loan"
            indexes = ((("dossier", "ended_at"), False), (("taker", "ended_at"), False))

    class LoanMaterial(Model):
        loan = ForeignKeyField(Loan, on_delete="CASCADE")
        material = ForeignKeyField(Material, null=True, on_delete="SET NULL")
        is_out = BooleanField()

        class Meta:
            database = db
            table_name = "loan_material"

    class LoanExtension(Model):
        loan = ForeignKeyField(Loan, on_delete="CASCADE")
        due_before = DateField()
        due_after = DateField()
        reason = BlobField()
        officer = ForeignKeyField(Officer, on_delete="RESTRICT")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "loan_extension"

    whole_out = SQL("kind = 'borrow' AND is_whole AND ended_at IS NULL")
    Loan.add_index(Loan.index(Loan.dossier, unique=True, name="loan_whole_out", where=whole_out))
    part_out = SQL("is_out")
    LoanMaterial.add_index(
        LoanMaterial.index(LoanMaterial.material, unique=True, name="loan_material_out", where=part_out)
    )
    db.create_tables([Loan, LoanMaterial, LoanExtension])


def down(migrator, db):
    # Loses the register itself, and who has which paper now: print it before. The log keeps that entries were made.
    for table in ("loan_extension", "loan_material", "loan"):
        migrator.migrate(migrator.drop_table(table))
