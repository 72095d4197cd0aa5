"""A movement in another currency is kept as such, and listed as what does not match."""

from django.db import migrations, models

TRIGGERS = {
    "balance_entry_no_update": "UPDATE",
    "balance_entry_no_delete": "DELETE",
}
KINDS = ['charge', 'refund', 'refund_failure', 'dispute', 'dispute_reversal', 'fee', 'payout', 'payout_reversal', 'not_yen', 'other']
CODES = ['ledger_only', 'provider_only', 'amount_differs', 'day_differs', 'net_differs', 'not_yen', 'shop_differs', 'shop_missing', 'payout_differs', 'payout_incomplete']


def triggers_renew(apps, schema_editor):
    """SQLite makes the table anew for a constraint, and forgets its triggers with the old one."""
    if schema_editor.connection.vendor != "sqlite":
        return
    for name, event in TRIGGERS.items():
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON balance_balanceentry "
            "BEGIN SELECT RAISE(ABORT, 'the mirrored balance is append-only'); END"
        )


class Migration(migrations.Migration):

    dependencies = [
        ('balance', '0002_entries_append_only'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, triggers_renew),
        migrations.RemoveConstraint(
            model_name='balanceentry',
            name='balance_entry_kind_chk',
        ),
        migrations.RemoveConstraint(
            model_name='matchgap',
            name='match_gap_code_chk',
        ),
        migrations.AlterField(
            model_name='balanceentry',
            name='kind',
            field=models.CharField(choices=[('charge', '受け取り'), ('refund', '返金'), ('refund_failure', '返金の戻り'), ('dispute', '不審請求の引き落とし'), ('dispute_reversal', '不審請求の戻り'), ('fee', '手数料'), ('payout', '振込'), ('payout_reversal', '振込の戻り'), ('not_yen', '円以外の動き'), ('other', 'その他')], max_length=20),
        ),
        migrations.AlterField(
            model_name='matchgap',
            name='code',
            field=models.CharField(choices=[('ledger_only', '台帳にだけある'), ('provider_only', '決済会社にだけある'), ('amount_differs', '金額がちがう'), ('day_differs', '日付がちがう'), ('net_differs', '手数料の計算が合わない'), ('not_yen', '円以外の入出金'), ('shop_differs', 'ショップの入金がちがう'), ('shop_missing', 'ショップに注文がない'), ('payout_differs', '振込と明細の合計がちがう'), ('payout_incomplete', '振込の明細がそろわない')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='balanceentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', KINDS)), name='balance_entry_kind_chk'),
        ),
        migrations.AddConstraint(
            model_name='matchgap',
            constraint=models.CheckConstraint(condition=models.Q(('code__in', CODES)), name='match_gap_code_chk'),
        ),
        migrations.RunPython(triggers_renew, migrations.RunPython.noop),
    ]
