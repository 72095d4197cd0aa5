"""Gifts that cannot be sent, what is proposed instead, and what each month's donor said.

Part of `models`.
"""

from django.db import models
from django.db.models import F, Q

from saleor_ext.common.moves import Move
from saleor_ext.common.states import state_values
from saleor_ext.fulfilment import states


class Alternate(models.Model):
    """What is proposed for a gift of one box that cannot be sent (代わりの品の提案)."""

    box_plan = models.ForeignKey("fulfilment.BoxPlan", models.PROTECT, related_name="alternates")
    gift = models.ForeignKey("fulfilment.Gift", models.PROTECT, related_name="+")
    alternate = models.ForeignKey("fulfilment.Gift", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=states.AlternateState.choices)
    proposed_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.AlternateState)),
                name="alternate_state_chk",
            ),
            models.CheckConstraint(
                condition=~Q(gift=F("alternate")), name="alternate_other_gift_chk"
            ),
            models.UniqueConstraint(
                fields=["box_plan", "gift"],
                condition=Q(state="proposed"),
                name="alternate_one_proposed_uniq",
            ),
        ]

    def __str__(self) -> str:
        return f"alternate {self.pk} of box {self.box_plan_id}"


class AlternateEvent(Move):
    """One move of a proposal."""

    alternate = models.ForeignKey(Alternate, models.PROTECT, related_name="events")


class Swap(models.Model):
    """What becomes of one month for which an alternate was proposed (差し替え).

    `answer_until` is the last Japanese day on which its donor can say what he wants.
    """

    alternate = models.ForeignKey(Alternate, models.PROTECT, related_name="swaps")
    cycle = models.ForeignKey("membership.Cycle", models.PROTECT, related_name="swaps")
    state = models.CharField(max_length=10, choices=states.SwapState.choices)
    asked_at = models.DateTimeField()
    answer_until = models.DateField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.SwapState)), name="swap_state_chk"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True)
                | (~Q(state="asked") & Q(decided_at__isnull=False)),
                name="swap_decided_at_chk",
            ),
            models.UniqueConstraint(fields=["alternate", "cycle"], name="swap_once_uniq"),
        ]
        indexes = [models.Index(fields=["state", "answer_until"], name="swap_state_idx")]

    def __str__(self) -> str:
        return f"swap {self.pk} of cycle {self.cycle_id}"


class SwapEvent(Move):
    """One move of a swap."""

    swap = models.ForeignKey(Swap, models.PROTECT, related_name="events")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["swap", "to_state"], name="swap_event_once_uniq"),
        ]
