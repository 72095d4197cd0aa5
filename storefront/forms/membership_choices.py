"""What a donor picks when he chooses something about his membership as a whole."""

import unicodedata
from datetime import date
from typing import Any

from django import forms

from saleor_ext.common import money, number_guard
from saleor_ext.flows.choices import anchor, cancel, ground, pause, tier
from saleor_ext.membership import models, states
from storefront.forms import fields
from storefront.forms.choices import PICK

DAY_WRONG = "年、月、日の順に、2027-02-10 のように入力してください。"
NOTE_LENGTH = 500


class DayField(forms.DateField):
    """A day; slashes, dots, 年月日 and full width are welcome where no calendar is offered."""

    def to_python(self, value: Any) -> Any:
        """This will fold what was typed into one way of writing."""
        if isinstance(value, str):
            text = unicodedata.normalize("NFKC", value).strip().rstrip("日")
            for sign in "年月/.":
                text = text.replace(sign, "-")
            value = text
        return super().to_python(value)


class PauseForm(number_guard.GuardedForm):
    """Until when."""

    resume_on = DayField(
        label="再開する日",
        input_formats=["%Y-%m-%d"],
        error_messages={"required": "再開する日を入力してください。", "invalid": DAY_WRONG},
        help_text="この日からもとどおりになります。2027-02-10 のように入力します。",
    )

    def __init__(self, data: Any, *, first: date, last: date) -> None:
        super().__init__(data)
        self.fields["resume_on"].widget = forms.DateInput(
            format="%Y-%m-%d",
            attrs={
                "type": "date",
                "class": "field__input field__input--short",
                "min": first.isoformat(),
                "max": last.isoformat(),
            },
        )


def pause_form(data: Any, *, membership: models.Membership, today: date) -> PauseForm:
    """This will ask for the day on which the member is there again.

    Raises:
        what `ground.membership_choosing` raises.
    """
    ground.membership_choosing(membership_id=membership.pk)
    first = date.fromordinal(today.toordinal() + 1)
    return PauseForm(data, first=first, last=pause.last_day(today=today))


class NothingToPick(number_guard.GuardedForm):
    """A choice that needs no more than the yes."""


def no_form(data: Any, *, membership: models.Membership, today: date) -> NothingToPick:
    """This will ask nothing."""
    return NothingToPick(data)


class AnchorForm(number_guard.GuardedForm):
    """A day of the month."""

    day = forms.TypedChoiceField(
        label="新しいご寄附日",
        coerce=int,
        choices=[
            (str(day), f"毎月{day}日") for day in range(anchor.DAY_FIRST, anchor.DAY_LAST + 1)
        ],
        widget=forms.Select(attrs={"class": "field__input field__input--short"}),
        error_messages=PICK,
    )


def anchor_form(data: Any, *, membership: models.Membership, today: date) -> AnchorForm:
    """This will ask for another day of the month.

    Raises:
        what `ground.membership_choosing` raises.
    """
    ground.membership_choosing(membership_id=membership.pk)
    form = AnchorForm(data)
    form.fields["day"].initial = str(membership.anchor_day)
    return form


class TierForm(number_guard.GuardedForm):
    """One of the tiers a member could change to."""

    tier = forms.ChoiceField(
        label="どのプランにしますか", widget=forms.RadioSelect(), error_messages=PICK
    )

    def __init__(self, data: Any, *, tiers: list[models.Tier]) -> None:
        super().__init__(data)
        self.fields["tier"].choices = [(one.slug, _tier_label(one)) for one in tiers]


def _tier_label(one: models.Tier) -> str:
    if one.kind == states.TierKind.FREE:
        return f"{one.name}(無料。ご寄附とお届けは終わります)"
    return f"{one.name}(毎月 {money.words(one.amount_yen)}) {one.summary}"


def tier_form(data: Any, *, membership: models.Membership, today: date) -> TierForm:
    """This will offer the other tiers.

    Raises:
        what `ground.monthly_choosing` raises.
    """
    current = ground.monthly_choosing(membership_id=membership.pk)
    return TierForm(data, tiers=tier.tiers_to_choose(membership=current))


class CancelForm(number_guard.GuardedForm):
    """Why, if he wants to say so."""

    reason = forms.ChoiceField(
        label="よろしければ、理由をお聞かせください",
        required=False,
        choices=[("", "選ばない"), *states.CancelReason.choices],
        widget=forms.Select(attrs={"class": "field__input"}),
        error_messages=PICK,
    )
    note = fields.PlainField(
        label="町へ伝えたいこと",
        required=False,
        max_length=NOTE_LENGTH,
        help_text=f"町の職員が読みます。{NOTE_LENGTH}文字までです。",
        widget=forms.Textarea(attrs={"class": "field__input", "rows": 4}),
        error_messages={"max_length": f"{NOTE_LENGTH}文字までで入力してください。"},
    )


def cancel_form(data: Any, *, membership: models.Membership, today: date) -> CancelForm:
    """This will ask why, without insisting.

    Raises:
        what `cancel.choosing` raises.
    """
    cancel.choosing(membership_id=membership.pk)
    return CancelForm(data)
