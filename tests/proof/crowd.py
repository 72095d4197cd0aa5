"""A crowd of members whose first month is fixed and due, with cards at the provider, made at once.

Only here rows are written past the services: it is the ground on which chaos breaks out.
"""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import httpx

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.month import facts
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import calendar, models, selectors
from tests.bench import bare
from tests.builders import world

BATCH = 2_000
CALLS_AT_A_TIME = 4
NO_BOX = 3
"""One donor in three gives without wanting a box."""
TIERS = {"nagisa": 3000, "minato": 10000}


def crowd_make(count: int, *, start: date, months: int, stripe_url: str) -> None:
    """This will let `count` members begin on the days after `start`, one share on each.

    Args:
        count: how many.
        start: the first of them gives on this day; the others within a month of it.
        months: for how long there are boxes.
        stripe_url: where their cards are kept.
    """
    # Days are jumped over: nobody is to approve what is late by that.
    world.town_make(
        designated_to=date(2039, 12, 31), catch_up_count_max=1_000_000, catch_up_max_yen=10**12
    )
    tiers = [world.tier_make(slug=slug, amount_yen=yen) for slug, yen in TIERS.items()]
    for tier in tiers:
        first = jptime.month_start(start)
        world.boxes_make(tier=tier, month_from=first, months=months + 3)
    now = jptime.jst_moment(start, 9)
    donors = models.Donor.objects.bulk_create(
        (
            models.Donor(
                saleor_user_id=f"chaos-{n}",
                email=f"chaos-{n}@example.jp",
                created_at=now,
                **world.HANAKO,
            )
            for n in range(count)
        ),
        batch_size=BATCH,
    )
    members = models.Membership.objects.bulk_create(
        (
            _member(
                donor,
                tier=tiers[n % 2],
                begins=start + timedelta(days=n % 31),
                is_box_wanted=n % NO_BOX > 0,
            )
            for n, donor in enumerate(donors)
        ),
        batch_size=BATCH,
    )
    _first_months_fix(members, start=start)
    _cards_make(members, stripe_url=stripe_url)


def _member(
    donor: models.Donor, *, tier: models.Tier, begins: date, is_box_wanted: bool
) -> models.Membership:
    began_at = jptime.jst_moment(begins, 9)
    return models.Membership(
        public_id=secrets.token_hex(8),
        donor=donor,
        tier=tier,
        is_box_wanted=is_box_wanted,
        state="active",
        anchor_day=begins.day,
        start_month=jptime.month_start(begins),
        started_at=began_at,
        created_at=began_at,
    )


def _first_months_fix(members: list[models.Membership], *, start: date) -> None:
    town = world.town_make()
    dates = selectors.town_calendar(town=town)
    cycles = models.Cycle.objects.bulk_create(
        (_first_month(member, dates=dates) for member in members), batch_size=BATCH
    )
    boxes = {}
    snapshots = []
    for member, cycle in zip(members, cycles, strict=True):
        key = (cycle.tier_id, cycle.month)
        if key not in boxes:
            boxes[key] = fulfilment_selectors.box_for(tier=member.tier, month=cycle.month)
        cycle.membership, cycle.tier = member, member.tier
        snapshots.append(
            facts.snapshot_make(
                cycle=cycle,
                donor=member.donor,
                box=boxes[key] if member.is_box_wanted else None,
                town=town,
                locked_at=jptime.jst_moment(start, 9),
            )
        )
    models.CycleSnapshot.objects.bulk_create(snapshots, batch_size=BATCH)


def _first_month(member: models.Membership, *, dates: calendar.TownCalendar) -> models.Cycle:
    begins = jptime.month_day(member.start_month, member.anchor_day)
    four = calendar.first_cycle_dates(joined_on=begins, town=dates)
    return models.Cycle(
        membership=member,
        n=0,
        kind="donation",
        tier_id=member.tier_id,
        amount_yen=member.tier.amount_yen,
        state="locked",
        **vars(four),
    )


def _cards_make(members: list[models.Membership], *, stripe_url: str) -> None:
    with (
        httpx.Client(base_url=stripe_url, timeout=30, trust_env=False) as http,
        ThreadPoolExecutor(max_workers=CALLS_AT_A_TIME) as pool,
    ):
        cards = list(pool.map(lambda member: bare.card_make(http, member.pk), members))
    donation_models.ProviderCustomer.objects.bulk_create(
        donation_models.ProviderCustomer(donor_id=member.donor_id, customer_ref=customer)
        for member, (customer, _) in zip(members, cards, strict=True)
    )
    donation_models.CardOnFile.objects.bulk_create(
        donation_models.CardOnFile(
            donor_id=member.donor_id,
            customer_ref=customer,
            method_ref=method,
            brand="visa",
            last4="4242",
            exp_month=12,
            exp_year=2039,
            added_at=member.created_at,
        )
        for member, (customer, method) in zip(members, cards, strict=True)
    )
