"""The tokens that are there are sealed; what was switched off counts as lost when it was made."""

from django.db import migrations
from django.db.models import F

from saleor_ext.common import sealing

PURPOSE = "saleor app token"


def seal(apps, schema_editor):
    installations = apps.get_model("saleor_connector", "Installation").objects
    for row in installations.all():
        row.sealed_token = sealing.seal(row.auth_token, purpose=PURPOSE)
        row.auth_token = ""
        row.save(update_fields=["sealed_token", "auth_token"])
    installations.filter(is_active=False).update(state="lost", lost_at=F("installed_at"))


def unseal(apps, schema_editor):
    installations = apps.get_model("saleor_connector", "Installation").objects
    for row in installations.all():
        row.auth_token = sealing.unseal(row.sealed_token, purpose=PURPOSE)
        row.save(update_fields=["auth_token"])
    installations.filter(state="lost").update(is_active=False)


class Migration(migrations.Migration):
    dependencies = [("saleor_connector", "0002_installation_sealed")]

    operations = [migrations.RunPython(seal, unseal)]
