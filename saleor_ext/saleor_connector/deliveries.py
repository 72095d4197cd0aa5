"""Messages that the shop could not deliver and has given up: it still tells them when asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from saleor_ext.saleor_connector import client, mapping


@dataclass(frozen=True, kw_only=True)
class FailedDelivery:
    """One message the shop gave up. `text` is the body it would have sent, "" when it is lost."""

    id: str
    failed_from: datetime
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class FailedPage:
    """The newest messages that were given up, and whether there are older ones."""

    deliveries: tuple[FailedDelivery, ...]
    has_more: bool


def deliveries_failed(*, shop: client.ShopClient | None = None) -> FailedPage:
    """This will list what the shop gave up telling us: of each webhook the newest fifty.

    The shop keeps them for two weeks.
    """
    answer = (shop or client.shop_client()).execute("deliveries_failed", {})
    pages = [
        webhook["eventDeliveries"]
        for webhook in (answer.get("app") or {}).get("webhooks") or []
        if webhook.get("eventDeliveries")
    ]
    return FailedPage(
        deliveries=tuple(_deliveries(pages)),
        has_more=any(page["pageInfo"]["hasNextPage"] for page in pages),
    )


def _deliveries(pages: list[dict[str, object]]) -> Iterator[FailedDelivery]:
    for page in pages:
        for edge in page["edges"]:  # type: ignore[attr-defined]
            node = edge["node"]
            yield FailedDelivery(
                id=node["id"],
                failed_from=mapping.moment_from_shop(node["createdAt"]),
                text=node.get("payload") or "",
            )
