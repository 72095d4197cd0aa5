"""After a stop: few missed donations go on by themselves, many wait until staff have decided."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from saleor_ext.flows import missed_link, outbox_run
from saleor_ext.flows.month import catch_up, charge_run
from saleor_ext.membership import models as membership_models
from saleor_ext.operation import errors, services
from saleor_ext.operation import models as operation_models
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

BACK_ON = months.CHARGE_DAY + timedelta(days=3)
NOW = months.morning(BACK_ON)


def stopped_make(provider: MemoryProvider, *, names: tuple[str, ...] = ("hanako", "taro")) -> None:
    """Members whose December was locked, and then nothing ran for three days."""
    town = world.town_make()
    town.catch_up_count_max, town.catch_up_max_yen = 1, 500_000
    town.save(update_fields=["catch_up_count_max", "catch_up_max_yen"])
    tier = world.world_make()
    for name in names:
        world.member_make(tier=tier, donor=world.donor_make(name=name))
    months.run(provider, months.LOCK_DAY)


def shown_plan() -> catch_up.Plan:
    found = catch_up.plan()
    assert found is not None
    return found


def decide(decision: str, *, reason: str = "障害から復旧", **changes: Any) -> None:
    plan = shown_plan()
    values: dict[str, Any] = {
        "catch_up_id": plan.catch_up_id,
        "decision": decision,
        "seen": plan.seen,
        "reason": reason,
        "now": NOW,
        "actor": "staff:sato",
    }
    catch_up.decide(**values | changes)


def states() -> list[str]:
    rows = membership_models.Cycle.objects.filter(n=1).order_by("pk")
    return list(rows.values_list("state", flat=True))


def items() -> list[str]:
    rows = operation_models.CatchUpMonth.objects.order_by("pk")
    return list(rows.values_list("state", flat=True))


def test_many_missed_donations_wait_and_say_how_many(provider: MemoryProvider) -> None:
    # given
    stopped_make(provider)

    # when
    report = months.run(provider, BACK_ON)

    # then
    assert (report.charged, report.waiting, report.stopped) == (0, 2, "")
    assert states() == ["locked", "locked"]
    plan = shown_plan()
    assert (plan.count, plan.amount_yen, plan.days) == (2, 6000, 1)
    assert (plan.first_on, plan.last_on) == (months.CHARGE_DAY, months.CHARGE_DAY)
    assert plan.last_done_on == months.LOCK_DAY
    assert charge_run.cycles_due(as_of=BACK_ON).count() == 0


def test_a_small_stop_goes_on_by_itself(provider: MemoryProvider) -> None:
    stopped_make(provider, names=("hanako",))

    assert months.run(provider, BACK_ON).charged == 1
    assert catch_up.plan() is None


def test_the_sum_alone_can_be_too_much(provider: MemoryProvider) -> None:
    stopped_make(provider, names=("hanako",))
    town = world.town_make()
    town.catch_up_max_yen = 2999
    town.save(update_fields=["catch_up_max_yen"])

    assert months.run(provider, BACK_ON).waiting == 1


def test_just_as_much_as_the_town_allows_goes_on_by_itself(provider: MemoryProvider) -> None:
    stopped_make(provider, names=("hanako",))
    town = world.town_make()
    town.catch_up_max_yen = 3000
    town.save(update_fields=["catch_up_max_yen"])

    report = months.run(provider, BACK_ON)

    assert (report.charged, report.waiting) == (1, 0)


def test_the_plan_says_from_which_day_to_which_day(
    provider: MemoryProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    # given two whose days are two days apart
    stopped_make(provider)
    later = months.CHARGE_DAY + timedelta(days=2)
    last = membership_models.Cycle.objects.filter(n=1).latest("pk")
    membership_models.Cycle.objects.filter(pk=last.pk).update(
        charge_on=later, list_on=later, ship_from=later, ship_to=later
    )

    # when
    months.run(provider, BACK_ON)
    call_command("catch_up")

    # then
    plan = shown_plan()
    assert (plan.count, plan.days) == (2, 2)
    assert (plan.first_on, plan.last_on) == (months.CHARGE_DAY, later)
    said = capsys.readouterr().out
    assert "2日(2026年12月24日(木)から2026年12月26日(土)まで)、2件、6,000円" in said


def test_a_day_without_a_stop_never_waits(provider: MemoryProvider) -> None:
    stopped_make(provider)

    assert months.run(provider, months.CHARGE_DAY).charged == 2


def test_what_is_due_today_is_charged_while_the_missed_ones_wait(
    provider: MemoryProvider,
) -> None:
    # given somebody whose day is the day on which the run comes back
    stopped_make(provider)
    late = membership_models.Cycle.objects.filter(n=1).latest("pk")
    third = world.member_make(tier=late.tier, donor=world.donor_make(name="jiro"))
    months.run(provider, months.LOCK_DAY)
    membership_models.Cycle.objects.filter(membership=third, n=1).update(
        charge_on=BACK_ON, list_on=BACK_ON, ship_from=BACK_ON, ship_to=BACK_ON
    )

    # when
    report = months.run(provider, BACK_ON)

    # then
    assert (report.charged, report.waiting) == (1, 2)
    assert states() == ["locked", "locked", "charged"]


def test_a_long_stop_of_donations_waits_too(provider: MemoryProvider) -> None:
    # given
    stopped_make(provider)
    services.charging_stop(reason="障害", actor="operator:x", now=NOW)
    months.run_days(provider, months.CHARGE_DAY, months.CHARGE_DAY + timedelta(days=2))
    services.charging_start(reason="復旧", actor="operator:x", now=NOW)

    # when
    report = months.run(provider, BACK_ON)

    # then
    assert (report.charged, report.waiting) == (0, 2)


def test_staff_say_charge_and_the_next_run_does_it_once(provider: MemoryProvider) -> None:
    # given
    stopped_make(provider)
    months.run(provider, BACK_ON)

    # when
    decide("charge")
    first, again = months.run(provider, BACK_ON), months.run(provider, BACK_ON)

    # then
    assert (first.charged, first.donations_yen, again.charged) == (2, 6000, 0)
    assert states() == ["charged", "charged"]
    assert (items(), catch_up.plan()) == (["approved", "approved"], None)
    assert len(provider.succeeded()) == 2


def test_an_approved_month_that_is_declined_is_tried_again_without_asking_staff(
    provider: MemoryProvider,
) -> None:
    # given
    stopped_make(provider)
    town = world.town_make()
    town.retry_days = [1]
    town.save(update_fields=["retry_days"])
    months.run(provider, BACK_ON)
    decide("charge")
    provider.next_outcomes = ["insufficient_funds", "insufficient_funds"]
    months.run(provider, BACK_ON)

    # when another stop makes its retry late
    report = months.run(provider, BACK_ON + timedelta(days=2))

    # then
    assert (report.charged, report.waiting) == (2, 0)


def test_staff_leave_them_out_and_their_donors_are_told(provider: MemoryProvider) -> None:
    # given
    stopped_make(provider)
    months.run(provider, BACK_ON)

    # when
    with pytest.raises(errors.ReasonMissing):
        decide("skip", reason=" ")
    assert states() == ["locked", "locked"]
    decide("skip")

    # then
    assert (states(), items()) == (["skipped", "skipped"], ["skipped", "skipped"])
    reasons = membership_models.Cycle.objects.filter(n=1).values_list("reason", flat=True)
    assert set(reasons) == {"catch_up_skipped"}
    told = outbox_models.OutboxMessage.objects.filter(payload__name="cycle_skipped")
    assert told.count() == 2
    assert outbox_models.OutboxMessage.objects.filter(topic="order.cancel").count() == 2
    assert months.run(provider, BACK_ON).charged == 0


def test_a_donor_who_is_asked_answers_by_his_link(provider: MemoryProvider) -> None:
    # given
    stopped_make(provider)
    months.run(provider, BACK_ON)
    decide("ask")
    first, second = membership_models.Cycle.objects.filter(n=1).order_by("pk")
    assert months.run(provider, BACK_ON).charged == 0

    # when one says yes and the other no
    yes = catch_up.answer(token=missed_link.token(cycle_id=first.pk), is_wanted=True, now=NOW)
    no = catch_up.answer(token=missed_link.token(cycle_id=second.pk), is_wanted=False, now=NOW)
    report = months.run(provider, BACK_ON)

    # then
    assert (yes.state, no.state, report.charged) == ("approved", "skipped", 1)
    assert states() == ["charged", "skipped"]
    with pytest.raises(errors.CatchUpOver):
        catch_up.answer(token=missed_link.token(cycle_id=first.pk), is_wanted=False, now=NOW)


def test_the_mail_that_asks_carries_the_link_and_the_outbox_does_not(
    provider: MemoryProvider,
) -> None:
    stopped_make(provider, names=("hanako", "taro"))
    months.run(provider, BACK_ON)
    outbox_run.outbox_drain(now=NOW)
    mail.outbox.clear()

    decide("ask")
    asked = outbox_models.OutboxMessage.objects.filter(payload__name="catch_up_ask")
    assert all("missed" not in str(message.payload) for message in asked)
    outbox_run.outbox_drain(now=NOW)

    letters = [letter for letter in mail.outbox if "どうなさるか" in letter.subject]
    assert len(letters) == 2
    assert all("/missed/" in letter.body and "3,000円" in letter.body for letter in letters)


def test_no_answer_leaves_the_month_out(provider: MemoryProvider) -> None:
    # given
    stopped_make(provider)
    months.run(provider, BACK_ON)
    decide("ask")

    # when
    months.run(provider, BACK_ON + timedelta(days=14))
    on_the_last_day = states()
    months.run(provider, BACK_ON + timedelta(days=15))

    # then
    assert (on_the_last_day, states()) == (["locked"] * 2, ["skipped"] * 2)
    reasons = membership_models.Cycle.objects.filter(n=1).values_list("reason", flat=True)
    assert set(reasons) == {"catch_up_unanswered"}


def test_a_link_that_was_altered_or_asks_nothing_opens_nothing(provider: MemoryProvider) -> None:
    stopped_make(provider)
    cycle = membership_models.Cycle.objects.filter(n=1).first()
    assert cycle is not None

    for token in ("", "x", missed_link.token(cycle_id=cycle.pk), "1:2:3"):
        with pytest.raises(errors.CatchUpOver):
            catch_up.asked_month(token=token, today=BACK_ON)


def test_staff_decide_only_about_what_they_were_shown(provider: MemoryProvider) -> None:
    # given
    stopped_make(provider)
    months.run(provider, BACK_ON)
    seen = shown_plan().seen

    # then
    for wrong in ({"seen": ""}, {"seen": seen[::-1]}, {"catch_up_id": 999}):
        with pytest.raises(errors.CatchUpChanged):
            decide("charge", **wrong)
    decide("charge")
    done = operation_models.CatchUp.objects.get()
    with pytest.raises(errors.CatchUpChanged):
        catch_up.decide(
            catch_up_id=done.pk,
            decision="skip",
            seen=seen,
            reason="x",
            now=NOW,
            actor="staff:other",
        )
    assert items() == ["approved", "approved"]


def another_in_the_place_of_the_first(provider: MemoryProvider) -> None:
    """Hanako pays by herself, and Jiro's month is missed: as many months and yen as before."""
    first = membership_models.Cycle.objects.filter(n=1).earliest("pk")
    world.donation_make(cycle=first, now=NOW)
    membership_models.Cycle.objects.filter(pk=first.pk).update(state="charged")
    world.member_make(tier=first.tier, donor=world.donor_make(name="jiro"))
    months.run(provider, BACK_ON)


def test_another_month_of_the_same_sum_is_not_what_they_were_shown(
    provider: MemoryProvider,
) -> None:
    # given
    stopped_make(provider)
    months.run(provider, BACK_ON)
    shown = shown_plan()
    another_in_the_place_of_the_first(provider)
    now = shown_plan()
    assert (now.catch_up_id, now.count, now.amount_yen) == (shown.catch_up_id, 2, 6000)

    # when
    with pytest.raises(errors.CatchUpChanged):
        decide("skip", seen=shown.seen)
    with pytest.raises(CommandError, match="待っている寄附が変わりました"):
        call_command("catch_up", decide="charge", yen=6000, plan=shown.seen)

    # then
    assert (states(), items()) == (["charged", "locked", "locked"], ["gone", "waiting", "waiting"])
    call_command("catch_up", decide="charge", yen=6000, plan=now.seen)
    assert items() == ["gone", "approved", "approved"]


def test_what_was_decided_and_broken_off_is_carried_on_by_the_next_run(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    stopped_make(provider)
    months.run(provider, BACK_ON)
    with monkeypatch.context() as patch:
        patch.setattr(catch_up, "carry_on", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            decide("charge")
    assert items() == ["waiting", "waiting"]

    # when
    report = months.run(provider, BACK_ON)

    # then
    assert (report.charged, report.waiting) == (2, 0)


def test_many_months_are_carried_on_by_the_next_run_not_by_the_page(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catch_up, "AT_ONCE", 1)
    stopped_make(provider)
    months.run(provider, BACK_ON)

    decide("skip")
    before = states()
    months.run(provider, BACK_ON)

    assert (before, states()) == (["locked", "locked"], ["skipped", "skipped"])


def test_a_month_its_donor_paid_meanwhile_is_not_decided_upon(provider: MemoryProvider) -> None:
    # given
    stopped_make(provider)
    months.run(provider, BACK_ON)
    first = membership_models.Cycle.objects.filter(n=1).order_by("pk")[0]
    world.donation_make(cycle=first, now=NOW)
    membership_models.Cycle.objects.filter(pk=first.pk).update(state="charged")

    # when
    report = months.run(provider, BACK_ON)

    # then
    assert (report.waiting, items()) == (1, ["gone", "waiting"])


def test_the_command_shows_and_decides_with_the_sum_typed(
    provider: MemoryProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    call_command("catch_up")
    stopped_make(provider)
    months.run(provider, BACK_ON)

    seen = shown_plan().seen

    # when
    call_command("catch_up")
    with pytest.raises(CommandError, match="合計金額"):
        call_command("catch_up", decide="charge", yen=1)
    with pytest.raises(CommandError, match="理由"):
        call_command("catch_up", decide="skip", yen=6000)
    call_command("catch_up", decide="charge", yen=6000, reason="復旧", by="yamada")

    # then
    said = capsys.readouterr().out
    assert "決定を待つ寄附はありません。" in said
    assert "1日(2026年12月24日(木)から2026年12月24日(木)まで)、2件、6,000円" in said
    assert f"印: {seen}" in said
    assert f"--plan {seen}" in said
    done = operation_models.CatchUp.objects.get()
    assert (done.state, done.decided_by, done.reason) == ("charge", "operator:yamada", "復旧")
    assert items() == ["approved", "approved"]
    assert date(2026, 12, 18) == done.last_done_on
