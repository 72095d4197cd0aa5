"""31 December: nothing becomes a donation of the next year before its donor has said so."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from saleor_ext.common import jptime
from saleor_ext.common.errors import NotFound
from saleor_ext.donations import models as donation_models
from saleor_ext.flows import errors
from saleor_ext.flows import mail as mail_flow
from saleor_ext.flows.choices import year_turn
from saleor_ext.flows.limits import forecast
from saleor_ext.flows.month import charging, recover, settle
from saleor_ext.membership import models, year_limits
from saleor_ext.outbox import models as outbox_models
from tests.builders import months
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NEW_YEAR = date(2027, 1, 1)
CARRY, LEAVE_OUT = year_turn.Answer.CARRY, year_turn.Answer.LEAVE_OUT


def moment(day: date, hour: int, minute: int, second: int = 0) -> datetime:
    return jptime.jst_moment(day, hour, minute) + timedelta(seconds=second)


def unpaid_december(provider: MemoryProvider) -> models.Cycle:
    """December of 花子, declined for a passing reason on the 24th, 25th, 27th and 31st."""
    cycle = months.declined_december_make(provider, said="insufficient_funds")
    provider.next_outcomes = ["insufficient_funds"] * 3
    for day in (25, 27, 31):
        months.run(provider, date(2026, 12, day))
    assert donation_models.PaymentAttempt.objects.filter(cycle=cycle).count() == 4
    return months.month_of(cycle.membership, 1)


def untried_december(provider: MemoryProvider) -> models.Cycle:
    """A locked December that nothing asked for, because nothing ran."""
    return months.december_make(provider)


def asked(cycle: models.Cycle) -> list[str]:
    rows = outbox_models.OutboxMessage.objects.filter(payload__name="year_turn")
    return [row.key for row in rows if row.payload["cycle_id"] == cycle.pk]


def answer(cycle: models.Cycle, said: str, day: date, *, hour: int = 9) -> models.MembershipChoice:
    return year_turn.year_turn_choose(
        membership_id=cycle.membership_id,
        answer=said,
        now=moment(day, hour, 0),
        actor=f"donor:{cycle.membership.donor_id}",
    )


def donated(cycle: models.Cycle) -> list[date]:
    rows = donation_models.Donation.objects.filter(attempt__cycle=cycle)
    return list(rows.values_list("donated_on", flat=True))


@pytest.mark.parametrize("make", [unpaid_december, untried_december])
def test_the_new_year_takes_nothing_unasked(provider: MemoryProvider, make) -> None:  # type: ignore[no-untyped-def]
    # given
    cycle = make(provider)
    models.Cycle.objects.filter(pk=cycle.pk).exclude(next_try_on=None).update(next_try_on=NEW_YEAR)
    before = len(provider.calls)

    # when
    reports = months.run_days(provider, NEW_YEAR, date(2027, 1, 6))

    # then it waits, and its donor was asked once
    assert sum(report.due for report in reports) == 0
    assert len(provider.calls) == before
    cycle.refresh_from_db()
    assert (cycle.state, cycle.reason) == ("locked", "year_turn_asked")
    assert asked(cycle) == [f"mail:year_turn:c{cycle.pk}"]
    assert donated(cycle) == []


def test_carried_over_it_is_a_donation_of_the_new_year(provider: MemoryProvider) -> None:
    # given
    cycle = unpaid_december(provider)
    models.Cycle.objects.filter(pk=cycle.pk).update(next_try_on=date(2027, 1, 2))
    months.run(provider, NEW_YEAR)
    preview = year_turn.year_turn_preview(
        membership_id=cycle.membership_id, answer=CARRY, today=date(2027, 1, 2)
    )

    # when
    choice = answer(cycle, CARRY, date(2027, 1, 2))
    months.run(provider, date(2027, 1, 2))

    # then
    assert (preview.year, preview.amount_yen, preview.effective_on) == (
        2027,
        3000,
        date(2027, 1, 2),
    )
    assert (preview.year_yen, preview.needs_card) == (3000 * 13, False)
    assert choice.details["year"] == 2027
    cycle.refresh_from_db()
    assert (cycle.state, cycle.agreed_year) == ("charged", 2027)
    assert donated(cycle) == [date(2027, 1, 2)]
    assert forecast.year_plan(donor_id=cycle.membership.donor_id, year=2027).paid_yen == 3000
    assert months.month_of(cycle.membership, 1).membership.state == "active"
    outbox = outbox_models.OutboxMessage.objects
    assert outbox.filter(payload__name="choice_year_turn").count() == 1


def test_carried_over_it_has_the_towns_retries_anew(
    provider: MemoryProvider, settings: Any
) -> None:
    # given
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cycle = unpaid_december(provider)
    months.run(provider, NEW_YEAR)
    answer(cycle, CARRY, date(2027, 1, 2))
    provider.next_outcomes = ["insufficient_funds"]

    # when
    months.run(provider, date(2027, 1, 2))

    # then
    january = months.month_of(cycle.membership, 1)
    assert (january.state, january.next_try_on) == ("locked", date(2027, 1, 3))
    letter = outbox_models.OutboxMessage.objects.filter(payload__name="charge_failed").latest("pk")
    mail_flow.mail_send(letter.payload, moment(date(2027, 1, 2), 10, 0))
    assert "2027年1月3日(日)に、同じカードでもう一度" in mail.outbox[-1].body
    assert "年のご寄附になるのは" not in mail.outbox[-1].body
    # and
    months.run(provider, date(2027, 1, 3))
    assert donated(cycle) == [date(2027, 1, 3)]


def test_agreed_in_december_nothing_is_taken_before_new_year(provider: MemoryProvider) -> None:
    # given retries are used up on 31 December
    cycle = unpaid_december(provider)

    # when
    answer(cycle, CARRY, date(2026, 12, 31), hour=20)
    months.run(provider, date(2026, 12, 31), hour=21)
    same_evening = donated(cycle)
    months.run(provider, NEW_YEAR)

    # then
    assert same_evening == []
    assert donated(cycle) == [NEW_YEAR]


def test_left_out_it_takes_back_its_order_and_the_membership_goes_on(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = unpaid_december(provider)
    months.run(provider, NEW_YEAR)

    # when
    answer(cycle, LEAVE_OUT, date(2027, 1, 2))

    # then
    cycle.refresh_from_db()
    assert (cycle.state, cycle.reason) == ("skipped", "year_turn_left_out")
    keys = set(outbox_models.OutboxMessage.objects.values_list("key", flat=True))
    assert f"order.cancel:{cycle.pk}" in keys
    assert f"mail:cycle_skipped:c{cycle.pk}" not in keys
    assert months.month_of(cycle.membership, 1).membership.state == "active"
    with pytest.raises(NotFound):
        answer(cycle, CARRY, date(2027, 1, 3))


def test_a_card_that_was_refused_for_good_has_to_be_entered_anew(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.declined_december_make(provider, said="lost_card")

    # when
    answer(cycle, CARRY, date(2027, 1, 2))
    report = months.run(provider, date(2027, 1, 2))
    step = recover.recover_pay(
        membership_id=cycle.membership_id, now=months.morning(date(2027, 1, 3)), actor="donor:1"
    )

    # then
    cycle.refresh_from_db()
    assert (report.due, cycle.agreed_year, cycle.next_try_on) == (0, 2027, None)
    assert step.state == "confirm"


def test_the_card_page_waits_for_the_word_too(provider: MemoryProvider) -> None:
    # given a link from December, opened in January
    cycle = months.declined_december_make(provider, said="authentication_required")

    # when
    with pytest.raises(errors.YearIsOver):
        recover.recover_pay(
            membership_id=cycle.membership_id, now=moment(NEW_YEAR, 0, 0), actor="donor:1"
        )

    # then
    assert donation_models.PaymentAttempt.objects.filter(cycle=cycle).count() == 1


def test_a_card_page_left_open_over_new_year_is_closed(provider: MemoryProvider) -> None:
    # given he opened the card page on 31 December and went to bed
    cycle = months.declined_december_make(provider, said="lost_card")
    recover.recover_pay(
        membership_id=cycle.membership_id,
        now=moment(date(2026, 12, 31), 22, 0),
        actor="donor:1",
    )

    # when
    months.run(provider, NEW_YEAR)

    # then
    attempt = donation_models.PaymentAttempt.objects.filter(cycle=cycle).latest("pk")
    assert (attempt.is_off_session, attempt.state) == (False, "declined")
    assert asked(cycle) == [f"mail:year_turn:c{cycle.pk}"]


@pytest.mark.parametrize(
    ("at", "is_taken"),
    [
        (moment(date(2026, 12, 31), 23, 54, 59), True),
        (moment(date(2026, 12, 31), 23, 55, 0), False),
        (moment(date(2026, 12, 31), 23, 59, 59), False),
        (moment(NEW_YEAR, 0, 0), False),
    ],
)
def test_nothing_is_begun_so_late_that_it_may_be_booked_in_the_new_year(
    provider: MemoryProvider, at: datetime, is_taken: bool
) -> None:
    # given
    cycle = untried_december(provider)
    provider.now = at

    # when
    result = charging.cycle_charge(cycle_id=cycle.pk, now=at, actor="test")

    # then
    assert (result == "charged") is is_taken
    assert len(provider.succeeded()) == is_taken


def test_what_the_bank_took_at_midnight_is_booked_on_its_day_and_said(
    provider: MemoryProvider,
) -> None:
    # given he confirms his card at 23:59:59 and the bank takes the money a second later
    cycle = months.declined_december_make(provider, said="lost_card")
    at = moment(date(2026, 12, 31), 23, 50)
    recover.recover_pay(membership_id=cycle.membership_id, now=at, actor="donor:1")
    attempt = donation_models.PaymentAttempt.objects.filter(cycle=cycle).latest("pk")
    provider.now = moment(NEW_YEAR, 0, 0)
    provider.confirm(attempt.key)

    # when
    settle.attempt_settle(attempt_id=attempt.pk, now=moment(NEW_YEAR, 0, 1), actor="browser")

    # then
    donation = donation_models.Donation.objects.get(attempt=attempt)
    assert (donation.donated_on, donation.receipt_year) == (NEW_YEAR, 2027)
    plan = forecast.year_plan(donor_id=cycle.membership.donor_id, year=2027)
    assert plan.paid_yen == 3000


def test_an_answer_waits_while_nobody_can_say_whether_it_was_paid(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycle = untried_december(provider)
    provider.next_outcomes = ["lost_answer"]
    months.run(provider, date(2026, 12, 31))

    # when the answer turns out to have been money
    with pytest.raises((errors.Refusal, NotFound)):
        answer(cycle, LEAVE_OUT, NEW_YEAR)

    # then it is the old year's donation
    cycle.refresh_from_db()
    assert cycle.state == "charged"
    assert donated(cycle) == [date(2026, 12, 31)]


def test_the_preview_says_when_the_new_years_limit_would_be_exceeded(
    provider: MemoryProvider,
) -> None:
    cycle = unpaid_december(provider)
    year_limits.year_limit_set(
        donor_id=cycle.membership.donor_id,
        year=2027,
        limit_yen=36_000,
        origin="by_hand",
        when_reached="stop",
        now=months.morning(date(2026, 12, 31)),
    )

    preview = year_turn.year_turn_preview(
        membership_id=cycle.membership_id, answer=CARRY, today=date(2026, 12, 31)
    )

    assert (preview.year_yen, preview.limit_yen) == (39_000, 36_000)
    assert preview.effective_on == NEW_YEAR
