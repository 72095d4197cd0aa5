"""When a piece of content opens: a form for staff."""

from django import forms

from saleor_ext.common import number_guard
from saleor_ext.content.states import OPENS_AFTER_MOST

_BOUNDS = f"1から{OPENS_AFTER_MOST}までの数字で入れてください。"


class OpeningForm(number_guard.GuardedForm):
    """After how many months with the town; empty opens it at once."""

    months = forms.IntegerField(
        label="ご一緒して何か月でひらくか",
        min_value=1,
        max_value=OPENS_AFTER_MOST,
        required=False,
        help_text="ご寄附の月をこれまでの会員契約すべてで数えます。空にすると、すぐにひらきます。",
        error_messages={"invalid": _BOUNDS, "min_value": _BOUNDS, "max_value": _BOUNDS},
        widget=forms.NumberInput(attrs={"class": "field__input field__input--short"}),
    )
