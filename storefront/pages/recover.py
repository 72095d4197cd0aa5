"""Making up for a month whose donation did not go through: why, until when, and the card field."""

from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse

from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.month import recover
from saleor_ext.flows.month.pay_step import PayStep
from saleor_ext.membership import models
from storefront import messages
from storefront.pages import my, payment
from storefront.pages import swap as swap_pages


@dataclass(frozen=True, kw_only=True)
class RecoverPage(my.MyPageBase):
    """A month whose donation did not go through; `over_month` when it is too late for it,
    `question` while a gift of its box cannot be sent.
    """

    month: date | None
    over_month: date | None
    question: swap_pages.MonthQuestion | None
    pay_until: date | None
    amount_yen: int
    message: messages.Message | None
    card: str


@dataclass(frozen=True, kw_only=True)
class RecoverCardPage(my.MyPageBase):
    """The card field for a declined month."""

    amount_yen: int
    payment: payment.PaymentView
    note: messages.Message | None


def recover_page(
    *, donor: models.Donor, membership: models.Membership | None, today: date
) -> RecoverPage:
    """This will explain a declined month, or say that nothing is owed."""
    cycle = recover.owed_cycle(membership_id=membership.pk) if membership else None
    base = RecoverPage(
        heading="お手続きは必要ありません",
        my_links=my.my_links(),
        over_month=None,
        question=None,
        pay_until=None,
        month=None,
        amount_yen=0,
        message=None,
        card="",
    )
    if cycle is not None and recover.is_day_over(cycle, today=today):
        return replace(base, heading="お手続きの期限が過ぎました", over_month=cycle.month)
    if cycle is None:
        return base
    if recover.is_box_asked(cycle):
        return replace(
            base,
            heading=f"{cycle.month.month}月分の代わりの品について",
            question=swap_pages.month_question(cycle),
        )
    attempt = donation_selectors.latest_attempt(cycle_id=cycle.pk)
    code = "authentication_required"
    if attempt is not None and attempt.decline_code:
        code = attempt.decline_code
    return replace(
        base,
        heading=f"{cycle.month.month}月分のご寄附のお手続き",
        month=cycle.month,
        amount_yen=cycle.amount_yen,
        pay_until=cycle.pay_until,
        message=messages.decline_message(code),
        card=my.card_words(donor),
    )


def recover_card_page(*, step: PayStep, return_url: str, has_returned: bool) -> RecoverCardPage:
    """This will describe the card field for a declined month."""
    return RecoverCardPage(
        heading="カードのご入力",
        my_links=my.my_links(),
        amount_yen=step.amount_yen,
        payment=payment.payment_view(
            step, return_url=return_url, return_path=reverse("storefront:recover_return")
        ),
        note=payment.step_message(step, has_returned=has_returned),
    )
