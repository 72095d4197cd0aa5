"""The salon under proof: a town, its clock, and every move somebody can make in it."""

import contextlib
import json
import os
import random
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.test import Client, TestCase

from fixtures.stripe import clock as bank_clock
from plugins.payment.stripe.provider import StripeProvider
from saleor_ext.common import clock, registry
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.donations.states import ATTEMPT_OPEN
from saleor_ext.flows import outbox_run, tasks
from saleor_ext.flows.month import catch_up, holding, monthly
from saleor_ext.flows.orders import shop_stock
from saleor_ext.flows.payments import refunds, term_part
from saleor_ext.flows.swaps import bringing_back, proposing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, services
from saleor_ext.operation import services as operation
from saleor_ext.outbox import models as outbox_models
from saleor_ext.outbox import services as outbox
from tests.builders import world
from tests.proof import bank as banks
from tests.proof import model_parts
from tests.proof.salon_donors import ACTOR, Donors
from tests.proof.shop import shop_put_in

assert tasks.payments_event  # known to the queue, as in a worker
MONTHS_OF_BOXES = 40
FIRST_BOXES = date(2026, 10, 1)
HOOK = "/hooks/payment/"


def town_make() -> None:
    """This will make the demo town: two monthly tiers, a prepaid one, boxes for years ahead."""
    world.town_make(designated_to=date(2029, 12, 31))
    for rank, (slug, amount_yen) in enumerate((("nagisa", 3000), ("minato", 10000)), start=1):
        tier = world.tier_make(slug=slug, amount_yen=amount_yen, rank=rank)
        world.boxes_make(tier=tier, month_from=FIRST_BOXES, months=MONTHS_OF_BOXES)
    _prepaid_make(slug="tsuzuri", rank=3, box_count=3, of_slug="nagisa")


def provider_for(url: str, *, timeout_s: float = 10.0) -> StripeProvider:
    """This will make the real plugin, pointed at a stand-in."""
    return StripeProvider(
        {
            "secret_key": "sk_test_invented",
            "publishable_key": "pk_test_invented",
            "webhook_secret": banks.SECRET,
            "api_base": url,
            "script_url": f"{url}/v3/stripe.js",
            "timeout_s": timeout_s,
        }
    )


def second_term_make() -> None:
    """This will make another prepaid tier, with more boxes, of the other monthly tier."""
    _prepaid_make(slug="itsutsu", rank=4, box_count=5, of_slug="minato")


def _prepaid_make(*, slug: str, rank: int, box_count: int, of_slug: str) -> None:
    world.tier_make(
        slug=slug,
        amount_yen=box_count * 10000,
        kind="prepaid",
        rank=rank,
        box_count=box_count,
        box_source=world.tier_make(slug=of_slug),
    )


class Salon(Donors):
    """The same with what staff, the farm, the provider and the timetable do."""

    def run(self) -> monthly.RunReport:
        """This will turn the month up to the present moment, as the timetable does."""
        return monthly.run_cycles(as_of=self.today, now=self.moment, actor=ACTOR)

    def outbox(self) -> None:
        outbox_run.outbox_drain(now=self.moment)

    def charging(self, *, is_stopped: bool) -> None:
        """This will stop all taking of donations, or let it go on."""
        work = operation.charging_stop if is_stopped else operation.charging_start
        work(reason="proof", actor=ACTOR, now=self.moment)

    def catch_up_bound(self, count: int) -> None:
        """This will let so many missed months go on without staff."""
        models.Municipality.objects.update(catch_up_count_max=count)

    def catch_up_decide(self, decision: str) -> int:
        """This will let staff decide about everything that was missed; how many months."""
        plan = catch_up.plan()
        if plan is None:
            return 0
        catch_up.decide(
            catch_up_id=plan.catch_up_id,
            decision=decision,
            seen=plan.seen,
            reason="proof",
            now=self.moment,
            actor=ACTOR,
        )
        return plan.count

    def refund_ask(self, donor: models.Donor, number: int) -> None:
        """This will ask for a month's money back as staff do in the shop's Dashboard."""
        attempt = self.attempt(donor, number)
        refunds.refund_begin(
            attempt_id=attempt.pk,
            amount_yen=Yen(attempt.amount_yen),
            request_digest=f"proof-{attempt.pk}",
            reason="proof",
            now=self.moment,
            actor=ACTOR,
        )

    def gift_propose(self, box: tuple[int, date], *, allergens: list[str]) -> tuple[int, str]:
        """This will let the farm propose turnips instead of radish in the box of a tier and month;
        the proposal's number and the gift's name.
        """
        amount_yen, month = box
        plan = fulfilment_models.BoxPlan.objects.get(tier__amount_yen=amount_yen, month=month)
        slug = "kabu-ebi" if allergens else "kabu"
        gift = world.gift_make(slug=slug, allergens=allergens)
        made = proposing.alternate_propose(
            box_plan_id=plan.pk,
            gift_id=world.gift_make().pk,
            alternate_id=gift.pk,
            reason="霜の害",
            now=self.moment,
            actor=ACTOR,
        )
        return made.pk, gift.name

    def proposals_take_up(self) -> None:
        """This will do what the worker does right after a proposal."""
        bringing_back.proposals_take_up(now=self.moment, actor=ACTOR)

    def proposal_withdraw(self, number: int) -> None:
        proposing.alternate_withdraw(
            alternate_id=number, reason="届きました", now=self.moment, actor=ACTOR
        )

    def radish(self, *, is_sold_out: bool) -> None:
        """This will use up all radish in the shop, or bring new."""
        self.shop.sold_out = {world.gift_make().sku} if is_sold_out else set()
        shop_stock.stock_sync(now=self.moment)

    def orders_retry(self) -> None:
        """This will let staff have the orders made that the shop refused."""
        failed = outbox_models.OutboxMessage.objects.filter(state="failed", topic="order.create")
        for message in failed:
            outbox.message_retry(message_id=message.pk, now=self.moment, actor=ACTOR)

    def town_grows(self, months: int) -> None:
        """This will let terms grow so many months longer than their boxes."""
        models.Municipality.objects.update(term_extra_months=months)

    def park(self, donor: models.Donor) -> None:
        services.membership_park(
            membership_id=self.membership(donor).pk, now=self.moment, actor=ACTOR, reason="proof"
        )

    def unpark(self, donor: models.Donor) -> None:
        holding.membership_resume(
            membership_id=self.membership(donor).pk, now=self.moment, actor=ACTOR, reason="proof"
        )

    def part_decide(self, donor: models.Donor, *, boxes: int) -> None:
        """This will say for staff how many of a term's boxes fall away for a part given back."""
        term_part.part_decide(
            membership_id=self.membership(donor).pk,
            boxes=boxes,
            now=self.moment,
            actor=ACTOR,
            reason="proof",
        )

    def card_behave(self, donor: models.Donor, behaviour: str) -> None:
        card = donation_models.CardOnFile.objects.get(donor=donor, is_current=True)
        self.bank.stripe.card(card.method_ref, behaviour)

    def attempt(self, donor: models.Donor, number: int) -> donation_models.PaymentAttempt:
        """This will return the attempt that brought a month's money."""
        return donation_models.PaymentAttempt.objects.get(
            cycle__membership=self.membership(donor),
            cycle__n=number,
            state__in=["succeeded", "refunded"],
        )

    def question_seen(self, donor: models.Donor, number: int) -> model_parts.Question | None:
        """This will say how often a payment that waits for its donor was looked after so far."""
        attempts = donation_models.PaymentAttempt.objects.filter(
            cycle__membership=self.membership(donor), cycle__n=number
        )
        latest = attempts.latest("number")
        if latest.state not in ATTEMPT_OPEN:
            return None
        return model_parts.Question(
            since=latest.begun_at, looks=latest.look_count, looked_at=latest.looked_at
        )

    def hear(self, event: dict[str, Any], *, secret: str = banks.SECRET) -> int:
        """This will deliver one message of the provider to our door; the status it answers."""
        body = json.dumps(event, ensure_ascii=False).encode()
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = Client().post(
                HOOK,
                data=body,
                content_type="application/json",
                headers={
                    "Stripe-Signature": banks.signed(body, at=int(time.time()), secret=secret)
                },
            )
        return answer.status_code

    def hear_all(self, events: list[dict[str, Any]], *, dice: random.Random) -> None:
        """This will deliver messages doubled and in another order."""
        doubled = [*events, *events]
        dice.shuffle(doubled)
        for event in doubled:
            assert self.hear(event) == 200


@contextlib.contextmanager
def ruled_by(salon: Salon) -> Iterator[None]:
    """This will let the salon's clock, shop and provider be the ones that everything uses."""
    provider = provider_for(salon.bank.stripe.url)
    before = (clock.now, clock.today, registry.payment_provider, bank_clock._offset_s)
    clock.now = lambda: salon.moment
    clock.today = lambda: salon.today
    registry.payment_provider = lambda: provider
    bank_clock._offset_s = lambda: int(salon.moment.timestamp()) - int(time.time())
    try:
        with shop_put_in(salon.shop):
            yield
    finally:
        clock.now, clock.today, registry.payment_provider, bank_clock._offset_s = before


@contextlib.contextmanager
def server_zone(name: str) -> Iterator[None]:
    """This will let the server stand in another time zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
