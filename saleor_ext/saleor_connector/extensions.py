"""Where our staff pages appear in the shop's Dashboard.

The Dashboard shows an entry to those staff who hold all of its permissions, which must be among
the app's own. What somebody may see behind it is decided again by our pages, with his roles.
"""

from dataclasses import dataclass
from typing import Any

FRAME_PATH = "/frame"
WIDGET = "WIDGET"
HOME = "HOMEPAGE_WIDGETS"


@dataclass(frozen=True, kw_only=True)
class Extension:
    """One entry. `path` is below the frame's; `name` stays the same over all versions."""

    name: str
    label: str
    mount: str
    path: str
    target: str = "APP_PAGE"
    permissions: tuple[str, ...] = ()


EXTENSIONS = (
    Extension(name="overview", label="サロンのようす", mount="NAVIGATION_ORDERS", path="/"),
    Extension(
        name="donations", label="サロンの寄附", mount="NAVIGATION_ORDERS", path="/donations/"
    ),
    Extension(name="cycles", label="毎月の回", mount="NAVIGATION_ORDERS", path="/cycles/"),
    Extension(
        name="run",
        label="毎月の処理",
        mount="NAVIGATION_ORDERS",
        path="/run/",
        permissions=("HANDLE_PAYMENTS",),
    ),
    Extension(name="members", label="サロンの会員", mount="NAVIGATION_CUSTOMERS", path="/members/"),
    Extension(
        name="shipments", label="返礼品のお届け", mount="NAVIGATION_CATALOG", path="/shipments/"
    ),
    Extension(
        name="order",
        label="サロンの回",
        mount="ORDER_DETAILS_WIDGETS",
        target=WIDGET,
        path="/widgets/order/",
    ),
    Extension(
        name="customer",
        label="サロンの会員",
        mount="CUSTOMER_DETAILS_WIDGETS",
        target=WIDGET,
        path="/widgets/customer/",
    ),
    Extension(
        name="product",
        label="サロンでの扱い",
        mount="PRODUCT_DETAILS_WIDGETS",
        target=WIDGET,
        path="/widgets/product/",
    ),
    Extension(
        name="home",
        label="サロンで対応が必要なもの",
        mount=HOME,
        target=WIDGET,
        path="/widgets/home/",
    ),
)


def extensions_build() -> list[dict[str, Any]]:
    """This will build the manifest's list of extensions."""
    return [_extension(extension) for extension in EXTENSIONS]


def _extension(extension: Extension) -> dict[str, Any]:
    built: dict[str, Any] = {
        "identifier": extension.name,
        "label": extension.label,
        "mount": extension.mount,
        "target": extension.target,
        "url": extension.path,
        "permissions": list(extension.permissions),
    }
    if extension.target == WIDGET:
        # By GET the Dashboard hands the token over by message, as it does for whole pages.
        place = "homeWidgetTarget" if extension.mount == HOME else "widgetTarget"
        built["options"] = {place: {"method": "GET"}}
    return built
