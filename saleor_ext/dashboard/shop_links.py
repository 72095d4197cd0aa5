"""From our pages to the shop's own page of an order, a customer or a product."""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings

ORDERS, CUSTOMERS, VARIANTS = "orders", "customers", "products/variant"


@dataclass(frozen=True, kw_only=True)
class ShopLink:
    """A page of the Dashboard. Inside it only `path` is needed; from elsewhere the whole `url`."""

    path: str
    text: str

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{settings.DASHBOARD_URLS[0].rstrip('/')}{self.path}"


def shop_link(kind: str, *, object_id: str, text: str) -> ShopLink | None:
    """This will lead to a page of the Dashboard; None without one, or when the id is not known."""
    if not settings.DASHBOARD_URLS or not object_id:
        return None
    return ShopLink(path=f"/{kind}/{quote(object_id, safe='')}", text=text)
