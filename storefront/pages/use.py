"""What a member's donations are used for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from saleor_ext.common import jptime
from saleor_ext.membership import models, selectors, states
from storefront.pages import my

USE = "寄附金の使い道"


@dataclass(frozen=True, kw_only=True)
class UsePage(my.MyPageBase):
    """The town's uses, and which one it is to be."""

    uses: Sequence[Mapping[str, str]]
    form: Any
    counts_words: str


def use_page(
    *, membership: models.Membership, town: models.Municipality, form: object, today: date
) -> UsePage:
    """This will describe the page on which the use is chosen."""
    return UsePage(
        heading=USE,
        my_links=my.my_links(),
        my_section=my.HOME,
        uses=town.uses,
        form=form,
        counts_words=counts_words(membership=membership, today=today),
    )


def counts_words(*, membership: models.Membership, today: date) -> str:
    """This will say from which donation a choice made today counts."""
    cycle = (
        selectors.cycles_upcoming(membership_id=membership.pk, today=today)
        .filter(
            state=states.CycleState.PLANNED,
            kind=states.CycleKind.DONATION,
            change_until__gte=today,
        )
        .first()
    )
    if cycle is None:
        return "選んだ使い道は、次に決まるご寄附から反映します。"
    return (
        f"いま選ぶと、{jptime.words(cycle.charge_on)}のご寄附から反映します"
        f"(変更は{jptime.words_short(cycle.change_until)}まで)。"
    )
