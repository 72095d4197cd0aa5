"""Fields that forgive: widths are folded, hyphens are optional, nothing typed is thrown away."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from saleor_ext.common.names import is_organisation, name_fold
from saleor_ext.receipts.etax import letters
from storefront.forms import normalise

REQUIRED = "入力してください。"

_REGIONS = (
    ("北海道・東北", "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県"),
    ("関東", "茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県"),
    ("中部", "新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県"),
    ("近畿", "三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県"),
    ("中国・四国", "鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県"),
    ("九州・沖縄", "福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県"),
)
PREFECTURE_CHOICES: list[tuple[str, str | list[tuple[str, str]]]] = [
    ("", "選んでください"),
    *((region, [(name, name) for name in names.split()]) for region, names in _REGIONS),
]
PREFECTURES = frozenset(name for _, names in _REGIONS for name in names.split())


def text_input(**attrs: object) -> forms.TextInput:
    """This will return a text input in the storefront's look."""
    return forms.TextInput(attrs=_attrs(attrs))


def _attrs(attrs: dict[str, object]) -> dict[str, object]:
    extra = attrs.pop("extra_class", "")
    return {"class": f"field__input {extra}".strip(), **attrs}


class PlainField(forms.CharField):
    """A line of text with widths folded."""

    fold: Callable[[str], str] = staticmethod(normalise.plain)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {})
        kwargs["error_messages"] = {"required": REQUIRED, **kwargs["error_messages"]}
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """This will fold what was typed before any other check."""
        return self.fold(super().to_python(value) or "")


class _PrintedField(PlainField):
    """Text that is printed on a receipt: every letter must be one our fonts can draw."""

    def clean(self, value: Any) -> Any:
        """This will refuse letters that cannot be printed, and name them."""
        text = super().clean(value)
        unknown = letters.paper_written(str(text)).unknown
        if unknown:
            raise ValidationError(
                f"証明書に印刷できない文字があります:「{'」「'.join(unknown)}」。"
                "住民票や免許証でお使いの別の字か、ひらがなに替えて入力してください。",
                code="unprintable",
            )
        return text


class NameField(_PrintedField):
    """A name of a person. Widths are folded; the shape of a letter (髙, 﨑, 𠮷) is kept."""

    fold = staticmethod(name_fold)

    def clean(self, value: Any) -> str:
        """This will refuse the name of an organisation."""
        text = str(super().clean(value))
        if is_organisation(text):
            raise ValidationError(
                "個人の方のお名前を入力してください。会社や団体からのご寄附は、町の窓口で承ります。",
                code="organisation",
            )
        return text


class AddressField(_PrintedField):
    """A part of an address."""

    fold = staticmethod(normalise.address)


class _ReadField(PlainField):
    """A field whose text must be readable as something."""

    read: Callable[[str], str | None]
    unreadable: str

    def clean(self, value: Any) -> str:
        """This will bring the text into the form we keep."""
        text = str(super().clean(value))
        if not text:
            return text
        found = type(self).read(text)
        if found is None:
            raise ValidationError(self.unreadable, code="unreadable")
        return found


class KanaField(_ReadField):
    """A name in katakana; hiragana and half width are turned into it."""

    read = staticmethod(normalise.kana)
    unreadable = "ひらがなかカタカナで入力してください。"


class PostalCodeField(_ReadField):
    """Seven digits, kept as 123-4567."""

    read = staticmethod(normalise.postal_code)
    unreadable = "7桁の数字で入力してください。例: 789-9901"


class PhoneField(_ReadField):
    """A Japanese phone number."""

    read = staticmethod(normalise.phone)
    unreadable = "市外局番からの電話番号を入力してください。例: 090-0000-1234"


def prefecture_field(*, label: str, autocomplete: str, required: bool = True) -> forms.ChoiceField:
    """This will return a choice among the 47 prefectures."""
    return forms.ChoiceField(
        label=label,
        choices=PREFECTURE_CHOICES,
        required=required,
        widget=forms.Select(
            attrs={"class": "field__input field__input--short", "autocomplete": autocomplete}
        ),
        error_messages={
            "required": "選んでください。",
            "invalid_choice": "一覧から選んでください。",
        },
    )
