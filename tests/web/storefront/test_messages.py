"""Every code that a donor, producer or officer may meet has words."""

import ast
import importlib
import pkgutil
import re

import pytest

import saleor_ext
from saleor_ext.common.errors import Refusal
from saleor_ext.flows.month import rules
from storefront import messages
from tests.architecture import source

ADVERTISING = re.compile("お得|コスパ|おまけ|キャンペーン|ランキング|[!！]")

# Decline codes as Stripe documents them (docs.stripe.com/declines/codes).
STRIPE_CODES = [
    "approve_with_id",
    "authentication_not_handled",
    "authentication_required",
    "call_issuer",
    "card_not_supported",
    "card_velocity_exceeded",
    "currency_not_supported",
    "do_not_honor",
    "do_not_try_again",
    "duplicate_transaction",
    "expired_card",
    "fraudulent",
    "generic_decline",
    "incorrect_address",
    "incorrect_cvc",
    "incorrect_number",
    "incorrect_pin",
    "incorrect_zip",
    "insufficient_funds",
    "invalid_account",
    "invalid_amount",
    "invalid_cvc",
    "invalid_expiry_month",
    "invalid_expiry_year",
    "invalid_number",
    "invalid_pin",
    "issuer_not_available",
    "lost_card",
    "merchant_blacklist",
    "mobile_device_authentication_required",
    "new_account_information_available",
    "no_action_taken",
    "not_permitted",
    "offline_pin_required",
    "online_or_offline_pin_required",
    "pickup_card",
    "pin_try_exceeded",
    "processing_error",
    "reenter_transaction",
    "restricted_card",
    "revocation_of_all_authorizations",
    "revocation_of_authorization",
    "security_violation",
    "service_not_allowed",
    "stolen_card",
    "stop_payment_order",
    "testmode_decline",
    "transaction_not_allowed",
    "try_again_later",
    "withdrawal_count_limit_exceeded",
]

# They always carry the code of the rule or the want itself.
STAND_INS = {"rule_broken", "checkout_refused"}


def _import_everything():
    for module in pkgutil.walk_packages(saleor_ext.__path__, "saleor_ext."):
        if ".migrations" not in module.name and not module.name.endswith((".wsgi", ".asgi")):
            importlib.import_module(module.name)


def _subclasses(cls):
    for child in cls.__subclasses__():
        yield child
        yield from _subclasses(child)


def refusal_codes():
    _import_everything()
    own = {
        cls.code
        for cls in _subclasses(Refusal)
        if cls.__module__.startswith("saleor_ext.") and cls.code not in STAND_INS
    }
    return sorted(own | {code for code, _ in rules.RULES} | _rule_codes_in_source())


def _rule_codes_in_source():
    """Codes that flows give to RuleBroken where it is raised, or append to a list of codes."""
    found = set()
    for path in source.python_files():
        if "saleor_ext" not in path.parts or "flows" not in path.parts:
            continue
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and _takes_codes(call.func):
                found |= {
                    node.value
                    for argument in call.args
                    for node in ast.walk(argument)
                    if isinstance(node, ast.Constant) and isinstance(node.value, str)
                }
    return found


def _takes_codes(function):
    if isinstance(function, ast.Attribute) and function.attr == "append":
        return getattr(function.value, "id", "") == "codes"
    return getattr(function, "attr", getattr(function, "id", "")) == "RuleBroken"


CERTIFICATE_PROBLEMS = ("file", "passphrase", "rsa", "short", "expired")


def test_codes_are_found():
    codes = refusal_codes()

    assert {"sign_in_failed", "event_full", "resident_no_gift", "tier_closed"} <= set(codes)


@pytest.mark.parametrize("code", refusal_codes())
def test_every_refusal_has_words(code):
    assert code in messages.REFUSALS


def test_no_words_are_left_over_from_codes_that_are_gone():
    ours = {"account_exists", "tracking_length", "tracking_character", "refused"}
    ours |= {f"certificate_{problem}" for problem in CERTIFICATE_PROBLEMS}

    assert set(messages.REFUSALS) - ours - set(refusal_codes()) == set()


@pytest.mark.parametrize("problem", CERTIFICATE_PROBLEMS)
def test_every_fault_of_a_certificate_has_words(problem):
    assert f"certificate_{problem}" in messages.REFUSALS


@pytest.mark.parametrize("problem", ["length", "character", "check_digit"])
def test_every_fault_of_a_tracking_number_has_words(problem):
    assert f"tracking_{problem}" in messages.REFUSALS


@pytest.mark.parametrize("code", STRIPE_CODES)
def test_every_decline_has_words_and_a_next_step(code):
    message = messages.DECLINES[code]

    assert message.happened.endswith("。")
    assert message.next_step.endswith("。")


@pytest.mark.parametrize("code", ["lost_card", "stolen_card", "fraudulent", "pickup_card"])
def test_a_card_under_suspicion_is_told_no_more_than_any_other(code):
    assert messages.decline_message(code) == messages.decline_message("generic_decline")


def test_an_unknown_code_gets_an_honest_general_sentence():
    assert (
        messages.decline_message("new_in_2031").happened == "カードでのお手続きができませんでした。"
    )
    assert "ご寄附はまだ行われていません。" in messages.decline_message("new_in_2031").next_step
    assert messages.refusal_message("new_in_2031") == messages.UNKNOWN_REFUSAL


@pytest.mark.parametrize("code", [*messages.REFUSALS, *messages.DECLINES])
def test_words_are_calm_and_say_both_what_happened_and_what_next(code):
    for message in (messages.REFUSALS.get(code), messages.DECLINES.get(code)):
        if message is None:
            continue
        assert message.happened
        assert message.next_step
        assert not ADVERTISING.search(str(message))
        assert str(message).endswith("。")


@pytest.mark.parametrize("code", [code for code, _ in rules.RULES if code not in rules.STAFF_CODES])
def test_every_reason_to_skip_a_month_has_words(code):
    assert code in messages.SKIP_REASONS


def test_a_month_skipped_because_an_earlier_one_is_owed_has_words():
    assert "past_due" in messages.SKIP_REASONS
