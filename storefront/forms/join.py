"""The last word before the card."""

from typing import Any

from django import forms

from saleor_ext.common import money, number_guard
from saleor_ext.contracts.types import Yen
from storefront.forms import uses as uses_forms

BOX = "box"
NO_BOX = "no_box"
_BOX_CHOICES = {
    BOX: "お礼の品を受け取る",
    NO_BOX: "お礼の品は受け取らず、寄附だけをする",
}


class ConfirmForm(number_guard.GuardedForm):
    """Whether parcels are wanted, what the donation is used for, and consent to it.

    `choices` are those the rules allow; `uses` are the town's, by slug and name. Whose own yearly
    limit `is_over_limit` says that he knows.
    """

    onestop = forms.BooleanField(
        label="ワンストップ特例を希望する(確定申告をしない方)",
        required=False,
        help_text="申請書をマイページから印刷できるようにします。あとから申し込むことも、"
        "取り下げることもできます。確定申告をする方、1年に6団体以上へ寄附する方は使えません。",
    )
    consent = forms.BooleanField(
        label="",
        error_messages={"required": "お手続きの前に、内容をお読みになって印を付けてください。"},
    )

    def __init__(
        self,
        *args: Any,
        choices: tuple[str, ...],
        uses: uses_forms.Choices,
        amount_yen: Yen,
        is_monthly: bool,
        is_over_limit: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["box"] = forms.ChoiceField(
            label="お礼の品",
            choices=[(name, _BOX_CHOICES[name]) for name in choices],
            initial=choices[0] if choices else None,
            widget=forms.RadioSelect(),
            error_messages={
                "required": "どちらかを選んでください。",
                "invalid_choice": "いま選べるものの中から選んでください。",
            },
        )
        self.fields["use"] = uses_forms.use_field(uses)
        if is_over_limit:
            self.fields["limit"] = forms.BooleanField(
                label="1年の上限をこえることを承知のうえで進みます",
                error_messages={
                    "required": "1年の上限をこえます。このまま進むときは印を付けてください。"
                },
            )
        self.order_fields(["box", "use", "limit", "onestop", "consent"])
        self.fields["consent"].label = _consent(amount_yen, is_monthly=is_monthly)

    @property
    def is_box_wanted(self) -> bool:
        """This will say what a valid form asks for."""
        return bool(self.cleaned_data["box"] == BOX)

    @property
    def is_limit_agreed(self) -> bool:
        """This will say whether the donor wants it though his limit is exceeded."""
        return bool(self.cleaned_data.get("limit"))


def _consent(amount_yen: Yen, *, is_monthly: bool) -> str:
    amount = money.words(amount_yen)
    if is_monthly:
        return f"毎月{amount}を、登録するカードで寄附することに同意します"
    return f"{amount}を一度、カードで寄附することに同意します"
