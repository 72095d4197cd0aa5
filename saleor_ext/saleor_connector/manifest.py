"""What our app says of itself to the shop when it is installed."""

from dataclasses import dataclass
from typing import Any

from saleor_ext.saleor_connector import extensions, operations

APP_IDENTIFIER = "jp.furusato-salon"
AUDIENCE = APP_IDENTIFIER
NAME = "ふるさとサロン"
VERSION = "0.1.0"
REQUIRED_SALEOR = ">=3.23 <4"

MANIFEST_PATH = "/saleor/manifest"
REGISTER_PATH = "/saleor/register"
HOOK_PATH = "/saleor/hooks/"  # followed by the webhook's name
LOGO_PATH = "/static/saleor_connector/logo.png"
PRIVACY_PATH = "/privacy/"
SUPPORT_PATH = "/help/"

# Each with the reason why the product cannot do without it. MANAGE_APPS is never among them: from
# 3.24 on the shop refuses to install an app that asks for it.
PERMISSIONS = {
    "MANAGE_ORDERS": "create, complete, cancel and fulfil the month's order; hear of orders",
    "HANDLE_PAYMENTS": "be the payment app; report what happened to money",
    "MANAGE_CHECKOUTS": "see whether the shop completes paid checkouts by itself",
    "HANDLE_CHECKOUTS": "set a checkout line's price; have an address taken as we checked it",
    "MANAGE_USERS": "find a donor's account; hear of changed addresses; send account mails",
}


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """One webhook of the manifest; its query has the same name in operations/webhooks."""

    name: str
    label: str
    async_events: tuple[str, ...] = ()
    sync_events: tuple[str, ...] = ()


WEBHOOKS = (
    Webhook(
        name="payment_gateway_initialize_session",
        label="決済の準備",
        sync_events=("PAYMENT_GATEWAY_INITIALIZE_SESSION",),
    ),
    Webhook(
        name="transaction_initialize_session",
        label="決済の開始",
        sync_events=("TRANSACTION_INITIALIZE_SESSION",),
    ),
    Webhook(
        name="transaction_process_session",
        label="決済の続き",
        sync_events=("TRANSACTION_PROCESS_SESSION",),
    ),
    Webhook(
        name="transaction_charge_requested",
        label="売上の確定",
        sync_events=("TRANSACTION_CHARGE_REQUESTED",),
    ),
    Webhook(
        name="transaction_refund_requested",
        label="返金",
        sync_events=("TRANSACTION_REFUND_REQUESTED",),
    ),
    Webhook(
        name="transaction_cancelation_requested",
        label="決済の取消",
        sync_events=("TRANSACTION_CANCELATION_REQUESTED",),
    ),
    Webhook(
        name="order_changed",
        label="注文の変化",
        async_events=(
            "ORDER_CREATED",
            "ORDER_UPDATED",
            "ORDER_PAID",
            "ORDER_FULLY_PAID",
            "ORDER_CANCELLED",
            "ORDER_REFUNDED",
            "ORDER_FULFILLED",
        ),
    ),
    Webhook(
        name="fulfilment_changed",
        label="お届けの変化",
        async_events=(
            "FULFILLMENT_CREATED",
            "FULFILLMENT_TRACKING_NUMBER_UPDATED",
            "FULFILLMENT_CANCELED",
        ),
    ),
    Webhook(
        name="customer_changed",
        label="会員情報の変化",
        async_events=("CUSTOMER_UPDATED", "CUSTOMER_DELETED", "ACCOUNT_DELETED"),
    ),
    Webhook(
        name="account_mail_requested",
        label="確認メール",
        async_events=("ACCOUNT_CONFIRMATION_REQUESTED", "ACCOUNT_SET_PASSWORD_REQUESTED"),
    ),
)


def manifest_build(*, app_url: str, server_url: str) -> dict[str, Any]:
    """This will build the manifest that the shop fetches.

    `app_url` is where browsers reach us; `server_url` where the shop's servers do, which is the
    same unless they use container names.
    """
    return {
        "id": APP_IDENTIFIER,
        "name": NAME,
        "version": VERSION,
        "requiredSaleorVersion": REQUIRED_SALEOR,
        "about": "ふるさと納税の月額会員を、町が自分で運営するためのアプリです。",
        "author": NAME,
        "audience": AUDIENCE,
        "permissions": list(PERMISSIONS),
        "appUrl": app_url + extensions.FRAME_PATH,
        "tokenTargetUrl": server_url + REGISTER_PATH,
        "homepageUrl": app_url + "/",
        "supportUrl": app_url + SUPPORT_PATH,
        "dataPrivacyUrl": app_url + PRIVACY_PATH,
        "brand": {"logo": {"default": server_url + LOGO_PATH}},
        "extensions": extensions.extensions_build(),
        "webhooks": [webhook_build(webhook, server_url) for webhook in WEBHOOKS],
    }


def webhook_build(webhook: Webhook, server_url: str) -> dict[str, Any]:
    """This will build one webhook of the manifest."""
    return {
        "name": webhook.label,
        "identifier": webhook.name,
        "targetUrl": server_url + HOOK_PATH + webhook.name,
        "query": operations.webhook_query(webhook.name),
        "asyncEvents": list(webhook.async_events),
        "syncEvents": list(webhook.sync_events),
        "isActive": True,
    }
