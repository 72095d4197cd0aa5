"""A gift cannot be sent: what would come instead, and what the donor can say."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from saleor_ext.common import jptime
from saleor_ext.flows.swaps import answering, deciding, fitting
from saleor_ext.fulfilment import models, states
from saleor_ext.membership import models as membership_models
from storefront import messages
from storefront.pages import parts

DECIDED = {
    states.SwapState.ASKED: "お返事の期日を過ぎました。かねてのご希望のとおりにします。",
    states.SwapState.ACCEPTED: "代わりの品をお届けします。",
    states.SwapState.CARRIED: "代わりの品はお送りしません。",
    states.SwapState.DROPPED: "もとの品をご用意できるようになりました。予定どおりにお届けします。",
}


@dataclass(frozen=True, kw_only=True)
class SwapPage(parts.Page):
    """What cannot be sent, what would come instead, and the two answers."""

    action: str
    month: date
    gift: parts.GiftLine
    alternate: parts.GiftLine
    added: str
    gone: str
    answer_until: date
    is_open: bool
    is_prepaid: bool
    is_paid: bool
    is_given: bool
    is_silence_yes: bool
    outcome: str
    refusal: messages.Message | None


@dataclass(frozen=True, kw_only=True)
class SwapRefusedPage(parts.Page):
    """Why a link leads nowhere."""

    message: messages.Message


@dataclass(frozen=True, kw_only=True)
class AskedLine:
    """A question on the member's own page."""

    words: str
    until: str
    url: str


@dataclass(frozen=True, kw_only=True)
class MonthQuestion:
    """Why a month cannot be paid now; `url` leads to the question if its donor is asked it."""

    words: str
    next_step: str
    url: str


ASKED_OWN = "代わりの品をお受け取りになるかどうかを、先にお聞かせください。"
ASKED_OTHER = "代わりの品をどうされるかを、お受け取りになる方にお尋ねしています。"
ASKED_SOON = "代わりの品のことを、まもなくメールでお知らせします。"


def month_question(cycle: membership_models.Cycle) -> MonthQuestion:
    """This will say why a month waits although its donation is owed, and what comes next."""
    donor_id = cycle.membership.donor_id
    swap = answering.swap_of_month(cycle_id=cycle.pk, donor_id=donor_id)
    month = cycle.month.month
    if swap is not None:
        next_step = ASKED_OWN
    else:
        is_given = cycle.snapshot.recipient_id not in {None, donor_id}
        next_step = ASKED_OTHER if is_given else ASKED_SOON
    return MonthQuestion(
        words=f"{month}月分のお礼の品に、ご用意できないものがあります。申し訳ありません。",
        next_step=next_step,
        url=reverse("storefront:swap", args=[answering.seal(swap_id=swap.pk)]) if swap else "",
    )


def swap_page(
    swap: models.Swap, *, sealed: str, today: date, refusal: messages.Message | None = None
) -> SwapPage:
    """This will describe one question, or how it was decided."""
    gift, alternate = swap.alternate.gift, swap.alternate.alternate
    allergens = fitting.allergens_compare(gift=gift, alternate=alternate)
    cycle = swap.cycle
    return SwapPage(
        heading=f"{cycle.month.month}月分の品について",
        action=reverse("storefront:swap", args=[sealed]),
        month=cycle.month,
        gift=parts.gift_line(gift),
        alternate=parts.gift_line(alternate),
        added="・".join(allergens.added),
        gone="・".join(allergens.gone),
        answer_until=swap.answer_until,
        is_open=answering.is_open(swap, today=today),
        is_prepaid=cycle.covered_by_id is not None,
        is_paid=not deciding.may_move(cycle, today=today),
        is_given=cycle.snapshot.recipient_id is not None,
        is_silence_yes=deciding.is_silence_yes(swap),
        outcome=DECIDED[states.SwapState(swap.state)],
        refusal=refusal,
    )


def refused_page(message: messages.Message) -> SwapRefusedPage:
    """This will describe a link that is none of ours."""
    return SwapRefusedPage(heading="このリンクは使えません", message=message)


def asked_lines(*, donor_id: int) -> tuple[AskedLine, ...]:
    """This will list what a member is asked, for his own page."""
    return tuple(
        AskedLine(
            words=f"{swap.cycle.month.month}月分の「{swap.alternate.gift.name}」について",
            until=jptime.words_short(swap.answer_until),
            url=reverse("storefront:swap", args=[answering.seal(swap_id=swap.pk)]),
        )
        for swap in answering.swaps_of(donor_id=donor_id)
    )
