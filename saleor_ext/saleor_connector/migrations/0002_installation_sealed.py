"""Room for the sealed token and the link's state, beside what they replace."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("saleor_connector", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("installation", "installation_token_chk"),
        migrations.AddField("installation", "sealed_token", models.TextField(default="")),
        migrations.AddField(
            "installation",
            "state",
            models.CharField(
                choices=[("active", "接続中"), ("lost", "接続切れ")],
                default="active",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "installation", "lost_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AlterField(
            "installation", "auth_token", models.CharField(default="", max_length=128)
        ),
    ]
