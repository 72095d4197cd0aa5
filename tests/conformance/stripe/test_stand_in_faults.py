"""Lost, late and refused answers: the plugin says what it knows, and the key finds the truth."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import stripe

from fixtures.stripe import app, faults, testing
from saleor_ext.contracts.errors import ProviderPermanent, ProviderRetryable, ProviderUnknown
from saleor_ext.contracts.payment import Outcome
from tests.conformance.stripe.conftest import Peer, client_for, provider_for

CREATE = {"method": "POST", "path": "/v1/payment_intents"}


def _stand_in(peer: Peer) -> testing.StandIn:
    assert peer.stand_in is not None
    return peer.stand_in


@pytest.mark.parametrize("cut", [True, False])
def test_an_answer_lost_after_the_charge_is_unknown_and_found(local: Peer, cut: bool) -> None:
    # given
    stand_in = _stand_in(local)
    hasty = provider_for(stand_in.url, stand_in.secret_key, timeout_s=0.5)
    began_at = datetime.now(UTC)
    request = local.request()
    stand_in.faults({"fault": "timeout_after_commit", "cut": cut, "hold_s": 2.0, **CREATE})

    # when
    with pytest.raises(ProviderUnknown) as lost:
        hasty.charge_off_session(request)

    # then
    assert lost.value.code == "connection_lost"
    found = local.provider.charge_find(
        key=request.key, created_from=began_at, customer_ref=request.customer_ref
    )
    assert found is not None
    assert found.outcome is Outcome.SUCCEEDED
    # and asking again with the same key takes nothing more
    assert local.provider.charge_off_session(request) == found
    assert len(local.api.v1.charges.list({"customer": request.customer_ref}).data) == 1


def test_a_connection_cut_before_the_work_is_unknown_and_nothing_is_found(local: Peer) -> None:
    # given
    began_at = datetime.now(UTC)
    request = local.request()
    _stand_in(local).faults({"fault": "cut_before", **CREATE})

    # when
    with pytest.raises(ProviderUnknown):
        local.provider.charge_off_session(request)

    # then
    found = local.provider.charge_find(
        key=request.key, created_from=began_at, customer_ref=request.customer_ref
    )
    assert found is None
    assert local.provider.charge_off_session(request).outcome is Outcome.SUCCEEDED


@pytest.mark.parametrize(
    ("status", "keeps_work"), [(500, False), (503, False), (424, False), (504, True), (500, True)]
)
def test_a_fault_on_stripes_side_is_unknown(local: Peer, status: int, keeps_work: bool) -> None:
    # given
    request = local.request()
    _stand_in(local).faults(
        {"fault": "status", "status": status, "keeps_work": keeps_work, **CREATE}
    )

    # when
    with pytest.raises(ProviderUnknown) as refusal:
        local.provider.charge_off_session(request)

    # then
    assert refusal.value.code == "provider_error"
    charges = local.api.v1.charges.list({"customer": request.customer_ref}).data
    assert len(charges) == (1 if keeps_work else 0)


@pytest.mark.parametrize("status", sorted(faults.STATUSES))
def test_each_refusal_that_can_be_asked_for_is_answered(local: Peer, status: int) -> None:
    # given
    _stand_in(local).faults({"fault": "status", "status": status, **CREATE})

    # when
    with pytest.raises(stripe.StripeError) as refusal:
        local.api.v1.payment_intents.create({"amount": 3000, "currency": "jpy"})

    # then
    assert refusal.value.http_status == status


def test_too_many_requests_is_retryable(local: Peer) -> None:
    # given
    request = local.request()
    _stand_in(local).faults({"fault": "status", "status": 429, **CREATE})

    # when
    with pytest.raises(ProviderRetryable) as refusal:
        local.provider.charge_off_session(request)

    # then
    assert refusal.value.code == "rate_limit"
    assert local.api.v1.charges.list({"customer": request.customer_ref}).data == []


def test_a_failed_read_is_retryable_as_nothing_can_have_happened(local: Peer) -> None:
    # given
    paid = local.provider.charge_off_session(local.request())
    _stand_in(local).faults({"fault": "cut_before", "method": "GET"})

    # when, then
    with pytest.raises(ProviderRetryable):
        local.provider.charge_fetch(provider_ref=paid.provider_ref)


def test_nobody_listening_is_retryable() -> None:
    # given a port that was free a moment ago
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    provider = provider_for(f"http://127.0.0.1:{port}", "sk_test_invented")

    # when
    with pytest.raises(ProviderRetryable) as refusal:
        provider.customer_create(key="k", email="hanako@example.jp", name="山田 花子")

    # then
    assert refusal.value.code == "connection_refused"


def test_a_key_in_progress_is_unknown_and_charges_once(local: Peer) -> None:
    # given a first request that waits inside
    request = local.request()
    _stand_in(local).faults({"fault": "delay_s", "hold_s": 0.8, **CREATE})

    # when a second one with the same key comes meanwhile
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(local.provider.charge_off_session, request)
        threading.Event().wait(0.3)
        with pytest.raises(ProviderUnknown) as refusal:
            local.provider.charge_off_session(request)

    # then
    assert refusal.value.code == "idempotency_key_in_use"
    assert first.result().outcome is Outcome.SUCCEEDED
    assert len(local.api.v1.charges.list({"customer": request.customer_ref}).data) == 1


def test_rules_with_a_seed_strike_the_same_requests_each_time(local: Peer) -> None:
    # given
    rule = {
        "fault": "status",
        "status": 503,
        "method": "GET",
        "path": "/v1/events",
        "probability": 0.5,
        "seed": 7,
    }

    def run() -> list[int]:
        _stand_in(local).faults(rule)
        return [_stand_in(local).call("GET", "/v1/events").status_code for _ in range(12)]

    # when, then
    first = run()
    assert first == run()
    assert set(first) == {200, 503}


def test_an_impossible_rule_is_refused_and_the_old_ones_stay(local: Peer) -> None:
    stand_in = _stand_in(local)
    stand_in.faults({"fault": "status", "path": "/v1/nothing"})

    with pytest.raises(ValueError, match="unknown fault"):
        stand_in.faults({"fault": "earthquake"})

    assert [rule["path"] for rule in stand_in.state()["faults"]] == ["/v1/nothing"]


def test_state_and_keys_survive_a_restart(tmp_path: Path) -> None:
    # given a charge, then the end of the stand-in
    with testing.running(tmp_path) as stand_in:
        peer = Peer(
            provider_for(stand_in.url, stand_in.secret_key),
            client_for(stand_in.url, stand_in.secret_key),
        )
        request = peer.request()
        paid = peer.provider.charge_off_session(request)

    # when it starts again on the same folder
    with testing.running(tmp_path) as stand_in:
        provider = provider_for(stand_in.url, stand_in.secret_key)
        again = provider.charge_off_session(request)
        counts = stand_in.state()["counts"]

    # then
    assert again.provider_ref == paid.provider_ref
    assert counts["charge"] == 1


def test_a_key_is_forgotten_after_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a charge today
    clock_file = tmp_path / "clock.json"
    monkeypatch.setenv("TRIAL_CLOCK_FILE", str(clock_file))
    with testing.running(tmp_path / "data") as stand_in:
        peer = Peer(
            provider_for(stand_in.url, stand_in.secret_key),
            client_for(stand_in.url, stand_in.secret_key),
        )
        request = peer.request()
        paid = peer.provider.charge_off_session(request)

        # when the clock of the trial goes on by 25 hours
        clock_file.write_text('{"offset_s": 90000}', "utf-8")
        again = peer.provider.charge_off_session(request)
        found = peer.provider.charge_find(
            key=request.key,
            created_from=paid.charged_at or datetime.now(UTC),
            customer_ref=request.customer_ref,
        )

    # then Stripe charges anew, as documented: after a day the caller must look before it repeats
    assert again.provider_ref != paid.provider_ref
    assert found is not None
    assert paid.charged_at is not None
    assert again.charged_at is not None
    assert (again.charged_at - paid.charged_at).total_seconds() == pytest.approx(90000, abs=5)


def test_a_live_key_is_refused_in_clear_words(local: Peer) -> None:
    answer = _stand_in(local).call(
        "GET", "/v1/customers", headers={"Authorization": "Bearer sk_live_none"}
    )

    assert answer.status_code == 401
    assert "refuses live keys" in answer.json()["error"]["message"]


def test_without_a_key_nothing_is_told(local: Peer) -> None:
    answer = _stand_in(local).call("GET", "/v1/customers", headers={"Authorization": ""})

    assert answer.status_code == 401


def test_another_currency_is_refused(local: Peer) -> None:
    answer = _stand_in(local).call(
        "POST", "/v1/payment_intents", data={"amount": "3000", "currency": "usd"}
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "currency"


def test_a_parameter_stripe_knows_and_the_stand_in_does_not_says_so(local: Peer) -> None:
    answer = _stand_in(local).call(
        "POST",
        "/v1/payment_intents",
        data={"amount": "3000", "currency": "jpy", "transfer_group": "x"},
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "standin_unsupported"


def test_a_saved_card_can_be_told_to_decline_and_to_work_again(local: Peer) -> None:
    # given
    customer_ref = local.customer()
    method_ref = local.saved_card(customer_ref)
    stand_in = _stand_in(local)

    def charge() -> tuple[Outcome, str]:
        state = local.provider.charge_off_session(
            local.request(customer_ref=customer_ref, method_ref=method_ref)
        )
        return state.outcome, state.decline_code

    # when, then
    stand_in.card(method_ref, "insufficient_funds")
    assert charge() == (Outcome.DECLINED, "insufficient_funds")
    stand_in.card(method_ref, "authentication_required")
    assert charge() == (Outcome.ACTION_REQUIRED, "authentication_required")
    stand_in.card(method_ref, "works")
    assert charge() == (Outcome.SUCCEEDED, "")


def test_a_bank_may_answer_later(local: Peer) -> None:
    # given
    customer_ref = local.customer()
    method_ref = local.saved_card(customer_ref)
    stand_in = _stand_in(local)
    stand_in.card(method_ref, "processing")
    waiting = local.provider.charge_off_session(
        local.request(customer_ref=customer_ref, method_ref=method_ref)
    )

    # when
    stand_in.settle(waiting.provider_ref)

    # then
    assert waiting.outcome is Outcome.PROCESSING
    after = local.provider.charge_fetch(provider_ref=waiting.provider_ref)
    assert after.outcome is Outcome.SUCCEEDED


def test_a_port_in_use_is_said_plainly(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # given
    from fixtures.stripe import __main__ as command

    listener = app.listen(0)
    port = str(listener.getsockname()[1])
    monkeypatch.setattr("sys.argv", ["stripe", "--port", port, "--data", str(tmp_path)])

    # when
    code = command.main()

    # then
    listener.close()
    assert code == 2
    assert f"Port {port}" in capsys.readouterr().err


def test_a_missing_customer_is_permanent(local: Peer) -> None:
    request = local.request()

    with pytest.raises(ProviderPermanent) as refusal:
        local.provider.charge_off_session(
            type(request)(**{**vars(request), "customer_ref": "cus_nobody"})
        )

    assert refusal.value.code == "resource_missing"


@pytest.mark.parametrize(
    ("card", "outcome", "decline_code"),
    [
        ("pm_card_visa", Outcome.SUCCEEDED, ""),
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            Outcome.DECLINED,
            "insufficient_funds",
        ),
    ],
)
def test_half_an_answer_is_unknown_and_found(
    local: Peer, card: str, outcome: Outcome, decline_code: str
) -> None:
    # given
    began_at = datetime.now(UTC)
    request = local.request(method_ref=card)
    _stand_in(local).faults({"fault": "malformed", **CREATE})

    # when
    with pytest.raises(ProviderUnknown):
        local.provider.charge_off_session(request)

    # then
    found = local.provider.charge_find(
        key=request.key, created_from=began_at, customer_ref=request.customer_ref
    )
    assert found is not None
    assert (found.outcome, found.decline_code) == (outcome, decline_code)


@pytest.mark.parametrize("keeps_work", [True, False])
def test_a_key_in_use_elsewhere_is_unknown_whether_or_not_the_other_gets_through(
    local: Peer, keeps_work: bool
) -> None:
    # given
    began_at = datetime.now(UTC)
    request = local.request()
    _stand_in(local).faults({"fault": "status", "status": 409, "keeps_work": keeps_work, **CREATE})

    # when
    with pytest.raises(ProviderUnknown) as lost:
        local.provider.charge_off_session(request)

    # then
    assert lost.value.code == "idempotency_key_in_use"
    found = local.provider.charge_find(
        key=request.key, created_from=began_at, customer_ref=request.customer_ref
    )
    assert (found is not None) == keeps_work


def test_requests_are_noted_in_the_order_they_came_refused_ones_too(local: Peer) -> None:
    # given
    stand_in = _stand_in(local)
    first, second = local.request(), local.request()
    stand_in.arrivals_forget()

    # when
    local.provider.charge_off_session(first)
    stand_in.faults({"fault": "status", "status": 429, **CREATE})
    with pytest.raises(ProviderRetryable):
        local.provider.charge_off_session(second)

    # then
    seen = stand_in.arrivals(**CREATE)
    assert [one["key"] for one in seen] == [first.key, second.key]
    assert seen[0]["at_s"] < seen[1]["at_s"]

    # and once forgotten they are gone
    stand_in.arrivals_forget()
    assert stand_in.arrivals() == []
