"""Missed months whose last day to be made up for passed during the stop: as long as staff or their
donors are asked they are not given up, and afterwards they have days again.
"""

from datetime import date, timedelta

import pytest

from saleor_ext.flows import missed_link
from saleor_ext.flows.month import catch_up
from saleor_ext.membership import models as membership_models
from saleor_ext.operation import models as operation_models
from saleor_ext.operation import services
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

JANUARY_DAY = date(2027, 1, 24)
GIVE_UP_DAYS = 3
LAST_DAY = JANUARY_DAY + timedelta(days=GIVE_UP_DAYS)
LATE = LAST_DAY + timedelta(days=1)


def january_make(provider: MemoryProvider) -> membership_models.Cycle:
    """A January that is locked, of a town whose every missed donation waits for staff."""
    town = world.town_make()
    town.catch_up_count_max, town.give_up_days, town.retry_days = 0, GIVE_UP_DAYS, [1]
    town.save(update_fields=["catch_up_count_max", "give_up_days", "retry_days"])
    membership = world.member_make(tier=world.world_make())
    for day in (months.LOCK_DAY, months.CHARGE_DAY, JANUARY_DAY - timedelta(days=6)):
        months.run(provider, day)
    january = months.month_of(membership, 2)
    assert (january.state, january.charge_on) == ("locked", JANUARY_DAY)
    return january


def missed_retry_make(provider: MemoryProvider) -> membership_models.Cycle:
    """A January declined on its day, whose one retry and last day fell into a stop."""
    january = january_make(provider)
    provider.next_outcomes = ["insufficient_funds"]
    months.run(provider, JANUARY_DAY)
    january.refresh_from_db()
    next_day = JANUARY_DAY + timedelta(days=1)
    assert (january.next_try_on, january.pay_until) == (next_day, LAST_DAY)
    return january


def decide(decision: str, *, day: date) -> None:
    plan = catch_up.plan()
    assert plan is not None
    catch_up.decide(
        catch_up_id=plan.catch_up_id,
        decision=decision,
        seen=plan.seen,
        reason="障害から復旧",
        now=months.morning(day),
        actor="staff:sato",
    )


def stands(cycle: membership_models.Cycle) -> tuple[str, str]:
    """Where a month stands, and where it stands among the missed ones."""
    cycle.refresh_from_db()
    return cycle.state, operation_models.CatchUpMonth.objects.get(cycle_id=cycle.pk).state


def test_a_month_that_waits_for_staff_is_not_given_up_meanwhile(provider: MemoryProvider) -> None:
    # given
    january = missed_retry_make(provider)

    # when
    first = months.run(provider, LATE)
    later = months.run(provider, LATE + timedelta(days=5))

    # then
    assert (first.waiting, later.waiting) == (1, 1)
    assert stands(january) == ("locked", "waiting")
    assert january.pay_until == LAST_DAY


def test_a_month_about_which_its_donor_is_asked_is_not_given_up_either(
    provider: MemoryProvider,
) -> None:
    # given
    january = missed_retry_make(provider)
    months.run(provider, LATE)

    # when
    decide("ask", day=LATE)
    months.run(provider, LATE + timedelta(days=14))
    on_the_last_day = stands(january)
    months.run(provider, LATE + timedelta(days=15))

    # then
    assert on_the_last_day == ("locked", "asked")
    assert stands(january) == ("skipped", "skipped")
    assert january.reason == "catch_up_unanswered"


def test_what_staff_let_be_charged_has_days_again_to_be_made_up_for(
    provider: MemoryProvider,
) -> None:
    # given
    january = missed_retry_make(provider)
    months.run(provider, LATE)
    new_last_day = LATE + timedelta(days=GIVE_UP_DAYS)

    # when staff say charge, and the bank says no once more
    decide("charge", day=LATE)
    decided = (stands(january), january.pay_until)
    provider.next_outcomes = ["insufficient_funds"]
    report = months.run(provider, LATE)

    # then
    assert decided == (("locked", "approved"), new_last_day)
    assert (report.declined, stands(january)) == (1, ("locked", "approved"))
    assert (january.pay_until, january.next_try_on) == (new_last_day, None)

    # and when nobody makes up for it
    months.run(provider, new_last_day)
    on_the_last_day = stands(january)
    months.run(provider, new_last_day + timedelta(days=1))

    # then
    assert on_the_last_day == ("locked", "approved")
    assert stands(january) == ("failed", "approved")
    assert january.reason == "not_paid_in_time"


def test_what_its_donor_lets_be_charged_has_days_again_from_his_answer(
    provider: MemoryProvider,
) -> None:
    # given
    january = missed_retry_make(provider)
    months.run(provider, LATE)
    decide("ask", day=LATE)
    day = LATE + timedelta(days=9)

    # when
    token = missed_link.token(cycle_id=january.pk)
    catch_up.answer(token=token, is_wanted=True, now=months.morning(day))

    # then
    assert stands(january) == ("locked", "approved")
    assert january.pay_until == day + timedelta(days=GIVE_UP_DAYS)
    assert (months.run(provider, day).charged, stands(january)[0]) == (1, "charged")


def test_an_untried_month_of_somebody_who_owes_waits_until_it_can_be_charged(
    provider: MemoryProvider,
) -> None:
    # given a month nobody was asked for, and donations that are still stopped when staff decide
    january = january_make(provider)
    membership_models.Membership.objects.update(state="past_due")
    services.charging_stop(reason="障害", actor="operator:x", now=months.morning(LATE))
    months.run(provider, LATE)
    waiting = stands(january)

    # when
    decide("charge", day=LATE)
    months.run(provider, LATE)
    services.charging_start(reason="復旧", actor="operator:x", now=months.morning(LATE))
    report = months.run(provider, LATE + timedelta(days=1))

    # then
    assert waiting == ("locked", "waiting")
    assert (report.charged, stands(january)[0]) == (1, "charged")


def test_days_that_reach_farther_are_not_shortened(provider: MemoryProvider) -> None:
    # given
    january = missed_retry_make(provider)
    months.run(provider, LATE)
    far = LATE + timedelta(days=30)
    membership_models.Cycle.objects.filter(pk=january.pk).update(pay_until=far)

    # when
    decide("charge", day=LATE)

    # then
    assert stands(january) == ("locked", "approved")
    assert january.pay_until == far
