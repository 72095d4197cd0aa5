"""What a donor picks about a prepaid term."""

from datetime import date, datetime
from typing import Any

from django import forms

from saleor_ext.common import clock, jptime, money, number_guard
from saleor_ext.flows.choices import after_term, ground, swap, term, term_view
from saleor_ext.flows.errors import BoxNotOffered, ChoiceNotNow, MonthFixed
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, states
from storefront.forms.choices import PICK

END_WORDS = "期間のおわりで終了する(次のご寄附はありません)"


def tier_words(tier: models.Tier) -> str:
    """This will name a tier with what is given in it."""
    if tier.kind == states.TierKind.PREPAID:
        return (
            f"{tier.name}(一度のご寄附 {money.words(tier.amount_yen)}で{tier.box_count}回のお届け)"
        )
    return f"{tier.name}(毎月のご寄附 {money.words(tier.amount_yen)})"


class PickForm(number_guard.GuardedForm):
    """One out of a few."""

    pick = forms.ChoiceField(widget=forms.RadioSelect(), error_messages=PICK)

    def __init__(self, data: Any, *, label: str, choices: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["pick"].label = label
        self.fields["pick"].choices = choices
        self.fields["pick"].initial = choices[0][0]


def term_form(data: Any, *, membership: models.Membership, today: date) -> PickForm:
    """This will offer the prepaid tiers, and to go on monthly after all.

    Raises:
        ChoiceNotNow: there is nothing to choose from.
        TermFixed: the month that pays for a term is fixed already.
        and what `term.choosing` raises.
    """
    monthly = term.choosing(membership_id=membership.pk)
    ground.term_fixed_refuse(ground.months_fixed(membership=monthly, today=today))
    choices = [(tier.slug, tier_words(tier)) for tier in term.tiers_offered(membership=monthly)]
    if monthly.next_tier_id is not None:
        choices.insert(0, (monthly.tier.slug, f"切り替えずに、{tier_words(monthly.tier)}を続ける"))
    if not choices:
        raise ChoiceNotNow()
    return PickForm(data, label="どのまとめ方にしますか", choices=choices)


def after_form(data: Any, *, membership: models.Membership, today: date) -> PickForm:
    """This will offer what may come after a term.

    Raises:
        what `term_view.choosing` and `term_view.term_require` raise.
    """
    prepaid = term_view.choosing(membership_id=membership.pk)
    term_view.term_require(prepaid, today=today)
    tiers = after_term.tiers_offered(membership=prepaid)
    choices = [(after_term.END, END_WORDS)]
    choices += [(tier.slug, f"{tier_words(tier)}を続ける") for tier in tiers]
    form = PickForm(data, label="期間のあとは", choices=choices)
    form.fields["pick"].initial = after_term.after_now(prepaid)
    return form


def swap_form(data: Any, *, membership: models.Membership, today: date) -> PickForm:
    """This will offer, month by month, the boxes that could come instead.

    Raises:
        MonthFixed: no month of a term can still be changed.
        BoxNotOffered: there is no other box.
        and what `term_view.choosing` raises.
    """
    term_view.choosing(membership_id=membership.pk)
    months = swap.months_to_swap(membership_id=membership.pk, today=today)
    if not months:
        raise MonthFixed()
    now = clock.now()
    choices = [choice for cycle in months for choice in _swap_choices(cycle, now=now)]
    if not choices:
        raise BoxNotOffered()
    return PickForm(data, label="どの月を、どの箱にしますか", choices=choices)


def _swap_choices(cycle: models.Cycle, *, now: datetime) -> list[tuple[str, str]]:
    return [
        (f"{cycle.month.isoformat()}:{box.pk}", _swap_label(cycle, box))
        for box in swap.boxes_offered(cycle=cycle, now=now)
    ]


def _swap_label(cycle: models.Cycle, box: fulfilment_models.BoxPlan) -> str:
    day = jptime.words_short(cycle.change_until)
    return f"{cycle.month.year}年{cycle.month.month}月分を「{box.title}」に({day}まで変えられます)"


def swap_picked(pick: str) -> tuple[date, int]:
    """This will return the month and the box of what was picked."""
    month, _, box_id = pick.partition(":")
    return date.fromisoformat(month), int(box_id)
