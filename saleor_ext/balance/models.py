"""The town's balance at the payment provider, mirrored, and compared with the ledger by day."""

from django.db import models
from django.db.models import F, Q

from saleor_ext.balance import states
from saleor_ext.common.states import state_values


class BalanceEntry(models.Model):
    """One movement on the balance (入出金の明細), as the provider entered it. Append-only.

    `key` is our key of the attempt behind it, "" for what is not a donation of this salon.
    """

    entry_ref = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=states.EntryKind.choices)
    amount_yen = models.BigIntegerField()
    fee_yen = models.BigIntegerField()
    net_yen = models.BigIntegerField()
    entered_at = models.DateTimeField()
    entered_on = models.DateField()
    available_on = models.DateField()
    source_ref = models.CharField(max_length=100, blank=True, db_index=True)
    charge_ref = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=64, blank=True, db_index=True)
    mirrored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=state_values(states.EntryKind)), name="balance_entry_kind_chk"
            ),
            models.CheckConstraint(
                # Kept as it came: whether it adds up is for the comparison to say.
                condition=Q(amount_yen__isnull=False, fee_yen__isnull=False, net_yen__isnull=False),
                name="balance_entry_amounts_chk",
            ),
        ]
        indexes = [models.Index(fields=["entered_on", "id"], name="balance_entry_day_idx")]

    def __str__(self) -> str:
        return f"entry {self.entry_ref}"


class Payout(models.Model):
    """Money sent to the town's bank (振込). Only its stage changes after it was seen first."""

    payout_ref = models.CharField(max_length=100, unique=True)
    amount_yen = models.BigIntegerField()
    stage = models.CharField(max_length=10, choices=states.PayoutStage.choices)
    created_on = models.DateField()
    arrives_on = models.DateField()
    is_automatic = models.BooleanField()
    entry_refs = models.JSONField(default=list)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=state_values(states.PayoutStage)), name="payout_stage_chk"
            ),
            models.CheckConstraint(condition=~Q(amount_yen=0), name="payout_amount_chk"),
        ]
        indexes = [models.Index(fields=["created_on", "id"], name="payout_day_idx")]

    def __str__(self) -> str:
        return f"payout {self.payout_ref}"


class MatchDay(models.Model):
    """One Japanese day compared (照合の日): ledger, provider, fees, and what is not ours."""

    day = models.DateField(unique=True)
    matched_at = models.DateTimeField()
    ledger_yen = models.BigIntegerField()
    provider_yen = models.BigIntegerField()
    fee_yen = models.BigIntegerField()
    own_count = models.PositiveIntegerField()
    foreign_yen = models.BigIntegerField()
    foreign_count = models.PositiveIntegerField()
    gap_count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gap_count__gt=0) | Q(ledger_yen=F("provider_yen")),
                name="match_day_sums_chk",
            ),
            models.CheckConstraint(
                condition=Q(own_count__gt=0) | Q(fee_yen=0), name="match_day_fee_chk"
            ),
            models.CheckConstraint(
                condition=Q(foreign_count__gt=0) | Q(foreign_yen=0), name="match_day_foreign_chk"
            ),
        ]

    def __str__(self) -> str:
        return f"match of {self.day}"


class MatchGap(models.Model):
    """One thing that does not match on a day (合わないもの). Made anew with each comparison.

    `subject` names it by a number of ours or the provider's, never a person.
    """

    match_day = models.ForeignKey(MatchDay, models.CASCADE, related_name="gaps")
    code = models.CharField(max_length=20, choices=states.GapCode.choices)
    subject = models.CharField(max_length=120)
    ledger_yen = models.BigIntegerField(null=True, blank=True)
    provider_yen = models.BigIntegerField(null=True, blank=True)
    shop_yen = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__in=state_values(states.GapCode)), name="match_gap_code_chk"
            ),
            models.CheckConstraint(
                condition=Q(ledger_yen__isnull=False)
                | Q(provider_yen__isnull=False)
                | Q(shop_yen__isnull=False),
                name="match_gap_amounts_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject}"
