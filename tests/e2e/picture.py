"""`python -m tests.e2e.picture`: takes the README's picture, docs/images/storefront.png."""

import sys

from playwright.sync_api import sync_playwright

from fixtures.trial import own
from fixtures.trial.supervisor import ROOT
from tests.e2e import browsing
from tests.tools import machine

FILE = ROOT / "docs" / "images" / "storefront.png"
LARGEST_BYTES = 300_000


def main() -> int:
    """This will open the demo town's first page and keep what a reader sees without scrolling."""
    program = machine.browser_path()
    if program is None:
        sys.stderr.write("neither Chromium nor Chrome found\n")
        return 1
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with (
        own.trial_own() as trial,
        sync_playwright() as playwright,
        browsing.chromium_open(playwright, program) as browser,
    ):
        person = browsing.person_open(browser, name="reader", url=trial.url, width=browsing.WIDE)
        person.go("/")
        person.page.wait_for_load_state("networkidle")
        person.page.screenshot(path=FILE)
    size = FILE.stat().st_size
    print(f"{FILE.relative_to(ROOT)}: {size:,} bytes")
    return int(size > LARGEST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
