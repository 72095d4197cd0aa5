"""No two attempts of a member are the same one of a day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("donations", "0008_attempt_day")]

    operations = [
        migrations.AlterField(
            model_name="paymentattempt",
            name="membership",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="membership.membership",
            ),
        ),
        migrations.AlterField(
            model_name="paymentattempt", name="begun_on", field=models.DateField()
        ),
        migrations.AlterField(
            model_name="paymentattempt",
            name="day_slot",
            field=models.PositiveSmallIntegerField(),
        ),
        migrations.AddConstraint(
            model_name="paymentattempt",
            constraint=models.UniqueConstraint(
                fields=("membership", "begun_on", "day_slot"), name="attempt_day_slot_uniq"
            ),
        ),
    ]
