"""The ledger refuses UPDATE and DELETE in the database itself."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER donation_no_update BEFORE UPDATE ON donations_donation
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER donation_no_delete BEFORE DELETE ON donations_donation
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
]
POSTGRES = [
    """CREATE FUNCTION donation_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER donation_no_change BEFORE UPDATE OR DELETE ON donations_donation
    FOR EACH ROW EXECUTE FUNCTION donation_append_only()""",
]
SQLITE_BACK = ["DROP TRIGGER donation_no_update", "DROP TRIGGER donation_no_delete"]
POSTGRES_BACK = [
    "DROP TRIGGER donation_no_change ON donations_donation",
    "DROP FUNCTION donation_append_only()",
]


def _run(sqlite, postgres):
    def run(apps, schema_editor):
        statements = sqlite if schema_editor.connection.vendor == "sqlite" else postgres
        for statement in statements:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("donations", "0002_initial")]
    operations = [
        migrations.RunPython(_run(SQLITE, POSTGRES), _run(SQLITE_BACK, POSTGRES_BACK)),
    ]
