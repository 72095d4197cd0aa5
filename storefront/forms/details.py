"""A donor's name, birthday, phone and addresses."""

from datetime import date
from typing import Any

from django import forms

from saleor_ext.common import municipalities, number_guard
from saleor_ext.flows.joining.donor_details import PLACE_NAMES, PLACE_PREFIXES
from saleor_ext.membership import models
from storefront.forms import fields, normalise

_YEAR_OLDEST = 120
_REGISTERED = (
    "registered_postal_code",
    "registered_prefecture",
    "registered_city",
    "registered_street",
)
OTHER_PLACE = "この郵便番号は、ご入力の市区町村のものではないようです。どちらかをお確かめください。"
SAME = "same"
DIFFERENT = "different"


class DetailsForm(number_guard.GuardedForm):
    """Everything a receipt and a parcel need. `today` bounds the birthday."""

    family_name = fields.NameField(
        label="姓", max_length=50, widget=fields.text_input(autocomplete="family-name")
    )
    given_name = fields.NameField(
        label="名", max_length=50, widget=fields.text_input(autocomplete="given-name")
    )
    family_kana = fields.KanaField(label="セイ(カナ)", max_length=50, widget=fields.text_input())
    given_kana = fields.KanaField(label="メイ(カナ)", max_length=50, widget=fields.text_input())
    birth_year = fields.PlainField(
        label="年",
        max_length=8,
        widget=fields.text_input(
            inputmode="text", autocomplete="bday-year", extra_class="field__input--year"
        ),
        error_messages={"required": "生まれた年を入力してください。"},
    )
    birth_month = fields.PlainField(
        label="月",
        max_length=3,
        widget=fields.text_input(
            inputmode="numeric", autocomplete="bday-month", extra_class="field__input--day"
        ),
        error_messages={"required": "生まれた月を入力してください。"},
    )
    birth_day = fields.PlainField(
        label="日",
        max_length=3,
        widget=fields.text_input(
            inputmode="numeric", autocomplete="bday-day", extra_class="field__input--day"
        ),
        error_messages={"required": "生まれた日を入力してください。"},
    )
    phone = fields.PhoneField(
        label="電話番号",
        max_length=20,
        help_text="配送のご連絡に使います。",
        widget=fields.text_input(
            type="tel", autocomplete="tel-national", extra_class="field__input--short"
        ),
    )
    postal_code = fields.PostalCodeField(
        label="郵便番号",
        max_length=12,
        help_text="7桁の数字です。ハイフンはなくてもかまいません。",
        widget=fields.text_input(
            inputmode="numeric",
            autocomplete="shipping postal-code",
            extra_class="field__input--short",
        ),
    )
    prefecture = fields.prefecture_field(label="都道府県", autocomplete="shipping address-level1")
    city = fields.AddressField(
        label="市区町村",
        max_length=50,
        widget=fields.text_input(autocomplete="shipping address-level2"),
    )
    street = fields.AddressField(
        label="町名・番地",
        max_length=100,
        widget=fields.text_input(autocomplete="shipping address-line1"),
    )
    building = fields.AddressField(
        label="建物名・部屋番号",
        max_length=100,
        required=False,
        widget=fields.text_input(autocomplete="shipping address-line2"),
    )
    registered = forms.ChoiceField(
        label="住民票の住所",
        choices=[(SAME, "お届け先と同じ"), (DIFFERENT, "お届け先とちがう")],
        initial=SAME,
        help_text="寄附金受領証明書には、住民票の住所を記します。",
        widget=forms.RadioSelect(),
        error_messages={"required": "どちらかを選んでください。"},
    )
    registered_postal_code = fields.PostalCodeField(
        label="郵便番号(住民票)",
        max_length=12,
        required=False,
        widget=fields.text_input(inputmode="numeric", extra_class="field__input--short"),
    )
    registered_prefecture = fields.prefecture_field(
        label="都道府県(住民票)", autocomplete="off", required=False
    )
    registered_city = fields.AddressField(
        label="市区町村(住民票)", max_length=50, required=False, widget=fields.text_input()
    )
    registered_street = fields.AddressField(
        label="町名・番地(住民票)", max_length=100, required=False, widget=fields.text_input()
    )
    registered_building = fields.AddressField(
        label="建物名・部屋番号(住民票)", max_length=100, required=False, widget=fields.text_input()
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """This will check what several fields say together."""
        cleaned = super().clean() or self.cleaned_data
        self._birthday_check(cleaned)
        if cleaned.get("registered") == DIFFERENT:
            for name in _REGISTERED:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, fields.REQUIRED)
        for prefix in PLACE_PREFIXES:
            self._place_check(cleaned, prefix=prefix)
        return cleaned

    def _place_check(self, cleaned: dict[str, Any], *, prefix: str) -> None:
        place = {name: str(cleaned.get(prefix + name) or "") for name in PLACE_NAMES}
        if municipalities.is_contradiction(**place):
            self.add_error(f"{prefix}postal_code", OTHER_PLACE)

    def _birthday_check(self, cleaned: dict[str, Any]) -> None:
        parts = [cleaned.get(name) for name in ("birth_year", "birth_month", "birth_day")]
        if None in parts:
            return
        birth_date = normalise.day(*[str(part) for part in parts])
        if birth_date is None:
            self.add_error("birth_year", "実際にある日付を入力してください。例: 1980年4月12日")
        elif not self.today.year - _YEAR_OLDEST <= birth_date.year or birth_date > self.today:
            self.add_error("birth_year", "生年月日をもう一度お確かめください。")
        else:
            cleaned["birth_date"] = birth_date

    def details(self) -> dict[str, object]:
        """This will return a valid form's content under the donor's own field names."""
        own = {"birth_year", "birth_month", "birth_day", "registered"}
        values = {name: value for name, value in self.cleaned_data.items() if name not in own}
        is_same = self.cleaned_data["registered"] == SAME
        if is_same:
            values |= {name: "" for name in values if name.startswith("registered_")}
        return {**values, "is_registered_address_same": is_same}


def details_initial(donor: models.Donor) -> dict[str, object]:
    """This will return what the form shows of a donor before he types."""
    names = set(DetailsForm.base_fields) - {"birth_year", "birth_month", "birth_day", "registered"}
    born = donor.birth_date
    return {
        **{name: getattr(donor, name) for name in names},
        "birth_year": born.year if born else "",
        "birth_month": born.month if born else "",
        "birth_day": born.day if born else "",
        "registered": SAME if donor.is_registered_address_same else DIFFERENT,
    }
