"""The way into a membership, step by step."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from saleor_ext.flows.joining import join
from saleor_ext.flows.limits.warning import LimitWarning
from saleor_ext.flows.month.pay_step import PayStep
from saleor_ext.membership import models, selectors, states
from storefront import messages
from storefront.forms import join as join_forms
from storefront.pages import limit_words, parts, payment, tiers

STEPS_PAID = ("アカウント", "お名前とご住所", "内容の確認", "カード")
STEPS_FREE = ("アカウント", "内容の確認")
NEVER_WITHOUT_BOX = frozenset(
    {"resident_no_gift", "under_20_alcohol", "box_missing", "box_over_limit", "gift_unlisted"}
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step on the way: done, now or next."""

    label: str
    state: str


@dataclass(frozen=True, kw_only=True)
class TaskPage(parts.Page):
    """A page with one task."""

    steps: tuple[Step, ...] = ()
    tier: parts.TierCard | None = None


@dataclass(frozen=True, kw_only=True)
class AccountPage(TaskPage):
    """Make an account, or sign in."""

    form: Any
    sign_in_url: str
    refusal: messages.Message | None = None


@dataclass(frozen=True, kw_only=True)
class DetailsPage(TaskPage):
    """Name and addresses."""

    form: Any
    action: str
    back_url: str


@dataclass(frozen=True, kw_only=True)
class ConfirmPage(TaskPage):
    """What is agreed to, before the card. `barriers` forbid it altogether."""

    form: Any
    story: str
    delivery: tuple[str, ...]
    boxes: tuple[parts.BoxView, ...]
    first: parts.Timeline | None
    second: parts.Timeline | None
    change_words: str
    box_notes: tuple[messages.Message, ...]
    barriers: tuple[messages.Message, ...]
    is_monthly: bool
    can_have_box: bool
    warning: messages.Message | None


@dataclass(frozen=True, kw_only=True)
class CardPage(TaskPage):
    """The card field."""

    payment: payment.PaymentView
    note: messages.Message | None
    back_url: str


@dataclass(frozen=True, kw_only=True)
class WaitingPage(TaskPage):
    """The card company has not answered yet."""

    check_url: str
    back_url: str


@dataclass(frozen=True, kw_only=True)
class BarredPage(TaskPage):
    """Nothing can be done now, and why."""

    message: messages.Message
    retry_url: str = ""
    has_limit: bool = False


@dataclass(frozen=True, kw_only=True)
class DonePage(TaskPage):
    """Welcome."""

    tier_name: str
    is_free: bool
    is_box_wanted: bool
    amount_yen: int
    dates: parts.Timeline | None


def steps_at(number: int, *, is_free: bool) -> tuple[Step, ...]:
    """This will mark where the donor stands; steps count from 0."""
    labels = STEPS_FREE if is_free else STEPS_PAID
    order = ("done", "now", "next")
    return tuple(
        Step(label=label, state=order[(index >= number) + (index > number)])
        for index, label in enumerate(labels)
    )


def is_free(tier: models.Tier) -> bool:
    """This will say whether a tier asks for no donation."""
    return bool(tier.kind == states.TierKind.FREE)


def account_page(
    *, tier: models.Tier, form: object, refusal: messages.Message | None
) -> AccountPage:
    """This will describe the account step."""
    start = reverse("storefront:join", args=[tier.slug])
    return AccountPage(
        heading="アカウントをつくる",
        section="tiers",
        steps=steps_at(0, is_free=is_free(tier)),
        tier=parts.tier_card(tier),
        form=form,
        sign_in_url=f"{reverse('storefront:signin')}?next={start}",
        refusal=refusal,
    )


def details_page(*, tier: models.Tier, form: object) -> DetailsPage:
    """This will describe the step for name and addresses."""
    return DetailsPage(
        heading="お名前とご住所",
        section="tiers",
        steps=steps_at(1, is_free=False),
        tier=parts.tier_card(tier),
        form=form,
        action=reverse("storefront:join_details", args=[tier.slug]),
        back_url=reverse("storefront:tier", args=[tier.slug]),
    )


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the rules say with and without a box."""

    choices: tuple[str, ...]
    box_notes: tuple[messages.Message, ...]
    barriers: tuple[messages.Message, ...]


def rules_of(*, donor: models.Donor, tier: models.Tier, today: date) -> Rules:
    """This will ask the rules twice: with parcels, and as a pure donation."""
    with_box = join.join_rules(donor=donor, tier=tier, is_box_wanted=True, today=today)
    without_box = join.join_rules(donor=donor, tier=tier, is_box_wanted=False, today=today)
    choices = [] if with_box else [join_forms.BOX]
    choices += [] if without_box else [join_forms.NO_BOX]
    return Rules(
        choices=tuple(choices),
        box_notes=tuple(
            messages.refusal_message(code) for code in with_box if code not in without_box
        ),
        barriers=tuple(messages.refusal_message(code) for code in without_box),
    )


def confirm_page(
    *,
    donor: models.Donor,
    tier: models.Tier,
    form: object,
    rules: Rules,
    today: date,
    warned: LimitWarning | None = None,
) -> ConfirmPage:
    """This will describe what the donor agrees to."""
    free = is_free(tier)
    dates = [] if free else join.join_preview(tier=tier, today=today)
    return ConfirmPage(
        heading="内容の確認",
        section="tiers",
        steps=steps_at(1 if free else 2, is_free=free),
        tier=parts.tier_card(tier),
        form=form,
        story=tier.description,
        delivery=delivery_lines(donor),
        boxes=tiers.boxes_ahead(tier, dates[:2], today=today),
        first=parts.first_timeline(dates[0]) if dates else None,
        second=parts.month_timeline(dates[1], today=today) if len(dates) > 1 else None,
        change_words=tiers.change_words(dates[1]) if len(dates) > 1 else "",
        box_notes=rules.box_notes,
        barriers=rules.barriers,
        is_monthly=bool(tier.kind == states.TierKind.MONTHLY),
        can_have_box=join_forms.BOX in rules.choices,
        warning=limit_words.warning_message(warned),
    )


def delivery_lines(donor: models.Donor) -> tuple[str, ...]:
    """This will write where parcels go, a line at a time."""
    address = selectors.delivery_address(donor=donor)
    lines = (
        f"{address['name']} 様",
        f"〒{address['postal_code']}",
        f"{address['prefecture']}{address['city']}{address['street']}",
        address["building"],
        f"電話 {address['phone']}",
    )
    return tuple(line for line in lines if line)


def card_page(
    *, membership: models.Membership, step: PayStep, return_url: str, has_returned: bool
) -> CardPage:
    """This will describe the card step."""
    return CardPage(
        heading="カードのご入力",
        section="tiers",
        steps=steps_at(3, is_free=False),
        tier=parts.tier_card(membership.tier),
        payment=payment.payment_view(
            step,
            return_url=return_url,
            return_path=reverse("storefront:join_return", args=[membership.public_id]),
        ),
        note=payment.step_message(step, has_returned=has_returned),
        back_url=reverse("storefront:join_confirm", args=[membership.tier.slug]),
    )


def waiting_page(*, check_url: str) -> WaitingPage:
    """This will describe the time in which nobody knows yet."""
    return WaitingPage(
        heading="カード会社に確認しています",
        check_url=check_url,
        back_url=reverse("storefront:my"),
    )


def done_page(*, membership: models.Membership, first: models.Cycle | None) -> DonePage:
    """This will welcome a new member."""
    tier = membership.tier
    free = is_free(tier)
    dates = first and membership.is_box_wanted
    return DonePage(
        heading="会員になっていただき、ありがとうございます" if free else "ご寄附をお受けしました",
        tier_name=tier.name,
        is_free=free,
        is_box_wanted=membership.is_box_wanted,
        amount_yen=tier.amount_yen,
        dates=parts.first_timeline(first, is_given=True) if first and dates else None,
    )
