"""Thousands of receipts into one file: asked for by staff, made by a worker in small batches.

Each batch is kept as soon as it is set, so a worker that stops loses one batch at most and the
next one goes on behind it. Neither pages nor rows are ever held all at once: memory stays flat.
"""

import contextlib
import io
import logging
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pikepdf
from django.db import transaction

from saleor_ext.common import jobs
from saleor_ext.flows.receipts import etax_files, hand_out
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.receipts import models, printing, selectors, services, states
from saleor_ext.receipts.etax import csv_files
from saleor_ext.receipts.papers import receipt_papers

logger = logging.getLogger(__name__)

TASK = "receipts.print"
BATCH = 50
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
            made = _pdf_join(job, Path(folder))
        else:
            made = _csv_pack(job, Path(folder), clock=clock)
        printing.print_finish(job_id=job_id, pieces=_pieces(made), now=clock())


def _pdf_join(job: models.PrintJob, folder: Path) -> Path:
    """The batches lie in files, and are copied page by page from there into one."""
    target = folder / "all.pdf"
    with pikepdf.new() as whole:
        held = []
        for number, content in selectors.print_batches(job_id=job.pk):
            if not content:
                continue
            path = folder / f"{number}.pdf"
            path.write_bytes(content)
            held.append(pikepdf.open(path))
            for page in held[-1].pages:
                if "/StructParents" in page.obj:
                    del page.obj["/StructParents"]
                whole.pages.append(page)
        whole.save(target)
        for part in held:
            part.close()
    return target


def _csv_pack(job: models.PrintJob, folder: Path, *, clock: Clock) -> Path:
    target = folder / "all.zip"
    writer = etax_files.CsvWriter()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as held:
        for number, content in enumerate(csv_files.files_make(_csv_rows(job, writer)), start=1):
            held.writestr(f"TEG822-{job.year}-{number}.csv", content)
        if writer.left_out:
            held.writestr("left-out.csv", _left_out_csv(writer))
    now = clock()
    printing.csv_counts_keep(job_id=job.pk, left_out=len(writer.left_out), now=now)
    return target


def _csv_rows(job: models.PrintJob, writer: etax_files.CsvWriter) -> Iterator[str]:
    for first in range(0, job.total, BATCH):
        for receipt in selectors.print_items(job_id=job.pk, position_from=first, count=BATCH):
            if receipt.state == states.ReceiptState.ISSUED:
                yield from writer.rows(receipt)


def _left_out_csv(writer: etax_files.CsvWriter) -> bytes:
    held = io.StringIO("\ufeff")
    held.seek(0, io.SEEK_END)
    held.write("受領証番号,書けなかった項目\r\n")
    for number, name in writer.left_out:
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
