"""What a donation is for, and the prefecture it came from."""

from django.db import migrations, models

TRIGGERS = {
    "donation_no_update": "UPDATE",
    "donation_no_delete": "DELETE",
}


def triggers_renew(apps, schema_editor):
    """SQLite makes the table anew for a column, and forgets its triggers with the old one."""
    if schema_editor.connection.vendor != "sqlite":
        return
    for name, event in TRIGGERS.items():
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON donations_donation "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )


class Migration(migrations.Migration):
    dependencies = [("donations", "0006_card_changes")]
    operations = [
        migrations.AddField(
            model_name="donation",
            name="donor_prefecture",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name="donation",
            name="use_name",
            field=models.CharField(blank=True, max_length=50),
        ),
        migrations.RunPython(triggers_renew, triggers_renew),
    ]
