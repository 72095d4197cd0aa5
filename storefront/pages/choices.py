"""Pages on which a donor chooses: one choice, and what it would do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse

from saleor_ext.common import jptime, money
from saleor_ext.flows.choices import ground
from storefront import messages
from storefront.pages import limit_words, my

OWN_HOME = "my_membership"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing to know, under its name."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class PreviewWords:
    """What a choice would do, in words: the day from which it counts, facts, and notes."""

    effective_words: str
    facts: tuple[Fact, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChoicePage(my.MyPageBase):
    """A form on which something is chosen, or why it cannot be."""

    form: forms.Form | None
    action: str
    back_url: str
    intro: tuple[str, ...]
    refusal: messages.Message | None


@dataclass(frozen=True, kw_only=True)
class PreviewPage(my.MyPageBase):
    """What would happen, and the yes."""

    effective_words: str
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
    action: str
    back_url: str
    hidden: tuple[tuple[str, str], ...]
    seen: str
    button: str
    refusal: messages.Message | None
    warning: messages.Message | None


@dataclass(frozen=True, kw_only=True)
class ChoiceRow:
    """One thing that can be chosen: how it stands, and where it is changed."""

    title: str
    now: str
    url: str
    label: str


def choice_page(
    *,
    heading: str,
    name: str,
    intro: tuple[str, ...],
    form: forms.Form | None,
    refusal: messages.Message | None,
    home: str = OWN_HOME,
) -> ChoicePage:
    """This will describe the form of one choice; without a form, why there is none."""
    return ChoicePage(
        heading=heading,
        my_links=my.my_links(),
        my_section=my.MEMBERSHIP,
        form=form,
        action=reverse(f"storefront:{name}"),
        back_url=reverse(f"storefront:{home}"),
        intro=intro,
        refusal=refusal,
    )


def preview_page(
    *,
    heading: str,
    name: str,
    button: str,
    words: PreviewWords,
    preview: ground.Preview,
    form: forms.Form,
    refusal: messages.Message | None,
    home: str = OWN_HOME,
) -> PreviewPage:
    """This will describe what a choice would do. What was typed goes along unseen."""
    back = f"storefront:{name if form.fields else home}"
    return PreviewPage(
        heading=f"{heading}(内容の確認)",
        my_links=my.my_links(),
        my_section=my.MEMBERSHIP,
        effective_words=words.effective_words,
        facts=words.facts,
        notes=words.notes,
        action=reverse(f"storefront:{name}"),
        back_url=reverse(back),
        hidden=tuple(_typed(form)),
        seen=preview.seen,
        button=button,
        refusal=refusal,
        warning=limit_words.warning_message(preview.limit_warning),
    )


def _typed(form: forms.Form) -> Iterator[tuple[str, str]]:
    for field in form:
        value: Any = field.data
        for item in value if isinstance(value, list) else [value]:
            if item not in (None, ""):
                yield field.html_name, str(item)


def effective_words(preview: ground.Preview, what: str) -> str:
    """This will say from which day a choice counts: its day, and what begins with it."""
    return f"{jptime.words(preview.effective_on)}{what}"


def change_fact(preview: ground.Preview) -> tuple[Fact, ...]:
    """This will say until when a choice can be taken back."""
    if preview.change_until is None:
        return ()
    return (Fact(label="取り消せる最後の日", value=jptime.words(preview.change_until)),)


def next_fact(preview: ground.Preview) -> Fact:
    """This will name the first donation there is after a choice."""
    if preview.next_donation_on is None or preview.next_donation_yen is None:
        return Fact(label="次のご寄附", value="予定はありません")
    day = jptime.words(preview.next_donation_on)
    return Fact(label="次のご寄附", value=f"{day} {money.words(preview.next_donation_yen)}")
