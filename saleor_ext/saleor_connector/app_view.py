"""How our app stands in the shop, as the app itself may see it, beside what the manifest says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLSyntaxError, parse, print_ast

from saleor_ext.saleor_connector import client, extensions, manifest, operations
from saleor_ext.saleor_connector.setup import staff


@dataclass(frozen=True, kw_only=True)
class WebhookSeen:
    """One webhook as the shop has it."""

    id: str
    name: str
    label: str
    is_active: bool
    target_url: str
    query: str
    events: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class AppSeen:
    """Our app and the switches of the shop that everybody may see."""

    id: str
    is_active: bool
    permissions: frozenset[str]
    webhooks: tuple[WebhookSeen, ...]
    extensions: frozenset[tuple[str, ...]]
    version: str
    ships_unpaid: bool
    ships_at_once: bool


class AppShop(staff.StaffShop):
    """The shop as our app sees it, for reading how it is set up. It changes nothing."""

    def __init__(self, speaker: client.ShopClient) -> None:
        self._speaker = speaker

    def execute(self, operation: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """This will run a query as our app.

        Raises:
            ShopError: as `ShopClient.execute` does; ShopRefused for what the app may not see.
        """
        return self._speaker.execute(operation, variables)


def app_view(shop: client.ShopClient) -> AppSeen:
    """This will read how our app stands.

    Raises:
        ShopTokenLost: the shop does not know our token.
        ShopUnavailable: the shop does not answer.
    """
    answer = shop.execute("app_status", {})
    app, here = answer["app"], answer["shop"]
    return AppSeen(
        id=app["id"],
        is_active=app["isActive"],
        permissions=frozenset(item["code"] for item in app["permissions"] or []),
        webhooks=tuple(_webhook(item) for item in app["webhooks"] or []),
        extensions=frozenset(_extension(item) for item in app["extensions"]),
        version=here["version"],
        ships_unpaid=here["fulfillmentAllowUnpaid"],
        ships_at_once=here["fulfillmentAutoApprove"],
    )


def extensions_wanted() -> frozenset[tuple[str, ...]]:
    """This will return the manifest's places in the Dashboard, as `AppSeen` has them."""
    return frozenset(
        (item.name, item.label, item.mount, item.target, item.path, *sorted(item.permissions))
        for item in extensions.EXTENSIONS
    )


def webhook_faults(seen: WebhookSeen, wanted: manifest.Webhook, *, server_url: str) -> list[str]:
    """This will say what of a webhook is not as it is in the manifest."""
    here = manifest.webhook_build(wanted, server_url)
    events = frozenset([*here["asyncEvents"], *here["syncEvents"]])
    checks = {
        "inactive": seen.is_active,
        "address": seen.target_url == here["targetUrl"],
        "query": _plain(seen.query) == _plain(operations.webhook_query(wanted.name)),
        "events": seen.events == events,
    }
    return [name for name, is_right in checks.items() if not is_right]


def version_parts(version: str) -> tuple[int, ...]:
    """This will read 3.23.28 as (3, 23, 28); what follows a sign that is no number is left out."""
    found: list[int] = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        found.append(int(digits))
    return tuple(found)


def _plain(query: str) -> str:
    """Two ways of writing one query are one query."""
    try:
        return print_ast(parse(query, no_location=True))
    except GraphQLSyntaxError:
        return query


def _extension(item: Mapping[str, Any]) -> tuple[str, ...]:
    names = ("identifier", "label", "mountName", "targetName", "url")
    permissions = sorted(permission["code"] for permission in item["permissions"])
    return (*(str(item[name] or "") for name in names), *permissions)


def _webhook(item: Mapping[str, Any]) -> WebhookSeen:
    events = [*(item["asyncEvents"] or []), *(item["syncEvents"] or [])]
    return WebhookSeen(
        id=item["id"],
        name=item["identifier"] or "",
        label=item["name"] or "",
        is_active=item["isActive"],
        target_url=item["targetUrl"],
        query=item["subscriptionQuery"] or "",
        events=frozenset(event["eventType"] for event in events),
    )
