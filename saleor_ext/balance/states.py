"""Kinds of movements on the balance at the provider, stages of payouts, and what does not match."""

from django.db.models import TextChoices


class EntryKind(TextChoices):
    """Why money moved on the balance at the provider (入出金の種類)."""

    CHARGE = "charge", "受け取り"
    REFUND = "refund", "返金"
    REFUND_FAILURE = "refund_failure", "返金の戻り"
    DISPUTE = "dispute", "不審請求の引き落とし"
    DISPUTE_REVERSAL = "dispute_reversal", "不審請求の戻り"
    FEE = "fee", "手数料"
    PAYOUT = "payout", "振込"
    PAYOUT_REVERSAL = "payout_reversal", "振込の戻り"
    NOT_YEN = "not_yen", "円以外の動き"
    OTHER = "other", "その他"


class PayoutStage(TextChoices):
    """How a payout to the town's bank stands (振込のようす)."""

    UNDER_WAY = "under_way", "手続き中"
    PAID = "paid", "振込済み"
    FAILED = "failed", "不成立"


class GapCode(TextChoices):
    """What does not match (合わないもの).

    ledger_only: the ledger has it, the provider's balance has not.
    provider_only: the balance has it under our key, the ledger has not.
    amount_differs, day_differs: both have it, with another amount or on another Japanese day.
    net_differs: amount, fee and net of an entry do not add up.
    not_yen: an entry is in another currency, which no donation is taken in.
    shop_differs: the shop counts another sum as paid for the month.
    shop_missing: the shop has no order for a paid month.
    payout_differs: a payout is not the sum of its entries.
    payout_incomplete: the provider does not say, or not yet fully, what a payout is made of.
    """

    LEDGER_ONLY = "ledger_only", "台帳にだけある"
    PROVIDER_ONLY = "provider_only", "決済会社にだけある"
    AMOUNT_DIFFERS = "amount_differs", "金額がちがう"
    DAY_DIFFERS = "day_differs", "日付がちがう"
    NET_DIFFERS = "net_differs", "手数料の計算が合わない"
    NOT_YEN = "not_yen", "円以外の入出金"
    SHOP_DIFFERS = "shop_differs", "ショップの入金がちがう"
    SHOP_MISSING = "shop_missing", "ショップに注文がない"
    PAYOUT_DIFFERS = "payout_differs", "振込と明細の合計がちがう"
    PAYOUT_INCOMPLETE = "payout_incomplete", "振込の明細がそろわない"


LEDGER_KINDS = frozenset(
    {
        EntryKind.CHARGE,
        EntryKind.REFUND,
        EntryKind.REFUND_FAILURE,
        EntryKind.DISPUTE,
        EntryKind.DISPUTE_REVERSAL,
    }
)
"""Movements that the ledger of donations must show as well; fees and payouts are not donations."""
