"""Answering the shop when it asks our payment app, and the provider's messages.

Rules are checked here once more, whatever storefront opened the checkout, because this is the
last moment before money moves. Nothing here ever answers with an HTTP error: the shop would
take silence for a failure although money may have moved.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from saleor_ext.common import jptime, registry
from saleor_ext.common.errors import Refusal
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import ChargeState, Outcome
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import services as donation_services
from saleor_ext.donations import states as donation_states
from saleor_ext.flows import errors
from saleor_ext.flows.joining import join, shop_join
from saleor_ext.flows.month import janitor, pay_step, settle
from saleor_ext.flows.payments import disputes, refunds, session_words, shop_requests
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.saleor_connector import sessions
from saleor_ext.saleor_connector.sessions import Session

logger = logging.getLogger(__name__)

Answer = dict[str, Any]
SHOP_ACTOR = "shop"
REFUND_KINDS = ("refund.", "charge.refund")
DISPUTE_KINDS = ("charge.dispute",)


def session_answer(session: Session, *, now: datetime) -> Answer:
    """This will answer one question of the shop's to our payment app."""
    handlers: dict[str, Callable[[Session, datetime], Answer]] = {
        "payment_gateway_initialize_session": _gateway,
        "transaction_initialize_session": _initialize,
        "transaction_process_session": _process,
    }
    try:
        if session.event in shop_requests.FAILURES:
            return shop_requests.answer(session, now=now, actor=SHOP_ACTOR)
        handler = handlers.get(session.event, _unsupported)
        return handler(session, now)
    except Refusal as error:
        return _failure(session, code=error.code, fields=error.fields.get("fields"))
    except provider_errors.ProviderError as error:
        logger.warning("payment session %s: %s", session.event, error.code)
        return _failure(session, code="provider_unavailable")
    except Exception:
        logger.exception("payment session %s", session.event)
        return _failure(session, code="unexpected_error")


def _unsupported(session: Session, now: datetime) -> Answer:
    return _failure(session, code="not_supported")


def unreadable_answer(*, event: str) -> Answer | None:
    """This will answer a question whose amounts are no whole yen; None when it can only be
    refused at the door.
    """
    said = _said("currency_not_jpy")
    if event == "payment_gateway_initialize_session":
        return sessions.gateway_answer(data=said)
    if event not in {"transaction_initialize_session", "transaction_process_session"}:
        return None
    return sessions.charge_answer(
        result="CHARGE_FAILURE",
        amount_yen=Yen(0),
        message=session_words.words_of("currency_not_jpy").both,
        data=said,
    )


def _gateway(session: Session, now: datetime) -> Answer:
    """What the browser needs; a tier's checkout gets this month's gifts on the way."""
    data: Answer = dict(registry.payment_provider().publishable_config())
    if session.source is not None and session.source.kind == "checkout":
        try:
            prepared = shop_join.checkout_prepare(session.source, today=jptime.jst_date(now))
        except Refusal as error:
            return sessions.gateway_answer(data=data | _said(error.code, error.fields))
        data |= {"furusato": prepared} if prepared else {}
    return sessions.gateway_answer(data=data)


def _initialize(session: Session, now: datetime) -> Answer:
    attempt = _attempt_of(session)
    if attempt is None:
        attempt = shop_join.attempt_begin(session, now=now, actor=SHOP_ACTOR)
    if attempt.state in donation_states.ATTEMPT_RECEIVED:
        return _received_answer(session, attempt)
    if attempt.state not in donation_states.ATTEMPT_OPEN:
        return _failure(session, code=attempt.decline_code or "card_declined")
    _check(session, attempt=attempt, now=now)
    donation_services.attempt_transaction_keep(
        attempt_id=attempt.pk, shop_transaction_id=session.transaction_id
    )
    state = pay_step.charge_open(attempt_id=attempt.pk)
    attempt = settle.apply(attempt_id=attempt.pk, state=state, now=now, actor=SHOP_ACTOR)
    if attempt.state in donation_states.ATTEMPT_RECEIVED:
        return _received_answer(session, attempt)
    if attempt.state not in donation_states.ATTEMPT_OPEN:
        return _failure(session, code=attempt.decline_code or "card_declined")
    return _action_required(attempt, state)


def _attempt_of(session: Session) -> donation_models.PaymentAttempt | None:
    """The attempt a transaction of the shop shows, or the one of ours whose key it was given."""
    by_transaction = donation_selectors.attempt_by_transaction(
        shop_transaction_id=session.transaction_id
    )
    if by_transaction is not None:
        return by_transaction
    by_key = donation_selectors.attempt_by_key(key=session.key)
    if by_key is None or not _is_its_source(session, by_key):
        return None
    # A double click: the other request may have shown it in this transaction just now.
    is_shown_elsewhere = by_key.shop_transaction_id not in {"", session.transaction_id}
    return None if is_shown_elsewhere else by_key


def _is_its_source(session: Session, attempt: donation_models.PaymentAttempt) -> bool:
    """A key opens nothing for anybody who should happen to know it."""
    if session.source is None:
        return True
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    if session.source.kind == "order":
        return session.source.external_reference == membership_selectors.cycle_key(cycle=cycle)
    return session.source.user_id == cycle.membership.donor.saleor_user_id


def _check(session: Session, *, attempt: donation_models.PaymentAttempt, now: datetime) -> None:
    """This will refuse what forbids the charge by now, whatever was checked before.

    Raises:
        CheckoutRefused, RuleBroken: the first thing that stands against it.
    """
    if session.amount_yen != attempt.amount_yen:
        raise errors.CheckoutRefused("amount_not_tier", "amount")
    if session.source is not None and session.source.total_yen != attempt.amount_yen:
        raise errors.CheckoutRefused("amount_not_tier", "amount")
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    today = jptime.jst_date(now)
    if attempt.is_from_shop:
        shop_join.attempt_check(session, attempt=attempt, cycle=cycle, today=today)
    if cycle.n > 0:
        return  # a later month was checked when it was locked
    codes = join.join_rules(
        donor=cycle.membership.donor,
        tier=cycle.tier,
        is_box_wanted=cycle.membership.is_box_wanted,
        today=today,
    )
    if codes:
        raise errors.RuleBroken(codes)


def _process(session: Session, now: datetime) -> Answer:
    attempt = _attempt_of(session) or donation_selectors.attempt_by_provider_ref(
        provider_ref=session.psp_reference
    )
    if attempt is None:
        return _failure(session, code="attempt_unknown")
    attempt = settle.attempt_settle(attempt_id=attempt.pk, now=now, actor=SHOP_ACTOR)
    if attempt.state in donation_states.ATTEMPT_RECEIVED:
        return _received_answer(session, attempt)
    if attempt.state in donation_states.ATTEMPT_OPEN:
        return _action_required(attempt, pay_step.charge_open(attempt_id=attempt.pk))
    return _failure(session, code=attempt.decline_code or "card_declined")


def _received_answer(session: Session, attempt: donation_models.PaymentAttempt) -> Answer:
    """From the ledger, never by charging again."""
    if attempt.state == donation_states.AttemptState.REFUNDED:
        return _failure(session, code="refunded")
    return sessions.charge_answer(
        result="CHARGE_SUCCESS",
        amount_yen=Yen(attempt.amount_yen),
        psp_reference=attempt.provider_ref,
        is_refundable=True,
    )


def _action_required(attempt: donation_models.PaymentAttempt, state: ChargeState) -> Answer:
    if state.outcome in {Outcome.PROCESSING, Outcome.SUCCEEDED}:
        # Money that was taken but not written down (another amount) is for staff, not for a card.
        return sessions.charge_answer(
            result="CHARGE_REQUEST",
            amount_yen=Yen(attempt.amount_yen),
            psp_reference=attempt.provider_ref,
        )
    data: Answer = dict(registry.payment_provider().publishable_config())
    if attempt.decline_code:
        data |= _said(attempt.decline_code)
    return sessions.charge_answer(
        result="CHARGE_ACTION_REQUIRED",
        amount_yen=Yen(attempt.amount_yen),
        psp_reference=attempt.provider_ref,
        data=data | {"client_secret": state.client_secret},
    )


def _failure(session: Session, *, code: str, fields: object = None) -> Answer:
    if session.event == "payment_gateway_initialize_session":
        return sessions.gateway_answer(data=_said(code))
    if session.event in shop_requests.FAILURES:
        return shop_requests.failure(session, code=code)
    return sessions.charge_answer(
        result="CHARGE_FAILURE",
        amount_yen=Yen(max(session.amount_yen or 0, 0)),
        psp_reference=session.psp_reference,
        message=session_words.words_of(code).both,
        data=_said(code, {"fields": fields}),
    )


def _said(code: str, details: Mapping[str, object] | None = None) -> Answer:
    """What a storefront's program reads: the code, which fields, and words for its donor."""
    fields = (details or {}).get("fields")
    words = session_words.words_of(code)
    return {
        "code": code,
        "fields": list(fields) if isinstance(fields, (list, tuple)) else [],
        "message": {"ja": words.japanese, "en": words.english},
    }


def provider_event_handle(
    *, provider_ref: str, now: datetime, kind: str = "", key: str = ""
) -> None:
    """This will look again at the attempt a provider's message spoke of.

    The message itself is not believed: the attempt is fetched, so order and repetition of
    messages do not matter. What cannot be fetched now, the janitor finds. `kind` only says
    whether what was given back is to be looked at, too; `key` is our own name of the attempt.

    Raises:
        ProviderUnknown, ProviderRetryable: the provider could not be asked; nothing changed.
    """
    attempt = event_attempt(provider_ref=provider_ref, key=key)
    if attempt is None:
        return
    has_lost_answer = not attempt.provider_ref
    attempt = settle.attempt_settle(attempt_id=attempt.pk, now=now, actor="provider")
    if has_lost_answer and attempt.state in donation_states.ATTEMPT_RECEIVED:
        # Taken for unpaid, the month may be open in its donor's browser: it is not asked for twice.
        janitor.attempts_close(cycle_id=attempt.cycle_id, now=now, actor="provider")
    if kind.startswith(REFUND_KINDS):
        refunds.refunds_look(attempt=attempt, now=now, actor="provider")
    if kind.startswith(DISPUTE_KINDS):
        disputes.disputes_look(attempt=attempt, now=now, actor="provider")


def event_attempt(*, provider_ref: str, key: str) -> donation_models.PaymentAttempt | None:
    """This will find the attempt of a message: by the provider's reference, or by our key when that
    was lost with an answer. One that is being asked for just now learns it from its own answer.
    """
    attempt = donation_selectors.attempt_by_provider_ref(provider_ref=provider_ref)
    if attempt is not None or not key:
        return attempt
    attempt = donation_selectors.attempt_by_key(key=key)
    if attempt is None or attempt.provider_ref:
        return None
    return None if attempt.state == donation_states.AttemptState.INTENT else attempt
