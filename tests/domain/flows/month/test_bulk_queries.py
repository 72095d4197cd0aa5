"""Planning, locking and listing are done in bulk: the database is not asked once per member."""

import contextlib
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from django.test.utils import CaptureQueriesContext

from saleor_ext.flows.month import listing, locking
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import planning, selectors
from tests.builders import months, world

pytestmark = pytest.mark.django_db

Queries = Callable[[], contextlib.AbstractContextManager[CaptureQueriesContext]]
NOW = months.morning(months.LOCK_DAY)


def members_make(count: int, *, prefix: str) -> None:
    tier = world.world_make()
    for number in range(count):
        world.member_make(tier=tier, donor=world.donor_make(name=f"{prefix}{number}"))


def plan_and_lock() -> tuple[int, int]:
    calendar = selectors.town_calendar(town=world.town_make())
    planned = planning.cycles_plan(today=months.LOCK_DAY, town=calendar)
    report = locking.cycles_lock_due(as_of=months.LOCK_DAY, now=NOW, actor="test")
    return planned, report.locked


def verbs(asked: CaptureQueriesContext) -> Counter[str]:
    return Counter(query["sql"].split()[0] for query in asked.captured_queries)


def test_fifty_members_are_planned_and_locked_with_as_few_questions_as_five(
    queries: Queries,
) -> None:
    # given
    members_make(5, prefix="a")
    with queries() as five:
        assert plan_and_lock() == (20, 5)
    members_make(50, prefix="b")

    # when
    with queries() as fifty:
        assert plan_and_lock() == (200, 50)

    # then
    few, many = verbs(five), verbs(fifty)
    assert many["SELECT"] == few["SELECT"] <= 16
    assert many["UPDATE"] == few["UPDATE"] == 1
    # Rows are inserted by the batch; SQLite takes fewer columns at a time than PostgreSQL.
    assert many["INSERT"] <= 12


def test_fifty_months_are_listed_with_as_few_questions_as_five(queries: Queries) -> None:
    # given
    listed_on = date(2026, 11, 25)

    def list_all() -> int:
        return listing.cycles_list_due(as_of=listed_on, now=NOW, actor="test")

    members_make(5, prefix="a")
    with queries() as five:
        assert list_all() == 5
    members_make(50, prefix="b")

    # when
    with queries() as fifty:
        assert list_all() == 50

    # then
    few, many = verbs(five), verbs(fifty)
    assert many["SELECT"] == few["SELECT"] <= 12
    assert many["UPDATE"] == few["UPDATE"] == 1
    assert many["INSERT"] <= 6
    keys = fulfilment_models.Shipment.objects.values_list("key", flat=True)
    assert len(set(keys)) == 55
    assert fulfilment_models.ShipmentEvent.objects.filter(to_state="requested").count() == 55


def test_a_box_is_looked_up_once_for_each_tier_and_month(
    queries: Queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    members_make(4, prefix="a")
    other = world.tier_make(slug="minato", amount_yen=10000, rank=2)
    world.boxes_make(tier=other, month_from=date(2026, 11, 1))
    for number in range(3):
        world.member_make(tier=other, donor=world.donor_make(name=f"m{number}"))
    asked: list[tuple[str, date]] = []
    real = fulfilment_selectors.box_for

    def noting(*, tier: membership_models.Tier, month: date) -> fulfilment_models.BoxPlan | None:
        asked.append((tier.slug, month))
        return real(tier=tier, month=month)

    monkeypatch.setattr(fulfilment_selectors, "box_for", noting)
    monkeypatch.setattr(locking, "LOCK_BATCH", 2)

    # when
    planned, locked = plan_and_lock()

    # then
    assert (planned, locked) == (28, 7)
    assert sorted(asked) == [("minato", date(2026, 12, 1)), ("nagisa", date(2026, 12, 1))]


def test_a_month_without_a_box_is_looked_up_once_too(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    members_make(3, prefix="a")
    fulfilment_models.BoxPlan.objects.filter(month=date(2026, 12, 1)).delete()
    asked: list[date] = []
    real = fulfilment_selectors.box_for

    def noting(*, tier: membership_models.Tier, month: date) -> fulfilment_models.BoxPlan | None:
        asked.append(month)
        return real(tier=tier, month=month)

    monkeypatch.setattr(fulfilment_selectors, "box_for", noting)

    # when
    planned, locked = plan_and_lock()

    # then
    assert (planned, locked) == (12, 0)
    assert asked == [date(2026, 12, 1)]
    parked = membership_models.Membership.objects.filter(parked_reason="box_missing")
    assert parked.count() == 3


def test_small_batches_lock_every_month_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    members_make(5, prefix="a")
    monkeypatch.setattr(locking, "LOCK_BATCH", 2)
    monkeypatch.setattr(planning, "PLAN_BATCH", 2)

    # when
    first = plan_and_lock()
    second = plan_and_lock()

    # then
    assert (first, second) == ((20, 5), (0, 0))
    assert membership_models.CycleSnapshot.objects.filter(cycle__n=1).count() == 5
