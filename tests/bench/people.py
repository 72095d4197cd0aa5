"""Many members at once.

Only here rows are written past the services: they are the ground on which is measured.
"""

import functools
from datetime import date
from itertools import islice

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.membership import models, selectors
from saleor_ext.membership.calendar import TownCalendar, cycle_dates
from tests.builders import world

BATCH = 5_000
START_MONTH = date(2026, 10, 1)
PLANNED_ON = date(2026, 11, 24)


def members_make(
    count: int, *, anchor_day: int = 0, first: int = 0, start_month: date = START_MONTH
) -> list[models.Membership]:
    """This will make a town and members who joined in October, on all days of the month.

    They are numbered from `first`.
    """
    tier = world.world_make(month_from=start_month)
    donors = models.Donor.objects.bulk_create(
        (
            models.Donor(
                saleor_user_id=f"bench-{n}",
                email=f"bench-{n}@example.jp",
                created_at=world.NOW,
                **world.HANAKO,
            )
            for n in range(first, first + count)
        ),
        batch_size=BATCH,
    )
    members = models.Membership.objects.bulk_create(
        (
            _member(donor, tier=tier, anchor_day=anchor_day or n % 31 + 1, start_month=start_month)
            for n, donor in enumerate(donors)
        ),
        batch_size=BATCH,
    )
    models.Cycle.objects.bulk_create(map(_first_month, members), batch_size=BATCH)
    return members


def _member(
    donor: models.Donor, *, tier: models.Tier, anchor_day: int, start_month: date
) -> models.Membership:
    return models.Membership(
        public_id=f"bench{donor.pk}",
        donor=donor,
        tier=tier,
        state="active",
        anchor_day=anchor_day,
        start_month=start_month,
        started_at=world.NOW,
        created_at=world.NOW,
    )


def _first_month(member: models.Membership) -> models.Cycle:
    town = _calendar()
    dates = cycle_dates(
        start_month=member.start_month, n=0, anchor_day=member.anchor_day, town=town
    )
    return models.Cycle(
        membership=member,
        n=0,
        kind="donation",
        tier_id=member.tier_id,
        amount_yen=member.tier.amount_yen,
        state="charged",
        is_listed=True,
        month=jptime.month_start(dates.charge_on),
        change_until=dates.change_until,
        charge_on=dates.charge_on,
        list_on=dates.list_on,
        ship_from=dates.ship_from,
        ship_to=dates.ship_to,
    )


def decembers_lock(members: list[models.Membership]) -> None:
    """This will make each member's December, locked; what is measured begins after that."""
    from saleor_ext.flows.month import facts

    town = world.town_make()
    cycles = models.Cycle.objects.bulk_create(
        (_december(member) for member in members), batch_size=BATCH
    )
    models.CycleSnapshot.objects.bulk_create(
        (
            facts.snapshot_make(
                cycle=cycle, donor=member.donor, box=None, town=town, locked_at=world.NOW
            )
            for cycle, member in zip(cycles, members, strict=True)
        ),
        batch_size=BATCH,
    )


@functools.cache
def _calendar() -> TownCalendar:
    return selectors.town_calendar(town=world.town_make())


def _december(member: models.Membership) -> models.Cycle:
    month = _first_month(member)
    town = _calendar()
    dates = cycle_dates(start_month=START_MONTH, n=2, anchor_day=member.anchor_day, town=town)
    for name in ("change_until", "charge_on", "list_on", "ship_from", "ship_to"):
        setattr(month, name, getattr(dates, name))
    month.month = jptime.month_start(dates.charge_on)
    month.n, month.state, month.is_listed = 2, "locked", False
    return month


def cards_keep(members: list[models.Membership], cards: list[tuple[str, str]]) -> None:
    """This will put a saved card (customer, method) on file for each member."""
    donation_models.CardOnFile.objects.bulk_create(
        donation_models.CardOnFile(
            donor_id=member.donor_id,
            customer_ref=customer,
            method_ref=method,
            brand="visa",
            last4="4242",
            exp_month=12,
            exp_year=2034,
            added_at=world.NOW,
        )
        for member, (customer, method) in zip(members, islice(cards, len(members)), strict=True)
    )
