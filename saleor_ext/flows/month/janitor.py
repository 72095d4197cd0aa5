"""Finding out what became of attempts whose answer was lost or whose donor left."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from saleor_ext.common import clock, registry
from saleor_ext.common.patience import Patience
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import Outcome
from saleor_ext.donations import models, selectors, services, states
from saleor_ext.flows.month import asking, settle
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.membership import services as membership_services
from saleor_ext.membership import states as membership_states
from saleor_ext.operation import gate

logger = logging.getLogger(__name__)

# After the beginning, then each after the look before; the last one again and again.
LOOK_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))
PARKED_REASON = "payment_unknown"
ABANDONED_AFTER = timedelta(hours=24)
# The next look is a minute away. One that went on through time-out after time-out would meet it,
# and in the end every worker would be looking.
AWAY_AFTER = 3
LOOK_FOR_S = 45.0


@dataclass(kw_only=True)
class JanitorReport:
    """How many attempts were looked at, how many are still unknown, and how many of these were left
    for the next time.
    """

    looked_at: int = 0
    unknown: int = 0
    left: int = 0


def attempts_settle_open(*, now: datetime, actor: str = "janitor") -> JanitorReport:
    """This will ask the provider about every open attempt whose turn has come.

    After 1 minute, then 5 minutes and 1 hour later, then daily. What nobody knows the end of
    after the town's `attempt_park_days` is put before staff, its membership parked; looking goes
    on. One attempt's trouble does not stop the others; where the provider answers nobody, the rest
    keeps its turn. A copy of the salon leaves all of them alone.
    """
    report = JanitorReport()
    if not gate.is_home():
        logger.warning("this is an unconfirmed copy: attempts are left alone")
        return report
    rows = models.PaymentAttempt.objects.filter(
        state__in=sorted(states.ATTEMPT_OPEN), begun_at__lte=now - LOOK_AFTER[0]
    ).order_by("pk")
    patience = Patience(most=AWAY_AFTER, most_s=LOOK_FOR_S)
    for attempt in rows.iterator():
        if not _is_turn(attempt, now=now):
            continue
        if patience.is_over:
            report.left += 1
            report.unknown += 1
            if patience.is_away:
                _old_park(attempt, now=now, actor=actor)
            continue
        report.looked_at += 1
        report.unknown += not _look_safely(attempt, patience=patience, now=now, actor=actor)
    return report


def wait_of(attempt: models.PaymentAttempt) -> timedelta:
    """This will say how long after its last look, or its beginning, an attempt is looked at."""
    return LOOK_AFTER[min(attempt.look_count, len(LOOK_AFTER) - 1)]


def _is_turn(attempt: models.PaymentAttempt, *, now: datetime) -> bool:
    return now - (attempt.looked_at or attempt.begun_at) >= wait_of(attempt)


def _look_safely(
    attempt: models.PaymentAttempt, *, patience: Patience, now: datetime, actor: str
) -> bool:
    try:
        return _look(attempt, patience=patience, now=now, actor=actor)
    except Exception:
        logger.exception("attempt %s could not be looked at", attempt.pk)
        _note(attempt, code="unexpected_error", now=now, actor=actor)
        return False


def _look(attempt: models.PaymentAttempt, *, patience: Patience, now: datetime, actor: str) -> bool:
    """Whether the attempt is now in good hands: settled, or with a donor who still has time."""
    try:
        settled = settle.attempt_settle(attempt_id=attempt.pk, now=now, actor=actor)
        if _is_abandoned(settled, now=now):
            settled = _cancel(settled, now=now, actor=actor)
    except provider_errors.UNANSWERED as error:
        logger.warning("attempt %s still unknown: %s", attempt.pk, error.code)
        patience.count(is_answered=False)
        _note(attempt, code=error.code, now=now, actor=actor)
        return False
    except provider_errors.ProviderPermanent as error:
        _park(attempt, reason=f"provider: {error.code}", now=now, actor=actor)
        _note(attempt, code=error.code, now=now, actor=actor)
        patience.count(is_answered=True)
        return False
    patience.count(is_answered=True)
    if settled.state not in states.ATTEMPT_OPEN:
        return True
    _note(settled, code="", now=now, actor=actor)
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
        return is_unpaid(cycle_id=cycle_id, now=now, actor=actor)
    try:
        settled = settle.attempt_settle(attempt_id=attempt.pk, now=now, actor=actor)
        if settled.state in states.ATTEMPT_OPEN:
            settled = _cancel(settled, now=now, actor=actor)
    except provider_errors.ProviderError as error:
        # What he refuses to say, his own look puts before staff.
        logger.warning("attempt %s could not be closed: %s", attempt.pk, error.code)
        return False
    return settled.state == states.AttemptState.DECLINED


def is_unpaid(*, cycle_id: int, now: datetime, actor: str) -> bool:
    """This will say whether no money came for a month without an open attempt. Attempts that were
    closed without the provider's word are looked up once more; what turns up is written down.

    Returns:
        False also when money may still come, or nobody can say.
    """
    if selectors.attempt_received(cycle_id=cycle_id) is not None:
        return False
    closed = list(selectors.attempts_unwitnessed(cycle_ids=[cycle_id]))
    if not closed:
        return True
    donor_id = membership_selectors.cycle_get(cycle_id=cycle_id).membership.donor_id
    customer_ref = selectors.customer_ref(donor_id=donor_id)
    try:
        provider = registry.payment_provider()
        for attempt in closed:
            earlier = asking.earlier_make(attempt, customer_ref=customer_ref)
            state = earlier.money(provider)
            if state is None:
                continue
            if state.outcome is Outcome.SUCCEEDED:
                settle.apply(attempt_id=attempt.pk, state=state, now=now, actor=actor)
            return False
    except provider_errors.ProviderError as error:
        logger.warning("cycle %s: earlier attempts stay unclear: %s", cycle_id, error.code)
        return False
    return True


def _note(attempt: models.PaymentAttempt, *, code: str, now: datetime, actor: str) -> None:
    """A look that brought no end; `code` says why the provider could not be asked at all."""
    services.attempt_looked_at(
        attempt_id=attempt.pk, now=now, look_count=attempt.look_count + 1, look_code=code
    )
    if code or attempt.state == states.AttemptState.UNKNOWN:
        _old_park(attempt, now=now, actor=actor)


def _old_park(attempt: models.PaymentAttempt, *, now: datetime, actor: str) -> None:
    days = membership_selectors.municipality_get().attempt_park_days
    if now - attempt.begun_at >= timedelta(days=days) and not clock.is_held():
        _park(attempt, reason=PARKED_REASON, now=now, actor=actor)


@transaction.atomic
def _park(attempt: models.PaymentAttempt, *, reason: str, now: datetime, actor: str) -> None:
    """The attempt waits for staff, and nothing else is asked of the member meanwhile.

    Somebody who is only just joining is asked for nothing anyway: his draft goes on.
    """
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    if not services.attempt_park(attempt_id=attempt.pk, reason=reason, now=now, actor=actor):
        return
    parkable = membership_states.MEMBERSHIP_TRANSITIONS["parked"]
    if cycle.membership.state in parkable - {membership_states.MembershipState.DRAFT}:
        membership_services.membership_park(
            membership_id=cycle.membership_id, now=now, actor=actor, reason=reason
        )
