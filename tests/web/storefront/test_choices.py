"""Everything a member can choose: what he sees before, what is done, and what is not."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from saleor_ext.flows.choices import skip
from saleor_ext.membership import models, services
from tests.builders import months, world
from tests.web.page_client import PageClient

SKIP = "/my/membership/skip/"
UNDO = "/my/membership/skip/undo/"
DECEMBER = "2026-12-01"


@pytest.fixture
def member(hanako):
    """花子, a member since today, with her months ahead."""
    return months.member_ahead(donor=hanako)


def month_states(member):
    return list(member.cycles.order_by("n").values_list("state", flat=True))


def seen_on(page):
    """The sign of what was shown, as the form carries it."""
    return page.hidden("seen")


def test_somebody_without_a_membership_is_shown_the_tiers(signed_in, tier):
    page = signed_in().get("/my/membership/")

    assert "いまは会員プランにご加入いただいていません" in page.body
    signed_in().get_redirect(SKIP, to="/my/membership/")


@pytest.mark.parametrize("path", ["/my/membership/", SKIP, UNDO])
def test_nobody_else_comes_in(page_client: PageClient, path):
    page_client.get_redirect(path, to=f"/signin/?{urlencode({'next': path})}")


def test_a_member_sees_his_months_and_what_he_can_choose(signed_in, member):
    page = signed_in().get("/my/membership/")

    for words in (
        "なぎさ会員",
        "2026年12月分 予定",
        "2026年12月24日(木) のご寄附 3,000円",
        "12月17日(木)まで変えられます",
        "この月を見送る",
        "お手続きの記録はまだありません",
    ):
        assert words in page.body


def test_a_month_is_left_out_only_after_what_it_means_was_shown(signed_in, member):
    # given
    browser = signed_in()
    form = browser.get(SKIP)

    # when
    shown = browser.post_shown(SKIP, {"month": DECEMBER})
    before = month_states(member)
    browser.post(
        SKIP,
        {"month": DECEMBER, "seen": seen_on(shown), "confirmed": "1"},
        to="/my/membership/",
    )

    # then
    assert "2026年は、あと3回お選びいただけます" in form.body
    for words in (
        "2026年12月24日(木)のご寄附を見送ります",
        "次のご寄附2027年1月24日(日) 3,000円",
        "取り消せる最後の日2026年12月17日(木)",
        "1回目(3回まで)",
    ):
        assert words in shown.body
    assert before == ["charged", "planned", "planned", "planned"]
    assert month_states(member) == ["charged", "skipped", "planned", "planned"]
    page = browser.get("/my/membership/")
    assert "2026年12月分を見送りました。" in page.body
    assert "見送りを取り消す" in page.body


def test_what_changed_meanwhile_is_shown_anew_instead_of_done(signed_in, member):
    # given
    browser = signed_in()
    shown = browser.post_shown(SKIP, {"month": DECEMBER})
    skip.skip_choose(
        membership_id=member.pk,
        month=member.cycles.get(n=2).month,
        now=world.NOW,
        actor="donor:1",
    )

    # when
    page = browser.post_shown(SKIP, {"month": DECEMBER, "seen": seen_on(shown), "confirmed": "1"})

    # then
    assert "画面をご覧のあいだに、内容が変わりました。" in page.body
    assert "2027年2月24日(水) 3,000円" in page.body
    assert month_states(member) == ["charged", "planned", "skipped", "planned"]


def test_a_month_that_was_locked_meanwhile_is_refused_with_the_reason(signed_in, member, clock_at):
    # given
    browser = signed_in()
    shown = browser.post_shown(SKIP, {"month": DECEMBER})
    clock_at(world.NOW + timedelta(days=24))

    # when
    page = browser.post_refused(SKIP, {"month": DECEMBER, "seen": seen_on(shown), "confirmed": "1"})

    # then
    assert "一覧から選んでください。" in page.body
    assert month_states(member) == ["charged", "planned", "planned", "planned"]


def test_a_month_comes_back(signed_in, member):
    # given
    skip.skip_choose(
        membership_id=member.pk,
        month=member.cycles.get(n=1).month,
        now=world.NOW,
        actor="donor:1",
    )
    browser = signed_in()

    # when
    shown = browser.get(f"{UNDO}?month={DECEMBER}")
    browser.post(
        UNDO,
        {"month": DECEMBER, "seen": seen_on(shown), "confirmed": "1"},
        to="/my/membership/",
    )

    # then
    assert "に、予定どおりご寄附をお受けします" in shown.body
    assert month_states(member) == ["charged", "planned", "planned", "planned"]


def test_while_staff_look_into_it_nothing_is_chosen(signed_in, member):
    # given
    services.membership_park(
        membership_id=member.pk, now=world.NOW, actor="staff:1", reason="住所の確認"
    )
    browser = signed_in()

    # when
    page = browser.get(SKIP)
    refused = browser.post_refused(SKIP, {"month": DECEMBER, "confirmed": "1"})

    # then
    for shown in (page, refused):
        assert "いま、町の職員が内容を確認しています。" in shown.body
    assert models.MembershipChoice.objects.count() == 0


def test_another_donors_months_are_not_reached(signed_in, member):
    # given
    other = months.member_ahead(donor=world.donor_make(name="taro"), tier=member.tier)
    browser = signed_in("taro")

    # when
    shown = browser.post_shown(SKIP, {"month": DECEMBER})
    browser.post(
        SKIP,
        {"month": DECEMBER, "seen": seen_on(shown), "confirmed": "1"},
        to="/my/membership/",
    )

    # then
    assert month_states(member) == ["charged", "planned", "planned", "planned"]
    assert month_states(other) == ["charged", "skipped", "planned", "planned"]
