"""What is compared after chaos: books that are right are called so, what is wrong is noticed."""

import contextlib
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from fixtures.stripe import testing
from saleor_ext.common import jptime
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.membership import models
from saleor_ext.outbox.models import OutboxMessage
from saleor_ext.saleor_connector.errors import ShopRefused
from tests.proof import chaos_books, chaos_months, chaos_watch, crowd, jobs, salon
from tests.proof.bank import Bank
from tests.proof.chaos_money import key_of
from tests.proof.jobs import RESTLESS
from tests.proof.salon import Salon
from tests.proof.shop import ProofShop

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

START = date(2026, 11, 24)
MEMBERS = 5
"""They give on the 24th to the 28th; at least four of them are quiet."""
DAYS = [(11, 24), (11, 28), (12, 4), (12, 11), (12, 17), (12, 21), (12, 25), (12, 31)]
LAST_DAY = date(2026, 12, 31)
TOO_LATE = date(2027, 1, 3)


@pytest.fixture
def chaos_salon(tmp_path: Path) -> Iterator[Salon]:
    """This will give a salon with a small crowd on its first day."""
    with testing.running(tmp_path / "stripe") as stripe:
        shop = ProofShop(tmp_path / "shop")
        moment = jptime.jst_moment(START, 10)
        opened = Salon(bank=Bank(stripe=stripe), shop=shop, moment=moment)
        with salon.ruled_by(opened):
            crowd.crowd_make(MEMBERS, start=START, months=4, stripe_url=stripe.url)
            yield opened


def test_books_that_are_right_are_called_so_and_everything_wrong_is_noticed(
    chaos_salon: Salon, tmp_path: Path
) -> None:
    # given
    _days_go_by(chaos_salon, DAYS)

    # when, then
    found = _compare(chaos_salon, tmp_path, last_day=LAST_DAY)
    assert found.wrong == []
    assert found.charged == 2 * MEMBERS
    assert dict(found.rows)["Left by the turn of a year"].startswith("0 beside ")

    # and each thing by itself
    for trouble, words in TROUBLES.items():
        with _rolled_back():
            trouble(chaos_salon)
            wrong = _compare(chaos_salon, tmp_path, last_day=LAST_DAY).wrong
        assert any(words in text for text in wrong), (words, wrong)


def test_orders_in_the_shop_are_held_against_the_months(chaos_salon: Salon, tmp_path: Path) -> None:
    # given
    _days_go_by(chaos_salon, DAYS[:2])
    key = next(iter(chaos_salon.shop.orders))
    order = chaos_salon.shop.orders[key]
    assert _shop_wrong(chaos_salon, tmp_path) == []

    # when its money, its state, or the order itself is another one
    chaos_salon.shop.change(order, charged_yen=Yen(order.charged_yen - 1))
    short = _shop_wrong(chaos_salon, tmp_path)
    chaos_salon.shop.change(order, charged_yen=order.charged_yen, status="CANCELED")
    cancelled = _shop_wrong(chaos_salon, tmp_path)
    chaos_salon.shop.orders["fs-nobody-0"] = chaos_salon.shop.orders.pop(key)
    strange = _shop_wrong(chaos_salon, tmp_path)

    # then
    assert short == [f"1 orders hold other money than the ledger has left: {key}"]
    assert cancelled == [f"1 orders of paid months are cancelled or not paid: {key}"]
    assert strange == [
        "1 orders belong to no month: fs-nobody-0",
        "1 orders are there twice: fs-nobody-0",
        f"1 paid months have no order: {key}",
    ]


def test_the_shop_takes_no_second_order_of_a_month(chaos_salon: Salon) -> None:
    # given
    _days_go_by(chaos_salon, DAYS[:1])
    key, order = next(iter(chaos_salon.shop.orders.items()))

    # when
    with pytest.raises(ShopRefused) as refused:
        chaos_salon.shop.draft_create(external_reference=key, lines=[])

    # then
    assert (refused.value.code, refused.value.field) == ("UNIQUE", "externalReference")
    assert chaos_salon.shop.orders[key] == order


def test_a_december_of_the_last_leap_may_be_left_to_its_donor(
    chaos_salon: Salon, tmp_path: Path
) -> None:
    # given a clock that does not stop on the last day of the year
    _days_go_by(chaos_salon, DAYS[:-1])
    chaos_salon.go_to(TOO_LATE, hour=10)
    chaos_salon.run()

    # when
    found = _compare(chaos_salon, tmp_path, last_day=TOO_LATE)

    # then what fell due on the 26th and later was not to be taken any more
    late = [item for item in _quiet() if item.anchor_day > 25]
    decembers = len(_quiet())
    assert found.wrong == []
    assert dict(found.rows)["Left by the turn of a year"] == (
        f"{len(late)} beside {decembers} Decembers (it fell due in the last leap {len(late)})"
    )

    # and when the product asks about one it had all the time for
    early = next(item for item in _quiet() if item.anchor_day <= 25)
    _asked_about(_december(early))
    wrong = _compare(chaos_salon, tmp_path, last_day=TOO_LATE).wrong

    # then
    key = key_of(early.public_id, 1)
    words = f"months of quiet members are not paid: failed year_turn_unanswered 1 ({key})"
    assert words in wrong


def test_more_than_a_few_decembers_are_too_many(
    chaos_salon: Salon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(chaos_months, "LEFT_ALWAYS", 0)
    _days_go_by(chaos_salon, DAYS[:-1])
    chaos_salon.go_to(TOO_LATE, hour=10)
    chaos_salon.run()

    # when
    wrong = _compare(chaos_salon, tmp_path, last_day=TOO_LATE).wrong

    # then
    late = [item for item in _quiet() if item.anchor_day > 25]
    assert wrong == [
        f"the turn of the year left too many months: {len(late)} beside {len(_quiet())} Decembers"
    ]


def test_messages_of_long_ago_come_as_well_as_the_newest(chaos_salon: Salon) -> None:
    # given
    _days_go_by(chaos_salon, DAYS[:2])
    newest, older = jobs.messages_until(random.Random(1)), jobs.messages_until(random.Random(2))

    # when
    told = chaos_salon.bank.stripe.call("GET", "/v1/events", params={"limit": 100, **older})
    moments = [event["created"] for event in told.json()["data"]]

    # then
    assert newest == {}
    assert list(older) == ["created[lte]"]
    assert moments
    assert max(moments) <= older["created[lte]"] < chaos_salon.moment.timestamp()


def test_the_clock_of_chaos_stops_on_the_last_day_of_a_year() -> None:
    assert chaos_watch.next_day(date(2026, 12, 29), 5) == date(2026, 12, 31)
    assert chaos_watch.next_day(date(2026, 12, 31), 5) == date(2027, 1, 5)
    assert chaos_watch.next_day(date(2026, 12, 20), 5) == date(2026, 12, 25)


# --- what may be wrong, and the words that tell it


def _nobody_planned(salon: Salon) -> None:
    """As if somebody had begun in August and been forgotten after two months."""
    forgotten = models.Membership.objects.filter(pk=_quiet()[0].pk)
    models.Cycle.objects.filter(membership__in=forgotten, n__gte=2).delete()
    forgotten.update(state="past_due", start_month=date(2026, 8, 1))


def _another_day(salon: Salon) -> None:
    rows = models.Cycle.objects.filter(membership=_quiet()[0], n=1)
    rows.update(change_until=date(2026, 12, 1), charge_on=date(2026, 12, 2))


def _given_up(salon: Salon) -> None:
    _asked_about(_december(_quiet()[0]))


def _attempt_left_open(salon: Salon) -> None:
    attempt = donation_models.PaymentAttempt.objects.order_by("pk")[0]
    for name in ("pk", "key", "charge_ref", "shop_transaction_id"):
        setattr(attempt, name, None if name == "pk" else "")
    attempt.key, attempt.number, attempt.day_slot = "left open", 9, 99
    attempt.cycle = models.Cycle.objects.filter(state="planned").order_by("pk")[0]
    attempt.state, attempt.settled_at = "unknown", None
    attempt.save(force_insert=True)


def _message_failed(salon: Salon) -> None:
    OutboxMessage.objects.filter(topic="order.pay").update(
        state="failed", done_at=None, last_error="OrderCanceled: late"
    )


def _message_waits(salon: Salon) -> None:
    message = OutboxMessage.objects.filter(topic="mail.send").order_by("pk")[:1]
    OutboxMessage.objects.filter(pk__in=list(message.values_list("pk", flat=True))).update(
        state="pending", done_at=None
    )


def _tier_of_another_price(salon: Salon) -> None:
    other = models.Tier.objects.exclude(pk=_quiet()[0].tier_id).get()
    models.Membership.objects.filter(pk=_quiet()[0].pk).update(tier=other)


def _parked(salon: Salon) -> None:
    models.Membership.objects.filter(pk=_quiet()[0].pk).update(
        state="parked", parked_from="active", parked_reason="payment_unknown"
    )


TROUBLES: dict[Callable[[Salon], None], str] = {
    _nobody_planned: "months of quiet members are missing",
    _another_day: "months of quiet members lie on another day",
    _given_up: "months of quiet members are not paid: failed year_turn_unanswered 1",
    _attempt_left_open: "1 attempts are still open",
    _message_failed: "messages have failed: order.pay (OrderCanceled: late)",
    _message_waits: "messages of earlier days still wait: mail.send",
    _tier_of_another_price: "2 donations are not their tier's price",
    _parked: "1 memberships are parked: payment_unknown",
}


def _days_go_by(salon: Salon, days: list[tuple[int, int]]) -> None:
    for month, day in days:
        salon.go_to(date(2026, month, day), hour=10)
        salon.run()
    salon.pass_time(hours=1)
    salon.outbox()


def _compare(salon: Salon, folder: Path, *, last_day: date) -> chaos_books.Found:
    return chaos_books.compare(last_day=last_day, stripe_url=salon.bank.stripe.url, data=folder)


def _shop_wrong(salon: Salon, folder: Path) -> list[str]:
    found = _compare(salon, folder, last_day=START + timedelta(days=4))
    return [text for text in found.wrong if " order" in text]


def _quiet() -> list[models.Membership]:
    members = models.Membership.objects.order_by("pk")
    return [item for item in members if item.donor_id % RESTLESS]


def _december(membership: models.Membership) -> models.Cycle:
    return models.Cycle.objects.get(membership=membership, n=1)


def _asked_about(
    cycle: models.Cycle,
) -> None:
    """As if its donor had been asked at the turn of the year, and had not answered."""
    models.Cycle.objects.filter(pk=cycle.pk).update(state="failed", reason="year_turn_unanswered")
    OutboxMessage.objects.create(
        topic="mail.send",
        key=f"mail:year_turn:{cycle.pk}",
        payload={"name": "year_turn", "cycle_id": cycle.pk},
        state="done",
        done_at=cycle.membership.created_at,
        next_try_at=cycle.membership.created_at,
        created_at=cycle.membership.created_at,
    )


@contextlib.contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
