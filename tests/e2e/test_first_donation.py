"""The first donation counts once, whatever the donor's browser does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from fixtures.stripe.testing import wait_for
from fixtures.trial.tour import trip
from saleor_ext.common import jptime
from tests.e2e.books import Books
from tests.e2e.conftest import DonorMake
from tests.e2e.desk import Desk
from tests.e2e.donors import (
    BANK_CONFIRMS_CARD,
    GOOD_CARD,
    Donor,
    bank_answer,
    secret_of,
)

pytestmark = pytest.mark.e2e


def test_a_new_member_sees_what_comes_next_and_the_shop_has_a_paid_order(
    donor: Donor, books: Books
) -> None:
    # given
    orders = books.shop_orders()
    # when
    donor.join()
    mine = donor.visitor.open("/my/")
    # then
    receipt = books.donations(donor.email)[0]["受領証番号"]
    upcoming = books.months(donor.email)
    assert mine.has(receipt)
    assert mine.has(f"3,000円{jptime.words(date.fromisoformat(upcoming[1]['寄附日']))}")
    assert [row["状態"] for row in upcoming] == ["寄附済み", "予定", "予定", "予定"]
    wait_for(lambda: books.shop_orders() == orders + 1, timeout_s=120)
    books.shop_agrees_wait()


def test_reloading_the_card_page_finds_the_same_payment(donor: Donor, books: Books) -> None:
    # given
    page = donor.to_card()
    # when
    again = [donor.visitor.open(page.path) for _ in range(3)]
    # then
    assert {secret_of(item) for item in again} == {secret_of(page)}
    assert len(books.charges(donor.email)) == 1
    assert books.donations(donor.email) == []


def test_a_double_click_on_the_consent_makes_one_membership(donor: Donor, books: Books) -> None:
    # given
    donor.register()
    page = donor.details()
    # when
    with ThreadPoolExecutor(2) as pool:
        arrived = list(pool.map(lambda _: _consent(donor, page), range(2)))
    # then
    assert {item.path for item in arrived} == {arrived[0].path}
    assert {secret_of(item) for item in arrived} == {secret_of(arrived[0])}
    assert books.memberships(donor.email) == ["手続き中"]
    assert len(books.charges(donor.email)) == 1


def _consent(donor: Donor, page: trip.pages.Page) -> trip.pages.Page:
    return donor.visitor.send(page, "/confirm/", box="box", consent="on")


def test_a_double_click_on_the_card_is_one_donation(donor: Donor, books: Books) -> None:
    # given
    page = donor.to_card()
    # when
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: donor.card(page), range(2)))
        arrived = list(pool.map(lambda _: donor.back(page), range(2)))
    # then
    assert [item.path.endswith("/done/") for item in arrived] == [True, True]
    assert books.donated_yen(donor.email) == [3000]


def test_the_back_button_after_the_donation_leads_to_the_welcome(
    donor: Donor, books: Books
) -> None:
    # given
    page = donor.to_card()
    confirmation = donor.visitor.open(f"/join/{donor.tier}/confirm/")
    donor.card(page)
    donor.back(page)
    # when
    card_again = donor.visitor.open(page.path)
    return_again = donor.back(page)
    consent_again = donor.visitor.send(confirmation, "/confirm/", box="box", consent="on")
    # then
    assert card_again.path.endswith("/done/")
    assert return_again.path.endswith("/done/")
    assert consent_again.status == 422
    assert consent_again.has("すでに会員プランにご加入いただいています。")
    assert books.donated_yen(donor.email) == [3000]
    assert books.memberships(donor.email) == ["継続中"]


def test_a_bank_that_confirms_the_donor_lets_the_donation_through(
    donor: Donor, books: Books
) -> None:
    # given
    page = donor.to_card()
    intent = donor.card(page, BANK_CONFIRMS_CARD)
    assert intent["status"] == "requires_action"
    # when
    arrived = donor.visitor.open(bank_answer(intent, result="passed"))
    # then
    assert arrived.path.endswith("/done/")
    assert books.donated_yen(donor.email) == [3000]


def test_somebody_who_left_the_banks_page_goes_on_later(donor: Donor, books: Books) -> None:
    # given
    page = donor.to_card()
    intent = donor.card(page, BANK_CONFIRMS_CARD)
    # when
    mine = donor.visitor.open("/my/")
    went_on = donor.visitor.follow(mine, f"/join/{donor.tier}/")
    came_back = donor.back(page)
    # then
    assert mine.has("なぎさ会員のお手続きが途中です")
    assert secret_of(went_on) == secret_of(page)
    assert came_back.has("お手続きはまだ終わっていません。ご寄附は行われていません。")
    assert books.donations(donor.email) == []
    # when
    arrived = donor.visitor.open(bank_answer(intent, result="passed"))
    # then
    assert arrived.path.endswith("/done/")
    assert books.donated_yen(donor.email) == [3000]


def test_somebody_who_left_the_banks_page_may_take_another_card(donor: Donor, books: Books) -> None:
    # given
    page = donor.to_card()
    donor.card(page, BANK_CONFIRMS_CARD)
    again = donor.back(page)
    # when
    answer = donor.card(again, GOOD_CARD)
    arrived = donor.back(again)
    # then
    assert answer["status"] == "succeeded"
    assert arrived.path.endswith("/done/")
    assert books.donated_yen(donor.email) == [3000]


def test_another_tier_chosen_on_the_way_closes_the_first_payment(
    donor: Donor, books: Books
) -> None:
    # given
    first = donor.to_card()
    # when
    donor.tier = "shiokaze"
    second = donor.consent()
    too_late = donor.card(first)
    donor.card(second)
    arrived = donor.back(second)
    # then
    assert "error" in too_late
    assert arrived.path.endswith("/done/")
    assert books.donated_yen(donor.email) == [5000]
    assert sorted(books.memberships(donor.email)) == ["終了", "継続中"]


def test_what_is_corrected_on_the_way_back_is_what_counts(donor: Donor, books: Books) -> None:
    # given
    first = donor.to_card()
    # when
    donor.details(family_name="鈴木", street="架空町9-9-9", registered="same")
    second = donor.consent()
    too_late = donor.card(first)
    donor.card(second)
    # then
    assert donor.back(second).path.endswith("/done/")
    assert "error" in too_late
    (donation,) = books.donations(donor.email)
    assert donation["お名前"].startswith("鈴木")
    assert "架空町9-9-9" in donation["ご住所"]


def test_somebody_who_goes_back_and_wants_no_box_gets_none(
    donor: Donor, books: Books, desk: Desk
) -> None:
    # given
    donor.to_card(box="box")
    # when
    page = donor.consent(box="no_box")
    donor.card(page)
    arrived = donor.back(page)
    # then
    assert arrived.has("お礼の品なしのご寄附として承りました。")
    # when
    listed = books.months(donor.email)[0]["発送開始日"]
    desk.run("time_travel", "--to", listed)
    # then
    assert books.parcels(donor.email) == []
    assert books.donated_yen(donor.email) == [3000]


def test_nobody_else_can_see_or_finish_a_donation(donor_make: DonorMake, books: Books) -> None:
    # given
    hanako, taro = donor_make(), donor_make()
    page = hanako.to_card()
    taro.register()
    # when
    seen = [taro.visitor.open(page.path.replace("/card/", part)) for part in PARTS]
    # then
    assert [item.status for item in seen] == [404, 404, 404]
    assert books.donations(hanako.email) == []


PARTS = ("/card/", "/return/", "/done/")
