"""Two that issue, print or count at the same moment: one does it, the other finds it done."""

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connections

from saleor_ext.flows.receipts import bulk
from saleor_ext.receipts import errors, models, services
from tests.builders import receipts, world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def both(work: Callable[[], object]) -> None:
    gate = threading.Barrier(2, timeout=10)

    def one() -> None:
        try:
            gate.wait()
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)


def test_each_donation_gets_one_receipt():
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 10, 24), date(2026, 11, 24)])

    both(lambda: receipts.settle(donor))

    assert sorted(models.Receipt.objects.values_list("number", flat=True)) == [
        "2026-000001",
        "2026-000002",
    ]
    assert models.ReceiptEvent.objects.filter(kind="issued").count() == 2


def test_a_job_is_printed_by_one_worker():
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 11, 24)])
    receipts.settle(donor)
    job = bulk.print_begin(
        year=2026, kind="paper", is_window_envelope=False, now=world.NOW, actor="staff:7"
    )

    both(lambda: bulk.print_work(job_id=job.pk, clock=lambda: world.NOW))

    job.refresh_from_db()
    assert (job.state, job.done) == ("finished", 1)
    assert models.ReceiptEvent.objects.filter(kind="printed").count() == 1


def test_two_clicks_begin_one_job(monkeypatch):
    # Nobody works on it meanwhile: once it is over, a second one may be begun.
    monkeypatch.setattr(bulk.jobs, "enqueue", lambda *_, **__: None)
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 11, 24)])
    receipts.settle(donor)
    refused = []

    def begin() -> None:
        try:
            bulk.print_begin(
                year=2026, kind="csv", is_window_envelope=False, now=world.NOW, actor="staff:7"
            )
        except errors.PrintOpen:
            refused.append(1)

    both(begin)

    assert models.PrintJob.objects.count() == 1
    assert refused == [1]


def test_every_question_is_counted():
    world.town_make()

    def ask() -> None:
        for _ in range(services.VERIFY_MOST // 2):
            services.verify_count(place="p" * 64, now=world.NOW)

    both(ask)

    assert models.VerifyWindow.objects.get().count == services.VERIFY_MOST
    with pytest.raises(errors.VerifyDelayed):
        services.verify_count(place="p" * 64, now=world.NOW)
