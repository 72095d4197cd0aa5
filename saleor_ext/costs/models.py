"""What asking for donations costs: what was paid or is expected, and gifts that became dearer."""

from django.db import models
from django.db.models import F, Q

from saleor_ext.common.states import state_values
from saleor_ext.costs import states


class CostEntry(models.Model):
    """A cost that was paid (費用の実績) in a month. Never changed: a mistake gets a row that takes
    it back.
    """

    kind = models.CharField(max_length=12, choices=states.CostKind.choices)
    month = models.DateField()
    amount_yen = models.BigIntegerField()
    note = models.CharField(max_length=200)
    entered_at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=state_values(states.CostKind)), name="cost_entry_kind_chk"
            ),
            models.CheckConstraint(condition=~Q(amount_yen=0), name="cost_entry_amount_chk"),
            models.CheckConstraint(condition=~Q(note=""), name="cost_entry_note_chk"),
        ]
        indexes = [models.Index(fields=["month", "kind"], name="cost_entry_month_idx")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.month:%Y-%m}"


class CostRate(models.Model):
    """What a kind of cost is expected to be (費用の見込み), from a day on."""

    kind = models.CharField(max_length=12, choices=states.CostKind.choices)
    basis = models.CharField(max_length=12, choices=states.RateBasis.choices)
    amount = models.PositiveBigIntegerField()
    valid_from = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=state_values(states.CostKind)) & ~Q(kind="procurement"),
                name="cost_rate_kind_chk",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=state_values(states.RateBasis)), name="cost_rate_basis_chk"
            ),
            models.CheckConstraint(
                condition=~Q(basis="permille") | Q(amount__lte=1000), name="cost_rate_permille_chk"
            ),
            models.UniqueConstraint(fields=["kind", "valid_from"], name="cost_rate_day_uniq"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.valid_from}"


class GiftCost(models.Model):
    """A change of what the town pays for a gift (調達費の改定)."""

    gift = models.ForeignKey("fulfilment.Gift", models.PROTECT, related_name="+")
    old_yen = models.BigIntegerField()
    new_yen = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(new_yen__gt=0) & ~Q(new_yen=F("old_yen")), name="gift_cost_change_chk"
            ),
        ]

    def __str__(self) -> str:
        return f"cost of gift {self.gift_id}"


class CostRevision(models.Model):
    """What a change means for a month that was locked before and not sent yet (調達費の再計算).

    The locked copy stays as it was; the sum of a month's revisions is what has to be added to it.
    """

    gift_cost = models.ForeignKey(GiftCost, models.PROTECT, related_name="revisions")
    cycle = models.ForeignKey("membership.Cycle", models.PROTECT, related_name="cost_revisions")
    difference_yen = models.BigIntegerField()
    cost_yen = models.BigIntegerField()
    donation_yen = models.BigIntegerField()
    is_over = models.BooleanField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gift_cost", "cycle"], name="cost_revision_once_uniq"),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True, seen_by="")
                | (Q(seen_at__isnull=False) & ~Q(seen_by="")),
                name="cost_revision_seen_chk",
            ),
        ]
        indexes = [models.Index(fields=["is_over", "seen_at"], name="cost_revision_over_idx")]

    def __str__(self) -> str:
        return f"revision of cycle {self.cycle_id}"


class BenefitCost(models.Model):
    """Benefits of a tier cost the town another amount from now on (特典の費用の改定)."""

    tier = models.ForeignKey("membership.Tier", models.PROTECT, related_name="benefit_costs")
    old_yen = models.BigIntegerField()
    new_yen = models.BigIntegerField()
    changed_at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(old_yen__gte=0, new_yen__gte=0), name="benefit_cost_change_chk"
            ),
        ]

    def __str__(self) -> str:
        return f"benefit cost of tier {self.tier_id}"
