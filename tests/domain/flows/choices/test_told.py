"""The next donation of which a donor is told before he says yes is the first that really comes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest

from saleor_ext.flows import errors
from saleor_ext.flows.choices import after_term, anchor, cancel, ground, pause, skip, term, tier
from saleor_ext.membership import models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

Preview = ground.Preview
TODAY, LOCK_DAY = world.TODAY, months.LOCK_DAY
DECEMBER, JANUARY, FEBRUARY = date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)

CHOICES: dict[str, tuple[Callable[..., Preview], Callable[..., object], str]] = {
    "skip": (skip.skip_preview, skip.skip_choose, "month"),
    "skip_undo": (skip.skip_undo_preview, skip.skip_undo_choose, "month"),
    "pause": (pause.pause_preview, pause.pause_choose, "resume_on"),
    "resume": (pause.resume_preview, pause.resume_choose, ""),
    "tier": (tier.tier_preview, tier.tier_choose, "tier_slug"),
    "anchor": (anchor.anchor_preview, anchor.anchor_choose, "day"),
    "term": (term.term_preview, term.term_choose, "tier_slug"),
    "after": (after_term.after_preview, after_term.after_choose, "after"),
    "cancel": (cancel.cancel_preview, cancel.cancel_choose, ""),
    "cancel_undo": (cancel.cancel_undo_preview, cancel.cancel_undo_choose, ""),
}


class Step(NamedTuple):
    """Something a donor chooses on a day, or the run of that day."""

    day: date
    name: str
    wanted: Any = None


def member_make(slug: str) -> models.Membership:
    minato = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=minato, month_from=date(2026, 11, 1), months=24)
    nagisa = world.world_make()
    world.boxes_make(tier=nagisa, month_from=date(2027, 11, 1))
    world.prepaid_tier_make(box_source=minato)
    return months.member_ahead(tier=models.Tier.objects.get(slug=slug))


def chosen(membership: models.Membership, step: Step) -> Preview:
    """Chosen as it was shown; what was shown."""
    look, choose, name = CHOICES[step.name]
    wanted = {name: step.wanted} if name else {}
    shown = look(membership_id=membership.pk, today=step.day, **wanted)
    now = months.morning(step.day, hour=8)
    choose(membership_id=membership.pk, now=now, actor="donor:1", seen=shown.seen, **wanted)
    return shown


def told_last(
    provider: MemoryProvider, membership: models.Membership, steps: list[Step]
) -> tuple[date | None, int | None]:
    """What is told of the next donation with the last of some steps."""
    told: tuple[date | None, int | None] = (None, None)
    for step in steps:
        if step.name == "run":
            months.run(provider, step.day, hour=7)
            continue
        shown = chosen(membership, step)
        told = (shown.next_donation_on, shown.next_donation_yen)
    return told


def given_up_to(provider: MemoryProvider, first: date, last: date) -> list[int]:
    """The donations that come while the run comes on each day on which one is fixed or given."""
    day = first
    while day <= last:
        months.run(provider, day)
        day = _next_day(day)
    return [int(state.amount_yen) for state in provider.succeeded()]


def _next_day(day: date) -> date:
    rows = models.Cycle.objects.filter(kind="donation", state__in=["planned", "locked"])
    days = [day + timedelta(days=28), *rows.values_list("charge_on", flat=True)]
    days += [last + timedelta(days=1) for last in rows.values_list("change_until", flat=True)]
    return min(one for one in days if one > day)


SEQUENCES = {
    "a term that is renewed, left and taken back": (
        "minato-6",
        [(TODAY, "after", "minato-6"), (TODAY, "cancel"), (TODAY, "cancel_undo")],
        (date(2027, 5, 24), 60000),
    ),
    "a term that another tier follows, left and taken back": (
        "minato-6",
        [(TODAY, "after", "minato"), (TODAY, "cancel"), (TODAY, "cancel_undo")],
        (date(2027, 5, 24), 10000),
    ),
    "another tier, left and taken back": (
        "nagisa",
        [(TODAY, "tier", "minato"), (TODAY, "cancel"), (TODAY, "cancel_undo")],
        (date(2026, 12, 24), 3000),
    ),
    "a pause made shorter to before another tier begins": (
        "nagisa",
        [
            (TODAY, "pause", date(2027, 2, 10)),
            (TODAY, "tier", "minato"),
            (TODAY, "pause", date(2027, 1, 10)),
        ],
        (date(2027, 1, 24), 3000),
    ),
    "a pause ended before another tier begins": (
        "nagisa",
        [
            (TODAY, "pause", date(2027, 2, 10)),
            (TODAY, "tier", "minato"),
            (date(2026, 11, 26), "resume"),
        ],
        (date(2026, 12, 24), 3000),
    ),
    "a pause ended before a term begins": (
        "minato",
        [
            (TODAY, "pause", date(2027, 2, 10)),
            (TODAY, "term", "minato-6"),
            (date(2026, 11, 26), "resume"),
        ],
        (date(2026, 12, 24), 10000),
    ),
    "a pause over a month that is left out already": (
        "nagisa",
        [(TODAY, "skip", FEBRUARY), (TODAY, "pause", date(2027, 2, 10))],
        (date(2027, 3, 24), 3000),
    ),
    "a month that comes back in another tier": (
        "nagisa",
        [
            (TODAY, "skip", JANUARY),
            (TODAY, "tier", "minato"),
            (TODAY, "skip", DECEMBER),
            (TODAY, "skip_undo", JANUARY),
        ],
        (date(2027, 1, 24), 10000),
    ),
    "all the months that are planned left out": (
        "nagisa",
        [(TODAY, "skip", DECEMBER), (TODAY, "skip", JANUARY), (TODAY, "skip", FEBRUARY)],
        (date(2027, 3, 24), 3000),
    ),
    "a month left out that comes after a pause": (
        "nagisa",
        [(TODAY, "pause", date(2027, 1, 25)), (TODAY, "skip", FEBRUARY)],
        (date(2027, 3, 24), 3000),
    ),
    "a box left out of a term that is still to be paid": (
        "minato",
        [(TODAY, "term", "minato-6"), (TODAY, "skip", JANUARY)],
        (date(2026, 12, 24), 60000),
    ),
    "a box brought back to a term that is still to be paid": (
        "minato",
        [(TODAY, "term", "minato-6"), (TODAY, "skip", JANUARY), (TODAY, "skip_undo", JANUARY)],
        (date(2026, 12, 24), 60000),
    ),
    "the month left out with which a term was to begin": (
        "minato",
        [(TODAY, "term", "minato-6"), (TODAY, "skip", DECEMBER)],
        (date(2027, 1, 24), 60000),
    ),
    "a month brought back before a term begins": (
        "minato",
        [(TODAY, "skip", DECEMBER), (TODAY, "term", "minato-6"), (TODAY, "skip_undo", DECEMBER)],
        (date(2026, 12, 24), 10000),
    ),
    "a month brought back that a term covers by now": (
        "minato",
        [(TODAY, "skip", JANUARY), (TODAY, "term", "minato-6"), (TODAY, "skip_undo", JANUARY)],
        (date(2026, 12, 24), 60000),
    ),
    "a term taken back": (
        "minato",
        [(TODAY, "term", "minato-6"), (TODAY, "term", "minato")],
        (date(2026, 12, 24), 10000),
    ),
    "a term, a month being fixed": (
        "minato",
        [(LOCK_DAY, "run"), (LOCK_DAY, "term", "minato-6")],
        (date(2026, 12, 24), 10000),
    ),
    "a month left out, another one being fixed": (
        "nagisa",
        [(LOCK_DAY, "run"), (LOCK_DAY, "skip", JANUARY)],
        (date(2026, 12, 24), 3000),
    ),
    "a month brought back, another one being fixed": (
        "nagisa",
        [(LOCK_DAY, "run"), (LOCK_DAY, "skip", JANUARY), (LOCK_DAY, "skip_undo", JANUARY)],
        (date(2026, 12, 24), 3000),
    ),
    "a pause, a month being fixed": (
        "nagisa",
        [(LOCK_DAY, "run"), (LOCK_DAY, "pause", date(2027, 2, 10))],
        (date(2026, 12, 24), 3000),
    ),
    "a pause ended once the month after it is fixed": (
        "nagisa",
        [
            (TODAY, "pause", date(2027, 1, 20)),
            (date(2027, 1, 18), "run"),
            (date(2027, 1, 19), "resume"),
        ],
        (date(2027, 1, 24), 3000),
    ),
    "another day": ("nagisa", [(TODAY, "anchor", 10)], (date(2026, 12, 10), 3000)),
    "another day, a month being fixed": (
        "nagisa",
        [(LOCK_DAY, "run"), (LOCK_DAY, "anchor", 28)],
        (date(2026, 12, 24), 3000),
    ),
    "another day that brings a month out of a pause, before another tier begins": (
        "nagisa",
        [
            (TODAY, "pause", date(2027, 1, 25)),
            (TODAY, "tier", "minato"),
            (TODAY, "anchor", 28),
        ],
        (date(2027, 1, 28), 3000),
    ),
    "a pause, the last day for changes over and nothing fixed yet": (
        "nagisa",
        [(LOCK_DAY, "pause", date(2027, 2, 10))],
        (date(2026, 12, 24), 3000),
    ),
    "a pause made longer, the last day for changes over and nothing fixed yet": (
        "nagisa",
        [(TODAY, "pause", date(2027, 1, 20)), (date(2027, 1, 18), "pause", date(2027, 3, 1))],
        (date(2027, 1, 24), 3000),
    ),
    "a month left out, the last day for changes over and nothing fixed yet": (
        "nagisa",
        [(LOCK_DAY, "skip", JANUARY)],
        (date(2026, 12, 24), 3000),
    ),
    "another tier, the last day for changes over and nothing fixed yet": (
        "nagisa",
        [(LOCK_DAY, "tier", "minato")],
        (date(2026, 12, 24), 3000),
    ),
    "a term, the last day for changes over and nothing fixed yet": (
        "minato",
        [(LOCK_DAY, "term", "minato-6")],
        (date(2026, 12, 24), 10000),
    ),
    "another day, the last day for changes over and nothing fixed yet": (
        "nagisa",
        [(LOCK_DAY, "anchor", 28)],
        (date(2026, 12, 24), 3000),
    ),
    "another day after a pause that ended with a leaving taken back": (
        "nagisa",
        [
            (TODAY, "pause", date(2027, 2, 20)),
            (TODAY, "cancel"),
            (TODAY, "cancel_undo"),
            (TODAY, "anchor", 31),
        ],
        (date(2027, 2, 28), 3000),
    ),
    "another day in a term that is renewed": (
        "minato-6",
        [(TODAY, "after", "minato-6"), (TODAY, "anchor", 10)],
        (date(2027, 5, 10), 60000),
    ),
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_the_donation_that_is_told_is_the_first_that_comes(
    provider: MemoryProvider, name: str
) -> None:
    # given
    slug, written, expected = SEQUENCES[name]
    steps = [Step(*step) for step in written]
    membership = member_make(slug)

    # when
    told = told_last(provider, membership, steps)
    before = given_up_to(provider, steps[-1].day, expected[0] - timedelta(days=1))
    on_the_day = given_up_to(provider, expected[0], expected[0])

    # then
    assert told == expected
    assert before == []
    assert on_the_day == [expected[1]]


def test_who_takes_back_the_end_of_a_term_finds_what_he_had_chosen(
    provider: MemoryProvider,
) -> None:
    # given
    membership = member_make("minato-6")
    chosen(membership, Step(TODAY, "after", "minato"))
    wanted = ("next_tier__slug", "next_tier_from_n", "is_renewed")
    before = models.Membership.objects.filter(pk=membership.pk).values_list(*wanted).get()

    # when
    chosen(membership, Step(TODAY, "cancel"))
    chosen(membership, Step(TODAY, "cancel_undo"))

    # then
    after = models.Membership.objects.filter(pk=membership.pk).values_list(*wanted).get()
    assert after == before == ("minato", None, True)


def test_a_pause_over_months_that_are_left_out_already_is_too_short() -> None:
    # given
    membership = member_make("nagisa")
    chosen(membership, Step(TODAY, "skip", DECEMBER))

    # when, then
    with pytest.raises(errors.PauseTooShort):
        chosen(membership, Step(TODAY, "pause", date(2027, 1, 10)))
    assert models.Membership.objects.get(pk=membership.pk).resume_on is None
