"""What the sealed token and the state replaced goes; the database holds us to the new ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("saleor_connector", "0003_installation_seal")]

    operations = [
        migrations.RemoveField("installation", "auth_token"),
        migrations.RemoveField("installation", "is_active"),
        migrations.AlterField("installation", "sealed_token", models.TextField()),
        migrations.AddConstraint(
            "installation",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sealed_token", ""), _negated=True),
                    models.Q(("app_id", ""), _negated=True),
                ),
                name="installation_token_chk",
            ),
        ),
        migrations.AddConstraint(
            "installation",
            models.CheckConstraint(
                condition=models.Q(("state__in", ["active", "lost"])),
                name="installation_state_chk",
            ),
        ),
        migrations.AddConstraint(
            "installation",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lost_at__isnull", False), ("state", "lost")),
                    models.Q(
                        models.Q(("state", "lost"), _negated=True), ("lost_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="installation_lost_at_chk",
            ),
        ),
    ]
