"""Ledger, the provider's balance and the shop are compared to the yen, day by day."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from saleor_ext.balance import models, selectors
from saleor_ext.common import clock
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import EntryKind, PayoutStage, PayoutState
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.books import matching
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import matching as matching_builders
from tests.builders import months, refunding
from tests.builders.provider import MemoryProvider, entry_make

pytestmark = pytest.mark.django_db

DAY = months.CHARGE_DAY
NOW = months.morning(DAY + timedelta(days=3), hour=5)


@pytest.fixture
def attempt(provider: MemoryProvider) -> donation_models.PaymentAttempt:
    """December, paid with 3,000 yen, and its order in the shop."""
    made = refunding.paid_december_make(provider)
    matching_builders.order_make(made)
    return made


def match(**changes: Any) -> tuple[models.MatchDay, list[tuple[str, str]]]:
    matching.match_days(days=[DAY], now=changes.get("now", NOW))
    found = models.MatchDay.objects.get(day=DAY)
    return found, list(found.gaps.order_by("pk").values_list("code", "subject"))


def test_a_day_that_matches_says_sums_and_fees(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    day, gaps = match()

    assert gaps == []
    assert (day.ledger_yen, day.provider_yen, day.fee_yen) == (3000, 3000, 108)
    assert (day.own_count, day.foreign_count, day.gap_count) == (1, 0, 0)


def test_comparing_again_keeps_one_day_and_one_copy_of_each_movement(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    match()
    match()

    assert models.MatchDay.objects.count() == 1
    assert models.BalanceEntry.objects.count() == 1


def test_others_on_the_same_account_are_counted_beside(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    provider.foreign_entries = [
        entry_make("txn_hall", EntryKind.CHARGE, 7000, refunding.NOW, fee_yen=252),
        entry_make("txn_po", EntryKind.PAYOUT, -5000, refunding.NOW, source_ref="po_1"),
    ]

    day, gaps = match()

    assert (day.provider_yen, day.foreign_count, day.foreign_yen, gaps) == (3000, 1, 7000, [])


def test_money_with_our_key_that_the_ledger_does_not_know_is_listed(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    provider.foreign_entries = [
        entry_make("txn_x", EntryKind.CHARGE, 3000, refunding.NOW, source_ref="ch_x", key="fs-x")
    ]

    day, gaps = match()

    assert gaps == [("provider_only", "fs-x ch_x")]
    assert (day.ledger_yen, day.provider_yen) == (3000, 6000)


def test_a_donation_the_balance_does_not_show_is_listed(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    provider.charges.clear()

    _, gaps = match()

    assert gaps == [("ledger_only", attempt.key)]


def test_one_yen_or_one_day_too_much_is_listed(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given the provider's movement a yen higher
    state = provider.charges.pop(attempt.key)
    moved = {"source_ref": state.charge_ref, "key": attempt.key}
    provider.foreign_entries = [entry_make("txn_1", EntryKind.CHARGE, 3001, refunding.NOW, **moved)]
    _, gaps = match()
    assert gaps == [("amount_differs", attempt.key)]

    # and given another whose day is the next
    models.MatchDay.objects.all().delete()
    later = refunding.NOW + timedelta(days=1)
    provider.foreign_entries = [entry_make("txn_2", EntryKind.CHARGE, 3000, later, **moved)]
    matching.match_days(days=[DAY + timedelta(days=1)], now=NOW)
    assert models.MatchGap.objects.get().code == "day_differs"


def test_what_the_shop_counts_is_compared_after_a_day(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    shop_models.ShopOrder.objects.update(charged_yen=2999)

    assert match(now=months.morning(DAY + timedelta(days=1), hour=9))[1] == []
    assert match()[1] == [("shop_differs", attempt.key.rpartition("-a")[0])]
    shop_models.ShopOrder.objects.all().delete()
    assert match()[1] == [("shop_missing", attempt.key.rpartition("-a")[0])]


def test_a_refund_and_a_dispute_of_which_no_message_came_are_in_the_books_afterwards(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=1000)
    provider.dispute(provider_ref=attempt.provider_ref, amount_yen=2000)
    shop_models.ShopOrder.objects.update(charged_yen=0)

    # when
    day, gaps = match()

    # then
    assert refunding.ledger_rows(attempt) == [3000, -1000, -2000]
    assert (day.ledger_yen, day.provider_yen, day.fee_yen, gaps) == (0, 0, 1608, [])


def test_a_payout_is_the_sum_of_what_it_holds(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given a payout of the donation less its fee
    payout = PayoutState(
        payout_ref="po_1",
        amount_yen=Yen(2892),
        stage=PayoutStage.PAID,
        created_at=refunding.NOW,
        arrives_at=refunding.NOW + timedelta(days=3),
        is_automatic=True,
    )
    entry = f"txn_{attempt.charge_ref}"
    provider.payouts_made = [payout]
    assert match()[1] == [("payout_incomplete", "po_1")]

    # when the provider says what is in it
    provider.payout_holds = {"po_1": [entry]}
    assert match()[1] == []

    # and when it is not the sum
    models.Payout.objects.update(amount_yen=2891)
    assert match()[1] == [("payout_differs", "po_1")]


def test_days_that_did_not_match_are_compared_again_until_they_do(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given
    shop_models.ShopOrder.objects.update(charged_yen=1)
    match()
    matching_builders.november_known(provider)
    weeks_later = NOW + timedelta(days=30)
    assert matching.match_daily(now=weeks_later).gaps == 1
    assert selectors.days_with_gaps() == [DAY]

    # when
    shop_models.ShopOrder.objects.update(charged_yen=3000)
    report = matching.match_daily(now=weeks_later)

    # then
    assert (report.gaps, selectors.days_with_gaps()) == (0, [])
    assert report.days == matching.DAYS_AGAIN + 1


def test_a_silent_provider_leaves_everything_as_it_was(
    provider: MemoryProvider,
    attempt: donation_models.PaymentAttempt,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise provider_errors.ProviderRetryable("connection_refused")

    monkeypatch.setattr(MemoryProvider, "balance_entries", away)

    assert matching.match_daily(now=NOW) == matching.Report(
        days=0, gaps=0, silent="connection_refused"
    )
    assert models.MatchDay.objects.count() == 0


def test_the_mirrored_balance_cannot_be_changed(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    match()

    with pytest.raises(DatabaseError, match="append-only"):
        models.BalanceEntry.objects.update(amount_yen=1)


def test_the_command_lists_what_differs_and_ends_with_1(
    provider: MemoryProvider,
    attempt: donation_models.PaymentAttempt,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    monkeypatch.setattr(clock, "now", lambda: NOW)
    call_command("money_match", day=DAY.isoformat(), json=True)

    # when
    said = json.loads(capsys.readouterr().out)
    provider.foreign_entries = [
        entry_make("txn_x", EntryKind.CHARGE, 5, refunding.NOW, source_ref="ch_x", key="fs-x")
    ]
    with pytest.raises(SystemExit):
        call_command("money_match", day=DAY.isoformat())

    # then
    assert said["ok"] is True
    assert "code=provider_only subject=fs-x ch_x" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("money_match", day="yesterday")
