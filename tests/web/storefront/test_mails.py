"""Mail to donors: a subject on the first line, then short and warm words."""

import re
from datetime import date

import pytest
from django.core import mail

from saleor_ext.flows import mail as mail_flow
from saleor_ext.flows.choices import after_term, skip, swap
from saleor_ext.flows.choices import term as term_flow
from saleor_ext.flows.month import listing, locking
from saleor_ext.flows.receipts import hand_out
from saleor_ext.flows.swaps import bringing_back, proposing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, planning, selectors
from saleor_ext.receipts import services
from tests.builders import dashboard, months, receipts, swapping, world

ADVERTISING = re.compile("お得|コスパ|おまけ|キャンペーン|ランキング|[!！]")


@pytest.fixture
def member(tier, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return world.member_make()


@pytest.fixture
def cycle(member):
    return member.cycles.get(n=0)


def sent(name, **payload):
    """The one mail that is sent."""
    mail_flow.mail_send({"name": name, **payload}, world.NOW)
    message = mail.outbox[-1]
    assert message.subject
    assert "\n" not in message.subject
    assert not ADVERTISING.search(message.subject + message.body)
    assert "{" not in message.body
    assert "&#" not in message.body
    assert "None" not in message.body
    assert "汐見町 ふるさとサロン" in message.body
    assert "\n\n\n" not in message.body
    return message


def test_a_donation_is_confirmed_with_its_number(member, cycle):
    message = sent(
        "donation_received",
        donor_id=member.donor_id,
        cycle_id=cycle.pk,
        attempt_id=cycle.attempts.get().pk,
    )

    assert message.to == ["hanako@example.jp"]
    assert message.subject == "ご寄附をお受けしました(11月分)"
    for words in (
        "山田　花子 様",
        "ご寄附の額: 3,000円",
        "ご寄附日: 2026年11月24日(火)",
        "証明書の番号: 2026-000001",
        "11月26日(木)から12月3日(木)",
        "/my/",
    ):
        assert words in message.body


def test_a_pure_donor_is_promised_no_parcel(member, cycle):
    models.Membership.objects.update(is_box_wanted=False)

    message = sent(
        "donation_received",
        donor_id=member.donor_id,
        cycle_id=cycle.pk,
        attempt_id=cycle.attempts.get().pk,
    )

    assert "発送" not in message.body


def test_a_refund_is_told_with_what_it_means_for_taxes(member, cycle):
    message = sent(
        "donation_refunded",
        donor_id=member.donor_id,
        cycle_id=cycle.pk,
        attempt_id=cycle.attempts.get().pk,
    )

    assert message.subject == "ご寄附の返金のお知らせ(11月分)"
    assert "ご寄附の額: 3,000円" in message.body
    assert "確定申告やワンストップ特例の対象になりません" in message.body


def test_a_decline_is_explained_with_the_way_on(member, cycle):
    attempt = cycle.attempts.get()
    type(attempt).objects.filter(pk=attempt.pk).update(decline_code="insufficient_funds")

    message = sent(
        "charge_failed", donor_id=member.donor_id, cycle_id=cycle.pk, attempt_id=attempt.pk
    )

    assert "カードの利用可能額が足りないようです。" in message.body
    assert "/my/recover/" in message.body


def test_the_banks_question_is_passed_on(member, cycle):
    message = sent(
        "charge_needs_action",
        donor_id=member.donor_id,
        cycle_id=cycle.pk,
        attempt_id=cycle.attempts.get().pk,
    )

    assert "本人確認をお願いします" in message.subject
    assert "/my/recover/" in message.body


def test_a_parcel_is_announced_with_number_and_link(member, cycle):
    # given
    listing.cycles_list_due(as_of=date(2026, 11, 25), now=world.NOW, actor="test")
    shipment = fulfilment_models.Shipment.objects.get()
    number = dashboard.tracking_number(7)
    fulfilment_models.Shipment.objects.update(
        state="shipped", tracking_number=number, shipped_on=date(2026, 11, 26)
    )

    # when
    message = sent(
        "box_shipped", donor_id=member.donor_id, cycle_id=cycle.pk, shipment_id=shipment.pk
    )

    # then
    assert message.subject == "hatake農園から発送しました"
    for words in (
        "・冬の大根(2本)",
        "2026年11月26日(木)",
        "ヤマト運輸・冷蔵便",
        number,
        "https://",
    ):
        assert words in message.body


def test_a_skipped_month_says_why_and_that_nothing_is_charged(member, cycle):
    models.Cycle.objects.filter(pk=cycle.pk).update(reason="resident_no_gift")

    message = sent("cycle_skipped", donor_id=member.donor_id, cycle_id=cycle.pk)

    assert "カードからのお引き落としはありません。" in message.body
    assert "住民票が町内に移られたため" in message.body


@pytest.fixture
def term(db, settings):
    """A member whose six boxes are paid for, his months planned."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    world.town_make()
    tier = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=tier, month_from=date(2026, 11, 1), months=24)
    prepaid = world.prepaid_tier_make(box_source=tier)
    return months.member_ahead(donor=world.donor_make(name="taro"), tier=prepaid)


def told(choice):
    return sent(
        f"choice_{choice.kind}", donor_id=choice.membership.donor_id, choice_id=choice.pk
    ).body


def test_what_was_chosen_about_a_term_is_confirmed_with_its_dates(term):
    # given
    asked = {"membership_id": term.pk, "now": world.NOW, "actor": "donor:1"}
    gift = world.gift_make(
        slug="buri", name="寒ぶり", procurement_cost_yen=2000, allergens=["さば"]
    )
    umi = world.tier_make(slug="umi")
    box = world.box_make(tier=umi, month=date(2026, 12, 1), gifts=[gift], title="海の箱")

    # when
    renewed = told(after_term.after_choose(**asked, after="minato-6"))
    monthly = told(after_term.after_choose(**asked, after="minato"))
    ended = told(after_term.after_choose(**asked, after="end"))
    swapped = told(swap.swap_choose(**asked, month=date(2026, 12, 1), box_id=box.pk))
    moved = told(skip.skip_choose(**asked, month=date(2027, 1, 1)))

    # then
    assert "次のご寄附日: 2027年5月24日(月)" in renewed
    assert "ご寄附の額: 60,000円(6回のお届け)" in renewed
    assert "ご寄附の額: 10,000円(毎月)" in monthly
    assert "期間のあとのご寄附はありません。" in ended
    assert "変えられる最後の日: 2027年5月17日(月)" in ended
    assert "「海の箱」に変えました" in swapped
    assert "アレルギーの表示: さば" in swapped
    assert "期間の最後の箱: 2027年5月分(2027年5月26日(水)から発送)" in moved


def test_going_over_to_a_term_and_back_is_confirmed(member):
    # given
    world.prepaid_tier_make(box_source=member.tier)
    planning.months_replan(membership_id=member.pk, now=world.NOW)
    asked = {"membership_id": member.pk, "now": world.NOW, "actor": "donor:1"}

    # when
    over = told(term_flow.term_choose(**asked, tier_slug="minato-6"))
    back = told(term_flow.term_choose(**asked, tier_slug=member.tier.slug))

    # then
    assert "2026年12月24日(木)のご寄附から、まとめて寄附に切り替わります。" in over
    assert "一度のご寄附: 60,000円" in over
    assert "毎月のご寄附を続けます。" in back


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "続けてお引き落としすることはありません。"),
        ({"is_renewed": True}, "次のご寄附日: 2027年5月24日(月)"),
    ],
)
def test_some_weeks_before_its_end_a_term_asks_what_comes_after(term, columns, words):
    # given
    models.Membership.objects.filter(pk=term.pk).update(**columns)
    paying = term.cycles.get(n=0)

    # when
    message = sent("term_ending", donor_id=term.donor_id, cycle_id=paying.pk)

    # then
    assert message.subject == "まとめて寄附の期間が、まもなく終わります"
    for text in (words, "最後の箱の発送: 2027年4月27日(火)から", "最後の日: 2027年5月17日(月)"):
        assert text in message.body


def test_a_box_that_is_paid_for_is_told_to_have_moved(term):
    # given
    december = term.cycles.get(n=1)
    models.Cycle.objects.filter(pk=december.pk).update(reason="under_20_alcohol")

    # when
    message = sent("cycle_skipped", donor_id=term.donor_id, cycle_id=december.pk)

    # then
    assert message.subject == "12月分のお届けを見送りました"
    assert "この月の箱は、まとめて寄附の期間のおわりに移ります。" in message.body
    assert "お引き落とし" not in message.body


@pytest.mark.parametrize("name", ["joined_free", "prepaid_ended"])
def test_a_welcome_and_a_farewell(member, name):
    message = sent(name, donor_id=member.donor_id)

    assert "ありがとうございま" in message.body


def test_a_name_with_signs_is_written_as_it_is(member):
    models.Donor.objects.update(family_name="O'Neil & 山")

    assert "O'Neil & 山　花子 様" in sent("prepaid_ended", donor_id=member.donor_id).body


def test_a_receipt_that_no_longer_holds_names_what_replaced_it(member):
    [receipt] = receipts.settle(member.donor)
    services.receipt_hand(receipt_ids=[receipt.pk], handed_as="paper", now=world.NOW)
    hand_out.addressee_correct(
        receipt_id=receipt.pk,
        donor_name="山田　花",
        donor_address=receipt.donor_address,
        reason="字の誤り",
        today=world.TODAY,
        now=world.NOW,
        actor="test",
    )

    message = sent("receipt_withdrawn", donor_id=member.donor_id, receipt_id=receipt.pk)

    assert message.subject == "お渡しした受領証明書は使えなくなりました(2026-000001)"
    assert "宛名を訂正したため、使えなくなりました。" in message.body
    assert "かわりの証明書をご用意しました。" in message.body
    assert "/my/receipts/" in message.body


def test_a_receipt_of_money_that_went_back_has_nothing_in_its_place(member):
    [receipt] = receipts.settle(member.donor)
    receipts.give_back(receipt.lines.get().donation, now=world.NOW)
    receipts.settle(member.donor)

    message = sent("receipt_withdrawn", donor_id=member.donor_id, receipt_id=receipt.pk)

    assert "ご寄附を返金したため、使えなくなりました。" in message.body
    assert "かわりの証明書はありません。" in message.body


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("accept", "2026年12月24日(木)にこの月のご寄附(3,000円)をお受けします。"),
        ("ask", "代わりの品をお受け取りになるかどうかは、別のメールでお尋ねします。"),
    ],
)
def test_a_month_that_comes_back_says_that_it_was_left_out_before(
    member, cycle, monkeypatch, kind, words
):
    # given
    monkeypatch.setattr(proposing.jobs, "enqueue", lambda name, **_: None)
    swapping.wish(member, kind)
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)
    fulfilment_models.Gift.objects.update(stock_free=0, stock_seen_at=swapping.ASK_NOW)
    locking.cycles_lock_due(as_of=months.LOCK_DAY, now=swapping.ASK_NOW, actor="run")
    swapping.propose()
    bringing_back.proposals_take_up(now=swapping.ASK_NOW, actor="proposal")
    december = months.month_of(member, 1)
    about = {
        "donor_id": member.donor_id,
        "cycle_id": december.pk,
        "swap_id": swapping.swap_of(december).pk,
    }

    # when
    back = sent("month_back", **about)
    other = sent("swap_accepted" if kind == "accept" else "swap_asked", **about)

    # then
    assert back.subject == "12月分のお届けを、代わりの品でご用意できることになりました"
    assert "「冬の大根」の代わりに「かぶ」をご用意できることになりました" in back.body
    assert words in back.body
    assert "12月分のお届けを見送るとお知らせしましたが" in other.body
