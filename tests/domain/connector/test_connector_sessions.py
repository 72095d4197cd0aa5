"""The shop's questions to us as its payment app, and our answers."""

import pytest

from saleor_ext.saleor_connector import errors, hooks, sessions


def message(payload, event="transaction_initialize_session") -> hooks.Message:
    return hooks.Message(event=event, digest="d1", body="", payload=payload, installation=None)


def initialize_payload(**changes):
    payload = {
        "__typename": "TransactionInitializeSession",
        "issuedAt": "2026-11-24T01:00:00.123456+00:00",
        "idempotencyKey": "attempt-1",
        "data": {"locale": "ja"},
        "action": {"amount": 5000.0, "currency": "JPY", "actionType": "CHARGE"},
        "transaction": {"id": "VHg=", "token": "t", "pspReference": ""},
        "sourceObject": {
            "__typename": "Checkout",
            "id": "Q2g=",
            "email": "hanako@example.jp",
            "user": {"id": "VXNlcjox", "email": "hanako@example.jp"},
            "metadata": [{"key": "furusato.membership", "value": "m-1"}],
            "totalPrice": {"gross": {"amount": 5000.0, "currency": "JPY"}},
            "lines": [
                {
                    "id": "1",
                    "quantity": 1,
                    "variant": {"id": "v", "sku": "TIER-5000"},
                    "totalPrice": {"gross": {"amount": 5000.0, "currency": "JPY"}},
                }
            ],
        },
    }
    return payload | changes


def test_a_question_about_a_checkout_is_read():
    session = sessions.session_read(message(initialize_payload()))

    assert (session.key, session.amount_yen, session.transaction_id) == ("attempt-1", 5000, "VHg=")
    assert session.source.kind == "checkout"
    assert session.source.user_id == "VXNlcjox"
    assert session.source.metadata == {"furusato.membership": "m-1"}
    assert session.source.lines == (
        sessions.SourceLine(sku="TIER-5000", quantity=1, total_yen=5000, variant_id="v"),
    )


def test_a_question_about_an_order_carries_our_own_key():
    # given
    order = {
        "__typename": "Order",
        "id": "T3I=",
        "externalReference": "cycle:7:2026-11",
        "userEmail": "hanako@example.jp",
        "user": None,
        "metadata": [],
        "total": {"gross": {"amount": 5000.0, "currency": "JPY"}},
        "lines": [
            {
                "id": "1",
                "quantity": 2,
                "productSku": "GIFT-RICE",
                "totalPrice": {"gross": {"amount": 0.0, "currency": "JPY"}},
            }
        ],
    }

    # when
    source = sessions.session_read(message(initialize_payload(sourceObject=order))).source

    # then
    assert (source.kind, source.external_reference) == ("order", "cycle:7:2026-11")
    assert source.lines[0].sku == "GIFT-RICE"


@pytest.mark.parametrize(
    "action",
    [
        {"amount": 5000.5, "currency": "JPY", "actionType": "CHARGE"},
        {"amount": 50.0, "currency": "USD", "actionType": "CHARGE"},
    ],
)
def test_a_question_that_is_not_about_whole_yen_is_refused(action):
    with pytest.raises(errors.ShopAnswerInvalid):
        sessions.session_read(message(initialize_payload(action=action)))


@pytest.mark.parametrize("data", [None, "text", 5, ["a"]])
def test_whatever_a_browser_passes_is_a_dict_for_us(data):
    session = sessions.session_read(message(initialize_payload(data=data)))

    assert session.data == {}


def test_a_refund_without_a_granted_refund_has_no_reason():
    """The shop sends a grantedRefund with a made-up id when there is none."""
    payload = {
        "__typename": "TransactionRefundRequested",
        "issuedAt": "2026-11-24T01:00:00+00:00",
        "action": {"amount": 1000.0, "currency": "JPY", "actionType": "REFUND"},
        "grantedRefund": {"id": "T3JkZXJHcmFudGVkUmVmdW5kOk5vbmU=", "reason": None},
        "transaction": {
            "id": "VHg=",
            "pspReference": "pi_1",
            "order": {"externalReference": "cycle:7:2026-11"},
        },
    }

    session = sessions.session_read(message(payload, event="transaction_refund_requested"))

    assert (session.refund_reason, session.amount_yen) == ("", 1000)
    assert (session.psp_reference, session.order_reference) == ("pi_1", "cycle:7:2026-11")


def test_a_cancelation_has_no_amount():
    payload = {
        "issuedAt": "2026-11-24T01:00:00+00:00",
        "action": {"amount": None, "currency": "JPY", "actionType": "CANCEL"},
        "transaction": {"id": "VHg="},
    }

    session = sessions.session_read(message(payload, event="transaction_cancelation_requested"))

    assert session.amount_yen is None


def test_a_success_names_reference_amount_and_what_may_follow():
    answer = sessions.charge_answer(
        result="CHARGE_SUCCESS", amount_yen=5000, psp_reference="pi_1", is_refundable=True
    )

    assert answer == {
        "result": "CHARGE_SUCCESS",
        "amount": 5000,
        "pspReference": "pi_1",
        "actions": ["REFUND"],
    }


@pytest.mark.parametrize("result", ["CHARGE_SUCCESS", "CHARGE_REQUEST"])
def test_money_is_never_claimed_without_the_providers_reference(result):
    with pytest.raises(ValueError, match="reference"):
        sessions.charge_answer(result=result, amount_yen=5000)


def test_a_refusal_may_carry_a_code_for_the_browser_and_a_bounded_message():
    answer = sessions.charge_answer(
        result="CHARGE_FAILURE", amount_yen=5000, message="x" * 600, data={"code": "age"}
    )

    assert len(answer["message"]) == 512
    assert answer["data"] == {"code": "age"}
    assert "actions" not in answer


def test_a_refund_under_way_promises_nothing():
    answer = sessions.request_accepted_answer(psp_reference="re_1")

    assert answer == {"pspReference": "re_1", "actions": []}


def test_a_refund_that_is_done_names_its_amount():
    answer = sessions.request_done_answer(
        result="REFUND_SUCCESS", psp_reference="re_1", amount_yen=1000
    )

    assert answer == {"result": "REFUND_SUCCESS", "pspReference": "re_1", "amount": 1000}
