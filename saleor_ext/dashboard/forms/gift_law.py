"""What the law asks of a gift, and what benefits of a tier cost: forms for staff."""

from typing import Any

from django import forms

from saleor_ext.common import number_guard
from saleor_ext.fulfilment import models

CATEGORIES = (
    (1, "1 区域内で生産されたもの"),
    (2, "2 原材料の主要な部分が区域内で生産されたもの"),
    (3, "3 製造・加工などの主要な部分を区域内で行い、価値の過半が生じたもの"),
    (4, "4 近隣の区域のものと混ざることが避けられないもの"),
    (5, "5 広報のための独自のもの"),
    (6, "6 1から5のものを主要なものとするセット"),
    (7, "7 主要な部分が区域に関連する役務"),
    (8, "8 都道府県や近隣の市区町村と共通のもの"),
    (9, "9 災害により1から8を出せないときのもの"),
)
VALUE_ADDED = 3
_NUMBER = {"invalid": "数字で入れてください。"}
_NEEDED = "類型3の返礼品には要ります。"


class GiftLawForm(number_guard.GuardedForm):
    """The local-product category with its evidence; for category 3 the certified share as well."""

    local_category = forms.TypedChoiceField(label="地場産品の類型", choices=CATEGORIES, coerce=int)
    local_evidence = forms.CharField(
        label="類型にあたる理由",
        max_length=300,
        help_text="どこで、だれが、何をしたかを、あとから確かめられるように。",
        error_messages={"required": "理由を書いてください。"},
    )
    share_percent = forms.DecimalField(
        label="区域内で生じた価値の割合(%)",
        min_value=0,
        max_value=100,
        decimal_places=1,
        required=False,
        help_text="製造者の証明(別添1)の割合。50%を超えるものだけを出せます。",
        error_messages=_NUMBER,
    )
    is_standard_method = forms.BooleanField(
        label="標準的な算出方法(調達費用から区域外の費用を引いて割る)による",
        required=False,
        initial=True,
    )
    other_method = forms.CharField(label="その他の算出方法", max_length=300, required=False)
    other_reason = forms.CharField(label="その他による理由", max_length=300, required=False)
    made_in = forms.CharField(label="製造・加工地", max_length=100, required=False)
    retail_price_yen = forms.IntegerField(
        label="一般販売価格(円)", min_value=1, required=False, error_messages=_NUMBER
    )
    published_on = forms.DateField(
        label="公表した日(別添2)",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="町のサイトで一覧を公表した日。この日から出せます。",
        error_messages={"invalid": "日を選んでください。"},
    )

    def __init__(self, *args: Any, gift: models.Gift, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(gift), **kwargs)
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField):
                field.widget.attrs["class"] = "field__input"

    def clean(self) -> dict[str, Any]:
        """This will ask for the whole certificate where the category needs one."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("local_category") != VALUE_ADDED:
            return cleaned
        needed = ["share_percent", "made_in", "retail_price_yen"]
        if not cleaned.get("is_standard_method"):
            needed += ["other_method", "other_reason"]
        for name in needed:
            if cleaned.get(name) in {None, ""} and name not in self.errors:
                self.add_error(name, _NEEDED)
        return cleaned


def _initial(gift: models.Gift) -> dict[str, Any]:
    values: dict[str, Any] = {
        "local_category": gift.local_category,
        "local_evidence": gift.local_evidence,
    }
    row = getattr(gift, "value_added", None)
    if row is None:
        return values
    return values | {
        "share_percent": row.share_permille / 10,
        "is_standard_method": row.is_standard_method,
        "other_method": row.other_method,
        "other_reason": row.other_reason,
        "made_in": row.made_in,
        "retail_price_yen": row.retail_price_yen,
        "published_on": row.published_on,
    }


class BenefitForm(number_guard.GuardedForm):
    """What a tier's benefits for members cost the town, a box."""

    benefit_cost_yen = forms.IntegerField(
        label="会員の特典の費用(1回あたり、円)",
        min_value=0,
        max_value=10**7,
        help_text="費用のかかる特典は返礼品とみなし、3割の中で数えます(自治体で要確認)。なければ0円です。",
        error_messages=_NUMBER,
    )
