"""A card's holder contradicts a donation: ledger, parcels and membership follow his bank."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from saleor_ext.contracts.payment import DisputeStage
from saleor_ext.donations import models
from saleor_ext.flows.books import ledger
from saleor_ext.flows.month import holding, listing
from saleor_ext.flows.payments import disputes, payment_session, shop_reports
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models as membership_models
from saleor_ext.outbox import models as outbox_models
from saleor_ext.saleor_connector import payments
from tests.builders import months, refunding
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOW = refunding.NOW
DAY = months.CHARGE_DAY


def paid_with_parcel(provider: MemoryProvider) -> models.PaymentAttempt:
    """December, paid and on its producer's list."""
    attempt = refunding.paid_december_make(provider)
    listing.cycles_list_due(as_of=DAY + timedelta(days=3), now=NOW, actor="test")
    assert parcels(attempt) == ["requested"]
    outbox_models.OutboxMessage.objects.all().delete()
    return attempt


def parcels(attempt: models.PaymentAttempt) -> list[str]:
    rows = fulfilment_models.Shipment.objects.filter(cycle_id=attempt.cycle_id)
    return list(rows.values_list("state", flat=True))


def membership(attempt: models.PaymentAttempt) -> tuple[str, str]:
    row = membership_models.Membership.objects.get(pk=attempt.membership_id)
    return row.state, row.parked_reason


def told(attempt: models.PaymentAttempt, kind: str, *, times: int = 1) -> None:
    """The provider's message, perhaps more than once."""
    for _ in range(times):
        payment_session.provider_event_handle(
            provider_ref=attempt.provider_ref, kind=f"charge.dispute.{kind}", now=NOW
        )


def breaches() -> list[str]:
    found = ledger.ledger_check(now=NOW, provider_days=0)
    return [item.code for item in found if "dispute" in item.code or "refund" in item.code]


def test_money_taken_back_is_a_row_that_points_back_and_all_waits(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = paid_with_parcel(provider)
    provider.now = NOW + timedelta(days=9)
    provider.dispute(provider_ref=attempt.provider_ref)

    # when it is told twice
    told(attempt, "created", times=2)

    # then
    assert refunding.ledger_rows(attempt) == [3000, -3000]
    row = models.Donation.objects.get(attempt=attempt, corrects__isnull=False)
    assert (row.donated_on, row.receipt_label, row.movement_ref) == (
        DAY + timedelta(days=9),
        "",
        "txn_du_1",
    )
    assert row.corrects is not None
    assert row.corrects.amount_yen == 3000
    attempt.refresh_from_db()
    assert attempt.state == "succeeded"
    assert (parcels(attempt), membership(attempt)) == (["held"], ("parked", "disputed"))
    assert refunding.topics() == ["dispute.report", "dispute_opened"]
    assert breaches() == []


def test_won_money_comes_back_and_all_goes_on(provider: MemoryProvider) -> None:
    # given
    attempt = paid_with_parcel(provider)
    ref = provider.dispute(provider_ref=attempt.provider_ref)
    told(attempt, "created")

    # when
    provider.dispute_decide(ref, DisputeStage.WON)
    told(attempt, "closed", times=2)

    # then
    assert refunding.ledger_rows(attempt) == [3000, -3000, 3000]
    assert (parcels(attempt), membership(attempt)) == (["requested"], ("active", ""))
    events = models.DisputeEvent.objects.order_by("pk").values_list("from_state", "to_state")
    assert list(events) == [("", "open"), ("open", "won")]
    assert breaches() == []


def test_lost_money_stays_away_and_what_has_not_left_is_cancelled(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = paid_with_parcel(provider)
    ref = provider.dispute(provider_ref=attempt.provider_ref)
    told(attempt, "created")

    # when
    provider.dispute_decide(ref, DisputeStage.LOST)
    told(attempt, "closed")

    # then
    assert refunding.ledger_rows(attempt) == [3000, -3000]
    assert (parcels(attempt), membership(attempt)) == (["cancelled"], ("parked", "disputed"))
    assert "order.refunded" in refunding.topics()
    assert breaches() == []


def test_a_bank_that_only_asks_moves_nothing(provider: MemoryProvider) -> None:
    # given
    attempt = paid_with_parcel(provider)
    ref = provider.dispute(provider_ref=attempt.provider_ref, inquiry=True)

    # when
    told(attempt, "created")

    # then
    assert refunding.ledger_rows(attempt) == [3000]
    assert (parcels(attempt), membership(attempt)) == (["requested"], ("active", ""))
    assert refunding.topics() == ["dispute_inquiry"]

    # and when it becomes a dispute after all
    provider.dispute_decide(ref, DisputeStage.OPEN)
    told(attempt, "updated")
    assert refunding.ledger_rows(attempt) == [3000, -3000]
    assert membership(attempt) == ("parked", "disputed")


def test_a_message_that_never_came_is_made_up_for_by_looking(provider: MemoryProvider) -> None:
    attempt = paid_with_parcel(provider)
    ref = provider.dispute(provider_ref=attempt.provider_ref)
    told(attempt, "created")
    provider.dispute_decide(ref, DisputeStage.WON)

    assert disputes.disputes_look_open(now=NOW) == 0

    assert refunding.ledger_rows(attempt) == [3000, -3000, 3000]


def test_everything_at_once_after_days_ends_the_same(provider: MemoryProvider) -> None:
    attempt = paid_with_parcel(provider)
    ref = provider.dispute(provider_ref=attempt.provider_ref)
    provider.dispute_decide(ref, DisputeStage.WON)

    told(attempt, "created", times=2)

    assert refunding.ledger_rows(attempt) == [3000, -3000, 3000]
    assert (parcels(attempt), membership(attempt)) == (["requested"], ("active", ""))


def test_staff_who_let_the_membership_go_on_do_not_send_the_disputed_box(
    provider: MemoryProvider,
) -> None:
    attempt = paid_with_parcel(provider)
    provider.dispute(provider_ref=attempt.provider_ref)
    told(attempt, "created")

    holding.membership_resume(
        membership_id=attempt.membership_id, now=NOW, actor="staff:sato", reason="話した"
    )

    assert (parcels(attempt), membership(attempt)) == (["held"], ("active", ""))


def test_a_disputed_month_is_not_put_on_a_list(provider: MemoryProvider) -> None:
    attempt = refunding.paid_december_make(provider)
    provider.dispute(provider_ref=attempt.provider_ref)
    told(attempt, "created")
    membership_models.Membership.objects.filter(pk=attempt.membership_id).update(
        state="active", parked_from="", parked_reason=""
    )

    assert listing.cycles_list_due(as_of=DAY + timedelta(days=9), now=NOW, actor="test") == 0


def test_the_shop_is_told_both_ways(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = paid_with_parcel(provider)
    models.PaymentAttempt.objects.filter(pk=attempt.pk).update(shop_transaction_id="t-1")
    ref = provider.dispute(provider_ref=attempt.provider_ref)
    provider.dispute_decide(ref, DisputeStage.WON)
    told(attempt, "closed")
    said: list[tuple[str, int, str]] = []
    monkeypatch.setattr(
        payments,
        "transaction_event_report",
        lambda **told: said.append((told["event_type"], told["amount_yen"], told["psp_reference"])),
    )
    monkeypatch.setattr(payments, "was_charged", lambda **_: True)
    monkeypatch.setattr(shop_reports, "_mirror", lambda key: None)

    # when
    for message in outbox_models.OutboxMessage.objects.filter(topic="dispute.report"):
        shop_reports.dispute_report(message.payload, NOW)

    # then
    assert said == [("CHARGE_BACK", 3000, "txn_du_1"), ("CHARGE_SUCCESS", 3000, "txn_du_1b")]


def test_only_a_won_dispute_may_add_to_the_ledger(provider: MemoryProvider) -> None:
    attempt = paid_with_parcel(provider)
    donation = models.Donation.objects.get(attempt=attempt)
    donation.corrects_id, donation.pk = donation.pk, None
    donation.receipt_number = donation.receipt_year = None

    with pytest.raises(IntegrityError):
        donation.save()
