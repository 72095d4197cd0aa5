"""Forms of the one-stop desk: what came in, what is missing, by which documents, why void."""

from collections.abc import Mapping
from typing import Any

from django import forms

from saleor_ext.common import my_number, number_guard
from saleor_ext.law import messages as law_messages
from saleor_ext.onestop import models, states

REQUIRED = "選んでください。"
NO_NUMBER = "個人番号(マイナンバー)は書かないでください。"
TO_CONFIRM = {
    "has_gender": "性別の欄があるか",
    "keep_years": "保存の年数",
}
"""Settings that no source settles, by the field they stand at."""


def _day(label: str) -> forms.DateField:
    attrs = {"class": "field__input field__input--short", "type": "date"}
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs=attrs, format="%Y-%m-%d"),
        error_messages={
            "required": "日を入れてください。",
            "invalid": "実際にある日を入れてください。",
        },
    )


def _pick(label: str, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect(),
        error_messages={"required": REQUIRED, "invalid_choice": REQUIRED},
        **kwargs,
    )


class _DeskForm(number_guard.GuardedForm):
    """Which applications of the donor's year are meant; keys of those on the page."""

    applications = forms.MultipleChoiceField(
        label="対象の申請",
        widget=forms.CheckboxSelectMultiple(),
        error_messages={
            "required": "対象の申請を選んでください。",
            "invalid_choice": "このページの申請から選んでください。",
        },
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["applications"].choices = choices

    @property
    def application_ids(self) -> list[int]:
        """A valid form's applications."""
        return [int(value) for value in self.cleaned_data["applications"]]


class ReceiveForm(_DeskForm):
    """How and when forms came in."""

    received_as = _pick(
        "受け取り方",
        [(one.value, one.label) for one in (states.ReceivedAs.COUNTER, states.ReceivedAs.PAPER)],
        initial=states.ReceivedAs.COUNTER.value,
    )
    received_on = _day("届いた日")


class IncompleteForm(_DeskForm):
    """What is missing."""

    missing = forms.MultipleChoiceField(
        label="足りないもの",
        choices=states.Missing.choices,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": "足りないものを1つ以上選んでください。"},
    )


class ReviewForm(_DeskForm):
    """Nothing but which ones."""


class AcceptForm(_DeskForm):
    """By which documents number and person were confirmed. Law: onestop_identity"""

    identity_kind = _pick(
        "確かめた書類",
        [one for one in states.IdentityKind.choices if one[0] != states.IdentityKind.ELECTRONIC],
        help_text="番号と本人を確かめた方法だけを記録します。番号は記録しません。"
        f"BとCの分け方は「{law_messages.TO_CONFIRM}」です。",
    )


class VoidForm(_DeskForm):
    """Why it does not hold."""

    reason = _pick("無効にする理由", states.VoidReason.choices)


class NoteForm(number_guard.GuardedForm):
    """What staff want to remember."""

    note = forms.CharField(
        label="メモ",
        required=False,
        max_length=500,
        help_text=f"500文字まで。{NO_NUMBER}",
        widget=forms.Textarea(attrs={"class": "field__input", "rows": 3}),
        error_messages={"max_length": "500文字までにしてください。"},
    )


class FindForm(number_guard.GuardedForm):
    """A number typed from a form, or what a scanner read from its QR."""

    number = forms.CharField(
        label="整理番号",
        max_length=200,
        help_text="申請書の右上の番号です。読み取り機でQRを読んでもかまいません。",
        widget=forms.TextInput(
            attrs={"class": "field__input", "autocomplete": "off", "autofocus": True}
        ),
        error_messages={"required": "整理番号を入れてください。"},
    )


class RegisterForm(number_guard.GuardedForm):
    """The receipt of a donation whose donor never wished here."""

    receipt = forms.CharField(
        label="受領証番号",
        max_length=20,
        help_text="台帳の形で入れます。例: 2026-000123",
        widget=forms.TextInput(attrs={"class": "field__input", "autocomplete": "off"}),
        error_messages={"required": "受領証番号を入れてください。"},
    )


class BatchForm(forms.Form):
    """Many forms that came in by the same post. Numbers of ours under each other could look like
    another kind of number, so each line is judged by itself where it is read.
    """

    numbers = forms.CharField(
        label="整理番号(1行に1つ)",
        max_length=20_000,
        help_text="QRを続けて読み取ることもできます。200件まで。",
        widget=forms.Textarea(attrs={"class": "field__input", "rows": 8, "autocomplete": "off"}),
        error_messages={
            "required": "整理番号を入れてください。",
            "max_length": "一度に200件までにしてください。",
        },
    )
    received_as = _pick(
        "受け取り方",
        [(one.value, one.label) for one in (states.ReceivedAs.PAPER, states.ReceivedAs.COUNTER)],
        initial=states.ReceivedAs.PAPER.value,
    )
    received_on = _day("届いた日")

    def clean(self) -> dict[str, Any]:
        """This will show again only what holds no individual number."""
        cleaned = super().clean() or self.cleaned_data
        name = self.add_prefix("numbers")
        lines = str(self.data.get(name, "")).splitlines()
        self.data = {**self.data.dict(), name: "\n".join(my_number.masked(one) for one in lines)}
        return cleaned


class ChangeReceivedForm(number_guard.GuardedForm):
    """The day on which a report of a change came in."""

    received_on = _day("変更届出書が届いた日")


class PaperChangeForm(ChangeReceivedForm):
    """A report that came on paper only: the person as he is now."""

    full_name = forms.CharField(label="氏名", max_length=101)
    full_kana = forms.CharField(label="フリガナ", max_length=101, required=False)
    postal_code = forms.CharField(label="郵便番号", max_length=8)
    address = forms.CharField(label="住所", max_length=300)
    phone = forms.CharField(label="電話番号", max_length=20, required=False)

    field_order = ["full_name", "full_kana", "postal_code", "address", "phone", "received_on"]

    def __init__(self, *args: Any, onestop_year: models.OneStopYear, **kwargs: Any) -> None:
        names = ("full_name", "full_kana", "postal_code", "address", "phone")
        initial = {name: getattr(onestop_year, name) for name in names}
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        for name in names:
            self.fields[name].widget.attrs |= {"class": "field__input", "autocomplete": "off"}
            self.fields[name].error_messages["required"] = "入力してください。"

    @property
    def after(self) -> dict[str, object]:
        """A valid form's columns."""
        return {name: value for name, value in self.cleaned_data.items() if name != "received_on"}


class SettingsForm(number_guard.GuardedForm):
    """How the town handles the exception."""

    has_gender = forms.BooleanField(
        label="申請書に性別の欄を印刷する(ご本人が手で書きます)", required=False
    )
    remind_from_day = forms.IntegerField(
        label="期限をお知らせする日(12月)", min_value=1, max_value=31
    )
    close_after_days = forms.IntegerField(
        label="期限のあと、届かなかった申請を無効にするまでの日数", min_value=0, max_value=60
    )
    keep_years = forms.IntegerField(label="申請の記録を残す年数", min_value=1, max_value=30)

    def __init__(self, *args: Any, settings: models.OneStopSettings, **kwargs: Any) -> None:
        names = set(SettingsForm.base_fields)
        initial = {name: getattr(settings, name) for name in names}
        for name in TO_CONFIRM:
            initial[f"confirmed_{name}"] = name in settings.confirmed
        super().__init__(*args, initial=initial, **kwargs)
        for name in ("remind_from_day", "close_after_days", "keep_years"):
            field = self.fields[name]
            field.widget.attrs |= {"class": "field__input field__input--short"}
            field.error_messages |= {
                "required": "入力してください。",
                "invalid": "数字で入力してください。",
                "min_value": "%(limit_value)s以上にしてください。",
                "max_value": "%(limit_value)s以下にしてください。",
            }
        for name, label in TO_CONFIRM.items():
            self.fields[f"confirmed_{name}"] = forms.BooleanField(
                label=f"{label}を、町で確かめました", required=False
            )

    def values(self, *, before: Mapping[str, str], today: str) -> dict[str, Any]:
        """This will return a valid form's content; what was confirmed keeps its day."""
        confirmed = {
            name: before.get(name, today)
            for name in TO_CONFIRM
            if self.cleaned_data[f"confirmed_{name}"]
        }
        values = {name: self.cleaned_data[name] for name in SettingsForm.base_fields}
        return {**values, "confirmed": confirmed}
