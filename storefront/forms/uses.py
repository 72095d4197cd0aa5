"""What the town is to use a donor's donations for."""

from collections.abc import Iterable, Mapping

from django import forms

from saleor_ext.common import number_guard

Choices = tuple[tuple[str, str], ...]

LEFT_TO_TOWN = ("", "とくに指定しない(町が決めます)")


def use_choices(uses: Iterable[Mapping[str, str]]) -> Choices:
    """This will list the town's uses by slug and name, and leaving it to the town."""
    return (*((use["slug"], use["name"]) for use in uses), LEFT_TO_TOWN)


def use_field(choices: Choices, *, initial: str = "") -> forms.ChoiceField:
    """This will ask which of the town's uses it is to be; saying nothing leaves it to the town."""
    return forms.ChoiceField(
        label="寄附金の使い道",
        choices=choices,
        initial=initial,
        required=False,
        widget=forms.RadioSelect(),
        error_messages={"invalid_choice": "いま選べるものの中から選んでください。"},
    )


class UseForm(number_guard.GuardedForm):
    """The use from the next month that can still be changed."""

    def __init__(self, *args: object, choices: Choices, use_slug: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["use"] = use_field(choices, initial=use_slug)
