"""The shop's Transactions API: telling the shop about money, by way of our own payment app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from saleor_ext.contracts.types import Yen
from saleor_ext.saleor_connector import client, errors, manifest, mapping


@dataclass(frozen=True, kw_only=True)
class TransactionResult:
    """What became of one session with the payment app.

    Attributes:
        event_type: CHARGE_SUCCESS, CHARGE_FAILURE, CHARGE_ACTION_REQUIRED, CHARGE_REQUEST and so
            on; CHARGE_FAILURE also when the shop could not reach our payment app in time, so it
            never proves that no money moved.
        data: what our payment app answered for the browser; may hold a client secret.
    """

    transaction_id: str
    event_type: str
    psp_reference: str
    message: str
    charged_yen: Yen
    data: Mapping[str, Any] | None = field(default=None, repr=False)


def gateway_initialize(
    *,
    object_id: str,
    amount_yen: Yen | None = None,
    data: Mapping[str, Any] | None = None,
    token: str | None = None,
    shop: client.ShopClient | None = None,
) -> Mapping[str, Any]:
    """This will fetch what the browser needs before a payment of a checkout or order opens.

    Raises:
        ShopRefused: code INVALID and the like; also when our payment app did not answer.
    """
    gateway = {"id": manifest.APP_IDENTIFIER, "data": dict(data or {})}
    variables = {
        "id": object_id,
        "gateways": [gateway],
        "amount": None if amount_yen is None else mapping.yen_to_shop(amount_yen),
    }
    result = (shop or client.shop_client()).mutate(
        "gateway_initialize",
        "paymentGatewayInitialize",
        variables,
        token=token,
        timeout_s=client.payment_timeout_s(),
    )
    configs = result.get("gatewayConfigs") or []
    config = next((item for item in configs if item["id"] == manifest.APP_IDENTIFIER), None)
    if config is None:
        raise errors.ShopAnswerInvalid("no gateway config", operation="gateway_initialize")
    for error in config.get("errors") or []:
        raise errors.ShopRefused(
            code=error["code"], field=error.get("field") or "", operation="gateway_initialize"
        )
    return dict(config.get("data") or {})


def transaction_initialize(
    *,
    object_id: str,
    amount_yen: Yen,
    key: str,
    data: Mapping[str, Any] | None = None,
    shop: client.ShopClient | None = None,
) -> TransactionResult:
    """This will open a payment session for a checkout or an order, as our app.

    The same `key` with the same amount always means the same transaction; the shop asks our
    payment app again each time.

    Raises:
        ShopRefused: field idempotencyKey code UNIQUE when the key was used with other input.
    """
    variables = {
        "id": object_id,
        "amount": mapping.yen_to_shop(amount_yen),
        "key": key,
        "action": "CHARGE",
        "gateway": {"id": manifest.APP_IDENTIFIER, "data": dict(data or {})},
    }
    result = (shop or client.shop_client()).mutate(
        "transaction_initialize",
        "transactionInitialize",
        variables,
        timeout_s=client.payment_timeout_s(),
    )
    return _result(result, operation="transaction_initialize")


def transaction_process(
    *,
    transaction_id: str,
    data: Mapping[str, Any] | None = None,
    shop: client.ShopClient | None = None,
) -> TransactionResult:
    """This will ask our payment app again how a session stands, after 3-D Secure for example.

    Raises:
        ShopRefused: INVALID, NOT_FOUND or TRANSACTION_ALREADY_PROCESSED.
    """
    variables = {"id": transaction_id, "data": dict(data or {})}
    result = (shop or client.shop_client()).mutate(
        "transaction_process",
        "transactionProcess",
        variables,
        timeout_s=client.payment_timeout_s(),
    )
    return _result(result, operation="transaction_process")


def transaction_event_report(
    *,
    transaction_id: str,
    event_type: str,
    amount_yen: Yen,
    psp_reference: str,
    happened_at: datetime,
    message: str = "",
    actions: tuple[str, ...] = (),
    shop: client.ShopClient | None = None,
) -> bool:
    """This will tell the shop what happened to money; True when it knew already.

    Raises:
        ShopRefused: INCORRECT_DETAILS when it was told another amount for the same reference.
    """
    variables = {
        "id": transaction_id,
        "type": event_type,
        "amount": mapping.yen_to_shop(amount_yen),
        "pspReference": psp_reference,
        "time": happened_at.isoformat(),
        "message": message,
        "availableActions": list(actions),
    }
    result = (shop or client.shop_client()).mutate(
        "transaction_event_report", "transactionEventReport", variables
    )
    return bool(result.get("alreadyProcessed"))


def was_charged(*, transaction_id: str, shop: client.ShopClient | None = None) -> bool:
    """This will say whether the shop was ever told that the money of a transaction was received.
    A transaction that it has thrown away together with its checkout was not.
    """
    variables = {"id": transaction_id}
    found = (shop or client.shop_client()).execute("transaction_events", variables)["transaction"]
    return any(event["type"] == "CHARGE_SUCCESS" for event in (found or {}).get("events", ()))


def _result(result: Mapping[str, Any], *, operation: str) -> TransactionResult:
    transaction, event = result.get("transaction"), result.get("transactionEvent")
    if not transaction or not event:
        raise errors.ShopAnswerInvalid("no transaction and no error", operation=operation)
    return TransactionResult(
        transaction_id=transaction["id"],
        event_type=event["type"],
        psp_reference=event["pspReference"] or transaction["pspReference"] or "",
        message=event["message"] or "",
        charged_yen=mapping.money_from_shop(transaction["chargedAmount"]),
        data=result.get("data"),
    )
