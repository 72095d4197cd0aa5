"""A process is killed (SIGKILL) at every step there is, alone and while another one does the same
work: what comes after finds everything, and nothing is lost or doubled.
"""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeVar

import pytest

from saleor_ext.donations import models as donation_models
from saleor_ext.flows.books import ledger
from saleor_ext.membership import models
from saleor_ext.outbox.models import OutboxMessage
from tests.proof import books
from tests.proof.conftest import SharedSalon
from tests.proof.nursery import End, Job, Nursery

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

LOCK_DAY = date(2026, 12, 18)
CHARGE_DAY = date(2026, 12, 24)
# Steps to be killed at; where there are more than that, those that tell nothing are left.
MOST = 29
MOST_REFUNDS = 43
MOST_JOINS = 49
MOST_TIERS = 19
# Members beside those: the first of all finds things that are made only once, the second shows the
# steps. And at so many of the steps somebody is killed while another one does the same work.
IN_PEACE = 2
BESIDE = 6
Subject = TypeVar("Subject")
OUTSIDE = ("before ", "after ")  # what the world outside sees; the rest lies inside a transaction


def test_a_charge_killed_at_any_step_is_made_once(
    shared_salon: SharedSalon, nursery: Nursery
) -> None:
    # given
    cycles = _decembers(shared_salon, nursery)

    # when
    def charge(cycle: models.Cycle) -> Job:
        return Job(name="charge", args={"cycle_id": cycle.pk})

    _killed_at_each_step(nursery, charge, cycles)
    _days_go_by(shared_salon, nursery, days=3)

    # then
    _all_paid_once(shared_salon, cycles)
    _books_are_right(shared_salon)


def test_a_settlement_killed_at_any_step_counts_once_beside_the_providers_message(
    shared_salon: SharedSalon, nursery: Nursery
) -> None:
    # given
    cycles = _decembers(shared_salon, nursery)
    lost = {"fault": "timeout_after_commit", "cut": True, "path": "/v1/payment_intents"}
    answers_lost, banks_slow = cycles[:-BESIDE], cycles[-BESIDE:]
    for cycle in answers_lost:
        shared_salon.bank.stripe.faults({**lost, "method": "POST", "count": 1})
        assert nursery.do("charge", cycle_id=cycle.pk) == "unknown"
    shared_salon.bank.stripe.faults()
    for cycle in banks_slow:
        shared_salon.card_behave(cycle.membership.donor, "processing")
        assert nursery.do("charge", cycle_id=cycle.pk) == "unknown"
        shared_salon.bank.stripe.settle(_attempt(cycle).provider_ref)
    shared_salon.pass_time(hours=1)

    # when
    def settle(cycle: models.Cycle) -> Job:
        return Job(name="settle", args={"attempt_id": _attempt(cycle).pk})

    def hear(cycle: models.Cycle) -> Job:
        told = {"provider_ref": _attempt(cycle).provider_ref, "kind": "payment_intent.succeeded"}
        return Job(name="hear", args=told)

    _killed_at_each_step(nursery, settle, cycles, twin_of=hear)
    _days_go_by(shared_salon, nursery, days=3)

    # then
    _all_paid_once(shared_salon, cycles)
    _books_are_right(shared_salon)


def test_a_join_killed_at_any_step_is_one_membership_or_none(
    shared_salon: SharedSalon, nursery: Nursery
) -> None:
    # given
    donors = [shared_salon.person_make() for _ in range(_needed(MOST_JOINS))]

    # when
    def join(donor: models.Donor) -> Job:
        return Job(name="join", args={"donor_id": donor.pk, "tier": "nagisa"})

    killed = _killed_at_each_step(nursery, join, donors)
    come_back, never_seen_again = killed[::2], killed[1::2]
    for donor in come_back:
        assert nursery.run(join(donor))[0].result == "done"
    _days_go_by(shared_salon, nursery, days=3)

    # then
    for donor in come_back:
        assert _states(donor) == ["active"]
    for donor in never_seen_again:
        assert _states(donor) in ([], ["draft"], ["active"])
    _books_are_right(shared_salon)


def test_a_refund_killed_at_any_step_gives_back_once(
    shared_salon: SharedSalon, nursery: Nursery
) -> None:
    # given
    donors = [shared_salon.member_make() for _ in range(_needed(MOST_REFUNDS))]
    _days_go_by(shared_salon, nursery, days=2)

    # when
    def refund(donor: models.Donor) -> Job:
        attempt = shared_salon.attempt(donor, 0)
        return Job(name="refund", args={"attempt_id": attempt.pk})

    killed = _killed_at_each_step(nursery, refund, donors)
    for donor in killed:
        assert nursery.run(refund(donor), Job(name="look_after", args={}))[0].code == 0
    _days_go_by(shared_salon, nursery, days=3)

    # then
    for donor in killed:
        rows = donation_models.Donation.objects.filter(donor=donor).order_by("pk")
        assert list(rows.values_list("amount_yen", flat=True)) == [3000, -3000]
    _books_are_right(shared_salon)


def test_a_change_of_tier_killed_at_any_step_is_made_whole_or_not_at_all(
    shared_salon: SharedSalon, nursery: Nursery
) -> None:
    # given
    donors = [shared_salon.member_make() for _ in range(_needed(MOST_TIERS))]

    # when
    def change(donor: models.Donor) -> Job:
        membership_id = shared_salon.membership(donor).pk
        return Job(name="tier_change", args={"membership_id": membership_id, "slug": "minato"})

    killed = _killed_at_each_step(nursery, change, donors)

    # then a change is whole or not there at all
    for donor in killed:
        assert books.planned_yen(donor) in ({3000}, {10000})

    # and when the donors say so once more, two at a time
    for donor in killed:
        ends = nursery.run(change(donor), change(donor))
        assert {end.result for end in ends} <= {"changed", "same"}, ends
        assert books.planned_yen(donor) == {10000}
    shared_salon.go_to(LOCK_DAY, hour=10)
    _days_go_by(shared_salon, nursery, days=0)
    shared_salon.go_to(CHARGE_DAY, hour=10)
    _days_go_by(shared_salon, nursery, days=2)

    # then
    for donor in killed:
        assert books.given_yen(donor) == [3000, 10000]
    _books_are_right(shared_salon)


def test_runs_killed_every_day_beside_each_other_lose_no_month(
    shared_salon: SharedSalon, nursery: Nursery
) -> None:
    # given
    dice = random.Random(1)
    donors = [shared_salon.member_make(tier=tier) for tier in ("nagisa", "minato", "nagisa")]

    # when
    shared_salon.go_to(LOCK_DAY - timedelta(days=1), hour=10)
    for _ in range(9):
        shared_salon.pass_time(days=1)
        steps = len(nursery.run(Job(name="look_after", args={}))[0].steps) + 60
        for _ in range(3):
            ends = nursery.run(*(_run(die_at=dice.randint(1, steps)) for _ in range(2)))
            _nothing_but_kills(ends)
            shared_salon.pass_time(minutes=10)
        _days_go_by(shared_salon, nursery, days=0)

    # then
    for donor in donors:
        assert sorted(books.paid_months(donor)) == [0, 1]
    _books_are_right(shared_salon)


def _decembers(salon: SharedSalon, nursery: Nursery) -> list[models.Cycle]:
    """Locked months of as many members, on the day of their donation."""
    donors = [salon.member_make() for _ in range(_needed(MOST))]
    salon.go_to(LOCK_DAY, hour=10)
    nursery.do("run")
    salon.go_to(CHARGE_DAY, hour=10)
    return [salon.membership(donor).cycles.get(n=1, state="locked") for donor in donors]


def _needed(points: int) -> int:
    """How many members a test needs that kills somebody at so many steps."""
    return IN_PEACE + points + BESIDE


def _attempt(cycle: models.Cycle) -> donation_models.PaymentAttempt:
    return donation_models.PaymentAttempt.objects.get(cycle=cycle)


def _killed_at_each_step(
    nursery: Nursery,
    job_of: Callable[[Subject], Job],
    subjects: Sequence[Subject],
    *,
    twin_of: Callable[[Subject], Job] | None = None,
) -> list[Subject]:
    """Lets the first ones be done in peace, and kills the work on each other one at another step,
    with nobody there to help; and on the last ones while a second worker does `twin_of` them, the
    same work when left out. Returns whose worker was killed.
    """
    for subject in subjects[:IN_PEACE]:
        whole = nursery.run(job_of(subject))[0]
        assert whole.code == 0, whole.error
    lonely, accompanied = subjects[IN_PEACE:-BESIDE], subjects[-BESIDE:]
    points = _points(whole.steps, most=len(lonely))
    killed = []
    for point, subject in zip(points, lonely, strict=False):
        ends = nursery.run(_doomed(job_of(subject), point))
        _nothing_but_kills(ends)
        # What a dead one left is sometimes done on the way: then there are a few steps less.
        is_over = len(ends[0].steps) < point
        assert ends[0].was_killed or is_over, f"nobody died at step {point} of {ends[0].steps}"
        killed += [subject] * ends[0].was_killed
    assert len(killed) >= 0.75 * len(points), f"{len(killed)} died at {len(points)} steps"
    beside = []
    for point, subject in zip(_some(points), accompanied, strict=False):
        job, twin = job_of(subject), (twin_of or job_of)(subject)
        ends = nursery.run(_doomed(job, point), twin)
        _nothing_but_kills(ends)
        beside += [subject] * ends[0].was_killed
    # Where the other one is faster there is soon nothing left to be killed at.
    assert len(beside) >= BESIDE // 4, "hardly anybody was killed beside another"
    return killed + beside


def _doomed(job: Job, point: int) -> Job:
    return Job(name=job.name, args=job.args, die_at=point)


def _some(points: Sequence[int]) -> list[int]:
    """Some of the points, as far from each other and from both ends as can be."""
    return [points[(2 * number + 1) * len(points) // (2 * BESIDE)] for number in range(BESIDE)]


def _points(steps: Sequence[str], *, most: int) -> list[int]:
    """All steps, or where those are too many, all that the world outside can tell apart."""
    every = range(1, len(steps) + 1)
    if len(steps) <= most:
        return list(every)
    outside = [number for number in every if steps[number - 1].startswith(OUTSIDE)]
    assert len(outside) <= most, f"{len(outside)} steps: make more members"
    inside = [number for number in every if number not in outside]
    random.Random(len(steps)).shuffle(inside)
    return sorted(outside + inside[: most - len(outside)])


def _nothing_but_kills(ends: Sequence[End]) -> None:
    for end in ends:
        assert end.was_killed or end.code == 0, end.error


def _run(*, die_at: int | None = None) -> Job:
    return Job(name="run", args={}, die_at=die_at)


def _days_go_by(salon: SharedSalon, nursery: Nursery, *, days: int) -> None:
    """The timetable goes on: two workers at once on each day, until nothing is left open."""
    salon.pass_time(hours=3)
    # Claims on the outbox last two real minutes; here the dead have none left.
    OutboxMessage.objects.filter(claimed_until__isnull=False).update(claimed_until=None)
    for day in range(days + 1):
        salon.pass_time(days=int(day > 0), minutes=5)
        _nothing_but_kills(nursery.run(_run(), _run()))


def _states(donor: models.Donor) -> list[str]:
    rows = models.Membership.objects.filter(donor=donor)
    return list(rows.exclude(state="ended").values_list("state", flat=True))


def _all_paid_once(salon: SharedSalon, cycles: Sequence[models.Cycle]) -> None:
    received = donation_models.PaymentAttempt.objects.filter(state="succeeded", cycle__n=1)
    assert received.count() == len(cycles)
    for cycle in cycles:
        cycle.refresh_from_db()
        assert cycle.state == "charged"


def _books_are_right(salon: SharedSalon) -> None:
    assert not [key for key, times in salon.bank.paid_by_month().items() if times > 1]
    assert books.ledger_days() == salon.bank.days_yen()
    assert ledger.ledger_check(now=salon.moment, provider_days=5) == []
