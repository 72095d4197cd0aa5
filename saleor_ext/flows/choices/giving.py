"""A donor gives his membership to another person: boxes and content go to that person, while
donation, receipt and yearly limit stay with the giver, and the recipient sees no price.

The offer goes by mail, to one address; only an account of that address can accept it, once, within
14 days. So a forwarded link, or one sent to the wrong person, opens nothing for anybody else, and
the giver can take it back at any time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from saleor_ext.common import apart, jptime
from saleor_ext.common.errors import InvalidTransition, NotFound
from saleor_ext.flows import errors
from saleor_ext.flows.choices import grant_link, ground
from saleor_ext.flows.joining import donor_details
from saleor_ext.flows.limits import warning
from saleor_ext.membership import choices, grants, models, selectors, services, states
from saleor_ext.membership import errors as membership_errors
from saleor_ext.outbox import services as outbox

SWEEP_ACTOR = "run"


@dataclass(frozen=True, kw_only=True)
class GivePreview(ground.Preview):
    """What giving the membership, or taking it back, will do.

    to: the address the offer goes to, "" when something is taken back.
    locked_months: months that are fixed already and go where they were fixed to.
    expires_on: the last Japanese day on which an offer can be accepted, None when it was.
    is_accepted: whether another person has the membership now.
    """

    to: str = field(default="", repr=False)
    locked_months: tuple[date, ...] = ()
    expires_on: date | None = None
    is_accepted: bool = False


def give_preview(*, membership_id: int, email: str, now: datetime) -> GivePreview:
    """This will say what giving a membership away means: from which month on, and until when the
    offer holds. Nothing changes before it is accepted.

    Raises:
        GrantUnavailable, GrantToOneself, GrantTooMany: see `grants.grant_offer`.
        and what `ground.membership_choosing` raises.
    """
    membership = ground.membership_choosing(membership_id=membership_id, allowed=grants.GIVEABLE)
    grants.offer_check(membership=membership, email=email, now=now)
    expires_on = jptime.jst_date(grants.offer_end(now=now))
    today = jptime.jst_date(now)
    told = warning.choice_warning(membership=membership, as_if=None, years={today.year})
    shown = _preview(membership, to=email, expires_on=expires_on, is_accepted=False, now=now)
    return replace(shown, limit_warning=told)


def give_choose(
    *, membership_id: int, email: str, now: datetime, actor: str, seen: str | None = None
) -> models.Grant:
    """This will mail the offer of a membership to another person, and tell the donor so.

    Raises:
        ChoiceChanged: the donor was shown something else.
        and what `give_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        preview = give_preview(membership_id=membership_id, email=email, now=now)
        ground.seen_require(preview, seen=seen)
        grant = grants.grant_offer(membership_id=membership_id, email=email, now=now, actor=actor)
        outbox.message_put(
            topic="mail.grant",
            key=f"mail:grant_offered:{grant.pk}",
            payload={"grant_id": grant.pk},
            now=now,
        )
        _record(preview, grant=grant, step="offered", now=now, actor=actor)
        _tell("grant_sent", grant=grant, donor_id=grant.giver_id, now=now)
        return grant


def take_back_preview(*, membership_id: int, now: datetime) -> GivePreview:
    """This will say what taking back an offer, or a membership given away, means.

    Raises:
        NotFound: it is not given to anybody.
    """
    grant = selectors.grant_live(membership_id=membership_id)
    if grant is None:
        raise NotFound(what="grant")
    is_accepted = grant.state == states.GrantState.ACCEPTED
    expires_on = None if is_accepted else jptime.jst_date(grant.expires_at)
    membership = models.Membership.objects.get(pk=membership_id)
    return _preview(membership, to="", expires_on=expires_on, is_accepted=is_accepted, now=now)


def take_back_choose(
    *, membership_id: int, now: datetime, actor: str, seen: str | None = None
) -> models.Grant:
    """This will take an offer back, or the membership itself; months that are fixed stay so.

    Raises:
        NotFound: it is not given to anybody.
        ChoiceChanged: the donor was shown something else.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        preview = take_back_preview(membership_id=membership_id, now=now)
        ground.seen_require(preview, seen=seen)
        grant = selectors.grant_live(membership_id=membership_id)
        if grant is None:
            raise NotFound(what="grant")
        ended = grants.grant_end(grant_id=grant.pk, now=now, actor=actor, reason="taken_back")
        _record(preview, grant=ended, step="taken_back", now=now, actor=actor)
        _tell("grant_taken_back", grant=ended, donor_id=ended.giver_id, now=now)
        if ended.recipient_id is not None:
            _tell("received_over", grant=ended, donor_id=ended.recipient_id, now=now)
        return ended


def _preview(
    membership: models.Membership,
    *,
    to: str,
    expires_on: date | None,
    is_accepted: bool,
    now: datetime,
) -> GivePreview:
    today = jptime.jst_date(now)
    first = ground.months_planned(membership_id=membership.pk, today=today).first()
    fixed = ground.months_fixed(membership=membership, today=today)
    given = membership.cycles.filter(state=states.CycleState.CHARGED, is_listed=False)
    going = [*given, *(cycle for cycle in fixed if not cycle.is_listed)]
    return GivePreview(
        kind=states.ChoiceKind.HANDOVER,
        effective_on=today,
        change_until=None,
        month=first.month if first else None,
        to=to,
        locked_months=tuple(sorted(cycle.month for cycle in going)),
        expires_on=expires_on,
        is_accepted=is_accepted,
    )


def _record(
    preview: GivePreview, *, grant: models.Grant, step: str, now: datetime, actor: str
) -> None:
    choices.choice_record(
        membership_id=grant.membership_id,
        kind=preview.kind,
        effective_on=preview.effective_on,
        now=now,
        actor=actor,
        details={"step": step},
    )


def offer_open(*, sealed: str, now: datetime) -> models.Grant:
    """This will return the offer behind a mailed link.

    Raises:
        LinkBroken: it is none of ours.
        GrantOver: it was taken back, accepted, or not accepted in time.
    """
    try:
        grant = selectors.grant_get(grant_id=grant_link.link_read(sealed=sealed))
    except NotFound:
        raise errors.LinkBroken() from None
    if grant.state != states.GrantState.OFFERED or now >= grant.expires_at:
        raise membership_errors.GrantOver()
    return grant


def offer_check(*, grant: models.Grant, user_id: str, email: str) -> None:
    """This will say whether an account may accept an offer, before anything is typed.

    Raises:
        GrantToOneself: it is the giver's account.
        GrantForSomebodyElse: the offer was mailed to another address.
    """
    if grant.giver.saleor_user_id == user_id:
        raise membership_errors.GrantToOneself()
    if grant.recipient_email.casefold() != email.casefold():
        raise membership_errors.GrantForSomebodyElse()


@transaction.atomic
def offer_accept(
    *, sealed: str, user_id: str, email: str, details: Mapping[str, object], now: datetime
) -> models.Grant:
    """This will make a membership that was offered the recipient's, with his name and address.

    Law: no_gift_to_residents

    Raises:
        LinkBroken, GrantOver, GrantToOneself, GrantForSomebodyElse: he cannot accept it.
        InputMissing, InputInvalid: his details do not suffice for a parcel.
        AddressInTown: he lives in the town, or his parcels go there.
        GrantHeld: he receives another membership already.
    """
    grant = offer_open(sealed=sealed, now=now)
    offer_check(grant=grant, user_id=user_id, email=email)
    cleaned = donor_details.details_clean(details=details, today=jptime.jst_date(now))
    recipient = services.donor_ensure(saleor_user_id=user_id, email=email, now=now)
    services.donor_email_set(donor_id=recipient.pk, email=email)
    recipient = services.donor_details_set(donor_id=recipient.pk, details=cleaned)
    town = selectors.municipality_get()
    is_local = selectors.is_local_receiver(donor=recipient, town=town)
    if grant.membership.is_box_wanted and is_local:
        raise errors.AddressInTown()
    actor = f"donor:{recipient.pk}"
    accepted = grants.grant_accept(grant_id=grant.pk, recipient=recipient, now=now, actor=actor)
    _tell("grant_accepted", grant=accepted, donor_id=accepted.giver_id, now=now)
    _tell("received_welcome", grant=accepted, donor_id=recipient.pk, now=now)
    return accepted


def received_leave_preview(*, donor_id: int, now: datetime) -> GivePreview:
    """This will say what giving back a membership means that somebody received.

    Raises:
        NotFound: he receives none.
    """
    membership = selectors.membership_received(donor_id=donor_id)
    if membership is None:
        raise NotFound(what="grant")
    return take_back_preview(membership_id=membership.pk, now=now)


@transaction.atomic
def received_leave(
    *, donor_id: int, now: datetime, actor: str, seen: str | None = None
) -> models.Grant:
    """This will give a membership that somebody received back to its giver.

    Raises:
        NotFound: he receives none.
        ChoiceChanged: he was shown something else.
    """
    membership = selectors.membership_received(donor_id=donor_id)
    if membership is not None:
        ground.hold(membership_id=membership.pk)
    ground.seen_require(received_leave_preview(donor_id=donor_id, now=now), seen=seen)
    membership = selectors.membership_received(donor_id=donor_id)
    grant = selectors.grant_live(membership_id=membership.pk) if membership else None
    if grant is None:
        raise NotFound(what="grant")
    ended = grants.grant_end(grant_id=grant.pk, now=now, actor=actor, reason="given_back")
    _tell("grant_given_back", grant=ended, donor_id=ended.giver_id, now=now)
    _tell("received_left", grant=ended, donor_id=donor_id, now=now)
    return ended


def grants_close_due(*, now: datetime) -> int:
    """This will close what is over: offers nobody accepted in time, grants of ended memberships.
    One grant's trouble does not stop the others.

    Returns:
        how many were closed.

    Raises:
        Exception: what the first one met with that could not be closed; all others were.
    """
    over = Q(state=states.GrantState.OFFERED, expires_at__lte=now) | Q(
        state__in=sorted(states.GRANT_LIVE), membership__state=states.MembershipState.ENDED
    )
    due = models.Grant.objects.filter(over).order_by("pk")
    return apart.each(
        due,
        lambda grant: _close(grant, now=now),
        name=lambda grant: f"closing of grant {grant.pk}",
    )


def _close(grant: models.Grant, *, now: datetime) -> bool:
    try:
        with transaction.atomic():
            if grant.state == states.GrantState.OFFERED and grant.expires_at <= now:
                grants.grant_expire(grant_id=grant.pk, now=now, actor=SWEEP_ACTOR)
                _tell("grant_expired", grant=grant, donor_id=grant.giver_id, now=now)
                return True
            ended = grants.grant_end(
                grant_id=grant.pk, now=now, actor=SWEEP_ACTOR, reason="membership_ended"
            )
            if ended.recipient_id is not None:
                _tell("received_over", grant=ended, donor_id=ended.recipient_id, now=now)
            return True
    except InvalidTransition:
        return False  # somebody else was faster


def _tell(name: str, *, grant: models.Grant, donor_id: int, now: datetime) -> None:
    outbox.message_put(
        topic="mail.send",
        key=f"mail:{name}:{grant.pk}",
        payload={"name": name, "donor_id": donor_id, "grant_id": grant.pk},
        now=now,
    )
