"""The time machine: what it tells comes true when the clock is moved, and it touches nothing."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps

from saleor_ext.donations import models as donation_models
from saleor_ext.flows.choices import after_term, pause, skip, term, tier
from saleor_ext.flows.rehearsal import rehearsing
from saleor_ext.flows.rehearsal.assuming import Assumptions
from saleor_ext.flows.rehearsal.events import Event, Turn
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, planning, selectors, services, states, year_limits
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, swapping, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

ACTOR = "donor:1"


@pytest.fixture
def minato() -> models.Tier:
    world.town_make()
    made = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=made, month_from=date(2026, 11, 1), months=24)
    world.prepaid_tier_make(box_source=made)
    return made


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    return {
        model._meta.label: list(model.objects.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.managed
    }


def member(name: str, of: models.Tier, **columns: Any) -> models.Membership:
    membership = months.member_ahead(donor=world.donor_make(name=name), tier=of)
    if columns:
        models.Membership.objects.filter(pk=membership.pk).update(**columns)
        membership.refresh_from_db()
    return membership


def told(membership: models.Membership, *, until: int = 12) -> list[Event]:
    return rehearsing.rehearse_member(membership=membership, today=world.TODAY, months=until)


def days(events: list[Event], turn: Turn) -> list[date]:
    return [event.day for event in events if event.turn is turn]


def test_a_monthly_member_gives_and_gets_every_month(minato: models.Tier) -> None:
    # given
    membership = member("hanako", minato)
    first = months.month_of(membership, 0)

    # when
    events = told(membership)

    # then
    given = days(events, Turn.DONATION)
    assert given[:3] == [date(2026, 12, 24), date(2027, 1, 24), date(2027, 2, 24)]
    assert len(given) == 10
    assert days(events, Turn.BOX)[0] == first.ship_from
    left_out = [(event.day, event.reason) for event in events if event.turn is Turn.LEFT_OUT]
    assert left_out == [(date(2027, 10, 17), "designation_ended")]


def test_a_term_ends_or_begins_anew_as_the_donor_chose(minato: models.Tier) -> None:
    # given
    half_year = models.Tier.objects.get(slug="minato-6")
    ending, renewing = member("hanako", half_year), member("taro", half_year)
    after_term.after_choose(membership_id=renewing.pk, after="minato-6", now=world.NOW, actor=ACTOR)
    renewing.refresh_from_db()

    # when
    first, second = told(ending), told(renewing)

    # then
    assert (len(days(first, Turn.BOX)), days(first, Turn.DONATION)) == (6, [])
    assert len(days(first, Turn.ENDED)) == 1
    assert days(second, Turn.TERM_BEGIN) == [date(2027, 5, 24)]
    assert len(days(second, Turn.BOX)) == 12


def test_limits_cards_residents_and_designation_are_told(minato: models.Tier) -> None:
    # given
    limited = member("hanako", minato)
    year_limits.year_limit_set(
        donor_id=limited.donor_id,
        year=2027,
        limit_yen=25000,
        origin="by_hand",
        when_reached="stop",
        now=world.NOW,
    )
    resident = member("taro", minato)
    models.Donor.objects.filter(pk=resident.donor_id).update(
        prefecture="高知県", city="幡見郡汐見町"
    )
    late_card = member("jiro", minato)
    donation_models.CardOnFile.objects.filter(donor_id=late_card.donor_id).update(
        exp_year=2027, exp_month=3
    )
    models.Municipality.objects.update(designated_to=date(2027, 8, 31))

    # when
    by_reason = Counter(event.reason for event in told(limited) if event.turn is Turn.LEFT_OUT)
    resident = models.Membership.objects.get(pk=resident.pk)
    gone = [(event.turn, event.reason) for event in told(resident)]

    # then
    assert by_reason == {"year_limit": 6, "designation_ended": 2}
    assert gone == [(Turn.PARKED, "resident_no_gift")]
    assert days(told(late_card), Turn.CARD_EXPIRED)[0] == date(2027, 4, 24)


def test_who_is_parked_paused_or_without_a_card_is_told_so(minato: models.Tier) -> None:
    # given
    parked = member("hanako", minato)
    services.membership_park(
        membership_id=parked.pk, now=world.NOW, actor="staff:1", reason="住所の確認"
    )
    parked.refresh_from_db()
    paused = member("taro", minato, state="paused", resume_on=date(2027, 2, 1))
    cardless = member("jiro", minato)
    donation_models.CardOnFile.objects.filter(donor_id=cardless.donor_id).delete()

    # then
    assert [(event.turn, event.reason) for event in told(parked)] == [(Turn.PARKED, "住所の確認")]
    rested = told(paused)
    assert days(rested, Turn.RESUME) == [date(2027, 2, 1)]
    assert days(rested, Turn.DONATION)[0] == date(2027, 2, 24)
    stopped = [event for event in told(cardless) if event.turn is Turn.PARKED]
    assert [(event.day, event.reason) for event in stopped] == [
        (date(2026, 12, 24), "card_missing")
    ]


def everybody(minato: models.Tier) -> list[models.Membership]:
    """One of each kind: monthly, prepaid, going over, leaving, with a limit, with a month out."""
    half_year = models.Tier.objects.get(slug="minato-6")
    monthly, prepaid = member("hanako", minato), member("taro", half_year)
    going_over, leaving = member("jiro", minato), member("saburo", half_year)
    limited, resting = member("shiro", minato), member("goro", half_year)
    renewing, resident = member("rokuro", half_year), member("nana", minato)
    term.term_choose(membership_id=going_over.pk, tier_slug="minato-6", now=world.NOW, actor=ACTOR)
    services.membership_cancelling(
        membership_id=leaving.pk, now=world.NOW, actor=ACTOR, reason="asked"
    )
    year_limits.year_limit_set(
        donor_id=limited.donor_id,
        year=2027,
        limit_yen=25000,
        origin="by_hand",
        when_reached="stop",
        now=world.NOW,
    )
    skip.skip_choose(membership_id=resting.pk, month=date(2027, 1, 1), now=world.NOW, actor=ACTOR)
    after_term.after_choose(membership_id=renewing.pk, after="minato", now=world.NOW, actor=ACTOR)
    models.Donor.objects.filter(pk=resident.donor_id).update(
        prefecture="高知県", city="幡見郡汐見町"
    )
    paused, climbing = member("hachi", minato), member("kuro", minato)
    pause.pause_choose(
        membership_id=paused.pk, resume_on=date(2027, 2, 1), now=world.NOW, actor=ACTOR
    )
    nagisa = world.tier_make()
    world.boxes_make(tier=nagisa, month_from=date(2026, 11, 1), months=24)
    tier.tier_choose(membership_id=climbing.pk, tier_slug="nagisa", now=world.NOW, actor=ACTOR)
    plain = [monthly, prepaid, going_over, leaving, limited, resting, renewing, resident]
    return [*plain, paused, climbing]


def owing_make(provider: MemoryProvider, tier: models.Tier) -> models.Membership:
    """Somebody who joined in October and whose November did not go through at first."""
    world.boxes_make(tier=tier, month_from=date(2026, 10, 1), months=1)
    joined = months.morning(date(2026, 10, 24))
    owing = months.member_ahead(
        day=date(2026, 10, 24), tier=tier, donor=world.donor_make(name="ichiro"), now=joined
    )
    months.run(provider, date(2026, 11, 18))
    provider.next_outcomes = ["insufficient_funds"]
    months.run(provider, world.TODAY)
    owing.refresh_from_db()
    assert owing.state == "past_due"
    return owing


def test_what_is_told_comes_true_when_the_clock_is_moved(
    provider: MemoryProvider, minato: models.Tier
) -> None:
    # given somebody declined today for a passing reason, and no radish in February
    owing_make(provider, minato)
    people = everybody(minato)
    swapping.wish(people[0], "accept")
    february = fulfilment_models.BoxPlan.objects.get(tier=minato, month=date(2027, 2, 1))
    swapping.propose(box_plan_id=february.pk, now=world.NOW)
    horizon = 12  # to October: terms end, begin, change; a limit is reached, the designation ends
    report = rehearsing.rehearse_all(today=world.TODAY, months=horizon)
    before = donation_models.Donation.objects.count()
    listed = list(fulfilment_models.Shipment.objects.values_list("pk", flat=True))

    # when
    day = world.TODAY
    last = rehearsing.last_day(today=world.TODAY, months=horizon)
    while day <= last:
        months.run(provider, day)
        day += timedelta(days=5)

    # then
    given: Counter[str] = Counter()
    yen: Counter[str] = Counter()
    for donated_on, amount in donation_models.Donation.objects.order_by("pk").values_list(
        "donated_on", "amount_yen"
    )[before:]:
        given[f"{donated_on:%Y-%m}-01"] += 1
        yen[f"{donated_on:%Y-%m}-01"] += amount
    sent = Counter(
        f"{ship_from:%Y-%m}-01"
        for ship_from in fulfilment_models.Shipment.objects.exclude(pk__in=listed).values_list(
            "cycle__ship_from", flat=True
        )
        if ship_from <= last
    )
    skipped = Counter(
        models.Cycle.objects.filter(state="skipped", change_until__lt=last)
        .exclude(reason__in=sorted(states.SKIP_CHOSEN))
        .values_list("reason", flat=True)
    )
    skipped.update(
        models.Membership.objects.filter(state="parked").values_list("parked_reason", flat=True)
    )
    rows = report["months"]
    assert {row["month"]: row["donations"] for row in rows if row["donations"]} == given
    assert {row["month"]: row["donations_yen"] for row in rows if row["donations"]} == yen
    assert {row["month"]: row["boxes"] for row in rows if row["boxes"]} == sent
    stopped = {row["code"]: sum(row["counts"]) for row in report["stops"]}
    assert {code: count for code, count in stopped.items() if code != "donor_pause"} == skipped
    assert stopped["out_of_stock"] > 0
    turns = {row["code"]: sum(row["counts"]) for row in report["turns"]}
    assert (turns["owed"], turns["swapped"]) == (1, 1)
    assert turns["ended"] == models.Membership.objects.filter(state="ended").count()


def test_rehearsing_changes_no_row_and_calls_nobody(
    provider: MemoryProvider, minato: models.Tier, mailoutbox: list[Any]
) -> None:
    # given
    people = everybody(minato)
    before, asked = everything(), outbox_models.OutboxMessage.objects.count()

    # when
    rehearsing.rehearse_all(today=world.TODAY)
    for membership in people:
        rehearsing.rehearse_member(membership=membership, today=world.TODAY)

    # then
    assert everything() == before
    assert outbox_models.OutboxMessage.objects.count() == asked
    assert provider.calls == []
    assert mailoutbox == []


def test_a_plan_that_was_not_made_yet_is_told_as_it_will_be(minato: models.Tier) -> None:
    # given
    membership = member("hanako", minato)
    known = told(membership)
    membership.cycles.filter(n__gt=0).delete()

    # then
    assert told(membership) == known
    town = selectors.town_calendar(town=selectors.municipality_get())
    assert planning.cycles_missing_count(today=world.TODAY, town=town) == 3


def test_everybody_is_rehearsed_with_as_few_questions_as_a_few(
    minato: models.Tier, django_assert_max_num_queries: Any
) -> None:
    # given
    for number in range(12):
        member(f"a{number}", minato)

    # then
    with django_assert_max_num_queries(40):
        rehearsing.rehearse_all(today=world.TODAY)


def test_cards_that_do_not_go_through_come_later_or_not_as_is_assumed(minato: models.Tier) -> None:
    # given
    membership = member("hanako", minato)

    def told_with(declined: int, recovered: int) -> list[Event]:
        return rehearsing.rehearse_member(
            membership=membership,
            today=world.TODAY,
            months=5,
            assumed=Assumptions(declined_percent=declined, recovered_percent=recovered),
        )

    # when
    later, never, some = told_with(100, 100), told_with(100, 0), told_with(50, 50)

    # then what comes later comes on one of the town's days, and its box as many days later
    due = [date(2026, 12, 24), date(2027, 1, 24), date(2027, 2, 24)]
    assert days(later, Turn.DECLINED)[:3] == due
    for first, came in zip(due, days(later, Turn.DONATION), strict=False):
        assert (came - first).days in {1, 3, 7}
    # then what never comes is given up after the town's days, and nothing is sent for it
    left_out = [(event.day, event.reason) for event in never if event.turn is Turn.LEFT_OUT]
    assert left_out[0] == (date(2027, 1, 7), "not_paid_in_time")
    assert days(never, Turn.DONATION) == []
    assert len(days(never, Turn.BOX)) == 1  # November's, which is paid
    assert told_with(50, 50) == some


@pytest.mark.parametrize(
    ("wish", "silence", "comes"),
    [("accept", "carry", True), ("ask", "accept", True), ("ask", "carry", False),
     ("carry", "accept", False)],
)  # fmt: skip
def test_another_gift_comes_as_each_donor_wants_it(wish: str, silence: str, comes: bool) -> None:
    # given no radish in December, turnips instead
    membership = months.member_ahead()
    swapping.wish(membership, wish, silence=silence)
    swapping.propose(alternate=swapping.turnip_make(producer=world.producer_make(slug="kabuya")))

    # when
    report = rehearsing.rehearse_all(today=world.TODAY, months=2)

    # then
    stops = {row["code"]: sum(row["counts"]) for row in report["stops"]}
    turns = {row["code"]: sum(row["counts"]) for row in report["turns"]}
    parcels = {row["slug"]: sum(row["parcels"]) for row in report["producers"]}
    assert stops.get("out_of_stock", 0) == (not comes)
    assert turns.get("swapped", 0) == comes
    assert parcels.get("kabuya", 0) == comes
