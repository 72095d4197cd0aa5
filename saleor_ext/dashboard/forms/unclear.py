"""What staff say about an attempt whose end nobody knows."""

from django import forms

from saleor_ext.dashboard.forms.parking import ReasonForm

REF_MAX_LENGTH = 100


class NamedPaymentForm(ReasonForm):
    """The payment's number on the provider's page, and how it was found."""

    provider_ref = forms.RegexField(
        regex=r"^\s*[A-Za-z0-9_]{4,100}\s*$",
        max_length=REF_MAX_LENGTH + 2,
        error_messages={
            "required": "決済会社の画面にある番号を入れてください。",
            "invalid": "番号は、決済会社の画面にあるとおりに(pi_…)入れてください。",
            "max_length": "番号が長すぎます。",
        },
    )
