"""Another card: what it will be charged for, and the field for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from saleor_ext.flows.choices.card_change import CardChangePreview, CardStep
from saleor_ext.membership import models
from storefront import messages
from storefront.pages import my, payment

HEADING = "お支払いのカード"


@dataclass(frozen=True, kw_only=True)
class OwedMonth:
    """A month whose donation has not come in yet."""

    month: date
    amount_yen: int


@dataclass(frozen=True, kw_only=True)
class CardPage(my.MyPageBase):
    """The card on file, and what changing it does."""

    card: str
    owed: tuple[OwedMonth, ...]
    owed_yen: int
    asked: tuple[OwedMonth, ...]
    next_charge_on: date | None
    next_amount_yen: int


@dataclass(frozen=True, kw_only=True)
class EnterPage(my.MyPageBase):
    """The card field."""

    payment: payment.PaymentView
    note: messages.Message | None


def card_page(preview: CardChangePreview) -> CardPage:
    """This will put what a new card would be charged for into a page."""
    return CardPage(
        heading=HEADING,
        my_links=my.my_links(),
        card=my.card_line(preview.card),
        owed=_months(preview.retried),
        owed_yen=preview.retried_yen,
        asked=_months(preview.asked),
        next_charge_on=preview.next_charge_on,
        next_amount_yen=preview.next_amount_yen,
    )


def _months(cycles: Iterable[models.Cycle]) -> tuple[OwedMonth, ...]:
    return tuple(OwedMonth(month=cycle.month, amount_yen=cycle.amount_yen) for cycle in cycles)


def enter_page(*, step: CardStep, return_url: str, has_returned: bool) -> EnterPage:
    """This will describe the card field, and why the donor sees it again."""
    return EnterPage(
        heading="新しいカードのご入力",
        my_links=my.my_links(),
        payment=payment.card_view(
            step, return_url=return_url, return_path=reverse("storefront:my_card_return")
        ),
        note=_note(step, has_returned=has_returned),
    )


def _note(step: CardStep, *, has_returned: bool) -> messages.Message | None:
    if step.decline_code:
        return messages.Message(
            "このカードは登録できませんでした。",
            "カードはまだ変わっていません。番号と有効期限をお確かめいただくか、"
            "別のカードをお試しください。",
        )
    if has_returned:
        return messages.Message(
            "お手続きはまだ終わっていません。",
            "カードはまだ変わっていません。カードの情報をもう一度ご入力ください。",
        )
    return None


def done_words(*, was_owing: bool) -> str:
    """This will say what happened, and what happens now."""
    if was_owing:
        return (
            "カードを変更しました。まだお受けできていなかったご寄附を、新しいカードでただいま"
            "お願いしています。結果はメールでお知らせします。"
        )
    return "カードを変更しました。次のご寄附から、新しいカードでお受けします。"
