"""What follows a decline: when it is tried again, what stays open meanwhile, and how it ends."""

from datetime import date, datetime, time, timedelta

import pytest

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import services as donation_services
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, selectors
from saleor_ext.operation import services as operation
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

DAY = months.CHARGE_DAY  # 24 December 2026
SOFT = "insufficient_funds"


def town_set(**values: object) -> None:
    models.Municipality.objects.update(**values)


def read(cycle: models.Cycle) -> models.Cycle:
    return months.month_of(cycle.membership, cycle.n)


def declined(provider: MemoryProvider, said: str = SOFT, **town: object) -> models.Cycle:
    world.town_make(**town)
    return months.declined_december_make(provider, said=said)


def tried_on(cycle: models.Cycle) -> list[date]:
    attempts = donation_models.PaymentAttempt.objects.filter(cycle=cycle).order_by("number")
    return [jptime.jst_date(attempt.begun_at) for attempt in attempts]


def mails(name: str) -> int:
    return outbox_models.OutboxMessage.objects.filter(payload__name=name).count()


def december(day: int) -> date:
    return date(2026, 12, day)


def rank(cycle: models.Cycle, day: date) -> int | None:
    return selectors.content_rank(donor_id=cycle.membership.donor_id, today=day)


def test_a_passing_decline_is_tried_again_on_the_towns_days(provider: MemoryProvider) -> None:
    # given
    cycle = declined(provider)
    provider.next_outcomes = [SOFT] * 3

    # when
    months.run_days(provider, december(25), december(31))

    # then
    assert tried_on(cycle) == [december(24), december(25), december(27), december(31)]
    assert mails("charge_failed") == 4


def test_the_town_chooses_the_days(provider: MemoryProvider) -> None:
    cycle = declined(provider, retry_days=[2, 5])
    provider.next_outcomes = [SOFT] * 2

    months.run_days(provider, december(25), december(31))

    assert tried_on(cycle) == [december(24), december(26), december(29)]


def test_a_decline_for_good_is_never_tried_again(provider: MemoryProvider) -> None:
    # given
    cycle = declined(provider, "lost_card")

    # when
    months.run_days(provider, december(25), december(31))

    # then
    assert tried_on(cycle) == [december(24)]
    assert read(cycle).next_try_on is None
    card = donation_models.CardOnFile.objects.get()
    assert card.refused_code == "lost_card"


@pytest.mark.parametrize(
    ("retry_time", "at", "is_tried"),
    [
        (time(10, 0), (9, 59), False),
        (time(10, 0), (10, 0), True),
        (time(15, 30), (15, 29), False),
        (time(15, 30), (15, 30), True),
    ],
)
def test_retries_wait_for_the_towns_time_of_day(
    provider: MemoryProvider, retry_time: time, at: tuple[int, int], is_tried: bool
) -> None:
    # given
    cycle = declined(provider)
    town_set(retry_time=retry_time)
    now = jptime.jst_moment(december(25), *at)
    provider.now = now

    # when
    months.monthly.run_cycles(as_of=december(25), now=now, actor="test")

    # then
    assert (len(tried_on(cycle)) == 2) is is_tried


def test_a_retry_that_was_missed_is_made_up_for_at_any_time(provider: MemoryProvider) -> None:
    cycle = declined(provider)

    months.run(provider, december(26), hour=6)

    assert tried_on(cycle) == [december(24), december(26)]


def test_a_retry_that_could_not_be_made_is_made_before_the_month_is_given_up(
    provider: MemoryProvider,
) -> None:
    # given donations that were stopped before the first retry, until the month's last day is over
    cycle = declined(provider)
    assert cycle.next_try_on == december(25)
    models.Cycle.objects.filter(pk=cycle.pk).update(pay_until=december(27))
    operation.charging_stop(reason="障害", actor="operator:x", now=months.morning(december(25)))

    # when
    months.run_days(provider, december(25), december(29))
    stopped = read(cycle).state
    operation.charging_start(reason="復旧", actor="operator:x", now=months.morning(december(29)))
    report = months.run(provider, december(30))

    # then
    assert stopped == "locked"
    assert mails("month_given_up") == 0
    assert (report.charged, read(cycle).state) == (1, "charged")


def test_a_retry_whose_provider_does_not_let_us_in_is_made_before_the_month_is_given_up(
    provider: MemoryProvider,
) -> None:
    # given a retry that was missed, and a key that is refused on the day after the last one
    cycle = declined(provider)
    models.Cycle.objects.filter(pk=cycle.pk).update(pay_until=december(26))
    provider.next_outcomes = ["locked_out"]

    # when
    refused = months.run(provider, december(27))
    waiting = read(cycle).state
    provider.next_outcomes = [SOFT]
    again = months.run(provider, december(28))

    # then
    assert (refused.stopped, waiting) == ("provider_locked_out", "locked")
    assert (again.declined, read(cycle).state) == (1, "failed")


def test_a_month_first_tried_late_gets_all_its_tries_and_days(provider: MemoryProvider) -> None:
    # given nothing ran from 10 to 20 November for a month due on the 10th
    world.world_make(month_from=date(2026, 9, 1))
    membership = world.member_make(now=datetime.fromisoformat("2026-10-10T01:00:00+00:00"))
    months.run(provider, date(2026, 11, 4))
    provider.next_outcomes = [SOFT] * 4

    # when
    months.run_days(provider, date(2026, 11, 20), date(2026, 11, 28))

    # then
    cycle = months.month_of(membership, 1)
    assert tried_on(cycle) == [date(2026, 11, day) for day in (20, 21, 23, 27)]
    assert (cycle.state, cycle.pay_until) == ("locked", date(2026, 12, 4))


def test_the_day_told_to_the_donor_does_not_move_with_the_settings(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = declined(provider, "lost_card", give_up_days=5)

    # when the town waits less long from now on
    town_set(give_up_days=1)
    months.run(provider, december(29))
    on_the_day = read(cycle).state
    months.run(provider, december(30))

    # then
    assert (on_the_day, read(cycle).state) == ("locked", "failed")


def test_a_membership_goes_on_after_the_month_was_given_up(provider: MemoryProvider) -> None:
    # given
    cycle = declined(provider, "lost_card", give_up_days=5)

    # when
    months.run(provider, december(30))

    # then
    failed = read(cycle)
    assert (failed.state, failed.reason) == ("failed", "not_paid_in_time")
    assert failed.membership.state == "active"
    assert failed.membership.events.latest("pk").reason == "month_given_up"
    assert failed.membership.content_until is None
    assert mails("month_given_up") == 1
    assert fulfilment_models.Shipment.objects.filter(cycle=cycle).count() == 0


def test_as_the_town_sets_the_membership_ends_once_everything_paid_was_sent(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = declined(provider, "lost_card", give_up_days=5, past_due_outcome="ends")

    # when
    months.run(provider, december(30))
    soon = read(cycle).membership.state
    months.run(provider, date(2027, 1, 10))

    # then
    membership = read(cycle).membership
    assert soon == "ended"  # November was sent long ago
    assert membership.state == "ended"
    assert [event.reason for event in membership.events.order_by("-pk")[:2]] == [
        "not_paid_in_time",
        "not_paid_in_time",
    ]
    assert set(membership.cycles.filter(n__gt=1).values_list("state", flat=True)) == {"void"}


def test_a_card_refused_for_good_is_not_asked_again_in_later_months(
    provider: MemoryProvider,
) -> None:
    # given December was given up because the card was reported lost
    cycle = declined(provider, "lost_card", give_up_days=5)
    months.run_through(provider, december(30), date(2027, 1, 23))
    asked = [call for call in provider.calls if call.startswith("charge")]

    # when January is due
    report = months.run(provider, date(2027, 1, 24))

    # then the bank is left alone and the donor is told
    assert [call for call in provider.calls if call.startswith("charge")] == asked
    assert (report.due, report.declined, report.charged) == (1, 1, 0)
    january = months.month_of(cycle.membership, 2)
    attempt = donation_models.PaymentAttempt.objects.get(cycle=january)
    assert (attempt.state, attempt.decline_code, attempt.is_retryable) == (
        "declined",
        "card_refused",
        False,
    )
    assert january.membership.state == "past_due"
    assert mails("charge_failed") == 2

    # when he enters a card
    donation_services.card_keep(
        donor_id=cycle.membership.donor_id,
        customer_ref="cus",
        card=world.CARD,
        now=months.morning(date(2027, 1, 25)),
    )
    models.Cycle.objects.filter(pk=january.pk).update(next_try_on=date(2027, 1, 25))
    months.run(provider, date(2027, 1, 25))
    assert months.month_of(cycle.membership, 2).state == "charged"


def test_content_stays_open_for_the_towns_days_and_opens_again_with_the_donation(
    provider: MemoryProvider,
) -> None:
    # given
    world.free_tier_make()
    cycle = declined(provider, content_grace_days=2, retry_days=[5])
    last_day = DAY + timedelta(days=2)

    # then
    assert read(cycle).membership.content_until == last_day
    assert rank(cycle, last_day) == 1
    assert rank(cycle, last_day + timedelta(days=1)) == 0  # as a free member

    # when the donation comes
    months.run(provider, december(29))

    # then
    assert rank(cycle, december(29)) == 1
    assert read(cycle).membership.content_until is None


def test_without_a_free_tier_nothing_is_open_after_the_grace(provider: MemoryProvider) -> None:
    cycle = declined(provider, content_grace_days=0)

    assert rank(cycle, DAY) == 1
    assert rank(cycle, DAY + timedelta(days=1)) is None


def test_the_months_parcel_waits_and_leaves_with_the_donation(provider: MemoryProvider) -> None:
    # given
    cycle = declined(provider)
    months.run(provider, december(24), hour=12)
    waiting = fulfilment_models.Shipment.objects.filter(cycle=cycle).count()

    # when
    months.run(provider, december(25))

    # then
    assert waiting == 0
    assert read(cycle).state == "charged"
    assert fulfilment_models.Shipment.objects.filter(cycle=cycle).count() == 1


def test_a_try_that_would_fall_into_january_is_asked_about_instead(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = declined(provider, retry_days=[10])

    # when
    months.run(provider, december(24), hour=12)

    # then
    waiting = read(cycle)
    assert (waiting.next_try_on, waiting.reason) == (None, "year_turn_asked")
    assert mails("year_turn") == 1
