"""Writing about donors and memberships. Months (cycles) are in `cycles.py`."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from saleor_ext.common import jptime, moves
from saleor_ext.common.errors import InvalidTransition, NotFound
from saleor_ext.membership import errors, models, selectors, states

_State = states.MembershipState

DONOR_FIELDS = frozenset(
    {
        "family_name",
        "given_name",
        "family_kana",
        "given_kana",
        "birth_date",
        "phone",
        "postal_code",
        "prefecture",
        "city",
        "street",
        "building",
        "is_registered_address_same",
        "registered_postal_code",
        "registered_prefecture",
        "registered_city",
        "registered_street",
        "registered_building",
    }
)


@transaction.atomic
def donor_ensure(*, saleor_user_id: str, email: str, now: datetime) -> models.Donor:
    """This will return the donor behind a shop account, making one at his first visit."""
    donor, _ = models.Donor.objects.get_or_create(
        saleor_user_id=saleor_user_id, defaults={"email": email, "created_at": now}
    )
    return donor


def donor_email_set(*, donor_id: int, email: str) -> bool:
    """This will follow a donor's account to its new e-mail address; True when it is new."""
    others = models.Donor.objects.filter(pk=donor_id).exclude(email=email)
    return others.update(email=email) == 1


@transaction.atomic
def donor_details_set(*, donor_id: int, details: Mapping[str, object]) -> models.Donor:
    """This will store a donor's name, address and birthday. Months already locked keep theirs.

    Raises:
        DetailsMissing: a field that is not a donor's was given.
    """
    if not set(details) <= DONOR_FIELDS:
        raise errors.DetailsMissing(fields=sorted(set(details) - DONOR_FIELDS))
    donor = models.Donor.objects.select_for_update().get(pk=donor_id)
    for name, value in details.items():
        setattr(donor, name, value)
    donor.residence_code = selectors.residence_code(donor=donor)
    donor.save(update_fields=[*sorted(details), "residence_code"])
    return donor


@transaction.atomic
def membership_draft_begin(
    *,
    donor_id: int,
    tier: models.Tier,
    is_box_wanted: bool,
    now: datetime,
    actor: str,
    use_slug: str = "",
) -> models.Membership:
    """This will begin a membership that becomes active with its first donation.

    A draft for the same tier is taken up again; one for another tier is ended unless a payment
    for it is under way, which the caller has to check.

    Raises:
        TierClosed: the tier takes no members.
        AlreadyMember: the donor already has a paid membership that is not over.
    """
    if not tier.is_open:
        raise errors.TierClosed()
    models.Donor.objects.select_for_update().get(pk=donor_id)
    _paid_membership_refuse(donor_id=donor_id)
    draft = models.Membership.objects.filter(donor_id=donor_id, state=_State.DRAFT).first()
    if draft is not None and draft.tier_id == tier.pk:
        draft.is_box_wanted = is_box_wanted
        draft.use_slug = use_slug
        draft.save(update_fields=["is_box_wanted", "use_slug"])
        return draft
    if draft is not None:
        membership_move(
            membership_id=draft.pk, to=_State.ENDED, now=now, actor=actor, reason="tier_changed"
        )
    return _membership_create(
        donor_id=donor_id,
        tier=tier,
        is_box_wanted=is_box_wanted,
        use_slug=use_slug,
        now=now,
        actor=actor,
    )


def _paid_membership_refuse(*, donor_id: int) -> None:
    current = models.Membership.objects.filter(
        donor_id=donor_id, state__in=sorted(states.MEMBERSHIP_CURRENT)
    ).exclude(tier__kind=states.TierKind.FREE)
    if current.exists():
        raise errors.AlreadyMember()


def _membership_create(
    *,
    donor_id: int,
    tier: models.Tier,
    is_box_wanted: bool,
    now: datetime,
    actor: str,
    state: str = _State.DRAFT,
    use_slug: str = "",
) -> models.Membership:
    today = jptime.jst_date(now)
    membership = models.Membership.objects.create(
        public_id=secrets.token_hex(8),
        donor_id=donor_id,
        tier=tier,
        state=state,
        anchor_day=today.day,
        start_month=jptime.month_start(today),
        is_box_wanted=is_box_wanted,
        use_slug=use_slug,
        started_at=now if state == _State.ACTIVE else None,
        created_at=now,
    )
    moves.move_note(membership, now=now, actor=actor)
    return membership


@transaction.atomic
def membership_join_free(
    *, donor_id: int, tier: models.Tier, now: datetime, actor: str
) -> models.Membership:
    """This will make a donor a member of the free tier at once.

    Raises:
        NotFree: the tier asks for a donation.
        TierClosed: the tier takes no members.
        AlreadyMember: he is a member of some tier already.
    """
    if tier.kind != states.TierKind.FREE:
        raise errors.NotFree()
    if not tier.is_open:
        raise errors.TierClosed()
    models.Donor.objects.select_for_update().get(pk=donor_id)
    if models.Membership.objects.filter(
        donor_id=donor_id, state__in=sorted(states.MEMBERSHIP_CURRENT)
    ).exists():
        raise errors.AlreadyMember()
    return _membership_create(
        donor_id=donor_id, tier=tier, is_box_wanted=False, now=now, actor=actor, state=_State.ACTIVE
    )


@transaction.atomic
def membership_free_follow(
    *, donor_id: int, tier: models.Tier, now: datetime, actor: str
) -> models.Membership | None:
    """This will let a free membership follow on one that has just ended, as its donor had chosen,
    also in a tier that takes no new members by now.

    Returns:
        the free membership; None when he has another membership meanwhile.

    Raises:
        NotFree: the tier asks for a donation.
    """
    if tier.kind != states.TierKind.FREE:
        raise errors.NotFree()
    models.Donor.objects.select_for_update().get(pk=donor_id)
    if models.Membership.objects.filter(
        donor_id=donor_id, state__in=sorted(states.MEMBERSHIP_CURRENT)
    ).exists():
        return None
    return _membership_create(
        donor_id=donor_id, tier=tier, is_box_wanted=False, now=now, actor=actor, state=_State.ACTIVE
    )


@transaction.atomic
def membership_activate(
    *, membership_id: int, now: datetime, actor: str, reason: str = ""
) -> models.Membership:
    """This will make a membership active, ending a free one the donor had until now.

    Asking again for one that is active already changes nothing.
    """
    membership = models.Membership.objects.select_for_update().get(pk=membership_id)
    if membership.state == _State.ACTIVE:
        return membership
    _free_end(donor_id=membership.donor_id, but_id=membership_id, now=now, actor=actor)
    changes = {} if membership.started_at else {"started_at": now}
    return membership_move(
        membership_id=membership_id,
        to=_State.ACTIVE,
        now=now,
        actor=actor,
        reason=reason,
        **changes,
    )


def _free_end(*, donor_id: int, but_id: int, now: datetime, actor: str) -> None:
    free = models.Membership.objects.filter(
        donor_id=donor_id,
        tier__kind=states.TierKind.FREE,
        state__in=sorted(states.MEMBERSHIP_CURRENT),
    ).exclude(pk=but_id)
    for other in free:
        membership_move(
            membership_id=other.pk, to=_State.ENDED, now=now, actor=actor, reason="joined_paid_tier"
        )


@transaction.atomic
def membership_tier_follow(*, cycle_id: int, membership_id: int, now: datetime, actor: str) -> None:
    """This will let a change of tier come into force with the first donation in the new tier.

    What was wished for the end of an earlier term is fulfilled with it. A month that was given in
    another tier this time only, and a donation that came after one for a later month, change
    nothing.
    """
    membership = models.Membership.objects.select_for_update().get(pk=membership_id)
    paid = models.Cycle.objects.get(pk=cycle_id)
    later = membership.cycles.filter(n__gt=paid.n, state=states.CycleState.CHARGED)
    is_before = paid.n < (membership.next_tier_from_n or 0)
    if paid.tier_id != membership.next_tier_id or is_before or later.exists():
        return
    membership.tier_id = paid.tier_id
    membership.is_renewed = False
    membership.next_tier_id = None
    membership.next_tier_from_n = None
    membership.save(update_fields=["tier", "is_renewed", "next_tier", "next_tier_from_n"])
    moves.move_note(
        membership, before=membership.state, now=now, actor=actor, reason="tier_followed"
    )


@transaction.atomic
def membership_resident_wish_set(*, donor_id: int, is_pure: bool) -> models.Membership:
    """This will note whether a member who moves into the town goes on giving without boxes.

    It counts from the next month that is locked.

    Law: no_gift_to_residents

    Raises:
        NotFound: the donor has no paid membership that is not over.
    """
    membership = _paid_current_hold(donor_id)
    membership.is_pure_if_resident = is_pure
    membership.save(update_fields=["is_pure_if_resident"])
    return membership


@transaction.atomic
def membership_use_set(*, donor_id: int, use_slug: str) -> models.Membership:
    """This will note what the town is to use a member's donations for, "" to leave it to the town.

    It counts from the next month that is locked.

    Raises:
        UseUnknown: the town offers no such use.
        NotFound: the donor has no paid membership that is not over.
    """
    selectors.use_check(slug=use_slug, town=selectors.municipality_get())
    membership = _paid_current_hold(donor_id)
    membership.use_slug = use_slug
    membership.save(update_fields=["use_slug"])
    return membership


def _paid_current_hold(donor_id: int) -> models.Membership:
    membership = (
        models.Membership.objects.select_for_update()
        .filter(donor_id=donor_id, state__in=sorted(states.MEMBERSHIP_CURRENT))
        .exclude(tier__kind=states.TierKind.FREE)
        .first()
    )
    if membership is None:
        raise NotFound(what="membership")
    return membership


def membership_past_due(
    *, membership_id: int, now: datetime, actor: str, reason: str, content_until: date | None = None
) -> models.Membership:
    """This will note that a donation did not go through; its parcels wait, and what members read
    stays open until `content_until`, that day included.
    """
    return membership_move(
        membership_id=membership_id,
        to=_State.PAST_DUE,
        now=now,
        actor=actor,
        reason=reason,
        content_until=content_until,
    )


def membership_cancelling(
    *, membership_id: int, now: datetime, actor: str, reason: str
) -> models.Membership:
    """This will stop future donations; what was given is still delivered."""
    return membership_move(
        membership_id=membership_id, to=_State.CANCELLING, now=now, actor=actor, reason=reason
    )


def membership_end(
    *, membership_id: int, now: datetime, actor: str, reason: str
) -> models.Membership:
    """This will end a membership for good."""
    return membership_move(
        membership_id=membership_id, to=_State.ENDED, now=now, actor=actor, reason=reason
    )


@transaction.atomic
def membership_park(
    *, membership_id: int, now: datetime, actor: str, reason: str
) -> models.Membership:
    """This will stop everything automatic for one membership until staff decide.

    Raises:
        ReasonMissing: no reason was given.
        InvalidTransition: it is parked or over already.
    """
    if not reason.strip():
        raise errors.ReasonMissing()
    before = models.Membership.objects.select_for_update().get(pk=membership_id)
    return membership_move(
        membership_id=membership_id,
        to=_State.PARKED,
        now=now,
        actor=actor,
        reason=reason.strip(),
        parked_from=before.state,
        parked_reason=reason.strip()[:200],
    )


def membership_park_once(*, membership_id: int, now: datetime, actor: str, reason: str) -> bool:
    """This will do the same for callers to whom it is all one who parked it, or ended it: of two
    runs at once only one can.

    Returns:
        whether it was parked here.

    Raises:
        ReasonMissing: no reason was given.
    """
    try:
        membership_park(membership_id=membership_id, now=now, actor=actor, reason=reason)
    except InvalidTransition:
        return False
    return True


@transaction.atomic
def membership_parked_paid(*, membership_id: int, now: datetime, actor: str) -> models.Membership:
    """This will note that the donation a parked membership waited for was received.

    It stays parked until staff decide; once they let it go on, it is active.

    Raises:
        InvalidTransition: it is not parked.
    """
    parked = models.Membership.objects.select_for_update().get(pk=membership_id)
    if parked.state != _State.PARKED:
        raise InvalidTransition(to=_State.PARKED)
    if parked.parked_from not in {_State.DRAFT, _State.PAST_DUE}:
        return parked
    _free_end(donor_id=parked.donor_id, but_id=membership_id, now=now, actor=actor)
    parked.parked_from = _State.ACTIVE
    parked.started_at = parked.started_at or now
    parked.save(update_fields=["parked_from", "started_at"])
    moves.move_note(parked, before=_State.PARKED, now=now, actor=actor, reason="donation_received")
    return parked


@transaction.atomic
def membership_unpark(
    *, membership_id: int, now: datetime, actor: str, reason: str
) -> models.Membership:
    """This will let a parked membership go on from where it was.

    Raises:
        ReasonMissing: no reason was given.
        InvalidTransition: it is not parked.
    """
    if not reason.strip():
        raise errors.ReasonMissing()
    parked = models.Membership.objects.select_for_update().get(pk=membership_id)
    if parked.state != _State.PARKED:
        raise InvalidTransition(to=parked.state)
    return moves.move(
        parked,
        to=parked.parked_from,
        transitions={parked.parked_from: frozenset({_State.PARKED})},
        now=now,
        actor=actor,
        reason=reason.strip(),
        parked_from="",
        parked_reason="",
    )


@transaction.atomic
def membership_move(
    *, membership_id: int, to: str, now: datetime, actor: str, reason: str = "", **changes: object
) -> models.Membership:
    """This will move a membership to a state, with an event row that says who and why.

    Raises:
        InvalidTransition: it is in a state from which `to` cannot be entered.
    """
    membership = models.Membership.objects.select_for_update().get(pk=membership_id)
    if to == _State.ENDED:
        changes["ended_at"] = now
    if to not in {_State.PAST_DUE, _State.PARKED}:
        changes["content_until"] = None
    if membership.state == _State.PARKED and to != _State.PARKED:
        changes |= {"parked_from": "", "parked_reason": ""}
    return moves.move(
        membership,
        to=to,
        transitions=states.MEMBERSHIP_TRANSITIONS,
        now=now,
        actor=actor,
        reason=reason,
        **changes,
    )
