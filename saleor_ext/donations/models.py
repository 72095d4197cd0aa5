"""Cards, attempts to receive money, and the append-only ledger of donations."""

from django.db import models
from django.db.models import Q

from saleor_ext.common.moves import Move
from saleor_ext.common.states import state_values
from saleor_ext.donations import states


class CardOnFile(models.Model):
    """A card the provider keeps for a donor. We know only what may be shown."""

    donor = models.ForeignKey("membership.Donor", models.PROTECT, related_name="cards")
    customer_ref = models.CharField(max_length=100)
    method_ref = models.CharField(max_length=100)
    brand = models.CharField(max_length=20)
    last4 = models.CharField(max_length=4)
    exp_month = models.PositiveSmallIntegerField()
    exp_year = models.PositiveSmallIntegerField()
    is_current = models.BooleanField(default=True)
    # Why its bank said never to ask it again; "" while it may be asked.
    refused_code = models.CharField(max_length=60, blank=True)
    # How the name on it compares with the donor's, who said that it is all right, and why.
    holder_state = models.CharField(max_length=10, choices=states.HolderState.choices, blank=True)
    holder_said_by = models.CharField(max_length=100, blank=True)
    holder_reason = models.CharField(max_length=200, blank=True)
    holder_said_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()
    # When the provider forgot it, after another card had taken its place.
    detached_at = models.DateTimeField(null=True, blank=True)

    # Said by `services.card_keep` of the card it returns: another one was charged until then.
    has_replaced = False

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(detached_at__isnull=True),
                name="card_detached_chk",
            ),
            models.UniqueConstraint(
                fields=["donor"], condition=Q(is_current=True), name="card_one_current_uniq"
            ),
            models.UniqueConstraint(fields=["donor", "method_ref"], name="card_method_uniq"),
        ]

    def __str__(self) -> str:
        return f"card {self.pk}"


class ProviderCustomer(models.Model):
    """The provider's customer made for a donor."""

    donor = models.OneToOneField("membership.Donor", models.PROTECT, related_name="+")
    customer_ref = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return f"customer of donor {self.donor_id}"


class CardChange(models.Model):
    """The entering of a new card (カードの変更), written down before the provider is asked."""

    donor = models.ForeignKey("membership.Donor", models.PROTECT, related_name="card_changes")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=states.CardChangeState.choices)
    provider_ref = models.CharField(max_length=100, blank=True)
    begun_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.CardChangeState)),
                name="card_change_state_chk",
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True)
                | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="card_change_settled_at_chk",
            ),
            models.CheckConstraint(
                condition=~Q(state="kept") | ~Q(provider_ref=""), name="card_change_ref_chk"
            ),
            models.UniqueConstraint(fields=["donor", "number"], name="card_change_number_uniq"),
            models.UniqueConstraint(
                fields=["donor"], condition=Q(state="open"), name="card_change_one_open_uniq"
            ),
            models.UniqueConstraint(
                fields=["provider_ref"],
                condition=~Q(provider_ref=""),
                name="card_change_provider_uniq",
            ),
        ]

    def __str__(self) -> str:
        return f"card change {self.key}"


class CardChangeEvent(Move):
    """One move of the entering of a card."""

    change = models.ForeignKey(CardChange, models.PROTECT, related_name="events")


class PaymentAttempt(models.Model):
    """One attempt (決済の試み) to receive one cycle's donation, written before money moves.

    `shop_transaction_id` is the shop's transaction that shows it; `is_from_shop` says that
    another storefront than ours began it, in a checkout of its own. `day_slot` counts what was
    begun for the member on the Japanese day `begun_on`, so that two writers cannot both be the
    last one allowed. `look_code` says why the last look at the provider brought nothing; since
    `parked_at` an attempt waits for staff, while the janitor goes on looking.
    """

    cycle = models.ForeignKey("membership.Cycle", models.PROTECT, related_name="attempts")
    membership = models.ForeignKey("membership.Membership", models.PROTECT, related_name="+")
    begun_on = models.DateField()
    day_slot = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=64, unique=True)
    amount_yen = models.BigIntegerField()
    is_off_session = models.BooleanField()
    state = models.CharField(max_length=16, choices=states.AttemptState.choices)
    provider_ref = models.CharField(max_length=100, blank=True, db_index=True)
    charge_ref = models.CharField(max_length=100, blank=True)
    decline_code = models.CharField(max_length=60, blank=True)
    is_retryable = models.BooleanField(default=True)
    begun_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    look_count = models.PositiveSmallIntegerField(default=0)
    look_code = models.CharField(max_length=60, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    shop_transaction_id = models.CharField(max_length=200, blank=True)
    is_from_shop = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.AttemptState)), name="attempt_state_chk"
            ),
            models.CheckConstraint(
                condition=Q(is_from_shop=False) | ~Q(shop_transaction_id=""),
                name="attempt_from_shop_chk",
            ),
            models.UniqueConstraint(
                fields=["shop_transaction_id"],
                condition=~Q(shop_transaction_id=""),
                name="attempt_shop_transaction_uniq",
            ),
            models.CheckConstraint(condition=Q(amount_yen__gt=0), name="attempt_amount_chk"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.ATTEMPT_OPEN), settled_at__isnull=True)
                | (~Q(state__in=sorted(states.ATTEMPT_OPEN)) & Q(settled_at__isnull=False)),
                name="attempt_settled_at_chk",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(states.ATTEMPT_RECEIVED)) | ~Q(charge_ref=""),
                name="attempt_charge_ref_chk",
            ),
            models.UniqueConstraint(fields=["cycle", "number"], name="attempt_number_uniq"),
            models.UniqueConstraint(
                fields=["membership", "begun_on", "day_slot"], name="attempt_day_slot_uniq"
            ),
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(state__in=sorted(states.ATTEMPT_OPEN)),
                name="attempt_one_open_uniq",
            ),
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(state__in=sorted(states.ATTEMPT_RECEIVED)),
                name="attempt_one_received_uniq",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="attempt_state_idx")]

    def __str__(self) -> str:
        return f"attempt {self.key}"


class PaymentAttemptEvent(Move):
    """One move of an attempt."""

    attempt = models.ForeignKey(PaymentAttempt, models.PROTECT, related_name="events")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "to_state"], name="attempt_event_once_uniq"),
        ]


class PaymentAttemptNote(models.Model):
    """What was done about an attempt that nobody knew the end of (決済の確認の記録)."""

    attempt = models.ForeignKey(PaymentAttempt, models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=12, choices=states.AttemptNoteKind.choices)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=state_values(states.AttemptNoteKind)),
                name="attempt_note_kind_chk",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["named", "closed"]) | ~Q(reason=""),
                name="attempt_note_reason_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of attempt {self.attempt_id}"


class Refund(models.Model):
    """Money to be given back (返金) of one attempt, written down before the provider is asked.

    `request_digest` names the shop's question, so that a repeated one is not a second refund.
    """

    attempt = models.ForeignKey(PaymentAttempt, models.PROTECT, related_name="refunds")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=64, unique=True)
    amount_yen = models.BigIntegerField()
    origin = models.CharField(max_length=10, choices=states.RefundOrigin.choices)
    reason = models.CharField(max_length=200, blank=True)
    request_digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=states.RefundState.choices)
    provider_ref = models.CharField(max_length=100, blank=True)
    failure_code = models.CharField(max_length=60, blank=True)
    requested_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.RefundState)), name="refund_state_chk"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=state_values(states.RefundOrigin)), name="refund_origin_chk"
            ),
            models.CheckConstraint(condition=Q(amount_yen__gt=0), name="refund_amount_chk"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.REFUND_OPEN), settled_at__isnull=True)
                | (~Q(state__in=sorted(states.REFUND_OPEN)) & Q(settled_at__isnull=False)),
                name="refund_settled_at_chk",
            ),
            models.CheckConstraint(
                condition=~Q(state="succeeded") | ~Q(provider_ref=""),
                name="refund_provider_ref_chk",
            ),
            models.UniqueConstraint(fields=["attempt", "number"], name="refund_number_uniq"),
            models.UniqueConstraint(
                fields=["attempt"],
                condition=Q(state__in=sorted(states.REFUND_OPEN)),
                name="refund_one_open_uniq",
            ),
            models.UniqueConstraint(
                fields=["request_digest"],
                condition=~Q(request_digest=""),
                name="refund_request_uniq",
            ),
            models.UniqueConstraint(
                fields=["provider_ref"], condition=~Q(provider_ref=""), name="refund_provider_uniq"
            ),
        ]

    def __str__(self) -> str:
        return f"refund {self.key}"


class RefundEvent(Move):
    """One move of a refund."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="events")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "to_state"], name="refund_event_once_uniq"),
        ]


class Dispute(models.Model):
    """A dispute (不審請求) of one attempt's money, as the provider tells it."""

    attempt = models.ForeignKey(PaymentAttempt, models.PROTECT, related_name="disputes")
    provider_ref = models.CharField(max_length=100, unique=True)
    amount_yen = models.BigIntegerField()
    reason_code = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=states.DisputeState.choices)
    opened_at = models.DateTimeField()
    respond_by = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.DisputeState)), name="dispute_state_chk"
            ),
            models.CheckConstraint(condition=Q(amount_yen__gt=0), name="dispute_amount_chk"),
        ]
        indexes = [models.Index(fields=["state", "id"], name="dispute_state_idx")]

    def __str__(self) -> str:
        return f"dispute {self.provider_ref}"


class DisputeEvent(Move):
    """One move of a dispute."""

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="events")


class ReceiptCounter(models.Model):
    """The last receipt number given in one calendar year by one town."""

    municipality = models.ForeignKey("membership.Municipality", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "year"], name="receipt_counter_uniq"),
        ]

    def __str__(self) -> str:
        return f"receipts {self.year}"


class Donation(models.Model):
    """A ledger row (寄附): money received, or a correction that points back at one.

    Append-only: triggers refuse UPDATE and DELETE. `donated_on` is the day in Japan on which the
    provider took the money, whose calendar year decides the tax year.
    """

    municipality = models.ForeignKey("membership.Municipality", models.PROTECT, related_name="+")
    attempt = models.ForeignKey(PaymentAttempt, models.PROTECT, related_name="donations")
    donor = models.ForeignKey("membership.Donor", models.PROTECT, related_name="donations")
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    amount_yen = models.BigIntegerField()
    donated_on = models.DateField()
    tier_name = models.CharField(max_length=50)
    donor_name = models.CharField(max_length=101)
    donor_address = models.CharField(max_length=300)
    donor_prefecture = models.CharField(max_length=10, blank=True)
    use_name = models.CharField(max_length=50, blank=True)
    receipt_year = models.PositiveSmallIntegerField(null=True, blank=True)
    receipt_number = models.PositiveIntegerField(null=True, blank=True)
    refund_ref = models.CharField(max_length=100, blank=True)
    dispute = models.ForeignKey(
        Dispute, models.PROTECT, null=True, blank=True, related_name="ledger_rows"
    )
    movement_ref = models.CharField(max_length=100, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, amount_yen__gt=0, receipt_number__isnull=False)
                | Q(corrects__isnull=False, amount_yen__lt=0, receipt_number__isnull=True)
                # Money that came back when the town won a dispute.
                | Q(
                    corrects__isnull=False,
                    amount_yen__gt=0,
                    dispute__isnull=False,
                    receipt_number__isnull=True,
                ),
                name="donation_amount_chk",
            ),
            models.CheckConstraint(
                condition=Q(dispute__isnull=True, movement_ref="")
                | (Q(dispute__isnull=False, corrects__isnull=False) & ~Q(movement_ref="")),
                name="donation_dispute_chk",
            ),
            models.UniqueConstraint(
                fields=["movement_ref"],
                condition=~Q(movement_ref=""),
                name="donation_movement_ref_uniq",
            ),
            models.UniqueConstraint(
                fields=["attempt"],
                condition=Q(corrects__isnull=True),
                name="donation_one_per_attempt_uniq",
            ),
            models.UniqueConstraint(
                fields=["municipality", "receipt_year", "receipt_number"],
                name="donation_receipt_uniq",
            ),
            models.UniqueConstraint(
                fields=["refund_ref"], condition=~Q(refund_ref=""), name="donation_refund_ref_uniq"
            ),
        ]
        indexes = [
            models.Index(fields=["donor", "donated_on"], name="donation_donor_idx"),
            models.Index(fields=["donated_on", "id"], name="donation_day_idx"),
        ]

    def __str__(self) -> str:
        return f"donation {self.pk}"

    @property
    def receipt_label(self) -> str:
        """The number printed on the receipt: 2026-000123, "" for a correction."""
        if self.receipt_number is None:
            return ""
        return f"{self.receipt_year}-{self.receipt_number:06d}"
