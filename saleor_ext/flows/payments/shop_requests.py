"""What staff ask of a payment in the shop's Dashboard: give it back, close it, charge it.

Answered fast and never with an HTTP error. The shop's own jobs ask the same for checkouts that
nobody completed, and get the same answers.
"""

from datetime import datetime
from typing import Any

from saleor_ext.common.errors import Refusal
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows import errors
from saleor_ext.flows.month import janitor
from saleor_ext.flows.payments import refunds, session_words
from saleor_ext.saleor_connector import sessions
from saleor_ext.saleor_connector.sessions import Session

Answer = dict[str, Any]
FAILURES = {
    "transaction_charge_requested": "CHARGE_FAILURE",
    "transaction_refund_requested": "REFUND_FAILURE",
    "transaction_cancelation_requested": "CANCEL_FAILURE",
}


def refund_requested(session: Session, *, now: datetime, actor: str) -> Answer:
    """This will take a refund on; its end is reported to the shop when it is known.

    Raises:
        Refusal: it cannot be taken on; nothing was changed.
    """
    refund = refunds.refund_begin(
        attempt_id=_attempt(session).pk,
        amount_yen=session.amount_yen or Yen(0),
        request_digest=session.digest,
        reason=session.refund_reason,
        now=now,
        actor=actor,
    )
    return sessions.request_accepted_answer(psp_reference=refund.key)


def cancelation_requested(session: Session, *, now: datetime, actor: str) -> Answer:
    """This will close a payment at the provider that nobody has finished.

    Raises:
        Refusal: its money has come, or nobody can say now.
    """
    attempt = _attempt(session)
    if attempt.state in donation_states.ATTEMPT_OPEN:
        janitor.attempts_close(cycle_id=attempt.cycle_id, now=now, actor=actor)
        attempt.refresh_from_db()
    if attempt.state in donation_states.ATTEMPT_RECEIVED:
        raise errors.CheckoutRefused("received_already")
    if attempt.state in donation_states.ATTEMPT_OPEN:
        raise errors.ProviderAway()
    return sessions.request_done_answer(
        result="CANCEL_SUCCESS",
        psp_reference=attempt.provider_ref or attempt.key,
        amount_yen=session.amount_yen or Yen(0),
    )


def charge_requested(session: Session, *, now: datetime, actor: str) -> Answer:
    """This will answer from the ledger: a donation is taken at once, there is nothing to capture.

    Raises:
        CheckoutRefused: no money was received.
    """
    attempt = _attempt(session)
    if attempt.state != donation_states.AttemptState.SUCCEEDED:
        raise errors.CheckoutRefused("not_received")
    return sessions.request_done_answer(
        result="CHARGE_SUCCESS",
        psp_reference=attempt.provider_ref,
        amount_yen=Yen(attempt.amount_yen),
    )


def failure(session: Session, *, code: str) -> Answer:
    """This will answer that nothing was done, in words that staff read in the Dashboard.

    The reference is the question's own: under the payment's the shop would mix it up with others.
    """
    return sessions.request_done_answer(
        result=FAILURES[session.event],
        psp_reference=f"refused-{session.digest[:24]}",
        amount_yen=Yen(max(session.amount_yen or 0, 0)),
        message=session_words.words_of(code).both,
    )


def answer(session: Session, *, now: datetime, actor: str) -> Answer:
    """This will answer one request of staff or of the shop's own jobs."""
    handlers = {
        "transaction_charge_requested": charge_requested,
        "transaction_refund_requested": refund_requested,
        "transaction_cancelation_requested": cancelation_requested,
    }
    try:
        return handlers[session.event](session, now=now, actor=actor)
    except Refusal as error:
        return failure(session, code=error.code)
    except provider_errors.ProviderError:
        return failure(session, code="provider_unavailable")


def _attempt(session: Session) -> donation_models.PaymentAttempt:
    attempt = donation_selectors.attempt_by_transaction(
        shop_transaction_id=session.transaction_id
    ) or donation_selectors.attempt_by_provider_ref(provider_ref=session.psp_reference)
    if attempt is None:
        raise errors.CheckoutRefused("attempt_unknown")
    return attempt
