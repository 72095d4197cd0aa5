"""What staff say when they stop a membership or let it go on: why, and how many boxes of a term
fall away.
"""

from django import forms

from saleor_ext.common import number_guard
from saleor_ext.dashboard import messages

REASON_MAX_LENGTH = 200


class ReasonForm(number_guard.GuardedForm):
    """A reason, which must be given."""

    reason = forms.CharField(
        max_length=REASON_MAX_LENGTH,
        error_messages={
            "required": messages.REFUSALS["reason_missing"],
            "max_length": messages.REFUSALS["reason_too_long"],
        },
    )


class TermPartForm(ReasonForm):
    """How many of a term's last boxes fall away, and why; `n` is of the month that paid for it."""

    n = forms.IntegerField(required=False, widget=forms.HiddenInput)
    boxes = forms.IntegerField(
        min_value=0,
        error_messages={
            "required": messages.REFUSALS["term_part_too_large"],
            "invalid": messages.REFUSALS["term_part_too_large"],
            "min_value": messages.REFUSALS["term_part_too_large"],
        },
    )
