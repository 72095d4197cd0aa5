"""The page of the monthly run: what is at work just now, and what was done before."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from saleor_ext.operation import models, runs
from tests.builders import months

ADDRESSES = ["/staff/run/", "/staff/run/progress/"]


def text_of(response: object) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", response.content.decode()))  # type: ignore[attr-defined]


@pytest.fixture
def at_work(now: datetime) -> models.MonthRun:
    """A run that in its first ten minutes has asked for 3,000 of 9,000 donations."""
    begun = now - timedelta(minutes=10)
    run = runs.run_begin(as_of=months.CHARGE_DAY, now=begun, actor="command")
    runs.run_phase(run_id=run.pk, phase="charging", now=begun)
    runs.run_planned(run_id=run.pk, count=9000, amount_yen=27_000_000)
    runs.run_seen(run_id=run.pk, figures={"due": 3000, "donations_yen": 9_000_000}, now=now)
    return run


@pytest.mark.parametrize("address", ADDRESSES)
def test_staff_see_how_far_a_run_has_come(
    staff_client: Client, at_work: models.MonthRun, address: str
) -> None:
    # when
    response = staff_client.get(address)

    # then
    page, shown = response.content.decode(), text_of(response)
    assert "いま動いている処理" in shown
    assert "いまは「寄附の受け取り」です" in shown
    assert 'max="9000" value="3000"' in page
    assert "3000/9000件、寄附の受け取りはあと約20分" in shown


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_run_that_has_ended_stands_among_the_earlier_ones(
    staff_client: Client, at_work: models.MonthRun, now: datetime, address: str
) -> None:
    # given
    whole = {"due": 9000, "donations_yen": 27_000_000}
    runs.run_end(run_id=at_work.pk, figures=whole, stopped="", now=now)

    # when
    shown = text_of(staff_client.get(address))

    # then
    assert "いま動いている処理" not in shown
    assert "9000/9000件27,000,000円" in shown
