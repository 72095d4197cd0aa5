"""Writing about cards, payment attempts and the append-only ledger."""

import functools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Value

from saleor_ext.common import bulk, jptime, moves
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.contracts.payment import CardDetails
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import errors, models, selectors, states
from saleor_ext.operation import gate

_State = states.AttemptState
_move = functools.partial(
    moves.move_by_key, models.PaymentAttempt, transitions=states.ATTEMPT_TRANSITIONS
)


@dataclass(frozen=True, kw_only=True)
class DonationFacts:
    """What a ledger row says, copied from the locked month."""

    municipality_id: int
    donor_id: int
    tier_name: str
    donor_name: str
    donor_address: str
    donor_prefecture: str
    use_name: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A month whose donation is to be received."""

    cycle_id: int
    cycle_key: str
    membership_id: int
    amount_yen: Yen


@dataclass(frozen=True, kw_only=True)
class Received:
    """Money that came in for an attempt.

    Attributes:
        attempt: as it is, held by the present transaction.
        provider_ref: the provider's reference of the attempt.
        charge_ref: the provider's reference of the money.
        donated_on: the Japanese day on which the provider took the money.
        facts: names and addresses as they were when the month was locked.
    """

    attempt: models.PaymentAttempt
    provider_ref: str
    charge_ref: str
    donated_on: date
    facts: DonationFacts


@transaction.atomic
def customer_keep(*, donor_id: int, customer_ref: str) -> str:
    """This will remember the provider's customer of a donor; the first one stays."""
    row, _ = models.ProviderCustomer.objects.get_or_create(
        donor_id=donor_id, defaults={"customer_ref": customer_ref}
    )
    return row.customer_ref


@transaction.atomic
def card_keep(
    *, donor_id: int, customer_ref: str, card: CardDetails, now: datetime, holder_state: str = ""
) -> models.CardOnFile:
    """This will make a card the one that is charged from now on.

    `holder_state` is how the name on it compares with the donor's; what was said of a card that is
    known stays. The name itself is not kept.
    """
    others = models.CardOnFile.objects.select_for_update().filter(donor_id=donor_id)
    replaced = (
        others.filter(is_current=True).exclude(method_ref=card.method_ref).update(is_current=False)
    )
    kept, _ = models.CardOnFile.objects.update_or_create(
        donor_id=donor_id,
        method_ref=card.method_ref,
        defaults={
            "customer_ref": customer_ref,
            "brand": card.brand,
            "last4": card.last4,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "is_current": True,
            "refused_code": "",
            "detached_at": None,
        },
        create_defaults={
            "customer_ref": customer_ref,
            "brand": card.brand,
            "last4": card.last4,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "is_current": True,
            "holder_state": holder_state,
            "added_at": now,
        },
    )
    kept.has_replaced = replaced > 0
    return kept


def card_detached(*, card_id: int, now: datetime) -> None:
    """This will note that the provider has forgotten a card that was replaced."""
    models.CardOnFile.objects.filter(pk=card_id, is_current=False).update(detached_at=now)


def card_refuse(*, donor_id: int, method_ref: str, code: str) -> None:
    """This will note that a card's bank said never to ask it again. Entered anew, it counts again.

    Args:
        donor_id: whose card.
        method_ref: the provider's reference of the card; "" for the one that is charged now.
        code: what the bank said.
    """
    cards = models.CardOnFile.objects.filter(donor_id=donor_id)
    cards = cards.filter(method_ref=method_ref) if method_ref else cards.filter(is_current=True)
    cards.update(refused_code=code[:60])


def attempt_begin(
    *,
    cycle_id: int,
    cycle_key: str,
    membership_id: int,
    amount_yen: Yen,
    is_off_session: bool,
    most_a_day: int,
    now: datetime,
    actor: str,
    from_shop_transaction_id: str = "",
) -> models.PaymentAttempt:
    """This will write down, before any money moves, that a month's donation is to be received.

    `most_a_day` is how often a member may be asked on one Japanese day, whatever asks.
    `from_shop_transaction_id` names the shop's transaction when another storefront began it.

    Raises:
        AttemptOpen: another attempt for the month is under way or has brought its money.
        DayLimitReached: the member was asked often enough today.
        ChargingStopped, PlaceUnconfirmed: no donations are taken here for the time being.
    """
    gate.charging_require()
    wanted = Wanted(
        cycle_id=cycle_id, cycle_key=cycle_key, membership_id=membership_id, amount_yen=amount_yen
    )
    try:
        with transaction.atomic():
            made = _attempts_write(
                [wanted],
                is_off_session=is_off_session,
                most_a_day=most_a_day,
                from_shop_transaction_id=from_shop_transaction_id,
                now=now,
                actor=actor,
            )
    except IntegrityError as error:
        raise errors.AttemptOpen() from error
    if not made and selectors.attempt_busy(cycle_id=cycle_id):
        raise errors.AttemptOpen()
    if not made:
        raise errors.DayLimitReached()
    return made[0]


def attempts_begin(
    *, wanted: Sequence[Wanted], most_a_day: int, now: datetime, actor: str
) -> list[models.PaymentAttempt]:
    """This will write down, before any money moves, that many months' donations are to be received
    with the cards on file. Months whose attempt is under way or has brought its money are left out,
    and those of members who were asked `most_a_day` times today: their turn is tomorrow.

    Raises:
        AttemptOpen: somebody else began one of them in this very moment; none was begun here.
        ChargingStopped, PlaceUnconfirmed: no donations are taken here for the time being.
    """
    gate.charging_require()
    try:
        with transaction.atomic():
            return _attempts_write(
                wanted, is_off_session=True, most_a_day=most_a_day, now=now, actor=actor
            )
    except IntegrityError as error:
        raise errors.AttemptOpen() from error


def _attempts_write(
    wanted: Sequence[Wanted],
    *,
    is_off_session: bool,
    most_a_day: int,
    now: datetime,
    actor: str,
    from_shop_transaction_id: str = "",
) -> list[models.PaymentAttempt]:
    earlier = selectors.attempt_states(cycle_ids=[item.cycle_id for item in wanted])
    free = [item for item in wanted if states.ATTEMPT_BUSY.isdisjoint(earlier[item.cycle_id])]
    today = jptime.jst_date(now)
    attempts = bulk.rows_make(
        models.PaymentAttempt(
            cycle_id=item.cycle_id,
            membership_id=item.membership_id,
            begun_on=today,
            day_slot=slot,
            number=len(earlier[item.cycle_id]) + 1,
            key=f"{item.cycle_key}-a{len(earlier[item.cycle_id]) + 1}",
            amount_yen=item.amount_yen,
            is_off_session=is_off_session,
            state=_State.INTENT,
            begun_at=now,
            shop_transaction_id=from_shop_transaction_id,
            is_from_shop=bool(from_shop_transaction_id),
        )
        for item, slot in _slots(free, day=today, most_a_day=most_a_day)
    )
    _events([(attempt, "") for attempt in attempts], now=now, actor=actor)
    return attempts


def _slots(wanted: Sequence[Wanted], *, day: date, most_a_day: int) -> Iterator[tuple[Wanted, int]]:
    """Each month with its number among the member's attempts of the day, while one is left."""
    days = selectors.member_days(membership_ids=[item.membership_id for item in wanted], day=day)
    for item in wanted:
        begun, asked = days.get(item.membership_id, (0, 0))
        if asked < most_a_day:
            days[item.membership_id] = (begun + 1, asked + 1)
            yield item, begun + 1


def attempt_opened(*, attempt_id: int, provider_ref: str) -> None:
    """This will remember the provider's reference of an attempt the donor is to confirm."""
    models.PaymentAttempt.objects.filter(pk=attempt_id, provider_ref="").update(
        provider_ref=provider_ref
    )


def attempt_transaction_keep(*, attempt_id: int, shop_transaction_id: str) -> None:
    """This will remember the shop's transaction that shows an attempt; the first one stays."""
    models.PaymentAttempt.objects.filter(pk=attempt_id, shop_transaction_id="").update(
        shop_transaction_id=shop_transaction_id
    )


def attempt_decline_note(*, attempt_id: int, decline_code: str) -> None:
    """This will remember why the donor's last try in the browser was declined; he may go on."""
    models.PaymentAttempt.objects.filter(
        pk=attempt_id, state__in=sorted(states.ATTEMPT_OPEN)
    ).update(decline_code=decline_code[:60])


def attempt_looked_at(
    *, attempt_id: int, now: datetime, look_count: int, look_code: str = ""
) -> None:
    """This will note that the janitor asked the provider and got no final answer.

    `look_code` says why he could not even be asked, "" when he could.
    """
    models.PaymentAttempt.objects.filter(pk=attempt_id).update(
        looked_at=now, look_count=look_count, look_code=look_code[:60]
    )


@transaction.atomic
def attempt_park(*, attempt_id: int, reason: str, now: datetime, actor: str) -> bool:
    """This will put an attempt nobody knows the end of before staff; False when it is already."""
    parked = models.PaymentAttempt.objects.filter(
        pk=attempt_id, parked_at__isnull=True, state__in=sorted(states.ATTEMPT_OPEN)
    ).update(parked_at=now)
    if parked:
        attempt_note(
            attempt_id=attempt_id,
            kind=states.AttemptNoteKind.PARKED,
            reason=reason,
            now=now,
            actor=actor,
        )
    return bool(parked)


def attempt_note(
    *, attempt_id: int, kind: states.AttemptNoteKind, reason: str, now: datetime, actor: str
) -> None:
    """This will write down what was done about an attempt nobody knew the end of."""
    models.PaymentAttemptNote.objects.create(
        attempt_id=attempt_id, kind=kind, at=now, actor=actor, reason=reason.strip()[:200]
    )


def attempt_unknown(
    *, attempt_id: int, now: datetime, actor: str, reason: str
) -> models.PaymentAttempt:
    """This will note that the provider's answer was lost. Nobody tries again before it is found."""
    return _move(attempt_id, to=_State.UNKNOWN, now=now, actor=actor, reason=reason)


def attempt_action_required(
    *, attempt_id: int, provider_ref: str, now: datetime, actor: str
) -> models.PaymentAttempt:
    """This will note that the card's bank wants to see the donor."""
    return _move(
        attempt_id,
        to=_State.ACTION_REQUIRED,
        now=now,
        actor=actor,
        provider_ref=provider_ref,
    )


def attempt_decline(
    *,
    attempt_id: int,
    provider_ref: str,
    decline_code: str,
    is_retryable: bool,
    now: datetime,
    actor: str,
) -> models.PaymentAttempt:
    """This will close an attempt that brought no money."""
    return _move(
        attempt_id,
        to=_State.DECLINED,
        now=now,
        actor=actor,
        reason=decline_code,
        settled_at=now,
        provider_ref=provider_ref,
        decline_code=decline_code[:60],
        is_retryable=is_retryable,
    )


def attempt_refunded(*, attempt_id: int, now: datetime, actor: str) -> models.PaymentAttempt:
    """This will note that all of an attempt's money was given back."""
    return _move(attempt_id, to=_State.REFUNDED, now=now, actor=actor)


@transaction.atomic
def attempt_succeed(
    *,
    attempt_id: int,
    provider_ref: str,
    charge_ref: str,
    donated_on: date,
    facts: DonationFacts,
    now: datetime,
    actor: str,
) -> models.Donation:
    """This will note that money was received and write its ledger row with a receipt number.

    Args:
        attempt_id: which attempt.
        provider_ref: the provider's reference of the attempt.
        charge_ref: the provider's reference of the money.
        donated_on: the Japanese day on which the provider took the money.
        facts: names and addresses as they were when the month was locked.
        now: the present moment.
        actor: who caused it.

    Raises:
        InvalidTransition: the attempt was refunded.
    """
    received = Received(
        attempt=models.PaymentAttempt.objects.select_for_update().get(pk=attempt_id),
        provider_ref=provider_ref,
        charge_ref=charge_ref,
        donated_on=donated_on,
        facts=facts,
    )
    return attempts_succeed(received=[received], now=now, actor=actor)[0]


@transaction.atomic
def attempts_succeed(
    *, received: Sequence[Received], now: datetime, actor: str
) -> list[models.Donation]:
    """This will note that money was received for many attempts and write their ledger rows, with
    receipt numbers in the order given.

    The year's counter is held from here to the end of the transaction, so let this be its last
    step: others wait for it.

    Raises:
        InvalidTransition: one of the attempts was refunded; nothing was written.
    """
    before = [(item.attempt, item.attempt.state) for item in received]
    if not {state for _, state in before} <= states.ATTEMPT_TRANSITIONS[_State.SUCCEEDED]:
        raise InvalidTransition(to=_State.SUCCEEDED)
    for item in received:
        attempt = item.attempt
        attempt.state, attempt.settled_at, attempt.decline_code = _State.SUCCEEDED, now, ""
        attempt.provider_ref, attempt.charge_ref = item.provider_ref, item.charge_ref
    bulk.rows_set(
        models.PaymentAttempt,
        each={item.attempt.pk: (item.provider_ref, item.charge_ref) for item in received},
        fields=["provider_ref", "charge_ref"],
        state=_State.SUCCEEDED,
        settled_at=now,
        decline_code="",
    )
    _events(before, now=now, actor=actor)
    return _donations_write(received, now=now)


def _donations_write(received: Sequence[Received], *, now: datetime) -> list[models.Donation]:
    wanted = Counter((item.facts.municipality_id, item.donated_on.year) for item in received)
    numbers = {
        (town_id, year): _receipt_numbers(municipality_id=town_id, year=year, count=count)
        for (town_id, year), count in sorted(wanted.items())
    }
    return bulk.rows_make(
        models.Donation(
            municipality_id=item.facts.municipality_id,
            attempt=item.attempt,
            donor_id=item.facts.donor_id,
            amount_yen=item.attempt.amount_yen,
            donated_on=item.donated_on,
            tier_name=item.facts.tier_name,
            donor_name=item.facts.donor_name,
            donor_address=item.facts.donor_address,
            donor_prefecture=item.facts.donor_prefecture,
            use_name=item.facts.use_name,
            receipt_year=item.donated_on.year,
            receipt_number=next(numbers[item.facts.municipality_id, item.donated_on.year]),
            recorded_at=now,
        )
        for item in received
    )


def _receipt_numbers(*, municipality_id: int, year: int, count: int) -> Iterator[int]:
    """This will take the next receipt numbers of a year; the row lock keeps them free of gaps."""
    models.ReceiptCounter.objects.get_or_create(municipality_id=municipality_id, year=year)
    counter = models.ReceiptCounter.objects.select_for_update().get(
        municipality_id=municipality_id, year=year
    )
    first = counter.last_number + 1
    counter.last_number += count
    counter.save(update_fields=["last_number"])
    return iter(range(first, first + count))


def _events(
    moved: Sequence[tuple[models.PaymentAttempt, str]],
    *,
    now: datetime,
    actor: str,
    reason: str = "",
) -> None:
    """One row for each attempt that was moved, with the state it had before."""
    by_state = defaultdict(list)
    for attempt, before in moved:
        by_state[before].append(attempt.pk)
    for before, ids in by_state.items():
        bulk.rows_copy(
            models.PaymentAttempt.objects.filter(bulk.among("pk", ids)).order_by("pk"),
            into=models.PaymentAttemptEvent,
            attempt=F("pk"),
            from_state=Value(before),
            to_state=F("state"),
            at=Value(now),
            actor=Value(actor),
            reason=Value(reason[:200]),
        )
