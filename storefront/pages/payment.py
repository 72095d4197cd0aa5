"""The card field of a page: for joining, for a declined month, for another card."""

from dataclasses import dataclass, field

from saleor_ext.common import money
from saleor_ext.flows.choices.card_change import CardStep
from saleor_ext.flows.month.pay_step import PayStep
from storefront import messages


@dataclass(frozen=True, kw_only=True)
class PaymentView:
    """What payment.js reads from the form. The secret lets only this one be confirmed.

    purpose: "donation" takes money now, "card" only keeps the card.
    """

    publishable_key: str
    client_secret: str = field(repr=False)
    script_url: str
    return_url: str
    return_path: str
    button: str
    purpose: str = "donation"


def payment_view(step: PayStep, *, return_url: str, return_path: str) -> PaymentView:
    """This will put a step that needs a card into what the page and its script read."""
    return PaymentView(
        publishable_key=step.publishable_key,
        client_secret=step.client_secret,
        script_url=step.script_url,
        return_url=return_url,
        return_path=return_path,
        button=f"{money.words(step.amount_yen)}を寄附する",
    )


def card_view(step: CardStep, *, return_url: str, return_path: str) -> PaymentView:
    """This will put the entering of a new card into what the page and its script read."""
    return PaymentView(
        publishable_key=step.publishable_key,
        client_secret=step.client_secret,
        script_url=step.script_url,
        return_url=return_url,
        return_path=return_path,
        button="このカードを登録する",
        purpose="card",
    )


def step_message(step: PayStep, *, has_returned: bool) -> messages.Message | None:
    """This will say why the donor sees the card field again, or None at his first look."""
    if step.decline_code:
        return messages.decline_message(step.decline_code)
    if has_returned:
        return messages.Message(
            "お手続きはまだ終わっていません。",
            "ご寄附は行われていません。カードの情報をもう一度ご入力ください。",
        )
    return None
