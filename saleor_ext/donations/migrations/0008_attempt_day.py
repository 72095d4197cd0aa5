"""Each attempt says whose it is and on which Japanese day it was begun, as the how-manieth."""

import django.db.models.deletion
from django.db import migrations, models

from saleor_ext.common import jptime

BATCH = 1000


def fill(apps, schema_editor):
    attempts = apps.get_model("donations", "PaymentAttempt")
    counted, batch = {}, []
    rows = attempts.objects.select_related("cycle").order_by("pk")
    for attempt in rows.iterator(chunk_size=BATCH):
        attempt.membership_id = attempt.cycle.membership_id
        attempt.begun_on = jptime.jst_date(attempt.begun_at)
        member_day = (attempt.membership_id, attempt.begun_on)
        attempt.day_slot = counted[member_day] = counted.get(member_day, 0) + 1
        batch.append(attempt)
        if len(batch) == BATCH:
            attempts.objects.bulk_update(batch, ["membership", "begun_on", "day_slot"])
            batch.clear()
    attempts.objects.bulk_update(batch, ["membership", "begun_on", "day_slot"])


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0007_use_and_prefecture"),
        ("membership", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="paymentattempt",
            name="membership",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="membership.membership",
            ),
        ),
        migrations.AddField(
            model_name="paymentattempt", name="begun_on", field=models.DateField(null=True)
        ),
        migrations.AddField(
            model_name="paymentattempt",
            name="day_slot",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
