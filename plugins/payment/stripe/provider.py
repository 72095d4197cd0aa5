"""The payment plugin for Stripe: implements `saleor_ext.contracts.payment.PaymentProvider`."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

import stripe

from plugins.payment.stripe import balance, configuration, failures, mapping, transport
from saleor_ext.contracts.errors import ProviderPermanent, SignatureInvalid
from saleor_ext.contracts.payment import (
    BalanceEntry,
    CardEntry,
    ChargeRequest,
    ChargeState,
    DaySum,
    DisputeState,
    GivenBack,
    PayoutState,
    ProviderEvent,
)
from saleor_ext.contracts.types import Yen

_INTENTS = "/v1/payment_intents"
_EXPAND = ["latest_charge", "payment_method"]
_EXPAND_CHARGE = ["latest_charge"]  # off-session the card is the one that was asked for
_EXPAND_METHOD = ["payment_method"]
_PAGE = 100
_CLOCKS_DIFFER_BY = timedelta(minutes=10)  # ours against Stripe's; widens the search only
_STRIPE_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer"})
_STATE_CHANGED = "payment_intent_unexpected_state"
_REASON_FIELD = "furusato_reason"


class StripeProvider:
    """Stripe, spoken to with one thread-safe client; it never repeats a request by itself."""

    def __init__(self, config: Mapping[str, object]) -> None:
        self._configuration = settings = configuration.read(config)
        self._client = stripe.StripeClient(
            settings.secret_key,
            base_addresses={"api": settings.api_base},
            max_network_retries=0,
            http_client=transport.PooledTransport(
                timeout_s=settings.timeout_s,
                pool=settings.http_pool,
                api_base=settings.api_base,
            ),
        )

    def publishable_config(self) -> Mapping[str, str]:
        """This will return what the browser needs.

        `frame_origins` and `connect_origins` (space separated) are for the page's
        Content-Security-Policy: frame-src and connect-src.
        """
        settings = self._configuration
        script = urlsplit(settings.script_url)
        origin = f"{script.scheme}://{script.netloc}"
        real = settings.api_base == configuration.API_BASE
        return {
            "publishable_key": settings.publishable_key,
            "script_url": settings.script_url,
            "frame_origins": f"{origin} https://hooks.stripe.com" if real else origin,
            "connect_origins": settings.api_base,
        }

    def customer_create(self, *, key: str, email: str, name: str) -> str:
        """This will create a customer at Stripe and return its id."""
        params = {
            "email": email,
            "name": name,
            "preferred_locales": ["ja"],
            "metadata": {mapping.KEY_FIELD: key},
        }
        # The same person, spelt otherwise since, is another request to Stripe.
        said = hashlib.sha256(f"{email}\n{name}".encode()).hexdigest()[:12]
        customer = failures.ask_anew(
            lambda key: self._client.v1.customers.create(_typed(params), _same(key)),
            key=f"{key}-{said}",
        )
        return customer.id

    def card_entry_open(self, *, key: str, customer_ref: str) -> CardEntry:
        """This will open a SetupIntent: the card is checked with its bank and kept for later."""
        params = {
            "customer": customer_ref,
            "usage": "off_session",
            "payment_method_types": ["card"],
            "metadata": {mapping.KEY_FIELD: key},
            "expand": _EXPAND_METHOD,
        }
        setup = failures.ask_anew(
            lambda key: self._client.v1.setup_intents.create(_typed(params), _same(key)), key=key
        )
        return mapping.card_entry(setup.to_dict())

    def card_entry_fetch(self, *, provider_ref: str) -> CardEntry:
        """This will read how a SetupIntent stands now."""
        setup = failures.ask(
            lambda: self._client.v1.setup_intents.retrieve(
                provider_ref, _typed({"expand": _EXPAND_METHOD})
            ),
            changes=False,
        )
        return mapping.card_entry(setup.to_dict())

    def card_detach(self, *, method_ref: str) -> None:
        """This will detach a PaymentMethod from its customer.

        Stripe refuses what is detached already; only then it is looked at.
        """
        try:
            failures.ask(lambda: self._client.v1.payment_methods.detach(method_ref), changes=True)
        except ProviderPermanent:
            if self._is_attached(method_ref):
                raise

    def _is_attached(self, method_ref: str) -> bool:
        try:
            method = failures.ask(
                lambda: self._client.v1.payment_methods.retrieve(method_ref), changes=False
            )
        except ProviderPermanent as refusal:
            if refusal.code == "resource_missing":
                return False
            raise
        return method.customer is not None

    def charge_open(self, request: ChargeRequest) -> ChargeState:
        """This will open a PaymentIntent for the donor's browser and keep the card for later."""
        params = {
            **mapping.intent_params(request),
            "setup_future_usage": "off_session",
            "expand": _EXPAND,
        }
        if request.method_ref:
            params["payment_method"] = request.method_ref
        return self._intent_create(params, request.key)

    def charge_off_session(self, request: ChargeRequest) -> ChargeState:
        """This will charge the kept card now; a decline is a result.

        Raises:
            ProviderUnknown: nobody can say whether money moved.
            ProviderRetryable: certainly nothing happened.
            ProviderPermanent: the request itself is wrong, or names no card.
        """
        if not request.method_ref:
            raise ProviderPermanent("method_missing")
        params = {
            **mapping.intent_params(request),
            "confirm": True,
            "off_session": True,
            "payment_method": request.method_ref,
            "expand": _EXPAND_CHARGE,
        }
        return self._intent_create(params, request.key)

    def _intent_create(self, params: dict[str, Any], key: str) -> ChargeState:
        """Asked for without the library's objects: to make them of an answer and to take them apart
        again takes longer than everything else about a call.
        """
        try:
            intent = self._client.raw_request("post", _INTENTS, idempotency_key=key, **params)
        except stripe.CardError as refusal:
            declined = refusal.error and refusal.error.payment_intent
            if not declined:
                raise failures.translated(refusal, changes=True) from refusal
            return mapping.charge_state(declined.to_dict())
        except stripe.StripeError as failure:
            raise failures.translated(failure, changes=True) from failure
        return mapping.charge_state(intent.data)

    def charge_fetch(self, *, provider_ref: str) -> ChargeState:
        """This will read how a PaymentIntent stands now."""
        intent = failures.ask(
            lambda: self._client.v1.payment_intents.retrieve(
                provider_ref, _typed({"expand": _EXPAND})
            ),
            changes=False,
        )
        return mapping.charge_state(intent.to_dict())

    def charge_find(
        self, *, key: str, created_from: datetime, customer_ref: str = ""
    ) -> ChargeState | None:
        """This will look through the list of PaymentIntents, which Stripe keeps up to date at once.

        Name the customer whenever it is known: the list is then a handful long. Were there two
        attempts with one key, the one that took money is returned. None proves that nothing
        happened only once the request cannot be on its way any more.
        """
        params: dict[str, Any] = {
            "created": {"gte": mapping.seconds_from_moment(created_from - _CLOCKS_DIFFER_BY)},
            "limit": _PAGE,
        }
        if customer_ref:
            params["customer"] = customer_ref
        found = failures.ask(
            lambda: [
                intent
                for intent in _all(self._client.v1.payment_intents.list(_typed(params)))
                if (intent["metadata"] or {}).get(mapping.KEY_FIELD) == key
            ],
            changes=False,
        )
        if not found:
            return None
        found.sort(key=lambda intent: intent["status"] == "succeeded", reverse=True)
        return self.charge_fetch(provider_ref=found[0]["id"])

    def charge_cancel(self, *, provider_ref: str) -> ChargeState:
        """This will cancel a PaymentIntent; one that took money or is being asked stays."""
        try:
            failures.ask(
                lambda: self._client.v1.payment_intents.cancel(
                    provider_ref, _typed({"cancellation_reason": "abandoned"})
                ),
                changes=True,
            )
        except ProviderPermanent as refusal:
            if refusal.code != _STATE_CHANGED:
                raise
        return self.charge_fetch(provider_ref=provider_ref)

    def refund_create(
        self, *, key: str, provider_ref: str, amount_yen: Yen, reason: str
    ) -> GivenBack:
        """This will give money back, once per key however often and late it is repeated.

        Stripe forgets idempotency keys after a day, so the refunds made are looked at first.
        """
        for known in self.refunds_of(provider_ref=provider_ref):
            if known.key == key and not known.is_failed:
                return known
        params = {
            "amount": mapping.amount_from_yen(amount_yen),
            "payment_intent": provider_ref,
            "metadata": {mapping.KEY_FIELD: key, _REASON_FIELD: reason[:500]},
            "reason": reason if reason in _STRIPE_REASONS else "requested_by_customer",
        }
        refund = failures.ask(
            lambda: self._client.v1.refunds.create(_typed(params), _same(key)), changes=True
        )
        return mapping.given_back(refund.to_dict())

    def refunds_of(self, *, provider_ref: str) -> list[GivenBack]:
        """This will list the refunds of a PaymentIntent, oldest first."""
        params = {"payment_intent": provider_ref, "limit": _PAGE}
        found = failures.ask(
            lambda: list(_all(self._client.v1.refunds.list(_typed(params)))), changes=False
        )
        return [mapping.given_back(refund) for refund in reversed(found)]

    def event_parse(self, *, body: bytes, signature: str) -> ProviderEvent:
        """This will verify `Stripe-Signature` over the raw body and read the event.

        Raises:
            SignatureInvalid: signature, age (5 minutes) or content is not as it should be.
        """
        try:
            event = self._client.construct_event(
                body, signature, self._configuration.webhook_secret
            )
            return mapping.provider_event(event.to_dict())
        except stripe.SignatureVerificationError as forged:
            raise SignatureInvalid("signature_invalid") from forged
        except (ValueError, KeyError, TypeError, AttributeError) as garbled:
            raise SignatureInvalid("body_invalid") from garbled

    def disputes_of(self, *, provider_ref: str) -> list[DisputeState]:
        """This will list the disputes of a PaymentIntent, oldest first."""
        params = {"payment_intent": provider_ref, "limit": _PAGE}
        found = failures.ask(
            lambda: list(_all(self._client.v1.disputes.list(_typed(params)))), changes=False
        )
        return [balance.dispute_state(dispute) for dispute in reversed(found)]

    def balance_entries(
        self, *, entered_from: datetime, entered_to: datetime
    ) -> list[BalanceEntry]:
        """This will list balance transactions of `[entered_from, entered_to)`, oldest first.

        Those of refunds and disputes do not carry our key: their charge is looked up.
        """
        window = {
            "created": {
                "gte": mapping.seconds_from_moment(entered_from),
                "lt": mapping.seconds_from_moment(entered_to),
            },
            "limit": _PAGE,
            "expand": ["data.source"],
        }
        charges: dict[str, Mapping[str, Any]] = {}

        def charge_of(ref: str) -> Mapping[str, Any]:
            if ref not in charges:
                charges[ref] = self._client.v1.charges.retrieve(ref).to_dict()
            return charges[ref]

        found = failures.ask(
            lambda: [
                balance.balance_entry(transaction, charge_of=charge_of)
                for transaction in _all(self._client.v1.balance_transactions.list(_typed(window)))
            ],
            changes=False,
        )
        return found[::-1]

    def payouts(self, *, created_from: datetime) -> list[PayoutState]:
        """This will list the payouts since a moment, oldest first."""
        params = {
            "created": {"gte": mapping.seconds_from_moment(created_from)},
            "limit": _PAGE,
        }
        found = failures.ask(
            lambda: list(_all(self._client.v1.payouts.list(_typed(params)))), changes=False
        )
        return balance.payouts_in_yen(reversed(found))

    def payout_entries(self, *, payout_ref: str) -> list[str]:
        """This will list the balance transactions that went into an automatic payout."""
        params = {"payout": payout_ref, "limit": _PAGE}
        found = failures.ask(
            lambda: list(_all(self._client.v1.balance_transactions.list(_typed(params)))),
            changes=False,
        )
        return [str(transaction["id"]) for transaction in reversed(found)]

    def day_sum(self, *, day_from: datetime, day_to: datetime) -> DaySum:
        """This will add up what moved on the balance for our own charges."""
        return balance.day_sum(self.balance_entries(entered_from=day_from, entered_to=day_to))


def _all(page: Any) -> Iterator[dict[str, Any]]:
    """Every object of a list, page after page, as plain dictionaries."""
    for found in page.auto_paging_iter():
        yield found.to_dict()


def _same(key: str) -> Any:
    """The request option that makes a repetition harmless."""
    return {"idempotency_key": key}


def _typed(params: Mapping[str, Any]) -> Any:
    """Stripe's parameter types list thousands of keys; ours are built in mapping and above."""
    return cast(Any, dict(params))
