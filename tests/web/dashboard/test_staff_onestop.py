"""The one-stop desk: by QR or number, big buttons, missing papers, and who may not."""

import logging
from datetime import date

import pytest

from saleor_ext.common import jptime
from saleor_ext.onestop import models, services
from saleor_ext.outbox import models as outbox_models
from tests.builders import onestop, world

NUMBER = "1234-5678-9018"


@pytest.fixture
def row(db):
    return onestop.year_make(days=[date(2026, 10, 24), date(2026, 11, 1)])


@pytest.fixture
def first(row):
    return onestop.applications(row)[0]


def url(application, act=""):
    return f"/staff/onestop/{application.public_id}/{act}"


def post(client, application, act, **values):
    data = {f"{act}-{name}": value for name, value in values.items()}
    return client.post(url(application, f"{act}/"), data)


def states_of(row):
    return [one.state for one in onestop.applications(row)]


def test_the_qr_opens_the_application_and_the_look_is_written_down(staff_client, first, caplog):
    caplog.set_level(logging.INFO, logger="furusato.access")

    response = staff_client.get(url(first))

    text = response.content.decode()
    assert first.number in text
    assert "山田" in text
    assert "受け取った" in text
    assert f"look what=onestop actor=staff:user-sato objects={first.pk}" in caplog.text
    assert "山田" not in caplog.text


def test_what_came_in_is_counted_on_the_first_page_and_listed_with_its_donor(
    staff_client, row, first
):
    # given
    onestop.received(first)

    # when
    overview = staff_client.get("/staff/").content.decode()
    member = staff_client.get(f"/staff/members/{row.donor_id}/").content.decode()

    # then
    assert "確認を待つワンストップ申請" in overview
    assert "いま対応が必要なものはありません" not in overview
    assert all(one.number in member for one in onestop.applications(row))
    assert url(first) in member

    # and once it is accepted nothing waits any more
    services.application_accept(
        application_id=first.pk,
        identity_kind="card",
        today=date(2026, 11, 24),
        now=world.NOW,
        actor=world.ACTOR,
    )
    assert "確認を待つワンストップ申請" not in staff_client.get("/staff/").content.decode()


def test_forms_of_one_envelope_are_received_judged_and_accepted(staff_client, row, first):
    both = [str(one.pk) for one in onestop.applications(row)]
    received = {"received_as": "counter", "received_on": "2026-11-24"}

    post(staff_client, first, "receive", applications=both, **received)
    assert states_of(row) == ["received", "received"]
    post(staff_client, first, "incomplete", applications=both[:1], missing=["person_paper"])
    post(staff_client, first, "accept", applications=both[1:], identity_kind="photo")
    assert states_of(row) == ["incomplete", "accepted"]
    assert "本人確認書類の写しがない" in staff_client.get(url(first)).content.decode()
    post(staff_client, first, "review", applications=both[:1])
    post(staff_client, first, "accept", applications=both[:1], identity_kind="card")

    first.refresh_from_db()
    assert states_of(row) == ["accepted", "accepted"]
    assert (first.identity_kind, first.identity_on) == ("card", world.TODAY)
    assert first.identity_by == "staff:user-sato"
    names = [m.payload["name"] for m in outbox_models.OutboxMessage.objects.order_by("pk")]
    assert [name for name in names if name.startswith("onestop")] == [
        "onestop_received",
        "onestop_incomplete",
        "onestop_accepted",
        "onestop_accepted",
    ]


def test_what_comes_in_after_the_last_day_is_refused_and_can_be_declared_late(
    staff_client, row, first, clock_at
):
    clock_at(jptime.jst_moment(date(2027, 1, 11), hour=0))
    chosen = {"applications": [str(first.pk)]}

    refused = post(
        staff_client, first, "receive", received_as="paper", received_on="2027-01-11", **chosen
    )
    assert refused.status_code == 422
    assert "期限(翌年1月10日)を過ぎて" in refused.content.decode()
    assert states_of(row) == ["wished", "wished"]
    post(staff_client, first, "void", reason="late", **chosen)

    assert states_of(row) == ["void", "wished"]


def test_a_reason_that_concerns_the_year_ends_all_of_it(staff_client, row, first):
    post(staff_client, first, "void", applications=[str(first.pk)], reason="return_filed")

    assert states_of(row) == ["void", "void"]
    row.refresh_from_db()
    assert row.is_wanted is False


def test_an_individual_number_in_a_note_is_refused_kept_nowhere_and_logged_nowhere(
    staff_client, first, caplog
):
    caplog.set_level(logging.DEBUG)

    response = post(staff_client, first, "note", note=f"番号は{NUMBER}")

    assert response.status_code == 422
    assert "マイナンバー" in response.content.decode()
    assert "5678" not in response.content.decode()
    first.refresh_from_db()
    assert first.note == ""
    assert "5678" not in caplog.text


def test_a_change_on_paper_is_written_down_and_one_of_ours_received(staff_client, row, first):
    onestop.accepted(first)
    person = {"full_name": "海野　花子", "full_kana": "", "phone": ""}
    where = {"postal_code": "789-9901", "address": "高知県幡見郡汐見町1"}

    response = post(staff_client, first, "change", received_on="2026-11-24", **person, **where)

    assert response.status_code == 303
    row.refresh_from_db()
    first.refresh_from_db()
    assert (row.full_name, row.address) == ("海野　花子", "高知県幡見郡汐見町1")
    assert first.state == "changed"


def test_a_number_or_a_qr_opens_the_page_and_a_wrong_one_is_told(staff_client, first):
    for typed in (first.number, first.number.replace("-", ""), f"https://a.example{url(first)}"):
        response = staff_client.post("/staff/onestop/reception/", {"find-number": typed})
        assert response["Location"] == url(first), typed

    wrong = staff_client.post("/staff/onestop/reception/", {"find-number": "2026-000099-0"})

    assert wrong.status_code == 422
    assert "この番号の申請はありません" in wrong.content.decode()


def test_a_batch_is_received_line_by_line(staff_client, row, first):
    second = onestop.applications(row)[1]
    onestop.received(second)
    typed = f"{first.number}\n{second.number}\n{NUMBER}\n"

    response = staff_client.post(
        "/staff/onestop/reception/",
        {
            "batch-numbers": typed,
            "batch-received_as": "paper",
            "batch-received_on": "2026-11-24",
        },
    )

    text = response.content.decode()
    assert "1件を受け取りました" in text
    assert "5678" not in text
    assert states_of(row) == ["received", "received"]


def test_who_may_not_see_people_opens_no_application(viewer_client, first):
    listed = viewer_client.get("/staff/onestop/").content.decode()

    assert first.number in listed
    assert "山田" not in listed
    assert viewer_client.get(url(first)).status_code == 403


def test_settings_are_kept_with_the_day_on_which_they_were_confirmed(staff_client, db):
    world.town_make()
    values = {"remind_from_day": 5, "close_after_days": 14, "keep_years": 5}

    shown = staff_client.get("/staff/onestop/settings/").content.decode()
    staff_client.post(
        "/staff/onestop/settings/", {**values, "has_gender": "on", "confirmed_has_gender": "on"}
    )

    kept = models.OneStopSettings.objects.get()
    assert "要確認" in shown
    assert (kept.has_gender, kept.keep_years) == (True, 5)
    assert kept.confirmed == {"has_gender": "2026-11-24"}


def test_a_settings_value_unknown_is_refused():
    with pytest.raises(ValueError, match="no such settings"):
        services.settings_set(municipality_id=1, values={"x": 1})
