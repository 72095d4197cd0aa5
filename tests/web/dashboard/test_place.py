"""Staff see on every page that this is a copy or that donations are stopped; some may stop them."""

import re
from datetime import datetime

import pytest
from django.test import Client

from saleor_ext.operation import gate, place, selectors
from tests.builders import dashboard

COPY = place.Here(parts={"cluster": "elsewhere"})


def text_of(response: object) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", response.content.decode()))  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", ["/staff/", "/staff/members/", "/staff/run/"])
def test_every_page_of_a_copy_says_so(
    staff_client: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    assert "複製です" not in text_of(staff_client.get(address))
    monkeypatch.setattr(place, "here", lambda: COPY)

    shown = text_of(staff_client.get(address))

    assert "この環境は複製です。寄附の決済を止めています。" in shown


def test_staff_stop_all_donations_and_let_them_go_on(staff_client: Client, now: datetime) -> None:
    stopped = staff_client.post("/staff/run/charging-stop/", {"reason": "決済会社の障害"})

    assert (stopped.status_code, stopped["Location"]) == (303, "/staff/run/")
    assert gate.status().refusal == "charging_stopped"
    shown = text_of(staff_client.get("/staff/"))
    assert "すべての寄附の受け取りを止めています。" in shown

    staff_client.post("/staff/run/charging-start/", {"reason": "復旧を確認"})

    assert gate.status().refusal == ""
    told = [(e.kind, e.reason, e.at) for e in selectors.place_events()[:2]]
    assert told == [("started", "復旧を確認", now), ("stopped", "決済会社の障害", now)]
    assert selectors.place_events()[0].actor.startswith("staff:")
    assert "「決済会社の障害」" in text_of(staff_client.get("/staff/run/"))


def test_without_a_reason_nothing_is_stopped(staff_client: Client) -> None:
    response = staff_client.post("/staff/run/charging-stop/", {"reason": "  "})

    assert response.status_code == 422
    assert "理由を入れてください" in response.content.decode()
    assert gate.status().refusal == ""


@pytest.mark.parametrize("permission", ["MANAGE_ORDERS", "MANAGE_PAGES", "MANAGE_USERS"])
def test_only_those_who_answer_for_money_may_stop_it(db: None, permission: str) -> None:
    dashboard.world.town_make()
    client = dashboard.staff_browser(permissions=[permission])

    response = client.post("/staff/run/charging-stop/", {"reason": "いたずら"})

    assert response.status_code == 403
    assert gate.status().refusal == ""
