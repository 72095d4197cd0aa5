"""Every address of the producer and staff pages, tried by everybody who must not enter."""

import pytest
from django.test import Client
from django.urls import get_resolver

from saleor_ext.dashboard import urls_producer, urls_staff
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.operation import models as operation_models
from tests.builders import dashboard, world

POST_NAMES = {
    "parcel_ready",
    "parcel_unready",
    "parcel_number",
    "parcel_ship",
    "park",
    "unpark",
    "term_part",
    "holder_clear",
    "message_retry",
    "messages_retry",
    "delivery_retry",
    "run_start",
    "run_count",
    "charging_stop",
    "charging_start",
    "word_review",
    "catch_up",
    "unclear_ask",
    "unclear_name",
    "unclear_close",
    "unclear_resume",
    "receipt_reissue",
    "receipt_correct",
    "receipt_print_start",
    "receipt_print_retry",
    "receipt_seal",
    "receipt_certificate",
    "cost_entry",
    "cost_rate",
    "gift_cost",
    "cost_seen",
    "rehearsal_start",
    "alternates_propose",
    "alternates_withdraw",
    "onestop_receive",
    "onestop_accept",
    "onestop_incomplete",
    "onestop_review",
    "onestop_void",
    "onestop_note",
    "onestop_change",
    "onestop_change_received",
}
MONEY_OWNER = "寄附 … 権限「Handle payments(支払いの処理)」"
CONTENT_NAMES = {"word_review", "content_opening"}
RECEIPT_SETTINGS = {
    "receipt_settings",
    "receipt_seal",
    "receipt_certificate",
    "receipt_sample",
}
RECEIPT_NAMES = {
    "receipt",
    "receipt_pdf",
    "receipt_reissue",
    "receipt_correct",
    "receipt_prints",
    "receipt_print_start",
    "receipt_print_file",
    "receipt_print_retry",
}
ONESTOP_NAMES = {
    "onestop_reception",
    "onestop_application",
    "onestop_receive",
    "onestop_accept",
    "onestop_incomplete",
    "onestop_review",
    "onestop_void",
    "onestop_note",
    "onestop_change",
    "onestop_change_received",
}
ONESTOP_POSTS = {
    "onestop_notices_make",
    "onestop_notice_home",
    "onestop_notice_export",
    "onestop_notice_sent",
    "onestop_notice_return",
    "onestop_notice_done",
    "onestop_online_read",
    "onestop_online_apply",
    "onestop_online_drop",
}
POST_NAMES |= ONESTOP_POSTS
ONESTOP_NAMES |= ONESTOP_POSTS | {
    "onestop_notices",
    "onestop_municipality",
    "onestop_notice_file",
    "onestop_notice",
    "onestop_online",
    "onestop_import",
}
PARCEL_NAMES = {"alternates_propose", "alternates_withdraw"}
PARCEL_OWNER = "お届け … 権限「Manage orders(注文の管理)」"
ADMINISTRATOR_NAMES = RECEIPT_SETTINGS | {"settings", "onestop_settings"}
ADMINISTRATOR = "管理者 … 権限「Manage staff(スタッフの管理)"
ORDER_NAMES = {
    "gift_law_edit",
    "tier_benefits",
    "catch_up",
    "unclear_ask",
    "unclear_name",
    "unclear_close",
    "unclear_resume",
    "cost_entry",
    "cost_rate",
    "gift_cost",
    "cost_seen",
    "park",
    "unpark",
    "term_part",
    "holder_clear",
    "message_retry",
    "messages_retry",
    "delivery_retry",
    "run",
    "run_progress",
    "run_start",
    "run_count",
    "charging_stop",
    "charging_start",
    "word_review",
    "settings",
    "rehearsal_start",
    *RECEIPT_SETTINGS,
    *RECEIPT_NAMES,
    *ONESTOP_NAMES,
    "onestop_settings",
    *PARCEL_NAMES,
    *CONTENT_NAMES,
}


def addresses(namespace, values):
    """Every address of a url conf with arguments filled in, by name."""
    found = {}
    _, resolver = get_resolver().namespace_dict[namespace]
    for name in [key for key in resolver.reverse_dict if isinstance(key, str)]:
        [(pattern, parameters)], *_ = resolver.reverse_dict.getlist(name)[0][:1]
        prefix = "/producer/" if namespace == "producer" else "/staff/"
        found[name] = prefix + pattern % {key: values[key] for key in parameters}
    return found


def ask(client, name, address):
    return client.post(address) if name in POST_NAMES else client.get(address)


@pytest.fixture
def world_of_two(producer, hanako):
    [parcel] = dashboard.parcels_of_member(hanako)
    return producer, parcel, hanako


def producer_addresses(parcel):
    return addresses("producer", {"key": parcel.key, "alternate_id": 1})


def rehearsal_make():
    """One that is done, however often it is asked for."""
    month = {"month": "2026-11-01", "donations": 1, "donations_yen": 3000}
    report = {"members": 1, "months": [month | {"at_risk_yen": 0, "boxes": 1}], "examples": {}}
    report |= {"producers": [], "shortages": [], "turns": [], "stops": []}
    done = operation_models.Rehearsal.objects.first()
    return done or operation_models.Rehearsal.objects.create(
        as_of=world.TODAY,
        months=1,
        state="done",
        report=report,
        actor="staff:sato",
        asked_at=world.NOW,
        seen_at=world.NOW,
        ended_at=world.NOW,
        open_slot=None,
    )


def staff_addresses(membership):
    return addresses(
        "staff",
        {
            "donor_id": membership.donor_id,
            "public_id": membership.public_id,
            "message_id": 1,
            "delivery_id": 1,
            "attempt_id": membership.cycles.get(attempts__isnull=False).attempts.get().pk,
            "receipt_id": 1,
            "job_id": 1,
            "revision_id": 1,
            "gift_id": fulfilment_models.Gift.objects.values_list("pk", flat=True).first(),
            "tier_id": membership.tier_id,
            "rehearsal_id": rehearsal_make().pk,
            "alternate_id": 1,
            "change_id": membership.public_id,
            "onestop_year_id": 1,
            "notice_id": 1,
            "export_id": 1,
            "import_id": 1,
            "kind": "post",
            "slug": "shimo",
        },
    )


def test_the_walk_meets_every_address(world_of_two):
    _, parcel, membership = world_of_two

    assert len(producer_addresses(parcel)) == len(urls_producer.urlpatterns)
    assert len(staff_addresses(membership)) == len(urls_staff.urlpatterns)


def test_strangers_are_sent_to_sign_in_everywhere(world_of_two):
    _, parcel, membership = world_of_two
    both = list(producer_addresses(parcel).items()) + list(staff_addresses(membership).items())

    for name, address in both:
        response = ask(Client(), name, address)

        assert response.status_code == 303, address
        assert response["Location"].startswith("/signin/?next="), address


def test_a_member_finds_neither_producer_nor_staff_pages(world_of_two):
    _, parcel, membership = world_of_two
    client = dashboard.donor_browser(membership.donor)
    both = list(producer_addresses(parcel).items()) + list(staff_addresses(membership).items())

    for name, address in both:
        assert ask(client, name, address).status_code == 404, address


def test_staff_do_not_find_the_producers_pages(world_of_two, staff_client):
    _, parcel, _ = world_of_two

    for name, address in producer_addresses(parcel).items():
        assert ask(staff_client, name, address).status_code == 404, address


def test_a_producer_does_not_find_the_staff_pages(world_of_two, producer_client):
    _, _, membership = world_of_two

    for name, address in staff_addresses(membership).items():
        assert ask(producer_client, name, address).status_code == 404, address


def test_another_producer_finds_no_trace_of_the_parcel(world_of_two, neighbour):
    _, parcel, _ = world_of_two
    client = dashboard.producer_browser(neighbour)

    for name, address in producer_addresses(parcel).items():
        response = ask(client, name, address)
        if name in PARCEL_NAMES:
            assert response.status_code == 422, address  # an empty form says nothing
            continue
        if parcel.key in address:
            assert response.status_code == 404, address
            continue
        shown = b"".join(response) if response.streaming else response.content
        assert response.status_code == 200, address
        assert parcel.key not in shown.decode(), address
        assert "山田" not in shown.decode(), address
    parcel.refresh_from_db()
    assert parcel.state == "requested"
    assert parcel.events.count() == 1


def test_staff_without_permission_are_told_which_one_they_lack(world_of_two, viewer_client):
    _, _, membership = world_of_two

    for name, address in staff_addresses(membership).items():
        response = ask(viewer_client, name, address)
        if name in ORDER_NAMES:
            assert response.status_code == 403, address
            owner = "記事 … 権限「" if name in CONTENT_NAMES else MONEY_OWNER
            owner = ADMINISTRATOR if name in ADMINISTRATOR_NAMES else owner
            owner = PARCEL_OWNER if name in PARCEL_NAMES else owner
            assert owner in response.content.decode(), address
            continue
        shown = b"".join(response) if response.streaming else response.content
        assert response.status_code == 200, address
        text = shown.decode(errors="replace")
        assert "山田" not in text, address
        assert "hanako@example.jp" not in text, address
    membership.refresh_from_db()
    assert membership.state == "active"


def test_pages_that_write_do_not_answer_a_link(world_of_two, producer_client, staff_client):
    _, parcel, membership = world_of_two

    for client, found in (
        (producer_client, producer_addresses(parcel)),
        (staff_client, staff_addresses(membership)),
    ):
        for name, address in found.items():
            if name in POST_NAMES:
                assert client.get(address).status_code == 405, address


def test_a_form_from_elsewhere_is_refused(world_of_two):
    producer, parcel, _ = world_of_two
    client = dashboard.producer_browser(producer, Client(enforce_csrf_checks=True))

    response = client.post(f"/producer/parcels/{parcel.key}/ready/")

    assert response.status_code == 403
    parcel.refresh_from_db()
    assert parcel.state == "requested"


def test_personal_pages_are_kept_out_of_caches(world_of_two, producer_client, staff_client):
    assert producer_client.get("/producer/")["Cache-Control"] == "private, no-store"
    assert staff_client.get("/staff/members/")["Cache-Control"] == "private, no-store"
    assert staff_client.get("/staff/members.csv")["Cache-Control"] == "private, no-store"


def test_an_unknown_parcel_is_not_found(producer_client, world_of_two):
    assert producer_client.get("/producer/parcels/SNOTHING/").status_code == 404
    assert producer_client.get("/producer/?after=SNOTHING").status_code == 404
