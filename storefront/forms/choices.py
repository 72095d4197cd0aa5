"""What a donor picks when he chooses something about his membership."""

from datetime import date
from typing import Any

from django import forms

from saleor_ext.common import jptime, money
from saleor_ext.flows.choices import skip
from saleor_ext.flows.errors import MonthFixed
from saleor_ext.membership import models

PICK = {"required": "選んでください。", "invalid_choice": "一覧から選んでください。"}


def _month_label(cycle: models.Cycle) -> str:
    return (
        f"{cycle.month.year}年{cycle.month.month}月分"
        f"({jptime.words_short(cycle.charge_on)}のご寄附 {money.words(cycle.amount_yen)}。"
        f"{jptime.words_short(cycle.change_until)}まで変えられます)"
    )


class MonthForm(forms.Form):
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
