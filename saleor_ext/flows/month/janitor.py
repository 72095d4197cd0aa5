"""Finding out what became of attempts whose answer was lost or whose donor left."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from saleor_ext.common import clock, registry
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.donations import models, selectors, services, states
from saleor_ext.flows.month import settle
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.membership import services as membership_services
from saleor_ext.membership import states as membership_states
from saleor_ext.operation import gate

logger = logging.getLogger(__name__)

LOOK_AGAIN_AFTER = (timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))
PARK_AFTER_LOOKS = 10
ABANDONED_AFTER = timedelta(hours=24)


@dataclass(kw_only=True)
class JanitorReport:
    """How many attempts were looked at, and how many are still unknown."""

    looked_at: int = 0
    unknown: int = 0


def attempts_settle_open(*, now: datetime, actor: str = "janitor") -> JanitorReport:
    """This will ask the provider about every open attempt whose turn has come.

    After 2 minutes, then 5 minutes and 1 hour later, then daily; after ten fruitless looks the
    membership is parked for staff. One attempt's trouble does not stop the others.
    A copy of the salon leaves all of them alone.
    """
    report = JanitorReport()
    if not gate.is_home():
        logger.warning("this is an unconfirmed copy: attempts are left alone")
        return report
    rows = models.PaymentAttempt.objects.filter(
        state__in=sorted(states.ATTEMPT_OPEN), begun_at__lte=now - settle.FRESH
    ).order_by("pk")
    for attempt in rows.iterator():
        if not _is_turn(attempt, now=now):
            continue
        report.looked_at += 1
        report.unknown += not _look_safely(attempt, now=now, actor=actor)
    return report


def _is_turn(attempt: models.PaymentAttempt, *, now: datetime) -> bool:
    if attempt.looked_at is None:
        return True
    looks = max(attempt.look_count, 1)
    wait = LOOK_AGAIN_AFTER[min(looks, len(LOOK_AGAIN_AFTER)) - 1]
    return now - attempt.looked_at >= wait


def _look_safely(attempt: models.PaymentAttempt, *, now: datetime, actor: str) -> bool:
    try:
        return _look(attempt, now=now, actor=actor)
    except Exception:
        logger.exception("attempt %s could not be looked at", attempt.pk)
        _note(attempt, now=now, actor=actor)
        return False


def _look(attempt: models.PaymentAttempt, *, now: datetime, actor: str) -> bool:
    """Whether the attempt is now in good hands: settled, or with a donor who still has time."""
    try:
        settled = settle.attempt_settle(attempt_id=attempt.pk, now=now, actor=actor)
        if _is_abandoned(settled, now=now):
            settled = _cancel(settled, now=now, actor=actor)
    except (provider_errors.ProviderUnknown, provider_errors.ProviderRetryable) as error:
        logger.warning("attempt %s still unknown: %s", attempt.pk, error.code)
        settled = attempt
    except provider_errors.ProviderPermanent as error:
        _park(attempt, reason=f"provider: {error.code}", now=now, actor=actor)
        _note(attempt, now=now, actor=actor)
        return False
    if settled.state not in states.ATTEMPT_OPEN:
        return True
    _note(settled, now=now, actor=actor)
    return settled.state != states.AttemptState.UNKNOWN and not settled.is_off_session


def _is_abandoned(attempt: models.PaymentAttempt, *, now: datetime) -> bool:
    waits_for_donor = (
        not attempt.is_off_session or attempt.state == states.AttemptState.ACTION_REQUIRED
    )
    is_open = attempt.state in states.ATTEMPT_OPEN
    if clock.is_held():
        # The trial's days fly past; for a donor at his card only a moment has gone by.
        return False
    return is_open and waits_for_donor and now - attempt.begun_at >= ABANDONED_AFTER


def _cancel(attempt: models.PaymentAttempt, *, now: datetime, actor: str) -> models.PaymentAttempt:
    """Closed at the provider first: an attempt we gave up must not turn into money later."""
    if not attempt.provider_ref:
        return attempt
    state = registry.payment_provider().charge_cancel(provider_ref=attempt.provider_ref)
    return settle.apply(attempt_id=attempt.pk, state=state, now=now, actor=actor)


def attempts_close(*, cycle_id: int, now: datetime, actor: str) -> bool:
    """This will close a month's open attempt at the provider before anything else is begun.

    Returns:
        True when no attempt of the month can turn into money any more and none has.
    """
    attempt = selectors.open_attempt(cycle_id=cycle_id)
    if attempt is None:
        return selectors.attempt_received(cycle_id=cycle_id) is None
    try:
        settled = settle.attempt_settle(attempt_id=attempt.pk, now=now, actor=actor)
        if settled.state in states.ATTEMPT_OPEN:
            settled = _cancel(settled, now=now, actor=actor)
    except (provider_errors.ProviderUnknown, provider_errors.ProviderRetryable):
        return False
    return settled.state == states.AttemptState.DECLINED


def _note(attempt: models.PaymentAttempt, *, now: datetime, actor: str) -> None:
    count = attempt.look_count + 1
    services.attempt_looked_at(attempt_id=attempt.pk, now=now, look_count=count)
    if attempt.state == states.AttemptState.UNKNOWN and count >= PARK_AFTER_LOOKS:
        _park(attempt, reason="payment_unknown", now=now, actor=actor)


def _park(attempt: models.PaymentAttempt, *, reason: str, now: datetime, actor: str) -> None:
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    if cycle.membership.state in membership_states.MEMBERSHIP_TRANSITIONS["parked"]:
        membership_services.membership_park(
            membership_id=cycle.membership_id, now=now, actor=actor, reason=reason
        )
