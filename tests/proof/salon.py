"""The salon under proof: a town, its clock, and every move somebody can make in it."""

import contextlib
import itertools
import json
import os
import random
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.test import Client, TestCase

from fixtures.stripe import clock as bank_clock
from plugins.payment.stripe.provider import StripeProvider
from saleor_ext.common import clock, jptime, registry
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.flows import missed_link, outbox_run, tasks
from saleor_ext.flows.choices import (
    after_term,
    anchor,
    cancel,
    card_change,
    giving,
    grant_link,
    month_address,
    pause,
    skip,
    swap,
    swap_wish,
    term,
    tier,
    year_turn,
)
from saleor_ext.flows.dunning import pay_link
from saleor_ext.flows.joining import join
from saleor_ext.flows.month import catch_up, holding, monthly, recover
from saleor_ext.flows.orders import shop_stock
from saleor_ext.flows.payments import refunds, term_part
from saleor_ext.flows.swaps import answering, bringing_back, proposing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, services, year_limits
from saleor_ext.operation import services as operation
from tests.builders import world
from tests.proof import almanac
from tests.proof import bank as banks
from tests.proof.shop import ProofShop, shop_put_in

ACTOR = "proof"
assert tasks.payments_event  # known to the queue, as in a worker
MONTHS_OF_BOXES = 40
FIRST_BOXES = date(2026, 10, 1)
HOOK = "/hooks/payment/"
TOWN_ADDRESS = {
    "is_registered_address_same": False,
    "registered_postal_code": "789-9903",
    "registered_prefecture": "高知県",
    "registered_city": "幡見郡汐見町",
    "registered_street": "奥谷104番地",
}
OTHER_ADDRESS = {"is_registered_address_same": True}


def town_make() -> None:
    """This will make the demo town: two monthly tiers, a prepaid one, boxes for years ahead."""
    world.town_make(designated_to=date(2029, 12, 31))
    for slug, amount_yen in (("nagisa", 3000), ("minato", 10000)):
        tier = world.tier_make(slug=slug, amount_yen=amount_yen)
        world.boxes_make(tier=tier, month_from=FIRST_BOXES, months=MONTHS_OF_BOXES)
    world.tier_make(
        slug="tsuzuri",
        amount_yen=30000,
        kind="prepaid",
        rank=2,
        box_count=3,
        box_source=world.tier_make(),
    )


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


class Salon:
    """Every move takes the moment from `moment`, which only `pass_time` moves on."""

    def __init__(self, *, bank: banks.Bank, shop: ProofShop, moment: datetime) -> None:
        self.bank = bank
        self.shop = shop
        self.moment = moment
        self.people = itertools.count(1)

    @property
    def today(self) -> date:
        """Counted by the model's own calendar: the product's must come to the same day."""
        return almanac.japanese_day(self.moment)

    def pass_time(self, **how_long: float) -> None:
        self.moment += timedelta(**how_long)

    def go_to(self, day: date, *, hour: int, minute: int = 0, second: int = 0) -> None:
        """This will move the clock to a time of day in Japan, never back."""
        moment = jptime.jst_moment(day, hour, minute) + timedelta(seconds=second)
        self.moment = max(moment, self.moment + timedelta(seconds=1))

    def person_make(self) -> models.Donor:
        return world.donor_make(name=f"p{next(self.people)}", now=self.moment)

    def join_to_card(self, donor: models.Donor, *, tier: str) -> str:
        """This will bring somebody to the card page and return what the browser is given."""
        draft = join.join_begin(
            donor_id=donor.pk, tier_slug=tier, is_box_wanted=True, now=self.moment, actor=ACTOR
        )
        step = join.join_pay(
            membership_id=draft.pk, access_token="token", now=self.moment, actor=ACTOR
        )
        assert step.state == "confirm", step
        return step.client_secret

    def join_back(self, donor: models.Donor) -> str:
        """This will come back from the card page; what the donor is told."""
        draft = models.Membership.objects.filter(donor=donor).latest("pk")
        return join.join_finish(membership_id=draft.pk, now=self.moment, actor=ACTOR).state

    def member_make(self, *, tier: str = "nagisa") -> models.Donor:
        """This will let somebody join from beginning to end."""
        donor = self.person_make()
        self.bank.card_enter(self.join_to_card(donor, tier=tier))
        assert self.join_back(donor) == "done"
        return donor

    def run(self) -> monthly.RunReport:
        """This will turn the month up to the present moment, as the timetable does."""
        return monthly.run_cycles(as_of=self.today, now=self.moment, actor=ACTOR)

    def outbox(self) -> None:
        outbox_run.outbox_drain(now=self.moment)

    def recover(self, donor: models.Donor) -> str:
        """This will pay an owed month with another card; what the donor is told."""
        membership = self.membership(donor)
        step = recover.recover_pay(membership_id=membership.pk, now=self.moment, actor=ACTOR)
        self.bank.card_enter(step.client_secret)
        self.pass_time(seconds=40)
        return recover.recover_finish(
            membership_id=membership.pk, now=self.moment, actor=ACTOR
        ).state

    def card_change(self, donor: models.Donor, *, is_job_lost: bool) -> None:
        """This will enter a new card; the job that asks it for what is owed may get lost."""
        step = card_change.card_change_choose(donor_id=donor.pk, now=self.moment, actor=ACTOR)
        self.bank.card_enter(step.client_secret)
        step = card_change.card_change_finish(donor_id=donor.pk, now=self.moment, actor=ACTOR)
        assert step.state == "done", step
        if not is_job_lost:
            change = donation_models.CardChange.objects.filter(donor=donor).latest("pk")
            card_change.owed_months_retry(change_id=change.pk, now=self.moment, actor=ACTOR)

    def skip(self, donor: models.Donor, month: date) -> None:
        """This will leave out a month, which is named by its first day."""
        skip.skip_choose(
            membership_id=self.membership(donor).pk, month=month, now=self.moment, actor=ACTOR
        )

    def skip_undo(self, donor: models.Donor, month: date) -> None:
        skip.skip_undo_choose(
            membership_id=self.membership(donor).pk, month=month, now=self.moment, actor=ACTOR
        )

    def tier_change(self, donor: models.Donor, slug: str) -> None:
        tier.tier_choose(
            membership_id=self.membership(donor).pk, tier_slug=slug, now=self.moment, actor=ACTOR
        )

    def term_begin(self, donor: models.Donor, slug: str) -> None:
        """This will let the next donation pay for several boxes."""
        term.term_choose(
            membership_id=self.membership(donor).pk, tier_slug=slug, now=self.moment, actor=ACTOR
        )

    def after_term(self, donor: models.Donor, after: str) -> None:
        after_term.after_choose(
            membership_id=self.membership(donor).pk, after=after, now=self.moment, actor=ACTOR
        )

    def swap(self, donor: models.Donor, month: date) -> None:
        """This will have the first other box that is offered come in a month."""
        cycle = self.membership(donor).cycles.select_related("tier", "covered_by").get(month=month)
        box = swap.boxes_offered(cycle=cycle, now=self.moment)[0]
        swap.swap_choose(
            membership_id=cycle.membership_id,
            month=month,
            box_id=box.pk,
            now=self.moment,
            actor=ACTOR,
        )

    def day_change(self, donor: models.Donor, day: int) -> None:
        anchor.anchor_choose(
            membership_id=self.membership(donor).pk, day=day, now=self.moment, actor=ACTOR
        )

    def pause(self, donor: models.Donor, until: date) -> None:
        pause.pause_choose(
            membership_id=self.membership(donor).pk, resume_on=until, now=self.moment, actor=ACTOR
        )

    def resume(self, donor: models.Donor) -> None:
        pause.resume_choose(membership_id=self.membership(donor).pk, now=self.moment, actor=ACTOR)

    def leave(self, donor: models.Donor) -> None:
        cancel.cancel_choose(membership_id=self.membership(donor).pk, now=self.moment, actor=ACTOR)

    def stay(self, donor: models.Donor) -> None:
        cancel.cancel_undo_choose(
            membership_id=self.membership(donor).pk, now=self.moment, actor=ACTOR
        )

    def told(self, donor: models.Donor) -> tuple[str | None, int | None]:
        """This will return what was told of the next donation with the last choice: day, yen."""
        shown = self.membership(donor).choices.latest("pk").details
        return shown.get("next_donation_on"), shown.get("next_donation_yen")

    def link_pay(self, donor: models.Donor) -> str:
        """This will pay an owed month by the link of the mail; what the donor is told."""
        owed = recover.owed_cycle(membership_id=self.membership(donor).pk)
        assert owed is not None
        cycle = pay_link.link_cycle(token=pay_link.link_token(cycle=owed))
        step = pay_link.link_pay(cycle=cycle, now=self.moment)
        self.bank.card_enter(step.client_secret)
        self.pass_time(seconds=40)
        return pay_link.link_finish(cycle=cycle, now=self.moment).state

    def send_elsewhere(self, donor: models.Donor, month: date, street: str, *, city: str) -> None:
        """This will send one month's box to another address."""
        is_here = city == TOWN_ADDRESS["registered_city"]
        prefecture = "高知県" if is_here else "東京都"
        details = {**world.HANAKO, "prefecture": prefecture, "city": city, "street": street}
        month_address.month_address_choose(
            membership=self.membership(donor),
            month=month,
            address=details,
            now=self.moment,
            actor=ACTOR,
        )

    def give_away(self, donor: models.Donor, *, street: str) -> None:
        """This will give a membership to a new person, who accepts it at once."""
        email = f"{street}@example.jp"
        grant = giving.give_choose(
            membership_id=self.membership(donor).pk, email=email, now=self.moment, actor=ACTOR
        )
        giving.offer_accept(
            sealed=grant_link.link_make(grant_id=grant.pk).rstrip("/").rpartition("/")[2],
            user_id=f"user-{street}",
            email=email,
            details={**world.HANAKO, "given_name": "受取", "street": street},
            now=self.moment,
        )

    def take_back(self, donor: models.Donor) -> None:
        giving.take_back_choose(
            membership_id=self.membership(donor).pk, now=self.moment, actor=ACTOR
        )

    def limit_set(self, donor: models.Donor, year: int, *, most_yen: int, reached: str) -> None:
        year_limits.year_limit_set(
            donor_id=donor.pk,
            year=year,
            limit_yen=most_yen,
            origin="by_hand",
            when_reached=reached,
            now=self.moment,
        )

    def limit_remove(self, donor: models.Donor, year: int) -> None:
        year_limits.year_limit_remove(donor_id=donor.pk, year=year)

    def year_turn_answer(self, donor: models.Donor, answer: str) -> None:
        year_turn.year_turn_choose(
            membership_id=self.membership(donor).pk, answer=answer, now=self.moment, actor=ACTOR
        )

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

    def missed_answer(self, donor: models.Donor, number: int, *, is_wanted: bool) -> None:
        """This will answer the mail about a missed month."""
        cycle = self.membership(donor).cycles.get(n=number)
        token = missed_link.token(cycle_id=cycle.pk)
        catch_up.answer(token=token, is_wanted=is_wanted, now=self.moment)

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

    def swap_wish(self, donor: models.Donor, *, wish: str, silence: str) -> None:
        swap_wish.swap_wish_choose(
            membership_id=self.membership(donor).pk,
            wish=wish,
            silence=silence,
            now=self.moment,
            actor=ACTOR,
        )

    def swap_answer(self, donor: models.Donor, number: int, *, is_yes: bool) -> None:
        """This will answer with the link of the mail about a month's missing gift."""
        swaps = fulfilment_models.Swap.objects.filter(
            cycle__membership=self.membership(donor), cycle__n=number
        )
        sealed = answering.seal(swap_id=swaps.latest("pk").pk)
        swap_id = answering.swap_read(sealed=sealed).pk
        answering.swap_answer(swap_id=swap_id, is_accepted=is_yes, now=self.moment, actor=ACTOR)

    def radish(self, *, is_sold_out: bool) -> None:
        """This will use up all radish in the shop, or bring new."""
        self.shop.sold_out = {world.gift_make().sku} if is_sold_out else set()
        shop_stock.stock_sync(now=self.moment)

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

    def address_set(self, donor: models.Donor, address: dict[str, object]) -> None:
        services.donor_details_set(donor_id=donor.pk, details=address)

    def card_behave(self, donor: models.Donor, behaviour: str) -> None:
        card = donation_models.CardOnFile.objects.get(donor=donor, is_current=True)
        self.bank.stripe.card(card.method_ref, behaviour)

    def membership(self, donor: models.Donor) -> models.Membership:
        return models.Membership.objects.filter(donor=donor).latest("pk")

    def attempt(self, donor: models.Donor, number: int) -> donation_models.PaymentAttempt:
        """This will return the attempt that brought a month's money."""
        return donation_models.PaymentAttempt.objects.get(
            cycle__membership=self.membership(donor),
            cycle__n=number,
            state__in=["succeeded", "refunded"],
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
