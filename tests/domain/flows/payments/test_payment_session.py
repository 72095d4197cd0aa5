"""What our payment app answers the shop: to every question, and always an answer."""

from dataclasses import replace
from typing import Any

import pytest

from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import ChargeState, Outcome
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.month import pay_step
from saleor_ext.flows.payments import payment_session, session_words
from saleor_ext.membership import services as membership_services
from saleor_ext.saleor_connector.sessions import Session, Source
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOW = world.NOW
INITIALIZE = "transaction_initialize_session"
PROCESS = "transaction_process_session"
GATEWAY = "payment_gateway_initialize_session"
EVENTS = [
    GATEWAY,
    INITIALIZE,
    PROCESS,
    "transaction_charge_requested",
    "transaction_refund_requested",
    "transaction_cancelation_requested",
    "something_of_tomorrow",
]


def ask(event: str = INITIALIZE, **changes: Any) -> dict[str, Any]:
    """What the app answers to one question."""
    session = Session(
        event=event,
        digest="digest",
        issued_at=NOW,
        key="",
        amount_yen=Yen(3000),
        transaction_id="transaction-1",
        psp_reference="",
        source=None,
        data={},
    )
    return payment_session.session_answer(replace(session, **changes), now=NOW)


def source(total_yen: int) -> Source:
    return Source(
        kind="checkout",
        id="checkout-1",
        external_reference="",
        user_id="user-hanako",
        email="hanako@example.jp",
        total_yen=Yen(total_yen),
        metadata={},
        lines=(),
    )


def first_attempt_make() -> donation_models.PaymentAttempt:
    cycle = months.month_of(world.draft_make(tier=world.world_make()), 0)
    world.first_lock(cycle=cycle)
    return months.attempt_make(cycle, is_off_session=False, now=NOW)


def opened_attempt_make() -> donation_models.PaymentAttempt:
    """An attempt whose payment the shop opened with us."""
    attempt = first_attempt_make()
    assert ask(key=attempt.key)["result"] == "CHARGE_ACTION_REQUIRED"
    attempt.refresh_from_db()
    return attempt


def paid_attempt_make(provider: MemoryProvider) -> donation_models.PaymentAttempt:
    attempt = opened_attempt_make()
    provider.confirm(attempt.key)
    assert ask(PROCESS, psp_reference=attempt.provider_ref)["result"] == "CHARGE_SUCCESS"
    attempt.refresh_from_db()
    return attempt


def said(code: str, *fields: str) -> dict[str, object]:
    words = session_words.words_of(code)
    return {
        "code": code,
        "fields": list(fields),
        "message": {"ja": words.japanese, "en": words.english},
    }


def failure(code: str, *fields: str, amount: int = 3000, **extra: object) -> dict[str, object]:
    return {
        "result": "CHARGE_FAILURE",
        "amount": amount,
        "message": session_words.words_of(code).both,
        "data": said(code, *fields),
        **extra,
    }


def test_the_gateway_question_is_answered_with_what_the_browser_needs(
    provider: MemoryProvider,
) -> None:
    assert ask(GATEWAY, amount_yen=None) == {
        "data": {"publishable_key": "pk_test", "script_url": "http://127.0.0.1/stripe.js"}
    }


def test_opening_a_payment_hands_out_the_means_to_confirm_it(provider: MemoryProvider) -> None:
    # given
    attempt = first_attempt_make()

    # when
    answer = ask(key=attempt.key, source=source(3000))

    # then
    assert answer == {
        "result": "CHARGE_ACTION_REQUIRED",
        "amount": 3000,
        "pspReference": "pi_1",
        "data": {
            "publishable_key": "pk_test",
            "script_url": "http://127.0.0.1/stripe.js",
            "client_secret": "pi_1_secret",
        },
    }
    attempt.refresh_from_db()
    assert (attempt.state, attempt.provider_ref) == ("intent", "pi_1")


def test_opening_it_again_opens_nothing_new(provider: MemoryProvider) -> None:
    # given
    attempt = first_attempt_make()

    # when
    answers = [ask(key=attempt.key) for _ in range(3)]

    # then
    assert answers[0] == answers[1] == answers[2]
    assert len(provider.charges) == 1


def test_two_clicks_of_which_one_overtakes_the_other_are_shown_the_same_payment(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given the other click is answered just after this one's transaction was not found
    attempt = first_attempt_make()
    real = donation_selectors.attempt_by_transaction
    others: list[dict[str, Any]] = []

    def overtaken(*, shop_transaction_id: str) -> donation_models.PaymentAttempt | None:
        found = real(shop_transaction_id=shop_transaction_id)
        if not others:
            others.append({})
            others[0] = ask(key=attempt.key, source=source(3000))
        return found

    monkeypatch.setattr(donation_selectors, "attempt_by_transaction", overtaken)

    # when
    answer = ask(key=attempt.key, source=source(3000))

    # then
    assert others == [answer]
    assert answer["result"] == "CHARGE_ACTION_REQUIRED"
    assert len(provider.charges) == 1


def test_a_key_that_is_shown_in_another_transaction_opens_nothing(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = opened_attempt_make()

    # when
    answer = ask(key=attempt.key, transaction_id="transaction-2", source=source(3000))

    # then
    assert answer == failure("tier_missing", "lines")
    assert len(provider.charges) == 1


@pytest.mark.parametrize("amount_yen", [2999, 3001, 0, None])
def test_another_amount_than_the_tiers_is_refused_before_anything_is_opened(
    provider: MemoryProvider, amount_yen: int | None
) -> None:
    # given
    attempt = first_attempt_make()

    # when
    answer = ask(key=attempt.key, amount_yen=amount_yen)

    # then
    assert answer == failure("amount_not_tier", "amount", amount=amount_yen or 0)
    assert provider.calls == []


def test_a_checkout_with_another_total_is_refused(provider: MemoryProvider) -> None:
    attempt = first_attempt_make()

    assert ask(key=attempt.key, source=source(3500)) == failure("amount_not_tier", "amount")
    assert provider.calls == []


@pytest.mark.parametrize("event", [INITIALIZE, PROCESS])
@pytest.mark.parametrize("key", ["", "fs-nobody-0-a1"])
def test_a_payment_we_did_not_write_down_is_refused(
    provider: MemoryProvider, event: str, key: str
) -> None:
    assert ask(event, key=key) == failure("attempt_unknown")
    assert provider.calls == []


def test_the_rules_are_checked_once_more_whatever_shop_front_opened_the_checkout(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = first_attempt_make()
    membership_services.donor_details_set(
        donor_id=attempt.cycle.membership.donor_id,
        details={"prefecture": "高知県", "city": "汐見町"},
    )

    # then
    assert ask(key=attempt.key) == failure("resident_no_gift")
    assert provider.calls == []


def test_money_that_is_in_the_ledger_is_told_from_the_ledger(provider: MemoryProvider) -> None:
    # given
    attempt = paid_attempt_make(provider)
    provider.charges.clear()
    provider.calls.clear()

    # when
    answers = [
        ask(key=attempt.key),
        ask(PROCESS, psp_reference=attempt.provider_ref),
        ask(PROCESS, key=attempt.key),
    ]

    # then
    assert (
        answers
        == [
            {
                "result": "CHARGE_SUCCESS",
                "amount": 3000,
                "pspReference": attempt.provider_ref,
                "actions": ["REFUND"],
            }
        ]
        * 3
    )
    assert provider.calls == []
    assert world.donated_count() == 1


def test_a_renewal_is_told_from_the_ledger_without_charging(provider: MemoryProvider) -> None:
    # given
    cycle = months.december_make(provider)
    months.run(provider, months.CHARGE_DAY)
    attempt = donation_models.PaymentAttempt.objects.get(cycle=cycle)
    calls = list(provider.calls)

    # when
    answer = ask(key=attempt.key)

    # then
    assert (answer["result"], answer["pspReference"]) == ("CHARGE_SUCCESS", attempt.provider_ref)
    assert provider.calls == calls


def test_coming_back_from_the_card_page_tells_the_shop_what_the_provider_says(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = opened_attempt_make()

    # then
    assert ask(PROCESS, psp_reference="pi_1")["result"] == "CHARGE_ACTION_REQUIRED"
    provider.confirm(attempt.key, "insufficient_funds")
    assert ask(PROCESS, psp_reference="pi_1")["result"] == "CHARGE_ACTION_REQUIRED"
    provider.charges[attempt.key] = replace(
        provider.charges[attempt.key], outcome=Outcome.PROCESSING
    )
    assert ask(PROCESS, psp_reference="pi_1") == {
        "result": "CHARGE_REQUEST",
        "amount": 3000,
        "pspReference": "pi_1",
    }
    provider.confirm(attempt.key)
    assert ask(PROCESS, psp_reference="pi_1")["result"] == "CHARGE_SUCCESS"
    assert world.donated_count() == 1


@pytest.mark.parametrize("event", [INITIALIZE, PROCESS])
def test_a_payment_that_was_closed_is_a_failure_and_hands_out_nothing(
    provider: MemoryProvider, event: str
) -> None:
    # given
    attempt = opened_attempt_make()
    pay_step.attempts_give_up(membership=attempt.cycle.membership, now=NOW, actor="test")

    # when
    answer = ask(event, key=attempt.key)

    # then
    assert answer == failure("abandoned")


@pytest.mark.parametrize("event", [INITIALIZE, PROCESS])
def test_money_of_another_amount_is_neither_a_success_nor_a_card_form(
    provider: MemoryProvider, event: str
) -> None:
    # given
    attempt = opened_attempt_make()
    provider.charges[attempt.key] = months.answer(
        attempt, Outcome.SUCCEEDED, provider_ref="pi_1", amount_yen=2999
    )

    # when
    answer = ask(event, key=attempt.key)

    # then
    assert "data" not in answer
    assert answer["result"] in {"CHARGE_REQUEST", "CHARGE_FAILURE"}
    assert world.donated_count() == 0


PROVIDER_ERRORS = [
    provider_errors.ProviderUnknown("timeout"),
    provider_errors.ProviderRetryable("rate_limit"),
    provider_errors.ProviderPermanent("parameter_invalid"),
]


@pytest.mark.parametrize("error", PROVIDER_ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("event", [INITIALIZE, PROCESS])
def test_a_provider_that_fails_is_answered_not_raised(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch, event: str, error: Exception
) -> None:
    # given
    attempt = first_attempt_make()

    def away(*args: object, **kwargs: object) -> ChargeState:
        raise error

    for name in ("charge_open", "charge_find", "charge_fetch"):
        monkeypatch.setattr(MemoryProvider, name, away)

    # when
    answer = ask(event, key=attempt.key)

    # then
    assert answer == failure("provider_unavailable")
    attempt.refresh_from_db()
    assert attempt.state == "intent"


@pytest.mark.parametrize("event", [GATEWAY, INITIALIZE, PROCESS])
def test_a_bug_is_answered_not_raised(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch, event: str
) -> None:
    # given
    attempt = first_attempt_make()

    def broken(*args: object, **kwargs: object) -> ChargeState:
        raise ZeroDivisionError("花子の住所")

    for name in ("publishable_config", "charge_open", "charge_find"):
        monkeypatch.setattr(MemoryProvider, name, broken)

    # when
    answer = ask(event, key=attempt.key)

    # then
    code = said("unexpected_error")
    assert answer == ({"data": code} if event == GATEWAY else failure("unexpected_error"))


def test_a_question_of_tomorrow_is_refused_in_words(provider: MemoryProvider) -> None:
    assert ask("something_of_tomorrow", psp_reference="pi_9") == failure(
        "not_supported", pspReference="pi_9"
    )


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("amount_yen", [None, 0, -1, 3000])
@pytest.mark.parametrize("psp_reference", ["", "pi_1", "x" * 500])
def test_every_question_gets_an_answer(
    provider: MemoryProvider, event: str, amount_yen: int | None, psp_reference: str
) -> None:
    # when no town, no donor and no attempt exists
    answer = ask(event, amount_yen=amount_yen, psp_reference=psp_reference)

    # then
    assert isinstance(answer, dict)
    assert ("data" in answer) or ("result" in answer)
    assert donation_models.PaymentAttempt.objects.count() == 0


def test_the_providers_message_makes_us_look_and_is_not_believed_itself(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = opened_attempt_make()

    # when
    payment_session.provider_event_handle(provider_ref="pi_1", now=NOW)
    before = world.donated_count()
    provider.confirm(attempt.key)
    for _ in range(3):
        payment_session.provider_event_handle(provider_ref="pi_1", now=NOW)
    payment_session.provider_event_handle(provider_ref="pi_of_somebody_else", now=NOW)
    payment_session.provider_event_handle(provider_ref="", now=NOW)

    # then
    assert (before, world.donated_count()) == (0, 1)
