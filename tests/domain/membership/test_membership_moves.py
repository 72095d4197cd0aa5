"""Memberships: every legal move, every illegal one, parking, and joining."""

import itertools
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from saleor_ext.common.errors import InvalidTransition
from saleor_ext.membership import errors, models, selectors, services, states
from tests.builders import world

pytestmark = pytest.mark.django_db

LATER = world.NOW + timedelta(days=1)
STATES = [str(state) for state in states.MembershipState.values]
PAIRS = list(itertools.product(STATES, STATES))
LEGAL = {
    (before, str(to))
    for to, sources in states.MEMBERSHIP_TRANSITIONS.items()
    for before in map(str, sources)
}
NEEDED: dict[str, dict[str, object]] = {
    "parked": {"parked_from": "active", "parked_reason": "test"},
    "paused": {"resume_on": date(2027, 3, 1)},
}


def membership_in(state: str) -> models.Membership:
    """A membership written past the services into any state."""
    membership = world.draft_make()
    columns: dict[str, object] = {"state": state, **NEEDED.get(state, {})}
    if state == "ended":
        columns["ended_at"] = world.NOW
    models.Membership.objects.filter(pk=membership.pk).update(**columns)
    membership.refresh_from_db()
    return membership


def row(membership: models.Membership) -> dict[str, object]:
    return models.Membership.objects.values().get(pk=membership.pk)


@pytest.mark.parametrize(("before", "to"), [pair for pair in PAIRS if pair in LEGAL])
def test_a_legal_move_is_made_with_an_event(before: str, to: str) -> None:
    # given
    membership = membership_in(before)

    # when
    moved = services.membership_move(
        membership_id=membership.pk,
        to=to,
        now=LATER,
        actor="staff:1",
        reason="because",
        **NEEDED.get(to, {}),
    )

    # then
    assert moved.state == to
    assert moved.ended_at == (LATER if to == "ended" else None)
    assert bool(moved.parked_reason) == (to == "parked")
    event = membership.events.last()
    assert (event.from_state, event.to_state, event.at, event.actor, event.reason) == (
        before,
        to,
        LATER,
        "staff:1",
        "because",
    )


@pytest.mark.parametrize(("before", "to"), [pair for pair in PAIRS if pair not in LEGAL])
def test_an_illegal_move_is_refused_and_leaves_no_trace(before: str, to: str) -> None:
    # given
    membership = membership_in(before)
    unchanged, events = row(membership), membership.events.count()

    # when
    with pytest.raises(InvalidTransition):
        services.membership_move(
            membership_id=membership.pk, to=to, now=LATER, actor="x", **NEEDED.get(to, {})
        )

    # then
    assert row(membership) == unchanged
    assert membership.events.count() == events


SERVICES = {
    "past_due": services.membership_past_due,
    "cancelling": services.membership_cancelling,
    "ended": services.membership_end,
    "parked": services.membership_park,
}


@pytest.mark.parametrize(("before", "to"), list(itertools.product(STATES, SERVICES)))
def test_each_service_makes_its_move_or_refuses(before: str, to: str) -> None:
    # given
    membership = membership_in(before)

    # when
    if (before, to) in LEGAL:
        SERVICES[to](membership_id=membership.pk, now=LATER, actor="x", reason="why")
        assert row(membership)["state"] == to
        return
    unchanged = row(membership)
    with pytest.raises(InvalidTransition):
        SERVICES[to](membership_id=membership.pk, now=LATER, actor="x", reason="why")

    # then
    assert row(membership) == unchanged


@pytest.mark.parametrize("before", ["draft", "active", "paused", "past_due", "cancelling"])
def test_a_parked_membership_goes_on_from_where_it_was(before: str) -> None:
    # given
    membership = membership_in(before)

    # when
    parked = services.membership_park(
        membership_id=membership.pk, now=LATER, actor="staff:1", reason="  住所の確認 "
    )
    held = (parked.state, parked.parked_from, parked.parked_reason)
    back = services.membership_unpark(
        membership_id=membership.pk, now=LATER, actor="staff:1", reason="確認できました"
    )

    # then
    assert held == ("parked", before, "住所の確認")
    assert (back.state, back.parked_from, back.parked_reason) == (before, "", "")
    events = membership.events.order_by("-pk").values_list("from_state", "to_state", "reason")
    assert list(events[:2]) == [
        ("parked", before, "確認できました"),
        (before, "parked", "住所の確認"),
    ]


@pytest.mark.parametrize("reason", ["", "   ", "　"])
@pytest.mark.parametrize("move", ["park", "unpark"])
def test_parking_and_unparking_need_a_reason(move: str, reason: str) -> None:
    # given
    membership = membership_in("active" if move == "park" else "parked")
    unchanged = row(membership)
    service = services.membership_park if move == "park" else services.membership_unpark

    # when
    with pytest.raises(errors.ReasonMissing):
        service(membership_id=membership.pk, now=LATER, actor="staff:1", reason=reason)

    # then
    assert row(membership) == unchanged
    assert membership.events.count() == 1


@pytest.mark.parametrize("before", [state for state in STATES if state != "parked"])
def test_only_a_parked_membership_is_unparked(before: str) -> None:
    # given
    membership = membership_in(before)
    unchanged = row(membership)

    # when
    with pytest.raises(InvalidTransition):
        services.membership_unpark(
            membership_id=membership.pk, now=LATER, actor="staff:1", reason="why"
        )

    # then
    assert row(membership) == unchanged


def test_a_long_reason_is_kept_as_far_as_it_fits() -> None:
    # given
    membership = membership_in("active")

    # when
    services.membership_park(
        membership_id=membership.pk, now=LATER, actor="staff:1", reason="長" * 300
    )

    # then
    membership.refresh_from_db()
    assert membership.parked_reason == "長" * 200
    assert membership.events.last().reason == "長" * 200


def test_the_first_donation_ends_the_free_membership() -> None:
    # given
    donor = world.donor_make()
    free = services.membership_join_free(
        donor_id=donor.pk, tier=world.free_tier_make(), now=world.NOW, actor="x"
    )
    draft = world.draft_make(donor=donor)

    # when
    paid = services.membership_activate(membership_id=draft.pk, now=LATER, actor="x")

    # then
    free.refresh_from_db()
    assert (free.state, free.ended_at) == ("ended", LATER)
    assert free.events.last().reason == "joined_paid_tier"
    assert (paid.state, paid.started_at) == ("active", LATER)
    assert selectors.membership_current(donor_id=donor.pk) == paid


def test_activating_again_changes_nothing() -> None:
    # given
    membership = world.member_make()
    unchanged, events = row(membership), membership.events.count()

    # when
    services.membership_activate(membership_id=membership.pk, now=LATER, actor="x")

    # then
    assert row(membership) == unchanged
    assert membership.events.count() == events


def test_coming_back_from_a_late_donation_keeps_the_day_it_all_began() -> None:
    # given
    membership = world.member_make()
    services.membership_past_due(
        membership_id=membership.pk, now=LATER, actor="x", reason="card_declined"
    )

    # when
    back = services.membership_activate(membership_id=membership.pk, now=LATER, actor="x")

    # then
    assert (back.state, back.started_at) == ("active", world.NOW)


def test_a_draft_of_a_free_member_can_be_parked_and_he_stays_a_free_member() -> None:
    # given
    donor = world.donor_make()
    free = services.membership_join_free(
        donor_id=donor.pk, tier=world.free_tier_make(), now=world.NOW, actor="x"
    )
    draft = world.draft_make(donor=donor)

    # when
    services.membership_park(membership_id=draft.pk, now=LATER, actor="x", reason="amount")

    # then
    free.refresh_from_db()
    assert free.state == "active"
    assert selectors.membership_current(donor_id=donor.pk) == free
    assert selectors.content_rank(donor_id=donor.pk, today=world.TODAY) == 0
    with pytest.raises(errors.AlreadyMember):
        services.membership_draft_begin(
            donor_id=donor.pk, tier=draft.tier, is_box_wanted=True, now=LATER, actor="x"
        )


@pytest.mark.parametrize("state", ["active", "paused", "past_due", "cancelling", "parked"])
def test_a_donor_with_a_paid_membership_begins_no_other(state: str) -> None:
    # given
    membership = membership_in(state)

    # when
    with pytest.raises(errors.AlreadyMember):
        services.membership_draft_begin(
            donor_id=membership.donor_id,
            tier=world.tier_make(slug="minato", amount_yen=10000),
            is_box_wanted=True,
            now=LATER,
            actor="x",
        )
    with pytest.raises(errors.AlreadyMember):
        services.membership_join_free(
            donor_id=membership.donor_id, tier=world.free_tier_make(), now=LATER, actor="x"
        )

    # then
    assert models.Membership.objects.count() == 1


def test_a_donor_who_left_may_come_back() -> None:
    # given
    gone = membership_in("ended")

    # when
    draft = services.membership_draft_begin(
        donor_id=gone.donor_id, tier=gone.tier, is_box_wanted=False, now=LATER, actor="x"
    )

    # then
    assert (draft.state, draft.is_box_wanted) == ("draft", False)
    assert draft.pk != gone.pk


def test_a_draft_is_taken_up_again_and_one_of_another_tier_is_ended() -> None:
    # given
    draft = world.draft_make()

    # when
    same = services.membership_draft_begin(
        donor_id=draft.donor_id, tier=draft.tier, is_box_wanted=False, now=LATER, actor="x"
    )
    other = services.membership_draft_begin(
        donor_id=draft.donor_id,
        tier=world.tier_make(slug="minato", amount_yen=10000),
        is_box_wanted=True,
        now=LATER,
        actor="x",
    )

    # then
    draft.refresh_from_db()
    assert (same.pk, same.is_box_wanted) == (draft.pk, False)
    assert (draft.state, draft.events.last().reason) == ("ended", "tier_changed")
    assert other.state == "draft"
    assert selectors.membership_draft(donor_id=draft.donor_id) == other


def test_a_closed_tier_takes_nobody() -> None:
    # given
    donor = world.donor_make()
    closed = world.tier_make(is_open=False)
    free = world.free_tier_make()
    models.Tier.objects.filter(pk=free.pk).update(is_open=False)
    free.refresh_from_db()

    # when
    with pytest.raises(errors.TierClosed):
        services.membership_draft_begin(
            donor_id=donor.pk, tier=closed, is_box_wanted=True, now=LATER, actor="x"
        )
    with pytest.raises(errors.TierClosed):
        services.membership_join_free(donor_id=donor.pk, tier=free, now=LATER, actor="x")

    # then
    assert models.Membership.objects.count() == 0


def test_a_paid_tier_is_not_joined_for_free() -> None:
    with pytest.raises(errors.NotFree):
        services.membership_join_free(
            donor_id=world.donor_make().pk, tier=world.tier_make(), now=LATER, actor="x"
        )

    assert models.Membership.objects.count() == 0


CURRENT_PAIRS = ["active", "paused", "past_due", "cancelling"]


@pytest.mark.parametrize("state", CURRENT_PAIRS)
def test_the_database_allows_a_donor_one_current_membership(state: str) -> None:
    # given
    first = membership_in("active")
    second = models.Membership.objects.create(
        public_id="second",
        donor=first.donor,
        tier=first.tier,
        state="draft",
        anchor_day=1,
        start_month=first.start_month,
        created_at=world.NOW,
    )

    # when
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Membership.objects.filter(pk=second.pk).update(state=state)

    # then
    second.refresh_from_db()
    assert second.state == "draft"


FORBIDDEN: dict[str, tuple[str, dict[str, object]]] = {
    "a state nobody knows": ("active", {"state": "asleep"}),
    "anchor day 0": ("active", {"anchor_day": 0}),
    "anchor day 32": ("active", {"anchor_day": 32}),
    "ended without a moment": ("active", {"state": "ended"}),
    "a moment without being ended": ("active", {"ended_at": world.NOW}),
    "parked without a reason": ("active", {"state": "parked", "parked_from": "active"}),
    "parked from nowhere": ("active", {"state": "parked", "parked_reason": "why"}),
    "a reason without being parked": ("active", {"parked_reason": "why"}),
    "unparked with its reason": ("parked", {"state": "active"}),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_database_refuses_what_the_states_forbid(what: str) -> None:
    # given
    state, columns = FORBIDDEN[what]
    membership = membership_in(state)
    unchanged = row(membership)

    # when
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Membership.objects.filter(pk=membership.pk).update(**columns)

    # then
    assert row(membership) == unchanged


@pytest.mark.parametrize(
    "columns",
    [
        {"kind": "free", "amount_yen": 3000},
        {"amount_yen": 0},
        {"amount_yen": -1},
        {"kind": "prepaid"},
        {"box_count": 2},
        {"kind": "yearly"},
    ],
)
def test_the_database_refuses_a_tier_that_contradicts_itself(columns: dict[str, object]) -> None:
    tier = world.tier_make()

    with pytest.raises(IntegrityError), transaction.atomic():
        models.Tier.objects.filter(pk=tier.pk).update(**columns)


RANKS = {
    "draft": None,
    "active": 1,
    "paused": 1,
    "past_due": 1,
    "cancelling": 1,
    "ended": None,
    "parked": None,
}


@pytest.mark.parametrize("state", STATES)
def test_content_is_open_exactly_for_those_entitled(state: str) -> None:
    membership = membership_in(state)

    assert selectors.content_rank(donor_id=membership.donor_id, today=world.TODAY) == RANKS[state]
