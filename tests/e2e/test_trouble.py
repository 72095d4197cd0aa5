"""Messages get lost, servers go away, answers never come: the donation still counts once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from fixtures.stripe.testing import StandIn, wait_for
from tests.e2e.books import Books
from tests.e2e.desk import Desk
from tests.e2e.donors import Donor, secret_of

pytestmark = pytest.mark.e2e

ShopTrouble = Callable[..., None]
AWAY = "いま、登録の仕組みにつながりにくくなっています。"


def test_a_lost_webhook_is_not_missed_when_the_browser_returns(
    donor: Donor, books: Books, stripe_trouble: StandIn
) -> None:
    # given
    stripe_trouble.faults({"fault": "drop", "count": None})
    page = donor.to_card()
    donor.card(page)
    # when
    arrived = donor.back(page)
    # then
    assert arrived.path.endswith("/done/")
    assert books.donated_yen(donor.email) == [3000]


def test_a_lost_webhook_and_a_closed_browser_are_found_by_the_next_run(
    donor: Donor, books: Books, stripe_trouble: StandIn, desk: Desk
) -> None:
    # given
    stripe_trouble.faults({"fault": "drop", "count": None})
    page = donor.to_card()
    donor.card(page)
    assert books.memberships(donor.email) == ["手続き中"]
    # when
    tomorrow = books.charge_on(donor.email, 0) + timedelta(days=1)
    assert desk.run("time_travel", "--to", tomorrow.isoformat()).code == 0
    # then
    assert books.memberships(donor.email) == ["継続中"]
    assert books.donated_yen(donor.email) == [3000]
    assert donor.back(page).path.endswith("/done/")
    assert books.donated_yen(donor.email) == [3000]


def test_a_webhook_before_the_browser_returns_finishes_the_donation(
    donor: Donor, books: Books
) -> None:
    # given
    page = donor.to_card()
    donor.card(page)
    # when
    books.membership_wait(donor.email, "継続中")
    arrived = donor.back(page)
    # then
    assert arrived.path.endswith("/done/")
    assert books.donated_yen(donor.email) == [3000]


def test_webhooks_that_come_twice_and_out_of_order_count_once(
    donor: Donor, books: Books, stripe_trouble: StandIn
) -> None:
    # given
    stripe_trouble.faults(
        {"fault": "reorder", "event": "payment_intent", "hold_s": 0.5, "count": 2},
        {"fault": "duplicate", "count": None},
    )
    # when
    page = donor.to_card()
    donor.card(page)
    books.membership_wait(donor.email, "継続中")
    # then
    assert donor.back(page).path.endswith("/done/")
    assert books.donated_yen(donor.email) == [3000]


def test_a_shop_that_is_away_is_said_kindly_and_the_account_is_made_later(
    donor: Donor, shop_trouble: ShopTrouble, books: Books
) -> None:
    # given
    shop_trouble(operation="*", kind="status", status=503, count=1000)
    # when
    page = donor.register()
    # then
    assert page.status == 503
    assert page.has(AWAY)
    form = page.form_to("/account/")
    assert form is not None
    assert form.values["email"] == donor.email
    # when
    shop_trouble()
    page = donor.visitor.send(page, "/account/", email=donor.email, password="shiomi-umi-26")
    # then
    assert page.path.endswith("/details/")
    assert books.memberships(donor.email) == []


@pytest.mark.parametrize("operation", ["checkout_create", "transaction_initialize"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_shop_that_goes_away_at_the_card_page_leaves_one_payment(
    operation: str, when: str, donor: Donor, shop_trouble: ShopTrouble, books: Books
) -> None:
    # given
    donor.register()
    donor.details()
    shop_trouble(operation=operation, kind="cut", when=when, count=1)
    # when
    page = donor.consent()
    # then
    assert page.status == 503
    assert page.has(AWAY)
    assert books.donations(donor.email) == []
    # when
    page = donor.visitor.follow(page, "/card/")
    donor.card(page)
    arrived = donor.back(page)
    # then
    assert arrived.path.endswith("/done/")
    assert len(books.charges(donor.email)) == 1
    assert books.donated_yen(donor.email) == [3000]


def test_a_payment_whose_opening_was_lost_is_found_again(
    donor: Donor, books: Books, stripe_trouble: StandIn
) -> None:
    # given
    donor.register()
    donor.details()
    stripe_trouble.faults(
        {
            "fault": "timeout_after_commit",
            "cut": True,
            "method": "POST",
            "path": "/v1/payment_intents",
            "count": 1,
        }
    )
    # when
    page = donor.consent()
    # then
    assert page.status == 503
    assert page.has("二重にご寄附いただくことはありません。")
    # when
    page = donor.visitor.follow(page, "/card/")
    again = donor.visitor.open(page.path)
    donor.card(page)
    arrived = donor.back(page)
    # then
    assert secret_of(again) == secret_of(page)
    assert arrived.path.endswith("/done/")
    assert books.donated_yen(donor.email) == [3000]
    books.shop_agrees_wait()


def test_the_order_in_the_shop_follows_when_the_shop_is_back(
    donor: Donor, books: Books, desk: Desk, shop_trouble: ShopTrouble
) -> None:
    # given
    page = donor.to_card()
    shop_trouble(operation="*", kind="status", status=503, count=1000)
    donor.card(page)
    # when
    arrived = donor.back(page)
    # then
    assert arrived.path.endswith("/done/")
    assert books.donated_yen(donor.email) == [3000]
    # when
    shop_trouble()
    tomorrow = books.charge_on(donor.email, 0) + timedelta(days=2)
    assert desk.run("time_travel", "--to", tomorrow.isoformat()).code == 0
    # then the ledger check, which asks for a paid order a day later, finds nothing
    assert books.problems() == []


def test_money_that_went_back_before_the_shop_heard_of_it_is_not_taken_off_there(
    donor: Donor, books: Books, stripe: StandIn, shop_trouble: ShopTrouble
) -> None:
    # given
    page = donor.to_card()
    shop_trouble(operation="*", kind="status", status=503, count=1000)
    intent = donor.card(page)
    donor.back(page)
    # when
    given = {"payment_intent": intent["id"], "amount": "3000"}
    assert stripe.call("POST", "/v1/refunds", data=given).is_success
    wait_for(lambda: books.donated_yen(donor.email) == [3000, -3000], timeout_s=20)
    shop_trouble()
    # then
    books.shop_agrees_wait()


def test_a_charge_whose_answer_was_lost_is_taken_once(
    donor: Donor, books: Books, desk: Desk, stripe_trouble: StandIn
) -> None:
    # given
    donor.join()
    day = books.charge_on(donor.email, 1)
    desk.run("time_travel", "--to", (day - timedelta(days=1)).isoformat())
    stripe_trouble.faults(
        {
            "fault": "timeout_after_commit",
            "cut": True,
            "method": "POST",
            "path": "/v1/payment_intents",
            "count": None,
        },
        {"fault": "drop", "count": None},
    )
    # when
    desk.run("time_travel", "--to", day.isoformat())
    # then
    assert [row["状態"] for row in books.months(donor.email)][:2] == ["寄附済み", "確定"]
    # when
    stripe_trouble.faults()
    desk.run("run_cycles")
    desk.run("time_travel", "--to", (day + timedelta(days=1)).isoformat())
    desk.run("run_cycles")
    # then
    assert [row["状態"] for row in books.months(donor.email)][:2] == ["寄附済み", "寄附済み"]
    assert books.donated_yen(donor.email) == [3000, 3000]
    assert len(books.charges(donor.email)) == 2


def test_one_lost_answer_among_several_charges_waits_and_is_never_charged_again(
    donor_make: Callable[..., Donor], books: Books, desk: Desk, stripe_trouble: StandIn
) -> None:
    # given
    donors = [donor_make(), donor_make()]
    for donor in donors:
        donor.join()
    day = books.charge_on(donors[0].email, 1)
    desk.run("time_travel", "--to", (day - timedelta(days=1)).isoformat())
    lost = {"fault": "timeout_after_commit", "cut": True, "method": "POST", "count": 1}
    stripe_trouble.faults(lost | {"path": "/v1/payment_intents"}, {"fault": "drop", "count": None})
    # when
    desk.run("time_travel", "--to", day.isoformat())
    taken = books.provider_days()[day.isoformat()]
    # then
    assert taken - books.days().get(day.isoformat(), 0) == 3000
    # when
    stripe_trouble.faults()
    desk.run("run_cycles")
    desk.run("time_travel", "--to", (day + timedelta(days=1)).isoformat())
    desk.run("run_cycles")
    # then
    assert books.provider_days()[day.isoformat()] == taken
    assert books.days()[day.isoformat()] == taken
    for donor in donors:
        assert books.donated_yen(donor.email) == [3000, 3000]
        assert len(books.charges(donor.email)) == 2


def test_an_officer_reads_which_payment_is_unclear(
    donor: Donor, books: Books, stripe_trouble: StandIn
) -> None:
    # given
    page = donor.to_card()
    # when
    stripe_trouble.faults(
        {"fault": "status", "status": 500, "path": "/v1/payment_intents/", "count": None}
    )
    waiting = donor.back(page)
    # then
    assert waiting.has("ご寄附が二重になることはありません。")
    # when
    stripe_trouble.faults()
    donor.card(page)
    wait_for(lambda: donor.back(page).path.endswith("/done/"))
    # then
    assert books.donated_yen(donor.email) == [3000]
