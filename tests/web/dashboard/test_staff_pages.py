"""The staff's first page, the monthly run, failed work, and the words for every refusal."""

import re
from datetime import date, timedelta

import pytest

from saleor_ext.common import clock, errors, jobs
from saleor_ext.dashboard import messages
from saleor_ext.donations import models as donation_models
from saleor_ext.flows import errors as flow_errors
from saleor_ext.flows.month import run_outlook
from saleor_ext.fulfilment import errors as fulfilment_errors
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import errors as membership_errors
from saleor_ext.membership import models, services
from saleor_ext.outbox import models as outbox_models
from saleor_ext.outbox import services as outbox
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import dashboard, world

TODAY = date(2026, 11, 24)


def text_of(response):
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", response.content.decode()))


@pytest.fixture
def failed_message(db):
    message = outbox.message_put(
        topic="order.create", key="order.create:7", payload={"cycle_id": 7}, now=world.NOW
    )
    outbox.message_put_off(
        message_id=message.pk, error="shop_refused", is_final=True, now=world.NOW
    )
    message.refresh_from_db()
    return message


@pytest.fixture
def enqueued(monkeypatch):
    """What was handed to the worker."""
    sent = []
    monkeypatch.setattr(jobs, "enqueue", lambda name, **kwargs: sent.append((name, kwargs)))
    return sent


def test_the_first_page_counts_what_needs_somebody(
    staff_client, producer, hanako, taro, failed_message
):
    dashboard.parcel_of(
        producer=producer, membership=hanako, n=1, ship_from=TODAY - timedelta(days=30)
    )
    dashboard.parcel_of(producer=producer, membership=hanako, n=2, ship_from=TODAY)
    dashboard.declined_make(taro, n=3)
    services.membership_park(membership_id=taro.pk, now=world.NOW, actor="staff:1", reason="確認中")

    shown = text_of(staff_client.get("/staff/"))

    assert "1寄附になっていない決済" in shown
    assert "1期限を過ぎたお届け" in shown
    assert "1職員の確認を待つ会員" in shown
    assert "1止まった処理" in shown
    assert "2026年11月6,000円2件" in shown
    assert "2026年6,000円2件" in shown
    assert "継続中1" in shown
    assert "職員確認中1" in shown
    assert "発送を待つ荷物2個" in shown


def test_a_quiet_day_says_so(staff_client, hanako):
    assert "いま対応が必要なものはありません" in text_of(staff_client.get("/staff/"))


def test_a_shop_that_no_longer_knows_us_is_the_first_thing_to_see(staff_client, settings):
    # given
    shop_models.Installation.objects.create(
        saleor_api_url=settings.SALEOR_API_URL,
        domain="shop.example.jp",
        app_id="QXBwOjE=",
        auth_token="token",
        installed_at=world.NOW,
        state="lost",
        lost_at=world.NOW,
    )

    # when
    shown = text_of(staff_client.get("/staff/"))

    # then
    assert "ショップとの接続が切れています。" in shown
    assert "いま対応が必要なものはありません" not in shown


def test_sums_follow_the_japanese_month_and_take_corrections_off(staff_client, hanako, taro):
    october = date(2026, 10, 31)
    received = donation_models.Donation.objects.get(donor=hanako.donor)
    old = world.member_make(donor=world.donor_make(name="goro"), now=world.NOW - timedelta(days=24))
    donation_models.Donation.objects.create(
        municipality=received.municipality,
        attempt=received.attempt,
        donor=received.donor,
        corrects=received,
        amount_yen=-3000,
        donated_on=TODAY,
        tier_name=received.tier_name,
        donor_name=received.donor_name,
        donor_address=received.donor_address,
        refund_ref="re_1",
        recorded_at=world.NOW,
    )

    shown = text_of(staff_client.get("/staff/"))

    assert donation_models.Donation.objects.get(donor=old.donor).donated_on == october
    assert "2026年11月3,000円2件" in shown
    assert "2026年6,000円3件" in shown


def test_the_first_page_names_nobody(viewer_client, hanako):
    assert "山田" not in viewer_client.get("/staff/").content.decode()


def test_the_first_page_asks_a_fixed_number_of_questions(staff_client, hanako, queries):
    with queries() as asked:
        staff_client.get("/staff/")

    assert len(asked) <= 22


def test_the_run_page_shows_what_would_happen_and_writes_nothing(staff_client, hanako):
    before = (models.Cycle.objects.count(), outbox_models.OutboxMessage.objects.count())
    uncounted = text_of(staff_client.get("/staff/run/"))
    run_outlook.outlook_count(as_of=world.TODAY, now=world.NOW)

    shown = text_of(staff_client.get("/staff/run/"))

    assert "まだ数えていません" in uncounted
    assert "2026年11月24日(火)10:00に数えた見込みです" in shown

    assert "いま動かすと(2026年11月24日(火)まで)" in shown
    assert "新しくできる回3件" in shown
    assert "受け取る寄附の合計0円" in shown
    assert before == (models.Cycle.objects.count(), outbox_models.OutboxMessage.objects.count())


def test_counting_anew_is_handed_to_the_worker(staff_client, hanako, enqueued):
    response = staff_client.post("/staff/run/count/")

    assert response.status_code == 303
    assert enqueued == [("cycles.outlook", {})]


def test_the_run_is_handed_to_the_worker(staff_client, hanako, enqueued):
    response = staff_client.post("/staff/run/start/")

    assert response.status_code == 303
    assert response["Location"] == "/staff/run/"
    assert enqueued == [("cycles.run", {"actor": "staff:user-sato"})]
    assert "処理を始めました" in text_of(staff_client.get("/staff/run/"))


def test_time_travel_is_offered_in_the_trial_only(staff_client, hanako, settings, monkeypatch):
    monkeypatch.setattr(clock, "is_movable", lambda: True)

    in_trial = staff_client.get("/staff/run/").content.decode()
    settings.IS_TRIAL = False
    in_service = staff_client.get("/staff/run/").content.decode()

    assert 'action="/trial/time-travel/"' in in_trial
    assert 'min="2026-11-24"' in in_trial
    assert "時計を進める" not in in_service


def test_failed_work_is_listed_without_its_contents(staff_client, failed_message):
    shown = text_of(staff_client.get("/staff/messages/"))

    assert "お店に注文をつくる" in shown
    assert "order.create:7" in shown
    assert "shop_refused" in shown
    assert "cycle_id" not in shown


def test_failed_work_can_be_tried_again(staff_client, failed_message, enqueued):
    response = staff_client.post(f"/staff/messages/{failed_message.pk}/retry/")

    assert response.status_code == 303
    failed_message.refresh_from_db()
    assert (failed_message.state, failed_message.attempts) == ("pending", 0)
    assert "もう一度送るように予約しました" in text_of(staff_client.get("/staff/messages/"))


@pytest.fixture
def failed_delivery(db):
    return shop_models.WebhookDelivery.objects.create(
        digest="d1",
        event="account_confirmation_requested",
        body='{"user": {"email": "hanako@example.jp"}}',
        state="failed",
        received_at=world.NOW - timedelta(days=1),
        attempts=10,
        last_error="ConnectionRefusedError",
    )


def test_a_message_of_the_shop_that_failed_is_listed_without_its_contents(
    staff_client, failed_delivery
):
    shown = text_of(staff_client.get("/staff/messages/"))

    assert "確認メール" in shown
    assert "ConnectionRefusedError" in shown
    assert "hanako" not in shown
    assert "1止まった処理" in text_of(staff_client.get("/staff/"))


def test_a_message_of_the_shop_can_be_looked_at_again_once(staff_client, failed_delivery, enqueued):
    url = f"/staff/messages/shop/{failed_delivery.pk}/retry/"

    first, second = staff_client.post(url), staff_client.post(url)

    assert (first.status_code, second.status_code) == (303, 303)
    failed_delivery.refresh_from_db()
    assert (failed_delivery.state, failed_delivery.attempts) == ("received", 0)
    assert failed_delivery.received_at == world.NOW
    assert enqueued == [("connector.delivery_handle", {"delivery_id": failed_delivery.pk})]


def test_who_may_only_look_cannot_have_a_message_looked_at_again(viewer_client, failed_delivery):
    page = viewer_client.get("/staff/messages/")
    answer = viewer_client.post(f"/staff/messages/shop/{failed_delivery.pk}/retry/")

    assert "/retry/" not in page.content.decode()
    assert answer.status_code == 403
    failed_delivery.refresh_from_db()
    assert failed_delivery.state == "failed"


def test_work_that_did_not_fail_is_not_tried_again(staff_client, failed_message, enqueued):
    outbox.message_retry(message_id=failed_message.pk, now=world.NOW, actor="staff:1")

    staff_client.post(f"/staff/messages/{failed_message.pk}/retry/")

    assert "この操作はもうできません" in text_of(staff_client.get("/staff/messages/"))


def test_all_failed_work_is_tried_again_with_one_button(staff_client, failed_message, enqueued):
    # given
    other = outbox.message_put(
        topic="order.create", key="order.create:other", payload={"cycle_id": 0}, now=world.NOW
    )
    outbox.message_put_off(message_id=other.pk, error="HTTP 503", is_final=True, now=world.NOW)
    before = staff_client.get("/staff/messages/")

    # when
    staff_client.post("/staff/messages/retry/")

    # then
    assert "2件すべてをもう一度送る" in text_of(before)
    after = text_of(staff_client.get("/staff/messages/"))
    assert "2件を、もう一度送るように予約しました。" in after
    assert "止まった処理はありません" in after


def test_a_single_failed_message_needs_no_button_for_all(staff_client, failed_message):
    assert "すべてをもう一度" not in text_of(staff_client.get("/staff/messages/"))


def test_no_failed_work_is_good_news(staff_client):
    assert "止まった処理はありません" in text_of(staff_client.get("/staff/messages/"))
    assert staff_client.get("/staff/messages/?before=x").status_code == 400


@pytest.mark.parametrize(
    "refusal",
    [
        errors.InvalidTransition,
        errors.NotFound,
        fulfilment_errors.TrackingUsed,
        membership_errors.ReasonMissing,
    ],
)
def test_every_refusal_these_pages_can_meet_has_words(refusal):
    assert messages.refusal_words(code=refusal.code).endswith("。")


@pytest.mark.parametrize("problem", ["length", "character", "check_digit"])
@pytest.mark.parametrize("carrier", ["yamato", "sagawa", "japanpost", "another"])
def test_every_wrong_tracking_number_has_words(problem, carrier):
    code = flow_errors.TrackingInvalid(problem).code

    assert messages.refusal_words(code=code, carrier=carrier).endswith("。")


def test_every_parcel_state_has_words_for_producers():
    assert set(messages.PRODUCER_STATES) == set(fulfilment_states.ShipmentState.values)
