"""The mail after each choice: its day, and nothing that is not known."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core import mail

from saleor_ext.flows import mail as mail_flow
from saleor_ext.flows.choices import anchor, cancel, pause, skip, tier
from saleor_ext.flows.limits import forecast
from saleor_ext.membership import models, services
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, world
from tests.builders.giving import given_to_taro

pytestmark = pytest.mark.django_db

Choose = Callable[[dict[str, Any]], object]

CASES: dict[str, tuple[Choose, str, tuple[str, ...]]] = {
    "pause": (
        lambda who: pause.pause_choose(resume_on=date(2027, 2, 10), **who),
        "お休みを承りました",
        ("2026年12月分から2027年1月分まで", "2027年2月24日(水) 3,000円"),
    ),
    "anchor": (
        lambda who: anchor.anchor_choose(day=10, **who),
        "ご寄附日の変更を承りました",
        ("毎月24日から毎月10日", "2026年12月10日(木)から", "2026年12月3日(木)"),
    ),
    "tier": (
        lambda who: tier.tier_choose(tier_slug="minato", **who),
        "プランの変更を承りました",
        ("なぎさ会員からみなと会員へ", "2026年12月24日(木)のご寄附から", "3,000円から10,000円"),
    ),
    "free": (
        lambda who: tier.tier_choose(tier_slug="dayori", **who),
        "プランの変更を承りました",
        ("2026年12月23日(水)", "2026年12月24日(木)から、無料の会員になります"),
    ),
    "cancel": (
        lambda who: cancel.cancel_choose(note="ひみつの言葉", **who),
        "会員の終了を承りました",
        ("会員の最後の日: 2026年12月23日(水)", "2026年12月24日(木)からのご寄附はありません"),
    ),
}


@pytest.fixture
def who() -> dict[str, Any]:
    """花子's membership, ready to choose."""
    membership = months.member_ahead()
    minato = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=minato, month_from=date(2026, 11, 1))
    world.free_tier_make()
    return {"membership_id": membership.pk, "now": world.NOW, "actor": "donor:1"}


def last_mail(settings: Any) -> Any:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    message = outbox_models.OutboxMessage.objects.filter(topic="mail.send").latest("pk")
    mail_flow.mail_send(message.payload, world.NOW)
    sent = mail.outbox[-1]
    for bad in ("None", "{", "&#", "\n\n\n", "ひみつ"):
        assert bad not in sent.body
    return sent


@pytest.mark.parametrize("kind", CASES)
def test_each_choice_is_told_with_its_day(who: dict[str, Any], kind: str, settings: Any) -> None:
    # given
    choose, subject, words = CASES[kind]

    # when
    choose(who)
    sent = last_mail(settings)

    # then
    assert sent.subject == subject
    for part in words:
        assert part in sent.body


def test_going_on_and_staying_are_told_too(who: dict[str, Any], settings: Any) -> None:
    # given
    pause.pause_choose(resume_on=date(2027, 2, 10), **who)

    # when
    pause.resume_choose(**who)
    resumed = last_mail(settings)
    cancel.cancel_choose(**who)
    cancel.cancel_undo_choose(**who)
    stayed = last_mail(settings)

    # then
    assert resumed.subject == "お休みから再開しました"
    assert stayed.subject == "会員の終了を取り消しました"
    for sent in (resumed, stayed):
        assert "次のご寄附: 2026年12月24日(木) 3,000円" in sent.body


def test_the_end_of_a_free_membership_is_told(settings: Any) -> None:
    # given
    free = services.membership_join_free(
        donor_id=world.donor_make().pk,
        tier=world.free_tier_make(),
        now=world.NOW,
        actor="donor:1",
    )
    world.town_make()

    # when
    cancel.cancel_choose(membership_id=free.pk, now=world.NOW, actor="donor:1")
    sent = last_mail(settings)

    # then
    assert "2026年11月24日(火)で会員を終了しました" in sent.body


def test_the_year_ahead_knows_of_pauses_and_of_the_tier_to_come(who: dict[str, Any]) -> None:
    # given
    donor_id = models.Membership.objects.get(pk=who["membership_id"]).donor_id
    pause.pause_choose(resume_on=date(2027, 6, 10), **who)
    tier.tier_choose(tier_slug="minato", **who)

    # when
    ahead = forecast.year_plan(donor_id=donor_id, year=2027)

    # then
    expected = [(date(2027, month, 24), 10000) for month in range(6, 13)]
    assert [(month.charge_on, month.amount_yen) for month in ahead.months] == expected


PRICE = re.compile(r"\d(,000|0000)|円|寄附|プランの変更")
NEWS: dict[str, tuple[str, str]] = {
    "pause": ("2026年12月分から2027年1月分までのお届けをお休みします。", ""),
    "anchor": ("2026年12月分は、2026年12月14日(月)から発送します。", ""),
    "tier": ("2026年12月分から、みなと会員になります。", "なぎさ会員から"),
    "free": ("2026年12月23日(水)で、贈りものは終わりになります。", "無料"),
    "cancel": ("2026年12月23日(水)で、贈りものは終わりになります。", "ひみつ"),
}


@pytest.mark.parametrize("kind", NEWS)
def test_the_recipient_is_told_what_comes_and_no_price(
    who: dict[str, Any], kind: str, settings: Any
) -> None:
    # given
    _, taro = given_to_taro(models.Membership.objects.get(pk=who["membership_id"]))
    choose, (words, unsaid) = CASES[kind][0], NEWS[kind]

    # when
    choose(who)
    sent = last_mail(settings)

    # then
    assert sent.to == [taro.email]
    assert words in sent.body
    assert not PRICE.search(sent.subject + sent.body)
    assert not unsaid or unsaid not in sent.body


def test_the_recipient_is_told_of_a_month_that_is_left_out_and_comes_back(
    who: dict[str, Any], settings: Any
) -> None:
    # given
    given_to_taro(models.Membership.objects.get(pk=who["membership_id"]))
    month = date(2026, 12, 1)

    # when
    skip.skip_choose(month=month, **who)
    left_out = last_mail(settings).body
    skip.skip_undo_choose(month=month, **who)
    back = last_mail(settings).body

    # then
    assert "2026年12月分のお届けをお休みします。" in left_out
    assert "お休みの予定だった2026年12月分を、お届けすることになりました。" in back
    assert not PRICE.search(left_out + back)


def test_whoever_has_his_own_membership_gets_one_mail(who: dict[str, Any]) -> None:
    skip.skip_choose(month=date(2026, 12, 1), **who)

    names = outbox_models.OutboxMessage.objects.values_list("payload__name", flat=True)
    assert list(names) == ["choice_skip"]
