"""Stripe's objects become ours, yen for yen."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from plugins.payment.stripe import declines, mapping
from saleor_ext.contracts.errors import ProviderPermanent
from saleor_ext.contracts.payment import CardDetails, ChargeRequest, Outcome
from saleor_ext.contracts.types import Yen
from tests.plugins.stripe import payloads

JST = timezone(timedelta(hours=9))


@pytest.mark.parametrize("amount_yen", [1, 50, 3000, 99_999_999])
def test_yen_go_out_and_come_back_unchanged(amount_yen: int) -> None:
    sent = mapping.amount_from_yen(Yen(amount_yen))

    assert sent == amount_yen
    assert mapping.yen_from_amount(sent, "jpy") == amount_yen


@pytest.mark.parametrize("amount", [0, -1, 1.0, "3000", True, None])
def test_only_positive_whole_yen_are_sent(amount: Any) -> None:
    with pytest.raises(ValueError, match="whole number of yen"):
        mapping.amount_from_yen(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (3000, "usd", "currency_not_jpy"),
        (3000, "JPY", "currency_not_jpy"),
        (3000, None, "currency_not_jpy"),
        (3000.0, "jpy", "amount_not_whole"),
        ("3000", "jpy", "amount_not_whole"),
        (True, "jpy", "amount_not_whole"),
    ],
)
def test_anything_but_whole_yen_is_refused(amount: object, currency: object, code: str) -> None:
    with pytest.raises(ProviderPermanent) as refusal:
        mapping.yen_from_amount(amount, currency)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.PENDING),
        ({"status": "requires_confirmation"}, Outcome.PENDING),
        ({"status": "requires_action"}, Outcome.ACTION_REQUIRED),
        ({"status": "processing"}, Outcome.PROCESSING),
        ({"status": "requires_capture"}, Outcome.PROCESSING),
        ({"status": "canceled"}, Outcome.CANCELED),
        ({"status": "succeeded", "latest_charge": payloads.charge()}, Outcome.SUCCEEDED),
        ({"last_payment_error": payloads.refusal()}, Outcome.DECLINED),
        (
            {"last_payment_error": payloads.refusal(code="authentication_required")},
            Outcome.ACTION_REQUIRED,
        ),
    ],
)
def test_each_status_has_one_outcome(changes: dict[str, Any], outcome: Outcome) -> None:
    assert mapping.charge_state(payloads.intent(**changes)).outcome is outcome


def test_a_status_nobody_knows_is_refused() -> None:
    with pytest.raises(ProviderPermanent, match="status_unknown"):
        mapping.charge_state(payloads.intent(status="dreaming"))


def test_money_taken_is_read_from_the_charge() -> None:
    # given
    taken = payloads.charge(amount_refunded=500)

    # when
    state = mapping.charge_state(payloads.intent(status="succeeded", latest_charge=taken))

    # then
    assert state.charge_ref == "ch_1"
    assert state.charged_at == datetime(2026, 11, 24, 10, 0, tzinfo=JST)
    assert state.refunded_yen == 500
    assert state.key == "cycle-7-1"
    assert state.metadata == {"cycle": "7"}
    assert state.card == CardDetails(
        method_ref="pm_1", brand="jcb", last4="0505", exp_month=12, exp_year=2030
    )


def test_money_taken_without_its_charge_is_refused_rather_than_guessed() -> None:
    with pytest.raises(ProviderPermanent, match="charge_not_expanded"):
        mapping.charge_state(payloads.intent(status="succeeded", latest_charge="ch_1"))


def test_a_decline_of_an_earlier_card_does_not_stain_a_success() -> None:
    state = mapping.charge_state(
        payloads.intent(
            status="succeeded",
            latest_charge=payloads.charge(),
            last_payment_error=payloads.refusal(decline_code="lost_card"),
        )
    )

    assert (state.decline_code, state.is_retryable) == ("", True)


def test_the_client_secret_is_never_shown() -> None:
    state = mapping.charge_state(payloads.intent())

    assert state.client_secret == "pi_1_secret_2"
    assert "secret" not in repr(state)


def test_a_code_stands_in_where_stripe_gives_no_decline_code() -> None:
    state = mapping.charge_state(
        payloads.intent(last_payment_error=payloads.refusal(code="expired_card", decline_code=None))
    )

    assert (state.decline_code, state.is_retryable) == ("expired_card", False)


@pytest.mark.parametrize(
    "code",
    [
        "lost_card",
        "stolen_card",
        "pickup_card",
        "fraudulent",
        "restricted_card",
        "revocation_of_authorization",
        "revocation_of_all_authorizations",
        "stop_payment_order",
    ],
)
def test_a_hard_decline_is_never_tried_again(code: str) -> None:
    state = mapping.charge_state(
        payloads.intent(last_payment_error=payloads.refusal(decline_code=code))
    )

    assert state.is_retryable is False


@pytest.mark.parametrize(
    "code", ["insufficient_funds", "generic_decline", "do_not_honor", "processing_error"]
)
def test_a_soft_decline_may_be_tried_again_unless_the_bank_advises_against(code: str) -> None:
    assert declines.is_retryable(decline_code=code, advice_code="try_again_later") is True
    assert declines.is_retryable(decline_code=code, advice_code="do_not_try_again") is False


def test_the_request_carries_its_key_and_cards_only() -> None:
    # given
    request = ChargeRequest(
        key="cycle-7-1",
        amount_yen=Yen(3000),
        customer_ref="cus_1",
        description="あ" * 1200,
        metadata={"cycle": "7", "furusato_key": "forged"},
    )

    # when
    params = mapping.intent_params(request)

    # then
    assert params == {
        "amount": 3000,
        "currency": "jpy",
        "customer": "cus_1",
        "description": "あ" * 1000,
        "metadata": {"cycle": "7", "furusato_key": "cycle-7-1"},
        "payment_method_types": ["card"],
    }


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        (datetime(2026, 11, 24, 0, 0, tzinfo=JST), 1_795_446_000),
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), 1_795_446_000),
        (datetime(2026, 11, 23, 15, 0, 0, 1, tzinfo=UTC), 1_795_446_001),
    ],
)
def test_a_moment_becomes_the_first_second_not_before_it(moment: datetime, seconds: int) -> None:
    assert mapping.seconds_from_moment(moment) == seconds


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        mapping.seconds_from_moment(datetime(2026, 11, 24))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("subject", "provider_ref"),
    [
        ({"object": "payment_intent", "id": "pi_1"}, "pi_1"),
        ({"object": "charge", "id": "ch_1", "payment_intent": "pi_1"}, "pi_1"),
        ({"object": "refund", "id": "re_1", "payment_intent": "pi_1"}, "pi_1"),
        ({"object": "refund", "id": "re_1", "payment_intent": {"id": "pi_1"}}, "pi_1"),
        ({"object": "charge", "id": "ch_1", "payment_intent": None}, ""),
        ({"object": "customer", "id": "cus_1"}, ""),
    ],
)
def test_an_event_leads_to_its_intent(subject: dict[str, Any], provider_ref: str) -> None:
    event = mapping.provider_event(
        {"id": "evt_1", "type": "x.y", "created": 1_795_446_000, "data": {"object": subject}}
    )

    assert event.provider_ref == provider_ref
    assert (event.event_id, event.kind) == ("evt_1", "x.y")
    assert event.created_at == datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("subject", "key"),
    [
        (payloads.intent(), "cycle-7-1"),
        (payloads.charge(metadata={"furusato_key": "cycle-7-1"}), "cycle-7-1"),
        (payloads.charge(), ""),
        (payloads.charge(metadata=None), ""),
        # A refund and the entering of a card have keys of their own.
        ({"id": "re_1", "object": "refund", "metadata": {"furusato_key": "cycle-7-1-r1"}}, ""),
        (payloads.setup(), ""),
    ],
)
def test_an_event_of_an_attempt_carries_our_key(subject: dict[str, Any], key: str) -> None:
    event = mapping.provider_event(
        {"id": "evt_1", "type": "x.y", "created": 1_795_446_000, "data": {"object": subject}}
    )

    assert event.key == key


VISA = {
    "id": "pm_1",
    "card": {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2030},
}


@pytest.mark.parametrize(
    ("changes", "outcome", "decline_code"),
    [
        ({}, Outcome.PENDING, ""),
        ({"status": "requires_action"}, Outcome.ACTION_REQUIRED, ""),
        ({"status": "processing"}, Outcome.PROCESSING, ""),
        ({"status": "canceled"}, Outcome.CANCELED, ""),
        ({"status": "succeeded", "payment_method": VISA}, Outcome.SUCCEEDED, ""),
        (
            {"last_setup_error": {"code": "card_declined", "decline_code": "lost_card"}},
            Outcome.DECLINED,
            "lost_card",
        ),
        (
            {"last_setup_error": {"code": "setup_intent_authentication_failure"}},
            Outcome.DECLINED,
            "setup_intent_authentication_failure",
        ),
    ],
)
def test_a_card_entered_for_later_has_one_outcome(
    changes: dict[str, Any], outcome: Outcome, decline_code: str
) -> None:
    entry = mapping.card_entry(payloads.setup(**changes))

    assert (entry.outcome, entry.decline_code) == (outcome, decline_code)
    assert (entry.provider_ref, entry.key, entry.customer_ref) == (
        "seti_1",
        "donor-1-card1",
        "cus_1",
    )
    assert (entry.card is not None) == (outcome is Outcome.SUCCEEDED)
    assert "secret" not in repr(entry)


def test_a_card_that_was_kept_must_be_readable() -> None:
    with pytest.raises(ProviderPermanent) as refusal:
        mapping.card_entry(payloads.setup(status="succeeded", payment_method="pm_1"))

    assert refusal.value.code == "method_not_expanded"


def test_a_message_about_a_card_leads_to_its_entering() -> None:
    event = mapping.provider_event(
        {
            "id": "evt_1",
            "type": "setup_intent.succeeded",
            "created": 1,
            "data": {"object": payloads.setup()},
        }
    )

    assert (event.provider_ref, event.card_entry_ref) == ("", "seti_1")
