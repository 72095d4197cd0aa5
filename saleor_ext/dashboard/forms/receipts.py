"""Forms about receipts: reasons, corrections, settings, the seal and the certificate."""

from collections.abc import Mapping
from typing import Any

from django import forms

from saleor_ext.common.names import name_fold
from saleor_ext.dashboard.forms.parking import ReasonForm
from saleor_ext.receipts import models, states
from saleor_ext.receipts.numbers import corporate_number_is_right

REQUIRED = "入力してください。"
TO_CONFIRM = {
    "issuer_name": "団体名の書き方",
    "proviso": "但し書きの文",
    "grouping": "発行の単位",
    "window_left_mm": "封筒の窓の位置",
}
"""Settings that no source settles, by the field they stand at."""


def _text(**kwargs: Any) -> forms.CharField:
    kwargs.setdefault("widget", forms.TextInput(attrs={"class": "field__input"}))
    kwargs.setdefault("error_messages", {"required": REQUIRED})
    return forms.CharField(**kwargs)


def _number(**kwargs: Any) -> forms.IntegerField:
    attrs = {"class": "field__input field__input--short"}
    return forms.IntegerField(
        widget=forms.NumberInput(attrs=attrs),
        error_messages={
            "required": REQUIRED,
            "invalid": "数字で入力してください。",
            "min_value": "%(limit_value)s以上にしてください。",
            "max_value": "%(limit_value)s以下にしてください。",
        },
        **kwargs,
    )


class WhyForm(ReasonForm):
    """A reason for what is done with a receipt."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        reason.label = "理由"
        reason.help_text = "あとから見た人にわかるように書きます。200文字まで。"
        reason.widget.attrs |= {"class": "field__input", "autocomplete": "off"}


class CorrectForm(WhyForm):
    """Another name and address for a receipt."""

    donor_name = _text(label="お名前", max_length=101)
    donor_address = _text(label="ご住所", max_length=300)

    field_order = ["donor_name", "donor_address", "reason"]

    def clean_donor_name(self) -> str:
        """This will keep a full-width space between the parts of a name."""
        return name_fold(self.cleaned_data["donor_name"]).replace(" ", "　")


class ReceiptSettingsForm(forms.Form):
    """How the town issues receipts."""

    grouping = forms.ChoiceField(
        label="発行の単位",
        choices=states.Grouping.choices,
        help_text="1年分をまとめるときは、年が明けてから発行します。発行済みの証明書は変わりません。",
        widget=forms.RadioSelect(),
    )
    number_format = _text(
        label="番号の形",
        max_length=30,
        help_text="証明書に印刷する形です。{year} が年、{number} が番号になり、ほかは半角の英数字と"
        "ハイフンだけ。e-Tax用のデータでは英数字だけ、台帳と画面では 2026-000123 の形になります。",
    )
    number_digits = _number(label="番号の桁数", min_value=1, max_value=12)
    issuer_name = _text(
        label="団体名",
        max_length=100,
        required=False,
        help_text="空けておくと、都道府県・郡・町の名前になります。",
    )
    proviso = _text(label="但し書き", max_length=100)
    is_window_envelope = forms.BooleanField(
        label="窓あき封筒に合わせて、宛先を刷る", required=False
    )
    window_left_mm = _number(label="窓の左端(用紙の左からのmm)", min_value=10, max_value=120)
    window_top_mm = _number(label="窓の上端(用紙の上からのmm)", min_value=10, max_value=80)
    is_designated_operator = forms.BooleanField(
        label="国税庁長官の指定を受けた特定事業者として、年間の証明書(TEG830)を出す",
        required=False,
        help_text="町が自分で寄附を受けるときは選びません。",
    )
    operator_name = _text(label="証明書の発行者名", max_length=20, required=False)
    operator_corporate_number = _text(label="発行者の法人番号", max_length=13, required=False)
    town_corporate_number = _text(label="町の法人番号", max_length=13, required=False)

    def __init__(self, *args: Any, settings: models.ReceiptSettings, **kwargs: Any) -> None:
        names = set(ReceiptSettingsForm.base_fields)
        initial = {name: getattr(settings, name) for name in names}
        for name in TO_CONFIRM:
            initial[f"confirmed_{name}"] = name in settings.confirmed
        super().__init__(*args, initial=initial, **kwargs)
        for name, label in TO_CONFIRM.items():
            self.fields[f"confirmed_{name}"] = forms.BooleanField(
                label=f"{label}を、町で確かめました", required=False
            )

    def clean(self) -> dict[str, Any]:
        """This will check what belongs together."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("is_designated_operator") and not cleaned.get("operator_name"):
            self.add_error("operator_name", REQUIRED)
        for name in ("operator_corporate_number", "town_corporate_number"):
            number = cleaned.get(name)
            if number and not corporate_number_is_right(number):
                self.add_error(name, "13桁の法人番号を確かめてください(検査数字が合いません)。")
        return cleaned

    def values(self, *, before: Mapping[str, str], today: str) -> dict[str, Any]:
        """This will return a valid form's content; what was confirmed keeps its day."""
        confirmed = {
            name: before.get(name, today)
            for name in TO_CONFIRM
            if self.cleaned_data[f"confirmed_{name}"]
        }
        names = set(ReceiptSettingsForm.base_fields)
        values = {name: self.cleaned_data[name] for name in names}
        return {**values, "confirmed": confirmed}


class SealForm(forms.Form):
    """A picture of the seal."""

    picture = forms.FileField(
        label="公印の画像(PNG)",
        help_text="縦横50から2000ピクセル、300KBまで。背景は透明が向いています。",
        error_messages={"required": "画像を選んでください。"},
    )


class CertificateForm(forms.Form):
    """A certificate with its key."""

    file = forms.FileField(
        label="証明書のファイル(.p12、.pfx)",
        error_messages={"required": "ファイルを選んでください。"},
    )
    passphrase = forms.CharField(
        label="パスフレーズ",
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"class": "field__input", "autocomplete": "off"}),
    )
