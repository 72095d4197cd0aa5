"""What the salon's own rows say became of everybody, in the words of the plain model."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from saleor_ext.donations import models as donation_models
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, selectors
from tests.builders import world
from tests.proof import model, model_parts, model_terms
from tests.proof import model_terms_parts as terms_parts

SEEN_AHEAD = timedelta(days=61)
FIXED = {"locked", "charged"}  # of these it is settled which box comes
TOLD = {"skipped", "failed"}  # of these the reason is shown to the donor
HELD_OTHERWISE = {"parked", "ended"}  # what they have held waits for staff in any case


def picture(*, today: date, until: date) -> dict[str, Any]:
    """This will describe every membership as the database has it, months due up to a day."""
    found: dict[str, Any] = {}
    for name, membership in _named():
        months = membership.cycles.filter(charge_on__lte=until).order_by("n")
        found[name] = {
            "state": membership.state,
            "open": _is_open(membership.donor_id, today=today),
            "given": bool(membership.recipient_id),
            "theirs": bool(membership.recipient_id)
            and _is_open(membership.recipient_id, today=today),
            "months": {
                cycle.n: _month(cycle.charge_on, cycle.state, cycle.reason) for cycle in months
            }
            if membership.state != "draft"
            else {},
            "paid": _paid(membership),
            "boxes": _boxes(membership),
            "gifts": _gifts(membership),
            "asked": _asked(membership),
            "held": _held(membership),
        }
    return found


def picture_expected(town: model.Town, *, today: date, until: date) -> dict[str, Any]:
    """This will describe the same as it should be."""
    return {
        member.name: {
            "state": member.state,
            "open": any(
                one.is_open(today) and not one.given_to for one in town.of_donor(member.name)
            ),
            "given": bool(member.given_to),
            "theirs": bool(member.given_to) and member.is_open(today),
            "months": {
                number: _month(month.due, month.state, month.reason)
                for number, month in sorted(member.months.items())
                if month.due <= until
            },
            "paid": {month.number: (month.paid_on, month.amount_yen) for month in member.paid()},
            "boxes": town.boxes(member),
            "gifts": {number: member.months[number].gift for number in town.boxes(member)},
            "asked": [m.number for m in member.by_number() if town.question(m) is not None],
            "held": [
                number
                for number in town.boxes(member)
                if member.months[number].is_held_back and member.state not in HELD_OTHERWISE
            ],
        }
        for member in town.members.values()
    }


def ledger_days() -> dict[str, int]:
    """This will add up the ledger by the day in Japan, days without money left out."""
    days: dict[str, int] = defaultdict(int)
    for row in donation_models.Donation.objects.all():
        days[row.donated_on.isoformat()] += row.amount_yen
    return {day: amount for day, amount in days.items() if amount}


def _month(due: date, state: str, reason: str) -> tuple[str, ...]:
    return (due.isoformat(), state, *([reason] if state in TOLD else []))


def _paid(membership: models.Membership) -> dict[int, tuple[date, int]]:
    rows = donation_models.Donation.objects.filter(
        attempt__cycle__membership=membership,
        corrects__isnull=True,
        attempt__state="succeeded",
    )
    return {
        number: (day, amount_yen)
        for number, day, amount_yen in rows.order_by("attempt__cycle__n").values_list(
            "attempt__cycle__n", "donated_on", "amount_yen"
        )
    }


def _is_open(donor_id: int | None, *, today: date) -> bool:
    return donor_id is not None and (
        selectors.content_rank(donor_id=donor_id, today=today) is not None
    )


def _boxes(membership: models.Membership) -> dict[int, str]:
    """Where each month's parcel goes; of two parcels of one month both are named."""
    found: dict[int, str] = {}
    for number, street in _parcels(membership):
        place = model_parts.HOME if street == world.HANAKO["street"] else street
        found[number] = f"{found[number]} and {place}" if number in found else place
    return found


def _parcels(membership: models.Membership) -> list[tuple[int, str]]:
    """The month and the street of each parcel that is not cancelled."""
    return list(_live(membership).values_list("cycle__n", "street"))


def _live(membership: models.Membership) -> QuerySet[fulfilment_models.Shipment]:
    rows = fulfilment_models.Shipment.objects.filter(cycle__membership=membership)
    return rows.exclude(state__in=["cancelled", "substituted"]).order_by("cycle__n")


def _gifts(membership: models.Membership) -> dict[int, str]:
    """What is in each month's parcels."""
    found: dict[int, list[str]] = defaultdict(list)
    for number, name in _live(membership).values_list("cycle__n", "items__name"):
        found[number].append(name)
    return {number: "、".join(names) for number, names in found.items()}


def _asked(membership: models.Membership) -> list[int]:
    """The months about which a donor is asked what may come in place of a missing gift."""
    rows = fulfilment_models.Swap.objects.filter(cycle__membership=membership, state="asked")
    return list(rows.order_by("cycle__n").values_list("cycle__n", flat=True))


def _held(membership: models.Membership) -> list[int]:
    """The months of which nothing leaves for now."""
    if membership.state in HELD_OTHERWISE:
        return []
    return list(_live(membership).filter(state="held").values_list("cycle__n", flat=True))


def paid_months(donor: models.Donor) -> list[int]:
    """This will list the months for which a donor's money came and stayed."""
    rows = donation_models.PaymentAttempt.objects.filter(
        cycle__membership__donor=donor, state="succeeded"
    )
    return list(rows.values_list("cycle__n", flat=True))


def planned_yen(donor: models.Donor) -> set[int]:
    """This will return the different amounts of a donor's months to come."""
    rows = models.Cycle.objects.filter(membership__donor=donor, state="planned")
    return set(rows.values_list("amount_yen", flat=True))


def given_yen(donor: models.Donor) -> list[int]:
    """This will list a donor's donations, the first one first."""
    rows = donation_models.Donation.objects.filter(donor=donor).order_by("pk")
    return list(rows.values_list("amount_yen", flat=True))


def terms(*, until: date) -> dict[str, Any]:
    """This will describe what prepaid terms make of every membership, months due up to a day."""
    found: dict[str, Any] = {}
    for name, membership in _named():
        rows = membership.cycles.filter(charge_on__lte=until).exclude(state="void")
        months = list(rows.select_related("covered_by", "snapshot__box_plan__tier").order_by("n"))
        found[name] = {
            "tier": membership.tier.slug,
            "months": {
                cycle.n: (cycle.amount_yen, cycle.covered_by.n if cycle.covered_by else None)
                for cycle in months
            }
            if membership.state != "draft"
            else {},
            "fixed": {
                cycle.n: cycle.snapshot.box_plan.tier.slug if cycle.snapshot.box_plan else ""
                for cycle in months
                if cycle.state in FIXED
            }
            if membership.state != "draft"
            else {},
        }
    return found


def terms_expected(town: model_terms.TermTown, *, until: date) -> dict[str, Any]:
    """This will describe the same as it should be."""
    found: dict[str, Any] = {}
    for member in town.members.values():
        months = [m for m in member.by_number() if m.due <= until and m.state != "void"]
        found[member.name] = {
            "tier": member.tier,
            "months": {m.number: (m.amount_yen, m.paid_by) for m in months},
            "fixed": {m.number: terms_parts.box(m) for m in months if m.state in FIXED},
        }
    return found


def _named() -> Iterator[tuple[str, models.Membership]]:
    """Every membership with its donor's name; of somebody who came back a longer one."""
    names: set[str] = set()
    for membership in models.Membership.objects.select_related("donor", "tier").order_by("pk"):
        name = membership.donor.given_name
        while name in names:
            name += "+"
        names.add(name)
        yield name, membership
