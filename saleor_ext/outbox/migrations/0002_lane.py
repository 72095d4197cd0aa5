from django.db import migrations, models


def lanes_fill(apps, schema_editor):
    """Messages about orders that wait already keep their month's order from now on."""
    messages = apps.get_model("outbox", "OutboxMessage").objects
    open_ones = messages.filter(topic__startswith="order.").exclude(state="done")
    for message in open_ones.iterator():
        if "cycle_id" in message.payload:
            messages.filter(pk=message.pk).update(lane=f"cycle:{message.payload['cycle_id']}")


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='outboxmessage',
            name='lane',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddIndex(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('state', 'pending'), models.Q(('lane', ''), _negated=True)), fields=['lane', 'id'], name='outbox_lane_idx'),
        ),
        migrations.RunPython(lanes_fill, migrations.RunPython.noop),
    ]
