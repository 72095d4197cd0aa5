"""Writes docs/saleor-app.md, what our app asks of a shop: `python -m tests.tools.app_docs`.

With `--check` nothing is written; the exit code says whether the paper is in step. It needs the
shop's schema (see `saleor_permissions`).
"""

import sys
from pathlib import Path

from saleor_ext.saleor_connector import manifest
from tests.tools import saleor_permissions

PAPER = Path(__file__).resolve().parents[2] / "docs" / "saleor-app.md"
BEGIN = "<!-- drawn by python -m tests.tools.app_docs -->"
END = "<!-- end -->"


def tables(sdl: Path) -> str:
    """This will write the tables of permissions and webhooks."""
    found = saleor_permissions.needs(sdl)
    lines = ["### Permissions", "", "| Permission | Why | Needed by |", "|---|---|---|"]
    for code, reason in manifest.PERMISSIONS.items():
        users = sorted(name for name, wanted in found.items() if _is_for(code, wanted))
        lines.append(f"| `{code}` | {reason} | {', '.join(f'`{name}`' for name in users)} |")
    lines += ["", "### Webhooks", "", "| Webhook | Shown as | Events |", "|---|---|---|"]
    for webhook in manifest.WEBHOOKS:
        events = ", ".join(f"`{event}`" for event in (*webhook.async_events, *webhook.sync_events))
        lines.append(f"| `{webhook.name}` | {webhook.label} | {events} |")
    return "\n".join(lines)


def _is_for(code: str, wanted: set[saleor_permissions.Need]) -> bool:
    """Whether this permission, and no other that we ask for, meets one of the needs."""
    others = set(manifest.PERMISSIONS) - {code}
    return any(code in need and not need & others for need in wanted)


def paper(sdl: Path) -> str:
    """This will put the present tables into the paper."""
    text = PAPER.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables(sdl)}\n\n{END}{after}"


def main(arguments: list[str]) -> int:
    """This will write the paper, or with --check only say whether it is stale."""
    sdl = saleor_permissions.sdl_path()
    if sdl is None:
        print("Saleor's schema is not here; name it with SALEOR_SDL")
        return 1
    wanted = paper(sdl)
    if arguments == ["--check"]:
        is_stale = PAPER.read_text(encoding="utf-8") != wanted
        print("docs/saleor-app.md is not in step" if is_stale else "in step")
        return int(is_stale)
    PAPER.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
