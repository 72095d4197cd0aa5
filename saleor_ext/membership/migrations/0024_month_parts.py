"""A donation of one month may be settled with part of it given back, too."""

from django.db import migrations, models


def parts_forget(apps, schema_editor):
    cycles = apps.get_model("membership", "Cycle")
    cycles.objects.filter(box_count=1).exclude(given_back_yen=0).update(given_back_yen=0)


class Migration(migrations.Migration):

    dependencies = [
        ('membership', '0023_moves'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='cycle', name='cycle_given_back_chk'),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.CheckConstraint(condition=models.Q(('boxes_given_back__lt', models.F('box_count')), ('given_back_yen__gte', 0), models.Q(('given_back_yen', 0), ('given_back_yen__lt', models.F('amount_yen')), _connector='OR')), name='cycle_given_back_chk'),
        ),
        # Backwards only: the narrower constraint knows no such months.
        migrations.RunPython(migrations.RunPython.noop, parts_forget),
    ]
