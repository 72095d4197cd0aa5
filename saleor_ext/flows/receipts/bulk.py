"""Thousands of receipts into one file: asked for by staff, made by a worker in batches.

Each batch is kept as soon as it is set, so a worker that stops loses one batch at most and the
next one goes on behind it. Neither pages nor rows are ever held all at once: memory stays flat.
"""

import contextlib
import io
import logging
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from django.db import transaction

from saleor_ext.common import jobs, jptime, paper
from saleor_ext.flows.receipts import etax_files, hand_out
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.receipts import models, printing, selectors, services, states
from saleor_ext.receipts.etax import csv_files, teg822, teg830
from saleor_ext.receipts.papers import receipt_papers

logger = logging.getLogger(__name__)

TASK = "receipts.print"
BATCH = 250
PIECE_BYTES = 1_000_000
KEPT_FOR = timedelta(days=7)
_Kind = states.ReceiptEventKind

Clock = Callable[[], datetime]


def print_begin(
    *, year: int, kind: str, is_window_envelope: bool, now: datetime, actor: str
) -> models.PrintJob:
    """This will have a worker make a file of a year's receipts: on paper those that were handed to
    nobody yet, as CSV all that hold.

    Raises:
        PrintEmpty: there are none.
        PrintOpen: a worker is at it already.
    """
    town = membership_selectors.municipality_get()
    rows = (
        selectors.receipts_to_print(municipality_id=town.pk, year=year)
        if kind == states.PrintKind.PAPER
        else selectors.receipts_for_csv(municipality_id=town.pk, year=year)
    )
    with transaction.atomic():
        job = printing.print_request(
            municipality_id=town.pk,
            year=year,
            kind=kind,
            receipt_ids=list(rows.values_list("pk", flat=True)),
            is_window_envelope=is_window_envelope,
            now=now,
            actor=actor,
        )
        jobs.enqueue(TASK, job_id=job.pk)
    return job


def print_work(*, job_id: int, clock: Clock) -> bool:
    """This will do a print job to its end; False when another worker is at it or it is over.

    Args:
        job_id: which job.
        clock: tells the present moment; each batch asks it anew, to show that somebody is at it.
    """
    if not printing.print_claim(job_id=job_id, now=clock()):
        return False
    try:
        _batches_make(job_id=job_id, clock=clock)
        _file_make(job_id=job_id, clock=clock)
    except Exception:
        logger.exception("print job %d failed", job_id)
        printing.print_fail(job_id=job_id, failure="unexpected_error")
    return True


def _batches_make(*, job_id: int, clock: Clock) -> None:
    job = selectors.print_job_get(job_id=job_id)
    done = selectors.print_batches_done(job_id=job_id)
    if job.kind == states.PrintKind.CSV:
        return
    for number in range((job.total + BATCH - 1) // BATCH):
        if number not in done:
            _batch_make(job, number=number, now=clock())
            paper.memory_free()


def _batch_make(job: models.PrintJob, *, number: int, now: datetime) -> None:
    """The pages are set outside the transaction; who fetched his own meanwhile is left out."""
    while True:
        asked = selectors.print_items(job_id=job.pk, position_from=number * BATCH, count=BATCH)
        receipts = _still_to_print(asked)
        content = _pages(job, receipts, now=now) if receipts else b""
        with contextlib.suppress(_Changed):
            _batch_keep(job, number=number, asked=len(asked), kept=(receipts, content), now=now)
            return


class _Changed(Exception):
    """Somebody was handed his receipt while it was being printed."""


@transaction.atomic
def _batch_keep(
    job: models.PrintJob,
    *,
    number: int,
    asked: int,
    kept: tuple[list[models.Receipt], bytes],
    now: datetime,
) -> None:
    receipts, content = kept
    ids = [receipt.pk for receipt in receipts]
    handed = services.receipt_hand(receipt_ids=ids, handed_as=states.HandedAs.PAPER, now=now)
    if handed != len(ids):
        raise _Changed
    services.receipt_note(
        receipt_ids=ids, kind=_Kind.PRINTED, now=now, actor=job.actor, reason=f"print job {job.pk}"
    )
    printing.print_batch_keep(
        job_id=job.pk,
        number=number,
        content=content,
        printed=len(ids),
        left_out=asked - len(ids),
        now=now,
    )


def _still_to_print(asked: list[models.Receipt]) -> list[models.Receipt]:
    """Not those withdrawn or fetched since, nor those whose money went back a moment ago."""
    lines = selectors.lines_not_right().filter(receipt__in=asked)
    stale = set(lines.values_list("receipt_id", flat=True))
    return [
        receipt
        for receipt in asked
        if receipt.state == states.ReceiptState.ISSUED
        and receipt.handed_as == states.HandedAs.NOT_YET
        and receipt.pk not in stale
    ]


def _pages(job: models.PrintJob, receipts: list[models.Receipt], *, now: datetime) -> bytes:
    mails = hand_out.mails_of(receipts) if job.is_window_envelope else {}
    settings = selectors.settings_of(municipality_id=job.municipality_id)
    return receipt_papers.receipts_pdf(
        papers=[
            (receipt_papers.text_of(receipt), mails.get(receipt.donor_id)) for receipt in receipts
        ],
        layout=receipt_papers.Layout(
            verify_url=hand_out.verify_url(),
            window_left_mm=settings.window_left_mm,
            window_top_mm=settings.window_top_mm,
        ),
        made_at=now,
    )


def _file_make(*, job_id: int, clock: Clock) -> None:
    job = selectors.print_job_get(job_id=job_id)
    with tempfile.TemporaryDirectory(prefix="salon-print-") as folder:
        if job.kind == states.PrintKind.PAPER:
            made = _papers_pack(job, Path(folder))
        else:
            made = _csv_pack(job, Path(folder), clock=clock)
        printing.print_finish(job_id=job_id, pieces=_pieces(made), now=clock())


def _papers_pack(job: models.PrintJob, folder: Path) -> Path:
    """One batch is the file itself; several lie in a ZIP, each as it was set. Joined into one they
    would lose their tags, or cost memory for every page.
    """
    batches = (
        (number, content) for number, content in selectors.print_batches(job_id=job.pk) if content
    )
    target = folder / "all"
    first = next(batches, None)
    second = next(batches, None)
    if first is None or second is None:
        target.write_bytes(first[1] if first else b"")
        return target
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as held:
        for number, content in chain([first, second], batches):
            held.writestr(f"receipts-{job.year}-{number + 1:03d}.pdf", content)
    return target


def _csv_pack(job: models.PrintJob, folder: Path, *, clock: Clock) -> Path:
    target = folder / "all.zip"
    now = clock()
    writer, form = _csv_writer(job, now=now)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as held:
        for number, content in enumerate(csv_files.files_make(_csv_rows(job, writer)), start=1):
            held.writestr(f"{form}-{job.year}-{number}.csv", content)
        if writer.left_out:
            held.writestr("left-out.csv", _left_out_csv(writer.left_out))
    printing.csv_counts_keep(job_id=job.pk, left_out=len(writer.left_out), now=clock())
    return target


def _csv_writer(
    job: models.PrintJob, *, now: datetime
) -> tuple[etax_files.CsvWriter | etax_files.OperatorCsvWriter, str]:
    """A designated operator writes the year's certificates, everybody else receipts."""
    settings = selectors.settings_of(municipality_id=job.municipality_id)
    if not settings.is_designated_operator:
        return etax_files.CsvWriter(), teg822.FORM
    writer = etax_files.OperatorCsvWriter(
        year=job.year,
        town=membership_selectors.municipality_get(),
        settings=settings,
        made_on=jptime.jst_date(now),
    )
    return writer, teg830.FORM


def _csv_rows(
    job: models.PrintJob, writer: etax_files.CsvWriter | etax_files.OperatorCsvWriter
) -> Iterator[str]:
    for first in range(0, job.total, BATCH):
        for receipt in selectors.print_items(job_id=job.pk, position_from=first, count=BATCH):
            if receipt.state == states.ReceiptState.ISSUED:
                yield from writer.rows(receipt)


def _left_out_csv(left_out: Sequence[tuple[str, str]]) -> bytes:
    held = io.StringIO("\ufeff")
    held.seek(0, io.SEEK_END)
    held.write("受領証番号,書けなかった項目\r\n")
    for number, name in left_out:
        held.write(f"{number},{name}\r\n")
    return held.getvalue().encode()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as held:
        while piece := held.read(PIECE_BYTES):
            yield piece


def prints_sweep(*, clock: Clock) -> int:
    """This will take up print jobs nobody is at, and delete files that have lain about for days."""
    now = clock()
    waiting = selectors.print_jobs_waiting(quiet_since=now - printing.QUIET_FOR)
    for job_id in waiting:
        print_work(job_id=job_id, clock=clock)
    for job_id in selectors.print_jobs_old(finished_before=now - KEPT_FOR):
        printing.print_clear(job_id=job_id)
    return len(waiting)
