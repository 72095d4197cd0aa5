"""The field into which a producer types the number of a label."""

from django import forms

TYPED_MAX_LENGTH = 60


class TrackingForm(forms.Form):
    """A tracking number as typed. The carrier's own module decides whether it can be one."""

    tracking_number = forms.CharField(
        max_length=TYPED_MAX_LENGTH,
        error_messages={
            "required": "送り状の番号を入れてください。",
            "max_length": "番号が長すぎます。送り状の番号だけを入れてください。",
        },
    )
