"""Settings that cannot be right are refused before anything is charged."""

import pytest

from plugins.payment.stripe import configuration
from plugins.payment.stripe.provider import StripeProvider

GOOD: dict[str, object] = {
    "secret_key": "sk_test_invented",
    "publishable_key": "pk_test_invented",
    "webhook_secret": "whsec_invented",
    "api_base": "",
    "script_url": "",
    "timeout_s": 20,
    "http_pool": 4,
}


def test_empty_addresses_mean_stripes_own() -> None:
    found = configuration.read(GOOD)

    assert found.api_base == "https://api.stripe.com"
    assert found.script_url == "https://js.stripe.com/endive/stripe.js"
    assert (found.timeout_s, found.http_pool) == (20, 4)


def test_keys_are_never_shown() -> None:
    shown = repr(configuration.read(GOOD))

    assert "sk_test" not in shown
    assert "whsec" not in shown


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"secret_key": ""}, "secret_key must start with"),
        ({"secret_key": "pk_test_mixed_up"}, "secret_key must start with"),
        ({"publishable_key": "sk_test_mixed_up"}, "publishable_key must start with"),
        ({"webhook_secret": None}, "webhook_secret must start with"),
        ({"api_base": "http://stripe.example.com"}, "must be https"),
        (
            {"api_base": "http://127.0.0.1:8002", "secret_key": "sk_live_none"},
            "live key must not be used",
        ),
        ({"timeout_s": 0}, "timeout_s must be a positive number"),
        ({"http_pool": "many"}, "http_pool must be a positive number"),
        ({"http_pool": True}, "http_pool must be a positive number"),
        ({"api_base": 8002}, "api_base must be text"),
        ({"color": "red"}, "unknown Stripe settings: color"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        configuration.read({**GOOD, **changes})


def test_the_browser_is_told_where_to_load_from_and_nothing_secret() -> None:
    told = StripeProvider(GOOD).publishable_config()

    assert told == {
        "publishable_key": "pk_test_invented",
        "script_url": "https://js.stripe.com/endive/stripe.js",
        "frame_origins": "https://js.stripe.com https://hooks.stripe.com",
        "connect_origins": "https://api.stripe.com",
    }


def test_the_browser_of_a_trial_is_told_of_the_stand_in() -> None:
    told = StripeProvider(
        {
            **GOOD,
            "api_base": "http://127.0.0.1:8002",
            "script_url": "http://127.0.0.1:8002/v3/stripe.js",
        }
    ).publishable_config()

    assert told["frame_origins"] == "http://127.0.0.1:8002"
    assert told["connect_origins"] == "http://127.0.0.1:8002"
