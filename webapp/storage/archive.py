"""Units, the people dossiers are about, dossiers, and the materials in them."""

from peewee import BlobField, CharField, Check, ForeignKeyField, IntegerField

from webapp.storage.database import PublicIdField, Record, UtcField


class Unit(Record):
    """An organisational unit (单位), a node of the tree. `path` holds the ids from the root: /1/4/."""

    public_id = PublicIdField()
    name = CharField(max_length=120)
    parent = ForeignKeyField("self", null=True, backref="children", on_delete="RESTRICT")
    path = CharField(max_length=250, index=True, default="")

    class Meta:
        indexes = ((("parent", "name"), True),)


class Subject(Record):
    """The person a dossier is about (档案本人)."""

    public_id = PublicIdField()
    name = CharField(max_length=64, index=True)
    sex = CharField(max_length=8, default="")
    birth = CharField(max_length=10, default="")  # YYYY, YYYY-MM or YYYY-MM-DD
    unit = ForeignKeyField(Unit, backref="subjects", on_delete="RESTRICT")
    post = CharField(max_length=120, default="")
    id_number = BlobField(null=True)  # sealed under the dossier's data key
    id_number_index = CharField(max_length=32, null=True, unique=True)  # blind index


class Dossier(Record):
    """One person's file (干部人事档案)."""

    public_id = PublicIdField()
    number = CharField(max_length=40, unique=True)  # 档案号
    subject = ForeignKeyField(Subject, backref="dossiers", unique=True, on_delete="RESTRICT")
    data_key = BlobField()  # wrapped
    root_id = CharField(max_length=16, index=True)  # the root key that wraps it
    created_at = UtcField()


class Material(Record):
    """One document within a category, one line of the catalogue (材料)."""

    public_id = PublicIdField()
    dossier = ForeignKeyField(Dossier, backref="materials", on_delete="RESTRICT")
    category = CharField(max_length=4)  # leaf code of the scheme, "1" … "9-4", "10"
    scheme = CharField(max_length=16)  # version of the category dictionary it was filed by
    title = CharField(max_length=200)
    year = IntegerField(null=True, constraints=[Check("year BETWEEN 1900 AND 2200")])
    month = IntegerField(null=True, constraints=[Check("month BETWEEN 1 AND 12")])
    day = IntegerField(null=True, constraints=[Check("day BETWEEN 1 AND 31")])
    recorded_pages = IntegerField(null=True)  # page count on the paper catalogue; scanned pages are counted
    copies = IntegerField(default=1)  # 份数, printed by older templates only
    remark = CharField(max_length=200, default="")
    sensitivity = CharField(max_length=16)
    goes_with = ForeignKeyField("self", null=True, on_delete="SET NULL")  # 考察材料 behind its 任免审批表
    created_at = UtcField()

    class Meta:
        indexes = ((("dossier", "category"), False),)
