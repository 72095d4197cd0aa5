"""The Payment Element in a real browser: typed, refused, authenticated, paid; for everyone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright

from saleor_ext.contracts.payment import ChargeState, Outcome
from tests.conformance.stripe.conftest import Peer, unique
from tests.conformance.stripe.shop_page import Shop, shop

pytestmark = pytest.mark.browser

VISA = "4242424242424242"
ALWAYS_3DS = "4000002760003184"
WIDTHS = [390, 1280]
AXE = {"resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(chromium_path), args=["--no-sandbox"]
        )
        yield started
        started.close()


@pytest.fixture
def storefront(local: Peer) -> Iterator[Shop]:
    assert local.stand_in is not None
    with shop(local.stand_in.url) as opened:
        yield opened


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A fresh page of either width; anything it complains about fails the test."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 900}, locale="ja-JP", reduced_motion="reduce"
    )
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            if said.type == "error" and "402 (Payment Required)" not in said.text
            else None
        ),
    )
    yield opened
    context.close()
    assert [text for text in complaints if "favicon" not in text] == []


def _opened(peer: Peer) -> ChargeState:
    request = peer.request(method_ref="pm_card_visa")
    given = {**vars(request), "method_ref": None, "key": unique("open")}
    return peer.provider.charge_open(type(request)(**given))


def _show(page: Page, address: str) -> Frame:
    page.goto(address)
    page.locator("form[data-ready]").wait_for()
    frame = page.frame(url="**/v3/element")
    assert frame is not None
    return frame


def _type(frame: Frame, number: str, expiry: str = "1234", cvc: str = "123") -> None:
    frame.get_by_label("カード番号").fill("")
    frame.get_by_label("カード番号").press_sequentially(number)
    frame.get_by_label("有効期限").fill("")
    frame.get_by_label("有効期限").press_sequentially(expiry)
    frame.get_by_label("セキュリティコード").fill(cvc)


def _pay(page: Page) -> None:
    page.get_by_role("button", name="3,000円を寄附する").click()


def _no_violations(where: Page | Frame) -> None:
    found: Any = Axe().run(where, options=AXE)
    violations = found.response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in violations] == []


def _shot(page: Page, folder: Path, name: str) -> None:
    width = (page.viewport_size or {"width": 0})["width"]
    page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)


def test_a_card_pays_and_is_kept(page: Page, local: Peer, storefront: Shop, tmp_path: Path) -> None:
    # given
    attempt = _opened(local)
    frame = _show(page, storefront.set_up(attempt.client_secret))
    _shot(page, tmp_path, "empty")
    _type(frame, VISA)
    expect(frame.get_by_label("カード番号")).to_have_value("4242 4242 4242 4242")
    expect(frame.get_by_label("有効期限")).to_have_value("12 / 34")
    _shot(page, tmp_path, "filled")

    # when
    said = page.evaluate("window.said.at(-1)")
    _pay(page)
    page.wait_for_url("**/done?from=shop&*")

    # then
    assert said["complete"] is True
    assert said["value"] == {"type": "card"}
    expect(page.locator("#status")).to_have_text("succeeded")
    assert f"payment_intent={attempt.provider_ref}&" in page.url
    state = local.provider.charge_fetch(provider_ref=attempt.provider_ref)
    assert state.outcome is Outcome.SUCCEEDED
    assert state.card is not None
    kept = local.api.v1.payment_methods.list({"customer": attempt.customer_ref}).data
    assert [method.id for method in kept] == [state.card.method_ref]
    # and the kept card pays next month
    later = local.provider.charge_off_session(
        local.request(customer_ref=attempt.customer_ref, method_ref=state.card.method_ref)
    )
    assert later.outcome is Outcome.SUCCEEDED


def test_a_declined_card_is_explained_and_another_one_pays(
    page: Page, local: Peer, storefront: Shop, tmp_path: Path
) -> None:
    # given
    attempt = _opened(local)
    frame = _show(page, storefront.set_up(attempt.client_secret))
    _type(frame, "4000000000009995")

    # when
    _pay(page)

    # then
    expect(page.locator("#message")).to_contain_text("残高またはご利用枠が足りません")
    _shot(page, tmp_path, "declined")
    state = local.provider.charge_fetch(provider_ref=attempt.provider_ref)
    assert (state.outcome, state.decline_code) == (Outcome.DECLINED, "insufficient_funds")
    assert local.api.v1.payment_methods.list({"customer": attempt.customer_ref}).data == []
    # and the same attempt goes on with another card
    _type(frame, VISA)
    _pay(page)
    page.wait_for_url("**/done?from=shop&*")
    after = local.provider.charge_fetch(provider_ref=attempt.provider_ref)
    assert after.outcome is Outcome.SUCCEEDED


@pytest.mark.parametrize(
    ("button", "status", "outcome"),
    [
        ("認証する", "succeeded", Outcome.SUCCEEDED),
        ("認証に失敗する", "failed", Outcome.DECLINED),
    ],
)
def test_the_bank_asks_the_donor(
    page: Page,
    local: Peer,
    storefront: Shop,
    tmp_path: Path,
    button: str,
    status: str,
    outcome: Outcome,
) -> None:
    # given
    attempt = _opened(local)
    frame = _show(page, storefront.set_up(attempt.client_secret))
    _type(frame, ALWAYS_3DS)
    _pay(page)
    page.wait_for_url("**/3ds/**")
    expect(page.get_by_text("3,000円", exact=True)).to_be_visible()
    expect(page.get_by_text("VISA •••• 3184")).to_be_visible()
    _shot(page, tmp_path, "bank")
    _no_violations(page)
    asked = local.provider.charge_fetch(provider_ref=attempt.provider_ref)
    assert asked.outcome is Outcome.ACTION_REQUIRED

    # when
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/done?from=shop&*")

    # then
    expect(page.locator("#status")).to_have_text(status)
    state = local.provider.charge_fetch(provider_ref=attempt.provider_ref)
    assert state.outcome is outcome
    if outcome is Outcome.DECLINED:
        assert state.decline_code == "payment_intent_authentication_failure"


def test_a_donor_may_leave_the_bank_and_come_back(
    page: Page, local: Peer, storefront: Shop
) -> None:
    # given
    attempt = _opened(local)
    frame = _show(page, storefront.set_up(attempt.client_secret))
    _type(frame, ALWAYS_3DS)
    _pay(page)
    page.wait_for_url("**/3ds/**")
    bank_url = page.url

    # when
    page.get_by_role("link", name="あとで").click()

    # then
    page.wait_for_url(f"{storefront.url}/")
    state = local.provider.charge_fetch(provider_ref=attempt.provider_ref)
    assert state.outcome is Outcome.ACTION_REQUIRED
    assert state.charge_ref == ""
    # and back, the attempt goes on; a second press changes nothing
    page.goto(bank_url)
    page.get_by_role("button", name="認証する").click()
    page.wait_for_url("**/done?from=shop&*")
    page.goto(storefront.url)
    assert local.provider.charge_fetch(provider_ref=attempt.provider_ref).outcome is (
        Outcome.SUCCEEDED
    )
    assert len(local.api.v1.charges.list({"customer": attempt.customer_ref}).data) == 1


def test_mistyped_fields_are_explained_beside_them(
    page: Page, local: Peer, storefront: Shop, tmp_path: Path
) -> None:
    # given
    attempt = _opened(local)
    frame = _show(page, storefront.set_up(attempt.client_secret))

    # when
    _type(frame, "4242424242424241", expiry="0120", cvc="1")
    _pay(page)

    # then
    number = frame.get_by_label("カード番号")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_have_accessible_description(
        "カード番号が正しくありません。もう一度お確かめください。"
    )
    expect(number).to_be_focused()
    expect(frame.get_by_label("有効期限")).to_have_accessible_description(
        "有効期限が過ぎています。"
    )
    expect(frame.get_by_label("セキュリティコード")).to_have_accessible_description(
        "セキュリティコードが最後まで入力されていません。"
    )
    _shot(page, tmp_path, "mistyped")
    _no_violations(frame)
    state = local.provider.charge_fetch(provider_ref=attempt.provider_ref)
    assert state.outcome is Outcome.PENDING


def test_the_form_is_usable_by_everyone(page: Page, local: Peer, storefront: Shop) -> None:
    # given
    attempt = _opened(local)
    frame = _show(page, storefront.set_up(attempt.client_secret))

    # then
    _no_violations(frame)
    for label, autocomplete in [
        ("カード番号", "cc-number"),
        ("有効期限", "cc-exp"),
        ("セキュリティコード", "cc-csc"),
    ]:
        field = frame.get_by_label(label)
        expect(field).to_have_attribute("autocomplete", autocomplete)
        expect(field).to_have_attribute("inputmode", "numeric")
    expect(frame.get_by_text("実際のカード番号は入力しないでください")).to_be_visible()
    expect(frame.get_by_text("次回からのお支払いのために保存されます")).to_be_visible()
    # and nothing is cut off at the sides or below
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert frame.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_full_width_digits_are_understood(page: Page, local: Peer, storefront: Shop) -> None:
    frame = _show(page, storefront.set_up(_opened(local).client_secret))

    frame.get_by_label("カード番号").fill("４２４２４２４２４２４２４２４２")

    expect(frame.get_by_label("カード番号")).to_have_value("4242 4242 4242 4242")


def test_the_card_never_touches_the_shops_page(page: Page, local: Peer, storefront: Shop) -> None:
    # given
    sent: list[tuple[str, str]] = []
    page.on("request", lambda request: sent.append((request.url, request.post_data or "")))
    frame = _show(page, storefront.set_up(_opened(local).client_secret))
    _type(frame, VISA)

    # when
    _pay(page)
    page.wait_for_url("**/done?from=shop&*")

    # then
    with_number = [url for url, body in sent if VISA in body or VISA in url]
    assert local.stand_in is not None
    assert with_number
    assert all(url.startswith(local.stand_in.url) for url in with_number)
    assert VISA not in page.content()


def test_without_redirect_the_page_is_told_and_3ds_opens_a_dialog(
    page: Page, local: Peer, storefront: Shop, tmp_path: Path
) -> None:
    # given
    attempt = _opened(local)
    address = storefront.set_up(attempt.client_secret, redirect="if_required", noReturn=True)
    frame = _show(page, address)
    _type(frame, ALWAYS_3DS)

    # when
    _pay(page)
    bank = page.frame_locator("dialog iframe")
    bank.get_by_role("button", name="認証する").wait_for()
    _shot(page, tmp_path, "dialog")
    bank.get_by_role("button", name="認証する").click()

    # then
    expect(page.locator("#message")).to_have_text("結果: succeeded")
    expect(page.locator("dialog")).to_have_count(0)
    state = local.provider.charge_fetch(provider_ref=attempt.provider_ref)
    assert state.outcome is Outcome.SUCCEEDED


def test_a_card_is_saved_without_paying(page: Page, local: Peer, storefront: Shop) -> None:
    # given
    customer_ref = local.customer()
    key = unique("card")
    opened = local.provider.card_entry_open(key=key, customer_ref=customer_ref)
    assert local.provider.card_entry_open(key=key, customer_ref=customer_ref) == opened
    frame = _show(page, storefront.set_up(opened.client_secret, setup=True))
    _type(frame, "4000003800000446")

    # when
    _pay(page)
    page.get_by_role("button", name="認証する").click()
    page.wait_for_url("**/done?from=shop&*")

    # then
    entry = local.provider.card_entry_fetch(provider_ref=opened.provider_ref)
    assert (opened.outcome, entry.outcome) == (Outcome.PENDING, Outcome.SUCCEEDED)
    assert entry.card is not None
    assert (entry.key, entry.card.last4) == (key, "0446")
    state = local.provider.charge_off_session(
        local.request(customer_ref=customer_ref, method_ref=entry.card.method_ref)
    )
    assert state.outcome is Outcome.SUCCEEDED


def test_a_finished_payment_says_so_instead_of_asking_again(
    page: Page, local: Peer, storefront: Shop
) -> None:
    # given
    paid = local.provider.charge_off_session(local.request())

    # when
    page.goto(storefront.set_up(paid.client_secret))

    # then
    expect(page.locator("#message")).to_have_text("このお支払いは、すでに終わっています。")


def test_the_browser_learns_no_more_than_it_must(page: Page, local: Peer, storefront: Shop) -> None:
    # given
    attempt = _opened(local)
    _show(page, storefront.set_up(attempt.client_secret))

    # when
    known = page.evaluate(
        "standIn.stripe.retrievePaymentIntent(standIn.settings.secret)"
        ".then((result) => result.paymentIntent)"
    )

    # then
    assert known["id"] == attempt.provider_ref
    assert known["status"] == "requires_payment_method"
    assert not {"customer", "metadata", "latest_charge"} & set(known)
    assert local.stand_in is not None
    wrong = local.stand_in.call(
        "GET",
        f"/v1/payment_intents/{attempt.provider_ref}?client_secret=guessed&key=pk_test_invented",
        headers={"Authorization": ""},
    )
    assert wrong.status_code == 404
