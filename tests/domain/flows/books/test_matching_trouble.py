"""The comparison after silent mornings, and beside what cannot be looked up."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from saleor_ext.balance import models
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import EntryKind, PayoutStage, PayoutState
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.books import balance_mirror, matching
from saleor_ext.flows.month import charging, holding, unclear
from saleor_ext.membership import models as membership_models
from saleor_ext.membership.states import MembershipState
from tests.builders import matching as matching_builders
from tests.builders import months, refunding, world
from tests.builders.provider import MemoryProvider, entry_make

pytestmark = pytest.mark.django_db

DAY = months.CHARGE_DAY


def after(days: int) -> datetime:
    """Five in the morning, some days after December's donation."""
    return months.morning(DAY + timedelta(days=days), hour=5)


def gaps() -> list[tuple[str, str]]:
    return list(models.MatchGap.objects.order_by("pk").values_list("code", "subject"))


def days_since(first: date, until: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((until - first).days)]


def payout_make(ref: str, amount_yen: int, **changes: Any) -> PayoutState:
    values: dict[str, Any] = {
        "payout_ref": ref,
        "amount_yen": Yen(amount_yen),
        "stage": PayoutStage.UNDER_WAY,
        "created_at": refunding.NOW,
        "arrives_at": refunding.NOW + timedelta(days=3),
        "is_automatic": True,
    }
    return PayoutState(**values | changes)


def refusing(monkeypatch: pytest.MonkeyPatch, method: str, ref: str, error: Exception) -> None:
    """From now on the provider answers what is asked of `ref` with an error."""
    real = getattr(MemoryProvider, method)

    def answer(self: MemoryProvider, **asked: str) -> Any:
        if ref in asked.values():
            raise error
        return real(self, **asked)

    monkeypatch.setattr(MemoryProvider, method, answer)


def silent(*args: object, **kwargs: object) -> None:
    raise provider_errors.ProviderRetryable("connection_refused")


def test_days_of_silent_mornings_are_made_up_for(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a refund of which no message came, and ten mornings without an answer
    attempt = matching_builders.matching_make(provider)
    matching.match_daily(now=months.morning(DAY, hour=5))
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=3000)
    with monkeypatch.context() as away:
        away.setattr(MemoryProvider, "balance_entries", silent)
        for number in range(1, 11):
            matching.match_daily(now=after(number))

    # when
    report = matching.match_daily(now=after(11))

    # then
    assert refunding.ledger_rows(attempt) == [3000, -3000]
    compared = models.MatchDay.objects.order_by("day").values_list("day", flat=True)
    assert list(compared) == days_since(world.TODAY, DAY + timedelta(days=11))
    assert report.days == 17  # DAY, ten after it, and six whose week was not over on DAY


def test_without_silence_each_day_is_compared_for_a_week(provider: MemoryProvider) -> None:
    matching_builders.matching_make(provider)

    reports = [matching.match_daily(now=after(number)) for number in (1, 2, 3)]

    assert [report.days for report in reports] == [31, 7, 7]  # the first one back to November
    assert gaps() == []


def test_an_old_hole_is_compared_whatever_was_compared_after_it(provider: MemoryProvider) -> None:
    # given
    matching_builders.matching_make(provider)
    matching.match_daily(now=after(20))
    models.MatchDay.objects.filter(day=DAY).delete()

    # when
    report = matching.match_daily(now=after(21))

    # then
    assert report.days == matching.DAYS_AGAIN + 1
    assert models.MatchDay.objects.get(day=DAY).ledger_yen == 3000


def test_no_day_further_back_than_some_400_is_made_up_for(provider: MemoryProvider) -> None:
    matching_builders.matching_make(provider)

    report = matching.match_daily(now=after(500))

    assert report.days == 400


def test_days_before_the_first_movement_known_are_mirrored_too(provider: MemoryProvider) -> None:
    # given a mirror that begins with December
    matching_builders.matching_make(provider)
    november = donation_models.PaymentAttempt.objects.get(cycle__n=0)
    kept = provider.charges.pop(november.key)
    matching.match_days(days=[DAY], now=after(1))
    provider.charges[november.key] = kept

    # when
    matching.match_daily(now=after(2))

    # then
    assert gaps() == []
    assert models.BalanceEntry.objects.count() == 2


def test_a_mirror_that_broke_off_goes_on_without_a_hole(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an answer that is lost after November's movement was kept
    matching_builders.matching_make(provider)
    asked: list[tuple[datetime, datetime]] = []
    real = MemoryProvider.balance_entries

    def answer(self: MemoryProvider, **window: datetime) -> Any:
        asked.append((window["entered_from"], window["entered_to"]))
        if "broken" in provider.calls and window["entered_to"] > refunding.NOW:
            raise provider_errors.ProviderRetryable("connection_lost")
        return real(self, **window)

    monkeypatch.setattr(MemoryProvider, "balance_entries", answer)
    provider.calls.append("broken")
    assert matching.match_daily(now=after(1)).silent == "connection_lost"
    assert models.BalanceEntry.objects.count() == 1

    # when
    provider.calls.remove("broken")
    asked.clear()
    report = matching.match_daily(now=after(1))

    # then each stretch begins where the one before ended, and none is longer than a week
    assert (report.silent, gaps()) == ("", [])
    since = [window for window in asked if window[1] > world.NOW]
    assert since[0][0] == world.NOW - balance_mirror.OVERLAP
    assert since[-1][1] == after(1) + timedelta(minutes=1)
    assert all(first[1] == then[0] for first, then in pairwise(since))
    assert max(end - begin for begin, end in asked) == timedelta(days=7)


@pytest.mark.parametrize(
    "error", [provider_errors.ProviderPermanent("resource_missing"), RuntimeError("unexpected")]
)
def test_what_cannot_be_looked_up_is_listed_and_the_rest_is_compared(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    # given two refunds without messages, of which one cannot be looked up
    december = matching_builders.matching_make(provider)
    november = donation_models.PaymentAttempt.objects.get(cycle__n=0)
    provider.give_back(provider_ref=december.provider_ref, amount_yen=3000)
    provider.give_back(provider_ref=november.provider_ref, amount_yen=3000)
    refusing(monkeypatch, "refunds_of", december.provider_ref, error)

    # when
    report = matching.match_daily(now=after(1))

    # then
    assert (report.days, report.silent) == (31, "")
    assert refunding.ledger_rows(november) == [3000, -3000]
    assert gaps() == [("provider_only", f"{december.key} re_1")]


@pytest.mark.parametrize(
    "error", [provider_errors.ProviderPermanent("resource_missing"), RuntimeError("unexpected")]
)
def test_one_payouts_trouble_does_not_stop_the_others(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    # given
    attempt = matching_builders.matching_make(provider)
    provider.payouts_made = [payout_make("po_1", 2892), payout_make("po_2", 1)]
    provider.payout_holds = {"po_1": [f"txn_{attempt.charge_ref}"]}
    refusing(monkeypatch, "payout_entries", "po_2", error)

    # when
    report = matching.match_daily(now=after(1))

    # then
    assert (report.days, gaps()) == (31, [("payout_incomplete", "po_2")])


@pytest.mark.parametrize(
    ("at_first", "gap"),
    [(["txn_on_its_way"], "payout_incomplete"), (["txn_other"], "payout_differs")],
)
def test_a_payout_looked_at_too_early_is_asked_about_until_it_adds_up(
    provider: MemoryProvider, at_first: list[str], gap: str
) -> None:
    # given
    attempt = matching_builders.matching_make(provider)
    provider.foreign_entries = [entry_make("txn_other", EntryKind.CHARGE, 100, refunding.NOW)]
    provider.payouts_made = [payout_make("po_1", 2992)]
    provider.payout_holds = {"po_1": at_first}
    matching.match_daily(now=after(1))
    assert gaps() == [(gap, "po_1")]

    # when
    provider.payout_holds = {"po_1": ["txn_other", f"txn_{attempt.charge_ref}"]}
    matching.match_daily(now=after(2))

    # then
    assert gaps() == []


def closed_by_staff(
    cycle: membership_models.Cycle, provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> donation_models.PaymentAttempt:
    """The attempt of a month, its answer lost, that staff closed while its money was not found."""
    provider.now = refunding.NOW
    provider.next_outcomes = ["lost_answer"]
    charging.cycle_charge(cycle_id=cycle.pk, now=refunding.NOW, actor="test")
    attempt = donation_models.PaymentAttempt.objects.get(cycle=cycle)
    with monkeypatch.context() as away:
        away.setattr(MemoryProvider, "charge_find", silent)
        unclear.attempt_close(
            attempt_id=attempt.pk,
            reason="決済会社の画面で確認",
            now=refunding.NOW + timedelta(hours=1),
            actor="staff:sato",
        )
    return attempt


def test_money_of_an_attempt_that_staff_closed_is_found(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given money whose answer was lost, which nobody could find when staff closed its attempt
    cycle = months.december_make(provider)
    matching_builders.november_known(provider)
    attempt = closed_by_staff(cycle, provider, monkeypatch)

    # when
    matching.match_daily(now=after(1))

    # then
    attempt.refresh_from_db()
    assert (attempt.state, refunding.ledger_rows(attempt)) == ("succeeded", [3000])
    assert attempt.provider_ref == provider.charges[attempt.key].provider_ref
    assert gaps() == []


def test_money_for_a_month_paid_already_goes_to_staff_once_and_stays_listed(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an attempt that was closed though its money was taken, and a second one
    cycle = months.december_make(provider)
    matching_builders.november_known(provider)
    first = closed_by_staff(cycle, provider, monkeypatch)
    with monkeypatch.context() as late:
        # What was taken shows at the provider only after the next one was asked for.
        late.setattr(MemoryProvider, "charge_find", lambda self, **_: None)
        months.run(provider, DAY, hour=17)
    second = donation_models.PaymentAttempt.objects.exclude(pk=first.pk).get(cycle=cycle)
    matching_builders.order_make(second)

    # when
    matching.match_daily(now=after(1))

    # then
    membership = membership_models.Membership.objects.get(pk=cycle.membership_id)
    assert (membership.state, membership.parked_reason) == (
        MembershipState.PARKED,
        "second_success",
    )
    listed = [("provider_only", f"{first.key} {provider.charges[first.key].charge_ref}")]
    assert gaps() == listed

    # and staff who have let it go on are not asked again
    holding.membership_resume(
        membership_id=membership.pk, now=after(1), actor="staff:sato", reason="返金済み"
    )
    matching.match_daily(now=after(2))
    membership.refresh_from_db()
    assert (membership.state, gaps()) == (MembershipState.ACTIVE, listed)


def test_a_fee_that_does_not_lead_to_the_net_is_listed(provider: MemoryProvider) -> None:
    # given three yen too little
    attempt = matching_builders.matching_make(provider)
    state = provider.charges.pop(attempt.key)
    entry = entry_make(
        "txn_1",
        EntryKind.CHARGE,
        3000,
        refunding.NOW,
        source_ref=state.charge_ref,
        key=attempt.key,
        fee_yen=108,
    )
    provider.foreign_entries = [replace(entry, net_yen=Yen(2889))]

    # when
    matching.match_days(days=[DAY], now=after(1))

    # then
    found = models.MatchGap.objects.get()
    assert (found.code, found.subject, found.provider_yen) == ("net_differs", "txn_1", 2889)
    assert models.MatchDay.objects.get().fee_yen == 108


def test_a_refund_that_the_bank_sent_back_goes_to_staff_once_and_stays_listed(
    provider: MemoryProvider,
) -> None:
    # given part of a donation given back, and its money back on the balance two days later
    attempt = matching_builders.matching_make(provider)
    given = provider.give_back(provider_ref=attempt.provider_ref, amount_yen=3000)
    matching.match_daily(now=after(1))
    provider.refunds[attempt.provider_ref] = [
        replace(given, is_failed=True, failure_code="expired_or_canceled_card")
    ]
    membership = membership_models.Membership.objects.get()
    holding.membership_resume(
        membership_id=membership.pk, now=after(1), actor="staff:sato", reason="続ける"
    )
    back = entry_make(
        "txn_back",
        EntryKind.REFUND_FAILURE,
        3000,
        refunding.NOW + timedelta(days=2),
        source_ref=given.refund_ref,
        key=attempt.key,
    )
    provider.foreign_entries = [back]

    # when
    matching.match_daily(now=after(3))

    # then the ledger stands as it is
    membership.refresh_from_db()
    assert membership.parked_reason == "refund_came_back"
    assert refunding.ledger_rows(attempt) == [3000, -3000]
    listed = ("provider_only", f"{attempt.key} {given.refund_ref}")
    assert listed in gaps()
    found = models.MatchDay.objects.get(day=DAY + timedelta(days=2))
    assert (found.ledger_yen, found.provider_yen, found.gap_count) == (0, 3000, 1)

    # and staff who have let it go on are not asked again
    holding.membership_resume(
        membership_id=membership.pk, now=after(3), actor="staff:sato", reason="振込で返金"
    )
    matching.match_daily(now=after(4))
    membership.refresh_from_db()
    assert membership.state == MembershipState.ACTIVE
    assert listed in gaps()


def test_a_movement_in_another_currency_is_listed_and_all_others_are_compared(
    provider: MemoryProvider,
) -> None:
    # given
    matching_builders.matching_make(provider)
    provider.foreign_entries = [entry_make("txn_usd", EntryKind.NOT_YEN, 0, refunding.NOW)]

    # when
    report = matching.match_daily(now=after(1))

    # then
    assert (report.silent, report.gaps) == ("", 1)
    assert gaps() == [("not_yen", "txn_usd")]
    assert models.MatchDay.objects.get(day=DAY).ledger_yen == 3000


def test_a_day_that_cannot_be_compared_stops_no_other_day(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    matching_builders.matching_make(provider)
    real = matching._match

    def breaks_for_one(day: date, *, now: datetime) -> models.MatchDay:
        if day == DAY - timedelta(days=2):
            raise ValueError("花子の住所")
        return real(day, now=now)

    monkeypatch.setattr(matching, "_match", breaks_for_one)

    # when
    with pytest.raises(ValueError, match="花子"):
        matching.match_days(days=days_since(DAY - timedelta(days=3), DAY), now=after(1))

    # then
    compared = models.MatchDay.objects.order_by("day").values_list("day", flat=True)
    assert list(compared) == [DAY - timedelta(days=3), DAY - timedelta(days=1)]
    assert "comparison of 2026-12-22 broke off: ValueError" in caplog.text
    assert "花子" not in caplog.text
