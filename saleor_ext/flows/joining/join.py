"""The first donation: rules before money, the shop's checkout, the card, the membership."""

from datetime import date, datetime

from django.db import transaction

from saleor_ext.common import jptime
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import errors as donation_errors
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows import errors
from saleor_ext.flows.joining import shop_checkout
from saleor_ext.flows.limits import warning
from saleor_ext.flows.month import facts, janitor, pay_step, rules
from saleor_ext.flows.month.pay_step import PayStep
from saleor_ext.flows.onestop import wishing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import calendar, cycles, models, planning, selectors, services, states
from saleor_ext.outbox import services as outbox

PREVIEW_MONTHS = 4
ALCOHOL_LOOK_AHEAD_MONTHS = 12


def join_rules(
    *, donor: models.Donor, tier: models.Tier, is_box_wanted: bool, today: date
) -> list[str]:
    """This will return the codes of everything that forbids this donor this tier today."""
    town = selectors.municipality_get()
    month = jptime.month_start(today)
    box = fulfilment_selectors.box_for(tier=tier, month=month) if is_box_wanted else None
    month_facts = facts.month_facts(
        donor=donor, tier=tier, is_box_wanted=is_box_wanted, box=box, day=today, town=town
    )
    codes = rules.rules_broken(month_facts)
    if is_box_wanted and "under_20_alcohol" not in codes and "details_missing" not in codes:
        codes += _later_alcohol(donor=donor, tier=tier, month=month)
    if not tier.is_open:
        codes.append("tier_closed")
    current = selectors.membership_current(donor_id=donor.pk)
    if current is not None and current.tier.kind != states.TierKind.FREE:
        codes.append("already_member")
    return codes


def _later_alcohol(*, donor: models.Donor, tier: models.Tier, month: date) -> list[str]:
    """Somebody who would reach a box with alcohol before he is 20 is told now, not then."""
    boxes = fulfilment_selectors.boxes_between(
        tier=tier, month_from=month, months=ALCOHOL_LOOK_AHEAD_MONTHS
    )
    for box in boxes:
        is_young = selectors.age_on(donor=donor, day=box.month) < rules.ALCOHOL_AGE
        if is_young and fulfilment_selectors.box_facts(box=box).has_alcohol:
            return ["under_20_alcohol"]
    return []


def join_preview(*, tier: models.Tier, today: date) -> list[calendar.CycleDates]:
    """This will return the dates of the first months of somebody who joins today."""
    town = selectors.town_calendar(town=selectors.municipality_get())
    later = [
        calendar.cycle_dates(
            start_month=jptime.month_start(today), n=n, anchor_day=today.day, town=town
        )
        for n in range(1, PREVIEW_MONTHS)
    ]
    return [calendar.first_cycle_dates(joined_on=today, town=town), *later]


def join_free(*, donor_id: int, tier_slug: str, now: datetime, actor: str) -> models.Membership:
    """This will make a donor a member of the free tier and welcome him by mail."""
    tier = selectors.tier_get(slug=tier_slug)
    with transaction.atomic():
        membership = services.membership_join_free(
            donor_id=donor_id, tier=tier, now=now, actor=actor
        )
        outbox.message_put(
            topic="mail.send",
            key=f"mail:joined_free:m{membership.pk}",
            payload={"name": "joined_free", "donor_id": donor_id},
            now=now,
        )
    return membership


def join_begin(
    *,
    donor_id: int,
    tier_slug: str,
    is_box_wanted: bool,
    now: datetime,
    actor: str,
    use_slug: str = "",
    is_limit_agreed: bool = False,
    is_onestop_wanted: bool = False,
) -> models.Membership:
    """This will begin, or take up again, a paid membership up to the point of paying.

    `use_slug` is what the donor wants his donations used for, "" when he leaves it to the town;
    `is_limit_agreed` that he was told if the year would exceed his own limit, and wants it so;
    `is_onestop_wanted` that he wishes for the one-stop exception, too.

    Raises:
        RuleBroken: a rule forbids it; nothing was changed.
        LimitUnagreed: he has to be told first that his limit would be exceeded.
        UseUnknown: the town offers no such use.
        AttemptOpen: a payment for another tier is under way.
    """
    donor = models.Donor.objects.get(pk=donor_id)
    tier = selectors.tier_get(slug=tier_slug)
    today = jptime.jst_date(now)
    codes = join_rules(donor=donor, tier=tier, is_box_wanted=is_box_wanted, today=today)
    if codes:
        raise errors.RuleBroken(codes)
    limit_check(donor_id=donor_id, tier=tier, is_agreed=is_limit_agreed, today=today)
    selectors.use_check(slug=use_slug, town=selectors.municipality_get())
    _other_draft_close(donor_id=donor_id, tier=tier, now=now, actor=actor)
    with transaction.atomic():
        draft = services.membership_draft_begin(
            donor_id=donor_id,
            tier=tier,
            is_box_wanted=is_box_wanted,
            use_slug=use_slug,
            now=now,
            actor=actor,
        )
        dates = calendar.first_cycle_dates(
            joined_on=today, town=selectors.town_calendar(town=selectors.municipality_get())
        )
        planning.cycle_first_create(membership=draft, dates=dates)
        if is_onestop_wanted:
            wishing.wish_at_joining(donor_id=donor_id, now=now, actor=actor)
    return draft


def limit_check(*, donor_id: int, tier: models.Tier, is_agreed: bool, today: date) -> None:
    """This will hold back a donor who joins beyond his own yearly limit without knowing.

    Raises:
        LimitUnagreed: he has to be told first.
    """
    if not is_agreed and warning.join_warning(donor_id=donor_id, tier=tier, today=today):
        raise errors.LimitUnagreed()


def _other_draft_close(*, donor_id: int, tier: models.Tier, now: datetime, actor: str) -> None:
    """A draft for another tier, or begun on another day, is closed with its payment: dates and
    anchor day are those of the day on which the donor really gives.
    """
    draft = selectors.membership_draft(donor_id=donor_id)
    if draft is None:
        return
    is_from_today = jptime.jst_date(draft.created_at) == jptime.jst_date(now)
    if draft.tier_id == tier.pk and is_from_today:
        return
    pay_step.attempts_give_up(membership=draft, now=now, actor=actor)
    with transaction.atomic():
        open_cycles = draft.cycles.filter(state__in=sorted(states.CYCLE_OPEN))
        cycles.cycles_void(
            cycle_ids=list(open_cycles.values_list("pk", flat=True)),
            reason="join_begun_anew",
            now=now,
            actor=actor,
        )
        services.membership_end(
            membership_id=draft.pk, now=now, actor=actor, reason="join_begun_anew"
        )


def join_pay(*, membership_id: int, access_token: str, now: datetime, actor: str) -> PayStep:
    """This will bring the first donation to the point where the donor enters his card.

    Reload, double click and back button come here again and find the same attempt.

    Raises:
        RuleBroken: a rule forbids it by now.
        AttemptOpen: an earlier payment of this month cannot be closed now.
        ShopAway, ProviderAway: nothing was charged; try again.
    """
    cycle = first_cycle(membership_id)
    settled = pay_step.settled_step(cycle=cycle, now=now, actor=actor)
    if settled is not None:
        return settled
    codes = join_rules(
        donor=cycle.membership.donor,
        tier=cycle.tier,
        is_box_wanted=cycle.membership.is_box_wanted,
        today=jptime.jst_date(now),
    )
    if codes:
        raise errors.RuleBroken(codes)
    first_lock(cycle=cycle, now=now, actor=actor)
    cycle = first_cycle(membership_id)
    if cycle.shop_checkout_id:
        cycle = _other_storefront_leave(cycle, now=now, actor=actor)
    attempt = pay_step.attempt_for_browser(cycle=cycle, now=now, actor=actor)
    shop_checkout.checkout_pay(
        cycle=cycle, attempt=attempt, access_token=access_token, amount_yen=Yen(cycle.amount_yen)
    )
    return pay_step.step_open(cycle=cycle, attempt_id=attempt.pk, now=now, actor=actor)


def _other_storefront_leave(cycle: models.Cycle, *, now: datetime, actor: str) -> models.Cycle:
    """A payment begun in another storefront's checkout is closed before one of ours is opened.

    Raises:
        AttemptOpen: it may still turn into money.
    """
    latest = donation_selectors.latest_attempt(cycle_id=cycle.pk)
    if latest is None or not latest.is_from_shop:
        return cycle
    if not janitor.attempts_close(cycle_id=cycle.pk, now=now, actor=actor):
        raise donation_errors.AttemptOpen()
    cycles.cycle_checkout_set(cycle_id=cycle.pk, checkout_id="", transaction_id="")
    return first_cycle(cycle.membership_id)


def join_finish(*, membership_id: int, now: datetime, actor: str) -> PayStep:
    """This will find out, after the card page, what became of the first donation.

    Asking the provider is what counts; the browser's own words are not believed.
    """
    cycle = first_cycle(membership_id)
    return pay_step.finish(cycle=cycle, now=now, actor=actor)


def first_cycle(membership_id: int) -> models.Cycle:
    """This will return the month in which a membership begins."""
    return models.Cycle.objects.select_related("membership__donor", "tier").get(
        membership_id=membership_id, n=0
    )


def first_lock(*, cycle: models.Cycle, now: datetime, actor: str) -> None:
    """This will lock the first month, which happens when the donor goes on to pay.

    Whoever goes back and changes his address or his wish for the box before he pays gets a payment
    and a checkout of their own: what was opened before is closed at the provider first.

    Raises:
        AttemptOpen: what was opened before may still turn into money.
    """
    snapshot = facts.snapshot_make(
        cycle=cycle,
        donor=cycle.membership.donor,
        box=_box(cycle),
        town=selectors.municipality_get(),
        locked_at=now,
    )
    if cycle.state == states.CycleState.PLANNED:
        with transaction.atomic():
            # A double click: the second one waits here, and goes on with what the first has locked.
            cycles.cycle_hold(cycle_id=cycle.pk)
            if cycles.cycles_lock(snapshots=[snapshot], now=now, actor=actor):
                return
        cycle = first_cycle(cycle.membership_id)
    if _copied(cycle.snapshot) == _copied(snapshot):
        return
    if not janitor.attempts_close(cycle_id=cycle.pk, now=now, actor=actor):
        raise donation_errors.AttemptOpen()
    with transaction.atomic():
        cycles.snapshot_replace(snapshot=snapshot)
        cycles.cycle_checkout_set(cycle_id=cycle.pk, checkout_id="", transaction_id="")


def _copied(snapshot: models.CycleSnapshot) -> tuple[object, ...]:
    return (
        snapshot.box_plan_id,
        snapshot.procurement_cost_yen,
        snapshot.donor_name,
        snapshot.donor_address,
        snapshot.use_name,
        snapshot.delivery,
    )


def _box(cycle: models.Cycle) -> fulfilment_models.BoxPlan | None:
    if not cycle.membership.is_box_wanted:
        return None
    return fulfilment_selectors.box_for(tier=cycle.tier, month=cycle.month)
