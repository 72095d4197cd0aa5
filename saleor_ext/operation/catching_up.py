"""Writing about missed donations: gathered, decided upon by staff, answered by donors."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from saleor_ext.common.states import state_claim
from saleor_ext.operation import errors, models, selectors, states

_State = states.CatchUpState
_Month = states.CatchUpMonthState
NEED_REASON = frozenset({_State.SKIP})


@transaction.atomic
def catch_up_gather(
    *,
    overdue: Iterable[tuple[int, date, int]],
    as_of: date,
    last_done_on: date | None,
    now: datetime,
) -> models.CatchUp:
    """This will put overdue months (id, day due, yen) before staff, beside those there already."""
    found, _ = models.CatchUp.objects.select_for_update().get_or_create(
        state=_State.WAITING,
        defaults={"as_of": as_of, "last_done_on": last_done_on, "made_at": now},
    )
    models.CatchUpMonth.objects.bulk_create(
        (
            models.CatchUpMonth(
                catch_up=found, cycle_id=cycle_id, due_on=due_on, amount_yen=amount_yen
            )
            for cycle_id, due_on, amount_yen in overdue
        ),
        ignore_conflicts=True,
        batch_size=1000,
    )
    return found


@transaction.atomic
def catch_up_decide(
    *,
    catch_up_id: int,
    decision: str,
    seen: str,
    reason: str,
    now: datetime,
    actor: str,
) -> models.CatchUp:
    """This will write down what staff decided about missed donations.

    Args:
        catch_up_id: which.
        decision: charge, ask or skip.
        seen: the sign of the months the person had before him when he decided.
        reason: why, for those who come later; leaving out needs one.
        now: the present moment.
        actor: who decided.

    Raises:
        ReasonMissing: months are to be left out, and no reason was given.
        CatchUpChanged: other months wait now, or somebody else has decided.
    """
    if decision in NEED_REASON and not reason.strip():
        raise errors.ReasonMissing()
    found = models.CatchUp.objects.select_for_update().filter(pk=catch_up_id).first()
    if found is None or found.state != _State.WAITING:
        raise errors.CatchUpChanged()
    if seen != selectors.catch_up_seen(catch_up_id=found.pk):
        raise errors.CatchUpChanged()
    state_claim(
        models.CatchUp.objects.filter(pk=found.pk),
        to=_State(decision),
        transitions=states.CATCH_UP_TRANSITIONS,
        decided_at=now,
        decided_by=actor[:100],
        reason=reason.strip()[:200],
    )
    found.refresh_from_db()
    return found


def catch_up_void(*, catch_up_id: int, now: datetime) -> None:
    """This will close what nothing is left of to decide.

    Raises:
        InvalidTransition: somebody has decided.
    """
    state_claim(
        models.CatchUp.objects.filter(pk=catch_up_id),
        to=_State.VOID,
        transitions=states.CATCH_UP_TRANSITIONS,
        decided_at=now,
        decided_by="run",
    )


def month_ask(*, month_id: int, answer_until: date) -> None:
    """This will note that a month's donor is asked.

    Raises:
        InvalidTransition: the month does not wait any more.
    """
    _move(month_id, to=_Month.ASKED, answer_until=answer_until)


def month_approve(*, month_id: int, now: datetime) -> None:
    """This will let a missed month be charged like any other.

    Raises:
        InvalidTransition: the month does not wait any more.
    """
    _move(month_id, to=_Month.APPROVED, settled_at=now)


def months_approve(*, catch_up_id: int, now: datetime) -> int:
    """This will let all waiting months of a catch-up be charged like any other."""
    return models.CatchUpMonth.objects.filter(catch_up_id=catch_up_id, state=_Month.WAITING).update(
        state=_Month.APPROVED, settled_at=now
    )


def month_skipped(*, month_id: int, now: datetime) -> None:
    """This will note that a missed month was left out.

    Raises:
        InvalidTransition: the month does not wait any more.
    """
    _move(month_id, to=_Month.SKIPPED, settled_at=now)


def months_gone(*, month_ids: Iterable[int], now: datetime) -> None:
    """This will note that nothing is to be decided any more about some months."""
    models.CatchUpMonth.objects.filter(
        pk__in=list(month_ids), state__in=sorted(states.CATCH_UP_HELD)
    ).update(state=_Month.GONE, settled_at=now)


def _move(month_id: int, *, to: str, **changes: object) -> None:
    state_claim(
        models.CatchUpMonth.objects.filter(pk=month_id),
        to=to,
        transitions=states.CATCH_UP_MONTH_TRANSITIONS,
        **changes,
    )
