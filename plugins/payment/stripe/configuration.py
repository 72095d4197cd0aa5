"""The plugin's settings, read once and refused early when they cannot be right."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from plugins.payment.stripe import transport

API_BASE = "https://api.stripe.com"
# Stripe.js releases carry the name of the API release they belong to
# (docs.stripe.com/sdks/stripejs-versioning); stripe-python 16 speaks 2026-10-28.endive.
SCRIPT_URL = "https://js.stripe.com/endive/stripe.js"


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Settings with their types set.

    Attributes:
        timeout_s: longest wait for one answer.
        http_pool: most connections open at once; the number of threads that charge.
    """

    secret_key: str = field(repr=False)
    publishable_key: str
    webhook_secret: str = field(repr=False)
    api_base: str = API_BASE
    script_url: str = SCRIPT_URL
    timeout_s: float = 30.0
    http_pool: int = 16


def read(config: Mapping[str, object]) -> Configuration:
    """This will read the settings.

    Raises:
        ValueError: a setting is missing, unknown or impossible; the sentence says which.
    """
    unknown = sorted(set(config) - set(Configuration.__dataclass_fields__))
    if unknown:
        raise ValueError(f"unknown Stripe settings: {', '.join(unknown)}")
    api_base = (_text(config, "api_base") or API_BASE).rstrip("/")
    secret_key = _key(config, "secret_key", ("sk_", "rk_"))
    if urlsplit(api_base).scheme != "https" and not transport.is_loopback(api_base):
        raise ValueError("Stripe setting api_base must be https, or stay on this machine")
    if "_live_" in secret_key and transport.is_loopback(api_base):
        raise ValueError("a live key must not be used with a stand-in for Stripe")
    return Configuration(
        secret_key=secret_key,
        publishable_key=_key(config, "publishable_key", ("pk_",)),
        webhook_secret=_key(config, "webhook_secret", ("whsec_",)),
        api_base=api_base,
        script_url=_text(config, "script_url") or SCRIPT_URL,
        timeout_s=_number(config, "timeout_s", Configuration.timeout_s),
        http_pool=int(_number(config, "http_pool", Configuration.http_pool)),
    )


def _text(config: Mapping[str, object], name: str) -> str:
    value = config.get(name) or ""
    if not isinstance(value, str):
        raise ValueError(f"Stripe setting {name} must be text")
    return value.strip()


def _key(config: Mapping[str, object], name: str, starts: tuple[str, ...]) -> str:
    value = _text(config, name)
    if not value.startswith(starts):
        raise ValueError(f"Stripe setting {name} must start with {' or '.join(starts)}")
    return value


def _number(config: Mapping[str, object], name: str, default: float) -> float:
    value = config.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise ValueError(f"Stripe setting {name} must be a positive number")
    return value
