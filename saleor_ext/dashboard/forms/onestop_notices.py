"""Forms about notices to home municipalities."""

from datetime import date
from typing import Any

from django import forms

from saleor_ext.common import number_guard
from saleor_ext.dashboard.inputs import plain_text
from saleor_ext.onestop import states

REQUIRED = "入力してください。"
DAY_WRONG = "日付は 2027-01-20 のように入れてください。"


def _day(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=["%Y-%m-%d", "%Y/%m/%d"],
        widget=forms.DateInput(
            attrs={"class": "field__input field__input--short", "type": "date"}, format="%Y-%m-%d"
        ),
        error_messages={"required": REQUIRED, "invalid": DAY_WRONG},
        **kwargs,
    )


class HomeForm(number_guard.GuardedForm):
    """The municipality of 1 January, as the office knows it."""

    home_code = forms.CharField(
        label="1月1日の住所の市区町村のコード",
        max_length=6,
        help_text="全国地方公共団体コードの6けた(検査数字まで)。",
        widget=forms.TextInput(
            attrs={"class": "field__input field__input--short", "inputmode": "numeric"}
        ),
        error_messages={"required": REQUIRED, "max_length": "6けたで入れてください。"},
    )
    home_name = forms.CharField(
        label="団体名",
        max_length=60,
        required=False,
        help_text="一覧にあるコードなら空けておけます。例: 東京都千代田区",
        widget=forms.TextInput(attrs={"class": "field__input"}),
    )

    def clean_home_code(self) -> str:
        """This will fold full-width digits."""
        return plain_text(self.cleaned_data["home_code"])


class SentForm(number_guard.GuardedForm):
    """The day of sending."""

    sent_on = _day("送った日")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"sent_on": today}, **kwargs)


class ReturnForm(number_guard.GuardedForm):
    """A notice that came back: when, why, and what is done next."""

    returned_on = _day("戻ってきた日")
    reason = forms.ChoiceField(
        label="返戻の理由",
        choices=states.ReturnReason.choices,
        widget=forms.RadioSelect(),
        error_messages={"required": "選んでください。"},
    )
    step = forms.ChoiceField(
        label="次にすること",
        choices=states.ReturnStep.choices,
        widget=forms.RadioSelect(),
        error_messages={"required": "選んでください。"},
    )
    note = forms.CharField(
        label="覚え書き",
        max_length=500,
        required=False,
        help_text="マイナンバーは書かないでください。500文字まで。",
        widget=forms.Textarea(attrs={"class": "field__input", "rows": 3}),
    )
