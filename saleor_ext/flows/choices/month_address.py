"""One month's box goes to another address. The month after, everything is as before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from saleor_ext.common import jptime
from saleor_ext.common.errors import NotFound
from saleor_ext.flows import errors
from saleor_ext.flows.choices import ground
from saleor_ext.flows.joining import donor_details
from saleor_ext.membership import choices, delivery, models, selectors, states
from saleor_ext.membership import errors as membership_errors
from saleor_ext.outbox import services as outbox


@dataclass(frozen=True, kw_only=True)
class MonthAddressPreview(ground.Preview):
    """This month's box goes there, and no other.

    cycle_id: the month. address: its parts, normalised; none when it goes to the usual address.
    """

    cycle_id: int
    ship_to: date
    address: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def months_open(*, membership: models.Membership, today: date) -> list[models.Cycle]:
    """This will list the months whose boxes can still be sent elsewhere, nearest first.

    Raises:
        NoBoxComes: the membership is without boxes.
    """
    if not membership.is_box_wanted:
        raise membership_errors.NoBoxComes()
    rows = ground.months_planned(membership_id=membership.pk, today=today)
    return list(rows.select_related("month_address", "tier"))


def months_elsewhere(*, membership: models.Membership, today: date) -> list[models.Cycle]:
    """This will list those of them whose box goes to an address of its own.

    Raises:
        NoBoxComes: the membership is without boxes.
    """
    rows = months_open(membership=membership, today=today)
    return [cycle for cycle in rows if getattr(cycle, "month_address", None) is not None]


def membership_of(*, donor_id: int, public_id: str) -> models.Membership:
    """This will return a membership whose boxes go to a donor: his own, or one given to him.

    Raises:
        NotFound: there is none, or its boxes go to somebody else.
    """
    rows = selectors.memberships_delivered_to(donor_id=donor_id)
    membership = rows.filter(public_id=public_id).first()
    if membership is None:
        raise NotFound(what="membership")
    return membership


def month_address_preview(
    *, membership: models.Membership, month: date, address: Mapping[str, object], today: date
) -> MonthAddressPreview:
    """This will say what sending one month's box elsewhere will do.

    The membership must be one of `membership_of`.

    Law: no_gift_to_residents

    Raises:
        NoBoxComes: the membership is without boxes.
        MonthFixed: the month can no longer be changed, or is not planned.
        InputMissing, InputInvalid: the address does not suffice for a parcel.
        ChoiceSame: the month's box goes there already.
        AddressInTown: it lies in the town.
    """
    cycle = _month(membership, month=month, today=today)
    cleaned = donor_details.address_clean(address=address)
    if _is_there(cycle, address=cleaned):
        raise errors.ChoiceSame()
    town = selectors.municipality_get()
    place = cleaned["city"] + cleaned["street"]
    if selectors.is_in_town(prefecture=cleaned["prefecture"], place=place, town=town):
        raise errors.AddressInTown()
    return _preview(cycle, address=cleaned)


def month_address_choose(
    *,
    membership: models.Membership,
    month: date,
    address: Mapping[str, object],
    now: datetime,
    actor: str,
    seen: str | None = None,
) -> None:
    """This will send one month's box elsewhere and mail whoever gets it that it will be so.

    Raises:
        ChoiceChanged: something else was shown.
        and what `month_address_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership.pk)
        today = jptime.jst_date(now)
        preview = month_address_preview(
            membership=membership, month=month, address=address, today=today
        )
        ground.seen_require(preview, seen=seen)
        delivery.month_address_set(
            cycle_id=preview.cycle_id, address=dict(preview.address), today=today, now=now
        )
        _made("month_address_set", membership, preview, now=now, actor=actor)


def month_return_preview(
    *, membership: models.Membership, month: date, today: date
) -> MonthAddressPreview:
    """This will say what sending a month's box to the usual address again will do.

    Raises:
        NotFound: it goes there anyway.
        NoBoxComes, MonthFixed: see `month_address_preview`.
    """
    cycle = _month(membership, month=month, today=today)
    if getattr(cycle, "month_address", None) is None:
        raise NotFound(what="month_address")
    return _preview(cycle, address={})


def month_return_choose(
    *,
    membership: models.Membership,
    month: date,
    now: datetime,
    actor: str,
    seen: str | None = None,
) -> None:
    """This will let a month's box go to the usual address again, and mail so.

    Raises:
        ChoiceChanged: something else was shown.
        and what `month_return_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership.pk)
        today = jptime.jst_date(now)
        preview = month_return_preview(membership=membership, month=month, today=today)
        ground.seen_require(preview, seen=seen)
        delivery.month_address_remove(cycle_id=preview.cycle_id, today=today)
        _made("month_address_removed", membership, preview, now=now, actor=actor)


def _month(membership: models.Membership, *, month: date, today: date) -> models.Cycle:
    for cycle in months_open(membership=membership, today=today):
        if cycle.month == month:
            return cycle
    raise errors.MonthFixed()


def _is_there(cycle: models.Cycle, *, address: Mapping[str, str]) -> bool:
    own: models.MonthAddress | None = getattr(cycle, "month_address", None)
    names = delivery.MONTH_ADDRESS_FIELDS
    return own is not None and all(getattr(own, name) == address[name] for name in names)


def _preview(cycle: models.Cycle, *, address: Mapping[str, str]) -> MonthAddressPreview:
    return MonthAddressPreview(
        kind=states.ChoiceKind.ADDRESS,
        effective_on=cycle.ship_from,
        change_until=cycle.change_until,
        month=cycle.month,
        months=(cycle.month,),
        cycle_id=cycle.pk,
        ship_to=cycle.ship_to,
        address=tuple(address.items()),
    )


def _made(
    name: str,
    membership: models.Membership,
    preview: MonthAddressPreview,
    *,
    now: datetime,
    actor: str,
) -> None:
    """The choice is written down without the address. The giver of a membership is not told."""
    receiver = selectors.receiver_of(membership=membership)
    if membership.recipient_id is None:
        choices.choice_record(
            membership_id=membership.pk,
            kind=preview.kind,
            effective_on=preview.effective_on,
            now=now,
            actor=actor,
            cycle_id=preview.cycle_id,
        )
    outbox.message_put(
        topic="mail.send",
        key=f"mail:{name}:c{preview.cycle_id}:{now:%Y%m%d%H%M%S%f}",
        payload={"name": name, "donor_id": receiver.pk, "cycle_id": preview.cycle_id},
        now=now,
    )
