"""The town that owns the salon, its settings, and its tiers."""

from datetime import time

from django.db import models
from django.db.models import F, Q

from saleor_ext.common.states import state_values
from saleor_ext.membership import states


def default_retry_days() -> list[int]:
    """A declined card is tried again after 1, 3 and 7 days."""
    return [1, 3, 7]


def default_badge_months() -> list[int]:
    """A badge is earned after 3, 6, 12, 24, 36 and 60 months with the town."""
    return [3, 6, 12, 24, 36, 60]


def default_card_notice_days() -> list[int]:
    """A card that is about to expire is told of 60, 30 and 7 days before."""
    return [60, 30, 7]


class Municipality(models.Model):
    """The town (自治体) that owns this salon. One row."""

    code = models.CharField(max_length=6, unique=True)
    name = models.CharField(max_length=50)
    kana = models.CharField(max_length=50)
    prefecture = models.CharField(max_length=10)
    county = models.CharField(max_length=20, blank=True)
    office_address = models.CharField(max_length=200)
    office_postal_code = models.CharField(max_length=8)
    phone = models.CharField(max_length=20)
    email = models.EmailField()
    head_name = models.CharField(max_length=50)
    tagline = models.CharField(max_length=100, blank=True)
    story = models.TextField(blank=True)
    uses = models.JSONField(default=list)
    designated_from = models.DateField()
    designated_to = models.DateField()
    change_until_days_before = models.PositiveSmallIntegerField(default=7)
    list_lead_business_days = models.PositiveSmallIntegerField(default=1)
    ship_window_days = models.PositiveSmallIntegerField(default=7)
    retry_days = models.JSONField(default=default_retry_days)
    give_up_days = models.PositiveSmallIntegerField(default=14)
    # Retries of a day begin at this time in Japan.
    retry_time = models.TimeField(default=time(10, 0))
    # For how long what members read stays open while a donation is owed.
    content_grace_days = models.PositiveSmallIntegerField(default=14)
    past_due_outcome = models.CharField(
        max_length=10,
        choices=states.PastDueOutcome.choices,
        default=states.PastDueOutcome.GOES_ON,
    )
    # How many days before its day a donation is announced; 0 for not at all.
    advance_notice_days = models.PositiveSmallIntegerField(default=5)
    card_notice_days = models.JSONField(default=default_card_notice_days)
    # Bounds (town_settings): a member's day, missed donations without staff, unknown ends.
    charges_per_day_max = models.PositiveSmallIntegerField(default=3)
    catch_up_count_max = models.PositiveIntegerField(default=100)
    catch_up_max_yen = models.BigIntegerField(default=500_000)
    attempt_park_days = models.PositiveSmallIntegerField(default=3)
    # By how many months a prepaid term may grow longer when boxes move to its end.
    term_extra_months = models.PositiveSmallIntegerField(default=12)
    # How long before the last day to choose what comes after a term its donor is asked by mail.
    term_notice_days = models.PositiveSmallIntegerField(default=28)
    closed_dates = models.JSONField(default=list)
    # From how much of the donations on costs are an alarm, before the law's limit is reached.
    cost_warn_permille = models.PositiveSmallIntegerField(default=440)
    # What donors may choose, and how long before a pause ends they are told.
    skips_per_year = models.PositiveSmallIntegerField(default=3)
    pause_months_most = models.PositiveSmallIntegerField(default=12)
    resume_notice_days = models.PositiveSmallIntegerField(default=7)
    # After how many months with the town a badge is earned.
    badge_months = models.JSONField(default=default_badge_months)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(designated_from__lt=F("designated_to")),
                name="municipality_designation_chk",
            ),
            models.CheckConstraint(
                condition=Q(past_due_outcome__in=state_values(states.PastDueOutcome)),
                name="municipality_past_due_outcome_chk",
            ),
            models.CheckConstraint(
                condition=Q(charges_per_day_max__gte=1, catch_up_max_yen__gte=0),
                name="municipality_bounds_chk",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SettingChange(models.Model):
    """One change of a setting of the town (設定の変更): who, when, from what to what."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="setting_changes")
    name = models.CharField(max_length=50)
    before = models.JSONField()
    after = models.JSONField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.name}: {self.before} > {self.after}"


class Tier(models.Model):
    """A membership tier (会員プラン): what is given each month and what it opens."""

    slug = models.SlugField(unique=True)
    sku = models.CharField(max_length=50, unique=True)
    name = models.CharField(max_length=50)
    summary = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    benefits = models.JSONField(default=list)
    kind = models.CharField(max_length=10, choices=states.TierKind.choices)
    amount_yen = models.BigIntegerField()
    # What benefits for members cost the town per box. Law: benefit_is_gift
    benefit_cost_yen = models.BigIntegerField(default=0)
    box_count = models.PositiveSmallIntegerField(default=1)
    rank = models.PositiveSmallIntegerField(default=0)
    box_source = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    picture = models.CharField(max_length=100, blank=True)
    sort_order = models.PositiveSmallIntegerField(default=0)
    is_open = models.BooleanField(default=True)
    saleor_variant_id = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=state_values(states.TierKind)), name="tier_kind_chk"
            ),
            models.CheckConstraint(
                condition=Q(kind="free", amount_yen=0) | (~Q(kind="free") & Q(amount_yen__gt=0)),
                name="tier_amount_chk",
            ),
            models.CheckConstraint(
                condition=Q(kind="prepaid", box_count__gt=1)
                | (~Q(kind="prepaid") & Q(box_count=1)),
                name="tier_box_count_chk",
            ),
            models.CheckConstraint(
                condition=Q(benefit_cost_yen__gte=0), name="tier_benefit_cost_chk"
            ),
        ]

    def __str__(self) -> str:
        return self.name
