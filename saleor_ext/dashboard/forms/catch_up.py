"""What staff decide about missed donations, with what they were shown."""

from typing import Any

from django import forms

from saleor_ext.common import number_guard
from saleor_ext.dashboard import messages
from saleor_ext.dashboard.forms.parking import REASON_MAX_LENGTH

SEEN_MAX_LENGTH = 40


class CatchUpForm(number_guard.GuardedForm):
    """A decision about just the months that were shown; every decision needs a reason."""

    catch_up_id = forms.IntegerField(min_value=1)
    seen = forms.CharField(max_length=SEEN_MAX_LENGTH)
    decision = forms.ChoiceField(choices=[(name, name) for name in ("charge", "ask", "skip")])
    reason = forms.CharField(
        max_length=REASON_MAX_LENGTH,
        error_messages={
            "required": messages.REFUSALS["reason_missing"],
            "max_length": messages.REFUSALS["reason_too_long"],
        },
    )

    def words(self) -> str:
        """What is wrong with it."""
        if "reason" in self.errors:
            return str(self.errors["reason"][0])
        return messages.REFUSALS["catch_up_changed"]

    def decided(self) -> dict[str, Any]:
        """The decision as the flow takes it."""
        data = self.cleaned_data
        return {
            "catch_up_id": data["catch_up_id"],
            "decision": data["decision"],
            "seen": data["seen"],
            "reason": data["reason"],
        }
