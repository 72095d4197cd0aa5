"""Stock changed in the shop is seen by staff before the lock, and by the lock itself."""

from datetime import timedelta
from typing import Any

import pytest

from saleor_ext.common import jobs
from saleor_ext.flows.month import locking
from saleor_ext.flows.orders import shop_stock
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, planning, selectors
from saleor_ext.saleor_connector import catalogue
from saleor_ext.saleor_connector.errors import ShopUnavailable
from tests.builders import months, world

pytestmark = pytest.mark.django_db

NOW = months.morning(months.LOCK_DAY)
DAIKON = "variant-daikon"


class Stock:
    """What the shop says it has left; None when it does not answer."""

    def __init__(self) -> None:
        self.left: dict[str, int | None] | None = {DAIKON: 5}

    def available(self, ids: list[str], **_: Any) -> dict[str, int | None]:
        if self.left is None:
            raise ShopUnavailable("timeout")
        return {key: count for key, count in self.left.items() if key in ids}


@pytest.fixture
def stock(monkeypatch: pytest.MonkeyPatch) -> Stock:
    """This will put a stock in memory in the place of the shop's."""
    made = Stock()
    monkeypatch.setattr(catalogue, "stock_available", made.available)
    monkeypatch.setattr(jobs, "enqueue", lambda name, **kwargs: None)
    return made


@pytest.fixture
def december(stock: Stock) -> models.Cycle:
    """The planned December of one member, whose box holds one radish."""
    membership = world.member_make(tier=world.world_make())
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)
    return months.month_of(membership, 1)


def lock(cycle: models.Cycle) -> tuple[str, str]:
    locking.cycles_lock_due(as_of=months.LOCK_DAY, now=NOW, actor="test")
    cycle.refresh_from_db()
    return cycle.state, cycle.reason


def test_what_the_shop_has_left_is_kept_with_the_gift(stock: Stock, december: Any) -> None:
    # when
    looked_at = shop_stock.stock_sync(now=NOW)

    # then
    gift = fulfilment_models.Gift.objects.get()
    assert (looked_at, gift.stock_free, gift.stock_seen_at) == (1, 5, NOW)


def test_a_month_whose_gift_is_used_up_is_left_out_before_it_is_locked(
    stock: Stock, december: models.Cycle
) -> None:
    stock.left = {DAIKON: 0}

    assert lock(december) == ("skipped", "out_of_stock")


@pytest.mark.parametrize("left", [{DAIKON: 1}, {DAIKON: None}, {}, None])
def test_enough_uncounted_or_unknown_stock_does_not_stop_a_month(
    stock: Stock, december: models.Cycle, left: dict[str, int | None] | None
) -> None:
    stock.left = left

    assert lock(december) == ("locked", "")


def test_an_old_look_at_the_stock_stops_nothing(stock: Stock, december: models.Cycle) -> None:
    # given
    stock.left = {DAIKON: 0}
    shop_stock.stock_sync(now=NOW - shop_stock.FRESH - timedelta(seconds=1))

    # when
    stock.left = None

    # then
    assert lock(december) == ("locked", "")


def prepaid(cycle: models.Cycle) -> None:
    """A month whose box the first one has paid for."""
    first = cycle.membership.cycles.get(n=0)
    models.Cycle.objects.filter(pk=first.pk).update(amount_yen=18000, box_count=6)
    models.Cycle.objects.filter(pk=cycle.pk).update(kind="prepaid", amount_yen=0, covered_by=first)


def test_a_box_that_is_paid_for_is_not_left_out(stock: Stock, december: models.Cycle) -> None:
    # given
    prepaid(december)
    stock.left = {DAIKON: 0}

    # then
    assert lock(december) == ("locked", "")


@pytest.mark.parametrize(
    ("extra_months", "said"), [(1, ("skipped", "out_of_stock")), (0, ("locked", ""))]
)
def test_unless_its_donor_wants_it_at_the_end_of_his_term_where_it_can_still_come(
    stock: Stock, december: models.Cycle, extra_months: int, said: tuple[str, str]
) -> None:
    # given
    prepaid(december)
    models.Municipality.objects.update(term_extra_months=extra_months)
    models.Membership.objects.update(swap_wish="carry")
    stock.left = {DAIKON: 0}

    # then
    assert lock(december) == said


def test_staff_see_what_will_run_out_and_by_how_much(stock: Stock, december: models.Cycle) -> None:
    # given
    today = december.change_until
    world.member_make(donor=world.donor_make(name="taro"))
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)

    # when
    stock.left = {DAIKON: 1}
    shop_stock.stock_sync(now=NOW)
    (short,) = shop_stock.shortages(today=today)
    stock.left = {DAIKON: 100}
    shop_stock.stock_sync(now=NOW)

    # then
    assert (short.gift.sku, short.free) == ("gift-daikon", 1)
    assert short.needed >= 2
    assert shop_stock.shortages(today=today) == []
