"""What a donor picks when he chooses something about his membership."""

from datetime import date
from typing import Any

from django import forms

from saleor_ext.common import jptime, money, number_guard
from saleor_ext.flows.choices import skip, year_turn
from saleor_ext.flows.errors import MonthFixed, NothingOwed
from saleor_ext.membership import models

PICK = {"required": "選んでください。", "invalid_choice": "一覧から選んでください。"}


def _month_label(cycle: models.Cycle) -> str:
    return (
        f"{cycle.month.year}年{cycle.month.month}月分"
        f"({jptime.words_short(cycle.charge_on)}のご寄附 {money.words(cycle.amount_yen)}。"
        f"{jptime.words_short(cycle.change_until)}まで変えられます)"
    )


class MonthForm(number_guard.GuardedForm):
    """One of the months that can still be changed."""

    month = forms.TypedChoiceField(
        label="どの月ですか",
        coerce=date.fromisoformat,
        widget=forms.RadioSelect(),
        error_messages=PICK,
    )

    def __init__(self, data: Any, *, cycles: list[models.Cycle]) -> None:
        super().__init__(data)
        if not cycles:
            raise MonthFixed()
        self.fields["month"].choices = [
            (cycle.month.isoformat(), _month_label(cycle)) for cycle in cycles
        ]
        self.fields["month"].initial = cycles[0].month.isoformat()


class YearTurnForm(number_guard.GuardedForm):
    """What is to become of a month that the turn of the year found unpaid."""

    answer = forms.ChoiceField(
        label="どうされますか", widget=forms.RadioSelect(), error_messages=PICK
    )

    def __init__(self, data: Any, *, cycle: models.Cycle, year: int) -> None:
        super().__init__(data)
        self.fields["answer"].choices = [
            (
                year_turn.Answer.CARRY.value,
                f"{year}年に入ってから、{year}年のご寄附として{money.words(cycle.amount_yen)}をお受けする",
            ),
            (year_turn.Answer.LEAVE_OUT.value, f"{cycle.month.month}月分は見送る"),
        ]


def year_turn_form(data: Any, *, membership: models.Membership, today: date) -> YearTurnForm:
    """This will offer the two answers about the month that waits for one.

    Raises:
        NothingOwed: no month waits.
    """
    cycle = year_turn.asked_month(membership_id=membership.pk, today=today)
    if cycle is None:
        raise NothingOwed()
    return YearTurnForm(data, cycle=cycle, year=max(today.year, cycle.charge_on.year + 1))


def skip_form(data: Any, *, membership: models.Membership, today: date) -> MonthForm:
    """This will offer the months that can be left out.

    Raises:
        MonthFixed: there is none.
        and what `skip.choosing` raises.
    """
    skip.choosing(membership_id=membership.pk)
    return MonthForm(data, cycles=skip.months_to_skip(membership_id=membership.pk, today=today))


def skip_undo_form(data: Any, *, membership: models.Membership, today: date) -> MonthForm:
    """This will offer the months that were left out and can still come back.

    Raises:
        MonthFixed: there is none.
        and what `skip.choosing` raises.
    """
    skip.choosing(membership_id=membership.pk)
    return MonthForm(data, cycles=skip.months_skipped(membership=membership, today=today))
