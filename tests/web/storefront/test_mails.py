"""Mail to donors: a subject on the first line, then short and warm words."""

import re
from datetime import date

import pytest
from django.core import mail

from saleor_ext.flows import mail as mail_flow
from saleor_ext.flows.month import listing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models
from tests.builders import dashboard, world

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


@pytest.mark.parametrize("name", ["joined_free", "prepaid_ended"])
def test_a_welcome_and_a_farewell(member, name):
    message = sent(name, donor_id=member.donor_id)

    assert "ありがとうございま" in message.body


def test_a_name_with_signs_is_written_as_it_is(member):
    models.Donor.objects.update(family_name="O'Neil & 山")

    assert "O'Neil & 山　花子 様" in sent("prepaid_ended", donor_id=member.donor_id).body
