"""Reading about the town, tiers, donors, memberships and their months."""

import unicodedata
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from saleor_ext.common import jptime, municipalities
from saleor_ext.common.errors import NotFound
from saleor_ext.membership import calendar, errors, models, states


def municipality_get() -> models.Municipality:
    """This will return the town.

    Raises:
        NotFound: no town has been set up yet.
    """
    town = models.Municipality.objects.order_by("pk").first()
    if town is None:
        raise NotFound(what="municipality")
    return town


def town_calendar(*, town: models.Municipality) -> calendar.TownCalendar:
    """This will return the settings of a town that decide dates."""
    return calendar.TownCalendar(
        change_until_days_before=town.change_until_days_before,
        list_lead_business_days=town.list_lead_business_days,
        ship_window_days=town.ship_window_days,
        closed_dates=frozenset(date.fromisoformat(text) for text in town.closed_dates),
        term_extra_months=town.term_extra_months,
    )


def use_name(*, slug: str, town: models.Municipality) -> str:
    """This will return the name of a use of donations (使途), "" when it is left to the town or
    no longer offered.
    """
    names = {str(use["slug"]): str(use["name"]) for use in town.uses}
    return names.get(slug, "")


def use_check(*, slug: str, town: models.Municipality) -> None:
    """This will make sure that the town offers a use of donations; "" leaves it to the town.

    Raises:
        UseUnknown: it does not.
    """
    if slug and not use_name(slug=slug, town=town):
        raise errors.UseUnknown()


def tiers_open() -> QuerySet[models.Tier]:
    """This will list the tiers that take members, in the town's order."""
    return models.Tier.objects.filter(is_open=True).order_by("sort_order", "pk")


def tier_get(*, slug: str) -> models.Tier:
    """This will return an open tier.

    Raises:
        NotFound: there is none by this slug.
    """
    tier = tiers_open().filter(slug=slug).first()
    if tier is None:
        raise NotFound(what="tier")
    return tier


def donor_of_user(*, saleor_user_id: str) -> models.Donor | None:
    """This will return the donor behind a shop account, if he ever joined."""
    return models.Donor.objects.filter(saleor_user_id=saleor_user_id).first()


def year_limit_of(*, donor_id: int, year: int) -> models.YearLimit | None:
    """This will return what a donor wants to give at most in a calendar year, if he said so."""
    return models.YearLimit.objects.filter(donor_id=donor_id, year=year).first()


def membership_current(*, donor_id: int) -> models.Membership | None:
    """This will return the donor's membership that is not over, if any; at most one exists."""
    return (
        models.Membership.objects.select_related("tier", "next_tier", "donor")
        .filter(donor_id=donor_id, state__in=sorted(states.MEMBERSHIP_CURRENT))
        .first()
    )


def membership_draft(*, donor_id: int) -> models.Membership | None:
    """This will return the membership the donor is just joining, if any."""
    return (
        models.Membership.objects.select_related("tier", "donor")
        .filter(donor_id=donor_id, state=states.MembershipState.DRAFT)
        .first()
    )


def memberships_to_park(*, donor_id: int) -> list[int]:
    """This will list the memberships in which something would still happen by itself."""
    settled = {states.MembershipState.ENDED, states.MembershipState.PARKED}
    going_on = models.Membership.objects.filter(donor_id=donor_id).exclude(state__in=settled)
    return list(going_on.order_by("pk").values_list("pk", flat=True))


def memberships_of(*, donor_id: int) -> QuerySet[models.Membership]:
    """This will list all memberships of a donor that ever began, newest first."""
    return (
        models.Membership.objects.select_related("tier")
        .filter(donor_id=donor_id)
        .exclude(state=states.MembershipState.DRAFT)
        .order_by("-pk")
    )


def membership_by_public_id(*, public_id: str) -> models.Membership:
    """This will return a membership by the id that people see.

    Raises:
        NotFound: there is none by this id.
    """
    membership = (
        models.Membership.objects.select_related("tier", "donor")
        .filter(public_id=public_id)
        .first()
    )
    if membership is None:
        raise NotFound(what="membership")
    return membership


def content_rank(*, donor_id: int, today: date) -> int | None:
    """This will return the rank whose content is open to a donor; None when he is no member.

    A membership he gave to another person opens that person's content, not his.
    """
    rows = models.Membership.objects.select_related("tier").filter(
        Q(donor_id=donor_id, recipient__isnull=True) | Q(recipient_id=donor_id),
        state__in=sorted(states.MEMBERSHIP_ENTITLED),
    )
    ranks = [rank_open(membership=row, today=today) for row in rows]
    return max((rank for rank in ranks if rank is not None), default=None)


def rank_open(*, membership: models.Membership, today: date) -> int | None:
    """This will return the rank whose content a membership opens on a day in Japan, if any.

    While a donation is owed it stays open for the days the town grants, and after them as far as
    the free tier, which is open to anybody, would open it.
    """
    if membership.state not in states.MEMBERSHIP_ENTITLED:
        return None
    until = membership.content_until
    is_owing = membership.state == states.MembershipState.PAST_DUE
    if not is_owing or until is None or today <= until:
        return membership.tier.rank
    free = models.Tier.objects.filter(kind=states.TierKind.FREE, is_open=True)
    return free.order_by("rank").values_list("rank", flat=True).first()


def membership_received(*, donor_id: int) -> models.Membership | None:
    """This will return the membership somebody else gives to a donor, if it is not over."""
    return (
        models.Membership.objects.select_related("tier", "donor", "recipient")
        .filter(recipient_id=donor_id, state__in=sorted(states.MEMBERSHIP_CURRENT))
        .first()
    )


def memberships_delivered_to(*, donor_id: int) -> QuerySet[models.Membership]:
    """This will list the memberships whose boxes go to a donor: his own, and one given to him."""
    return models.Membership.objects.select_related("tier", "donor", "recipient").filter(
        Q(donor_id=donor_id, recipient__isnull=True) | Q(recipient_id=donor_id),
        state__in=sorted(states.MEMBERSHIP_CURRENT),
    )


def receiver_of(*, membership: models.Membership) -> models.Donor:
    """This will return who gets a membership's boxes: the recipient, or the donor himself."""
    return membership.recipient or membership.donor


def grant_live(*, membership_id: int) -> models.Grant | None:
    """This will return the offer of a membership, or its acceptance, that is not over."""
    return (
        models.Grant.objects.select_related("recipient")
        .filter(membership_id=membership_id, state__in=sorted(states.GRANT_LIVE))
        .first()
    )


def grant_get(*, grant_id: int) -> models.Grant:
    """This will return a grant with its membership and the giver.

    Raises:
        NotFound: there is none.
    """
    grant = (
        models.Grant.objects.select_related("membership__tier", "giver", "recipient")
        .filter(pk=grant_id)
        .first()
    )
    if grant is None:
        raise NotFound(what="grant")
    return grant


def grants_offered_since(*, giver_id: int, moment: datetime) -> int:
    """This will count how many people a giver had written to since a moment."""
    return models.Grant.objects.filter(giver_id=giver_id, offered_at__gte=moment).count()


def cycle_get(*, cycle_id: int) -> models.Cycle:
    """This will return a cycle with its membership, tier and donor."""
    return models.Cycle.objects.select_related("membership__donor", "tier").get(pk=cycle_id)


def cycle_by_key(*, key: str) -> models.Cycle | None:
    """This will return the cycle behind a key made by `cycle_key`, or None."""
    parts = key.split("-")
    if len(parts) < 3 or parts[0] != "fs" or not parts[2].isdecimal():
        return None
    return (
        models.Cycle.objects.select_related("membership__donor", "tier")
        .filter(membership__public_id=parts[1], n=int(parts[2]))
        .first()
    )


def cycle_of_checkout(*, checkout_id: str) -> models.Cycle | None:
    """This will return the month whose first donation a checkout of the shop is for, or None."""
    if not checkout_id:
        return None
    cycles = models.Cycle.objects.select_related("membership__donor", "tier", "snapshot")
    return cycles.filter(shop_checkout_id=checkout_id).first()


def cycle_key(*, cycle: models.Cycle) -> str:
    """This will return the name of a cycle in the shop: fs-<membership>-<n>."""
    return cycle_key_of(public_id=cycle.membership.public_id, n=cycle.n)


def cycle_key_of(*, public_id: str, n: int) -> str:
    """This will return the same of a month that was not loaded."""
    return f"fs-{public_id}-{n}"


def cycle_of_key(*, key: str) -> models.Cycle | None:
    """This will find the cycle that is called `key` in the shop, None when it is none of ours."""
    prefix, _, rest = key.partition("-")
    public_id, _, n = rest.rpartition("-")
    if prefix != "fs" or not public_id or not (n.isascii() and n.isdigit()):
        return None
    rows = models.Cycle.objects.select_related("membership__donor", "tier", "covered_by")
    return rows.filter(membership__public_id=public_id, n=int(n)).first()


def cycles_upcoming(*, membership_id: int, today: date) -> QuerySet[models.Cycle]:
    """This will list a membership's months that are still ahead, nearest first."""
    return (
        models.Cycle.objects.select_related("month_address")
        .filter(
            membership_id=membership_id,
            ship_to__gte=today,
            state__in=["planned", "locked", "charged"],
        )
        .order_by("n")
    )


def cycles_ahead(*, membership_id: int, today: date) -> QuerySet[models.Cycle]:
    """This will list the months whose donation day is still to come, left out or not, nearest
    first.
    """
    rows = models.Cycle.objects.filter(
        membership_id=membership_id,
        charge_on__gte=today,
        state__in=["planned", "locked", "charged", "skipped"],
    )
    return rows.select_related("tier").order_by("n")


def month_number(*, membership: models.Membership, month: date) -> int:
    """This will return the n of a month (its first day), counted from the membership's first."""
    first = membership.start_month
    return (month.year - first.year) * 12 + month.month - first.month


def choices_of(*, membership_id: int) -> QuerySet[models.MembershipChoice]:
    """This will list what was chosen about a membership, newest first."""
    return models.MembershipChoice.objects.filter(membership_id=membership_id).order_by("-pk")


def pause_chosen_on(*, membership_id: int) -> date | None:
    """This will return the Japanese day on which a pause, or another end of it, was chosen last."""
    pauses = choices_of(membership_id=membership_id).filter(kind=states.ChoiceKind.PAUSE)
    chosen = pauses.first()
    return jptime.jst_date(chosen.chosen_at) if chosen else None


def is_in_pause(*, membership: models.Membership, charge_on: date, change_until: date) -> bool:
    """This will say whether a planned month lies in its membership's pause. One that could not be
    changed any more when the pause was chosen does not: it comes first.
    """
    if membership.resume_on is None or charge_on >= membership.resume_on:
        return False
    chosen_on = pause_chosen_on(membership_id=membership.pk)
    return chosen_on is None or chosen_on <= change_until


def paused_too_late() -> Exists:
    """This will select the months that lie in none: it was chosen when they could not be changed
    any more.
    """
    pauses = models.MembershipChoice.objects.filter(
        membership_id=OuterRef("membership_id"),
        kind=states.ChoiceKind.PAUSE,
        chosen_at__date__gt=OuterRef("change_until"),
    )
    return Exists(pauses)


def cycles_received(*, membership_id: int, today: date) -> QuerySet[models.Cycle]:
    """This will list the coming months of a membership that are the recipient's, nearest first.

    Those that were fixed before he accepted it are the giver's.
    """
    ahead = cycles_upcoming(membership_id=membership_id, today=today)
    return ahead.select_related("snapshot", "month_address", "tier").exclude(
        snapshot__isnull=False, snapshot__recipient__isnull=True
    )


def cycles_of(*, membership_id: int) -> QuerySet[models.Cycle]:
    """This will list all months of a membership, newest first, with what was locked."""
    return (
        models.Cycle.objects.select_related("tier")
        .prefetch_related(Prefetch("snapshot"))
        .filter(membership_id=membership_id)
        .order_by("-n")
    )


def delivery_address(*, donor: models.Donor) -> dict[str, str]:
    """This will return where parcels go, in the form that is copied at lock."""
    return {
        "name": donor.full_name,
        "postal_code": donor.postal_code,
        "prefecture": donor.prefecture,
        "city": donor.city,
        "street": donor.street,
        "building": donor.building,
        "phone": donor.phone,
    }


def month_delivery(*, cycle: models.Cycle) -> dict[str, str]:
    """This will return where a month's box goes: its own address, else the receiver's usual one."""
    own: models.MonthAddress | None = getattr(cycle, "month_address", None)
    if own is None:
        return delivery_address(donor=receiver_of(membership=cycle.membership))
    return {
        "name": f"{own.family_name}　{own.given_name}",
        "postal_code": own.postal_code,
        "prefecture": own.prefecture,
        "city": own.city,
        "street": own.street,
        "building": own.building,
        "phone": own.phone,
    }


def is_in_town(*, prefecture: str, place: str, town: models.Municipality) -> bool:
    """This will say whether an address lies in the town; `place` is city and street.

    Prefecture and county may be left out or written again before the town, and the town may
    stand where the street belongs. Compared after NFKC, without spaces.
    """
    prefecture, place = _plain(prefecture), _plain(place)
    if prefecture != _plain(town.prefecture):
        return False
    in_county = place.removeprefix(prefecture).removeprefix(_plain(town.county))
    return in_county.startswith(_plain(town.name))


def registered_place(*, donor: models.Donor) -> tuple[str, str]:
    """This will return prefecture, and city with street, on the residence certificate (住民票)."""
    if donor.is_registered_address_same:
        return donor.prefecture, donor.city + donor.street
    return donor.registered_prefecture, donor.registered_city + donor.registered_street


def registered_address(*, donor: models.Donor) -> str:
    """This will write the address on the residence certificate on one line."""
    if donor.is_registered_address_same:
        parts = [donor.prefecture, donor.city, donor.street, donor.building]
    else:
        parts = [
            donor.registered_prefecture,
            donor.registered_city,
            donor.registered_street,
            donor.registered_building,
        ]
    return " ".join(part for part in ("".join(parts[:3]), parts[3]) if part)


def residence_code(*, donor: models.Donor) -> str:
    """This will return the code of the municipality on the residence certificate, from its postal
    code and name; "" where Japan Post's list does not hold them.
    """
    if donor.is_registered_address_same:
        return municipalities.code_find(
            postal_code=donor.postal_code, prefecture=donor.prefecture, city=donor.city
        )
    return municipalities.code_find(
        postal_code=donor.registered_postal_code,
        prefecture=donor.registered_prefecture,
        city=donor.registered_city,
    )


def is_resident(*, donor: models.Donor, town: models.Municipality) -> bool:
    """This will say whether the donor's registered address lies in the town: by its municipality's
    code, or by its text where the code says nothing else.

    Law: no_gift_to_residents
    """
    if donor.residence_code:
        return bool(donor.residence_code == town.code)
    prefecture, place = registered_place(donor=donor)
    return is_in_town(prefecture=prefecture, place=place, town=town)


def residents_among(*, donor_ids: Collection[int] | QuerySet[Any, Any]) -> set[int]:
    """This will find those of many donors who live in the town, likewise. Whose municipality's code
    is another one's is not read at all, and those are nearly all.

    Law: no_gift_to_residents
    """
    town = municipality_get()
    rows = models.Donor.objects.filter(pk__in=donor_ids, residence_code__in=["", town.code])
    return {donor.pk for donor in rows if is_resident(donor=donor, town=town)}


def is_local_receiver(*, donor: models.Donor, town: models.Municipality) -> bool:
    """This will say whether a box for this person would go to one of the town's own people: by
    the residence certificate, or by where it is delivered.

    Law: no_gift_to_residents
    """
    lives_there = is_in_town(
        prefecture=donor.prefecture, place=donor.city + donor.street, town=town
    )
    return lives_there or is_resident(donor=donor, town=town)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def details_are_complete(*, donor: models.Donor) -> bool:
    """This will say whether a donor's details suffice for a receipt and a parcel."""
    needed = [
        donor.family_name,
        donor.given_name,
        donor.phone,
        donor.postal_code,
        donor.prefecture,
        donor.city,
        donor.street,
    ]
    if not donor.is_registered_address_same:
        needed += [donor.registered_prefecture, donor.registered_city, donor.registered_street]
    return all(needed) and donor.birth_date is not None


def age_on(*, donor: models.Donor, day: date) -> int:
    """This will return the donor's age in full years; 0 when his birthday is not known."""
    return jptime.age_on(donor.birth_date, day) if donor.birth_date else 0


def term_boxes_free(*, paying: models.Cycle) -> int:
    """This will count the boxes of a term that could still fall away: not the first one, and none
    that a producer was asked for.
    """
    listed = models.Cycle.objects.filter(covered_by_id=paying.pk, is_listed=True)
    listed = listed.exclude(state__in=[states.CycleState.VOID, states.CycleState.SKIPPED])
    return max(paying.boxes - 1 - listed.count(), 0)


def was_parked(*, membership_id: int, reason: str, since: datetime) -> bool:
    """This will tell whether a membership was handed to staff for a reason since a moment."""
    return models.MembershipEvent.objects.filter(
        membership_id=membership_id,
        to_state=states.MembershipState.PARKED,
        reason=reason,
        at__gte=since,
    ).exists()
