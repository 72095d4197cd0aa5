"""Writing about money that is given back. The ledger gets a row of its own, which points back."""

import functools
from collections.abc import Collection
from datetime import date, datetime

from django.db import IntegrityError, transaction

from saleor_ext.common import moves
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import errors, models, selectors, services, states

_State = states.RefundState
_move = functools.partial(moves.move_by_key, models.Refund, transitions=states.REFUND_TRANSITIONS)


def refund_request(
    *,
    attempt_id: int,
    amount_yen: Yen,
    request_digest: str,
    reason: str,
    now: datetime,
    actor: str,
    parts_yen: Collection[int] = (),
) -> models.Refund:
    """This will write down, before any money moves, that a donation is to be given back.

    All of it, or one of the parts that stand for whole boxes of a prepaid term (`parts_yen`): the
    30 % of a box and the receipt of a month stand on its whole amount. The same question again
    returns the same refund.

    Raises:
        NothingToRefund: no money was received, or none of it is left.
        RefundOpen: another refund of it is under way.
        RefundPartial: it is neither the whole amount nor one of the parts.
    """
    try:
        with transaction.atomic():
            attempt = models.PaymentAttempt.objects.select_for_update().get(pk=attempt_id)
            known = selectors.refund_by_request(digest=request_digest)
            if known is not None:
                return known
            _request_check(attempt, amount_yen=amount_yen, parts_yen=parts_yen)
            return _create(
                attempt,
                amount_yen=amount_yen,
                origin=states.RefundOrigin.SHOP,
                request_digest=request_digest,
                reason=reason,
                now=now,
                actor=actor,
            )
    except IntegrityError as error:
        raise errors.RefundOpen() from error


def _request_check(
    attempt: models.PaymentAttempt, *, amount_yen: Yen, parts_yen: Collection[int]
) -> None:
    if selectors.refunds_of_attempt(attempt_id=attempt.pk).filter(
        state__in=sorted(states.REFUND_OPEN)
    ):
        raise errors.RefundOpen()
    left_yen = selectors.left_yen(attempt_id=attempt.pk)
    if attempt.state != states.AttemptState.SUCCEEDED or left_yen <= 0:
        raise errors.NothingToRefund()
    if amount_yen != left_yen and amount_yen not in parts_yen:
        raise errors.RefundPartial()


def refund_found(
    *, attempt_id: int, amount_yen: Yen, provider_ref: str, now: datetime, actor: str
) -> models.Refund:
    """This will write down a refund that was made at the provider itself, once."""
    with transaction.atomic():
        attempt = models.PaymentAttempt.objects.select_for_update().get(pk=attempt_id)
        known = models.Refund.objects.filter(provider_ref=provider_ref).first()
        if known is not None:
            return known
        # Settled in the same breath by the caller; open only so that every move has its event.
        return _create(
            attempt,
            amount_yen=amount_yen,
            origin=states.RefundOrigin.PROVIDER,
            provider_ref=provider_ref,
            now=now,
            actor=actor,
        )


def _create(
    attempt: models.PaymentAttempt,
    *,
    amount_yen: Yen,
    origin: str,
    now: datetime,
    actor: str,
    reason: str = "",
    **columns: str,
) -> models.Refund:
    number = selectors.refunds_of_attempt(attempt_id=attempt.pk).count() + 1
    refund = models.Refund.objects.create(
        attempt=attempt,
        number=number,
        key=f"{attempt.key}-r{number}",
        amount_yen=amount_yen,
        origin=origin,
        reason=reason[:200],
        state=_State.REQUESTED,
        requested_at=now,
        **columns,
    )
    moves.move_note(refund, now=now, actor=actor)
    return refund


def refund_unknown(*, refund_id: int, now: datetime, actor: str, reason: str) -> models.Refund:
    """This will note that the provider's answer was lost; it is asked again with the same key."""
    return _move(refund_id, to=_State.UNKNOWN, now=now, actor=actor, reason=reason)


def refund_fail(*, refund_id: int, failure_code: str, now: datetime, actor: str) -> models.Refund:
    """This will note that nothing was given back."""
    return _move(
        refund_id,
        to=_State.FAILED,
        now=now,
        actor=actor,
        reason=failure_code,
        failure_code=failure_code[:60],
        settled_at=now,
    )


@transaction.atomic
def refund_succeed(
    *, refund_id: int, provider_ref: str, refunded_on: date, now: datetime, actor: str
) -> models.Donation:
    """This will note that money was given back and write the ledger's row that points back.

    The donation's receipt number stays used; the correction has none. Once all of it was given
    back, the attempt is refunded; what a dispute has taken away may come back, and does not count.

    Args:
        refund_id: which refund.
        provider_ref: the provider's reference of it.
        refunded_on: the Japanese day on which the provider set the money aside.
        now: the present moment.
        actor: who caused it.

    Raises:
        InvalidTransition: it is in the ledger already.
    """
    attempt_id = models.Refund.objects.values_list("attempt_id", flat=True).get(pk=refund_id)
    attempt = models.PaymentAttempt.objects.select_for_update().get(pk=attempt_id)
    refund = _move(
        refund_id,
        to=_State.SUCCEEDED,
        now=now,
        actor=actor,
        provider_ref=provider_ref,
        failure_code="",
        settled_at=now,
    )
    donation = models.Donation.objects.get(attempt_id=attempt_id, corrects__isnull=True)
    correction = models.Donation.objects.create(
        municipality_id=donation.municipality_id,
        attempt_id=attempt_id,
        donor_id=donation.donor_id,
        corrects=donation,
        amount_yen=-refund.amount_yen,
        donated_on=refunded_on,
        tier_name=donation.tier_name,
        donor_name=donation.donor_name,
        donor_address=donation.donor_address,
        donor_prefecture=donation.donor_prefecture,
        use_name=donation.use_name,
        refund_ref=provider_ref,
        recorded_at=now,
    )
    is_whole = selectors.refunded_yen(attempt_id=attempt_id) >= attempt.amount_yen
    if is_whole and attempt.state == states.AttemptState.SUCCEEDED:
        services.attempt_refunded(attempt_id=attempt_id, now=now, actor=actor)
    return correction
