"""Forms of the cost meter."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from saleor_ext.common import number_guard
from saleor_ext.costs.states import CostKind, RateBasis
from saleor_ext.dashboard import inputs
from saleor_ext.fulfilment import models as fulfilment_models

YEN_MOST = 10**12
_NUMBER = {"invalid": "数字で入れてください。", "required": "数字で入れてください。"}


class MonthField(forms.CharField):
    """A month, written 2026-11; read as its first day."""

    widget = forms.TextInput(attrs={"type": "month"})

    def to_python(self, value: Any) -> Any:
        """This will read the month."""
        try:
            return inputs.month_read(str(value or "").strip())
        except inputs.BadInput as error:
            raise ValidationError(str(error), code="invalid") from None

    def validate(self, value: Any) -> None:
        """This will ask for a month."""
        if not isinstance(value, date):
            raise ValidationError("月を選んでください。", code="required")


class _CostForm(number_guard.GuardedForm):
    """Three forms stand on one page, so each has ids of its own."""

    name = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{self.name}_%s", **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "field__input")


class EntryForm(_CostForm):
    """A cost that was paid."""

    name = "entry"
    kind = forms.ChoiceField(label="種類", choices=CostKind.choices)
    month = MonthField(label="月")
    amount_yen = forms.IntegerField(
        label="金額(税込み、円)",
        min_value=-YEN_MOST,
        max_value=YEN_MOST,
        help_text="取り消すときは、マイナスの額を入れます。",
        error_messages=_NUMBER,
    )
    note = forms.CharField(
        label="内容", max_length=200, error_messages={"required": "何の費用かを書いてください。"}
    )

    def clean_amount_yen(self) -> int:
        """This will refuse an amount of nothing."""
        amount: int = self.cleaned_data["amount_yen"]
        if amount == 0:
            raise ValidationError("0円は記録できません。")
        return amount


class RateForm(_CostForm):
    """What a kind of cost is expected to be."""

    name = "rate"
    kind = forms.ChoiceField(
        label="種類",
        choices=[choice for choice in CostKind.choices if choice[0] != CostKind.PROCUREMENT],
    )
    basis = forms.ChoiceField(label="数え方", choices=RateBasis.choices)
    amount = forms.IntegerField(label="数", min_value=0, max_value=YEN_MOST, error_messages=_NUMBER)
    valid_from = forms.DateField(
        label="いつから",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "日を選んでください。", "invalid": "日を選んでください。"},
    )
    note = forms.CharField(label="よりどころ", max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """This will refuse more than the whole donation."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("basis") == RateBasis.PERMILLE and cleaned.get("amount", 0) > 1000:
            self.add_error("amount", "千分率は1000までです。")
        return cleaned


class GiftCostForm(_CostForm):
    """What a gift costs the town from now on."""

    name = "gift_cost"
    gift = forms.ModelChoiceField(
        label="返礼品",
        queryset=fulfilment_models.Gift.objects.order_by("name", "pk"),
        empty_label="選んでください",
        error_messages={"required": "返礼品を選んでください。"},
    )
    cost_yen = forms.IntegerField(
        label="新しい調達費(税込み、円)",
        min_value=1,
        max_value=10**7,
        error_messages=_NUMBER | {"min_value": "1円以上で入れてください。"},
    )
    reason = forms.CharField(
        label="理由", max_length=200, error_messages={"required": "理由を書いてください。"}
    )
