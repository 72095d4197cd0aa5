"""Memberships given to other people, and months whose box goes elsewhere. Part of `models`."""

from django.db import models
from django.db.models import F, Q

from saleor_ext.common.moves import Move
from saleor_ext.common.states import state_values
from saleor_ext.membership import states


class Grant(models.Model):
    """A membership given to another person (贈呈): he gets boxes and content, the giver pays.

    The link in the mail is sealed and stored nowhere. `recipient_email` is kept only until the
    offer is accepted or over.
    """

    membership = models.ForeignKey("membership.Membership", models.PROTECT, related_name="grants")
    giver = models.ForeignKey("membership.Donor", models.PROTECT, related_name="grants_given")
    recipient = models.ForeignKey(
        "membership.Donor", models.PROTECT, null=True, blank=True, related_name="grants_received"
    )
    recipient_email = models.EmailField(blank=True)
    state = models.CharField(max_length=10, choices=states.GrantState.choices)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.GrantState)), name="grant_state_chk"
            ),
            models.CheckConstraint(
                condition=(Q(state="offered") & ~Q(recipient_email=""))
                | (~Q(state="offered") & Q(recipient_email="")),
                name="grant_email_chk",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["accepted", "ended"], recipient__isnull=False)
                | (~Q(state__in=["accepted", "ended"]) & Q(recipient__isnull=True)),
                name="grant_recipient_chk",
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=True) | ~Q(recipient=F("giver")),
                name="grant_other_person_chk",
            ),
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(state__in=sorted(states.GRANT_LIVE)),
                name="grant_one_live_uniq",
            ),
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="grant_state_idx")]

    def __str__(self) -> str:
        return f"grant {self.pk}"


class GrantEvent(Move):
    """One move of a grant; each state is entered once."""

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="events")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grant", "to_state"], name="grant_event_once_uniq"),
        ]


class MonthAddress(models.Model):
    """Where one month's box goes instead (この月だけのお届け先), and no other month's."""

    cycle = models.OneToOneField("membership.Cycle", models.PROTECT, related_name="month_address")
    family_name = models.CharField(max_length=50)
    given_name = models.CharField(max_length=50)
    phone = models.CharField(max_length=20)
    postal_code = models.CharField(max_length=8)
    prefecture = models.CharField(max_length=10)
    city = models.CharField(max_length=50)
    street = models.CharField(max_length=100)
    building = models.CharField(max_length=100, blank=True)
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"address of cycle {self.cycle_id}"
