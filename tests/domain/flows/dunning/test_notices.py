"""What donors are told before a donation, and before their card expires: once each, never late."""

from datetime import date, timedelta

import pytest
from django.core import mail

from saleor_ext.contracts.payment import CardDetails
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import services as donation_services
from saleor_ext.flows import mail as mail_flow
from saleor_ext.flows.choices import anchor, pause, tier
from saleor_ext.flows.dunning import card_expiry, charge_notices
from saleor_ext.membership import models, services, year_limits
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

DAY = months.CHARGE_DAY  # 24 December 2026


def keys(name: str) -> list[str]:
    rows = outbox_models.OutboxMessage.objects.filter(payload__name=name)
    return sorted(rows.values_list("key", flat=True))


def announce(day: date) -> int:
    return charge_notices.charges_announce(as_of=day, now=months.morning(day))


def cards_announce(day: date) -> int:
    return card_expiry.cards_announce(today=day, now=months.morning(day))


def letter(name: str) -> str:
    payload = outbox_models.OutboxMessage.objects.get(payload__name=name).payload
    mail_flow.mail_send(payload, months.morning(DAY))
    return f"{mail.outbox[-1].subject}\n{mail.outbox[-1].body}"


@pytest.fixture(autouse=True)
def kept(settings):  # type: ignore[no-untyped-def]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def test_a_donation_is_announced_once_five_days_before(provider: MemoryProvider) -> None:
    # given
    cycle = months.december_make(provider)

    # when
    counts = [announce(DAY - timedelta(days=days)) for days in (6, 5, 4, 1, 0)]

    # then
    assert counts == [0, 1, 0, 0, 0]
    assert keys("charge_ahead") == [f"mail:charge_ahead:c{cycle.pk}:2026-12-24:3000"]
    text = letter("charge_ahead")
    for words in (
        "12月24日(木)に、ご寄附をお受けします",
        "ご寄附の額: 3,000円",
        "ご寄附日: 2026年12月24日(木)",
        "VISA 下4桁 4242",
        "/my/card/",
        "変更の締切(2026年12月17日(木))は過ぎています",
    ):
        assert words in text


@pytest.mark.parametrize(("back", "count"), [(2, 1), (1, 1), (0, 0), (-1, 0)])
def test_what_was_missed_is_told_as_long_as_its_day_has_not_come(
    provider: MemoryProvider, back: int, count: int
) -> None:
    months.december_make(provider)

    assert announce(DAY - timedelta(days=back)) == count


def test_the_town_sets_the_days_and_may_set_none(provider: MemoryProvider) -> None:
    months.december_make(provider)
    models.Municipality.objects.update(advance_notice_days=0)
    assert announce(DAY - timedelta(days=1)) == 0

    models.Municipality.objects.update(advance_notice_days=2)
    assert announce(DAY - timedelta(days=3)) == 0
    assert announce(DAY - timedelta(days=2)) == 1


def test_a_month_that_can_still_be_changed_says_until_when(provider: MemoryProvider) -> None:
    # given the town lets members change until two days before
    world.town_make(change_until_days_before=2)
    member = world.member_make(tier=world.world_make())
    months.run(provider, date(2026, 12, 1))

    # when
    months.run(provider, DAY - timedelta(days=5))

    # then
    assert months.month_of(member, 1).state == "planned"
    assert keys("charge_ahead") != []
    assert "2026年12月22日(火)まで承ります" in letter("charge_ahead")


def test_a_month_moved_to_another_day_after_its_notice_is_announced_again(
    provider: MemoryProvider,
) -> None:
    # given the town lets members change until two days before, and December was announced
    world.town_make(change_until_days_before=2)
    member = world.member_make(tier=world.world_make())
    months.run(provider, date(2026, 12, 1))
    announce(DAY - timedelta(days=5))

    # when
    later = months.morning(date(2026, 12, 20))
    anchor.anchor_choose(membership_id=member.pk, day=31, now=later, actor="donor")
    counts = [announce(date(2026, 12, day)) for day in (25, 26, 27)]

    # then
    december = months.month_of(member, 1)
    assert december.charge_on == date(2026, 12, 31)
    assert counts == [0, 1, 0]
    assert keys("charge_ahead") == [
        f"mail:charge_ahead:c{december.pk}:2026-12-24:3000",
        f"mail:charge_ahead:c{december.pk}:2026-12-31:3000",
    ]


def test_a_month_whose_amount_changed_after_its_notice_is_announced_again(
    provider: MemoryProvider,
) -> None:
    # given
    world.town_make(change_until_days_before=2)
    member = world.member_make(tier=world.world_make())
    minato = world.tier_make(slug="minato", amount_yen=10_000, rank=3)
    world.boxes_make(tier=minato, month_from=date(2026, 11, 1), months=6)
    months.run(provider, date(2026, 12, 1))
    announce(DAY - timedelta(days=5))

    # when
    later = months.morning(date(2026, 12, 20))
    tier.tier_choose(membership_id=member.pk, tier_slug="minato", now=later, actor="donor")
    count = announce(date(2026, 12, 20))

    # then
    december = months.month_of(member, 1)
    assert (december.amount_yen, count) == (10_000, 1)
    assert f"mail:charge_ahead:c{december.pk}:2026-12-24:10000" in keys("charge_ahead")


def test_a_month_fixed_during_a_pause_is_announced_before_the_pause_ends(
    provider: MemoryProvider,
) -> None:
    # given a pause that ends on the day of January's donation
    member = months.member_ahead()
    pause.pause_choose(
        membership_id=member.pk, resume_on=date(2027, 1, 24), now=world.NOW, actor="donor"
    )
    months.run(provider, date(2027, 1, 18))
    announced = months.month_of(member, 2).announced_on

    # when
    months.run(provider, date(2027, 1, 19))

    # then
    january = months.month_of(member, 2)
    assert january.membership.state == "paused"
    assert (january.state, announced, january.announced_on) == ("locked", None, date(2027, 1, 19))
    assert keys("charge_ahead") == [f"mail:charge_ahead:c{january.pk}:2027-01-24:3000"]


def test_nothing_is_announced_that_is_not_taken(provider: MemoryProvider) -> None:
    # given months that are left out, leaving, stopped, owing, or waiting for their limit
    world.town_make(change_until_days_before=2)
    tier = world.world_make()
    named = {
        name: world.member_make(tier=tier, donor=world.donor_make(name=name))
        for name in ("skipped", "leaving", "parked", "owing", "limited")
    }
    months.run(provider, date(2026, 12, 1))
    at = {"now": world.NOW, "actor": "x"}
    models.Cycle.objects.filter(membership=named["skipped"], n=1).update(
        state="skipped", reason="donor_skip"
    )
    services.membership_cancelling(membership_id=named["leaving"].pk, reason="asked", **at)
    services.membership_park(membership_id=named["parked"].pk, reason="asked", **at)
    services.membership_past_due(membership_id=named["owing"].pk, reason="x", **at)
    year_limits.year_limit_set(
        donor_id=named["limited"].donor_id,
        year=2026,
        limit_yen=3000,
        origin="by_hand",
        now=world.NOW,
    )

    # when
    count = announce(DAY - timedelta(days=5))

    # then
    assert (count, keys("charge_ahead")) == (0, [])


def test_announcing_takes_the_same_number_of_queries_for_many(
    provider: MemoryProvider, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    tier = world.world_make()
    for name in "abcdef":
        world.member_make(tier=tier, donor=world.donor_make(name=name))
    months.run(provider, months.LOCK_DAY)

    with django_assert_num_queries(10):
        assert announce(DAY - timedelta(days=5)) == 6


@pytest.mark.parametrize(
    ("today", "notice"),
    [
        (date(2026, 12, 1), None),  # 61 days before 31 January
        (date(2026, 12, 2), 60),
        (date(2026, 12, 31), 60),
        (date(2027, 1, 1), 30),
        (date(2027, 1, 23), 30),
        (date(2027, 1, 24), 7),
        (date(2027, 1, 31), 7),
        (date(2027, 2, 1), None),
    ],
)
def test_which_notice_is_due_on_a_day(today: date, notice: int | None) -> None:
    ends_on = card_expiry.last_day(year=2027, month=1)

    assert card_expiry.notice_due(ends_on=ends_on, days=[60, 30, 7], today=today) == notice


def test_the_last_day_of_a_card_in_a_leap_year() -> None:
    assert card_expiry.last_day(year=2028, month=2) == date(2028, 2, 29)
    assert card_expiry.last_day(year=2026, month=12) == date(2026, 12, 31)


def test_a_card_that_ends_is_told_of_three_times_and_not_after_a_new_one() -> None:
    # given a card that ends with January 2027
    member = world.member_make(tier=world.world_make())
    donation_models.CardOnFile.objects.update(exp_year=2027, exp_month=1)
    card = donation_models.CardOnFile.objects.get()
    first, last = date(2026, 11, 25), date(2027, 2, 5)

    # when every day is looked at, the second half twice
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    sent = [day for day in days if cards_announce(day)]
    again = [day for day in days if cards_announce(day)]

    # then
    assert sent == [date(2026, 12, 2), date(2027, 1, 1), date(2027, 1, 24)]
    assert again == []
    assert keys("card_expires") == sorted(
        f"mail:card_expires:{card.pk}:202701:{notice}" for notice in (60, 30, 7)
    )

    # when a new card is entered between the notices of another one
    outbox_models.OutboxMessage.objects.all().delete()
    assert cards_announce(date(2026, 12, 2)) == 1
    donation_services.card_keep(
        donor_id=member.donor_id,
        customer_ref="cus",
        card=CardDetails(
            method_ref="pm_new", brand="visa", last4="1111", exp_month=1, exp_year=2032
        ),
        now=world.NOW,
    )
    assert [cards_announce(day) for day in (date(2027, 1, 1), date(2027, 1, 24))] == [0, 0]


def test_the_letter_names_the_card(provider: MemoryProvider) -> None:
    world.member_make(tier=world.world_make())
    donation_models.CardOnFile.objects.update(exp_year=2027, exp_month=1)

    months.run(provider, date(2026, 12, 2))

    text = letter("card_expires")
    for words in ("2027年1月の末日に切れます", "VISA 下4桁 4242", "/my/card/"):
        assert words in text


def test_whoever_gives_no_more_is_not_told_of_his_card() -> None:
    # given
    member = world.member_make(tier=world.world_make())
    donation_models.CardOnFile.objects.update(exp_year=2027, exp_month=1)
    services.membership_cancelling(
        membership_id=member.pk, now=world.NOW, actor="x", reason="asked"
    )

    # then
    assert cards_announce(date(2027, 1, 24)) == 0
