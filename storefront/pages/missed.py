"""The question after a stop: receive a missed donation now, or leave the month out?"""

from dataclasses import dataclass
from datetime import date

from saleor_ext.operation import models, states
from storefront.pages import parts


@dataclass(frozen=True, kw_only=True)
class MissedPage(parts.Page):
    """One missed month. No name: whoever has the link sees month, tier and amount."""

    token: str
    month: date
    tier_name: str
    amount_yen: int
    due_on: date
    answer_until: date | None


@dataclass(frozen=True, kw_only=True)
class AnsweredPage(parts.Page):
    """What was answered, or that there is nothing to answer any more."""

    is_wanted: bool = False
    is_over: bool = False


def missed_page(*, month: models.CatchUpMonth, token: str) -> MissedPage:
    """This will describe the question."""
    cycle = month.cycle
    return MissedPage(
        heading="お受けできていないご寄附について",
        token=token,
        month=cycle.month,
        tier_name=cycle.tier.name,
        amount_yen=month.amount_yen,
        due_on=month.due_on,
        answer_until=month.answer_until,
    )


def answered_page(*, month: models.CatchUpMonth) -> AnsweredPage:
    """This will describe what comes of the answer."""
    is_wanted = month.state == states.CatchUpMonthState.APPROVED
    return AnsweredPage(heading="お返事をありがとうございました", is_wanted=is_wanted)


def over_page() -> AnsweredPage:
    """This will describe a link that asks nothing any more."""
    return AnsweredPage(heading="このお尋ねは終わっています", is_over=True)
