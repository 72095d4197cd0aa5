"""What is said of a year before something is chosen, and that it comes true."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db.models import Sum

from saleor_ext.donations import models as donation_models
from saleor_ext.flows import errors
from saleor_ext.flows.choices import after_term, cancel, giving, pause, skip, term, tier
from saleor_ext.flows.joining import join
from saleor_ext.flows.limits import forecast, warning
from saleor_ext.flows.month import recover
from saleor_ext.membership import models, states, year_limits
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

MARCH = world.NOW.replace(year=2026, month=3, day=10)  # 10 March, 10:00 in Japan
MAY = world.NOW.replace(year=2026, month=5, day=20)
ACTOR = "donor:1"
Choice = Callable[[models.Membership, datetime], object]


def tiers_make() -> dict[str, models.Tier]:
    """Two monthly tiers, and one of six boxes for 60,000 yen."""
    world.town_make()
    monthly = world.tier_make(slug="minato", amount_yen=10_000, rank=3)
    larger = world.tier_make(slug="oki", amount_yen=20_000, rank=4)
    for one in (monthly, larger):
        world.boxes_make(tier=one, month_from=date(2026, 3, 1), months=14)
    return {
        "minato": monthly,
        "oki": larger,
        "minato-6": world.prepaid_tier_make(box_source=monthly),
    }


def limit_set(donor_id: int, yen: int, when: str = "stop") -> models.YearLimit:
    return year_limits.year_limit_set(
        donor_id=donor_id, year=2026, limit_yen=yen, origin="by_hand", when_reached=when, now=MARCH
    )


def to_larger(membership: models.Membership, now: datetime) -> None:
    tier.tier_choose(membership_id=membership.pk, tier_slug="oki", now=now, actor=ACTOR)


def to_rest(membership: models.Membership, now: datetime) -> None:
    pause.pause_choose(
        membership_id=membership.pk, resume_on=date(2026, 10, 1), now=now, actor=ACTOR
    )


def to_term(membership: models.Membership, now: datetime) -> None:
    term.term_choose(membership_id=membership.pk, tier_slug="minato-6", now=now, actor=ACTOR)


def after(slug: str) -> Choice:
    def choose(membership: models.Membership, now: datetime) -> None:
        after_term.after_choose(membership_id=membership.pk, after=slug, now=now, actor=ACTOR)

    return choose


def term_then_rest(membership: models.Membership, now: datetime) -> None:
    to_term(membership, now)
    to_rest(membership, now)


def nothing(membership: models.Membership, now: datetime) -> None:
    """The donor chooses nothing."""


@pytest.mark.parametrize(
    ("slug", "choose", "comes_to"),
    [
        ("minato", to_larger, 170_000),  # 3 x 10,000 to May, 7 x 20,000
        ("minato", to_rest, 60_000),  # March to May, October to December
        ("minato", to_term, 90_000),  # March to May, a term in June
        ("minato", term_then_rest, 90_000),  # March to May, a term in October
        ("minato-6", nothing, 60_000),  # the term ends with August
        ("minato-6", after("minato-6"), 120_000),  # another one in September
        ("minato-6", after("minato"), 100_000),  # September to December
    ],
)
def test_the_year_comes_to_what_was_said_whatever_was_chosen(
    provider: MemoryProvider, slug: str, choose: Choice, comes_to: int
) -> None:
    # given a member since March who chooses in May
    membership = world.member_make(tier=tiers_make()[slug], now=MARCH)
    live(provider, 3, 5)
    choose(membership, MAY)

    # when
    plan = forecast.year_plan(donor_id=membership.donor_id, year=2026)
    live(provider, 6, 12)

    # then
    given = donation_models.Donation.objects.aggregate(total=Sum("amount_yen"))["total"]
    assert (plan.expected_yen, given) == (comes_to, comes_to)


def live(provider: MemoryProvider, first: int, last: int) -> None:
    """Runs on the days of 2026 on which something is due for those who give on the 10th."""
    for month in range(first, last + 1):
        for day in (4, 11):
            months.run(provider, date(2026, month, day))


@pytest.mark.parametrize(
    ("slug", "preview"),
    [
        (
            "minato",
            lambda pk: tier.tier_preview(
                membership_id=pk, tier_slug="oki", today=date(2026, 3, 20)
            ),
        ),
        (
            "minato",
            lambda pk: term.term_preview(
                membership_id=pk, tier_slug="minato-6", today=date(2026, 3, 20)
            ),
        ),
        (
            "minato",
            lambda pk: giving.give_preview(membership_id=pk, email="taro@example.jp", now=MARCH),
        ),
        (
            "minato-6",
            lambda pk: after_term.after_preview(
                membership_id=pk, after="minato-6", today=date(2026, 3, 20)
            ),
        ),
    ],
)
def test_a_choice_that_exceeds_the_limit_says_so_beforehand(slug: str, preview: Choice) -> None:
    # given
    membership = months.member_ahead(tier=tiers_make()[slug], now=MARCH)
    untold = preview(membership.pk)
    limit_set(membership.donor_id, 65_000)

    # when
    told = preview(membership.pk)

    # then
    assert untold.limit_warning is None
    assert told.limit_warning.limit_yen == 65_000
    assert told.limit_warning.total_yen > 65_000
    assert told.seen != untold.seen


def to_leave_out_april(membership: models.Membership, now: datetime) -> None:
    skip.skip_choose(membership_id=membership.pk, month=date(2026, 4, 1), now=now, actor=ACTOR)


def to_end(membership: models.Membership, now: datetime) -> None:
    cancel.cancel_choose(membership_id=membership.pk, now=now, actor=ACTOR)


@pytest.mark.parametrize(
    ("choose", "preview"),
    [
        (
            to_leave_out_april,
            lambda pk: skip.skip_undo_preview(
                membership_id=pk, month=date(2026, 4, 1), today=date(2026, 3, 20)
            ),
        ),
        (
            to_end,
            lambda pk: cancel.cancel_undo_preview(membership_id=pk, today=date(2026, 3, 20)),
        ),
    ],
)
def test_taking_a_choice_back_says_what_the_year_would_come_to(
    choose: Choice, preview: Choice
) -> None:
    # given a year that would come to 100,000 yen
    membership = months.member_ahead(tier=tiers_make()["minato"], now=MARCH, day=MARCH.date())
    choose(membership, MARCH)
    untold = preview(membership.pk)
    limit_set(membership.donor_id, 95_000)

    # when
    told = preview(membership.pk)

    # then
    assert untold.limit_warning is None
    assert told.limit_warning == warning.LimitWarning(
        year=2026,
        limit_yen=95_000,
        total_yen=100_000,
        first_over_on=date(2026, 12, 10),
        when_reached="stop",
    )
    assert told.seen != untold.seen


def test_going_on_again_says_what_the_year_would_come_to(provider: MemoryProvider) -> None:
    # given a pause to October, within the limit
    membership = world.member_make(tier=tiers_make()["minato"], now=MARCH)
    limit_set(membership.donor_id, 40_000)
    to_rest(membership, MARCH)
    assert forecast.year_plan(donor_id=membership.donor_id, year=2026).first_over is None

    # when he looks at going on in April
    preview = pause.resume_preview(membership_id=membership.pk, today=date(2026, 3, 20))

    # then April to December would come to 100,000
    assert preview.limit_warning == warning.LimitWarning(
        year=2026,
        limit_yen=40_000,
        total_yen=100_000,
        first_over_on=date(2026, 7, 10),
        when_reached="stop",
    )


@pytest.mark.parametrize(
    ("slug", "limit_yen", "total_yen", "first_over_on"),
    [
        ("minato", 9_999, 20_000, date(2026, 11, 24)),  # with the first donation
        ("minato", 19_999, 20_000, date(2026, 12, 24)),  # with the one after it
        ("minato", 20_000, None, None),
        ("minato-6", 59_999, 60_000, date(2026, 11, 24)),
    ],
)
def test_whoever_joins_beyond_his_limit_is_asked_first(
    slug: str, limit_yen: int, total_yen: int | None, first_over_on: date | None
) -> None:
    # given
    found = tiers_make()[slug]
    donor = world.donor_make()
    limit_set(donor.pk, limit_yen)

    # when
    told = warning.join_warning(donor_id=donor.pk, tier=found, today=world.TODAY)

    # then
    def begin(*, is_agreed: bool) -> models.Membership:
        return join.join_begin(
            donor_id=donor.pk,
            tier_slug=slug,
            is_box_wanted=False,
            is_limit_agreed=is_agreed,
            now=world.NOW,
            actor=ACTOR,
        )

    if first_over_on is None:
        assert told is None
        begin(is_agreed=False)
        return
    assert told is not None
    assert (told.total_yen, told.first_over_on) == (total_yen, first_over_on)
    assert told.is_first_donation == (first_over_on == world.TODAY)
    with pytest.raises(errors.LimitUnagreed):
        begin(is_agreed=False)
    assert not models.Membership.objects.exists()
    assert begin(is_agreed=True).state == states.MembershipState.DRAFT


@pytest.mark.parametrize(("when", "is_let"), [("stop", False), ("lower", False), ("go_on", True)])
def test_making_up_for_a_month_asks_the_limit(
    provider: MemoryProvider, when: str, is_let: bool
) -> None:
    # given December was locked under the limit and declined; another donation came in since
    cycle = months.declined_december_make(provider)
    cycle.snapshot.year_limit_yen = 6000
    cycle.snapshot.save()
    limit_set(cycle.membership.donor_id, 5999, when)
    models.YearLimit.objects.update(limit_yen=5999)
    models.CycleSnapshot.objects.filter(cycle=cycle).update(year_limit_yen=5999)

    # when, then
    now = months.morning(months.CHARGE_DAY, hour=12)
    if is_let:
        step = recover.recover_pay(membership_id=cycle.membership_id, now=now, actor=ACTOR)
        again = recover.recover_pay(membership_id=cycle.membership_id, now=now, actor=ACTOR)
        assert (step.state, again) == ("confirm", step)
        return
    with pytest.raises(errors.LimitReached):
        recover.recover_pay(membership_id=cycle.membership_id, now=now, actor=ACTOR)
    assert donation_models.PaymentAttempt.objects.filter(cycle=cycle).count() == 1
    limit_set(cycle.membership.donor_id, 6000, when)
    models.YearLimit.objects.update(limit_yen=6000)
    step = recover.recover_pay(membership_id=cycle.membership_id, now=now, actor=ACTOR)
    assert step.state == "confirm"
