"""The nightly check finds receipts that say other than the ledger."""

from datetime import date, timedelta

import pytest

from saleor_ext.flows.books import ledger_receipts
from saleor_ext.receipts import models
from tests.builders import receipts, world

pytestmark = pytest.mark.django_db
LATER = world.NOW + timedelta(hours=2)


def found():
    return [code for code, _ in ledger_receipts.breaches(now=LATER)]


@pytest.fixture
def two():
    donor = world.donor_make()
    given = receipts.given_make(donor=donor, days=[date(2026, 10, 24), date(2026, 11, 24)])
    return given, receipts.settle(donor)


def test_all_is_well_after_issuing_and_after_a_refund_was_followed(two):
    (gone, _), _ = two
    assert found() == []

    receipts.give_back(gone, now=world.NOW)
    receipts.settle(gone.donor)

    assert found() == []


def test_a_receipt_for_money_that_went_back_hours_ago_is_found(two):
    (gone, _), (receipt, _) = two
    receipts.give_back(gone, now=world.NOW)

    assert list(ledger_receipts.breaches(now=world.NOW)) == []
    assert list(ledger_receipts.breaches(now=LATER)) == [
        ("receipt_for_money_gone", f"receipt {receipt.pk}")
    ]


def test_a_wrong_sum_is_found(two):
    _, (receipt, _) = two
    models.Receipt.objects.filter(pk=receipt.pk).update(amount_yen=9000)

    assert found() == ["receipt_sum"]


def test_a_number_on_two_receipts_is_found(two):
    _, (receipt, other) = two
    models.ReceiptLine.objects.filter(receipt=other).update(number=receipt.number)

    assert found() == ["receipt_number_twice"]


def test_a_withdrawn_receipt_whose_donation_still_counts_is_found(two):
    _, (receipt, _) = two
    models.Receipt.objects.filter(pk=receipt.pk).update(
        state="withdrawn", withdrawn_at=world.NOW, withdrawn_reason="refunded"
    )

    assert found() == ["receipt_withdrawn_holds"]
