"""Two choices, or a choice and a run, at the same moment: one counts, the other is refused."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connections

from saleor_ext.common.errors import NotFound, Refusal
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.choices import (
    after_term,
    anchor,
    cancel,
    giving,
    month_address,
    pause,
    skip,
    swap_wish,
    term,
    tier,
)
from saleor_ext.flows.month import charging
from saleor_ext.flows.swaps import answering
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models
from saleor_ext.outbox.models import OutboxMessage
from tests.builders import giving as gifts
from tests.builders import months, swapping, world
from tests.builders.provider import MemoryProvider

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

DECEMBER = date(2026, 12, 1)
SEASIDE = world.HANAKO | {"prefecture": "神奈川県", "city": "架空市", "street": "海辺1-2"}

Who = dict[str, Any]
Work = Callable[[], object]


def both(first: Work, second: Work) -> list[str]:
    """What becomes of two that begin at the same moment: "done", or why not."""
    gate, outcomes = threading.Barrier(2, timeout=20), []

    def do(work: Work) -> None:
        try:
            gate.wait()
            work()
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=(work,)) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(outcomes)


@dataclass(frozen=True)
class Case:
    """A choice, what comes before it, and what the second of two is told."""

    choose: Callable[[Who], object]
    refusal: str
    before: Callable[[Who], object] = lambda who: None
    is_prepaid: bool = False


CASES: dict[str, Case] = {
    "skip": Case(lambda who: skip.skip_choose(month=DECEMBER, **who), "month_fixed"),
    "skip_undo": Case(
        lambda who: skip.skip_undo_choose(month=DECEMBER, **who),
        "month_fixed",
        before=lambda who: skip.skip_choose(month=DECEMBER, **who),
    ),
    "pause": Case(
        lambda who: pause.pause_choose(resume_on=date(2027, 2, 10), **who), "choice_same"
    ),
    "resume": Case(
        lambda who: pause.resume_choose(**who),
        "not_paused",
        before=lambda who: pause.pause_choose(resume_on=date(2027, 2, 10), **who),
    ),
    "anchor": Case(lambda who: anchor.anchor_choose(day=10, **who), "anchor_same"),
    "tier": Case(lambda who: tier.tier_choose(tier_slug="minato", **who), "tier_same"),
    "term": Case(lambda who: term.term_choose(tier_slug="minato-6", **who), "choice_same"),
    "cancel": Case(lambda who: cancel.cancel_choose(**who), "membership_leaving"),
    "cancel_undo": Case(
        lambda who: cancel.cancel_undo_choose(**who),
        "not_leaving",
        before=lambda who: cancel.cancel_choose(**who),
    ),
    "wish": Case(
        lambda who: swap_wish.swap_wish_choose(wish="accept", silence="carry", **who),
        "choice_same",
    ),
    "after": Case(
        lambda who: after_term.after_choose(after="minato-6", **who),
        "choice_same",
        is_prepaid=True,
    ),
    "pause in a term": Case(
        lambda who: pause.pause_choose(resume_on=date(2027, 2, 10), **who),
        "choice_same",
        is_prepaid=True,
    ),
}


@pytest.fixture
def town() -> models.Tier:
    """A town with a tier of 3,000 yen, one of 10,000 yen, and its prepaid one."""
    made = world.world_make()
    minato = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=minato, month_from=date(2026, 11, 1))
    world.prepaid_tier_make(box_source=minato)
    return made


def member_make(name: str, *, is_prepaid: bool = False) -> models.Membership:
    slug = "minato-6" if is_prepaid else "nagisa"
    one = models.Tier.objects.get(slug=slug)
    return months.member_ahead(donor=world.donor_make(name=name), tier=one)


def who_is(membership: models.Membership) -> Who:
    return {"membership_id": membership.pk, "now": world.NOW, "actor": "donor:1"}


def told(membership: models.Membership) -> int:
    rows = OutboxMessage.objects.filter(topic="mail.send")
    return rows.filter(payload__donor_id=membership.donor_id).count()


def test_a_choice_that_is_sent_twice_counts_once(town: models.Tier) -> None:
    for name, case in CASES.items():
        # given
        membership = member_make(name.replace(" ", "-"), is_prepaid=case.is_prepaid)
        who = who_is(membership)
        case.before(who)
        chosen, mails = membership.choices.count(), told(membership)

        # when
        outcomes = both(lambda: case.choose(who), lambda: case.choose(who))  # noqa: B023

        # then
        assert outcomes == sorted([case.refusal, "done"]), name
        assert membership.choices.count() == chosen + 1, name
        assert told(membership) == mails + 1, name


def test_of_two_different_choices_the_second_is_shown_what_the_first_did(
    town: models.Tier,
) -> None:
    # given
    membership = member_make("hanako")
    who = who_is(membership)
    higher = tier.tier_preview(
        membership_id=membership.pk, tier_slug="minato", today=world.TODAY
    ).seen
    end = cancel.cancel_preview(membership_id=membership.pk, today=world.TODAY).seen

    # when
    outcomes = both(
        lambda: tier.tier_choose(tier_slug="minato", seen=higher, **who),
        lambda: cancel.cancel_choose(seen=end, **who),
    )

    # then
    kind = membership.choices.get().kind
    second = {"tier": "choice_changed", "cancel": "membership_leaving"}[kind]
    assert outcomes == sorted(["done", second])
    membership.refresh_from_db()
    state, planned = ("active", {10000}) if kind == "tier" else ("cancelling", set())
    assert membership.state == state
    assert set(membership.cycles.filter(state="planned").values_list("amount_yen", flat=True)) == (
        planned
    )
    assert told(membership) == 1


def test_whoever_leaves_while_he_is_charged_is_charged_or_not_but_never_half(
    town: models.Tier, provider: MemoryProvider
) -> None:
    # given
    cycle = months.december_make(provider, tier=town)
    who = who_is(cycle.membership) | {"now": months.morning(months.CHARGE_DAY)}

    # when
    outcomes = both(
        lambda: cancel.cancel_choose(**who),
        lambda: charging.cycle_charge(cycle_id=cycle.pk, now=who["now"], actor="run"),
    )

    # then
    assert outcomes == ["done", "done"]
    month = months.month_of(cycle.membership, 1)
    given = donation_models.Donation.objects.filter(attempt__cycle=cycle).count()
    assert (month.state, given, len(provider.succeeded())) in {("charged", 1, 1), ("void", 0, 0)}
    assert month.membership.state == "cancelling"


def test_an_offer_is_accepted_once_and_not_while_it_is_taken_back(town: models.Tier) -> None:
    # given
    membership = member_make("hanako")
    first = gifts.offer(membership)

    # when
    twice = both(lambda: gifts.accept(first), lambda: gifts.accept(first))
    giving.take_back_choose(membership_id=membership.pk, now=world.NOW, actor="donor:1")
    second = gifts.offer(membership)
    crossed = both(
        lambda: gifts.accept(second),
        lambda: giving.take_back_choose(
            membership_id=membership.pk, now=world.NOW, actor="donor:1"
        ),
    )

    # then
    assert twice == ["done", "grant_over"]
    assert crossed in (["done", "done"], ["done", "grant_over"])
    membership.refresh_from_db()
    assert membership.recipient_id is None
    assert models.Grant.objects.get(pk=second.pk).state in {"withdrawn", "ended"}


def test_two_offers_at_once_are_one(town: models.Tier) -> None:
    membership = member_make("hanako")

    outcomes = both(
        lambda: gifts.offer(membership), lambda: gifts.offer(membership, email="jiro@example.jp")
    )

    assert outcomes == ["done", "grant_unavailable"]
    assert models.Grant.objects.count() == 1


def test_one_months_address_is_one_of_two(town: models.Tier) -> None:
    # given
    membership = member_make("hanako")

    def choose() -> None:
        month_address.month_address_choose(
            membership=models.Membership.objects.get(pk=membership.pk),
            month=DECEMBER,
            address=SEASIDE,
            now=world.NOW,
            actor="donor:1",
        )

    # when
    outcomes = both(choose, choose)

    # then
    assert outcomes == ["choice_same", "done"]
    assert (models.MonthAddress.objects.count(), told(membership)) == (1, 1)


def test_an_answer_about_another_gift_counts_once_and_not_against_the_run(
    town: models.Tier, provider: MemoryProvider
) -> None:
    # given
    cycle = months.december_make(provider, tier=town)
    swapping.propose()
    swapping.take_up()
    swap = swapping.swap_of(cycle)

    def answer(*, is_accepted: bool) -> Work:
        return lambda: answering.swap_answer(
            swap_id=swap.pk, is_accepted=is_accepted, now=swapping.ASK_NOW, actor="donor:1"
        )

    # when
    outcomes = both(answer(is_accepted=True), answer(is_accepted=False))

    # then
    assert outcomes == ["done", "swap_over"]
    state = fulfilment_models.Swap.objects.get().state
    month = months.month_of(cycle.membership, 1)
    assert (state, month.state) in {("accepted", "locked"), ("carried", "skipped")}
    assert told(cycle.membership) == 2  # the question and what became of it


def test_a_received_membership_is_given_back_once(town: models.Tier) -> None:
    # given
    membership = member_make("hanako")
    _, taro = gifts.given_to_taro(membership)

    def leave() -> None:
        giving.received_leave(donor_id=taro.pk, now=world.NOW, actor="donor:2")

    # when
    outcomes = both(leave, leave)

    # then
    assert outcomes == sorted(["done", NotFound(what="grant").code])
    assert gifts.mails("grant_given_back") == 1
