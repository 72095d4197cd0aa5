"""A run charges no more than it found due, and leaves a row that says so."""

from datetime import timedelta

import pytest

from saleor_ext.flows.month import charge_run, monthly, run_record
from saleor_ext.operation import models as operation_models
from saleor_ext.operation import runs
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOW = months.morning(months.CHARGE_DAY)


def last_run() -> operation_models.MonthRun:
    return operation_models.MonthRun.objects.latest("pk")


def test_a_run_writes_down_what_it_set_out_to_do_and_what_came_of_it(
    provider: MemoryProvider,
) -> None:
    # given
    months.december_make(provider)

    # when
    months.run(provider, months.CHARGE_DAY)

    # then
    run = last_run()
    assert (run.state, run.as_of, run.actor) == ("done", months.CHARGE_DAY, "test")
    assert (run.planned_count, run.planned_yen) == (1, 3000)
    assert (run.figures["charged"], run.figures["donations_yen"]) == (1, 3000)


def test_what_becomes_due_during_a_run_waits_for_the_next(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a second member whose month is due only once the run has made its plan
    first = months.december_make(provider)
    second = world.member_make(tier=first.tier, donor=world.donor_make(name="taro"))
    planned = runs.run_planned

    def due_afterwards(*, run_id: int, count: int, amount_yen: int) -> None:
        planned(run_id=run_id, count=count - 1, amount_yen=amount_yen - 3000)

    months.run(provider, months.LOCK_DAY)
    monkeypatch.setattr(
        run_record.Record,
        "plan",
        lambda record, count, amount_yen: (
            setattr(record, "left_yen", amount_yen - 3000),
            due_afterwards(run_id=record.run_id, count=count, amount_yen=amount_yen),
        ),
    )

    # when
    report = months.run(provider, months.CHARGE_DAY)

    # then
    assert (report.charged, report.donations_yen, report.stopped) == (1, 3000, "plan_exceeded")
    assert (last_run().state, last_run().planned_yen) == ("stopped", 3000)
    assert charge_run.cycles_due(as_of=months.CHARGE_DAY).get().membership_id == second.pk

    # and when the next one makes its own plan
    monkeypatch.undo()
    monkeypatch.setattr("saleor_ext.common.registry.payment_provider", lambda: provider)
    assert months.run(provider, months.CHARGE_DAY).charged == 1
    assert last_run().state == "done"


def test_a_run_that_breaks_off_leaves_its_row(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    months.december_make(provider)
    monkeypatch.setattr(charge_run, "charge_due", lambda **_: 1 / 0)

    # when
    with pytest.raises(ZeroDivisionError):
        monthly.run_cycles(as_of=months.CHARGE_DAY, now=NOW, actor="test")

    # then
    assert (last_run().state, last_run().planned_yen) == ("failed", 3000)


def test_a_member_with_too_many_months_due_is_asked_for_the_rest_tomorrow(
    provider: MemoryProvider,
) -> None:
    # given four months that nobody asked for; December waits for the donor's word
    cycle = months.december_make(provider)
    town = world.town_make()
    town.charges_per_day_max = 2
    town.save(update_fields=["charges_per_day_max"])
    day = months.CHARGE_DAY + timedelta(days=90)
    months.run_days(provider, months.LOCK_DAY, months.LOCK_DAY)
    provider.now = months.morning(day)

    # when
    first = months.run(provider, day)
    run = last_run()
    second = months.run(provider, day + timedelta(days=1))

    # then
    assert (first.charged, second.charged) == (2, 1)
    # what it passed over is within its plan, though it looked at it twice
    assert (first.stopped, run.state, run.planned_yen) == ("", "done", 9000)
    assert run.as_of == day
    states = dict(cycle.membership.cycles.values_list("n", "state"))
    assert [states[n] for n in (1, 2, 3, 4)] == ["locked", "charged", "charged", "charged"]
