"""What the provider entered is kept as it was entered: the database refuses UPDATE and DELETE."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER balance_entry_no_update BEFORE UPDATE ON balance_balanceentry
    BEGIN SELECT RAISE(ABORT, 'the mirrored balance is append-only'); END""",
    """CREATE TRIGGER balance_entry_no_delete BEFORE DELETE ON balance_balanceentry
    BEGIN SELECT RAISE(ABORT, 'the mirrored balance is append-only'); END""",
]
POSTGRES = [
    """CREATE FUNCTION balance_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the mirrored balance is append-only'
    USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER balance_entry_no_change BEFORE UPDATE OR DELETE ON balance_balanceentry
    FOR EACH ROW EXECUTE FUNCTION balance_entry_append_only()""",
]
SQLITE_BACK = ["DROP TRIGGER balance_entry_no_update", "DROP TRIGGER balance_entry_no_delete"]
POSTGRES_BACK = [
    "DROP TRIGGER balance_entry_no_change ON balance_balanceentry",
    "DROP FUNCTION balance_entry_append_only()",
]


def _run(sqlite, postgres):
    def run(apps, schema_editor):
        statements = sqlite if schema_editor.connection.vendor == "sqlite" else postgres
        for statement in statements:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("balance", "0001_initial")]
    operations = [
        migrations.RunPython(_run(SQLITE, POSTGRES), _run(SQLITE_BACK, POSTGRES_BACK)),
    ]
