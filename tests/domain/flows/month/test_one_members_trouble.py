"""What breaks for one member breaks for him alone: the others' month goes on, the run tells."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from saleor_ext.flows.choices import giving, tier_turn
from saleor_ext.flows.dunning import card_expiry
from saleor_ext.flows.limits import year_turn
from saleor_ext.flows.month import catch_up, ending, janitor, letters, residents, term_notices
from saleor_ext.flows.swaps import bringing_back, deciding
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, planning, selectors
from saleor_ext.operation import models as operation_models
from saleor_ext.outbox import models as outbox_models
from tests.builders import giving as giving_builders
from tests.builders import months, swapping, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

SECRET = "花子の住所"
NEW_YEAR = date(2027, 1, 5)


def two_members(**member: Any) -> list[models.Membership]:
    """花子, whose trouble it is, and 太郎 after her."""
    if "tier" not in member:
        member["tier"] = world.world_make()
    donors = [world.donor_make(name=name) for name in ("hanako", "taro")]
    return [world.member_make(donor=donor, **member) for donor in donors]


def break_for(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, *, when: Callable[[Any], bool]
) -> None:
    """From now on a function breaks where one of its arguments is the troubled one's."""
    real = getattr(owner, name)

    def breaks(*args: Any, **kwargs: Any) -> Any:
        if any(when(value) for value in [*args, *kwargs.values()]):
            raise ValueError(SECRET)
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, breaks)


def is_of(membership: models.Membership) -> Callable[[Any], bool]:
    """Whether a value is a membership, a month of it, or a row about either."""

    def found(value: Any) -> bool:
        if isinstance(value, list):
            return any(found(item) for item in value)
        about = getattr(value, "cycle", value)
        return about == membership or getattr(about, "membership_id", None) == membership.pk

    return found


def month_id_of(membership: models.Membership) -> Callable[[Any], bool]:
    """Whether a value is the number of a membership's December."""
    return lambda value: value == months.month_of(membership, 1).pk


def locked_make(provider: MemoryProvider, **member: Any) -> list[models.Membership]:
    """Both, with a locked December."""
    members = two_members(**member)
    months.run(provider, months.LOCK_DAY)
    return members


def count_of(membership: models.Membership) -> int:
    return membership.cycles.count()


def states_of(members: list[models.Membership]) -> list[str]:
    return [months.month_of(member, 1).state for member in members]


def mailed(name: str, members: list[models.Membership]) -> list[bool]:
    """Who of them got a mail."""
    rows = outbox_models.OutboxMessage.objects.filter(topic="mail.send", payload__name=name)
    told = {row.payload["donor_id"] for row in rows}
    return [member.donor_id in told for member in members]


@pytest.mark.parametrize("name", ["_appended", "_insert"])
def test_whose_months_cannot_be_planned_stops_nobody_elses_and_the_run_tells(
    name: str,
    provider: MemoryProvider,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # given
    troubled, other = two_members()
    break_for(monkeypatch, planning, name, when=is_of(troubled))

    # when
    with pytest.raises(ValueError, match=SECRET):
        months.run(provider, world.TODAY)

    # then
    assert (count_of(troubled), count_of(other)) == (1, 4)
    assert operation_models.MonthRun.objects.latest("pk").state == "failed"
    assert SECRET not in caplog.text
    assert f"planning of membership {troubled.pk} broke off: ValueError" in caplog.text


def test_whose_months_cannot_be_planned_is_left_out_of_a_dry_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    troubled, _ = two_members()
    break_for(monkeypatch, planning, "_appended", when=is_of(troubled))
    town = selectors.town_calendar(town=selectors.municipality_get())

    assert planning.cycles_missing_count(today=world.TODAY, town=town) == 3


def test_whose_tier_cannot_be_changed_stops_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    # given two who went back to なぎさ会員 from December on
    nagisa = world.world_make()
    minato = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=minato, month_from=date(2026, 11, 1))
    members = two_members(tier=minato)
    models.Membership.objects.update(next_tier=nagisa, next_tier_from_n=0)
    break_for(monkeypatch, tier_turn, "_downgrade", when=lambda value: value == members[0].pk)

    # when
    with pytest.raises(ValueError, match=SECRET):
        tier_turn.downgrades_turn(as_of=world.TODAY, now=world.NOW, actor="run")

    # then
    tiers = models.Membership.objects.order_by("pk").values_list("tier__slug", flat=True)
    assert list(tiers) == ["minato", "nagisa"]


def test_whose_term_cannot_be_ended_stops_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    # given two prepaid terms that are over
    members = two_members(tier=world.prepaid_tier_make(box_source=world.world_make()))
    models.Cycle.objects.update(is_listed=True)
    break_for(monkeypatch, ending, "_end_term", when=is_of(members[0]))

    # when
    with pytest.raises(ValueError, match=SECRET):
        ending.terms_end(as_of=date(2027, 7, 1), now=months.morning(NEW_YEAR), actor="run")

    # then
    states = models.Membership.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["active", "ended"]


def test_whose_term_cannot_be_asked_about_stops_nobody_elses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    members = two_members(tier=world.prepaid_tier_make(box_source=world.world_make()))
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=date(2027, 3, 1), town=town)
    break_for(monkeypatch, term_notices, "_tell", when=is_of(members[0]))

    # when
    with pytest.raises(ValueError, match=SECRET):
        term_notices.terms_tell(as_of=date(2027, 4, 20), now=months.morning(date(2027, 4, 20)))

    # then
    assert mailed("term_ending", members) == [False, True]


def decided_make(provider: MemoryProvider, decision: str) -> list[models.Membership]:
    """Two missed Decembers about which staff have decided, and nothing was carried out yet."""
    town = world.town_make()
    town.catch_up_count_max = 1
    town.save(update_fields=["catch_up_count_max"])
    members = locked_make(provider)
    months.run(provider, months.CHARGE_DAY + timedelta(days=3))
    operation_models.CatchUp.objects.update(
        state=decision, decided_by="staff:sato", decided_at=world.NOW, reason="障害から復旧"
    )
    return members


@pytest.mark.parametrize(
    ("decision", "done_by", "name"), [("skip", "_skip", "skipped"), ("ask", "_ask", "locked")]
)
def test_whose_missed_month_cannot_be_carried_on_stops_nobody_elses(
    decision: str,
    done_by: str,
    name: str,
    provider: MemoryProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    members = decided_make(provider, decision)
    break_for(monkeypatch, catch_up, done_by, when=is_of(members[0]))

    # when
    with pytest.raises(ValueError, match=SECRET):
        catch_up.carry_on(now=months.morning(NEW_YEAR))

    # then
    assert states_of(members) == ["locked", name]
    of_each = operation_models.CatchUpMonth.objects.order_by("cycle_id")
    done = {"skip": "skipped", "ask": "asked"}[decision]
    assert list(of_each.values_list("state", flat=True)) == ["waiting", done]


def test_whose_unanswered_month_cannot_be_left_out_stops_nobody_elses(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two who were asked about their missed December and did not answer
    members = decided_make(provider, "ask")
    catch_up.carry_on(now=months.morning(months.CHARGE_DAY + timedelta(days=3)))
    break_for(monkeypatch, catch_up, "_skip", when=is_of(members[0]))

    # when
    with pytest.raises(ValueError, match=SECRET):
        catch_up.carry_on(now=months.morning(date(2027, 2, 1)))

    # then
    assert states_of(members) == ["locked", "skipped"]


def test_whose_donation_cannot_be_announced_stops_nobody_elses(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    members = locked_make(provider)
    break_for(monkeypatch, letters, "mail_message", when=is_of(members[0]))
    eve = months.CHARGE_DAY - timedelta(days=1)

    # when
    with pytest.raises(ValueError, match=SECRET):
        months.run(provider, eve)

    # then
    assert mailed("charge_ahead", members) == [False, True]
    told_on = [months.month_of(member, 1).announced_on for member in members]
    assert told_on == [None, eve]
    assert SECRET not in caplog.text


def test_whose_card_cannot_be_announced_stops_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    members = two_members()
    break_for(
        monkeypatch,
        card_expiry,
        "_notice",
        when=lambda value: getattr(value, "donor_id", 0) == members[0].donor_id,
    )
    last_month = date(2030, 12, 2)

    with pytest.raises(ValueError, match=SECRET):
        card_expiry.cards_announce(today=last_month, now=months.morning(last_month))

    assert mailed("card_expires", members) == [False, True]


def test_whose_month_of_last_year_is_in_trouble_stops_nobody_elses(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two Decembers whose payment is open in a browser at the turn of the year
    members = locked_make(provider)
    for member in members:
        months.attempt_make(months.month_of(member, 1), is_off_session=False)
    now = months.morning(NEW_YEAR)
    with monkeypatch.context() as patch:
        break_for(patch, janitor, "attempts_close", when=month_id_of(members[0]))

        # when
        with pytest.raises(ValueError, match=SECRET):
            year_turn.attempts_close_held(today=NEW_YEAR, now=now, actor="run")
    open_attempts = year_turn.months_held(today=NEW_YEAR).filter(attempts__state="intent")
    still_open = list(open_attempts.values_list("membership_id", flat=True))
    year_turn.attempts_close_held(today=NEW_YEAR, now=now, actor="run")
    break_for(monkeypatch, year_turn, "month_ask", when=is_of(members[0]))
    with pytest.raises(ValueError, match=SECRET):
        year_turn.donors_ask(today=NEW_YEAR, now=now)

    # then
    assert still_open == [members[0].pk]
    assert mailed("year_turn", members) == [False, True]


def test_whose_gift_of_a_membership_cannot_be_closed_stops_nobody_elses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    members = two_members()
    grants = [giving_builders.offer(member, email="jiro@example.jp") for member in members]
    break_for(monkeypatch, giving, "_close", when=is_of(members[0]))

    with pytest.raises(ValueError, match=SECRET):
        giving.grants_close_due(now=months.morning(date(2027, 2, 1)))

    assert [models.Grant.objects.get(pk=one.pk).state for one in grants] == ["offered", "expired"]


def test_whose_box_cannot_be_asked_about_stops_nobody_elses(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    members = locked_make(provider)
    swapping.propose()
    with monkeypatch.context() as patch:
        break_for(patch, deciding, "_open", when=month_id_of(members[0]))

        # when
        with pytest.raises(ValueError, match=SECRET):
            swapping.take_up()
    asked = list(fulfilment_models.Swap.objects.values_list("cycle__membership_id", flat=True))
    swapping.take_up()
    first = swapping.swap_of(months.month_of(members[0], 1))
    break_for(monkeypatch, deciding, "decide", when=lambda value: value == first.pk)
    with pytest.raises(ValueError, match=SECRET):
        deciding.swaps_close_due(today=NEW_YEAR, now=months.morning(NEW_YEAR), actor="run")

    # then
    assert asked == [members[1].pk]
    assert states_of(members) == ["locked", "skipped"]


def test_whose_month_cannot_come_back_stops_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    # given two Decembers left out for want of radish
    members = two_members()
    for member in members:
        swapping.wish(member, "accept")
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)
    models.Cycle.objects.filter(n=1).update(state="skipped", reason="out_of_stock")
    swapping.propose()
    break_for(monkeypatch, bringing_back, "_comes", when=is_of(members[0]))

    # when
    with pytest.raises(ValueError, match=SECRET):
        bringing_back.proposals_take_up(now=swapping.ASK_NOW, actor="proposal")

    # then
    assert states_of(members) == ["skipped", "locked"]
    assert swapping.swap_of(months.month_of(members[1], 1)).state == "accepted"


def test_whose_parcels_cannot_be_held_stops_nobody_elses(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two who moved into the town while their parcels of December are on the list
    members = locked_make(provider)
    months.run_days(provider, months.CHARGE_DAY, months.CHARGE_DAY + timedelta(days=1))
    models.Donor.objects.update(
        is_registered_address_same=False,
        registered_prefecture="高知県",
        registered_city="幡見郡汐見町",
        registered_street="奥谷104番地",
    )
    break_for(monkeypatch, residents, "_hold", when=is_of(members[0]))

    # when
    with pytest.raises(ValueError, match=SECRET):
        residents.parcels_hold(now=swapping.ASK_NOW, actor="run")

    # then
    held = fulfilment_models.Shipment.objects.filter(state="held")
    assert set(held.values_list("cycle__membership_id", flat=True)) == {members[1].pk}
