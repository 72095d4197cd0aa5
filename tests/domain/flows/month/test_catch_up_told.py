"""Donations that wait for staff are told of: by one mail to the town's office, and as a figure."""

from datetime import timedelta

import pytest
from django.core import mail

from saleor_ext.flows import outbox_run
from saleor_ext.flows.books import figures, ledger
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider
from tests.domain.flows.month import test_catch_up as stops

pytestmark = pytest.mark.django_db


def letters() -> list[mail.EmailMessage]:
    return [letter for letter in mail.outbox if "受け取れなかった寄附" in letter.subject]


def figure() -> float:
    found = figures.figures(now=stops.NOW, today=stops.BACK_ON)
    return next(one.values[""] for one in found if one.name == "cycles_missed_waiting")


def test_the_town_is_written_to_once_however_long_it_waits(provider: MemoryProvider) -> None:
    # given
    stops.stopped_make(provider)
    nothing_waits = figure()

    # when
    months.run(provider, stops.BACK_ON)
    first = letters()
    months.run(provider, stops.BACK_ON + timedelta(days=1))

    # then
    assert (nothing_waits, figure()) == (0, 2)
    (letter,) = first
    assert letters() == first
    assert letter.to == [world.town_make().email]
    for words in (
        "件数: 2件",
        "合計: 6,000円",
        "期日: 2026年12月24日(木) から 2026年12月24日(木) まで",
        "/staff/run/",
        "一度だけお送りします",
    ):
        assert words in letter.body


def test_of_what_is_decided_already_nobody_is_told(provider: MemoryProvider) -> None:
    # given
    stops.stopped_make(provider)
    months.run(provider, stops.BACK_ON)
    told = outbox_models.OutboxMessage.objects.get(payload__name="catch_up_waits")
    mail.outbox.clear()
    stops.decide("charge")

    # when it comes to be sent only now
    outbox_models.OutboxMessage.objects.filter(pk=told.pk).update(state="pending", done_at=None)
    outbox_run.outbox_drain(now=stops.NOW)

    # then
    assert (letters(), figure()) == ([], 0)
    told.refresh_from_db()
    assert told.state == "done"


def test_the_mail_to_the_town_is_no_personal_data_to_the_ledger_check(
    provider: MemoryProvider,
) -> None:
    # given
    stops.stopped_make(provider)

    # when
    months.run(provider, stops.BACK_ON)

    # then
    codes = {breach.code for breach in ledger.ledger_check(now=stops.NOW, provider_days=0)}
    assert "personal_data" not in codes
