"""Answering the shop when it asks our payment app, and the provider's messages.

Rules are checked here once more, whatever storefront opened the checkout, because this is the
last moment before money moves. Nothing here ever answers with an HTTP error: the shop would
take silence for a failure although money may have moved.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from saleor_ext.common import jptime, registry
from saleor_ext.common.errors import Refusal
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import ChargeState, Outcome
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows import join, pay_step, settle
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.saleor_connector import sessions
from saleor_ext.saleor_connector.sessions import Session

logger = logging.getLogger(__name__)

Answer = dict[str, Any]
SHOP_ACTOR = "shop"


def session_answer(session: Session, *, now: datetime) -> Answer:
    """This will answer one question of the shop's to our payment app."""
    handlers: dict[str, Callable[[Session, datetime], Answer]] = {
        "payment_gateway_initialize_session": _gateway,
        "transaction_initialize_session": _initialize,
        "transaction_process_session": _process,
    }
    handler = handlers.get(session.event)
    if handler is None:
        return _failure(session, code="not_supported")
    try:
        return handler(session, now)
    except Refusal as error:
        return _failure(session, code=error.code)
    except provider_errors.ProviderError as error:
        logger.warning("payment session %s: %s", session.event, error.code)
        return _failure(session, code="provider_unavailable")
    except Exception:
        logger.exception("payment session %s", session.event)
        return _failure(session, code="unexpected_error")


def _gateway(session: Session, now: datetime) -> Answer:
    return sessions.gateway_answer(data=dict(registry.payment_provider().publishable_config()))


def _initialize(session: Session, now: datetime) -> Answer:
    attempt = donation_selectors.attempt_by_key(key=session.key)
    if attempt is None:
        return _failure(session, code="attempt_unknown")
    if attempt.state in donation_states.ATTEMPT_RECEIVED:
        return _received_answer(attempt)
    if attempt.state not in donation_states.ATTEMPT_OPEN:
        return _failure(session, code=attempt.decline_code or "card_declined")
    problem = _problem(session, attempt=attempt, now=now)
    if problem:
        return _failure(session, code=problem)
    state = pay_step.charge_open(attempt_id=attempt.pk)
    attempt = settle.apply(attempt_id=attempt.pk, state=state, now=now, actor=SHOP_ACTOR)
    if attempt.state in donation_states.ATTEMPT_RECEIVED:
        return _received_answer(attempt)
    if attempt.state not in donation_states.ATTEMPT_OPEN:
        return _failure(session, code=attempt.decline_code or "card_declined")
    return _action_required(attempt, state)


def _problem(session: Session, *, attempt: donation_models.PaymentAttempt, now: datetime) -> str:
    """The code of what forbids the charge, "" when nothing does."""
    if session.amount_yen != attempt.amount_yen:
        return "amount_not_tier"
    if session.source is not None and session.source.total_yen != attempt.amount_yen:
        return "amount_not_tier"
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    if cycle.n > 0:
        return ""  # a later month was checked when it was locked
    return _join_problem(cycle, now=now)


def _join_problem(cycle: membership_models.Cycle, *, now: datetime) -> str:
    codes = join.join_rules(
        donor=cycle.membership.donor,
        tier=cycle.tier,
        is_box_wanted=cycle.membership.is_box_wanted,
        today=jptime.jst_date(now),
    )
    return codes[0] if codes else ""


def _process(session: Session, now: datetime) -> Answer:
    attempt = donation_selectors.attempt_by_provider_ref(
        provider_ref=session.psp_reference
    ) or donation_selectors.attempt_by_key(key=session.key)
    if attempt is None:
        return _failure(session, code="attempt_unknown")
    attempt = settle.attempt_settle(attempt_id=attempt.pk, now=now, actor=SHOP_ACTOR)
    if attempt.state in donation_states.ATTEMPT_RECEIVED:
        return _received_answer(attempt)
    if attempt.state in donation_states.ATTEMPT_OPEN:
        return _action_required(attempt, pay_step.charge_open(attempt_id=attempt.pk))
    return _failure(session, code=attempt.decline_code or "card_declined")


def _received_answer(attempt: donation_models.PaymentAttempt) -> Answer:
    """From the ledger, never by charging again."""
    return sessions.charge_answer(
        result="CHARGE_SUCCESS",
        amount_yen=Yen(attempt.amount_yen),
        psp_reference=attempt.provider_ref,
    )


def _action_required(attempt: donation_models.PaymentAttempt, state: ChargeState) -> Answer:
    if state.outcome in {Outcome.PROCESSING, Outcome.SUCCEEDED}:
        # Money that was taken but not written down (another amount) is for staff, not for a card.
        return sessions.charge_answer(
            result="CHARGE_REQUEST",
            amount_yen=Yen(attempt.amount_yen),
            psp_reference=attempt.provider_ref,
        )
    config = registry.payment_provider().publishable_config()
    return sessions.charge_answer(
        result="CHARGE_ACTION_REQUIRED",
        amount_yen=Yen(attempt.amount_yen),
        psp_reference=attempt.provider_ref,
        data={**config, "client_secret": state.client_secret},
    )


def _failure(session: Session, *, code: str) -> Answer:
    if session.event == "payment_gateway_initialize_session":
        return sessions.gateway_answer(data={"code": code})
    amount_yen = Yen(max(session.amount_yen or 0, 0))
    if "refund" in session.event or "cancelation" in session.event:
        result = "REFUND_FAILURE" if "refund" in session.event else "CANCEL_FAILURE"
        return sessions.request_done_answer(
            result=result,
            psp_reference=session.psp_reference,
            amount_yen=amount_yen,
            message=code,
        )
    return sessions.charge_answer(
        result="CHARGE_FAILURE",
        amount_yen=amount_yen,
        psp_reference=session.psp_reference,
        message=code,
        data={"code": code},
    )


def provider_event_handle(*, provider_ref: str, now: datetime) -> None:
    """This will look again at the attempt a provider's message spoke of.

    The message itself is not believed: the attempt is fetched, so order and repetition of
    messages do not matter. What cannot be fetched now, the janitor finds.
    """
    attempt = donation_selectors.attempt_by_provider_ref(provider_ref=provider_ref)
    if attempt is not None:
        settle.attempt_settle(attempt_id=attempt.pk, now=now, actor="provider")
