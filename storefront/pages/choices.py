"""Pages on which a donor chooses: everything at one look, one choice, and what it would do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse

from saleor_ext.common import jptime, money
from saleor_ext.flows.choices import ground, month_address, skip
from saleor_ext.membership import models, selectors, states
from storefront import messages
from storefront.pages import my

RECORDS = 10
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


@dataclass(frozen=True, kw_only=True)
class MonthRow:
    """A month that is still ahead, and what can be chosen about it."""

    month: date
    charge_on: date
    amount_yen: int
    state: str
    note: str
    can_skip: bool
    can_bring_back: bool


@dataclass(frozen=True, kw_only=True)
class ChoiceRow:
    """One thing that can be chosen: how it stands, and where it is changed."""

    title: str
    now: str
    url: str
    label: str


@dataclass(frozen=True, kw_only=True)
class RecordRow:
    """Something that was chosen before."""

    chosen_on: date
    label: str
    effective_on: date


@dataclass(frozen=True, kw_only=True)
class MembershipPage(my.MyPageBase):
    """Every choice and how it stands."""

    tier_name: str
    state: str
    state_note: str
    months: tuple[MonthRow, ...]
    rows: tuple[ChoiceRow, ...]
    records: tuple[RecordRow, ...]


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
    seen: str,
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
        seen=seen,
        button=button,
        refusal=refusal,
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


def membership_page(
    *, membership: models.Membership, today: date, more: tuple[ChoiceRow, ...] = ()
) -> MembershipPage:
    """This will gather everything a member can choose, and how it stands."""
    part = my.member_part(membership, plan=None, today=today)
    return MembershipPage(
        heading=my.MEMBERSHIP,
        lead="見送りやお休みなど、会員の方にお選びいただけることの一覧です。"
        "どれも、確定の前にいつからの変更かをお見せします。",
        my_links=my.my_links(),
        my_section=my.MEMBERSHIP,
        tier_name=part.tier_name,
        state=part.state,
        state_note=part.state_note,
        months=_months(membership, today=today),
        rows=choice_rows(membership, today=today) + more,
        records=records(membership),
    )


def nobody_page() -> MembershipPage:
    """This will describe the page for somebody who has no membership."""
    return MembershipPage(
        heading=my.MEMBERSHIP,
        my_links=my.my_links(),
        my_section=my.MEMBERSHIP,
        tier_name="",
        state="",
        state_note="",
        months=(),
        rows=(),
        records=(),
    )


def choice_rows(membership: models.Membership, *, today: date) -> tuple[ChoiceRow, ...]:
    """This will list what can be chosen about a membership as a whole."""
    if membership.tier.kind == states.TierKind.FREE:
        return ()
    return (*_delivery_rows(membership, today=today), _give_row(membership), _card_row(membership))


def _delivery_rows(membership: models.Membership, *, today: date) -> tuple[ChoiceRow, ...]:
    if not membership.is_box_wanted or membership.recipient_id is not None:
        return ()
    elsewhere = month_address.months_elsewhere(membership=membership, today=today)
    words = "、".join(
        f"{cycle.month.month}月分は{my.parts.month_place(cycle)}" for cycle in elsewhere
    )
    rows = [
        ChoiceRow(
            title="ひと月だけのお届け先",
            now=words or "どの月も、いつものお届け先です",
            url=reverse("storefront:my_month_address"),
            label="ひと月だけ変える",
        )
    ]
    if elsewhere:
        rows.append(
            ChoiceRow(
                title="いつものお届け先",
                now="変えた月を、いつものお届け先に戻せます",
                url=reverse("storefront:my_month_return"),
                label="いつものお届け先に戻す",
            )
        )
    return tuple(rows)


def _give_row(membership: models.Membership) -> ChoiceRow:
    grant = selectors.grant_live(membership_id=membership.pk)
    if grant is None:
        return ChoiceRow(
            title="会員を贈る",
            now="お客さまがお受け取りになっています",
            url=reverse("storefront:my_give"),
            label="ほかの方へ贈る",
        )
    if grant.state == states.GrantState.OFFERED:
        until = jptime.words_short(jptime.jst_date(grant.expires_at))
        now = f"ご案内をお送りしました({until}までお受け取りを待っています)"
    else:
        now = "ほかの方がお受け取りになっています。ご寄附と証明書は、お客さまのものです"
    return ChoiceRow(
        title="会員を贈る", now=now, url=reverse("storefront:my_give_back"), label="取りやめる"
    )


def _card_row(membership: models.Membership) -> ChoiceRow:
    return ChoiceRow(
        title="カード",
        now=my.card_words(membership.donor) or "ご登録がありません",
        url=reverse("storefront:my_card"),
        label="カードを変更する",
    )


def _months(membership: models.Membership, *, today: date) -> tuple[MonthRow, ...]:
    if membership.tier.kind == states.TierKind.FREE:
        return ()
    may_choose = membership.state in ground.GOING_ON
    back = {cycle.pk for cycle in skip.months_skipped(membership=membership, today=today)}
    return tuple(
        _month_row(
            cycle,
            can_skip=may_choose
            and cycle.state == states.CycleState.PLANNED
            and cycle.change_until >= today,
            can_bring_back=may_choose and cycle.pk in back,
        )
        for cycle in selectors.cycles_ahead(membership_id=membership.pk, today=today)
    )


def _month_row(cycle: models.Cycle, *, can_skip: bool, can_bring_back: bool) -> MonthRow:
    return MonthRow(
        month=cycle.month,
        charge_on=cycle.charge_on,
        amount_yen=cycle.amount_yen,
        state=states.CycleState(cycle.state).label,
        note=_month_note(cycle, is_open=can_skip or can_bring_back),
        can_skip=can_skip,
        can_bring_back=can_bring_back,
    )


def _month_note(cycle: models.Cycle, *, is_open: bool) -> str:
    if cycle.state == states.CycleState.SKIPPED and not is_open:
        return messages.skip_reason(cycle.reason)
    if is_open:
        return f"{jptime.words_short(cycle.change_until)}まで変えられます"
    if cycle.state == states.CycleState.LOCKED:
        return "変更の締切を過ぎました。予定どおりにお届けします"
    return ""


def records(membership: models.Membership) -> tuple[RecordRow, ...]:
    """This will list what was chosen lately, newest first."""
    return tuple(
        RecordRow(
            chosen_on=jptime.jst_date(choice.chosen_at),
            label=states.ChoiceKind(choice.kind).label,
            effective_on=choice.effective_on,
        )
        for choice in selectors.choices_of(membership_id=membership.pk)[:RECORDS]
    )
