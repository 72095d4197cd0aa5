"""Where our staff pages appear in the shop's Dashboard.

The Dashboard shows an entry to those staff who hold all of its permissions, which must be among
the app's own. What somebody may see behind it is decided again by our pages, with his roles.
"""

from dataclasses import dataclass
from typing import Any

FRAME_PATH = "/frame"


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
    Extension(name="members", label="サロンの会員", mount="NAVIGATION_CUSTOMERS", path="/members/"),
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
    if extension.target == "WIDGET":
        built["options"] = {"widgetTarget": {"method": "GET"}}
    return built
