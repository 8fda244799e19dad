"""Pages know the finding rules they were read under, what a keeper took off them, and since when somebody waits.

Pages that are there count as read under rules older than any: the worker searches them anew.
"""

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, Model


def up(migrator, db):
    # As written, not by migrator.add_column(): that makes the table anew, and dropping the old one deletes
    # the boxes and texts of every page with it.
    db.execute_sql('ALTER TABLE "page" ADD COLUMN "mask_rules" INTEGER NOT NULL DEFAULT 0')
    db.execute_sql('CREATE INDEX "page_mask_rules" ON "page" ("mask_rules")')

    class Page(Model):
        class Meta:
            database = db
            table_name = "page"

    class Officer(Model):
        class Meta:
            database = db
            table_name = "officer"

    class DismissedFinding(Model):
        page = ForeignKeyField(Page, on_delete="CASCADE")
        kind = CharField(max_length=16)
        left = IntegerField()
        top = IntegerField()
        right = IntegerField()
        bottom = IntegerField()
        officer = ForeignKeyField(Officer, on_delete="RESTRICT")
        dismissed_at = DateTimeField()

        class Meta:
            database = db
            table_name = "dismissed_finding"

    class AwaitedPage(Model):
        page = ForeignKeyField(Page, primary_key=True, on_delete="CASCADE")
        since = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "awaited_page"

    db.create_tables([DismissedFinding, AwaitedPage])


def down(migrator, db):
    # Forgets what keepers judged to be no finding: searched anew, those pages are withheld once more.
    for table in ("awaited_page", "dismissed_finding"):
        db.execute_sql(f'DROP TABLE "{table}"')
    db.execute_sql('DROP INDEX "page_mask_rules"')
    db.execute_sql('ALTER TABLE "page" DROP COLUMN "mask_rules"')
