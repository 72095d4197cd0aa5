"""Taking months' donations off-session: write the attempts, commit, call, write the answers.

One month and a whole batch go the same way; what an answer means is said in `settle`.
"""

import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet

from saleor_ext.common import jptime, registry
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import ChargeState
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import errors as donation_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import services as donation_services
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.limits import deciding, leaving_out, year_gate
from saleor_ext.flows.month import asking, residents, settle
from saleor_ext.flows.month.asking import Answer, Ask, NotAsked, TakenBefore
from saleor_ext.flows.swaps import waiting
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.membership import services as membership_services
from saleor_ext.membership import states as membership_states
from saleor_ext.operation.errors import ChargingStopped, PlaceUnconfirmed

logger = logging.getLogger(__name__)

_Attempt = donation_states.AttemptState
Cycles = list[membership_models.Cycle]
_NOT_NEEDED = ("snapshot__delivery", "snapshot__donor_name", "snapshot__donor_address")


class ChargeResult(StrEnum):
    """What became of one month in one run."""

    CHARGED = "charged"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    NOT_DUE = "not_due"  # somebody else has it, or it is no longer to be charged
    PARKED = "parked"
    LEFT_OUT = "left_out"  # its donor wants no more in the year, or may have no box any more
    STOPPED = "stopped"  # nothing is taken here for the time being


@dataclass(frozen=True, kw_only=True)
class Begun:
    """The asks of some months, and what became of those for which nothing is asked."""

    asks: list[Ask] = field(default_factory=list)
    results: list[ChargeResult] = field(default_factory=list)


def cycle_charge(*, cycle_id: int, now: datetime, actor: str) -> ChargeResult:
    """This will receive a locked month's donation with the card on file, at most once.

    No transaction is open while the provider is asked. A lost answer leaves the attempt
    `unknown`; nobody tries again before the provider said what happened.
    """
    try:
        with transaction.atomic():
            cycle = _claimable(cycle_id)
            begun = _begin([cycle] if cycle else [], now=now, actor=actor)
    except donation_errors.AttemptOpen:
        # In this very moment somebody began another month of the same member: one at a time.
        return ChargeResult.NOT_DUE
    for ask in begun.asks:
        return answer_write(ask, _asked_now(ask), now=now, actor=actor)
    return begun.results[0] if begun.results else ChargeResult.NOT_DUE


def _claimable(cycle_id: int) -> membership_models.Cycle | None:
    """The row lock makes a second run wait here and then find the attempt."""
    months = membership_models.Cycle.objects.filter(
        ~waiting.waiting(),
        pk=cycle_id,
        state=membership_states.CycleState.LOCKED,
        membership__state__in=sorted(membership_states.MEMBERSHIP_CHARGEABLE),
    )
    return _with_facts(months).select_for_update(of=("self",)).first()


def _with_facts(
    months: QuerySet[membership_models.Cycle],
) -> QuerySet[membership_models.Cycle]:
    """No more of each month than is needed to ask for it. There are few tiers: each is read once,
    where a join would make it for every month.
    """
    return (
        months.select_related("membership", "snapshot").defer(*_NOT_NEEDED).prefetch_related("tier")
    )


def cycles_claim(
    *,
    due: QuerySet[membership_models.Cycle],
    limit: int,
    now: datetime,
    actor: str,
    bounded: Callable[[Cycles], Cycles] = lambda cycles: cycles,
) -> tuple[int, Begun]:
    """This will begin attempts for the first `limit` months by key, all in one transaction.

    Months another run is just claiming are passed over, so many runs share the work. Should one
    month be in trouble, each is begun for itself and its own membership is parked. `bounded` says
    which of them may be begun at all.

    Returns:
        the last key that was seen, 0 when nothing is due; and what was begun.
    """
    rows = _with_facts(due).order_by("pk")
    ids: list[int] = []
    last_id = 0
    try:
        with transaction.atomic():
            cycles = list(rows.select_for_update(of=("self",), skip_locked=True)[:limit])
            last_id = cycles[-1].pk if cycles else 0
            cycles = bounded(cycles)
            ids = [cycle.pk for cycle in cycles]
            begun = _begin(cycles, now=now, actor=actor)
    except Exception:
        logger.exception("%s months could not be begun together", len(ids))
        begun = _begin_each(ids, now=now, actor=actor)
    return last_id, begun


def _begin_each(ids: Sequence[int], *, now: datetime, actor: str) -> Begun:
    together = Begun()
    for cycle_id in ids:
        try:
            with transaction.atomic():
                cycle = _claimable(cycle_id)
                begun = _begin([cycle] if cycle else [], now=now, actor=actor)
            together.asks.extend(begun.asks)
            together.results.extend(begun.results)
        except donation_errors.AttemptOpen:
            together.results.append(ChargeResult.NOT_DUE)
        except Exception:
            logger.exception("cycle %s could not be charged", cycle_id)
            together.results.append(_park_after_error(cycle_id, now=now, actor=actor))
    return together


def _begin(cycles: Sequence[membership_models.Cycle], *, now: datetime, actor: str) -> Begun:
    """Months held by the present transaction get their attempts, unless the card is missing, they
    would exceed what their donor wants to give in the year, or he lives in the town by now. A card
    whose bank said never to ask it again is not asked: its attempt is closed at once, and the donor
    told.
    """
    due = year_gate.givable(_still_due(cycles, today=jptime.jst_date(now)), now=now)
    left_out = dict.fromkeys(residents.months_of_residents(due), residents.REASON)
    staying = [cycle for cycle in due if cycle.pk not in left_out]
    over = deciding.over_at_charge(staying, today=jptime.jst_date(now))
    left_out |= dict.fromkeys(over, deciding.REASON)
    going = [cycle for cycle in due if cycle.pk not in left_out]
    donor_ids = [cycle.membership.donor_id for cycle in going]
    cards = donation_selectors.cards_current(donor_ids=donor_ids)
    by_id = {cycle.pk: cycle for cycle in going if cycle.membership.donor_id in cards}
    try:
        attempts = donation_services.attempts_begin(
            wanted=[_wanted(cycle) for cycle in by_id.values()],
            most_a_day=membership_selectors.municipality_get().charges_per_day_max,
            now=now,
            actor=actor,
        )
    except (ChargingStopped, PlaceUnconfirmed):
        return Begun(results=[ChargeResult.STOPPED for _ in cycles])
    results = [ChargeResult.NOT_DUE] * (len(cycles) - len(due) + len(by_id) - len(attempts))
    for cycle in due:
        if cycle.pk in left_out:
            reason = left_out[cycle.pk]
            leaving_out.month_leave_out(cycle=cycle, reason=reason, now=now, actor=actor)
            results.append(ChargeResult.LEFT_OUT)
        elif cycle.pk not in by_id:
            membership_services.membership_park(
                membership_id=cycle.membership_id, now=now, actor=actor, reason="card_missing"
            )
            results.append(ChargeResult.PARKED)
    asked = []
    for attempt in attempts:
        if not cards[by_id[attempt.cycle_id].membership.donor_id].refused_code:
            asked.append(attempt)
            continue
        settle.card_refused(attempt=attempt, now=now, actor=actor)
        results.append(ChargeResult.DECLINED)
    return Begun(asks=asking.asks_make(asked, cycles=by_id, cards=cards), results=results)


def _still_due(
    cycles: Sequence[membership_models.Cycle], *, today: date
) -> list[membership_models.Cycle]:
    """A run that chose a month before another one was declined for it comes too late."""
    earlier = donation_selectors.attempt_states(cycle_ids=[cycle.pk for cycle in cycles])
    return [
        cycle
        for cycle in cycles
        if (cycle.next_try_on <= today if cycle.next_try_on else not earlier[cycle.pk])
    ]


def _wanted(cycle: membership_models.Cycle) -> donation_services.Wanted:
    return donation_services.Wanted(
        cycle_id=cycle.pk,
        cycle_key=membership_selectors.cycle_key(cycle=cycle),
        membership_id=cycle.membership_id,
        amount_yen=Yen(cycle.amount_yen),
    )


def _asked_now(ask: Ask) -> Answer:
    try:
        provider = registry.payment_provider()
    except provider_errors.ProviderError as error:
        return error
    return asking.asked(ask, provider=provider)


def answers_write(
    answers: Sequence[tuple[Ask, Answer]], *, now: datetime, actor: str
) -> list[ChargeResult]:
    """This will write down what the provider said of many attempts, and return the results in
    the same order.

    Plain answers are written in one transaction. If that does not work, and for whatever else
    came back, each is written for itself; an error there parks that membership only.
    """
    states = {ask.attempt_id: said for ask, said in answers if isinstance(said, ChargeState)}
    settled: dict[int, donation_models.PaymentAttempt] = {}
    try:
        if states:
            settled = settle.apply_many(answers=states, now=now, actor=actor)
    except Exception:
        logger.exception("%s answers could not be written together", len(states))
    return [
        result_of(settled[ask.attempt_id])
        if ask.attempt_id in settled
        else _answer_write_safely(ask, said, now=now, actor=actor)
        for ask, said in answers
    ]


def _answer_write_safely(ask: Ask, said: Answer, *, now: datetime, actor: str) -> ChargeResult:
    try:
        return answer_write(ask, said, now=now, actor=actor)
    except Exception:
        logger.exception("cycle %s could not be charged", ask.cycle_id)
        return _park_after_error(ask.cycle_id, now=now, actor=actor)


def answer_write(ask: Ask, said: Answer, *, now: datetime, actor: str) -> ChargeResult:
    """This will write down what the provider said of one attempt.

    Raises:
        Exception: what was neither an answer nor one of the provider's errors.
    """
    match said:
        case ChargeState():
            settled = settle.apply(attempt_id=ask.attempt_id, state=said, now=now, actor=actor)
            return result_of(settled)
        case TakenBefore():
            return _taken_before(ask, said, now=now, actor=actor)
        case NotAsked():
            settle.never_asked(attempt_id=ask.attempt_id, now=now, actor=actor)
            return ChargeResult.STOPPED
        case provider_errors.ProviderUnknown():
            return _unknown(ask, code=said.code, now=now, actor=actor)
        case provider_errors.ProviderRetryable():
            # Certainly nothing happened, but only the janitor may say so: he asks later.
            return ChargeResult.UNKNOWN
        case provider_errors.ProviderPermanent():
            return _refused(ask, code=said.code, now=now, actor=actor)
    raise said


@transaction.atomic
def _taken_before(ask: Ask, said: TakenBefore, *, now: datetime, actor: str) -> ChargeResult:
    """The attempt that was not asked for makes room for the one that brought the money."""
    settle.never_asked(attempt_id=ask.attempt_id, now=now, actor=actor)
    found = settle.apply(attempt_id=said.attempt_id, state=said.state, now=now, actor=actor)
    return result_of(found)


def _unknown(ask: Ask, *, code: str, now: datetime, actor: str) -> ChargeResult:
    try:
        donation_services.attempt_unknown(
            attempt_id=ask.attempt_id, now=now, actor=actor, reason=code
        )
    except InvalidTransition:
        # The provider's own message came before its answer was given up for lost.
        return result_of(donation_models.PaymentAttempt.objects.get(pk=ask.attempt_id))
    return ChargeResult.UNKNOWN


def result_of(attempt: donation_models.PaymentAttempt) -> ChargeResult:
    """This will say how an attempt counts in the run's report."""
    if attempt.state in donation_states.ATTEMPT_RECEIVED:
        return ChargeResult.CHARGED
    if attempt.state in {_Attempt.DECLINED, _Attempt.ACTION_REQUIRED}:
        return ChargeResult.DECLINED
    return ChargeResult.UNKNOWN


@transaction.atomic
def _refused(ask: Ask, *, code: str, now: datetime, actor: str) -> ChargeResult:
    """A request the provider calls wrong is our fault, not the donor's: a human must look."""
    donation_services.attempt_decline(
        attempt_id=ask.attempt_id,
        provider_ref="",
        decline_code=code,
        is_retryable=False,
        now=now,
        actor=actor,
    )
    membership_services.membership_park(
        membership_id=ask.membership_id, now=now, actor=actor, reason=f"provider: {code}"
    )
    return ChargeResult.PARKED


def _park_after_error(cycle_id: int, *, now: datetime, actor: str) -> ChargeResult:
    cycle = membership_selectors.cycle_get(cycle_id=cycle_id)
    with contextlib.suppress(InvalidTransition):  # staff may have it already
        membership_services.membership_park(
            membership_id=cycle.membership_id, now=now, actor=actor, reason="unexpected_error"
        )
    return ChargeResult.PARKED
