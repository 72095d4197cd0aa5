"""The staff pages in a sandboxed frame of another origin, in Chromium, without any cookie."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page, expect, sync_playwright

from saleor_ext.membership import selectors
from saleor_ext.saleor_connector import jwks
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import fake_dashboard, world
from tests.builders.shop_keys import ShopKeys, installation_make, keys_publish

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

PATIENCE_MS = 15_000


@dataclass
class Office:
    """佐藤 at the Dashboard: its page, our app in its frame, and what was asked of our server."""

    app_url: str
    keys: ShopKeys
    page: Page
    asked: list[str] = field(default_factory=list)

    @property
    def frame(self) -> Frame:
        """Our page inside the Dashboard's."""
        return self.page.frames[1]

    def open(self, path: str, **claims: object) -> None:
        """This will open one of our pages as the Dashboard does."""
        token = self.keys.staff_token(**claims)
        self.page.evaluate("([src, token]) => open_app(src, token)", [self.app_url + path, token])

    def keys_change(self) -> None:
        """From now on our server does not take the token at hand any more."""
        self.keys.rotate()
        for key_set in jwks._key_sets.values():
            key_set._keys.clear()
            key_set._fetched_s = None

    def told(self, kind: str) -> list[dict[str, object]]:
        """What our page asked of the Dashboard."""
        return [said["payload"] for said in self.page.evaluate("seen") if said["type"] == kind]

    def comes_to(self, route: str) -> None:
        """This will wait until our page has told the Dashboard that it shows a route."""
        self.page.wait_for_function(
            """route => (seen.findLast(said => said.type === 'updateRouting') || {})
                 .payload?.newRoute === route""",
            arg=route,
        )


@pytest.fixture
def shop_keys(monkeypatch, settings, producer, hanako) -> ShopKeys:
    """The keys of a shop that has installed us."""
    installation_make().save()
    return keys_publish(monkeypatch, settings)


@pytest.fixture
def office(live_server, chromium_path, settings, shop_keys) -> Callable[..., Any]:
    """This will give a context manager; the database is looked at before and after, not within."""

    @contextlib.contextmanager
    def opened(named: str = "") -> Iterator[Office]:
        with fake_dashboard.fake_dashboard() as address, sync_playwright() as playwright:
            settings.DASHBOARD_URLS = [named or address]
            browser = playwright.chromium.launch(executable_path=str(chromium_path))
            context = browser.new_context(
                viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
            )
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            expect.set_options(timeout=PATIENCE_MS)
            desk = Office(app_url=live_server.url, keys=shop_keys, page=page)
            page.on("request", lambda request: desk.asked.append(request.url))
            page.goto(address)
            yield desk
            browser.close()

    return opened


def findings(frame: Frame) -> list[str]:
    """What axe finds: contrast above all, since the colours follow the Dashboard."""
    found = Axe().run(frame).response["violations"]
    return [f"{item['id']}: {item['nodes'][0]['html'][:100]}" for item in found]


def park_typed(frame: Frame) -> None:
    frame.get_by_text("この会員を止める").click()
    frame.get_by_label("止める理由").fill("住所の確認")
    frame.get_by_role("button", name="止める", exact=True).click()


def test_staff_work_in_the_frame_as_they_do_outside(office, hanako):
    key = selectors.cycle_key(cycle=hanako.cycles.get(n=0))
    shop_models.ShopOrder.objects.create(
        external_reference=key, order_id="T3JkZXI6MQ==", number="12", updated_at=world.NOW
    )

    with office() as desk:
        desk.open("/frame/members?theme=light&id=QXBwOjE%3D")
        desk.frame.get_by_role("searchbox").fill("山田")
        desk.frame.get_by_role("button", name="さがす").click()
        desk.comes_to("/members/?state=all")
        expect(desk.frame.get_by_role("searchbox")).to_have_value("山田")
        desk.frame.get_by_role("link", name="継続中 1").click()
        desk.comes_to("/members/?state=active")
        expect(desk.frame.locator("tbody tr")).to_have_count(1)
        with desk.page.expect_download() as download:
            desk.frame.get_by_role("link", name="この条件でCSVを保存").click()
        saved = download.value.path().read_text(encoding="utf-8-sig")
        desk.frame.get_by_role("link", name=hanako.public_id).click()
        park_typed(desk.frame)
        expect(desk.frame.get_by_text("止めました。")).to_be_visible()
        found = findings(desk.frame)
        desk.page.evaluate("post('theme', { theme: 'dark' })")
        expect(desk.frame.locator("html")).to_have_attribute("data-theme", "dark")
        found += findings(desk.frame)
        desk.frame.get_by_role("link", name="注文 12").click()
        desk.frame.evaluate("go(new URL('/staff/members/999999/', location.origin))")
        expect(desk.frame.locator("main h1")).to_have_text("ページが見つかりません")
        desk.frame.get_by_role("link", name="いまのようす").click()
        expect(desk.frame.locator("main h1")).to_have_text("いまのようす")
        found += findings(desk.frame)
        redirects, routes = desk.told("redirect"), desk.told("updateRouting")
        asked, cookies = desk.asked, desk.page.context.cookies()

    hanako.refresh_from_db()
    assert (hanako.state, hanako.parked_reason) == ("parked", "住所の確認")
    assert hanako.public_id in saved
    assert found == []
    assert [said["to"] for said in redirects] == ["/orders/T3JkZXI6MQ%3D%3D"]
    assert [said["newRoute"] for said in routes] == [
        "/members/?state=all",
        "/members/?state=active",
        f"/members/{hanako.donor_id}/",
        f"/members/{hanako.donor_id}/",
        "/members/999999/",
        "/",
    ]
    assert [url for url in asked if "eyJ" in url or "q=" in url or quote("山田") in url] == []
    assert cookies == []


def test_a_token_that_ends_is_renewed_and_nothing_typed_is_lost(office, hanako):
    renewing = "お店に確かめ直しています"

    with office() as desk:
        desk.open("/frame/members/", exp=int(time.time()) - 60)
        expect(desk.frame.get_by_text(renewing)).to_be_visible()
        asked_too_early = [url for url in desk.asked if "/staff/" in url]
        desk.page.evaluate("token => renew(token)", desk.keys.staff_token())
        desk.frame.get_by_role("link", name=hanako.public_id).click()
        expect(desk.frame.get_by_text("この会員を止める")).to_be_visible()
        desk.keys_change()
        park_typed(desk.frame)
        expect(desk.frame.get_by_text(renewing)).to_be_visible()
        desk.page.evaluate("token => renew(token)", desk.keys.staff_token())
        expect(desk.frame.get_by_text("止めました。")).to_be_visible()

    hanako.refresh_from_db()
    assert asked_too_early == []
    assert (hanako.state, hanako.parked_reason) == ("parked", "住所の確認")
    assert hanako.events.filter(to_state="parked").count() == 1


def test_a_page_beside_a_customer_takes_the_height_it_needs(office, hanako):
    with office() as desk:
        desk.open("/frame/widgets/customer/?customerId=user-hanako&id=QXBwOjE%3D")
        link = desk.frame.get_by_role("link", name="この会員を開く")
        expect(link).to_be_visible()
        desk.page.wait_for_function("seen.some((said) => said.type === 'widgetResize')")
        is_whole = desk.frame.evaluate("document.documentElement.scrollHeight <= innerHeight")
        link.click()
        desk.page.wait_for_function("seen.some((said) => said.type === 'redirect')")
        redirects, routes = desk.told("redirect"), desk.told("updateRouting")

    assert is_whole
    assert [said["to"] for said in redirects] == [
        f"/extensions/app/QXBwOjE%3D/members/{hanako.donor_id}/"
    ]
    assert routes == []


def test_no_other_page_can_show_ours(office):
    with office(named="http://127.0.0.1:1/") as desk:
        with desk.page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            desk.open("/frame/members/")
        ready, asked = desk.told("notifyReady"), desk.asked

    assert ready == []
    assert [url for url in asked if "/staff/" in url] == []
