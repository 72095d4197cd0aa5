"""Telling donors that their card is about to expire, on the town's days before the end of the
card's last month. Once each, and not any more after a new card.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from saleor_ext.common import jptime
from saleor_ext.common.apart import Apart
from saleor_ext.donations import models as donation_models
from saleor_ext.membership import models, selectors, states
from saleor_ext.outbox import models as outbox_models
from saleor_ext.outbox import selectors as outbox_selectors
from saleor_ext.outbox import services as outbox

BATCH = 500
GIVING = frozenset(
    {
        states.MembershipState.ACTIVE,
        states.MembershipState.PAST_DUE,
        states.MembershipState.PAUSED,
    }
)


def last_day(*, year: int, month: int) -> date:
    """This will return the last day on which a card can be used."""
    return jptime.month_add(date(year, month, 1), 1) - timedelta(days=1)


def notice_due(*, ends_on: date, days: Sequence[int], today: date) -> int | None:
    """This will return which of the notices is the one to be sent now, if any.

    One that was missed is not sent beside the next one.
    """
    left = (ends_on - today).days
    begun = [day for day in days if 0 <= left <= day]
    return min(begun, default=None)


def cards_ending(*, today: date, most_days: int) -> QuerySet[donation_models.CardOnFile]:
    """This will select the cards that are charged and end soon, of donors who will give again."""
    goes_on = models.Membership.objects.filter(
        ~Q(tier__kind=states.TierKind.FREE),
        ~Q(tier__kind=states.TierKind.PREPAID) | Q(is_renewed=True) | Q(next_tier__isnull=False),
        donor_id=OuterRef("donor_id"),
        state__in=sorted(GIVING),
    )
    return donation_models.CardOnFile.objects.filter(
        Exists(goes_on), _ends_within(today=today, most_days=most_days), is_current=True
    )


def _ends_within(*, today: date, most_days: int) -> Q:
    months, month = Q(pk__in=[]), jptime.month_start(today)
    while month <= today + timedelta(days=most_days):
        months |= Q(exp_year=month.year, exp_month=month.month)
        month = jptime.month_add(month, 1)
    return months


def cards_announce(*, today: date, now: datetime) -> int:
    """This will ask for the mails that are due today. One card's trouble does not stop the others.

    Returns:
        how many were asked for.

    Raises:
        Exception: what the first one met with that could not be announced; all others were.
    """
    days = selectors.municipality_get().card_notice_days
    if not days:
        return 0
    count, apart = 0, Apart()
    for batch in _batches(today=today, most_days=max(days)):
        messages = []
        for card in batch:
            with apart.one(f"announcing of card {card.pk}"):
                notice = _notice(card, days=days, today=today)
                if notice is not None:
                    messages.append(_message(card, notice=notice, now=now))
        fresh = outbox_selectors.messages_unknown(messages=messages)
        outbox.messages_put_many(messages=fresh)
        count += len(fresh)
    apart.end()
    return count


def _batches(*, today: date, most_days: int) -> Iterator[list[donation_models.CardOnFile]]:
    last_id = 0
    while True:
        rows = cards_ending(today=today, most_days=most_days).filter(pk__gt=last_id)
        batch = list(rows.order_by("pk")[:BATCH])
        if not batch:
            return
        last_id = batch[-1].pk
        yield batch


def _notice(card: donation_models.CardOnFile, *, days: Sequence[int], today: date) -> int | None:
    ends_on = last_day(year=card.exp_year, month=card.exp_month)
    return notice_due(ends_on=ends_on, days=days, today=today)


def _message(
    card: donation_models.CardOnFile, *, notice: int, now: datetime
) -> outbox_models.OutboxMessage:
    """The same card with another date is another matter, so the date is part of the key."""
    ends = f"{card.exp_year}{card.exp_month:02d}"
    return outbox_models.OutboxMessage(
        topic="mail.send",
        key=f"mail:card_expires:{card.pk}:{ends}:{notice}",
        payload={"name": "card_expires", "donor_id": card.donor_id, "card_id": card.pk},
        next_try_at=now,
        created_at=now,
    )
