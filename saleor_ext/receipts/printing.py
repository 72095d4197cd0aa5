"""Writing about print jobs: asked for by staff, done by a worker in small steps that stay done."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from saleor_ext.common.errors import InvalidTransition
from saleor_ext.common.states import state_claim
from saleor_ext.receipts import errors, models, states

_State = states.PrintState

QUIET_FOR = timedelta(minutes=5)
"""How long a worker may give no sign before another one takes its job over."""


def print_request(
    *,
    municipality_id: int,
    year: int,
    kind: str,
    receipt_ids: Sequence[int],
    is_window_envelope: bool,
    now: datetime,
    actor: str,
) -> models.PrintJob:
    """This will write down that receipts are to be printed, in their order.

    Raises:
        PrintEmpty: there are none.
        PrintOpen: receipts are being printed already.
    """
    if not receipt_ids:
        raise errors.PrintEmpty()
    try:
        with transaction.atomic():
            job = models.PrintJob.objects.create(
                municipality_id=municipality_id,
                year=year,
                kind=kind,
                state=_State.QUEUED,
                is_window_envelope=is_window_envelope,
                total=len(receipt_ids),
                requested_at=now,
                actor=actor,
            )
            models.PrintItem.objects.bulk_create(
                (
                    models.PrintItem(job=job, receipt_id=receipt_id, position=position)
                    for position, receipt_id in enumerate(receipt_ids)
                ),
                batch_size=1000,
            )
            return job
    except IntegrityError as error:
        raise errors.PrintOpen() from error


def print_claim(*, job_id: int, now: datetime) -> bool:
    """This will take a job for one worker; False when another one is at it or it is over."""
    rows = models.PrintJob.objects.filter(pk=job_id, state__in=sorted(states.PRINT_OPEN)).filter(
        Q(worked_at__isnull=True) | Q(worked_at__lt=now - QUIET_FOR)
    )
    return rows.update(state=_State.RUNNING, worked_at=now) == 1


@transaction.atomic
def print_batch_keep(
    *, job_id: int, number: int, content: bytes, printed: int, left_out: int, now: datetime
) -> None:
    """This will keep pages that are set, and how far the job has come.

    Raises:
        InvalidTransition: the job is no longer running.
    """
    _sign(job_id=job_id, now=now)
    models.PrintPart.objects.create(
        job_id=job_id, kind=states.PartKind.BATCH, number=number, content=content
    )
    job = models.PrintJob.objects.select_for_update().get(pk=job_id)
    job.done += printed
    job.left_out += left_out
    job.save(update_fields=["done", "left_out"])


def _sign(*, job_id: int, now: datetime) -> None:
    """This will show that somebody is at a job."""
    rows = models.PrintJob.objects.filter(pk=job_id, state=_State.RUNNING)
    if rows.update(worked_at=now) != 1:
        raise InvalidTransition(to=_State.RUNNING)


@transaction.atomic
def csv_counts_keep(*, job_id: int, left_out: int, now: datetime) -> None:
    """This will keep how many receipts a CSV job wrote and how many it could not.

    Raises:
        InvalidTransition: the job is no longer running.
    """
    _sign(job_id=job_id, now=now)
    job = models.PrintJob.objects.select_for_update().get(pk=job_id)
    job.done, job.left_out = job.total - left_out, left_out
    job.save(update_fields=["done", "left_out"])


@transaction.atomic
def print_finish(*, job_id: int, pieces: Iterable[bytes], now: datetime) -> None:
    """This will keep the finished file piece by piece, and drop what it was made of.

    Raises:
        InvalidTransition: the job is no longer running.
    """
    state_claim(
        models.PrintJob.objects.filter(pk=job_id),
        to=_State.FINISHED,
        transitions=states.PRINT_TRANSITIONS,
        finished_at=now,
    )
    parts = models.PrintPart.objects.filter(job_id=job_id)
    parts.filter(kind=states.PartKind.FILE).delete()
    for number, content in enumerate(pieces):
        models.PrintPart.objects.create(
            job_id=job_id, kind=states.PartKind.FILE, number=number, content=content
        )
    parts.filter(kind=states.PartKind.BATCH).delete()


@transaction.atomic
def print_fail(*, job_id: int, failure: str) -> None:
    """This will note that a job could not be finished, in a code for staff.

    Raises:
        InvalidTransition: the job is over already.
    """
    state_claim(
        models.PrintJob.objects.filter(pk=job_id),
        to=_State.FAILED,
        transitions=states.PRINT_TRANSITIONS,
        failure=failure[:100],
    )


@transaction.atomic
def print_retry(*, job_id: int) -> None:
    """This will let a job that failed go on where it stopped.

    Raises:
        InvalidTransition: it did not fail.
        PrintOpen: another one is under way.
    """
    try:
        with transaction.atomic():
            state_claim(
                models.PrintJob.objects.filter(pk=job_id),
                to=_State.QUEUED,
                transitions=states.PRINT_TRANSITIONS,
                failure="",
                worked_at=None,
            )
    except IntegrityError as error:
        raise errors.PrintOpen() from error


@transaction.atomic
def print_clear(*, job_id: int) -> None:
    """This will delete a finished job's file: names and addresses lie about no longer than needed.

    Raises:
        InvalidTransition: the job is not finished, or was cleared.
    """
    state_claim(
        models.PrintJob.objects.filter(pk=job_id),
        to=_State.CLEARED,
        transitions=states.PRINT_TRANSITIONS,
    )
    models.PrintPart.objects.filter(job_id=job_id).delete()
    models.PrintItem.objects.filter(job_id=job_id).delete()
