"""The questions about the one-stop exception, and taking a wish back."""

from typing import Any

from django import forms

from saleor_ext.common import number_guard
from saleor_ext.flows.onestop import wishing
from saleor_ext.onestop import facts, states

YES, NO = "yes", "no"
BACK_WORDS = {
    states.VoidReason.RETURN_FILED: "確定申告(または住民税の申告)をする",
    states.VoidReason.TOO_MANY_TOWNS: "1年に6団体以上へ寄附する(した)",
    states.VoidReason.WISH_WITHDRAWN: "そのほかの理由で取り下げる",
}


class WishForm(number_guard.GuardedForm):
    """Each statement is answered with yes or no. Law: onestop_eligibility"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in facts.ANSWERS.items():
            self.fields[name] = forms.ChoiceField(
                label=text,
                choices=[(YES, "はい"), (NO, "いいえ")],
                widget=forms.RadioSelect(),
                error_messages={
                    "required": "「はい」か「いいえ」を選んでください。",
                    "invalid_choice": "「はい」か「いいえ」を選んでください。",
                },
            )

    @property
    def answers(self) -> dict[str, bool]:
        """A valid form's answers, by question."""
        return {name: self.cleaned_data[name] == YES for name in facts.ANSWERS}


class BackForm(number_guard.GuardedForm):
    """Why a wish is taken back."""

    reason = forms.ChoiceField(
        label="取り下げる理由",
        choices=[
            (str(reason), words)
            for reason, words in BACK_WORDS.items()
            if reason in wishing.BACK_REASONS
        ],
        widget=forms.RadioSelect(),
        error_messages={
            "required": "理由を選んでください。",
            "invalid_choice": "理由を選んでください。",
        },
    )
