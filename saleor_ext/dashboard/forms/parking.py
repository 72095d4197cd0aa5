"""The reason staff give when they stop a membership or let it go on."""

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
