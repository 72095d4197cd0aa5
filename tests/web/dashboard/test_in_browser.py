"""The producer and staff pages in Chromium: axe, widths, thumbs, and the list on paper."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page, sync_playwright

from saleor_ext.fulfilment import services
from tests.builders import dashboard, world

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

TODAY = date(2026, 11, 24)
WIDTHS = (390, 1280)
THUMB_PX = 56


@dataclass(frozen=True)
class Places:
    """A served town: its address, the sessions of two people, and pages to look at."""

    address: str
    producer_session: str
    staff_session: str
    producer_pages: tuple[str, ...]
    staff_pages: tuple[str, ...]


@pytest.fixture
def places(live_server) -> Places:
    """Many parcels of three classes, a member of every kind."""
    world.world_make()
    producer = world.producer_make()
    hanako = world.member_make()
    taro = world.member_make(donor=world.donor_make(name="taro"))
    for number in range(1, 13):
        parcel = dashboard.parcel_of(
            producer=producer,
            membership=hanako,
            n=number,
            ship_from=TODAY - timedelta(days=10 if number < 3 else 0),
            temperature=("ambient", "chilled", "frozen")[number % 3],
        )
    services.shipment_ready(producer_id=producer.pk, key=parcel.key, now=world.NOW, actor="test")
    sent = dashboard.parcel_of(producer=producer, membership=taro, n=1, ship_from=TODAY)
    dashboard.parcel_sent(sent)
    dashboard.declined_make(taro, n=2)
    return Places(
        address=live_server.url,
        producer_session=session_of(dashboard.producer_browser(producer)),
        staff_session=session_of(dashboard.staff_browser()),
        producer_pages=(
            "/producer/",
            "/producer/?show=all",
            f"/producer/parcels/{parcel.key}/",
            f"/producer/parcels/{sent.key}/",
            "/producer/print/",
            "/producer/?month=x",
        ),
        staff_pages=(
            "/staff/",
            "/staff/members/",
            "/staff/cycles/",
            "/staff/donations/",
            "/staff/shipments/",
            "/staff/charges/",
            f"/staff/members/{taro.donor_id}/",
            "/staff/messages/",
            "/staff/run/",
            "/staff/settings/",
        ),
    )


def session_of(client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def open_page(playwright, chromium_path: Path, places: Places, session: str, width: int) -> Page:
    browser = playwright.chromium.launch(executable_path=str(chromium_path))
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.set_default_timeout(15_000)
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": places.address}]
    )
    return context.new_page()


def findings(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than the window."""
    found = [
        f"{item['id']}: {item['nodes'][0]['html'][:100]}"
        for item in Axe().run(page).response["violations"]
    ]
    root = "document.documentElement"
    if page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"):
        found.append("wider than the window")
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_sticks_out(places, chromium_path, width):
    found = {}
    with sync_playwright() as playwright:
        for session, addresses in (
            (places.producer_session, places.producer_pages),
            (places.staff_session, places.staff_pages),
        ):
            page = open_page(playwright, chromium_path, places, session, width)
            for address in addresses:
                page.goto(places.address + address)
                found[address] = findings(page)

    assert {address: what for address, what in found.items() if what} == {}


def test_what_producers_press_is_big_enough_for_a_thumb(places, chromium_path):
    small = {}
    with sync_playwright() as playwright:
        page = open_page(playwright, chromium_path, places, places.producer_session, 390)
        for address in places.producer_pages[:4]:
            page.goto(places.address + address)
            for target in page.locator(
                "main button:visible, main a.button:visible, main summary:visible,"
                " main input:visible, main select:visible, main .tabs__tab:visible"
            ).all():
                box = target.bounding_box()
                if box and box["height"] < THUMB_PX:
                    small[f"{address} {target.inner_text()}"] = box["height"]

    assert small == {}


def test_a_parcel_is_ticked_and_shipped_without_script(places, chromium_path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path))
        context = browser.new_context(
            viewport={"width": 390, "height": 800}, java_script_enabled=False
        )
        context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": places.producer_session,
                    "url": places.address,
                }
            ]
        )
        page = context.new_page()
        page.goto(places.address + "/producer/")
        before = page.locator(".parcel").count()
        card = page.locator(".parcel", has_text="準備まえ").first
        card.get_by_role("button", name=re.compile("^準備できました")).click()
        key = page.url.partition("#parcel-")[2]
        ready = page.locator(f"#parcel-{key}")
        assert "準備できました" in ready.locator(".parcel__state").inner_text()
        ready.get_by_label("ヤマト運輸の送り状番号").fill("4012-3456-7890")
        ready.get_by_role("button", name=re.compile("^発送しました")).click()
        assert "番号のどこかがちがっているようです" in page.get_by_role("alert").inner_text()
        field = page.get_by_label("ヤマト運輸の送り状番号")
        assert field.input_value() == "4012-3456-7890"
        field.fill("4012-3456-7893")
        page.get_by_role("button", name=re.compile("^発送しました")).click()
        assert "発送済みにしました" in page.get_by_role("status").first.inner_text()
        assert page.locator(".parcel").count() == before - 1


def test_the_list_on_paper_is_a4_and_no_parcel_is_torn(places, chromium_path, tmp_path):
    with sync_playwright() as playwright:
        page = open_page(playwright, chromium_path, places, places.producer_session, 1280)
        page.goto(places.address + "/producer/print/")
        page.emulate_media(media="print")
        paper = page.pdf(path=str(tmp_path / "list.pdf"), prefer_css_page_size=True)
        is_bar_shown = page.locator(".screen-only").is_visible()
        colours = page.evaluate(
            """() => [...new Set([...document.querySelectorAll('main, main *')].flatMap(
                 (node) => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]
               ))]"""
        )
        row_break = page.locator("tbody tr").first.evaluate(
            "(row) => getComputedStyle(row).breakInside"
        )
        head = page.locator("thead").first.evaluate("(part) => getComputedStyle(part).display")

    boxes = set(re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", paper))
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
    pages = len(re.findall(rb"/Type /Page\b(?!s)", paper))
    assert 2 <= pages <= 4  # twelve parcels, about six to a page
    assert is_bar_shown is False
    assert set(colours) <= {"rgb(0, 0, 0)", "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    assert (row_break, head) == ("avoid", "table-header-group")
