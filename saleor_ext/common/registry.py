"""Plugins named in the settings, made once per process.

Nobody imports a plugin: settings hold its dotted path, so a town can bring its own.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from saleor_ext.contracts.carrier import Carrier
from saleor_ext.contracts.onestop import OnlineApplications
from saleor_ext.contracts.payment import PaymentProvider

_guards: list[Callable[[], None]] = []


def provider_guard_set(guard: Callable[[], None]) -> None:
    """This will have `guard` called whenever somebody wants the payment provider; it may raise."""
    _guards[:] = [guard]


def payment_provider() -> PaymentProvider:
    """This will return the payment provider named in PAYMENT_PROVIDER.

    Raises:
        ProviderRetryable: this is a copy of the salon, which must not speak with it.
    """
    for guard in _guards:
        guard()
    return _payment_provider()


@functools.cache
def _payment_provider() -> PaymentProvider:
    named: Mapping[str, Any] = settings.PAYMENT_PROVIDER
    factory = import_string(named["class"])
    return cast(PaymentProvider, factory(named["config"]))


@functools.cache
def carriers() -> dict[str, Carrier]:
    """This will return the carriers named in CARRIERS, by code."""
    made = [cast(Carrier, import_string(path)()) for path in settings.CARRIERS]
    return {carrier.code: carrier for carrier in made}


@functools.cache
def online_applications() -> dict[str, OnlineApplications]:
    """This will return the services for online applications named in ONESTOP_ONLINE, by code."""
    made = [cast(OnlineApplications, import_string(path)()) for path in settings.ONESTOP_ONLINE]
    return {service.code: service for service in made}


def registry_clear() -> None:
    """This will forget the plugins made so far, after settings have changed in a test."""
    _payment_provider.cache_clear()
    carriers.cache_clear()
    online_applications.cache_clear()
