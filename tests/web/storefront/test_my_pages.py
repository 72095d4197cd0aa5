"""A member's own pages."""

from datetime import timedelta

import pytest

from saleor_ext.donations import models as donation_models
from saleor_ext.flows.month import monthly
from saleor_ext.flows.payments import refunds
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, services
from tests.builders import dashboard, months, world
from tests.web.storefront.test_join import DETAILS, ELSEWHERE


@pytest.fixture
def member(hanako):
    """花子, a member since today."""
    made = world.member_make(donor=hanako)
    monthly.run_cycles(as_of=world.TODAY, now=world.NOW, actor="test")
    return made


def test_somebody_without_membership_is_invited(signed_in, tier):
    page = signed_in().get("/my/")

    assert "まだ会員ではありません" in page.body
    assert "/tiers/" in page.links


def test_a_member_sees_box_dates_donations_and_card(signed_in, member):
    # when
    page = signed_in().get("/my/")

    # then
    for words in (
        "花子さんのマイページ",
        "なぎさ会員",
        "継続中",
        "VISA 下4桁 4242",
        "2026年11月のお届け",
        "発送の期間 11月26日(木)から12月3日(木)",
        "2026年12月24日(木)",
        "12月17日(木)までの変更は12月分に間に合います。",
        "2026年のご寄附 3,000円",
        "2026-000001",
    ):
        assert words in page.body


def test_a_donation_given_back_is_shown_as_that_and_promises_no_parcel(signed_in, member, provider):
    # given
    attempt = donation_models.PaymentAttempt.objects.get()
    provider.charges[attempt.key] = months.answer(
        attempt, months.Outcome.SUCCEEDED, provider_ref=attempt.provider_ref
    )
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=3000)
    refunds.refunds_look(attempt=attempt, now=world.NOW, actor="test")

    # when
    page = signed_in().get("/my/")
    listed = signed_in().get("/my/donations/")

    # then
    assert "2026年のご寄附 0円" in page.body
    assert "予定しているお届けはありません。" in page.body
    assert "のお届け</" not in page.body
    assert "なぎさ会員(返金済み)" in page.body
    assert "なぎさ会員(返金済み)" in listed.body
    assert "なぎさ会員(返金)" in listed.body
    assert "-3,000円" in listed.body


def test_a_free_member_sees_no_money(signed_in, tier):
    # given
    free = world.free_tier_make()
    donor = world.donor_make()
    services.membership_join_free(donor_id=donor.pk, tier=free, now=world.NOW, actor="test")

    # when
    page = signed_in().get("/my/")

    # then
    assert "dayori会員" in page.body
    assert "次のご寄附" not in page.body
    assert "今年のご寄附はまだありません。" in page.body


def test_a_pure_donor_is_told_that_nothing_is_sent(signed_in, hanako):
    world.member_make(donor=hanako, is_box_wanted=False)

    page = signed_in().get("/my/")

    assert "お礼の品なしのご寄附として承っています。" in page.body
    assert "生産者に一覧が届く日" not in page.body


def test_a_parked_membership_is_explained(signed_in, member):
    services.membership_park(
        membership_id=member.pk, now=world.NOW, actor="staff:1", reason="電話で確認中"
    )

    page = signed_in().get("/my/")

    assert "町で確認しています" in page.body
    assert "電話で確認中" not in page.body


def test_a_former_member_still_sees_his_records(signed_in, member):
    services.membership_end(
        membership_id=member.pk, now=world.NOW, actor="test", reason="cancelled_by_donor"
    )

    page = signed_in().get("/my/")

    assert "いまは会員プランにご加入いただいていません" in page.body
    assert "2026-000001" in page.body


def test_donations_are_listed_with_their_numbers(signed_in, member):
    page = signed_in().get("/my/donations/")

    for words in ("2026年の合計 3,000円", "2026年11月24日(火)", "2026-000001", "なぎさ会員"):
        assert words in page.body


def test_without_donations_the_list_says_so(signed_in, tier):
    assert "ご寄附の記録はまだありません。" in signed_in().get("/my/donations/").body
    assert "お届けはまだありません。" in signed_in().get("/my/shipments/").body


def test_a_parcel_shows_carrier_number_and_link_once_it_left(signed_in, member):
    # given
    later = world.NOW + timedelta(days=1)
    monthly.run_cycles(as_of=world.TODAY + timedelta(days=1), now=later, actor="test")
    assert "準備を待っています" in signed_in().get("/my/shipments/").body
    shipment = fulfilment_models.Shipment.objects.get()
    number = dashboard.tracking_number(1)
    fulfilment_models.Shipment.objects.filter(pk=shipment.pk).update(
        state="shipped", tracking_number=number, shipped_on=world.TODAY + timedelta(days=2)
    )

    # when
    page = signed_in().get("/my/shipments/")

    # then
    for words in ("発送しました", "2026年11月26日(木)に発送", "ヤマト運輸", number, "冬の大根"):
        assert words in page.body
    assert any(number in link and link.startswith("https://") for link in page.links)


@pytest.mark.parametrize("path", ["/my/", "/my/donations/", "/my/shipments/", "/my/details/"])
def test_nobody_sees_another_persons_records(signed_in, member, path):
    world.donor_make(name="taro")

    page = signed_in("taro").get(path)

    assert "2026-000001" not in page.body
    assert "花子" not in page.body


@pytest.mark.parametrize(
    "path", ["/my/", "/my/details/", "/my/donations/", "/my/shipments/", "/my/recover/"]
)
def test_own_pages_need_a_sign_in(page_client, tier, path):
    page_client.get_redirect(path, to=f"/signin/?next={path.replace('/', '%2F')}")


def test_changed_details_are_kept_and_it_says_from_which_month(signed_in, member):
    # given
    browser = signed_in()
    page = browser.get("/my/details/")
    assert "12月分のお届けから反映されます(12月17日(木)まで)" in page.body
    assert page.with_id("id_city").get("value") == "千代田区"

    # when
    browser.post("/my/details/", DETAILS | {"city": "文京区"}, to="/my/details/")

    # then
    assert models.Donor.objects.get().city == "文京区"
    assert "ご登録内容を保存しました。" in browser.get("/my/details/").body


def test_details_with_faults_change_nothing(signed_in, member):
    page = signed_in().post_refused(
        "/my/details/", DETAILS | {"city": "文京区", "postal_code": "12"}
    )

    assert page.with_id("id_city").get("value") == "文京区"
    assert models.Donor.objects.get().city == "千代田区"


def test_going_back_to_one_address_forgets_the_other(signed_in, member):
    browser = signed_in()
    browser.post("/my/details/", DETAILS | ELSEWHERE, to="/my/details/")

    browser.post("/my/details/", DETAILS | ELSEWHERE | {"registered": "same"}, to="/my/details/")

    donor = models.Donor.objects.get()
    assert donor.is_registered_address_same is True
    assert donor.registered_city == ""


def test_a_member_says_what_happens_should_he_move_into_the_town(signed_in, member):
    # given
    browser = signed_in()
    assert "お礼の品なしで続けることにする" in browser.get("/my/").body

    # when
    browser.post("/my/resident-wish/", {"wish": "pure"}, to="/my/")

    # then
    member.refresh_from_db()
    assert member.is_pure_if_resident is True
    assert "見送ることにする" in browser.get("/my/").body


def test_without_a_paid_membership_there_is_nothing_to_wish(signed_in, hanako):
    signed_in().http.post("/my/resident-wish/", {"wish": "pure"})

    assert models.Membership.objects.count() == 0
