"""Proposing another gift for one that cannot be sent."""

from django import forms

from saleor_ext.common import number_guard

REASON_LENGTH = 200


class AlternateForm(number_guard.GuardedForm):
    """Which gift of which box, what instead, and why."""

    box = forms.IntegerField(min_value=1)
    gift = forms.IntegerField(min_value=1)
    alternate = forms.IntegerField(
        min_value=1, error_messages={"required": "代わりの品を選んでください。"}
    )
    reason = forms.CharField(
        max_length=REASON_LENGTH,
        error_messages={
            "required": "理由を入れてください。あとから見た人にわかるように書きます。",
            "max_length": "理由は200文字までにしてください。",
        },
    )
