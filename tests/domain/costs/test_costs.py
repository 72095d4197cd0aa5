"""Costs written down: what was paid, and what is expected."""

from datetime import date

import pytest

from saleor_ext.costs import errors, models, selectors, services
from saleor_ext.costs.states import CostKind, RateBasis
from tests.builders import world

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)


def entry(**changes):
    values = {
        "kind": CostKind.POSTAGE,
        "month": NOVEMBER,
        "amount_yen": 12000,
        "note": "11月分の請求書",
        "now": world.NOW,
        "actor": world.ACTOR,
    }
    return services.entry_add(**values | changes)


def rate(**changes):
    values = {
        "kind": CostKind.PAYMENT,
        "basis": RateBasis.PERMILLE,
        "amount": 36,
        "valid_from": NOVEMBER,
        "note": "契約書",
        "now": world.NOW,
        "actor": world.ACTOR,
    }
    return services.rate_set(**values | changes)


def test_what_was_paid_adds_up_and_a_mistake_is_taken_back_by_a_row_of_its_own():
    entry()
    entry(amount_yen=-2000, note="値引き")
    entry(kind=CostKind.OFFICE, amount_yen=500)

    paid = selectors.paid_by_month(first=NOVEMBER, last=NOVEMBER)

    assert paid == {(NOVEMBER, "postage"): 10000, (NOVEMBER, "office"): 500}
    assert models.CostEntry.objects.count() == 3


@pytest.mark.parametrize(
    "changes",
    [{"amount_yen": 0}, {"note": " "}, {"month": date(2026, 11, 2)}, {"amount_yen": 10**13}],
)
def test_an_entry_that_cannot_be_meant_is_refused(changes):
    with pytest.raises(errors.CostInvalid):
        entry(**changes)

    assert models.CostEntry.objects.count() == 0


def test_the_rate_of_a_day_is_the_latest_that_had_begun():
    rate()
    rate(amount=30, valid_from=date(2027, 1, 1))
    rates = selectors.rates_all()

    def on(day):
        found = selectors.rate_on(rates=rates, kind=CostKind.PAYMENT, day=day)
        return found.amount if found else None

    assert [on(date(2026, 10, 31)), on(NOVEMBER), on(date(2027, 1, 1))] == [None, 36, 30]
    assert selectors.rate_on(rates=rates, kind=CostKind.OFFICE, day=NOVEMBER) is None


@pytest.mark.parametrize("changes", [{"amount": 1001}, {"kind": CostKind.PROCUREMENT}])
def test_a_rate_that_cannot_be_meant_is_refused(changes):
    with pytest.raises(errors.CostInvalid):
        rate(**changes)


def test_two_rates_cannot_begin_on_one_day():
    rate()

    with pytest.raises(errors.RateKnown):
        rate(amount=40)
    assert [row.amount for row in selectors.rates_all()] == [36]
