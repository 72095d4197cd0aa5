"""Takes the README's picture of the storefront: `python -m tests.tools.picture`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from fixtures.trial import own
from tests.tools import machine

PATH = Path(__file__).resolve().parents[2] / "docs" / "images" / "storefront.png"
WIDTH, HEIGHT = 1280, 800


def main() -> int:
    """This will run a demo town of its own and photograph its first page."""
    browser_path = machine.browser_path()
    if browser_path is None:
        print("neither Chromium nor Chrome found", file=sys.stderr)
        return 1
    PATH.parent.mkdir(parents=True, exist_ok=True)
    with own.trial_own() as trial, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="ja-JP")
        page.goto(f"{trial.url}/", wait_until="networkidle")
        page.screenshot(path=PATH)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
