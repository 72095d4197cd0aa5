"""The town, its tiers, its donors, and their memberships month by month."""

from django.db import models
from django.db.models import F, Q

from saleor_ext.common.moves import Move
from saleor_ext.common.states import state_values
from saleor_ext.membership import states
from saleor_ext.membership.models.giving import Grant as Grant
from saleor_ext.membership.models.giving import GrantEvent as GrantEvent
from saleor_ext.membership.models.giving import MonthAddress as MonthAddress
from saleor_ext.membership.models.town import Municipality as Municipality
from saleor_ext.membership.models.town import SettingChange as SettingChange
from saleor_ext.membership.models.town import Tier as Tier
from saleor_ext.membership.models.town import default_badge_months as default_badge_months
from saleor_ext.membership.models.town import default_card_notice_days as default_card_notice_days
from saleor_ext.membership.models.town import default_retry_days as default_retry_days


class Donor(models.Model):
    """A person who joined (寄附者). The delivery address and, if different, 住民票's address."""

    saleor_user_id = models.CharField(max_length=100, unique=True)
    email = models.EmailField(db_index=True)
    family_name = models.CharField(max_length=50, blank=True)
    given_name = models.CharField(max_length=50, blank=True)
    family_kana = models.CharField(max_length=50, blank=True)
    given_kana = models.CharField(max_length=50, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    postal_code = models.CharField(max_length=8, blank=True)
    prefecture = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=50, blank=True)
    street = models.CharField(max_length=100, blank=True)
    building = models.CharField(max_length=100, blank=True)
    is_registered_address_same = models.BooleanField(default=True)
    registered_postal_code = models.CharField(max_length=8, blank=True)
    registered_prefecture = models.CharField(max_length=10, blank=True)
    registered_city = models.CharField(max_length=50, blank=True)
    registered_street = models.CharField(max_length=100, blank=True)
    registered_building = models.CharField(max_length=100, blank=True)
    # The municipality of the registered address (全国地方公共団体コード), "" when it is not known.
    residence_code = models.CharField(max_length=6, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"donor {self.pk}"

    @property
    def full_name(self) -> str:
        """The name as written on papers, a full-width space between its parts."""
        return f"{self.family_name}　{self.given_name}".strip("　")


class YearLimit(models.Model):
    """What a donor wants to give at most in a calendar year (寄附の年間上限), and what becomes of
    a month that would exceed it.
    """

    donor = models.ForeignKey(Donor, models.CASCADE, related_name="year_limits")
    year = models.PositiveSmallIntegerField()
    limit_yen = models.BigIntegerField()
    origin = models.CharField(max_length=10, choices=states.LimitOrigin.choices)
    when_reached = models.CharField(
        max_length=10, choices=states.WhenReached.choices, default=states.WhenReached.GO_ON
    )
    set_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["donor", "year"], name="year_limit_once_uniq"),
            models.CheckConstraint(condition=Q(limit_yen__gt=0), name="year_limit_amount_chk"),
            models.CheckConstraint(
                condition=Q(origin__in=state_values(states.LimitOrigin)),
                name="year_limit_origin_chk",
            ),
            models.CheckConstraint(
                condition=Q(when_reached__in=state_values(states.WhenReached)),
                name="year_limit_when_reached_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"limit of donor {self.donor_id} for {self.year}"


class Membership(models.Model):
    """A donor's membership (会員契約) in a tier. Month n falls on the anchor day."""

    public_id = models.CharField(max_length=20, unique=True)
    donor = models.ForeignKey(Donor, models.PROTECT, related_name="memberships")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="memberships")
    # Who gets boxes and content instead of the donor, while a grant is accepted.
    recipient = models.ForeignKey(
        Donor, models.PROTECT, null=True, blank=True, related_name="memberships_received"
    )
    state = models.CharField(max_length=12, choices=states.MembershipState.choices)
    anchor_day = models.PositiveSmallIntegerField()
    start_month = models.DateField()
    is_box_wanted = models.BooleanField(default=True)
    # What the town is to use his donations for (使途): a slug of Municipality.uses, "" for no wish.
    use_slug = models.CharField(max_length=50, blank=True)
    # Agreed beforehand: should he move into the town, he goes on giving, without boxes.
    is_pure_if_resident = models.BooleanField(default=False)
    # When a gift cannot be sent; and when he wanted to be asked but does not answer.
    swap_wish = models.CharField(
        max_length=10, choices=states.SwapWish.choices, default=states.SwapWish.ASK
    )
    swap_silence = models.CharField(
        max_length=10, choices=states.SwapWish.choices, default=states.SwapWish.CARRY
    )
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # While a donation is owed: the last day on which what members read stays open.
    content_until = models.DateField(null=True, blank=True)
    parked_from = models.CharField(max_length=12, blank=True)
    parked_reason = models.CharField(max_length=200, blank=True)
    # Months whose donation day comes before this day are left out.
    resume_on = models.DateField(null=True, blank=True)
    # A change of tier that has not come into force: from month `next_tier_from_n` on, or, to a
    # free tier, once the membership is over. `tier` follows the first donation in it.
    next_tier = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, related_name="+")
    next_tier_from_n = models.PositiveIntegerField(null=True, blank=True)
    # At the end of a prepaid term: True gives again (in `next_tier` if set), False ends.
    is_renewed = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.MembershipState)),
                name="membership_state_chk",
            ),
            models.CheckConstraint(
                condition=Q(swap_wish__in=state_values(states.SwapWish))
                & Q(swap_silence__in=sorted(states.SWAP_SILENCE)),
                name="membership_swap_wish_chk",
            ),
            models.CheckConstraint(
                condition=Q(anchor_day__gte=1, anchor_day__lte=31), name="membership_anchor_chk"
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False)
                | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="membership_ended_at_chk",
            ),
            models.CheckConstraint(
                condition=(Q(state="parked") & ~Q(parked_reason="") & ~Q(parked_from=""))
                | (~Q(state="parked") & Q(parked_reason="") & Q(parked_from="")),
                name="membership_parked_chk",
            ),
            models.CheckConstraint(
                condition=~Q(state="paused") | Q(resume_on__isnull=False),
                name="membership_resume_on_chk",
            ),
            models.CheckConstraint(
                condition=Q(next_tier__isnull=False) | Q(next_tier_from_n__isnull=True),
                name="membership_next_tier_chk",
            ),
            models.UniqueConstraint(
                fields=["donor"],
                # A parked draft never began: a free membership may go on beside it.
                condition=Q(state__in=sorted(states.MEMBERSHIP_CURRENT)) & ~Q(parked_from="draft"),
                name="membership_one_current_uniq",
            ),
            models.UniqueConstraint(
                fields=["donor"], condition=Q(state="draft"), name="membership_one_draft_uniq"
            ),
            models.UniqueConstraint(
                fields=["recipient"],
                condition=Q(recipient__isnull=False),
                name="membership_one_received_uniq",
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=True) | ~Q(recipient=F("donor")),
                name="membership_recipient_chk",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="membership_state_idx")]

    def __str__(self) -> str:
        return f"membership {self.public_id}"

    @property
    def coming_tier(self) -> Tier:
        """The tier for which months are planned; `tier` and `next_tier` must be at hand."""
        return (self.next_tier if self.next_tier_from_n is not None else None) or self.tier


class MembershipEvent(Move):
    """One move of a membership: from where, to where, who, why."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="events")


class MembershipChoice(models.Model):
    """What a donor chose (お手続き) and from which day it counts; `details` in plain values."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="choices")
    kind = models.CharField(max_length=20, choices=states.ChoiceKind.choices)
    chosen_at = models.DateTimeField()
    effective_on = models.DateField()
    actor = models.CharField(max_length=100)
    cycle = models.ForeignKey("Cycle", models.PROTECT, null=True, blank=True, related_name="+")
    details = models.JSONField(default=dict)
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=state_values(states.ChoiceKind)),
                name="membership_choice_kind_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"choice {self.pk} of membership {self.membership_id}: {self.kind}"


class Cycle(models.Model):
    """One month (回) of one membership with its four dates, all Japanese days.

    `box_count` says how many boxes the month's donation brings: with more than one it pays for a
    prepaid term, of which this is the first month. `is_stopped`: that donation was given back,
    so the boxes that have not left are not sent. `boxes_given_back`, `given_back_yen`: how many
    boxes at its end fell away because part of it was given back, and what of it that settles;
    of a donation of one month, the part after which staff let its box go on.
    `end_told_on`: the day on which its donor was asked what comes after the term. `wished_box`:
    the box he chose in place of the month's own.
    """

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="cycles")
    n = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=states.CycleKind.choices)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    amount_yen = models.BigIntegerField()
    box_count = models.PositiveSmallIntegerField(default=1)
    is_stopped = models.BooleanField(default=False)
    boxes_given_back = models.PositiveSmallIntegerField(default=0)
    given_back_yen = models.BigIntegerField(default=0)
    end_told_on = models.DateField(null=True, blank=True)
    wished_box = models.ForeignKey(
        "fulfilment.BoxPlan", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    month = models.DateField()
    change_until = models.DateField()
    charge_on = models.DateField()
    list_on = models.DateField()
    ship_from = models.DateField()
    ship_to = models.DateField()
    state = models.CharField(max_length=10, choices=states.CycleState.choices, default="planned")
    reason = models.CharField(max_length=50, blank=True)
    next_try_on = models.DateField(null=True, blank=True)
    # Set at the first decline: the last day on which the donor can make up for it.
    pay_until = models.DateField(null=True, blank=True)
    # The day on which the donor was told that it will be charged.
    announced_on = models.DateField(null=True, blank=True)
    # The donor agreed to give it in this later calendar year, as a donation of that year.
    agreed_year = models.PositiveSmallIntegerField(null=True, blank=True)
    covered_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    shop_checkout_id = models.CharField(max_length=200, blank=True)
    shop_transaction_id = models.CharField(max_length=200, blank=True)
    is_listed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "n"], name="cycle_n_uniq"),
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.CycleState)), name="cycle_state_chk"
            ),
            models.CheckConstraint(
                condition=Q(kind="donation", amount_yen__gt=0, covered_by__isnull=True)
                | Q(kind="prepaid", amount_yen=0, covered_by__isnull=False),
                name="cycle_kind_chk",
            ),
            models.CheckConstraint(
                condition=Q(box_count=1, is_stopped=False) | Q(kind="donation", box_count__gt=1),
                name="cycle_box_count_chk",
            ),
            models.CheckConstraint(
                condition=Q(boxes_given_back__lt=F("box_count"))
                & Q(given_back_yen__gte=0)
                & (Q(given_back_yen=0) | Q(given_back_yen__lt=F("amount_yen"))),
                name="cycle_given_back_chk",
            ),
            models.CheckConstraint(
                condition=Q(change_until__lte=F("charge_on"))
                & Q(charge_on__lte=F("list_on"))
                & Q(list_on__lte=F("ship_from"))
                & Q(ship_from__lte=F("ship_to")),
                name="cycle_dates_chk",
            ),
            models.CheckConstraint(
                condition=~Q(kind="prepaid") | ~Q(state="charged"), name="cycle_prepaid_charged_chk"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["skipped", "failed"]) | ~Q(reason=""),
                name="cycle_reason_chk",
            ),
            models.UniqueConstraint(
                fields=["shop_checkout_id"],
                condition=~Q(shop_checkout_id=""),
                name="cycle_checkout_once",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "change_until", "id"], name="cycle_lock_idx"),
            models.Index(fields=["state", "charge_on", "id"], name="cycle_charge_idx"),
            models.Index(fields=["is_listed", "list_on", "id"], name="cycle_list_idx"),
            models.Index(
                fields=["membership"], condition=Q(box_count__gt=1), name="cycle_term_idx"
            ),
        ]

    @property
    def boxes(self) -> int:
        """How many boxes its donation brings by now."""
        return self.box_count - self.boxes_given_back

    @property
    def kept_yen(self) -> int:
        """What of its donation the boxes are given against by now."""
        return self.amount_yen - self.given_back_yen

    def __str__(self) -> str:
        return f"cycle {self.membership_id}/{self.n}"


class CycleSnapshot(models.Model):
    """What was copied when a cycle was locked. Later edits touch later cycles only."""

    cycle = models.OneToOneField(Cycle, models.PROTECT, related_name="snapshot")
    box_plan = models.ForeignKey(
        "fulfilment.BoxPlan", models.PROTECT, null=True, blank=True, related_name="+"
    )
    procurement_cost_yen = models.BigIntegerField()
    benefit_cost_yen = models.BigIntegerField(default=0)
    # The donor's yearly limit as it was; None where he had none that holds a month back.
    year_limit_yen = models.BigIntegerField(null=True, blank=True)
    donor_name = models.CharField(max_length=101)
    donor_address = models.CharField(max_length=300)
    donor_prefecture = models.CharField(max_length=10, blank=True)
    use_name = models.CharField(max_length=50, blank=True)
    delivery = models.JSONField()
    # Whose box it is when the membership was given away, None when it is the donor's own.
    recipient = models.ForeignKey(
        Donor, models.PROTECT, null=True, blank=True, related_name="months_received"
    )
    locked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(procurement_cost_yen__gte=0), name="cycle_snapshot_cost_chk"
            ),
            models.CheckConstraint(
                condition=Q(benefit_cost_yen__gte=0), name="cycle_snapshot_benefit_chk"
            ),
            models.CheckConstraint(
                condition=Q(year_limit_yen__isnull=True) | Q(year_limit_yen__gt=0),
                name="cycle_snapshot_year_limit_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"snapshot of cycle {self.cycle_id}"


class CycleEvent(Move):
    """One move of a cycle; a state that a donor cannot take back is entered once."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="events")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "to_state"],
                condition=~Q(to_state__in=["planned", "skipped", "void"]),
                name="cycle_event_once_uniq",
            ),
        ]
