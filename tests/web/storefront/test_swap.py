"""A gift cannot be sent: the mailed link, the answer, and the standing wish."""

from datetime import date

import pytest

from saleor_ext.common import jptime
from saleor_ext.flows.month import locking
from saleor_ext.flows.swaps import answering, proposing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, planning, selectors
from tests.builders import months, swapping, world


@pytest.fixture
def asked(hanako, provider, monkeypatch, clock_at):
    """花子, asked about the turnips that could come instead of December's radish."""
    monkeypatch.setattr(proposing.jobs, "enqueue", lambda name, **_: None)
    world.member_make(donor=hanako)
    swapping.propose(alternate=swapping.turnip_make(allergens=["小麦"]))
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)
    locking.cycles_lock_due(as_of=months.LOCK_DAY, now=swapping.ASK_NOW, actor="run")
    swapping.take_up()
    clock_at(swapping.ASK_NOW)
    return fulfilment_models.Swap.objects.get()


@pytest.fixture
def link(asked):
    return f"/swap/{answering.seal(swap_id=asked.pk)}/"


def test_the_link_shows_both_and_decides_nothing(page_client, link, asked):
    page = page_client.get(link)

    for words in (
        "12月分の品について",
        "「冬の大根」",
        "代わりの品: かぶ",
        "新しく加わるアレルゲン: 小麦",
        "2026年12月23日(水)までにお選びください",
        "この月のご寄附とお届けはありません",
    ):
        assert words in page.body
    asked.refresh_from_db()
    assert asked.state == "asked"


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        ("accept", "accepted", "代わりの品をお届けします。"),
        ("carry", "carried", "代わりの品はお送りしません。"),
    ],
)
def test_an_answer_counts_at_once_and_is_shown(page_client, link, asked, answer, state, words):
    page_client.post(link, {"answer": answer}, to=link)

    asked.refresh_from_db()
    assert asked.state == state
    assert words in page_client.get(link).body


def test_a_second_answer_changes_nothing(page_client, link, asked):
    page_client.post(link, {"answer": "accept"}, to=link)

    page = page_client.post_refused(link, {"answer": "carry"})

    asked.refresh_from_db()
    assert asked.state == "accepted"
    assert "このお伺いは、終わっています。" in page.body


def test_after_the_cut_off_the_link_takes_no_answer(page_client, link, asked, clock_at):
    clock_at(jptime.jst_moment(date(2026, 12, 24), hour=0))

    shown = page_client.get(link)
    refused = page_client.post_refused(link, {"answer": "accept"})

    assert "お返事の期日を過ぎました" in shown.body
    assert "このお伺いは、終わっています。" in refused.body
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_something_else_is_no_answer(page_client, link, asked):
    page_client.post_refused(link, {"answer": "maybe"})

    asked.refresh_from_db()
    assert asked.state == "asked"


def test_an_invented_link_leads_nowhere(page_client, asked):
    page_client.get("/swap/nothing/", status=422)


def test_the_members_page_asks_too(signed_in, asked):
    page = signed_in().get("/my/")

    assert "12月分の「冬の大根」について、お選びください" in page.body
    assert any(link.startswith("/swap/") for link in page.links)


def test_another_member_is_asked_nothing(signed_in, asked):
    world.donor_make(name="taro")

    assert "お選びください" not in signed_in("taro").get("/my/").body


def test_the_standing_wish_is_kept_after_a_look_at_what_it_means(signed_in, hanako):
    # given
    world.member_make(donor=hanako)
    browser = signed_in()
    assert "そのつど、メールで選ぶ" in browser.get("/my/swap-wish/").body
    form = {"wish": "accept", "silence": "accept"}

    # when
    shown = browser.post_refused("/my/swap-wish/", form, status=200)
    browser.post(
        "/my/swap-wish/",
        {**form, "seen": shown.hidden("seen"), "confirmed": "1"},
        to="/my/membership/",
    )

    # then
    assert "2026年11月24日(火)から、このご希望のとおりにします" in shown.body
    member = models.Membership.objects.get()
    assert (member.swap_wish, member.swap_silence) == ("accept", "accept")
    assert "代わりの品を受け取る" in browser.get("/my/membership/").body


def test_nobody_can_be_asked_once_more_when_he_does_not_answer(signed_in, hanako):
    world.member_make(donor=hanako)

    signed_in().post_refused("/my/swap-wish/", {"wish": "ask", "silence": "ask"})

    assert models.Membership.objects.get().swap_silence == "carry"
