"""A donor enters a new card. It is charged from then on, and at once for months that were declined.

The card is entered at the provider (3-D Secure included) without taking money. Browser, provider's
message and the look for what both failed to tell all end in `apply`, so that a card counts once
whichever way it comes. The months that wait are made due in the same transaction: should the job
that charges them be lost, the next run finds them by that.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from saleor_ext.common import jobs, jptime, registry
from saleor_ext.common.errors import NotFound
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import CardEntry, Outcome
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import card_changes
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows import errors
from saleor_ext.flows.limits import year_gate
from saleor_ext.flows.month import charge_run, charging, janitor, pay_step
from saleor_ext.flows.payments import card_holder, look_round, old_cards
from saleor_ext.flows.swaps import waiting
from saleor_ext.membership import choices, cycles, models, selectors, states
from saleor_ext.outbox import services as outbox

RETRY_JOB = "cards.retry"
# The provider knows a key for a day; an older entering is begun anew.
REOPENED_WITHIN = timedelta(hours=20)
# Within minutes the browser comes back by itself. Somebody who has not entered a card for two days
# will hardly do so in that window; if he does, the provider's message still counts.
LOOK_FROM = timedelta(minutes=5)
LOOK_UNTIL = timedelta(days=2)

_State = donation_states.CardChangeState
_Attempt = donation_states.AttemptState


@dataclass(frozen=True, kw_only=True)
class CardChangePreview:
    """What entering a new card will do: which months are charged at once, and the next one.

    `asked` are those that are charged only when it is settled what comes for a gift of theirs.
    """

    card: donation_models.CardOnFile | None
    retried: tuple[models.Cycle, ...]
    retried_yen: Yen
    asked: tuple[models.Cycle, ...]
    next_charge_on: date | None
    next_amount_yen: Yen


@dataclass(frozen=True, kw_only=True)
class CardStep:
    """Where the entering stands.

    state: "confirm" (enter the card), "declined" (try another one with the same form), "waiting"
    (the bank has not answered), "done".
    """

    state: str
    decline_code: str = ""
    client_secret: str = field(default="", repr=False)
    publishable_key: str = ""
    script_url: str = ""


def card_change_preview(*, donor_id: int, today: date) -> CardChangePreview:
    """This will say what a new card would be charged for, and when.

    Raises:
        NotFound: the donor has no paid membership that is not over.
    """
    membership = _membership(donor_id)
    owed = list(owed_cycles(donor_id=donor_id, today=today))
    asked_ids = waiting.waiting_among(cycle_ids=[cycle.pk for cycle in owed])
    retried = tuple(cycle for cycle in owed if cycle.pk not in asked_ids)
    ahead = membership.cycles.filter(
        kind=states.CycleKind.DONATION,
        state__in=sorted(states.CYCLE_OPEN),
        charge_on__gte=today,
    ).exclude(pk__in=[cycle.pk for cycle in owed])
    following = ahead.order_by("n").first()
    return CardChangePreview(
        card=donation_selectors.card_current(donor_id=donor_id),
        retried=retried,
        retried_yen=Yen(sum(cycle.amount_yen for cycle in retried)),
        asked=tuple(cycle for cycle in owed if cycle.pk in asked_ids),
        next_charge_on=following.charge_on if following else None,
        next_amount_yen=Yen(following.amount_yen if following else 0),
    )


def owed_cycles(*, donor_id: int, today: date) -> QuerySet[models.Cycle]:
    """This will list the months whose donation was declined and that a new card can make up for.

    A month of an earlier year waits for the donor's word first.
    """
    waiting = donation_models.PaymentAttempt.objects.filter(
        cycle__membership__donor_id=donor_id,
        cycle__state=states.CycleState.LOCKED,
        cycle__membership__state__in=sorted(states.MEMBERSHIP_CHARGEABLE),
        state__in=[_Attempt.DECLINED, _Attempt.ACTION_REQUIRED],
    )
    return (
        models.Cycle.objects.select_related("membership__donor", "tier")
        .filter(year_gate.may_be_given_in(year=today.year), pk__in=waiting.values("cycle_id"))
        .order_by("charge_on", "pk")
    )


def card_change_choose(*, donor_id: int, now: datetime, actor: str) -> CardStep:
    """This will bring the donor to the field in which he enters his card.

    Reload, double click and the back button find the same entering.

    Raises:
        NotFound: the donor has no paid membership that is not over.
        ProviderAway: the provider does not answer; the same may be tried again.
    """
    donor = _membership(donor_id).donor
    change = _begin(donor, now=now, actor=actor)
    entry = _entry(change, donor=donor)
    if entry.outcome is Outcome.CANCELED:
        card_changes.card_change_drop(
            change_id=change.pk, now=now, actor=actor, reason="canceled_at_provider"
        )
        change = _begin(donor, now=now, actor=actor)
        entry = _entry(change, donor=donor)
    apply(change_id=change.pk, entry=entry, now=now, actor=actor)
    return _step(entry)


def card_change_finish(*, donor_id: int, now: datetime, actor: str) -> CardStep:
    """This will find out, after the card page, what became of the card.

    Raises:
        NotFound: the donor has never gone to enter a new card.
    """
    change = donation_selectors.card_change_latest(donor_id=donor_id)
    if change is None:
        raise NotFound(what="card_change")
    if change.state == _State.KEPT:
        return CardStep(state="done")
    try:
        entry = _entry(change, donor=change.donor)
    except errors.ProviderAway:
        return CardStep(state="waiting")
    apply(change_id=change.pk, entry=entry, now=now, actor=actor)
    return _step(entry)


def provider_event_handle(*, provider_ref: str, now: datetime) -> None:
    """This will look again at the entering a provider's message spoke of. It is not believed.

    Raises:
        ProviderUnknown, ProviderRetryable: the provider could not be asked; nothing changed.
    """
    change = donation_selectors.card_change_by_ref(provider_ref=provider_ref)
    if change is None or change.state == _State.KEPT:
        return
    entry = registry.payment_provider().card_entry_fetch(provider_ref=provider_ref)
    apply(change_id=change.pk, entry=entry, now=now, actor="provider")


def cards_settle_open(*, now: datetime, actor: str = "janitor") -> int:
    """This will look for cards that were entered although no browser came back and no message came,
    as long as the provider answers. One entering's trouble does not stop the others.

    Returns:
        how many cards were found and are charged from now on.
    """
    kept = []
    rows = donation_selectors.card_changes_open(
        begun_from=now - LOOK_UNTIL, begun_to=now - LOOK_FROM
    )

    def look(change: donation_models.CardChange) -> None:
        if _look(change, now=now, actor=actor):
            kept.append(change.pk)

    # In another order each time: a few that are not answered do not always stand before the others.
    look_round.look_at_each(rows.order_by("?"), look=look, most_s=janitor.LOOK_FOR_S)
    return len(kept)


def _look(change: donation_models.CardChange, *, now: datetime, actor: str) -> bool:
    provider = registry.payment_provider()
    entry = provider.card_entry_fetch(provider_ref=change.provider_ref)
    return apply(change_id=change.pk, entry=entry, now=now, actor=actor)


@transaction.atomic
def apply(*, change_id: int, entry: CardEntry, now: datetime, actor: str) -> bool:
    """This will write down what the provider says of an entering. Writing it again does nothing.

    Rows are locked in the order cycle, then the change: whoever charges a month holds its cycle.

    Returns:
        whether it was this that made the card the one that is charged.
    """
    if entry.outcome is not Outcome.SUCCEEDED or entry.card is None:
        return False
    donor_id = donation_models.CardChange.objects.values_list("donor_id", flat=True).get(
        pk=change_id
    )
    owed = list(
        owed_cycles(donor_id=donor_id, today=jptime.jst_date(now)).values_list("pk", flat=True)
    )
    for cycle_id in sorted(owed):
        cycles.cycle_hold(cycle_id=cycle_id)
    change = (
        donation_models.CardChange.objects.select_for_update(of=("self",))
        .select_related("donor")
        .get(pk=change_id)
    )
    if change.state == _State.KEPT:
        return False
    card = card_changes.card_change_keep(
        change_id=change_id,
        customer_ref=entry.customer_ref,
        card=entry.card,
        holder_state=card_holder.holder_state(card=entry.card, donor=change.donor),
        now=now,
        actor=actor,
    )
    old_cards.cards_forget_put(current=card, now=now)
    _record(donor_id, now=now, actor=actor)
    for cycle_id in owed:
        cycles.cycle_retry_set(cycle_id=cycle_id, next_try_on=jptime.jst_date(now))
    if owed:
        jobs.enqueue(RETRY_JOB, change_id=change_id)
    outbox.message_put(
        topic="mail.send",
        key=f"mail:card_changed:{change_id}",
        payload={"name": "card_changed", "donor_id": donor_id, "card_id": card.pk},
        now=now,
    )
    return True


def _record(donor_id: int, *, now: datetime, actor: str) -> None:
    membership = selectors.membership_current(donor_id=donor_id)
    if membership is not None:
        choices.choice_record(
            membership_id=membership.pk,
            kind=states.ChoiceKind.CARD,
            effective_on=jptime.jst_date(now),
            now=now,
            actor=actor,
        )


def owed_months_retry(*, change_id: int, now: datetime, actor: str = "card_change") -> int:
    """This will charge the months that were declined before a new card was entered.

    Each is charged as every run does it, and only while it is due, so that asking again, or a run
    at the same time, charges nothing twice.

    Returns:
        how many donations were received.
    """
    change = donation_models.CardChange.objects.get(pk=change_id)
    received = 0
    for cycle in owed_cycles(donor_id=change.donor_id, today=jptime.jst_date(now)):
        if not _closed_before(cycle, change=change, now=now, actor=actor):
            continue
        if charge_run.cycles_due(as_of=jptime.jst_date(now)).filter(pk=cycle.pk).exists():
            result = charging.cycle_charge(cycle_id=cycle.pk, now=now, actor=actor)
            received += result is charging.ChargeResult.CHARGED
    return received


def _closed_before(
    cycle: models.Cycle, *, change: donation_models.CardChange, now: datetime, actor: str
) -> bool:
    """What waited for the old card's bank is closed first, so that only one can take money. A
    question the new card's own bank asks stays open.
    """
    attempt = donation_selectors.open_attempt(cycle_id=cycle.pk)
    if attempt is None:
        return True
    if change.settled_at is None or attempt.begun_at >= change.settled_at:
        return False
    return janitor.attempts_close(cycle_id=cycle.pk, now=now, actor=actor)


def _membership(donor_id: int) -> models.Membership:
    membership = selectors.membership_current(donor_id=donor_id)
    if membership is None or membership.tier.kind == states.TierKind.FREE:
        raise NotFound(what="membership")
    return membership


def _begin(donor: models.Donor, *, now: datetime, actor: str) -> donation_models.CardChange:
    prefix = pay_step.customer_key(donor=donor)
    change = card_changes.card_change_begin(
        donor_id=donor.pk, key_prefix=prefix, now=now, actor=actor
    )
    if now - change.begun_at <= REOPENED_WITHIN:
        return change
    card_changes.card_change_drop(change_id=change.pk, now=now, actor=actor, reason="left_open")
    return card_changes.card_change_begin(
        donor_id=donor.pk, key_prefix=prefix, now=now, actor=actor
    )


def _entry(change: donation_models.CardChange, *, donor: models.Donor) -> CardEntry:
    try:
        provider = registry.payment_provider()
        if change.provider_ref:
            return provider.card_entry_fetch(provider_ref=change.provider_ref)
        customer_ref = pay_step.customer_ensure(donor=donor)
        entry = provider.card_entry_open(key=change.key, customer_ref=customer_ref)
    except (provider_errors.ProviderUnknown, provider_errors.ProviderRetryable) as error:
        raise errors.ProviderAway() from error
    card_changes.card_change_opened(change_id=change.pk, provider_ref=entry.provider_ref)
    return entry


def _step(entry: CardEntry) -> CardStep:
    if entry.outcome is Outcome.SUCCEEDED:
        return CardStep(state="done")
    if entry.outcome is Outcome.PROCESSING:
        return CardStep(state="waiting")
    config = registry.payment_provider().publishable_config()
    return CardStep(
        state="declined" if entry.outcome is Outcome.DECLINED else "confirm",
        decline_code=entry.decline_code,
        client_secret=entry.client_secret,
        publishable_key=config["publishable_key"],
        script_url=config["script_url"],
    )
