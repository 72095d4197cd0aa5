"""The donor's yearly limit: said beforehand, held at the lock, looked at when charging."""

from datetime import date

import pytest

from saleor_ext.donations import models as donation_models
from saleor_ext.flows.limits import deciding, forecast
from saleor_ext.membership import models, states, year_limits
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

SPRING = world.NOW.replace(year=2026, month=3, day=10)  # 10 March, 10:00 in Japan


def limit_set(
    membership: models.Membership, yen: int, when: str = "stop", *, year: int = 2026
) -> models.YearLimit:
    return year_limits.year_limit_set(
        donor_id=membership.donor_id,
        year=year,
        limit_yen=yen,
        origin="by_hand",
        when_reached=when,
        now=world.NOW.replace(year=year),
    )


def march_member(**overrides: int) -> models.Membership:
    """花子, who gives on the 10th of each month since March."""
    world.town_make()
    tier = world.tier_make(**overrides)
    world.boxes_make(tier=tier, month_from=date(2026, 3, 1), months=14)
    return world.member_make(tier=tier, now=SPRING)


def lower_tier_make(slug: str, amount_yen: int) -> models.Tier:
    tier = world.tier_make(slug=slug, amount_yen=amount_yen)
    world.boxes_make(tier=tier, month_from=date(2026, 3, 1), months=14)
    return tier


def live(provider: MemoryProvider, first: date, last: date) -> None:
    """The run of the days on which something is due for those who give on the 10th."""
    month = first.replace(day=1)
    while month <= last:
        for day in (4, 10):
            if first <= month.replace(day=day) <= last:
                months.run(provider, month.replace(day=day))
        month = (month.replace(day=28) + (date(2026, 1, 5) - date(2026, 1, 1)) * 2).replace(day=1)


def given(membership: models.Membership) -> list[tuple[int, str, int]]:
    rows = membership.cycles.order_by("n").filter(charge_on__lt=date(2027, 2, 1))
    return [(row.charge_on.month, row.state, row.amount_yen) for row in rows]


def mails(name: str) -> list[str]:
    rows = outbox_models.OutboxMessage.objects.filter(topic="mail.send", payload__name=name)
    return sorted(rows.values_list("key", flat=True))


def test_the_plan_adds_up_what_was_paid_and_what_comes_to_the_end_of_december() -> None:
    # given a member since March: months to June are written down, those after it are not
    membership = march_member()

    # when
    plan = forecast.year_plan(donor_id=membership.donor_id, year=2026)

    # then
    assert (plan.paid_yen, plan.scheduled_yen, plan.expected_yen) == (3000, 27000, 30000)
    assert [month.charge_on for month in plan.months] == [
        date(2026, month, 10) for month in range(4, 13)
    ]
    assert plan.months[-1].total_yen == 30000
    assert (plan.limit, plan.first_over, plan.back_on) == (None, None, None)


def test_what_was_given_back_may_be_given_again() -> None:
    # given
    membership = march_member()
    attempt = donation_models.PaymentAttempt.objects.get()

    # when it went back in the next year
    donation_models.Donation.objects.create(
        municipality=models.Municipality.objects.get(),
        attempt=attempt,
        donor_id=membership.donor_id,
        corrects=donation_models.Donation.objects.get(),
        amount_yen=-3000,
        donated_on=date(2027, 1, 5),
        tier_name="",
        donor_name="",
        donor_address="",
        refund_ref="re_1",
        recorded_at=SPRING,
    )

    # then it is taken off the year of its donation
    assert forecast.year_plan(donor_id=membership.donor_id, year=2026).paid_yen == 0
    assert forecast.year_plan(donor_id=membership.donor_id, year=2027).paid_yen == 0


def test_the_plan_says_in_which_month_the_limit_is_reached_and_when_it_is_as_before_again() -> None:
    # given
    membership = march_member()
    limit_set(membership, 20_000)

    # when
    plan = forecast.year_plan(donor_id=membership.donor_id, year=2026)

    # then the six months after March bring it to 18,000 with September... and October would exceed
    assert plan.first_over is not None
    assert plan.first_over.charge_on == date(2026, 9, 10)
    assert plan.first_over.outcome == "left_out"
    assert [month.amount_yen for month in plan.months] == [3000] * 5 + [0] * 4
    assert plan.expected_yen == 18_000
    assert plan.back_on == date(2027, 1, 10)


@pytest.mark.parametrize("limit_yen", [18_000, 20_999])
def test_months_beyond_the_limit_are_left_out_until_january(
    provider: MemoryProvider, limit_yen: int
) -> None:
    # given
    membership = march_member()
    limit_set(membership, limit_yen)
    planned = forecast.year_plan(donor_id=membership.donor_id, year=2026)

    # when
    live(provider, date(2026, 4, 1), date(2027, 1, 31))

    # then exactly what was said before came true
    kept = [(month, "charged", 3000) for month in range(3, 9)]
    left_out = [(month, "skipped", 3000) for month in range(9, 13)]
    assert given(membership) == [*kept, *left_out, (1, "charged", 3000)]
    assert planned.expected_yen == 18_000
    skipped = membership.cycles.filter(state="skipped")
    assert set(skipped.values_list("reason", flat=True)) == {"year_limit"}
    assert mails("cycle_skipped") == sorted(
        f"mail:cycle_skipped:c{pk}" for pk in skipped.values_list("pk", flat=True)
    )
    assert not outbox_models.OutboxMessage.objects.filter(
        topic="order.create", payload__cycle_id__in=list(skipped.values_list("pk", flat=True))
    ).exists()
    membership.refresh_from_db()
    assert membership.state == "active"


def test_exactly_the_limit_is_given(provider: MemoryProvider) -> None:
    # given
    membership = march_member()
    limit_set(membership, 30_000)

    # when
    live(provider, date(2026, 4, 1), date(2026, 12, 31))

    # then
    assert [state for _, state, _ in given(membership)][:10] == ["charged"] * 10


def test_as_chosen_a_month_is_lowered_to_the_largest_tier_that_fits_for_that_month_only(
    provider: MemoryProvider,
) -> None:
    # given 10,000 a month and 76,000 for the year; tiers of 5,000 and 3,000 exist
    membership = march_member(amount_yen=10_000)
    five, three = lower_tier_make("five", 5000), lower_tier_make("three", 3000)
    lower_tier_make("closed", 6000)
    models.Tier.objects.filter(slug="closed").update(is_open=False)
    limit_set(membership, 78_000, "lower")
    plan = forecast.year_plan(donor_id=membership.donor_id, year=2026)

    # when
    live(provider, date(2026, 4, 1), date(2027, 1, 31))

    # then seven full months, then 5,000, then 3,000, then nothing fits; January is as before
    expected = [(month, "charged", 10_000) for month in range(3, 10)]
    expected += [(10, "charged", 5000), (11, "charged", 3000), (12, "skipped", 10_000)]
    assert given(membership) == [*expected, (1, "charged", 10_000)]
    outcomes = [(m.charge_on.month, str(m.outcome)) for m in plan.months if m.outcome != "fits"]
    assert outcomes == [(10, "lowered"), (11, "lowered"), (12, "left_out")]
    assert plan.back_on == date(2027, 1, 10)
    october = membership.cycles.get(charge_on=date(2026, 10, 10))
    assert (october.tier, october.snapshot.box_plan.tier) == (five, five)
    assert october.events.get(to_state="locked").reason == "year_limit_lowered"
    november = membership.cycles.get(charge_on=date(2026, 11, 10))
    assert mails("year_limit_lowered") == sorted(
        f"mail:year_limit_lowered:c{cycle.pk}" for cycle in (october, november)
    )
    donation = donation_models.Donation.objects.get(attempt__cycle=october)
    assert (donation.amount_yen, donation.tier_name) == (5000, five.name)
    membership.refresh_from_db()
    assert membership.tier.amount_yen == 10_000
    assert three.amount_yen == 3000


def test_a_lower_tier_whose_box_is_missing_is_passed_over(provider: MemoryProvider) -> None:
    # given
    membership = march_member(amount_yen=10_000)
    world.tier_make(slug="five", amount_yen=5000)  # without boxes
    three = lower_tier_make("three", 3000)
    limit_set(membership, 15_000, "lower")

    # when
    live(provider, date(2026, 4, 1), date(2026, 4, 30))

    # then
    april = membership.cycles.get(n=1)
    assert (april.state, april.tier, april.amount_yen) == ("charged", three, 3000)


def test_whoever_wants_to_go_on_is_told_and_goes_on(provider: MemoryProvider) -> None:
    # given
    membership = march_member()
    limit_set(membership, 20_000, "go_on")

    # when
    plan = forecast.year_plan(donor_id=membership.donor_id, year=2026)
    live(provider, date(2026, 4, 1), date(2026, 12, 31))

    # then
    assert plan.first_over is not None
    assert (plan.first_over.charge_on, plan.first_over.outcome) == (date(2026, 9, 10), "over")
    assert plan.back_on is None
    assert [state for _, state, _ in given(membership)][:10] == ["charged"] * 10
    assert mails("cycle_skipped") == []


def test_a_limit_lowered_later_acts_on_months_that_are_not_locked(
    provider: MemoryProvider,
) -> None:
    # given April is locked under a limit of 20,000
    membership = march_member()
    limit_set(membership, 20_000)
    months.run(provider, date(2026, 4, 4))

    # when
    limit_set(membership, 3000)
    plan = forecast.year_plan(donor_id=membership.donor_id, year=2026)
    live(provider, date(2026, 4, 5), date(2026, 5, 31))

    # then
    assert [(m.amount_yen, str(m.outcome), m.is_fixed) for m in plan.months[:2]] == [
        (3000, "over", True),
        (0, "left_out", False),
    ]
    assert given(membership)[:3] == [
        (3, "charged", 3000),
        (4, "charged", 3000),
        (5, "skipped", 3000),
    ]


@pytest.mark.parametrize("is_raised", [False, True])
def test_what_was_given_meanwhile_counts_when_charging(
    provider: MemoryProvider, is_raised: bool
) -> None:
    # given April is locked and fits; then another donation of the same donor comes in
    membership = march_member()
    limit_set(membership, 6000)
    months.run(provider, date(2026, 4, 4))
    april = months.month_of(membership, 1)
    other = models.Membership.objects.create(
        public_id="other",
        donor_id=membership.donor_id,
        tier=membership.tier,
        state="ended",
        anchor_day=4,
        start_month=date(2026, 4, 1),
        created_at=SPRING,
        ended_at=SPRING,
    )
    another = models.Cycle.objects.create(
        membership=other,
        n=0,
        kind="donation",
        tier=membership.tier,
        amount_yen=3000,
        month=date(2026, 4, 1),
        change_until=date(2026, 4, 4),
        charge_on=date(2026, 4, 4),
        list_on=date(2026, 4, 6),
        ship_from=date(2026, 4, 7),
        ship_to=date(2026, 4, 14),
    )
    world.first_lock(cycle=another, now=SPRING)
    world.donation_make(cycle=another, now=months.morning(date(2026, 4, 4)))
    if is_raised:
        limit_set(membership, 9000)

    # when
    report = months.run(provider, date(2026, 4, 10))

    # then
    april.refresh_from_db()
    if is_raised:
        assert (april.state, report.charged) == ("charged", 1)
        return
    assert (april.state, april.reason, report.skipped) == ("skipped", "year_limit", 1)
    assert donation_models.PaymentAttempt.objects.filter(cycle=april).count() == 0
    assert mails("cycle_skipped") == [f"mail:cycle_skipped:c{april.pk}"]
    cancels = outbox_models.OutboxMessage.objects.filter(topic="order.cancel")
    assert [row.payload for row in cancels] == [{"cycle_id": april.pk}]
    assert provider.succeeded() == []


def test_a_batch_without_limits_costs_one_query(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    membership = march_member()
    cycles = list(models.Cycle.objects.select_related("membership__donor", "tier"))

    with django_assert_num_queries(1):
        rooms = deciding.rooms_read(cycles)

    assert rooms.limit_of(cycles[0]) is None
    assert membership.donor_id


def test_every_wish_decides_as_its_words_say() -> None:
    tier = models.Tier(pk=1, kind="monthly", amount_yen=10_000, sort_order=1)
    tiers = [
        models.Tier(pk=2, kind="monthly", amount_yen=5000),
        models.Tier(pk=3, kind="monthly", amount_yen=3000),
        models.Tier(pk=4, kind="prepaid", amount_yen=4000, box_count=6),
        models.Tier(pk=5, kind="free", amount_yen=0),
    ]

    def decided(left_yen: int, when: str) -> tuple[str, int | None]:
        found = deciding.decide(
            tier=tier, amount_yen=10_000, left_yen=left_yen, when_reached=when, tiers=tiers
        )
        return str(found.outcome), found.tier.pk if found.tier else None

    for when in states.WhenReached:
        assert decided(10_000, when) == ("fits", 1)
    assert decided(9999, "stop") == ("left_out", None)
    assert decided(9999, "go_on") == ("over", 1)
    assert decided(9999, "lower") == ("lowered", 2)
    assert decided(4999, "lower") == ("lowered", 3)
    assert decided(2999, "lower") == ("left_out", None)
    assert decided(-1, "lower") == ("left_out", None)
