"""Making up for one month by the link in a mail. Nobody is signed in, so nobody is named."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.dunning.pay_link import LinkState
from saleor_ext.flows.month.pay_step import PayStep
from saleor_ext.membership import models
from storefront import messages
from storefront.pages import parts, payment
from storefront.pages import swap as swap_pages

AUTHENTICATION = "authentication_required"


@dataclass(frozen=True, kw_only=True)
class PayPage(parts.Page):
    """What a link leads to: the way to the card, or kindly why there is none any more."""

    state: str
    month: date
    amount_yen: int
    pay_until: date | None
    message: messages.Message | None
    question: swap_pages.MonthQuestion | None
    card_url: str


@dataclass(frozen=True, kw_only=True)
class PayCardPage(parts.Page):
    """The card field."""

    amount_yen: int
    payment: payment.PaymentView
    note: messages.Message | None
    back_url: str


@dataclass(frozen=True, kw_only=True)
class BrokenPage(parts.Page):
    """A link that is none of ours."""


HEADINGS = {
    LinkState.OPEN: "{month}月分のご寄附のお手続き",
    LinkState.ASKED: "{month}月分の代わりの品について",
    LinkState.PAID: "{month}月分のご寄附は、確認できています",
    LinkState.YEAR_OVER: "{month}月分の年が終わりました",
    LinkState.OVER: "{month}月分のお手続きは、終わりました",
}


def pay_page(*, cycle: models.Cycle, state: LinkState, token: str) -> PayPage:
    """This will describe what a link leads to."""
    return PayPage(
        heading=HEADINGS[state].format(month=cycle.month.month),
        state=state,
        month=cycle.month,
        amount_yen=cycle.amount_yen,
        pay_until=cycle.pay_until,
        message=_message(cycle) if state is LinkState.OPEN else None,
        question=swap_pages.month_question(cycle) if state is LinkState.ASKED else None,
        card_url=reverse("storefront:pay_card", args=[token]),
    )


def _message(cycle: models.Cycle) -> messages.Message:
    attempt = donation_selectors.latest_attempt(cycle_id=cycle.pk)
    code = attempt.decline_code if attempt and attempt.decline_code else AUTHENTICATION
    return messages.decline_message(code)


def card_page(*, step: PayStep, token: str, return_url: str, has_returned: bool) -> PayCardPage:
    """This will describe the card field."""
    return PayCardPage(
        heading="カードのご入力",
        amount_yen=step.amount_yen,
        payment=payment.payment_view(
            step, return_url=return_url, return_path=reverse("storefront:pay_return", args=[token])
        ),
        note=payment.step_message(step, has_returned=has_returned),
        back_url=reverse("storefront:pay", args=[token]),
    )


def broken_page() -> BrokenPage:
    """This will describe a link that is none of ours."""
    return BrokenPage(heading="このリンクは使えません")
