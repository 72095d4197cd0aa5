"""What a copied salon leaves alone, and what a stop by hand stops."""

from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from saleor_ext.common import registry
from saleor_ext.contracts.errors import ProviderRetryable
from saleor_ext.contracts.payment import Outcome
from saleor_ext.donations import models as donation_models
from saleor_ext.flows import outbox_run
from saleor_ext.flows.month import charging, janitor, monthly, pay_step
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.operation import errors, gate, place, services
from saleor_ext.outbox import models as outbox_models
from saleor_ext.saleor_connector import client
from saleor_ext.saleor_connector import errors as shop_errors
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import months
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOON = months.morning(months.CHARGE_DAY, hour=12)


@pytest.fixture
def december(provider: MemoryProvider) -> membership_models.Cycle:
    """This will give a locked month whose donation is due on 24 December."""
    return months.december_make(provider)


@pytest.fixture
def copied(december: membership_models.Cycle, monkeypatch: pytest.MonkeyPatch) -> None:
    """This will carry the database, once used, to another server."""
    gate.status()
    monkeypatch.setattr(place, "here", lambda: place.Here(parts={"cluster": "elsewhere"}))


def rows() -> list[object]:
    """Everything a run could have changed."""
    return [
        list(membership_models.Cycle.objects.order_by("pk").values_list("pk", "state")),
        membership_models.CycleEvent.objects.count(),
        donation_models.PaymentAttempt.objects.count(),
        donation_models.Donation.objects.count(),
        list(outbox_models.OutboxMessage.objects.order_by("pk").values()),
    ]


@pytest.mark.usefixtures("copied")
def test_a_copys_monthly_run_is_refused_and_changes_nothing(provider: MemoryProvider) -> None:
    before = rows()

    with pytest.raises(errors.PlaceUnconfirmed):
        months.run(provider, months.CHARGE_DAY)

    assert (rows(), provider.calls) == (before, [])


@pytest.mark.usefixtures("copied")
def test_a_copy_charges_no_single_month(
    december: membership_models.Cycle, provider: MemoryProvider
) -> None:
    before = rows()

    result = charging.cycle_charge(cycle_id=december.pk, now=NOON, actor="test")

    assert result is charging.ChargeResult.STOPPED
    assert (rows(), provider.calls) == (before, [])


def test_a_copy_leaves_open_attempts_alone(
    december: membership_models.Cycle,
    provider: MemoryProvider,
    request: pytest.FixtureRequest,
) -> None:
    attempt = months.attempt_make(december, now=NOON - timedelta(days=3))
    request.getfixturevalue("copied")

    report = janitor.attempts_settle_open(now=NOON)

    attempt.refresh_from_db()
    assert (report.looked_at, attempt.state, attempt.look_count) == (0, "intent", 0)
    assert provider.calls == []


@pytest.mark.usefixtures("copied")
def test_a_copys_outbox_waits(mailoutbox: list[object]) -> None:
    before = rows()
    assert outbox_models.OutboxMessage.objects.filter(state="pending").exists()

    report = outbox_run.outbox_drain(now=NOON)

    assert (report.done, report.put_off, mailoutbox) == (0, 0, [])
    assert rows() == before


@pytest.mark.usefixtures("copied")
def test_a_copy_opens_no_payment_in_the_browser(december: membership_models.Cycle) -> None:
    with pytest.raises(errors.PlaceUnconfirmed):
        pay_step.attempt_for_browser(cycle=december, now=NOON, actor="donor:1")

    assert not donation_models.PaymentAttempt.objects.filter(cycle=december).exists()


def test_a_copy_gets_no_hold_of_the_provider_whoever_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry.payment_provider()
    monkeypatch.setattr(place, "here", lambda: place.Here(parts={"cluster": "elsewhere"}))

    with pytest.raises(ProviderRetryable, match="place_unconfirmed"):
        registry.payment_provider()


def test_a_copy_does_not_speak_with_the_shop_as_our_app(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    installation = shop_models.Installation.objects.create(
        saleor_api_url="https://shop.example.jp/graphql/",
        domain="shop.example.jp",
        app_id="QXBwOjE=",
        identifier="jp.furusato-salon",
        auth_token="token",
        installed_at=now,
    )
    client.ShopClient.of_installation(installation)
    monkeypatch.setattr(place, "here", lambda: place.Here(parts={"cluster": "elsewhere"}))

    with pytest.raises(shop_errors.PlaceSealed):
        client.ShopClient.of_installation(installation)


def test_a_confirmed_copy_goes_on_where_the_original_was(
    december: membership_models.Cycle,
    provider: MemoryProvider,
    request: pytest.FixtureRequest,
) -> None:
    request.getfixturevalue("copied")
    services.place_confirm(
        here=place.here(), mark=place.here().mark, reason="移転", actor="operator:a", now=NOON
    )

    report = months.run(provider, months.CHARGE_DAY)

    assert (report.charged, report.stopped) == (1, "")
    assert donation_models.Donation.objects.filter(attempt__cycle=december).count() == 1


def test_what_the_original_received_after_the_backup_is_found_and_not_asked_for_again(
    december: membership_models.Cycle,
    provider: MemoryProvider,
    request: pytest.FixtureRequest,
) -> None:
    key = f"{membership_selectors.cycle_key(cycle=december)}-a1"
    begun = donation_models.PaymentAttempt(key=key, amount_yen=december.amount_yen)
    provider.charges[key] = months.answer(begun, Outcome.SUCCEEDED)
    request.getfixturevalue("copied")
    services.place_confirm(
        here=place.here(), mark=place.here().mark, reason="移転", actor="operator:a", now=NOON
    )

    report = months.run(provider, months.CHARGE_DAY)

    assert report.charged == 1
    assert provider.calls == [f"find {key}"]
    donation = donation_models.Donation.objects.get(attempt__cycle=december)
    assert donation.amount_yen == december.amount_yen


def test_months_that_fell_due_after_the_move_are_not_looked_up(
    december: membership_models.Cycle,
    provider: MemoryProvider,
    request: pytest.FixtureRequest,
) -> None:
    request.getfixturevalue("copied")
    services.place_confirm(
        here=place.here(),
        mark=place.here().mark,
        reason="移転",
        actor="operator:a",
        now=months.morning(months.LOCK_DAY),
    )

    months.run(provider, months.CHARGE_DAY)

    assert [call.split()[0] for call in provider.calls] == ["charge"]


def test_a_stop_by_hand_stops_donations_and_nothing_else(
    december: membership_models.Cycle, provider: MemoryProvider
) -> None:
    gate.status()
    services.charging_stop(reason="障害", actor="operator:a", now=NOON)

    report = months.run(provider, months.CHARGE_DAY)

    assert (report.charged, report.due, report.stopped) == (0, 0, "charging_stopped")
    assert provider.calls == []
    assert not donation_models.PaymentAttempt.objects.filter(cycle=december).exists()
    with pytest.raises(errors.ChargingStopped):
        pay_step.attempt_for_browser(cycle=december, now=NOON, actor="donor:1")

    services.charging_start(reason="復旧", actor="operator:a", now=NOON)
    assert months.run(provider, months.CHARGE_DAY).charged == 1


def test_what_was_under_way_at_a_stop_is_still_written_down(
    december: membership_models.Cycle, provider: MemoryProvider
) -> None:
    provider.next_outcomes = ["lost_answer"]
    months.run(provider, months.CHARGE_DAY)
    services.charging_stop(reason="障害", actor="operator:a", now=NOON)

    janitor.attempts_settle_open(now=NOON)

    assert donation_models.Donation.objects.filter(attempt__cycle=december).count() == 1
    assert monthly.run_cycles(as_of=months.CHARGE_DAY, now=NOON, actor="test").charged == 0


def test_a_copy_changes_nothing_in_the_shop_for_persons_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate.status()
    monkeypatch.setattr(place, "here", lambda: place.Here(parts={"cluster": "elsewhere"}))

    with pytest.raises(shop_errors.PlaceSealed):
        client.public_writer()
    with pytest.raises(CommandError, match="複製"):
        call_command("saleor_setup", yes=True)
    client.public_client()  # signing in goes on, or nobody could read why all stands still
