"""Changing the card: told beforehand what it is charged for, entered, and noted."""

import pytest

from saleor_ext.donations import models as donation_models
from saleor_ext.flows.choices import card_change
from tests.builders import months, swapping, world

CARD, ENTER, BACK = "/my/card/", "/my/card/enter/", "/my/card/return/"


@pytest.fixture
def member(hanako):
    return world.member_make(donor=hanako)


def the_key():
    return donation_models.CardChange.objects.get().key


def test_a_member_is_told_from_which_donation_on_the_card_counts(signed_in, hanako, provider):
    # given
    months.december_make(provider, donor=hanako)

    # when
    page = signed_in().get(CARD)

    # then
    assert page.h1 == "お支払いのカード"
    assert "VISA 下4桁 4242" in page.body
    assert "2026年12月24日(木)に 3,000円" in page.body
    assert "いまご寄附が行われることはありません" in page.body
    assert ENTER in page.links
    assert donation_models.CardChange.objects.count() == 0


def test_the_new_card_is_entered_and_noted(signed_in, member, provider):
    # given
    browser = signed_in()
    page = browser.get(ENTER)
    assert "このカードを登録する" in page.body
    assert "ここではご寄附は行われません" in page.body
    provider.card_enter(the_key())

    # when
    browser.get_redirect(BACK, to="/my/")

    # then
    home = browser.get("/my/")
    assert "カードを変更しました。次のご寄附から、新しいカードでお受けします。" in home.body
    assert "MASTERCARD 下4桁 5454" in home.body
    browser.get_redirect(BACK, to="/my/")
    assert world.donated_count() == 1


def test_a_month_under_question_is_not_taken_at_once_and_the_page_says_so(
    signed_in, hanako, provider, clock_at, monkeypatch
):
    # given
    months.declined_december_make(provider, donor=hanako)
    monkeypatch.setattr(card_change.jobs, "enqueue", lambda name, **_: None)
    swapping.propose(now=months.morning(months.CHARGE_DAY, hour=12))
    clock_at(months.morning(months.CHARGE_DAY, hour=15))

    # when
    page = signed_in().get(CARD)

    # then
    assert "登録するとすぐに" not in page.body
    assert "代わりの品のことが決まってから、新しいカードでお受けします。" in page.body
    assert "12月分(3,000円)は、" in page.body


def test_who_owes_a_month_sees_before_what_is_taken_at_once(
    signed_in, hanako, provider, clock_at, monkeypatch
):
    # given
    cycle = months.declined_december_make(provider, donor=hanako)
    clock_at(months.morning(months.CHARGE_DAY, hour=15))
    asked = []
    monkeypatch.setattr(card_change.jobs, "enqueue", lambda name, **_: asked.append(name))
    browser = signed_in()

    # when
    page = browser.get(CARD)
    browser.get(ENTER)
    provider.card_enter(the_key())
    browser.get_redirect(BACK, to="/my/")

    # then
    assert "登録するとすぐに、あわせて 3,000円 をお受けします" in page.body
    assert "12月分 3,000円" in page.body
    assert "新しいカードでただいまお願いしています" in browser.get("/my/").body
    assert asked.count(card_change.RETRY_JOB) == 1
    cycle.refresh_from_db()
    assert cycle.next_try_on == months.CHARGE_DAY


def test_a_refused_card_leaves_the_old_one(signed_in, member, provider):
    browser = signed_in()
    browser.get(ENTER)
    provider.card_enter(the_key(), "card_declined")

    browser.get_redirect(BACK, to=f"{ENTER}?back=1")

    page = browser.get(ENTER)
    assert "このカードは登録できませんでした。" in page.body
    assert "カードはまだ変わっていません。" in page.body
    assert donation_models.CardOnFile.objects.get(is_current=True).last4 == "4242"


@pytest.mark.parametrize("address", [CARD, ENTER, BACK])
def test_who_is_no_paying_member_finds_no_card_page(signed_in, hanako, provider, address):
    signed_in().get(address, status=404)

    assert provider.calls == []


@pytest.mark.parametrize("address", [CARD, ENTER, BACK])
def test_strangers_are_asked_to_sign_in(page_client, tier, address):
    page_client.get_redirect(address, to=f"/signin/?next={address.replace('/', '%2F')}")
