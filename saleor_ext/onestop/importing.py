"""Writing about results of online applications: read, shown, taken in."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from saleor_ext.common.errors import NotFound
from saleor_ext.common.states import state_claim
from saleor_ext.onestop import models, states

_State = states.ImportState


def import_keep(
    *,
    municipality_id: int,
    service: str,
    rows: Sequence[Mapping[str, Any]],
    now: datetime,
    actor: str,
) -> models.OnlineImport:
    """This will keep what was read of a file, to be shown before anything is done with it."""
    return models.OnlineImport.objects.create(
        municipality_id=municipality_id,
        service=service,
        state=_State.PREVIEWED,
        rows=list(rows),
        read_at=now,
        actor=actor,
    )


def import_get(*, import_id: int) -> models.OnlineImport:
    """This will return what was read of a file.

    Raises:
        NotFound: there is no such one.
    """
    found = models.OnlineImport.objects.filter(pk=import_id).first()
    if found is None:
        raise NotFound(what="online import")
    return found


def import_begin(*, import_id: int, now: datetime, actor: str) -> None:
    """This will say that its results are to be taken in.

    Raises:
        InvalidTransition: they were before, or it was put away.
    """
    _move(import_id, _State.APPLYING, applied_at=now, applied_by=actor)


def import_end(*, import_id: int) -> None:
    """This will say that everything was taken in that could be.

    Raises:
        InvalidTransition: it is not being taken in.
    """
    _move(import_id, _State.APPLIED)


def import_drop(*, import_id: int) -> None:
    """This will put a file's results away without taking anything in.

    Raises:
        InvalidTransition: they are taken in, or it was put away before.
    """
    _move(import_id, _State.DROPPED)


def imports_applying() -> list[int]:
    """This will list what a worker should be at, oldest first."""
    rows = models.OnlineImport.objects.filter(state=_State.APPLYING).order_by("pk")
    return list(rows.values_list("pk", flat=True))


@transaction.atomic
def _move(import_id: int, to: str, **values: object) -> None:
    rows = models.OnlineImport.objects.filter(pk=import_id)
    state_claim(rows, to=to, transitions=states.IMPORT_TRANSITIONS, **values)


def results_known(
    *, municipality_id: int, service: str, references: Collection[str]
) -> set[tuple[str, str]]:
    """This will return which references were taken in with which outcome."""
    rows = models.OnlineResult.objects.filter(
        municipality_id=municipality_id, service=service, reference__in=references
    )
    return set(rows.values_list("reference", "outcome"))


def result_keep(
    *,
    online_import: models.OnlineImport,
    onestop_year_id: int,
    row: Mapping[str, Any],
    now: datetime,
    actor: str,
) -> None:
    """This will keep a result that was taken in, in the caller's transaction."""
    models.OnlineResult.objects.create(
        municipality_id=online_import.municipality_id,
        online_import=online_import,
        onestop_year_id=onestop_year_id,
        service=online_import.service,
        reference=row["reference"],
        outcome=row["outcome"],
        identity=row["identity"],
        applied_at=datetime.fromisoformat(row["applied_at"]),
        numbers=row["numbers"],
        taken_at=now,
        actor=actor,
    )
