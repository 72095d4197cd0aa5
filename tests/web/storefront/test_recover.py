"""Making up for a declined month."""

from datetime import timedelta

import pytest

from saleor_ext.donations import models as donation_models
from saleor_ext.flows.month import monthly
from saleor_ext.flows.swaps import answering, proposing
from saleor_ext.membership import models
from tests.builders import months, swapping, world

CARD = "/my/recover/card/"
BACK = "/my/recover/return/"
NOON = months.morning(months.CHARGE_DAY, hour=12)


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
def proposed(hanako, provider, clock_at, monkeypatch):
    """花子, who owes December, for whose radish turnips are proposed."""
    monkeypatch.setattr(proposing.jobs, "enqueue", lambda name, **_: None)
    december = months.declined_december_make(provider, donor=hanako)
    swapping.propose(now=NOON)
    clock_at(NOON)
    return december


def test_while_a_gift_is_under_question_the_page_leads_to_it_instead_of_the_card(
    signed_in, proposed
):
    swapping.take_up(now=NOON)
    browser = signed_in()

    page = browser.get("/my/recover/")

    assert page.h1 == "12月分の代わりの品について"
    assert "代わりの品をお受け取りになるかどうかを、先にお聞かせください。" in page.body
    [link] = [link for link in page.links if link.startswith("/swap/")]
    asked = answering.swap_read(sealed=link.split("/")[2])
    assert asked == swapping.swap_of(proposed)
    assert CARD not in page.links
    browser.get_redirect(CARD, to="/my/recover/")
    assert donation_models.PaymentAttempt.objects.filter(state="intent").count() == 0


def test_before_the_question_is_sent_the_page_says_that_it_is_coming(signed_in, proposed):
    page = signed_in().get("/my/recover/")

    assert "代わりの品のことを、まもなくメールでお知らせします。" in page.body
    assert CARD not in page.links


def test_where_another_is_asked_the_giver_is_told_so_and_gets_no_link(signed_in, proposed):
    # given
    taro = world.donor_make(name="taro")
    models.CycleSnapshot.objects.filter(cycle=proposed).update(recipient=taro)
    swapping.take_up(now=NOON)

    # when
    page = signed_in().get("/my/recover/")

    # then
    assert "お受け取りになる方にお尋ねしています。" in page.body
    assert not [link for link in page.links if link.startswith("/swap/")]
