"""The card, the way back from the card company, and every way to come back."""

import pytest

from saleor_ext.contracts import errors as provider_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.membership import models
from tests.builders import world

pytestmark = pytest.mark.usefixtures("hanako")


@pytest.fixture
def browser(signed_in):
    """花子, who has just agreed to 3,000 yen a month."""
    made = signed_in()
    made.http.post("/join/nagisa/confirm/", {"box": "box", "consent": "on"})
    return made


@pytest.fixture
def public_id(browser):
    return models.Membership.objects.get().public_id


@pytest.fixture
def card(public_id):
    return f"/join/{public_id}/card/"


@pytest.fixture
def back(public_id):
    return f"/join/{public_id}/return/"


def the_key():
    return donation_models.PaymentAttempt.objects.get().key


def test_the_card_page_carries_what_the_script_needs(browser, card, back):
    # when
    page = browser.get(card)

    # then
    form = page.with_id("payment-form")
    assert form.get("data-publishable-key") == "pk_test"
    assert form.get("data-client-secret") == "pi_1_secret"
    assert form.get("data-return-url") == f"http://testserver{back}"
    assert page.with_id("card-field") is not None
    assert "3,000円を寄附する" in page.body
    assert "カードの入力には JavaScript が必要です" in page.text
    assert [script.get("src") for script in page.all("script")] == [
        "http://127.0.0.1/stripe.js",
        "/static/js/payment.js",
    ]


def test_reload_and_double_click_find_the_same_attempt(browser, card, provider):
    first = browser.get(card).with_id("payment-form").get("data-client-secret")
    second = browser.get(card).with_id("payment-form").get("data-client-secret")

    assert first == second
    assert provider.calls == [f"open {the_key()}"]


def test_after_a_good_card_the_donor_is_welcomed(browser, card, back, public_id, provider):
    # given
    browser.get(card)
    provider.confirm(the_key())

    # when
    browser.get_redirect(back, to=f"/join/{public_id}/done/")

    # then
    page = browser.get(f"/join/{public_id}/done/")
    assert page.h1 == "ご寄附をお受けしました"
    assert "11月26日(木)から12月3日(木)" in page.body
    assert models.Membership.objects.get().state == "active"
    assert world.donated_count() == 1


def test_coming_back_again_and_again_gives_once(browser, card, back, public_id, provider):
    browser.get(card)
    provider.confirm(the_key())
    done = f"/join/{public_id}/done/"

    browser.get_redirect(back, to=done)
    browser.get_redirect(back, to=done)
    browser.get_redirect(card, to=done)

    assert world.donated_count() == 1
    assert len(provider.succeeded()) == 1


def test_money_that_came_while_he_was_away_is_found_at_the_card_page(
    browser, card, public_id, provider
):
    """The browser never came back, and the provider's message was lost."""
    browser.get(card)
    provider.confirm(the_key())

    browser.get_redirect(card, to=f"/join/{public_id}/done/")

    assert world.donated_count() == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("insufficient_funds", "カードの利用可能額が足りないようです。"),
        ("expired_card", "カードの有効期限が切れています。"),
        ("incorrect_cvc", "カードのセキュリティコードが正しくないようです。"),
        ("lost_card", "カード会社がこのカードの利用を承認しませんでした。"),
        ("authentication_required", "カード会社による本人確認が終わりませんでした。"),
        ("some_code_of_next_year", "カードでのお手続きができませんでした。"),
    ],
)
def test_a_declined_card_is_told_in_words_with_what_to_do(
    browser, card, back, provider, code, words
):
    # given
    browser.get(card)
    provider.confirm(the_key(), code)

    # when
    browser.get_redirect(back, to=f"{card}?back=1")
    page = browser.get(card)

    # then
    assert words in page.body
    assert "ご寄附はまだ行われていません。" in page.body
    assert page.with_id("payment-form").get("data-client-secret")
    assert world.donated_count() == 0


def test_after_a_decline_another_card_makes_it(browser, card, back, public_id, provider):
    browser.get(card)
    provider.confirm(the_key(), "insufficient_funds")
    browser.get_redirect(back, to=f"{card}?back=1")
    browser.get(card)

    provider.confirm(the_key())
    browser.get_redirect(back, to=f"/join/{public_id}/done/")

    assert world.donated_count() == 1


def test_an_abandoned_authentication_leads_back_to_the_card_with_words(browser, card, back):
    browser.get(card)

    browser.get_redirect(back, to=f"{card}?back=1")

    page = browser.get(card, back="1")
    assert "お手続きはまだ終わっていません。" in page.body
    assert "ご寄附は行われていません。" in page.body


def test_while_nobody_knows_he_waits_and_is_promised_no_second_charge(
    browser, card, back, provider, monkeypatch
):
    # given
    browser.get(card)

    def lost(**_):
        raise provider_errors.ProviderUnknown("timeout")

    monkeypatch.setattr(provider, "charge_fetch", lost)

    # when
    page = browser.get(back)

    # then
    assert page.h1 == "カード会社に確認しています"
    assert "ご寄附が二重になることはありません。" in page.body
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page.text
    assert page.all("script")[0].get("src") == "/static/js/waiting.js"


def test_while_the_shop_is_down_nothing_is_charged_and_he_may_try_again(
    browser, card, shop, provider
):
    shop.is_down = True

    page = browser.get(card, status=503)

    assert "つながりにくくなっています" in page.body
    assert card in page.links
    assert provider.charges == {}


def test_while_the_provider_is_down_nothing_is_charged_and_he_may_try_again(
    browser, card, provider, monkeypatch
):
    def away(request):
        raise provider_errors.ProviderRetryable("connection_refused")

    monkeypatch.setattr(provider, "charge_open", away)

    page = browser.get(card, status=503)

    assert "カード会社につながりにくくなっています" in page.body
    assert card in page.links


def test_somebody_who_moved_into_the_town_meanwhile_is_stopped_before_the_card(
    browser, card, public_id
):
    models.Donor.objects.update(prefecture="高知県", city="幡見郡汐見町")

    page = browser.get(card, status=422)

    assert "お礼の品をお送りできません。" in page.body
    assert "/join/nagisa/confirm/" in page.links


@pytest.mark.parametrize("step", ["card", "return", "done"])
def test_somebody_elses_membership_does_not_exist(signed_in, public_id, step):
    world.donor_make(name="taro")

    signed_in("taro").get(f"/join/{public_id}/{step}/", status=404)


@pytest.mark.parametrize("step", ["card", "return", "done"])
def test_who_is_not_signed_in_signs_in_first(page_client, public_id, step):
    page_client.get_redirect(
        f"/join/{public_id}/{step}/", to=f"/signin/?next=%2Fjoin%2F{public_id}%2F{step}%2F"
    )


def test_the_welcome_before_the_money_leads_to_the_card(browser, card, public_id):
    browser.get_redirect(f"/join/{public_id}/done/", to=card)


def test_a_membership_given_up_for_another_tier_leads_to_its_tier(browser, card):
    # given
    minato = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=minato, month_from=models.Cycle.objects.get().month)

    # when
    browser.http.post("/join/minato/confirm/", {"box": "box", "consent": "on"})

    # then
    browser.get_redirect(card, to="/tiers/nagisa/")
