"""Everything a member can choose at one look: his months, what holds now, what he chose before."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from saleor_ext.common import jptime, money
from saleor_ext.flows.choices import cancel, ground, month_address, skip
from saleor_ext.flows.together import counting
from saleor_ext.membership import models, selectors, states
from storefront import messages
from storefront.pages import my, parts
from storefront.pages.choices import ChoiceRow

RECORDS = 10
PATTERN = {
    states.TierKind.FREE: "無料",
    states.TierKind.MONTHLY: "毎月",
    states.TierKind.PREPAID: "まとめて",
}

_State = states.MembershipState


@dataclass(frozen=True, kw_only=True)
class MonthRow:
    """A month that is still ahead, and what can be chosen about it.

    Without an amount it is covered by a prepaid donation, and what counts is when its box leaves.
    """

    month: date
    tier_name: str
    charge_on: date
    ship_from: date
    amount_yen: int
    state: str
    note: str
    can_skip: bool
    can_bring_back: bool


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
    together: int
    state: str
    state_note: str
    months: tuple[MonthRow, ...]
    rows: tuple[ChoiceRow, ...]
    records: tuple[RecordRow, ...]


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
        together=counting.months_together(donor_id=membership.donor_id, today=today),
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
        together=0,
        state="",
        state_note="",
        months=(),
        rows=(),
        records=(),
    )


def choice_rows(membership: models.Membership, *, today: date) -> tuple[ChoiceRow, ...]:
    """This will list what can be chosen about a membership as a whole, with how it stands.

    While staff look into it, and for what its state does not allow, there is no link.
    """
    if membership.tier.kind == states.TierKind.FREE:
        return (_free_row(membership), _end_row(membership, today=today))
    may_choose = membership.state in ground.GOING_ON
    is_monthly = membership.tier.kind == states.TierKind.MONTHLY
    rows = [
        _tier_row(membership, is_open=may_choose and is_monthly, today=today),
        _anchor_row(membership, is_open=may_choose),
    ]
    rows += [
        *_pause_rows(membership, is_open=may_choose),
        *_delivery_rows(membership, today=today),
        *_wish_row(membership),
        _give_row(membership),
    ]
    return (*rows, _card_row(membership), _end_row(membership, today=today))


def _row(title: str, now: str, *, name: str, label: str, is_open: bool = True) -> ChoiceRow:
    url = reverse(f"storefront:{name}") if is_open else ""
    return ChoiceRow(title=title, now=now, url=url, label=label)


def _free_row(membership: models.Membership) -> ChoiceRow:
    return _row("プラン", membership.tier.name, name="tiers", label="寄附をする会員になる")


def _tier_row(membership: models.Membership, *, is_open: bool, today: date) -> ChoiceRow:
    rhythm = PATTERN[states.TierKind(membership.tier.kind)]
    now = f"{membership.tier.name}({rhythm} {money.words(membership.tier.amount_yen)})"
    coming = membership.coming_tier
    if coming.pk != membership.tier_id:
        first = ground.month_of_n(membership_id=membership.pk, n=membership.next_tier_from_n)
        begin = f"{jptime.words(first.charge_on)}のご寄附から" if first else "次に変わる月から"
        now += f"。{begin}{coming.name}({money.words(coming.amount_yen)})に変わります"
    return _row("プラン", now, name="my_tier", label="プランを変える", is_open=is_open)


def _anchor_row(membership: models.Membership, *, is_open: bool) -> ChoiceRow:
    now = f"毎月{membership.anchor_day}日(その日のない月は、月の最後の日)"
    return _row("ご寄附日", now, name="my_anchor", label="ご寄附日を変える", is_open=is_open)


def _pause_rows(membership: models.Membership, *, is_open: bool) -> list[ChoiceRow]:
    day = membership.resume_on
    if day is None:
        now = "お休みはしていません"
        return [_row("お休み", now, name="my_pause", label="お休みする", is_open=is_open)]
    now = f"{jptime.words(day)}に再開します"
    if membership.state != _State.PAUSED:
        now = f"確定した月のご寄附のあとからお休みし、{now}"
    return [
        _row("お休み", now, name="my_pause", label="再開する日を変える", is_open=is_open),
        _row("再開", "早めに再開できます", name="my_resume", label="再開する", is_open=is_open),
    ]


def _delivery_rows(membership: models.Membership, *, today: date) -> tuple[ChoiceRow, ...]:
    if not membership.is_box_wanted or membership.recipient_id is not None:
        return ()
    elsewhere = month_address.months_elsewhere(membership=membership, today=today)
    words = "、".join(f"{cycle.month.month}月分は{parts.month_place(cycle)}" for cycle in elsewhere)
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


def _wish_row(membership: models.Membership) -> tuple[ChoiceRow, ...]:
    if not membership.is_box_wanted:
        return ()
    row = ChoiceRow(
        title="代わりの品の希望",
        now=states.SwapWish(membership.swap_wish).label,
        url=reverse("storefront:my_swap_wish"),
        label="希望を変える",
    )
    return (row,)


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
    card = my.card_words(membership.donor) or "ご登録がありません"
    return _row("カード", card, name="my_card", label="カードを変更する")


def _end_row(membership: models.Membership, *, today: date) -> ChoiceRow:
    if membership.state != _State.CANCELLING:
        is_open = membership.state in ground.GOING_ON
        label = "会員を終了する"
        return _row("終了", "予定はありません", name="my_cancel", label=label, is_open=is_open)
    end = cancel.period_end(membership_id=membership.pk, today=today)
    now = f"{jptime.words(max(end, today) if end else today)}で会員を終わります"
    is_open = cancel.can_be_taken_back(membership=membership)
    return _row("終了", now, name="my_cancel_undo", label="終了を取り消す", is_open=is_open)


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
        tier_name=cycle.tier.name,
        charge_on=cycle.charge_on,
        ship_from=cycle.ship_from,
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
