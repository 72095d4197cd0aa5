"""Two at the same moment about one donor's year: one does it, the other finds it done."""

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connections

from saleor_ext.common.errors import Refusal
from saleor_ext.flows.onestop import desk, following, wishing
from saleor_ext.onestop import models, states
from tests.builders import onestop, receipts, world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def both(*works: Callable[[], object]) -> list[str]:
    """The codes of refusals of two pieces of work done at once."""
    gate, codes = threading.Barrier(2, timeout=10), []

    def one(work: Callable[[], object]) -> None:
        try:
            gate.wait()
            work()
        except Refusal as error:
            codes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return codes


def test_a_donation_gets_one_application():
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 10, 24), date(2026, 11, 24)])
    wishing.wish_at_joining(donor_id=donor.pk, now=world.NOW, actor="donor")

    def settle() -> None:
        following.applications_settle(donor_id=donor.pk, year=2026, now=world.NOW, actor="test")

    assert both(settle, settle) == []
    assert models.OneStopApplication.objects.count() == 2
    assert models.OneStopEvent.objects.count() == 2


def test_what_one_officer_accepts_the_other_cannot_refuse_and_a_refund_ends_it():
    row = onestop.year_make()
    [application] = onestop.applications(row)
    onestop.received(application)
    moves = {"application_ids": [application.pk], "now": world.NOW, "actor": "staff"}

    codes = both(
        lambda: desk.applications_accept(
            identity_kind=states.IdentityKind.CARD, today=world.TODAY, **moves
        ),
        lambda: desk.applications_incomplete(missing=["person_paper"], **moves),
    )

    assert codes == ["invalid_transition"]
    assert models.OneStopEvent.objects.filter(application=application).count() == 3
