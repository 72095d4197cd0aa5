"""What a rehearsal takes for granted."""

from django import forms

from saleor_ext.common import number_guard
from saleor_ext.flows.rehearsal.assuming import Assumptions


class AssumptionsForm(number_guard.GuardedForm):
    """How many cards do not go through at first, and how many of those do later, in percent."""

    declined = forms.IntegerField(min_value=0, max_value=100, required=False)
    recovered = forms.IntegerField(min_value=0, max_value=100, required=False)

    @property
    def assumptions(self) -> Assumptions:
        """What a valid form assumes; nothing typed means that all cards go through."""
        return Assumptions(
            declined_percent=self.cleaned_data["declined"] or 0,
            recovered_percent=self.cleaned_data["recovered"] or 0,
        )
