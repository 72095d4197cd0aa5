"""Proposing another gift on the producer's phone and on the staff's page."""

import pytest

from saleor_ext.flows.swaps import deciding, proposing
from saleor_ext.fulfilment import models
from saleor_ext.membership import cycles, planning, selectors
from tests.builders import dashboard, months, swapping, world

OURS, STAFF = "/producer/alternates/", "/staff/alternates/"


@pytest.fixture(autouse=True)
def no_queue(monkeypatch):
    monkeypatch.setattr(proposing.jobs, "enqueue", lambda name, **_: None)


@pytest.fixture
def turnip(producer):
    return swapping.turnip_make(allergens=["小麦"])


def plan():
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=world.TODAY, town=town)


def form(turnip, **changes):
    box = models.BoxPlan.objects.get(month=swapping.DECEMBER)
    given = {"box": box.pk, "gift": world.gift_make().pk, "alternate": turnip.pk}
    return given | {"reason": "霜の害"} | changes


def test_a_producer_proposes_one_of_his_own_gifts(producer_client, turnip):
    # given
    page = producer_client.get(OURS).content.decode()
    assert "かぶ(2本、800円) 加わるアレルゲン: 小麦" in page

    # when
    response = producer_client.post(f"{OURS}propose/", form(turnip))

    # then
    assert (response.status_code, response["Location"]) == (303, OURS)
    made = models.Alternate.objects.get()
    assert made.alternate == turnip
    assert made.events.get().actor.startswith("producer:")
    shown = producer_client.get(OURS).content.decode()
    assert "冬の大根 → かぶ" in shown
    assert "加わるアレルゲン: 小麦" in shown
    assert "お返事待ち 0件" in shown


def test_it_is_taken_back_with_a_reason(producer_client, turnip):
    producer_client.post(f"{OURS}propose/", form(turnip))
    made = models.Alternate.objects.get()

    refused = producer_client.post(f"{OURS}{made.pk}/withdraw/", {"reason": ""})
    done = producer_client.post(f"{OURS}{made.pk}/withdraw/", {"reason": "とれました"})

    assert (refused.status_code, done.status_code) == (422, 303)
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_another_producer_neither_sees_nor_touches_it(turnip, producer_client, neighbour):
    producer_client.post(f"{OURS}propose/", form(turnip))
    made = models.Alternate.objects.get()
    client = dashboard.producer_browser(neighbour)

    assert "かぶ" not in client.get(OURS).content.decode()
    assert client.post(f"{OURS}propose/", form(turnip)).status_code == 404
    assert client.post(f"{OURS}{made.pk}/withdraw/", {"reason": "x"}).status_code == 404
    made.refresh_from_db()
    assert made.state == "proposed"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"alternate": ""}, "代わりの品を選んでください。"),
        ({"reason": ""}, "理由を入れてください。"),
    ],
)
def test_what_is_missing_is_said(producer_client, turnip, changes, words):
    response = producer_client.post(f"{OURS}propose/", form(turnip, **changes))

    assert response.status_code == 422
    assert words in response.content.decode()
    assert models.Alternate.objects.count() == 0


def test_what_is_over_thirty_percent_is_refused_in_words(producer_client, turnip):
    models.Gift.objects.filter(pk=turnip.pk).update(procurement_cost_yen=901)

    response = producer_client.post(f"{OURS}propose/", form(turnip))

    assert response.status_code == 422
    assert "寄附の3割を超えます" in response.content.decode()
    assert models.Alternate.objects.count() == 0


def test_staff_propose_gifts_of_any_producer(staff_client, neighbour):
    fish = world.gift_make(slug="himono", name="ひもの", producer=neighbour)

    response = staff_client.post(f"{STAFF}propose/", form(fish))

    assert response.status_code == 303
    assert "冬の大根 → ひもの" in staff_client.get(STAFF).content.decode()


def test_staff_see_months_that_were_left_out_when_their_order_was_made(
    staff_client, producer_client, hanako, turnip
):
    # given a December that the shop refused for want of radish after it was locked
    plan()
    december = months.month_of(hanako, 1)
    world.first_lock(cycle=december)
    cycles.cycle_skip(
        cycle_id=december.pk, reason="out_of_stock", now=swapping.ASK_NOW, actor="outbox"
    )

    # then
    shown = staff_client.get(STAFF).content.decode()
    assert "注文のときに品が足りず、見送った月" in shown
    assert f'<a href="/staff/members/{hanako.donor_id}/">会員{hanako.donor_id}</a>' in shown
    assert "ご寄附の予定日 2026年12月24日(木)" in shown
    assert "見送った月" not in producer_client.get(OURS).content.decode()


@pytest.mark.parametrize("left_out_by", ["lock", "its donor's answer", "its donor's wish"])
def test_months_that_come_back_or_are_not_wanted_are_not_among_them(
    left_out_by, staff_client, hanako, turnip
):
    # given
    plan()
    december = months.month_of(hanako, 1)
    if left_out_by != "lock":
        world.first_lock(cycle=december)
    if left_out_by == "its donor's wish":
        swapping.wish(hanako, "carry")
    if left_out_by == "its donor's answer":
        swapping.propose()
        swapping.take_up(now=world.NOW)
        swap = swapping.swap_of(december)
        deciding.decide(
            swap_id=swap.pk, is_accepted=False, now=world.NOW, actor="donor:1", reason="answer"
        )
    else:
        cycles.cycle_skip(cycle_id=december.pk, reason="out_of_stock", now=world.NOW, actor="run")

    # then
    assert "見送った月" not in staff_client.get(STAFF).content.decode()


def test_a_viewer_reads_and_proposes_nothing(viewer_client, turnip):
    page = viewer_client.get(STAFF)

    assert page.status_code == 200
    assert "この品を提案する" not in page.content.decode()
    assert viewer_client.post(f"{STAFF}propose/", form(turnip)).status_code == 403
    assert models.Alternate.objects.count() == 0
