"""Telling donors before a donation is taken: how much, when, from which card, and how to change it.
Once for each month, and again when its day or amount has changed; a month that may yet be left out
is told of once it is locked.
"""

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet

from saleor_ext.common.apart import Apart
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.limits import deciding, year_gate
from saleor_ext.flows.month import letters
from saleor_ext.membership import cycles, models, selectors, states
from saleor_ext.outbox import services as outbox

logger = logging.getLogger(__name__)

BATCH = 500


def months_to_announce(*, as_of: date, days: int) -> QuerySet[models.Cycle]:
    """This will select the months whose donation is near and not announced yet.

    Whatever an earlier run missed is among them as long as its day has not come.
    """
    is_fixed = Q(
        state=states.CycleState.LOCKED,
        membership__state__in=sorted(states.MEMBERSHIP_CHARGEABLE),
    ) | Q(
        state=states.CycleState.LOCKED,
        membership__state=states.MembershipState.PAUSED,
        charge_on__gte=F("membership__resume_on"),
    )
    is_planned = Q(
        state=states.CycleState.PLANNED,
        change_until__gte=as_of,
        membership__state=states.MembershipState.ACTIVE,
    )
    return models.Cycle.objects.filter(
        is_fixed | is_planned,
        year_gate.may_be_given_in(year=as_of.year),
        kind=states.CycleKind.DONATION,
        n__gt=0,
        charge_on__gt=as_of,
        charge_on__lte=as_of + timedelta(days=days),
        announced_on__isnull=True,
    )


def charges_announce(*, as_of: date, now: datetime) -> int:
    """This will ask for a mail about every donation that is taken within the town's days. One
    month's trouble does not stop the others.

    Returns:
        how many were asked for.

    Raises:
        Exception: what the first one met with that could not be announced; all others were.
    """
    days = selectors.municipality_get().advance_notice_days
    count, last_id, apart = 0, 0, Apart()
    while days:
        rows = months_to_announce(as_of=as_of, days=days).filter(pk__gt=last_id).order_by("pk")
        found, last_id = _announce_apart(rows, apart=apart, as_of=as_of, now=now)
        count += found
        if not last_id:
            break
    apart.end()
    return count


def _announce_apart(
    rows: QuerySet[models.Cycle], *, apart: Apart, as_of: date, now: datetime
) -> tuple[int, int]:
    """All of a batch together; where that breaks off, month by month."""
    try:
        return _announce(rows, as_of=as_of, now=now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001  found and named month by month
        logger.info("months not announced together: %s", type(error).__name__)
    count, ids = 0, list(rows.values_list("pk", flat=True)[:BATCH])
    for pk in ids:
        with apart.one(f"announcing of month {pk}"):
            count += _announce(rows.filter(pk=pk), as_of=as_of, now=now)[0]
    return count, max(ids, default=0)


@transaction.atomic
def _announce(rows: QuerySet[models.Cycle], *, as_of: date, now: datetime) -> tuple[int, int]:
    """Months another run is just announcing are passed over."""
    held = rows.select_related("membership__donor", "tier").select_for_update(
        of=("self",), skip_locked=True
    )
    batch = list(held[:BATCH])
    sure = _sure(batch)
    donor_ids = [cycle.membership.donor_id for cycle in sure]
    cards = donation_selectors.cards_current(donor_ids=donor_ids)
    cycles.cycles_announced(cycle_ids=[cycle.pk for cycle in sure], day=as_of)
    outbox.messages_put_many(
        messages=[
            letters.mail_message(
                "charge_ahead",
                cycle=cycle,
                card=cards.get(cycle.membership.donor_id),
                told=f"{cycle.charge_on}:{cycle.amount_yen}",
                now=now,
            )
            for cycle in sure
        ]
    )
    return len(sure), batch[-1].pk if batch else 0


def _sure(batch: Sequence[models.Cycle]) -> list[models.Cycle]:
    """A planned month that the yearly limit may lower or leave out waits until it is locked."""
    rooms = deciding.rooms_read([cycle for cycle in batch if _is_planned(cycle)])
    return [cycle for cycle in batch if not _is_planned(cycle) or rooms.limit_of(cycle) is None]


def _is_planned(cycle: models.Cycle) -> bool:
    return cycle.state == states.CycleState.PLANNED
