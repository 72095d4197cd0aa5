"""One member for staff: what is shown and noted, park and unpark."""

import logging
import re

import pytest

from saleor_ext.membership import services
from tests.builders import dashboard, world


def text_of(response):
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", response.content.decode()))


def address(membership):
    return f"/staff/members/{membership.donor_id}/"


def test_the_page_shows_the_member_with_everything_that_belongs_to_him(
    staff_client, producer, hanako
):
    parcel = dashboard.parcel_of(producer=producer, membership=hanako, n=1)
    dashboard.declined_make(hanako, n=2, code="expired_card")

    shown = text_of(staff_client.get(address(hanako)))

    for expected in (
        "山田花子様",
        "2026年の寄附3,000円",
        "なぎさ会員継続中",
        "メールアドレスhanako@example.jp",
        "生年月日1985年4月2日(火)",
        "お届け先〒100-9999東京都千代田区架空町1-2-3見本ビル101",
        "住民票の住所お届け先と同じ",
        "2026-000001",
        "有効期限切れ",
        parcel.key,
        "冬の大根×1",
    ):
        assert expected in shown


def test_every_look_is_noted_by_id_only(staff_client, hanako, caplog):
    with caplog.at_level(logging.INFO, logger="furusato.access"):
        staff_client.get(address(hanako))
        staff_client.get("/staff/members/?q=花子")

    lines = [r.getMessage() for r in caplog.records if r.name == "furusato.access"]
    assert lines == [
        f"look what=member actor=staff:user-sato objects={hanako.donor_id}",
        f"look what=members_list actor=staff:user-sato objects={hanako.pk}",
    ]


def test_the_note_is_written_with_the_products_own_settings(settings):
    level = settings.LOGGING["loggers"]["furusato.access"]["level"]

    assert level == "INFO"


def test_without_the_permission_the_page_names_nobody_and_notes_nothing(
    viewer_client, hanako, caplog
):
    with caplog.at_level(logging.INFO, logger="furusato.access"):
        response = viewer_client.get(address(hanako))

    html = response.content.decode()
    for personal in ("山田", "ヤマダ", "hanako@", "架空町", "090-0000", "100-9999", "1985"):
        assert personal not in html
    assert "お名前や住所を見るには" in html
    assert f"会員 {hanako.donor_id}" in html
    assert 'name="reason"' not in html
    assert [r for r in caplog.records if r.name == "furusato.access"] == []


def test_a_member_who_does_not_exist_is_not_found(staff_client):
    assert staff_client.get("/staff/members/999999/").status_code == 404
    assert staff_client.post("/staff/memberships/nobody/park/").status_code == 404


def test_a_membership_is_parked_with_a_reason(staff_client, hanako):
    response = staff_client.post(
        f"/staff/memberships/{hanako.public_id}/park/", {"reason": " 住所の番地が合わない "}
    )

    assert response.status_code == 303
    assert response["Location"] == address(hanako)
    hanako.refresh_from_db()
    assert (hanako.state, hanako.parked_from) == ("parked", "active")
    assert hanako.parked_reason == "住所の番地が合わない"
    event = hanako.events.order_by("-pk").first()
    assert (event.actor, event.reason) == ("staff:user-sato", "住所の番地が合わない")
    shown = text_of(staff_client.get(address(hanako)))
    assert "止めました。" in shown
    assert "止めている理由住所の番地が合わない" in shown
    assert "職員(user-sato)「住所の番地が合わない」" in shown


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("", "理由を入れてください。"),
        ("　 ", "理由を入れてください。"),
        ("あ" * 201, "理由は200文字までにしてください。"),
    ],
)
@pytest.mark.parametrize("action", ["park", "unpark"])
def test_a_reason_must_be_given_and_what_was_typed_stays(
    staff_client, hanako, action, reason, words
):
    if action == "unpark":
        services.membership_park(
            membership_id=hanako.pk, now=world.NOW, actor="staff:1", reason="確認中"
        )
    before = hanako.events.count()

    response = staff_client.post(
        f"/staff/memberships/{hanako.public_id}/{action}/", {"reason": reason}
    )

    html = response.content.decode()
    assert response.status_code == 422
    assert html.count(words) == 2
    assert f'value="{reason}"' in html
    assert 'aria-invalid="true"' in html
    hanako.refresh_from_db()
    assert hanako.state == ("parked" if action == "unpark" else "active")
    assert hanako.events.count() == before


def test_a_parked_membership_goes_on_from_where_it_was(staff_client, hanako):
    services.membership_past_due(
        membership_id=hanako.pk, now=world.NOW, actor="test", reason="expired_card"
    )
    services.membership_park(
        membership_id=hanako.pk, now=world.NOW, actor="staff:1", reason="確認中"
    )

    response = staff_client.post(
        f"/staff/memberships/{hanako.public_id}/unpark/", {"reason": "ご本人と話せた"}
    )

    assert response.status_code == 303
    hanako.refresh_from_db()
    assert (hanako.state, hanako.parked_reason, hanako.parked_from) == ("past_due", "", "")


def test_parking_twice_is_refused_in_words(staff_client, hanako):
    services.membership_park(
        membership_id=hanako.pk, now=world.NOW, actor="staff:1", reason="先に止めた"
    )

    response = staff_client.post(
        f"/staff/memberships/{hanako.public_id}/park/", {"reason": "あとから"}
    )

    assert response.status_code == 422
    assert "この操作はもうできません。" in response.content.decode()
    hanako.refresh_from_db()
    assert hanako.parked_reason == "先に止めた"


def test_letting_go_on_what_is_not_parked_is_refused(staff_client, hanako):
    response = staff_client.post(
        f"/staff/memberships/{hanako.public_id}/unpark/", {"reason": "念のため"}
    )

    assert response.status_code == 422
    hanako.refresh_from_db()
    assert hanako.state == "active"


def test_acting_needs_the_permission_to_act(hanako):
    client = dashboard.staff_browser(permissions=["MANAGE_USERS"])

    page = client.get(address(hanako))
    response = client.post(f"/staff/memberships/{hanako.public_id}/park/", {"reason": "止めたい"})

    assert 'name="reason"' not in page.content.decode()
    assert response.status_code == 403
    hanako.refresh_from_db()
    assert hanako.state == "active"


def test_who_may_act_but_not_see_people_can_park_without_seeing_them(hanako):
    client = dashboard.staff_browser(permissions=["MANAGE_ORDERS"])

    refused = client.post(f"/staff/memberships/{hanako.public_id}/park/", {"reason": ""})
    done = client.post(f"/staff/memberships/{hanako.public_id}/park/", {"reason": "確認する"})

    assert refused.status_code == 422
    assert "山田" not in refused.content.decode()
    assert done.status_code == 303


def test_the_number_of_queries_does_not_grow_with_the_history(
    staff_client, producer, hanako, queries
):
    with queries() as few:
        staff_client.get(address(hanako))
    for number in range(5, 25):
        dashboard.parcel_of(producer=producer, membership=hanako, n=number)
    with queries() as many:
        staff_client.get(address(hanako))

    # The contents of parcels are one query more, once there are parcels.
    assert len(many) - len(few) <= 1
    assert len(many) <= 22
