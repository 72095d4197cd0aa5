"""Taking one month's donation off-session: write the attempt, commit, call, write the answer."""

from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from saleor_ext.common import jptime, registry
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import ChargeRequest
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import errors as donation_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import services as donation_services
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.month import settle
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.membership import services as membership_services
from saleor_ext.membership import states as membership_states
from saleor_ext.operation.errors import ChargingStopped, PlaceUnconfirmed

_Attempt = donation_states.AttemptState


class ChargeResult(StrEnum):
    """What became of one month in one run."""

    CHARGED = "charged"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    NOT_DUE = "not_due"  # somebody else has it, or it is no longer to be charged
    PARKED = "parked"
    STOPPED = "stopped"  # nothing is taken here for the time being


def cycle_charge(*, cycle_id: int, now: datetime, actor: str) -> ChargeResult:
    """This will receive a locked month's donation with the card on file, at most once.

    No transaction is open while the provider is asked. A lost answer leaves the attempt
    `unknown`; nobody tries again before the provider said what happened.
    """
    begun = _begin(cycle_id=cycle_id, now=now, actor=actor)
    if isinstance(begun, ChargeResult):
        return begun
    attempt, request = begun
    try:
        state = settle.earlier_life_state(
            attempt=attempt
        ) or registry.payment_provider().charge_off_session(request)
    except provider_errors.ProviderUnknown as error:
        return _unknown(attempt=attempt, code=error.code, now=now, actor=actor)
    except provider_errors.ProviderRetryable:
        # Certainly nothing happened: the same attempt, with the same key, is asked again later.
        return ChargeResult.UNKNOWN
    except provider_errors.ProviderPermanent as error:
        return _refused(attempt=attempt, code=error.code, now=now, actor=actor)
    settled = settle.apply(attempt_id=attempt.pk, state=state, now=now, actor=actor)
    return result_of(settled)


def _unknown(
    *, attempt: donation_models.PaymentAttempt, code: str, now: datetime, actor: str
) -> ChargeResult:
    try:
        donation_services.attempt_unknown(attempt_id=attempt.pk, now=now, actor=actor, reason=code)
    except InvalidTransition:
        # The provider's own message came before its answer was given up for lost.
        attempt.refresh_from_db()
        return result_of(attempt)
    return ChargeResult.UNKNOWN


def result_of(attempt: donation_models.PaymentAttempt) -> ChargeResult:
    """This will say how an attempt counts in the run's report."""
    if attempt.state in donation_states.ATTEMPT_RECEIVED:
        return ChargeResult.CHARGED
    if attempt.state in {_Attempt.DECLINED, _Attempt.ACTION_REQUIRED}:
        return ChargeResult.DECLINED
    return ChargeResult.UNKNOWN


def _begin(
    *, cycle_id: int, now: datetime, actor: str
) -> tuple[donation_models.PaymentAttempt, ChargeRequest] | ChargeResult:
    with transaction.atomic():
        cycle = _claimable(cycle_id)
        if cycle is None or not _is_due(cycle, today=jptime.jst_date(now)):
            return ChargeResult.NOT_DUE
        card = donation_selectors.card_current(donor_id=cycle.membership.donor_id)
        if card is None:
            membership_services.membership_park(
                membership_id=cycle.membership_id, now=now, actor=actor, reason="card_missing"
            )
            return ChargeResult.PARKED
        key = membership_selectors.cycle_key(cycle=cycle)
        try:
            attempt = donation_services.attempt_begin(
                cycle_id=cycle.pk,
                cycle_key=key,
                amount_yen=Yen(cycle.amount_yen),
                is_off_session=True,
                now=now,
                actor=actor,
            )
        except donation_errors.AttemptOpen:
            return ChargeResult.NOT_DUE
        except (ChargingStopped, PlaceUnconfirmed):
            return ChargeResult.STOPPED
    return attempt, charge_request(attempt=attempt, cycle=cycle, card=card)


def _claimable(cycle_id: int) -> membership_models.Cycle | None:
    """The row lock makes a second run wait here and then find the attempt."""
    cycle = (
        membership_models.Cycle.objects.select_for_update(of=("self",))
        .select_related("membership", "tier")
        .filter(pk=cycle_id, state=membership_states.CycleState.LOCKED)
        .first()
    )
    if cycle is None or cycle.membership.state not in membership_states.MEMBERSHIP_CHARGEABLE:
        return None
    return cycle


def _is_due(cycle: membership_models.Cycle, *, today: date) -> bool:
    """A run that chose the month before another one was declined for it comes too late."""
    if cycle.next_try_on is not None:
        return cycle.next_try_on <= today
    return donation_selectors.latest_attempt(cycle_id=cycle.pk) is None


def charge_request(
    *,
    attempt: donation_models.PaymentAttempt,
    cycle: membership_models.Cycle,
    card: donation_models.CardOnFile | None,
    customer_ref: str = "",
) -> ChargeRequest:
    """This will put together what the provider is asked; the same attempt asks the same."""
    return ChargeRequest(
        key=attempt.key,
        amount_yen=Yen(attempt.amount_yen),
        customer_ref=card.customer_ref if card else customer_ref,
        method_ref=card.method_ref if card else None,
        description=f"{cycle.tier.name} {cycle.month:%Y-%m}",
        metadata={"cycle": membership_selectors.cycle_key(cycle=cycle)},
    )


def _refused(
    *, attempt: donation_models.PaymentAttempt, code: str, now: datetime, actor: str
) -> ChargeResult:
    """A request the provider calls wrong is our fault, not the donor's: a human must look."""
    with transaction.atomic():
        donation_services.attempt_decline(
            attempt_id=attempt.pk,
            provider_ref="",
            decline_code=code,
            is_retryable=False,
            now=now,
            actor=actor,
        )
        cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
        membership_services.membership_park(
            membership_id=cycle.membership_id, now=now, actor=actor, reason=f"provider: {code}"
        )
    return ChargeResult.PARKED
