"""A choice that is made while the run locks its month: what is locked is what was chosen last."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from saleor_ext.flows.choices import anchor, month_address, skip, tier
from saleor_ext.flows.month import locking
from saleor_ext.membership import models
from tests.builders import months, world

pytestmark = pytest.mark.django_db

DECEMBER = date(2026, 12, 1)
LAST_MOMENT = months.morning(date(2026, 12, 17), hour=23)
SEASIDE = world.HANAKO | {"prefecture": "神奈川県", "city": "架空市", "street": "海辺1-2"}

CHOICES: dict[str, tuple[Callable[[models.Membership], object], str]] = {
    "address": (
        lambda membership: month_address.month_address_choose(
            membership=membership,
            month=DECEMBER,
            address=SEASIDE,
            now=LAST_MOMENT,
            actor="donor:1",
        ),
        "planned",
    ),
    "tier": (
        lambda membership: tier.tier_choose(
            membership_id=membership.pk, tier_slug="minato", now=LAST_MOMENT, actor="donor:1"
        ),
        "planned",
    ),
    "day": (
        lambda membership: anchor.anchor_choose(
            membership_id=membership.pk, day=31, now=LAST_MOMENT, actor="donor:1"
        ),
        "planned",
    ),
    "skip": (
        lambda membership: skip.skip_choose(
            membership_id=membership.pk, month=DECEMBER, now=LAST_MOMENT, actor="donor:1"
        ),
        "skipped",
    ),
}


@pytest.mark.parametrize("name", CHOICES)
def test_what_was_chosen_between_reading_and_locking_is_locked_by_the_next_run(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # given
    membership = months.member_ahead()
    minato = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=minato, month_from=date(2026, 11, 1))
    choose, state = CHOICES[name]
    real = locking.batch_sort

    def meanwhile(*given: Any, **more: Any) -> locking.Sorted:
        found = real(*given, **more)
        choose(membership)
        return found

    monkeypatch.setattr(locking, "batch_sort", meanwhile)

    # when
    report = locking.cycles_lock_due(
        as_of=months.LOCK_DAY, now=months.morning(months.LOCK_DAY), actor="run"
    )
    monkeypatch.setattr(locking, "batch_sort", real)
    after = months.month_of(membership, 1)
    locking.cycles_lock_due(
        as_of=date(2026, 12, 25), now=months.morning(date(2026, 12, 25)), actor="run"
    )

    # then
    assert report.locked == 0
    assert after.state == state
    snapshots = models.CycleSnapshot.objects.filter(cycle=after)
    assert snapshots.count() == (0 if state == "skipped" else 1)
    if name == "address":
        assert snapshots.get().delivery["city"] == "架空市"
    if name == "tier":
        assert months.month_of(membership, 1).amount_yen == 10000
