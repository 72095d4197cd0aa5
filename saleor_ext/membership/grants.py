"""Writing about memberships given to other people. Locked: the membership, then its grant."""

import functools
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from saleor_ext.common import jptime, moves
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.membership import errors, models, selectors, states

_State = states.GrantState
_move = functools.partial(moves.move, transitions=states.GRANT_TRANSITIONS)

OFFER_DAYS = 14
OFFERS_PER_DAY = 3
GIVEABLE = frozenset({states.MembershipState.ACTIVE, states.MembershipState.PAUSED})


@transaction.atomic
def grant_offer(*, membership_id: int, email: str, now: datetime, actor: str) -> models.Grant:
    """This will offer a membership to the person behind an e-mail address, until the end of the
    14th day from now in Japan.

    Raises:
        GrantUnavailable: it is given already, is free, or is not simply going on.
        GrantToOneself: the address is the giver's own.
        GrantTooMany: the giver has had three people written to within a day.
    """
    membership = _membership_hold(membership_id)
    offer_check(membership=membership, email=email, now=now)
    grant = models.Grant.objects.create(
        membership=membership,
        giver=membership.donor,
        recipient_email=email,
        state=_State.OFFERED,
        offered_at=now,
        expires_at=offer_end(now=now),
    )
    moves.move_note(grant, now=now, actor=actor)
    return grant


def offer_end(*, now: datetime) -> datetime:
    """This will return the moment from which an offer made now is over, the last second of its last
    day in Japan.
    """
    last_day = jptime.jst_date(now) + timedelta(days=OFFER_DAYS)
    return jptime.jst_day_bounds(last_day)[1] - timedelta(seconds=1)


def offer_check(*, membership: models.Membership, email: str, now: datetime) -> None:
    """This will say whether a membership can be offered to the person behind an address.

    Raises:
        GrantUnavailable, GrantToOneself, GrantTooMany: see `grant_offer`.
    """
    is_free = membership.tier.kind == states.TierKind.FREE
    if is_free or membership.state not in GIVEABLE:
        raise errors.GrantUnavailable()
    if selectors.grant_live(membership_id=membership.pk) is not None:
        raise errors.GrantUnavailable()
    if email.casefold() == membership.donor.email.casefold():
        raise errors.GrantToOneself()
    since = now - timedelta(days=1)
    offered = selectors.grants_offered_since(giver_id=membership.donor_id, moment=since)
    if offered >= OFFERS_PER_DAY:
        raise errors.GrantTooMany()


@transaction.atomic
def grant_accept(
    *, grant_id: int, recipient: models.Donor, now: datetime, actor: str
) -> models.Grant:
    """This will make the membership's boxes and content the recipient's.

    Raises:
        GrantOver: it was taken back, accepted, or not accepted in time.
        GrantForSomebodyElse: it was mailed to another address.
        GrantToOneself: the recipient is the giver.
        GrantHeld: he receives another membership already.
    """
    grant = _grant_hold(grant_id)
    if grant.state != _State.OFFERED or now >= grant.expires_at:
        raise errors.GrantOver()
    if recipient.pk == grant.giver_id:
        raise errors.GrantToOneself()
    if recipient.email.casefold() != grant.recipient_email.casefold():
        raise errors.GrantForSomebodyElse()
    if grant.membership.state not in states.MEMBERSHIP_ENTITLED:
        raise errors.GrantOver()
    try:
        with transaction.atomic():
            _recipient_set(grant, recipient_id=recipient.pk)
    except IntegrityError as error:
        raise errors.GrantHeld() from error
    return _move(
        grant, to=_State.ACCEPTED, now=now, actor=actor, recipient=recipient, recipient_email=""
    )


@transaction.atomic
def grant_end(*, grant_id: int, now: datetime, actor: str, reason: str) -> models.Grant:
    """This will end a grant: an open offer is withdrawn, an accepted one is over.

    Months that are locked already still go where they were locked to.

    Raises:
        InvalidTransition: it is over already.
    """
    grant = _grant_hold(grant_id)
    if grant.state == _State.OFFERED:
        return _move(
            grant, to=_State.WITHDRAWN, now=now, actor=actor, reason=reason, recipient_email=""
        )
    if grant.state != _State.ACCEPTED:
        raise InvalidTransition(to=_State.ENDED)
    _recipient_set(grant, recipient_id=None)
    return _move(grant, to=_State.ENDED, now=now, actor=actor, reason=reason)


@transaction.atomic
def grant_expire(*, grant_id: int, now: datetime, actor: str) -> models.Grant:
    """This will close an offer that nobody accepted in time.

    Raises:
        InvalidTransition: it was accepted or taken back, or has time left.
    """
    grant = _grant_hold(grant_id)
    if now < grant.expires_at:
        raise InvalidTransition(to=_State.EXPIRED)
    return _move(grant, to=_State.EXPIRED, now=now, actor=actor, recipient_email="")


def _membership_hold(membership_id: int) -> models.Membership:
    rows = models.Membership.objects.select_related("donor", "tier")
    return rows.select_for_update(of=("self",)).get(pk=membership_id)


def _grant_hold(grant_id: int) -> models.Grant:
    membership_id = models.Grant.objects.values_list("membership_id", flat=True).get(pk=grant_id)
    membership = _membership_hold(membership_id)
    grant = models.Grant.objects.select_for_update().get(pk=grant_id)
    grant.membership = membership
    return grant


def _recipient_set(grant: models.Grant, *, recipient_id: int | None) -> None:
    """Where one of them wanted a coming box sent is not where the other one wants it."""
    models.MonthAddress.objects.filter(
        cycle__membership_id=grant.membership_id, cycle__snapshot__isnull=True
    ).delete()
    models.Membership.objects.filter(pk=grant.membership_id).update(recipient_id=recipient_id)
