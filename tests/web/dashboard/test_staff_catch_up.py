"""Missed donations on the page of the run: shown to all who may run it, decided by form."""

import pytest

from saleor_ext.operation import models
from tests.builders import months
from tests.builders.provider import MemoryProvider
from tests.domain.flows.month import test_catch_up as stops

ADDRESS = "/staff/run/"


@pytest.fixture
def plan(db, monkeypatch):
    """Two missed donations of 6,000 yen together that wait."""
    provider = MemoryProvider()
    monkeypatch.setattr("saleor_ext.common.registry.payment_provider", lambda: provider)
    stops.stopped_make(provider)
    months.run(provider, stops.BACK_ON)
    return stops.shown_plan()


def sent(plan, **changes):
    return {
        "catch_up_id": plan.catch_up_id,
        "seen": plan.seen,
        "decision": "ask",
        "reason": "障害から復旧",
    } | changes


def test_the_page_says_what_waits(staff_client, plan):
    page = staff_client.get(ADDRESS).content.decode()

    for words in ("受け取れなかった寄附", "2件", "6,000円", "1日", "いますぐ受け取る"):
        assert words in page
    assert f'name="seen" value="{plan.seen}"' in page


def test_staff_decide_and_it_is_kept(staff_client, plan):
    page = staff_client.post(f"{ADDRESS}catch-up/", sent(plan), follow=True).content.decode()

    assert "一人ずつ尋ねることに決めました" in page
    assert "お返事待ち 2件" in page
    decided = models.CatchUp.objects.get()
    assert (decided.state, decided.decided_by) == ("ask", "staff:user-sato")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "理由を入れてください"),
        ({"seen": ""}, "待っている寄附が変わりました"),
        ({"seen": "0123456789ab"}, "待っている寄附が変わりました"),
        ({"decision": "nothing"}, "待っている寄附が変わりました"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_nothing_changes(staff_client, plan, changes, words):
    response = staff_client.post(f"{ADDRESS}catch-up/", sent(plan, **changes))

    assert response.status_code == 422
    assert words in response.content.decode()
    assert models.CatchUp.objects.get().state == "waiting"


def test_the_first_page_says_what_waits_and_where(staff_client, plan):
    page = staff_client.get("/staff/").content.decode()

    assert "決定を待つ、受け取れなかった寄附(6,000円)" in page
    assert '<span class="alarm__count">2</span><span>決定を待つ' in page
    assert 'alarm--on" href="/staff/run/"' in page
    assert "いま対応が必要なものはありません" not in page


def test_the_first_page_is_calm_again_once_it_is_decided(staff_client, plan):
    staff_client.post(f"{ADDRESS}catch-up/", sent(plan, decision="skip"))

    page = staff_client.get("/staff/").content.decode()

    assert "決定を待つ、受け取れなかった寄附" not in page
    assert "いま対応が必要なものはありません" in page
