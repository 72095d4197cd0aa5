"""The ledger check: silent when all is well, and red for each thing that may not be."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import DaySum
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.books import ledger
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors, services
from saleor_ext.outbox import models as outbox_models
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

DAY = date(2026, 12, 26)
NOW = months.morning(DAY)


@pytest.fixture
def whole(provider: MemoryProvider) -> membership_models.Membership:
    """This will make a member with two paid months, their orders and their parcels."""
    membership = world.member_make(tier=world.world_make())
    for day in (date(2026, 11, 25), months.LOCK_DAY, months.CHARGE_DAY, DAY):
        months.run(provider, day)
    first = donation_models.PaymentAttempt.objects.get(cycle__n=0)
    # The first donation was received before the provider of this test was there.
    provider.charges[first.key] = months.answer(
        first,
        months.Outcome.SUCCEEDED,
        provider_ref=first.provider_ref,
        charged_at=world.NOW,
    )
    for n in (0, 1):
        order_make(months.month_of(membership, n))
    return membership


def order_make(cycle: membership_models.Cycle) -> shop_models.ShopOrder:
    reference = selectors.cycle_key(cycle=cycle)
    return shop_models.ShopOrder.objects.create(
        external_reference=reference,
        order_id=f"order-{reference}",
        number="1",
        status="UNFULFILLED",
        is_paid=True,
        updated_at=NOW,
    )


def check(**options: Any) -> list[tuple[str, str]]:
    return [(found.code, found.text) for found in ledger.ledger_check(now=NOW, **options)]


def codes(**options: Any) -> list[str]:
    return [code for code, _ in check(**options)]


def december(membership: membership_models.Membership) -> membership_models.Cycle:
    return months.month_of(membership, 1)


@contextmanager
def without(index: str) -> Iterator[None]:
    """Past the database's own guard, as a wrong migration or a repair by hand would be."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index}")
    yield


def test_a_whole_ledger_breaches_nothing(whole: membership_models.Membership) -> None:
    assert check() == []


def test_an_empty_town_breaches_nothing(provider: MemoryProvider) -> None:
    world.town_make()

    assert check() == []


def test_money_without_a_donation(whole: membership_models.Membership) -> None:
    # given
    cycle = months.month_of(whole, 2)
    world.first_lock(cycle=cycle)
    attempt = months.attempt_make(cycle)
    donation_models.PaymentAttempt.objects.filter(pk=attempt.pk).update(
        state="succeeded", settled_at=NOW, charge_ref="ch_x"
    )

    # then
    assert check() == [
        ("money_without_donation", f"attempt {attempt.pk}"),
        ("money_without_charged", f"cycle {cycle.pk}"),
    ]


def test_a_donation_without_money(whole: membership_models.Membership) -> None:
    # given
    donation = donation_models.Donation.objects.get(attempt__cycle__n=1)
    donation_models.PaymentAttempt.objects.filter(pk=donation.attempt_id).update(state="declined")

    # then
    assert check() == [
        ("donation_without_money", f"donation {donation.pk}"),
        ("charged_without_money", f"cycle {december(whole).pk}"),
    ]


def test_an_amount_that_differs_from_its_attempt(whole: membership_models.Membership) -> None:
    # given
    donation = donation_models.Donation.objects.get(attempt__cycle__n=1)
    donation_models.PaymentAttempt.objects.filter(pk=donation.attempt_id).update(amount_yen=3001)

    # then
    assert check() == [("amount_differs", f"donation {donation.pk}")]


def test_a_month_paid_twice(whole: membership_models.Membership) -> None:
    # given
    cycle = december(whole)
    attempt = donation_models.PaymentAttempt.objects.values().get(cycle=cycle)
    del attempt["id"]
    with without("attempt_one_received_uniq"):
        changes = {"number": 2, "key": "second", "day_slot": 2}
        donation_models.PaymentAttempt.objects.create(**attempt | changes)

    # then
    assert ("month_paid_twice", f"cycle {cycle.pk}") in check()


def test_a_gap_in_the_receipt_numbers(whole: membership_models.Membership) -> None:
    # given
    donation_models.ReceiptCounter.objects.update(last_number=7)
    taro = world.member_make(tier=whole.tier, donor=world.donor_make(name="taro"), now=NOW)
    order_make(months.month_of(taro, 0))

    # then
    assert check(provider_days=0) == [("receipt_numbers", "2026: 3 receipts, highest number 8")]


def test_a_receipt_of_the_wrong_year(whole: membership_models.Membership) -> None:
    # given
    values = donation_models.Donation.objects.values().get(attempt__cycle__n=1)
    del values["id"]
    with without("donation_one_per_attempt_uniq"):
        wrong = donation_models.Donation.objects.create(
            **values | {"receipt_year": 2027, "receipt_number": 1}
        )

    # then
    assert ("receipt_year", f"donation {wrong.pk}") in check(provider_days=0)


def test_a_charged_month_without_money(whole: membership_models.Membership) -> None:
    # given
    cycle = months.month_of(whole, 2)
    membership_models.Cycle.objects.filter(pk=cycle.pk).update(state="charged")
    order_make(cycle)

    # then
    assert check() == [("charged_without_money", f"cycle {cycle.pk}")]


def test_money_for_a_month_that_is_not_charged(whole: membership_models.Membership) -> None:
    # given
    cycle = december(whole)
    membership_models.Cycle.objects.filter(pk=cycle.pk).update(state="locked")
    shipment = fulfilment_models.Shipment.objects.get(cycle=cycle)

    # then
    assert check() == [
        ("money_without_charged", f"cycle {cycle.pk}"),
        ("parcel_unpaid", f"shipment {shipment.key}"),
    ]


def test_a_paid_month_without_its_order(whole: membership_models.Membership) -> None:
    # given
    cycle = december(whole)
    shop_models.ShopOrder.objects.filter(external_reference__endswith="-1").delete()
    within, after = NOW, months.morning(DAY + timedelta(days=1))

    # then
    assert ledger.ledger_check(now=within, provider_days=0) == [
        ledger.Breach(code="paid_without_order", text=f"cycle {cycle.pk}")
    ]
    assert outbox_models.OutboxMessage.objects.filter(key=f"order.pay:{cycle.pk}").exists()
    outbox_models.OutboxMessage.objects.filter(key=f"order.pay:{cycle.pk}").update(
        created_at=within - timedelta(hours=24)
    )
    assert ledger.ledger_check(now=within, provider_days=0) == []
    assert [found.code for found in ledger.ledger_check(now=after, provider_days=0)] == [
        "paid_without_order"
    ]


@pytest.mark.parametrize("state", ["failed", "done"])
def test_an_order_that_nobody_is_making_any_more_is_missed_at_once(
    whole: membership_models.Membership, state: str
) -> None:
    # given
    cycle = december(whole)
    shop_models.ShopOrder.objects.filter(external_reference__endswith="-1").delete()
    outbox_models.OutboxMessage.objects.filter(key=f"order.pay:{cycle.pk}").update(
        state=state, created_at=NOW, done_at=NOW if state == "done" else None
    )

    # then
    assert check() == [("paid_without_order", f"cycle {cycle.pk}")]


def test_an_order_that_is_not_paid_is_no_order(whole: membership_models.Membership) -> None:
    # given
    shop_models.ShopOrder.objects.filter(external_reference__endswith="-1").update(is_paid=False)

    # then
    assert codes() == ["paid_without_order"]


def test_a_parcel_of_a_month_that_is_not_paid(whole: membership_models.Membership) -> None:
    # given
    shipment = fulfilment_models.Shipment.objects.get(cycle__n=1)
    later = months.month_of(whole, 2)
    fulfilment_models.Shipment.objects.filter(pk=shipment.pk).update(cycle=later)
    membership_models.Cycle.objects.filter(n=1).update(is_listed=False)

    # then
    assert ("parcel_unpaid", f"shipment {shipment.key}") in check()


def test_a_cancelled_parcel_need_not_be_paid(whole: membership_models.Membership) -> None:
    # given
    later = months.month_of(whole, 2)
    shipment = fulfilment_models.Shipment.objects.get(cycle__n=1)
    copy = fulfilment_models.Shipment.objects.values().get(pk=shipment.pk)
    del copy["id"]
    fulfilment_models.Shipment.objects.create(
        **copy | {"key": "other", "cycle_id": later.pk, "state": "cancelled"}
    )

    # then
    assert check() == []


def test_a_paid_month_whose_parcel_was_forgotten(whole: membership_models.Membership) -> None:
    # given
    shipment = fulfilment_models.Shipment.objects.get(cycle__n=1)
    shipment.items.all().delete()
    shipment.events.all().delete()
    shipment.delete()

    # then
    assert check() == [("parcel_forgotten", f"cycle {december(whole).pk}")]


def test_a_paid_month_that_no_run_ever_listed(whole: membership_models.Membership) -> None:
    # given
    cycle = december(whole)
    models_cycle = membership_models.Cycle.objects.filter(pk=cycle.pk)
    fulfilment_models.ShipmentItem.objects.filter(shipment__cycle=cycle).delete()
    fulfilment_models.ShipmentEvent.objects.filter(shipment__cycle=cycle).delete()
    fulfilment_models.Shipment.objects.filter(cycle=cycle).delete()
    models_cycle.update(is_listed=False)
    week_later = months.morning(cycle.list_on + timedelta(days=8))

    # then
    found = ledger.ledger_check(now=week_later, provider_days=0)
    assert [(breach.code, breach.text) for breach in found] == [
        ("parcel_not_asked_for", f"cycle {cycle.pk}")
    ]
    just_after = ledger.ledger_check(now=months.morning(cycle.list_on), provider_days=0)
    assert just_after == []


def test_a_month_without_a_box_needs_no_parcel(provider: MemoryProvider) -> None:
    # given
    membership = world.member_make(tier=world.world_make(), is_box_wanted=False)
    months.run_days(provider, world.TODAY, date(2026, 11, 25))
    order_make(months.month_of(membership, 0))

    # then
    assert months.month_of(membership, 0).is_listed
    assert check(provider_days=0) == []


def test_a_parcel_to_a_resident(whole: membership_models.Membership) -> None:
    # given
    services.donor_details_set(
        donor_id=whole.donor_id, details={"prefecture": "高知県", "city": "汐見町"}
    )
    keys = list(fulfilment_models.Shipment.objects.order_by("pk").values_list("key", flat=True))

    # then
    assert check() == [("parcel_to_resident", f"shipment {key}") for key in keys]

    # and when they had left before he moved
    fulfilment_models.Shipment.objects.filter(key=keys[0]).update(
        state="shipped", tracking_number="111", shipped_on=DAY
    )

    # then
    assert check() == [("parcel_to_resident", f"shipment {keys[1]}")]


@pytest.mark.parametrize(("cost_yen", "is_over"), [(900, False), (901, True)])
def test_a_box_over_thirty_percent(
    whole: membership_models.Membership, cost_yen: int, is_over: bool
) -> None:
    # given
    cycle = december(whole)
    membership_models.CycleSnapshot.objects.filter(cycle=cycle).update(
        procurement_cost_yen=cost_yen
    )

    # then
    assert check() == ([("box_over_limit", f"cycle {cycle.pk}")] if is_over else [])


@pytest.mark.parametrize("key", ["email", "donor_name", "address", "token"])
def test_personal_data_in_a_message(whole: membership_models.Membership, key: str) -> None:
    # given
    message = outbox_models.OutboxMessage.objects.first()
    outbox_models.OutboxMessage.objects.filter(pk=message.pk).update(
        payload=message.payload | {key: "花子"}
    )

    # then
    assert check() == [("personal_data", f"outbox message {message.pk}")]
    assert "花子" not in str(check())


def test_the_provider_took_more_than_the_ledger_knows(
    whole: membership_models.Membership, provider: MemoryProvider
) -> None:
    # given
    state = provider.succeeded()[0]
    provider.charges["stray"] = replace(state, provider_ref="pi_stray", key="stray")

    # then
    assert check() == [("provider_differs", "2026-12-24: ledger 3000 yen, provider 6000 yen")]
    assert check(provider_days=2) == []
    assert check(provider_days=3) != []


def test_the_provider_gave_back_what_the_ledger_does_not_know(
    whole: membership_models.Membership, provider: MemoryProvider
) -> None:
    # given
    state = provider.charges[donation_models.PaymentAttempt.objects.get(cycle__n=1).key]
    provider.refund_create(key="r", provider_ref=state.provider_ref, amount_yen=1000, reason="")

    # then
    assert check() == [("provider_differs", "2026-12-26: ledger 0 yen, provider -1000 yen")]


def test_the_ledger_knows_money_that_the_provider_does_not(
    whole: membership_models.Membership, provider: MemoryProvider
) -> None:
    # given
    provider.charges.clear()

    # then
    assert check() == [
        ("provider_differs", "2026-11-24: ledger 3000 yen, provider 0 yen"),
        ("provider_differs", "2026-12-24: ledger 3000 yen, provider 0 yen"),
    ]


def test_a_provider_that_cannot_be_asked_is_said_once(
    whole: membership_models.Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    def away(*args: object, **kwargs: object) -> DaySum:
        raise provider_errors.ProviderUnknown("timeout")

    monkeypatch.setattr(MemoryProvider, "day_sum", away)

    # then
    assert check() == [("provider_silent", "timeout")]
    assert check(provider_days=0) == []


BREAKS: dict[str, Callable[[], object]] = {
    "sound": lambda: None,
    "broken": lambda: membership_models.CycleSnapshot.objects.filter(cycle__n=1).update(
        procurement_cost_yen=901
    ),
}


def run_command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = 0
    try:
        call_command("ledger_check", *arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, capsys.readouterr().out


@pytest.mark.parametrize("what", BREAKS)
def test_the_command_says_by_its_exit_code_whether_all_is_well(
    whole: membership_models.Membership,
    clock_at: Callable[[Any], None],
    capsys: pytest.CaptureFixture[str],
    what: str,
) -> None:
    # given
    clock_at(NOW)
    BREAKS[what]()
    cycle = december(whole)

    # when
    code, text = run_command(capsys)
    json_code, json_text = run_command(capsys, "--json")

    # then
    breaches = [] if what == "sound" else [{"code": "box_over_limit", "text": f"cycle {cycle.pk}"}]
    assert code == json_code == len(breaches)
    assert json.loads(json_text) == {"ok": not breaches, "breaches": breaches}
    assert text.splitlines() == (
        ["すべて合っています。"]
        if not breaches
        else [f"× box_over_limit: cycle {cycle.pk}", "1 件が合いません。"]
    )


def test_the_command_can_leave_the_provider_out(
    whole: membership_models.Membership,
    provider: MemoryProvider,
    clock_at: Callable[[Any], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given
    clock_at(NOW)
    provider.charges.clear()

    # then
    assert run_command(capsys)[0] == 1
    assert run_command(capsys, "--provider-days", "0")[0] == 0


def test_without_a_town_the_command_says_what_is_missing(provider: MemoryProvider) -> None:
    with pytest.raises(CommandError, match="自治体の設定がまだありません"):
        call_command("ledger_check")


def test_the_nightly_check_logs_every_breach(
    whole: membership_models.Membership,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # given
    BREAKS["broken"]()

    # when
    ledger.ledger_check_and_log(now=NOW)

    # then
    found = [record.getMessage() for record in caplog.records if record.name == ledger.__name__]
    assert found == [f"ledger box_over_limit: cycle {december(whole).pk}"]
