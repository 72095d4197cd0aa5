"""Making up for a declined month."""

from datetime import timedelta

import pytest

from saleor_ext.common import clock
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.month import monthly
from saleor_ext.flows.swaps import answering, proposing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models
from tests.builders import swapping, world

CARD = "/my/recover/card/"
BACK = "/my/recover/return/"


@pytest.fixture
def owing(hanako, provider, clock_at):
    """花子, whose card was declined in her second month."""
    membership = world.member_make(donor=hanako)
    provider.next_outcomes = ["insufficient_funds"]
    for days in range(31):
        moment = world.NOW + timedelta(days=days)
        provider.now = moment
        monthly.run_cycles(as_of=world.TODAY + timedelta(days=days), now=moment, actor="test")
    clock_at(moment)
    membership.refresh_from_db()
    assert membership.state == "past_due"
    return membership


def open_key():
    return donation_models.PaymentAttempt.objects.get(state="intent").key


def test_the_members_page_says_so_and_leads_there(signed_in, owing):
    page = signed_in().get("/my/")

    assert "今月のご寄附が、まだ確認できていません" in page.body
    assert "ご寄附の確認待ち" in page.body
    assert "/my/recover/" in page.links


def test_the_reason_and_amount_are_told_before_anything_begins(signed_in, owing, provider):
    page = signed_in().get("/my/recover/")

    assert page.h1 == "12月分のご寄附のお手続き"
    assert "カードの利用可能額が足りないようです。" in page.body
    assert "3,000円" in page.body
    assert CARD in page.links
    assert donation_models.PaymentAttempt.objects.filter(state="intent").count() == 0


def test_with_another_card_the_month_is_made_up_for(signed_in, owing, provider):
    # given
    browser = signed_in()
    page = browser.get(CARD)
    assert "3,000円を寄附する" in page.body
    provider.confirm(open_key())

    # when
    browser.get_redirect(BACK, to="/my/")

    # then
    assert "ご寄附をお受けしました。" in browser.get("/my/").body
    assert models.Membership.objects.get().state == "active"
    assert world.donated_count() == 2


def test_coming_back_twice_gives_once(signed_in, owing, provider):
    browser = signed_in()
    browser.get(CARD)
    provider.confirm(open_key())

    browser.get_redirect(BACK, to="/my/")
    browser.get_redirect(BACK, to="/my/")
    browser.get_redirect(CARD, to="/my/recover/")

    assert world.donated_count() == 2


def test_a_second_decline_is_told_too(signed_in, owing, provider):
    browser = signed_in()
    browser.get(CARD)
    provider.confirm(open_key(), "expired_card")

    browser.get_redirect(BACK, to=f"{CARD}?back=1")

    assert "カードの有効期限が切れています。" in browser.get(CARD).body
    assert world.donated_count() == 1


def test_who_owes_nothing_is_told_so(signed_in, hanako):
    world.member_make(donor=hanako)
    browser = signed_in()

    page = browser.get("/my/recover/")

    assert page.h1 == "お手続きは必要ありません"
    browser.get_redirect(CARD, to="/my/recover/")


def test_who_is_no_member_is_told_so(signed_in, tier):
    browser = signed_in()

    assert browser.get("/my/recover/").h1 == "お手続きは必要ありません"
    browser.get_redirect(CARD, to="/my/recover/")
    browser.get_redirect(BACK, to="/my/recover/")


@pytest.fixture
def asked(owing, monkeypatch):
    """The same, asked about the turnips that could come instead of December's radish."""
    monkeypatch.setattr(proposing.jobs, "enqueue", lambda name, **_: None)
    swapping.propose(now=clock.now())
    swapping.take_up(now=clock.now())
    return fulfilment_models.Swap.objects.get()


def test_while_a_gift_is_under_question_the_page_leads_to_it_instead_of_the_card(
    signed_in, asked, provider
):
    browser = signed_in()

    page = browser.get("/my/recover/")

    assert page.h1 == "12月分の代わりの品について"
    assert "代わりの品をお受け取りになるかどうかを、先にお聞かせください。" in page.body
    assert f"/swap/{answering.seal(swap_id=asked.pk)}/" in page.links
    assert CARD not in page.links
    browser.get_redirect(CARD, to="/my/recover/")
    assert donation_models.PaymentAttempt.objects.filter(state="intent").count() == 0


def test_before_the_question_is_sent_the_page_says_that_it_is_coming(
    signed_in, owing, provider, monkeypatch
):
    monkeypatch.setattr(proposing.jobs, "enqueue", lambda name, **_: None)
    swapping.propose(now=clock.now())

    page = signed_in().get("/my/recover/")

    assert "代わりの品のことを、まもなくメールでお知らせします。" in page.body
    assert CARD not in page.links


def test_where_another_is_asked_the_giver_is_told_so_and_gets_no_link(
    signed_in, owing, provider, monkeypatch
):
    # given
    monkeypatch.setattr(proposing.jobs, "enqueue", lambda name, **_: None)
    taro = world.donor_make(name="taro")
    models.CycleSnapshot.objects.filter(cycle__n=1).update(recipient=taro)
    swapping.propose(now=clock.now())
    swapping.take_up(now=clock.now())

    # when
    page = signed_in().get("/my/recover/")

    # then
    assert "お受け取りになる方にお尋ねしています。" in page.body
    assert not [link for link in page.links if link.startswith("/swap/")]
