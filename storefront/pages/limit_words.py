"""That a donor's own yearly limit would be exceeded, in words."""

from saleor_ext.common import jptime, money
from saleor_ext.flows.limits.warning import LimitWarning
from saleor_ext.membership import states
from storefront.message import Message
from storefront.pages.year_plan import WHEN_REACHED


def warning_message(warning: LimitWarning | None) -> Message | None:
    """This will say by how much and from when a limit would be exceeded, and what then happens."""
    if warning is None:
        return None
    limit = money.words(warning.limit_yen)
    total = money.words(warning.total_yen)
    day = jptime.words(warning.first_over_on)
    return Message(
        f"ご自分で決めた{warning.year}年の上限({limit})をこえる見込みです。",
        f"このまま進むと、{warning.year}年12月31日までのご寄附は{total}、"
        f"上限をこえるのは{day}のご寄附からです。{_then(warning)}",
    )


def _then(warning: LimitWarning) -> str:
    then = WHEN_REACHED[states.WhenReached(warning.when_reached)]
    if not warning.is_first_donation:
        return f"そのとき:{then}"
    return f"最初のご寄附は、お手続きのとおりお受けします。そのあとは:{then}"
