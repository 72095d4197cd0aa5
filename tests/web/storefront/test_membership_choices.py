"""Rest, go on, another tier, another day, leave: each page of them, and what is not done."""

from datetime import date
from urllib.parse import urlencode

import pytest

from saleor_ext.flows.choices import cancel, pause
from saleor_ext.membership import models, services
from tests.builders import dashboard, months, world

PAGES = {
    "pause": "/my/membership/pause/",
    "resume": "/my/membership/resume/",
    "day": "/my/membership/day/",
    "tier": "/my/membership/tier/",
    "end": "/my/membership/end/",
    "stay": "/my/membership/end/undo/",
}
HOME = "/my/membership/"


@pytest.fixture
def member(hanako):
    """花子, a member since today, with her months ahead; there is another tier."""
    made = months.member_ahead(donor=hanako)
    minato = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=minato, month_from=date(2026, 11, 1))
    return made


def fresh(member):
    return models.Membership.objects.select_related("tier", "next_tier").get(pk=member.pk)


def say_yes(browser, path, data, shown):
    """The yes to what was shown."""
    browser.post(path, data | {"seen": shown.hidden("seen"), "confirmed": "1"}, to=HOME)


@pytest.mark.parametrize("path", PAGES.values())
def test_nobody_else_comes_in(page_client, path):
    page_client.get_redirect(path, to=f"/signin/?{urlencode({'next': path})}")


@pytest.mark.parametrize("path", PAGES.values())
def test_somebody_without_a_membership_is_sent_to_the_tiers(signed_in, tier, path):
    signed_in().get_redirect(path, to=HOME)


def test_every_choice_stands_on_one_page_with_how_it_is(signed_in, member):
    page = signed_in().get(HOME)

    for words in (
        "町とご一緒した月は、これまでに1か月です。",
        "プランなぎさ会員(毎月 3,000円)",
        "ご寄附日毎月24日",
        "お休みお休みはしていません",
        "カードVISA 下4桁 4242",
        "終了予定はありません",
    ):
        assert words in page.body
    for name in ("pause", "day", "tier", "end"):
        assert PAGES[name] in page.links


def test_a_pause_and_its_end(signed_in, member):
    # given
    browser, data = signed_in(), {"resume_on": "2027年2月10日"}

    # when
    form = browser.get(PAGES["pause"])
    shown = browser.post_shown(PAGES["pause"], data)
    say_yes(browser, PAGES["pause"], data, shown)
    resting = browser.get(HOME)
    back = browser.get(PAGES["resume"])
    say_yes(browser, PAGES["resume"], {}, back)

    # then
    assert "2027年11月24日(水)までの中からお選びください" in form.body
    for words in (
        "2026年12月24日(木)のご寄附からお休みします",
        "お休みする月2026年12月分から2027年1月分まで",
        "次のご寄附2027年2月24日(水) 3,000円",
        "取り消せる最後の日2026年12月17日(木)",
    ):
        assert words in shown.body
    for words in ("お休み中", "2027年2月10日(水)に再開します", "お休みのご希望で見送りました"):
        assert words in resting.body
    assert "2026年11月24日(火)(今日)から再開します" in back.body
    assert fresh(member).state == "active"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "再開する日を入力してください。"),
        ("来年", "年、月、日の順に、2027-02-10 のように入力してください。"),
        ("2026-11-24", "その日までのお休みは選べません。"),
        ("2026-12-01", "その日までに、お休みにできる月がありません。"),
    ],
)
def test_a_day_that_does_not_do_is_explained(signed_in, member, typed, words):
    page = signed_in().post_refused(PAGES["pause"], {"resume_on": typed})

    assert words in page.body
    assert fresh(member).state == "active"


def test_another_day_of_the_month(signed_in, member):
    # given
    browser, data = signed_in(), {"day": "10"}

    # when
    browser.get(PAGES["day"])
    shown = browser.post_shown(PAGES["day"], data)
    say_yes(browser, PAGES["day"], data, shown)

    # then
    for words in (
        "2026年12月10日(木)のご寄附から、新しい日になります",
        "毎月24日から、毎月10日に変わります",
        "取り消せる最後の日2026年12月3日(木)",
    ):
        assert words in shown.body
    assert fresh(member).anchor_day == 10
    assert "ご寄附日毎月10日" in browser.get(HOME).body


def test_another_tier(signed_in, member):
    # given
    browser, data = signed_in(), {"tier": "minato"}

    # when
    form = browser.get(PAGES["tier"])
    shown = browser.post_shown(PAGES["tier"], data)
    say_yes(browser, PAGES["tier"], data, shown)

    # then
    assert "みなと会員(毎月 10,000円)" in form.body
    for words in (
        "2026年12月24日(木)のご寄附から変わります",
        "毎月のご寄附3,000円から10,000円へ",
        "新しい額のご寄附をお受けした日に開きます",
    ):
        assert words in shown.body
    after = fresh(member)
    assert (after.tier.slug, after.next_tier.slug) == ("nagisa", "minato")
    words = "2026年12月24日(木)のご寄附からみなと会員(10,000円)に変わります"
    assert words in browser.get(HOME).body


def test_down_to_the_free_tier(signed_in, member):
    # given
    world.free_tier_make()
    browser, data = signed_in(), {"tier": "dayori"}

    # when
    shown = browser.post_shown(PAGES["tier"], data)
    say_yes(browser, PAGES["tier"], data, shown)

    # then
    assert "2026年12月24日(木)から無料の会員になります" in shown.body
    assert "いまのプランの最後の日2026年12月23日(水)" in shown.body
    assert fresh(member).state == "cancelling"


def test_leaving_with_a_reason_that_staff_can_read_and_staying_after_all(signed_in, member):
    # given
    browser = signed_in()
    data = {"reason": "moving", "note": "引っ越しのため、<b>しばらく</b>お休みします。"}

    # when
    browser.get(PAGES["end"])
    shown = browser.post_shown(PAGES["end"], data)
    say_yes(browser, PAGES["end"], data, shown)
    leaving = browser.get(HOME)
    staff = dashboard.staff_browser().get(f"/staff/members/{member.donor_id}/").content.decode()
    stay = browser.get(PAGES["stay"])
    say_yes(browser, PAGES["stay"], {}, stay)

    # then
    for words in (
        "2026年12月23日(水)で会員を終わります",
        "行われないご寄附2026年12月24日(木) 3,000円から",
        "取り消せる最後の日2026年12月23日(水)",
    ):
        assert words in shown.body
    assert "終了2026年12月23日(水)で会員を終わります" in leaving.body
    assert PAGES["tier"] not in leaving.links
    assert "引っ越し" in staff
    assert "&lt;b&gt;しばらく&lt;/b&gt;" in staff
    assert "会員の終了" in staff
    assert "次のご寄附2026年12月24日(木) 3,000円" in stay.body
    assert fresh(member).state == "active"
    months_after = list(member.cycles.order_by("n").values_list("state", flat=True))
    assert months_after == ["charged", "planned", "planned", "planned"]


def test_a_free_member_may_leave_at_once(signed_in, hanako):
    # given
    free = services.membership_join_free(
        donor_id=hanako.pk, tier=world.free_tier_make(), now=world.NOW, actor="donor:1"
    )
    browser = signed_in()

    # when
    home = browser.get(HOME)
    pause = browser.get(PAGES["pause"])
    shown = browser.post_shown(PAGES["end"], {"reason": "", "note": ""})
    say_yes(browser, PAGES["end"], {"reason": "", "note": ""}, shown)

    # then
    assert "/tiers/" in home.links
    assert "無料の会員の方には、ご寄附もお届けもありません。" in pause.body
    assert "今日で会員を終わります" in shown.body
    assert fresh(free).state == "ended"


@pytest.mark.parametrize("name", ["pause", "resume", "day", "tier", "end", "stay"])
def test_while_staff_look_into_it_nothing_is_chosen(signed_in, member, name):
    # given
    services.membership_park(
        membership_id=member.pk, now=world.NOW, actor="staff:1", reason="住所の確認"
    )

    # when
    page = signed_in().get(PAGES[name])

    # then
    assert "いま、町の職員が内容を確認しています。" in page.body


def test_the_first_page_tells_a_pause_and_an_end_with_their_day(signed_in, member):
    # given
    browser = signed_in()
    pause.pause_choose(
        membership_id=member.pk, resume_on=date(2027, 2, 10), now=world.NOW, actor="donor:1"
    )

    # when
    resting = browser.get("/my/")
    cancel.cancel_choose(membership_id=member.pk, now=world.NOW, actor="donor:1")
    leaving = browser.get("/my/")

    # then
    assert "2027年2月10日(水)に再開します。" in resting.body
    assert "3,000円2027年2月24日(水)" in resting.body
    assert "2026年12月23日(水)まで会員です。" in leaving.body
    assert HOME in leaving.links


def test_what_the_donor_wrote_is_for_those_who_may_see_people(member):
    # given
    cancel.cancel_choose(
        membership_id=member.pk,
        now=world.NOW,
        actor="donor:1",
        reason="moving",
        note="しばらく遠くへ行きます",
    )
    address = f"/staff/members/{member.donor_id}/"

    # when
    shown = dashboard.staff_browser().get(address).content.decode()
    hidden = dashboard.staff_browser(permissions=["MANAGE_ORDERS"]).get(address).content.decode()

    # then
    assert "しばらく遠くへ行きます" in shown
    assert "しばらく遠くへ行きます" not in hidden
    assert "引っ越し" in hidden
