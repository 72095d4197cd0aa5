"""Thousands of receipts in one file: progress, workers that stop, whoever was faster, old files."""

import io
import re
import zipfile
from datetime import date, timedelta

import pikepdf
import pypdf
import pytest

from saleor_ext.flows.receipts import bulk
from saleor_ext.receipts import errors, models, printing, selectors, services
from saleor_ext.receipts.papers import receipt_papers
from tests.builders import receipts, world

pytestmark = pytest.mark.django_db
DAYS = [date(2026, 11, day) for day in range(1, 8)]


@pytest.fixture
def seven(monkeypatch):
    """Seven receipts, printed three at a time."""
    monkeypatch.setattr(bulk, "BATCH", 3)
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=DAYS)
    return receipts.settle(donor)


def begin(kind="paper"):
    return bulk.print_begin(
        year=2026, kind=kind, is_window_envelope=False, now=world.NOW, actor="staff:7"
    )


def work(job, *, now=world.NOW):
    return bulk.print_work(job_id=job.pk, clock=lambda: now)


def again(job):
    return selectors.print_job_get(job_id=job.pk)


def pdfs_in(job):
    """The finished file, or the files in it."""
    content = b"".join(selectors.print_file(job_id=job.pk))
    if content.startswith(b"%PDF"):
        return [content]
    packed = zipfile.ZipFile(io.BytesIO(content))
    assert packed.namelist() == sorted(packed.namelist())
    return [packed.read(name) for name in packed.namelist()]


def numbers_in(job):
    """The receipt number on each page of the finished file."""
    pages = [page for pdf in pdfs_in(job) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    return [re.search(r"2026-\d{6}", page.extract_text())[0] for page in pages]


def test_all_are_printed_in_the_order_of_their_numbers(seven):
    job = begin()

    assert work(job)

    job = again(job)
    assert (job.state, job.done, job.left_out) == ("finished", 7, 0)
    assert numbers_in(job) == [f"2026-{number:06d}" for number in range(1, 8)]
    assert {receipts.receipt_get(one).handed_as for one in seven} == {"paper"}
    assert models.ReceiptEvent.objects.filter(kind="printed", actor="staff:7").count() == 7
    assert not models.PrintPart.objects.filter(kind="batch").exists()


def test_a_worker_that_stops_loses_one_batch_at_most(seven, monkeypatch):
    job, made = begin(), []
    real = receipt_papers.receipts_pdf

    def stumbling(**arguments):
        made.append(len(arguments["papers"]))
        if len(made) == 2:
            raise KeyboardInterrupt
        return real(**arguments)

    monkeypatch.setattr(receipt_papers, "receipts_pdf", stumbling)
    with pytest.raises(KeyboardInterrupt):
        work(job)
    assert (again(job).state, again(job).done) == ("running", 3)

    bulk.prints_sweep(clock=lambda: world.NOW + printing.QUIET_FOR + timedelta(seconds=1))

    assert again(job).state == "finished"
    assert made == [3, 3, 3, 1]
    assert len(numbers_in(job)) == 7


def test_two_workers_do_not_print_the_same_job(seven):
    job = begin()
    assert printing.print_claim(job_id=job.pk, now=world.NOW)

    assert not work(job, now=world.NOW + timedelta(minutes=1))

    assert again(job).done == 0


def test_a_fault_is_told_and_the_job_goes_on_where_it_stopped(seven, monkeypatch):
    job, real, calls = begin(), receipt_papers.receipts_pdf, []

    def broken(**arguments):
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("no space")
        return real(**arguments)

    monkeypatch.setattr(receipt_papers, "receipts_pdf", broken)
    work(job)
    assert (again(job).state, again(job).done, again(job).failure) == (
        "failed",
        6,
        "unexpected_error",
    )

    printing.print_retry(job_id=job.pk)
    work(job)

    assert again(job).state == "finished"
    assert len(calls) == 4
    assert len(numbers_in(job)) == 7


def test_what_was_fetched_withdrawn_or_given_back_meanwhile_is_left_out(seven):
    job = begin()
    fetched, gone, back = seven[0], seven[1], seven[2]
    services.receipt_hand(receipt_ids=[fetched.pk], handed_as="electronic", now=world.NOW)
    services.receipt_withdraw(receipt_id=gone.pk, reason="refunded", now=world.NOW, actor="test")
    receipts.give_back(back.lines.get().donation, now=world.NOW)

    work(job)

    job = again(job)
    assert (job.state, job.done, job.left_out) == ("finished", 4, 3)
    assert numbers_in(job) == [f"2026-{number:06d}" for number in range(4, 8)]
    assert receipts.receipt_get(fetched).handed_as == "electronic"
    assert receipts.receipt_get(back).handed_as == "not_yet"


def test_whoever_fetches_his_while_the_pages_are_set_gets_the_only_original(seven, monkeypatch):
    job, real, calls = begin(), receipt_papers.receipts_pdf, []

    def fetched_meanwhile(**arguments):
        if not calls:
            services.receipt_hand(receipt_ids=[seven[0].pk], handed_as="electronic", now=world.NOW)
        calls.append(len(arguments["papers"]))
        return real(**arguments)

    monkeypatch.setattr(receipt_papers, "receipts_pdf", fetched_meanwhile)
    work(job)

    assert calls == [3, 2, 3, 1]
    assert (again(job).done, again(job).left_out) == (6, 1)
    assert receipts.receipt_get(seven[0]).handed_as == "electronic"


def test_what_was_printed_is_not_printed_again(seven):
    work(begin())

    with pytest.raises(errors.PrintEmpty):
        begin()


def test_every_file_is_tagged_marked_for_keeping_and_has_its_letters_inside(seven):
    job = begin()
    work(job)

    files = pdfs_in(job)
    assert len(files) == 3
    for content in files:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            meta = pdf.open_metadata()
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
            tags = {str(one.S) for one in pdf.objects if is_element(one)}
            assert {"/H1", "/Table", "/TH", "/TD", "/Figure"} <= tags
            for page in pdf.pages:
                assert "/StructParents" in page.obj
                for font in page.Resources.Font.values():
                    assert "/FontFile3" in font.DescendantFonts[0].FontDescriptor


def is_element(one):
    return isinstance(one, pikepdf.Dictionary) and "/S" in one and "/P" in one


def test_few_are_one_file(seven, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 7)
    job = begin()
    work(job)

    assert b"".join(selectors.print_file(job_id=job.pk)).startswith(b"%PDF")
    assert len(numbers_in(job)) == 7


def test_files_lie_about_for_seven_days(seven):
    job = begin()
    work(job)

    bulk.prints_sweep(clock=lambda: world.NOW + timedelta(days=7))
    assert again(job).state == "finished"
    bulk.prints_sweep(clock=lambda: world.NOW + timedelta(days=7, seconds=1))

    assert again(job).state == "cleared"
    assert models.PrintPart.objects.count() == 0
    assert models.PrintItem.objects.count() == 0


def test_csv_leaves_out_what_cannot_be_written_and_says_so(seven):
    rare = world.donor_make(name="rare", family_name="𨺓田")
    receipts.given_make(donor=rare, days=[date(2026, 11, 9)])
    receipts.settle(rare)
    job = begin(kind="csv")

    work(job)

    assert (again(job).done, again(job).left_out) == (7, 1)
    packed = zipfile.ZipFile(io.BytesIO(b"".join(selectors.print_file(job_id=job.pk))))
    rows = packed.read("TEG822-2026-1.csv").decode("cp932").splitlines()
    assert [row.split(",")[1] for row in rows] == ["0000"] * 7
    assert "2026-000008,donor_name" in packed.read("left-out.csv").decode("utf-8-sig")


def test_a_designated_operator_writes_each_donors_year_once(seven):
    receipts.settings_make(
        is_designated_operator=True,
        operator_name="汐見町ふるさと公社",
        operator_corporate_number="7000012050002",
    )
    receipts.give_back(seven[1].lines.get().donation, now=world.NOW)
    rare = world.donor_make(name="rare", family_name="𨺓田")
    receipts.given_make(donor=rare, days=[date(2026, 11, 9), date(2026, 11, 10)])
    receipts.settle(rare)
    job = begin(kind="csv")

    work(job)

    assert (again(job).done, again(job).left_out) == (7, 2)
    packed = zipfile.ZipFile(io.BytesIO(b"".join(selectors.print_file(job_id=job.pk))))
    rows = [row.split(",") for row in packed.read("TEG830-2026-1.csv").decode("cp932").splitlines()]
    assert {len(row) for row in rows} == {25}
    assert [row[16] for row in rows] == [f"2026-{number:06d}" for number in range(1, 8)]
    assert {(row[1], row[5], row[15]) for row in rows} == {("0000", "汐見町ふるさと公社", "18000")}
    assert [row[24] for row in rows] == ["0", "1", "0", "0", "0", "0", "0"]
    left = packed.read("left-out.csv").decode("utf-8-sig")
    assert "2026-000008,donor_name\r\n2026-000009,donor_name" in left
