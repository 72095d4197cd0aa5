"""The link in the mail about a missed donation: anybody who has it, nobody who has not."""

import pytest
from django.test import Client

from saleor_ext.flows import missed_link
from saleor_ext.membership import models as membership_models
from saleor_ext.operation import catching_up
from saleor_ext.operation import models as operation_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider


@pytest.fixture
def asked(db, monkeypatch):
    """A December about which its donor is asked."""
    provider = MemoryProvider()
    monkeypatch.setattr("saleor_ext.common.registry.payment_provider", lambda: provider)
    cycle = months.december_make(provider)
    catching_up.catch_up_gather(
        overdue=[(cycle.pk, cycle.charge_on, cycle.amount_yen)],
        as_of=months.CHARGE_DAY,
        last_done_on=None,
        now=world.NOW,
    )
    month = operation_models.CatchUpMonth.objects.get()
    catching_up.month_ask(month_id=month.pk, answer_until=months.CHARGE_DAY)
    return month


def address(month):
    return f"/missed/{missed_link.token(cycle_id=month.cycle_id)}/"


def test_the_question_says_month_and_amount_and_no_name(page_client, asked):
    page = page_client.get(address(asked))

    assert page.h1 == "お受けできていないご寄附について"
    assert "3,000円" in page.body
    assert "12月分" in page.body
    assert "山田" not in page.body


def test_opening_the_link_changes_nothing(asked):
    Client().get(address(asked))

    asked.refresh_from_db()
    assert asked.state == "asked"


@pytest.mark.parametrize(
    ("wish", "state", "words"),
    [("give", "approved", "一度だけお受けします"), ("skip", "skipped", "見送りました")],
)
def test_the_answer_is_kept(asked, wish, state, words):
    response = Client().post(address(asked), {"wish": wish})

    assert words in response.content.decode()
    asked.refresh_from_db()
    assert asked.state == state


def test_an_answer_that_says_nothing_asks_again(asked):
    response = Client().post(address(asked), {"wish": "both"})

    assert response.status_code == 422
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_a_link_that_asks_nothing_any_more_says_so(page_client, asked):
    Client().post(address(asked), {"wish": "skip"})

    assert page_client.get(address(asked), status=410).h1 == "このお尋ねは終わっています"
    assert Client().post(address(asked), {"wish": "give"}).status_code == 410
    assert membership_models.Cycle.objects.get(pk=asked.cycle_id).state == "skipped"


def test_a_made_up_link_opens_nothing(page_client, asked):
    assert page_client.get("/missed/MQ:1:abc/", status=410).h1 == "このお尋ねは終わっています"
