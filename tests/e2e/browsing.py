"""People in front of Chromium. Whatever page they come to is looked at: axe, console, width."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright

from fixtures.stripe.testing import wait_for
from fixtures.trial.supervisor import ROOT
from fixtures.trial.tour.visitor import Visitor

ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
TIMEOUT_MS = 20_000
NARROW, WIDE = 390, 1280
WIDTHS = (NARROW, WIDE)
HEIGHTS = {NARROW: 844, WIDE: 900}
PICTURES = ROOT / "test-output" / "e2e"
POLICY_NOTE = re.compile(r"Content Security Policy")
POLICY_COUNT = """
  window.policyBreaches = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    const breach = `${event.violatedDirective} ${event.blockedURI}`;
    if (!window.isLookedAt) window.policyBreaches.push(breach);
  });
"""
# The browser's own note that an answer was not 2xx: the page itself is looked at instead.
STATUS_NOTE = re.compile(r"Failed to load resource: the server responded with a status of \d+")


@contextmanager
def chromium_open(playwright: Playwright, path: Path) -> Iterator[Browser]:
    """This will run Chromium for a block."""
    browser = playwright.chromium.launch(executable_path=str(path), args=list(ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()


@dataclass(kw_only=True)
class Person:
    """One person's window. `look` collects what is wrong with the pages he comes to."""

    name: str
    url: str
    width: int
    page: Page
    context: BrowserContext
    findings: list[str] = field(default_factory=list)
    pictures: int = 0
    is_looking: bool = False

    def go(self, address: str) -> None:
        """This will open a page of ours."""
        self.page.goto(self.url + address)

    def follow(self, words: str) -> None:
        """This will click the first link in the page with these words."""
        self.page.locator("main").get_by_role("link", name=words).first.click()

    def press(self, words: str) -> None:
        """This will press the first button with these words."""
        self.page.get_by_role("button", name=words).first.click()

    def sees(self, words: str) -> None:
        """This will wait until words are there to be read."""
        self.page.get_by_text(words).first.wait_for()

    def resize(self, width: int) -> None:
        """This will make his window as wide as a telephone or a desk's screen."""
        self.width = width
        self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})

    def look(self, name: str, *, has_picture: bool = True) -> None:
        """This will take a picture and note what axe finds and what sticks out."""
        self.page.wait_for_load_state("load")
        breaches = self.page.evaluate("window.isLookedAt = true, window.policyBreaches.splice(0)")
        self.findings += [f"{name}: its policy forbids {breach}" for breach in breaches]
        self.is_looking = True
        _pictures_load(self.page)
        if has_picture:
            self._picture_take(name)
        self.findings += [f"{name}: {found}" for found in page_findings(self.page)]
        self.page.evaluate("0")  # whatever axe said in the console has been heard by now
        self.is_looking = False

    def _picture_take(self, name: str) -> None:
        self.pictures += 1
        folder = PICTURES / str(self.width)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self.name}-{self.pictures:02}-{name}.png"
        self.page.screenshot(path=file, full_page=True)

    def note_console(self, message: ConsoleMessage) -> None:
        """This will keep what the console says, except of answers that are not 2xx.

        Axe and the camera put styles of their own into the page, which its policy refuses, and
        speak to its frames. What is said meanwhile is not the page's; the page's own breaches of
        its policy are counted inside it.
        """
        if self.is_looking or POLICY_NOTE.search(message.text):
            return
        if message.type in {"error", "warning"} and not STATUS_NOTE.search(message.text):
            self.findings.append(f"console at {self.page.url}: {message.text}")


def person_open(browser: Browser, *, name: str, url: str, width: int) -> Person:
    """This will open a window of a width, with nobody signed in."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]}, locale="ja-JP"
    )
    context.set_default_timeout(TIMEOUT_MS)
    context.add_init_script(POLICY_COUNT)
    page = context.new_page()
    person = Person(name=name, url=url, width=width, page=page, context=context)
    page.on("console", person.note_console)
    page.on("pageerror", lambda error: person.findings.append(f"script: {error}"))
    return person


def cookies_take(person: Person, visitor: Visitor) -> None:
    """This will go on in the window as somebody who has signed in over HTTP."""
    person.context.add_cookies(
        [
            {"name": cookie.name, "value": cookie.value or "", "url": person.url}
            for cookie in visitor.client.cookies.jar
        ]
    )


def _pictures_load(page: Page) -> None:
    """Pictures further down load when somebody scrolls to them."""
    page.evaluate("document.querySelectorAll('img').forEach(img => { img.loading = 'eager'; })")
    wait_for(lambda: page.evaluate("[...document.images].every(img => img.complete)"), timeout_s=20)


def page_findings(page: Page) -> list[str]:
    """This will return what axe finds, and whether the page is wider than its window."""
    found = [
        f"axe {item['id']} ({item['help']}): {node['html'][:160]}"
        for item in Axe().run(page).response["violations"]
        for node in item["nodes"][:3]
    ]
    inner, outer = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    if inner > outer:
        found.append(f"the page is {inner} px wide in a window of {outer}")
    return found


def card_type(person: Person, number: str) -> None:
    """This will type a card into the provider's frame."""
    frame = person.page.frame_locator("#card-field iframe")
    frame.get_by_label("カード番号").fill(number)
    frame.get_by_label("有効期限").fill("12 / 34")
    frame.get_by_label("セキュリティコード").fill("123")
