"""What donors do in the salon under proof, and its clock."""

import itertools
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TypeVar

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.donations.errors import AttemptOpen
from saleor_ext.flows import missed_link
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
from saleor_ext.flows.errors import ProviderAway
from saleor_ext.flows.joining import join
from saleor_ext.flows.month import catch_up, recover
from saleor_ext.flows.month.pay_step import PayStep
from saleor_ext.flows.swaps import answering
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, services, year_limits
from tests.builders import world
from tests.proof import almanac
from tests.proof import bank as banks
from tests.proof.shop import ProofShop

ACTOR = "proof"
Step = TypeVar("Step")
BAD_HOUR_SHARE = 0.4  # of the calls that a donor's own moves make
TOWN_ADDRESS = {
    "is_registered_address_same": False,
    "registered_postal_code": "789-9903",
    "registered_prefecture": "高知県",
    "registered_city": "幡見郡汐見町",
    "registered_street": "奥谷104番地",
}
OTHER_ADDRESS = {"is_registered_address_same": True}


class Donors:
    """Every move takes the moment from `moment`, which only `pass_time` and `go_to` move on."""

    def __init__(self, *, bank: banks.Bank, shop: ProofShop, moment: datetime) -> None:
        self.bank = bank
        self.shop = shop
        self.moment = moment
        self.mood: random.Random | None = None
        self.paid_on = self.today  # the day of what was made up for last
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
        step = self._patiently(
            lambda: join.join_pay(
                membership_id=draft.pk, access_token="token", now=self.moment, actor=ACTOR
            )
        )
        assert step.state == "confirm", step
        return step.client_secret

    def join_back(self, donor: models.Donor) -> str:
        """This will come back from the card page; what the donor is told."""
        draft = models.Membership.objects.filter(donor=donor).latest("pk")
        return self._told(
            lambda: join.join_finish(membership_id=draft.pk, now=self.moment, actor=ACTOR)
        )

    def _patiently(self, work: Callable[[], Step]) -> Step:
        """Does what a donor wants; on a bad hour of the provider's perhaps at the second try, as
        he is asked to.
        """
        if self.mood is None:
            return work()
        try:
            with self.bank.troubled(share=BAD_HOUR_SHARE, seed=self.mood.randrange(1000)):
                return work()
        except (ProviderAway, AttemptOpen):
            self.pass_time(minutes=2)
            return work()

    def _told(self, work: Callable[[], PayStep | card_change.CardStep]) -> str:
        """What a donor who comes back from the card page is told in the end; perhaps he waits."""
        state = self._patiently(work).state
        if state != "waiting" or self.mood is None:
            return state
        self.pass_time(minutes=2)
        return work().state

    def member_make(self, *, tier: str = "nagisa") -> models.Donor:
        """This will let somebody join from beginning to end."""
        donor = self.person_make()
        self.bank.card_enter(self.join_to_card(donor, tier=tier))
        assert self.join_back(donor) == "done"
        return donor

    def recover(self, donor: models.Donor) -> str:
        """This will pay an owed month with another card; what the donor is told."""
        membership = self.membership(donor)
        step = self._patiently(
            lambda: recover.recover_pay(membership_id=membership.pk, now=self.moment, actor=ACTOR)
        )
        self.bank.card_enter(step.client_secret)
        self.paid_on = self.today
        self.pass_time(seconds=40)
        return self._told(
            lambda: recover.recover_finish(
                membership_id=membership.pk, now=self.moment, actor=ACTOR
            )
        )

    def card_change(self, donor: models.Donor, *, is_job_lost: bool) -> None:
        """This will enter a new card; the job that asks it for what is owed may get lost."""
        step = self._patiently(
            lambda: card_change.card_change_choose(donor_id=donor.pk, now=self.moment, actor=ACTOR)
        )
        self.bank.card_enter(step.client_secret)
        told = self._told(
            lambda: card_change.card_change_finish(donor_id=donor.pk, now=self.moment, actor=ACTOR)
        )
        assert told == "done", told
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
        step = self._patiently(lambda: pay_link.link_pay(cycle=cycle, now=self.moment))
        self.bank.card_enter(step.client_secret)
        self.paid_on = self.today
        self.pass_time(seconds=40)
        return self._told(lambda: pay_link.link_finish(cycle=cycle, now=self.moment))

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
        membership_id = self.membership(donor).pk
        self._patiently(
            lambda: year_turn.year_turn_choose(
                membership_id=membership_id, answer=answer, now=self.moment, actor=ACTOR
            )
        )

    def missed_answer(self, donor: models.Donor, number: int, *, is_wanted: bool) -> None:
        """This will answer the mail about a missed month."""
        cycle = self.membership(donor).cycles.get(n=number)
        token = missed_link.token(cycle_id=cycle.pk)
        catch_up.answer(token=token, is_wanted=is_wanted, now=self.moment)

    def swap_wish(self, donor: models.Donor, *, wish: str, silence: str) -> None:
        swap_wish.swap_wish_choose(
            membership_id=self.membership(donor).pk,
            wish=wish,
            silence=silence,
            now=self.moment,
            actor=ACTOR,
        )

    def swap_answer(self, donor: models.Donor, number: int, *, proposal: int, is_yes: bool) -> None:
        """This will answer with the link of the mail about a month's missing gift."""
        swaps = fulfilment_models.Swap.objects.filter(
            cycle__membership__donor=donor, cycle__n=number, alternate_id=proposal
        )
        sealed = answering.seal(swap_id=swaps.latest("pk").pk)
        swap_id = answering.swap_read(sealed=sealed).pk
        answering.swap_answer(swap_id=swap_id, is_accepted=is_yes, now=self.moment, actor=ACTOR)

    def address_set(self, donor: models.Donor, address: dict[str, object]) -> None:
        services.donor_details_set(donor_id=donor.pk, details=address)

    def membership(self, donor: models.Donor) -> models.Membership:
        return models.Membership.objects.filter(donor=donor).latest("pk")
