"""Forms about receipts: checking one, having one issued again, spelling a name for e-Tax."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from saleor_ext.common import number_guard
from saleor_ext.common.names import name_fold
from saleor_ext.receipts.etax import letters
from storefront.forms import fields


class VerifyForm(forms.Form):
    """What is printed on a receipt."""

    number = fields.PlainField(
        label="受領証番号",
        max_length=60,
        help_text="例: 2026-000123",
        widget=fields.text_input(autocomplete="off", extra_class="field__input--short"),
    )
    code = fields.PlainField(
        label="確認コード",
        max_length=20,
        help_text="10文字の英数字です。大文字と小文字、ハイフンの有無はどちらでもかまいません。",
        widget=fields.text_input(autocomplete="off", extra_class="field__input--short"),
    )


class SpellingForm(number_guard.GuardedForm):
    """How a name is written for e-Tax."""

    etax_name = fields.PlainField(
        label="電子データでの表記",
        max_length=100,
        help_text="e-Taxで使える文字だけで入力してください。証明書のお名前は変わりません。",
        widget=fields.text_input(autocomplete="off"),
    )

    def clean_etax_name(self) -> Any:
        """This will refuse letters e-Tax does not know, and name them."""
        text = name_fold(self.cleaned_data["etax_name"])
        unknown = [letter for letter in text if not letters.is_allowed(letter)]
        if unknown:
            raise ValidationError(
                f"e-Taxで使えない文字があります:「{'」「'.join(dict.fromkeys(unknown))}」。"
                "別の字か、ひらがなに替えて入力してください。",
                code="unknown",
            )
        return text
