"""Giving money back: write the refund, commit, ask the provider, write the answer, tell the shop.

Asked for in the shop's Dashboard or made at the provider itself, all of it ends in `_given`.
What follows from a refund is written with it: parcels that have not left are cancelled, the
membership waits for staff, the donor gets a mail, and the shop is told through the outbox.
"""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from saleor_ext.common import jptime, registry
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import GivenBack
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import refunds as donation_refunds
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.month import janitor, settle
from saleor_ext.flows.onestop import following
from saleor_ext.flows.orders import order_queue
from saleor_ext.flows.payments import given_up, look_round, term_part
from saleor_ext.membership import cycles
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.membership import services as membership_services
from saleor_ext.membership import states as membership_states
from saleor_ext.outbox import services as outbox

logger = logging.getLogger(__name__)

OUTBOX_ACTOR = "outbox"
PROVIDER_REASON = "requested_by_customer"  # what staff write stays with us
PARKED_REASON = "refunded"
CAME_BACK = "refund_came_back"
_Member = membership_states.MembershipState
_STOPPABLE = frozenset({_Member.ACTIVE, _Member.PAST_DUE, _Member.PAUSED})


@transaction.atomic
def refund_begin(
    *,
    attempt_id: int,
    amount_yen: Yen,
    request_digest: str,
    reason: str,
    now: datetime,
    actor: str,
) -> donation_models.Refund:
    """This will write down a refund and ask the outbox to carry it out: all of a donation, or so
    much of a prepaid one as some of its last boxes stand for.

    Raises:
        NothingToRefund, RefundOpen, RefundPartial: nothing was changed.
    """
    refund = donation_refunds.refund_request(
        attempt_id=attempt_id,
        amount_yen=amount_yen,
        request_digest=request_digest,
        reason=reason,
        now=now,
        actor=actor,
        parts_yen=term_part.amounts(attempt_id=attempt_id),
    )
    outbox.message_put(
        topic="refund.make",
        key=f"refund.make:{refund.pk}",
        payload={"refund_id": refund.pk},
        now=now,
    )
    return refund


def refund_make(payload: Mapping[str, Any], now: datetime) -> None:
    """This will have the provider give the money back, at most once however often it is called.

    Raises:
        ProviderUnknown, ProviderRetryable: the same refund is asked for again later.
    """
    refund = donation_models.Refund.objects.select_related("attempt").get(pk=payload["refund_id"])
    if refund.state not in donation_states.REFUND_OPEN:
        return
    try:
        given = registry.payment_provider().refund_create(
            key=refund.key,
            provider_ref=refund.attempt.provider_ref,
            amount_yen=Yen(refund.amount_yen),
            reason=PROVIDER_REASON,
        )
    except provider_errors.ProviderUnknown as error:
        _unknown(refund, code=error.code, now=now)
        raise
    except provider_errors.ProviderPermanent as error:
        # Perhaps somebody gave it back at the provider itself meanwhile.
        refunds_look(attempt=refund.attempt, now=now, actor=OUTBOX_ACTOR)
        _not_given(refund, code=error.code, now=now, actor=OUTBOX_ACTOR)
        return
    _settle(refund, given, now=now, actor=OUTBOX_ACTOR)


def _unknown(refund: donation_models.Refund, *, code: str, now: datetime) -> None:
    if refund.state == donation_states.RefundState.UNKNOWN:
        return
    try:
        donation_refunds.refund_unknown(
            refund_id=refund.pk, now=now, actor=OUTBOX_ACTOR, reason=code
        )
    except InvalidTransition:
        logger.info("refund %s was settled while its answer was lost", refund.pk)


def refunds_look(*, attempt: donation_models.PaymentAttempt, now: datetime, actor: str) -> None:
    """This will write down what the provider says was given back of an attempt, once each.

    Raises:
        ProviderRetryable: the provider could not be asked; nothing changed.
    """
    if attempt.state not in donation_states.ATTEMPT_RECEIVED:
        return
    said = registry.payment_provider().refunds_of(provider_ref=attempt.provider_ref)
    keys = {given.key for given in said if given.key}
    # Ours first: one made by hand may stand for ours only where ours was never made.
    for given in sorted(said, key=lambda given: not given.key):
        refund = _refund_of(attempt, given, keys=keys)
        if refund is not None:
            _settle(refund, given, now=now, actor=actor)
        elif not given.is_failed:
            _found(attempt, given, now=now, actor=actor)


def _refund_of(
    attempt: donation_models.PaymentAttempt, given: GivenBack, *, keys: Collection[str]
) -> donation_models.Refund | None:
    """Ours by key, unless another one has stood for it; and one made by hand at the provider
    stands for the one staff asked us for, unless the provider has that one too (`keys`).
    """
    refunds = donation_selectors.refunds_of_attempt(attempt_id=attempt.pk)
    known = refunds.filter(provider_ref=given.refund_ref).first()
    if known is not None:
        return known
    if given.key:
        return refunds.filter(key=given.key, provider_ref="").first()
    if given.is_failed:
        return None
    return (
        refunds.filter(state__in=sorted(donation_states.REFUND_OPEN), amount_yen=given.amount_yen)
        .exclude(key__in=keys)
        .first()
    )


def _found(
    attempt: donation_models.PaymentAttempt, given: GivenBack, *, now: datetime, actor: str
) -> None:
    """A refund made at the provider itself: the money is gone, so the ledger must say so."""
    with transaction.atomic():
        cycles.cycle_hold(cycle_id=attempt.cycle_id)
        refund = donation_refunds.refund_found(
            attempt_id=attempt.pk,
            amount_yen=given.amount_yen,
            provider_ref=given.refund_ref,
            now=now,
            actor=actor,
        )
        _settle(refund, given, now=now, actor=actor)


def _settle(refund: donation_models.Refund, given: GivenBack, *, now: datetime, actor: str) -> None:
    if given.is_failed and refund.state == donation_states.RefundState.SUCCEEDED:
        _came_back(refund, now=now, actor=actor)
    elif given.is_failed:
        _not_given(refund, code=given.failure_code or "failed", now=now, actor=actor)
    elif refund.state != donation_states.RefundState.SUCCEEDED:
        _given_once(refund, given, now=now, actor=actor)


def _given_once(
    refund: donation_models.Refund, given: GivenBack, *, now: datetime, actor: str
) -> None:
    try:
        _given(refund, given, now=now, actor=actor)
    except InvalidTransition:
        refund.refresh_from_db()
        if refund.provider_ref == given.refund_ref:
            logger.info("refund %s is in the ledger already", refund.pk)
            return
        # One made by hand stood for it while ours was on its way: then money went back twice.
        logger.error("refund %s was made at the provider as well as here", refund.pk)
        _found(refund.attempt, given, now=now, actor=actor)


@transaction.atomic
def _given(refund: donation_models.Refund, given: GivenBack, *, now: datetime, actor: str) -> None:
    """Rows are locked in the order cycle, attempt, membership, as everywhere."""
    attempt = donation_models.PaymentAttempt.objects.get(pk=refund.attempt_id)
    cycles.cycle_hold(cycle_id=attempt.cycle_id)
    donation_refunds.refund_succeed(
        refund_id=refund.pk,
        provider_ref=given.refund_ref,
        refunded_on=jptime.jst_date(given.given_at),
        now=now,
        actor=actor,
    )
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    attempt.refresh_from_db()
    if attempt.state == donation_states.AttemptState.REFUNDED:
        given_up.parcels_cancel(cycle, reason=PARKED_REASON, now=now, actor=actor)
        given_up.term_stop(cycle, reason=PARKED_REASON, now=now, actor=actor)
        order_queue.order_put("order.refunded", cycle_id=cycle.pk, now=now)
    if attempt.state == donation_states.AttemptState.REFUNDED:
        _membership_park(cycle, reason=PARKED_REASON, now=now, actor=actor)
    elif not term_part.part_end(cycle=cycle, attempt=attempt, now=now, actor=actor):
        _part_hold(cycle, now=now, actor=actor)
    _report_put(refund, cycle_id=cycle.pk, now=now)
    following.refund_follow(attempt_id=attempt.pk, now=now, actor=actor)
    settle.mail_put("donation_refunded", cycle=cycle, attempt=attempt, now=now)


def _part_hold(cycle: membership_models.Cycle, *, now: datetime, actor: str) -> None:
    """A part that machines can make nothing of: nothing leaves until staff have said what follows.

    A membership that is ending waits as well, since its last boxes do.
    """
    # Held as well by whoever lets it go on: of the two the later one sees what the other did.
    membership = membership_models.Membership.objects.select_for_update().get(
        pk=cycle.membership_id
    )
    given_up.parcels_hold(cycle, reason=PARKED_REASON, now=now, actor=actor)
    if membership.state in {*_STOPPABLE, _Member.CANCELLING}:
        membership_services.membership_park(
            membership_id=membership.pk, now=now, actor=actor, reason=PARKED_REASON
        )


@transaction.atomic
def _not_given(refund: donation_models.Refund, *, code: str, now: datetime, actor: str) -> None:
    found = donation_models.Refund.objects.select_for_update().get(pk=refund.pk)
    if found.state in donation_states.REFUND_OPEN:
        donation_refunds.refund_fail(refund_id=found.pk, failure_code=code, now=now, actor=actor)
        _report_put(found, cycle_id=found.attempt.cycle_id, now=now)


def _came_back(refund: donation_models.Refund, *, now: datetime, actor: str) -> None:
    """Given back, and sent back by the bank: the ledger's row stands, and staff must decide."""
    cycle = membership_selectors.cycle_get(cycle_id=refund.attempt.cycle_id)
    logger.error("refund %s came back from the bank: staff must decide", refund.pk)
    _membership_park(cycle, reason=CAME_BACK, now=now, actor=actor)


def _report_put(refund: donation_models.Refund, *, cycle_id: int, now: datetime) -> None:
    order_queue.report_put(
        "refund.report",
        cycle_id=cycle_id,
        key=str(refund.pk),
        payload={"refund_id": refund.pk},
        now=now,
    )


def _membership_park(
    cycle: membership_models.Cycle, *, reason: str, now: datetime, actor: str
) -> None:
    """Whether it goes on is for staff to say; one that is ending anyway goes on ending."""
    membership = membership_models.Membership.objects.get(pk=cycle.membership_id)
    if membership.state in _STOPPABLE:
        membership_services.membership_park(
            membership_id=membership.pk, now=now, actor=actor, reason=reason
        )


def refunds_settle_open(*, now: datetime, actor: str = "janitor") -> int:
    """This will look for refunds whose carrying out was lost or given up, as long as the provider
    answers. One refund's trouble does not stop the others.

    Returns:
        how many are still open.
    """
    rows = donation_selectors.refunds_open().filter(requested_at__lte=now - settle.FRESH)
    # In another order each time: a few that are not answered do not always stand before the others.
    look_round.look_at_each(
        rows.order_by("?"),
        look=lambda refund: refunds_look(attempt=refund.attempt, now=now, actor=actor),
        most_s=janitor.LOOK_FOR_S,
    )
    return rows.all().count()
