"""Reading about cards, payment attempts and the ledger."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum

from saleor_ext.common import bulk
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models, states

UNASKED = ("never_reached", "never_asked")
"""Decline codes of attempts that the provider has never heard of: no money was asked for."""

UNWITNESSED = ("never_reached", "closed_by_staff")
"""Decline codes of attempts that the provider may have been asked for, and that were closed without
his having refused them: their money may turn up yet.
"""


def donations_of(*, donor_id: int) -> QuerySet[models.Donation]:
    """This will list a donor's ledger rows, newest first, corrections included."""
    return models.Donation.objects.filter(donor_id=donor_id).order_by("-donated_on", "-pk")


def donated_yen_in_year(*, donor_id: int, year: int) -> Yen:
    """This will add up a donor's donations in a calendar year (Japanese days).

    What was given back is taken off the year of its donation, whenever it was given back.
    """
    rows = models.Donation.objects.filter(donor_id=donor_id).filter(_given_in(year))
    return Yen(rows.aggregate(total=Sum("amount_yen"))["total"] or 0)


def donated_yen_by_donor(*, donor_ids: Sequence[int], year: int) -> dict[int, int]:
    """This will add up the same for several donors; those who gave nothing are left out."""
    rows = models.Donation.objects.filter(donor_id__in=donor_ids).filter(_given_in(year))
    return dict(rows.values_list("donor_id").annotate(total=Sum("amount_yen")).order_by())


def _given_in(year: int) -> Q:
    first, last = date(year, 1, 1), date(year, 12, 31)
    return Q(corrects__isnull=True, donated_on__gte=first, donated_on__lte=last) | Q(
        corrects__donated_on__gte=first, corrects__donated_on__lte=last
    )


def first_day() -> date | None:
    """This will return the Japanese day of the first donation, None before there is any."""
    return models.Donation.objects.aggregate(first=Min("donated_on"))["first"]  # type: ignore[no-any-return]


def donated_yen_between(*, day_from: date, day_to: date) -> Yen:
    """This will add up the whole ledger for days in `[day_from, day_to)`."""
    rows = models.Donation.objects.filter(donated_on__gte=day_from, donated_on__lt=day_to)
    return Yen(rows.aggregate(total=Sum("amount_yen"))["total"] or 0)


def card_current(*, donor_id: int) -> models.CardOnFile | None:
    """This will return the card a donor's next donations are charged to."""
    return models.CardOnFile.objects.filter(donor_id=donor_id, is_current=True).first()


def card_get(*, card_id: int) -> models.CardOnFile:
    """This will return a card by its id."""
    return models.CardOnFile.objects.get(pk=card_id)


def cards_replaced(*, donor_id: int) -> list[int]:
    """This will list the ids of a donor's cards that are not charged any more but that the
    provider still keeps.
    """
    rows = models.CardOnFile.objects.filter(
        donor_id=donor_id, is_current=False, detached_at__isnull=True
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def is_charge_open(*, donor_id: int) -> bool:
    """This will say whether a payment of a donor is open that was not entered in his browser."""
    return models.PaymentAttempt.objects.filter(
        cycle__membership__donor_id=donor_id,
        is_off_session=True,
        state__in=sorted(states.ATTEMPT_OPEN),
    ).exists()


def cards_current(*, donor_ids: list[int]) -> Mapping[int, models.CardOnFile]:
    """This will return the current cards of many donors, by donor."""
    rows = models.CardOnFile.objects.filter(bulk.among("donor_id", donor_ids), is_current=True)
    return {card.donor_id: card for card in rows}


def customer_ref(*, donor_id: int) -> str:
    """This will return the provider's customer of a donor, "" when none was made yet."""
    row = models.ProviderCustomer.objects.filter(donor_id=donor_id).first()
    return row.customer_ref if row else ""


def card_change_latest(*, donor_id: int) -> models.CardChange | None:
    """This will return the last time a donor went to enter a new card."""
    return models.CardChange.objects.filter(donor_id=donor_id).order_by("-number").first()


def card_changes_open(*, begun_from: datetime, begun_to: datetime) -> QuerySet[models.CardChange]:
    """This will list the enterings of cards begun in `[begun_from, begun_to]` that the provider
    knows and of whose end nobody has heard.
    """
    return models.CardChange.objects.filter(
        state=states.CardChangeState.OPEN, begun_at__gte=begun_from, begun_at__lte=begun_to
    ).exclude(provider_ref="")


def card_change_by_ref(*, provider_ref: str) -> models.CardChange | None:
    """This will return the entering of a card behind the provider's reference."""
    if not provider_ref:
        return None
    return models.CardChange.objects.filter(provider_ref=provider_ref).first()


def attempts_of_cycle(*, cycle_id: int) -> QuerySet[models.PaymentAttempt]:
    """This will list the attempts for a month, first one first."""
    return models.PaymentAttempt.objects.filter(cycle_id=cycle_id).order_by("number")


def latest_attempt(*, cycle_id: int) -> models.PaymentAttempt | None:
    """This will return the newest attempt for a month."""
    return attempts_of_cycle(cycle_id=cycle_id).last()


def open_attempt(*, cycle_id: int) -> models.PaymentAttempt | None:
    """This will return the attempt for a month that may still turn into money."""
    return (
        attempts_of_cycle(cycle_id=cycle_id).filter(state__in=sorted(states.ATTEMPT_OPEN)).first()
    )


def attempt_states(*, cycle_ids: Collection[int]) -> Mapping[int, list[str]]:
    """This will return the states of all attempts so far, by month; [] where there was none."""
    found: dict[int, list[str]] = {cycle_id: [] for cycle_id in cycle_ids}
    rows = models.PaymentAttempt.objects.filter(bulk.among("cycle_id", cycle_ids))
    for cycle_id, state in rows.values_list("cycle_id", "state"):
        found[cycle_id].append(state)
    return found


def attempts_unwitnessed(*, cycle_ids: Collection[int]) -> QuerySet[models.PaymentAttempt]:
    """This will list closed attempts of some months whose money may turn up yet, first one first.

    Where the provider's reference came later, he has been heard.
    """
    return models.PaymentAttempt.objects.filter(
        cycle_id__in=cycle_ids,
        state=states.AttemptState.DECLINED,
        decline_code__in=UNWITNESSED,
        provider_ref="",
    ).order_by("pk")


def attempts_unclear() -> QuerySet[models.PaymentAttempt]:
    """This will list attempts whose end nobody knows although somebody looked, parked ones first.

    Those of donors who simply have not finished yet are not among them.
    """
    unclear = Q(state=states.AttemptState.UNKNOWN) | ~Q(look_code="") | Q(parked_at__isnull=False)
    return (
        models.PaymentAttempt.objects.select_related("cycle__membership__tier")
        .filter(unclear, state__in=sorted(states.ATTEMPT_OPEN))
        .order_by(F("parked_at").asc(nulls_last=True), "pk")
    )


def attempt_busy(*, cycle_id: int) -> bool:
    """This will say whether a month's attempt is under way or has brought its money."""
    return (
        attempts_of_cycle(cycle_id=cycle_id).filter(state__in=sorted(states.ATTEMPT_BUSY)).exists()
    )


def member_days(*, membership_ids: Collection[int], day: date) -> dict[int, tuple[int, int]]:
    """This will count, by member, the attempts begun on a Japanese day and those that asked for
    money. What never reached the provider asked for none, nor did a card form closed unused.
    """
    unasked = Q(state=states.AttemptState.DECLINED, decline_code__in=UNASKED)
    asked = (Q(state__in=sorted(states.ATTEMPT_BUSY)) | Q(is_off_session=True)) & ~unasked
    rows = (
        models.PaymentAttempt.objects.filter(
            bulk.among("membership_id", membership_ids), begun_on=day
        )
        .order_by()
        .values_list("membership_id")
        .annotate(begun=Max("day_slot"), asked=Count("pk", filter=asked))
    )
    return {member: (begun, count) for member, begun, count in rows}


def attempt_by_key(*, key: str) -> models.PaymentAttempt | None:
    """This will return the attempt with an idempotency key."""
    return models.PaymentAttempt.objects.filter(key=key).first()


def attempt_by_provider_ref(*, provider_ref: str) -> models.PaymentAttempt | None:
    """This will return the attempt behind the provider's reference."""
    if not provider_ref:
        return None
    return models.PaymentAttempt.objects.filter(provider_ref=provider_ref).order_by("-pk").first()


def attempt_by_transaction(*, shop_transaction_id: str) -> models.PaymentAttempt | None:
    """This will return the attempt that a transaction of the shop shows."""
    if not shop_transaction_id:
        return None
    return models.PaymentAttempt.objects.filter(shop_transaction_id=shop_transaction_id).first()


def attempt_received(*, cycle_id: int) -> models.PaymentAttempt | None:
    """This will return the attempt that brought a month's donation, if it came."""
    return (
        attempts_of_cycle(cycle_id=cycle_id)
        .filter(state__in=sorted(states.ATTEMPT_RECEIVED))
        .first()
    )


def donation_of_attempt(*, attempt_id: int) -> models.Donation | None:
    """This will return the ledger row an attempt brought."""
    return models.Donation.objects.filter(attempt_id=attempt_id, corrects__isnull=True).first()


def left_yen(*, attempt_id: int) -> Yen:
    """This will return what of an attempt's money is still the town's."""
    rows = models.Donation.objects.filter(attempt_id=attempt_id)
    return Yen(rows.aggregate(total=Sum("amount_yen"))["total"] or 0)


def refunded_yen(*, attempt_id: int) -> Yen:
    """This will return what of an attempt's money was given back; disputes are not in it."""
    rows = models.Refund.objects.filter(attempt_id=attempt_id, state=states.RefundState.SUCCEEDED)
    return Yen(rows.aggregate(total=Sum("amount_yen"))["total"] or 0)


def months_left(*, recorded_until: datetime) -> Iterator[tuple[str, int, Yen]]:
    """This will list, by membership and month, what is left of donations that have not changed
    since a moment: public id, n, yen.
    """
    rows = (
        models.Donation.objects.values_list(
            "attempt__cycle__membership__public_id", "attempt__cycle__n"
        )
        .annotate(left=Sum("amount_yen"), latest=Max("recorded_at"))
        .filter(latest__lte=recorded_until)
        .order_by()
    )
    for public_id, n, left, _ in rows.iterator():
        yield public_id, n, Yen(left)


def refund_by_request(*, digest: str) -> models.Refund | None:
    """This will return the refund that a question of the shop asked for."""
    return models.Refund.objects.filter(request_digest=digest).first() if digest else None


def refunds_of_attempt(*, attempt_id: int) -> QuerySet[models.Refund]:
    """This will list the refunds of an attempt, first one first."""
    return models.Refund.objects.filter(attempt_id=attempt_id).order_by("number")


def refunds_open() -> QuerySet[models.Refund]:
    """This will list refunds whose end nobody knows yet, oldest first."""
    return (
        models.Refund.objects.select_related("attempt")
        .filter(state__in=sorted(states.REFUND_OPEN))
        .order_by("pk")
    )


def attempts_given_back() -> QuerySet[models.PaymentAttempt]:
    """This will select attempts whose money went back or is about to."""
    return models.PaymentAttempt.objects.filter(
        Q(state=states.AttemptState.REFUNDED) | Q(refunds__state__in=sorted(states.REFUND_OPEN))
    )


def attempts_given_in_part() -> QuerySet[models.PaymentAttempt]:
    """This will select attempts of which a part was given back, and some is left."""
    given = models.Refund.objects.filter(
        attempt_id=OuterRef("pk"), state=states.RefundState.SUCCEEDED
    )
    return models.PaymentAttempt.objects.filter(Exists(given), state=states.AttemptState.SUCCEEDED)


def attempts_disputed() -> QuerySet[models.PaymentAttempt]:
    """This will select attempts whose money is away because of a dispute."""
    return models.PaymentAttempt.objects.filter(disputes__state__in=sorted(states.DISPUTE_AWAY))


def cycles_given_back(*, cycle_ids: Collection[int]) -> set[int]:
    """This will find those of some months whose money went back, is about to, or is disputed."""
    if not cycle_ids:
        return set()
    away = attempts_given_back() | attempts_disputed()
    rows = away.filter(cycle_id__in=list(cycle_ids))
    return set(rows.values_list("cycle_id", flat=True))


def attempts_gone() -> QuerySet[models.PaymentAttempt]:
    """This will select attempts whose money is gone for good: given back, or lost to a dispute."""
    return models.PaymentAttempt.objects.filter(
        Q(state=states.AttemptState.REFUNDED) | Q(disputes__state=states.DisputeState.LOST)
    )


def disputes_open() -> QuerySet[models.Dispute]:
    """This will list disputes that the bank has not decided, the one to answer first first."""
    return models.Dispute.objects.filter(state__in=sorted(states.DISPUTE_OPEN)).order_by(
        F("respond_by").asc(nulls_last=True), "pk"
    )


def ledger_rows(*, day: date) -> QuerySet[models.Donation]:
    """This will list the ledger's rows of a Japanese day, corrections included."""
    return models.Donation.objects.select_related("attempt").filter(donated_on=day).order_by("pk")


def attempts_without_donation() -> QuerySet[models.PaymentAttempt]:
    """This will find received money without a ledger row: there must be none."""
    return models.PaymentAttempt.objects.filter(
        state__in=sorted(states.ATTEMPT_RECEIVED), donations__isnull=True
    )


def donations_without_success() -> QuerySet[models.Donation]:
    """This will find ledger rows without received money: there must be none."""
    return models.Donation.objects.exclude(attempt__state__in=sorted(states.ATTEMPT_RECEIVED))


def receipt_gaps() -> list[tuple[int, int, int]]:
    """This will list (year, highest number, count) of years whose receipt numbers have gaps."""
    rows = (
        models.Donation.objects.filter(receipt_number__isnull=False)
        .values_list("municipality_id", "receipt_year")
        .annotate(highest=Max("receipt_number"), count=Count("pk"))
        .order_by()
    )
    return [(year, highest, count) for _, year, highest, count in rows if highest != count]


def ledger_days(*, day_from: date, day_to: date) -> Mapping[date, Yen]:
    """This will add up the ledger per Japanese day in `[day_from, day_to)`."""
    rows = (
        models.Donation.objects.filter(donated_on__gte=day_from, donated_on__lt=day_to)
        .values_list("donated_on")
        .annotate(total=Sum("amount_yen"))
        .order_by("donated_on")
    )
    return {day: Yen(total) for day, total in rows}


def cards_unsettled() -> QuerySet[models.CardOnFile]:
    """This will list present cards whose holder's name differs from their donor's or could not be
    compared, the former first.
    """
    rows = models.CardOnFile.objects.filter(
        is_current=True, holder_state__in=sorted(states.HOLDER_OPEN)
    )
    return rows.order_by("holder_state", "pk")
