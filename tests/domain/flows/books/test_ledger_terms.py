"""The ledger check on prepaid terms: boxes in all, and the 30 % over all of them."""

from datetime import date

import pytest

from saleor_ext.flows.books import ledger
from saleor_ext.membership import models, selectors
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOW = months.morning(date(2026, 12, 26))


def check() -> list[tuple[str, str]]:
    return [(found.code, found.text) for found in ledger.ledger_check(now=NOW, provider_days=0)]


def order_paid_make(cycle: models.Cycle) -> None:
    reference = selectors.cycle_key(cycle=cycle)
    shop_models.ShopOrder.objects.create(
        external_reference=reference,
        order_id=f"order-{reference}",
        number="1",
        status="UNFULFILLED",
        is_paid=True,
        updated_at=NOW,
    )


@pytest.fixture
def term(provider: MemoryProvider) -> models.Membership:
    """Six boxes for one donation, of which the first two are fixed."""
    source = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.town_make()
    world.boxes_make(tier=source, month_from=date(2026, 11, 1))
    membership = world.member_make(tier=world.prepaid_tier_make(box_source=source))
    order_paid_make(months.month_of(membership, 0))
    months.run(provider, world.TODAY)
    months.run(provider, months.LOCK_DAY)
    return membership


@pytest.mark.parametrize(("cost_yen", "is_over"), [(9000, False), (9001, True)])
def test_the_boxes_of_a_term_are_measured_together_by_its_donation(
    term: models.Membership, cost_yen: int, is_over: bool
) -> None:
    # given
    assert models.CycleSnapshot.objects.count() == 2
    models.CycleSnapshot.objects.update(procurement_cost_yen=cost_yen)

    # then
    assert [code for code, _ in check()] == (["box_over_limit"] if is_over else [])


def test_more_boxes_than_the_donation_brings(term: models.Membership) -> None:
    # given
    first = months.month_of(term, 0)
    assert [code for code, _ in check()] == []
    models.Cycle.objects.filter(covered_by=first).update(state="locked")
    models.Cycle.objects.filter(pk=first.pk).update(box_count=3)

    # then
    found = [breach for breach in check() if breach[0].startswith("term")]
    assert found == [("term_too_many_boxes", f"cycle {first.pk}")]


@pytest.mark.parametrize("excuse", ["", "given_back", "grown_to_the_bound"])
def test_a_membership_that_is_over_with_boxes_still_owed(
    term: models.Membership, excuse: str
) -> None:
    # given
    first = months.month_of(term, 0)
    models.Membership.objects.update(state="ended", ended_at=world.NOW)
    if excuse == "given_back":
        models.Cycle.objects.filter(pk=first.pk).update(is_stopped=True)
    if excuse == "grown_to_the_bound":
        models.Cycle.objects.filter(membership=term, n=3).update(n=17)

    # then
    missing = [("term_boxes_missing", f"cycle {first.pk}")]
    assert check() == ([] if excuse else missing)
