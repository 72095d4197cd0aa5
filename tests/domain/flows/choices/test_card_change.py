"""A new card: entered without taking money, charged from then on, and at once for what is owed."""

from datetime import timedelta

import pytest

from saleor_ext.common.errors import NotFound
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows import errors
from saleor_ext.flows.choices import card_change
from saleor_ext.flows.month import charging
from saleor_ext.flows.orders.orders import NotYet
from saleor_ext.flows.payments import old_cards
from saleor_ext.membership import models
from saleor_ext.outbox.models import OutboxMessage
from tests.builders import months, world
from tests.builders.provider import NEW_CARD, MemoryProvider

pytestmark = pytest.mark.django_db

NOW = months.morning(months.CHARGE_DAY, hour=15)


def open_card(donor_id: int, *, now=NOW) -> card_change.CardStep:
    return card_change.card_change_choose(donor_id=donor_id, now=now, actor="donor")


def finish_card(donor_id: int, *, now=NOW) -> card_change.CardStep:
    return card_change.card_change_finish(donor_id=donor_id, now=now, actor="donor")


def the_key() -> str:
    return donation_models.CardChange.objects.latest("pk").key


def attempts(cycle: models.Cycle) -> list[tuple[int, str]]:
    rows = donation_selectors.attempts_of_cycle(cycle_id=cycle.pk)
    return [(row.number, row.state) for row in rows]


@pytest.fixture(autouse=True)
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The changes for which the job of charging what is owed was asked for."""
    asked: list[int] = []

    def enqueue(name: str, **values: int) -> None:
        if name == card_change.RETRY_JOB:
            asked.append(values["change_id"])

    monkeypatch.setattr(card_change.jobs, "enqueue", enqueue)
    return asked


def retry(asked: list[int], *, now=NOW) -> int:
    """What the queue does with the job, which it may do twice."""
    [change_id] = asked
    return card_change.owed_months_retry(change_id=change_id, now=now)


@pytest.fixture
def owing(provider: MemoryProvider) -> models.Cycle:
    """A December that a lost card could not pay on 24 December 2026."""
    return months.declined_december_make(provider)


def test_the_new_card_is_the_one_that_is_charged_from_then_on(provider: MemoryProvider) -> None:
    # given
    member = world.member_make(tier=world.world_make())

    # when
    step = open_card(member.donor_id)
    same = open_card(member.donor_id)
    provider.card_enter(the_key())
    done = finish_card(member.donor_id)

    # then
    assert (step.state, step.client_secret) == ("confirm", "seti_1_secret")
    assert same == step
    assert done.state == "done"
    card = donation_selectors.card_current(donor_id=member.donor_id)
    assert (card.method_ref, card.last4) == (NEW_CARD.method_ref, "5454")
    assert donation_models.CardOnFile.objects.filter(is_current=True).count() == 1
    events = donation_models.CardChangeEvent.objects.order_by("pk")
    assert [(row.from_state, row.to_state) for row in events] == [("", "open"), ("open", "kept")]
    assert OutboxMessage.objects.filter(key__startswith="mail:card_changed:").count() == 1
    assert world.donated_count() == 1


def test_what_was_declined_is_charged_at_once_with_the_new_card(
    provider: MemoryProvider, owing: models.Cycle, handed_over: list[int]
) -> None:
    # given
    donor_id = owing.membership.donor_id
    preview = card_change.card_change_preview(donor_id=donor_id, today=months.CHARGE_DAY)
    open_card(donor_id)
    provider.card_enter(the_key())

    # when
    finish_card(donor_id)
    received = retry(handed_over)

    # then
    assert received == 1
    assert [cycle.pk for cycle in preview.retried] == [owing.pk]
    assert preview.retried_yen == 3000
    assert attempts(owing) == [(1, "declined"), (2, "succeeded")]
    paid = months.month_of(owing.membership, 1)
    assert (paid.state, paid.next_try_on, paid.membership.state) == ("charged", None, "active")
    assert world.donated_count() == 2


def test_coming_back_the_providers_message_and_the_next_run_charge_nothing_twice(
    provider: MemoryProvider, owing: models.Cycle, handed_over: list[int]
) -> None:
    # given
    donor_id = owing.membership.donor_id
    open_card(donor_id)
    provider.card_enter(the_key())

    # when
    finish_card(donor_id)
    retry(handed_over)
    card_change.provider_event_handle(provider_ref="seti_1", now=NOW)
    finish_card(donor_id)
    retry(handed_over)
    months.run(provider, months.CHARGE_DAY, hour=18)

    # then
    assert attempts(owing) == [(1, "declined"), (2, "succeeded")]
    assert len(provider.succeeded()) == 1


def test_a_new_card_that_is_declined_too_is_asked_once_and_then_on_the_towns_days(
    provider: MemoryProvider, owing: models.Cycle, handed_over: list[int]
) -> None:
    # given
    donor_id = owing.membership.donor_id
    open_card(donor_id)
    provider.card_enter(the_key())
    provider.next_outcomes = ["insufficient_funds"]

    # when
    finish_card(donor_id)
    retry(handed_over)
    again = retry(handed_over)

    # then
    assert again == 0
    assert attempts(owing) == [(1, "declined"), (2, "declined")]
    late = months.month_of(owing.membership, 1)
    assert late.next_try_on == months.CHARGE_DAY + timedelta(days=1)
    assert late.membership.state == "past_due"


def test_a_run_that_chose_the_month_earlier_comes_too_late(
    provider: MemoryProvider, owing: models.Cycle, handed_over: list[int]
) -> None:
    # given: the retry was declined between a run's choosing the month and its charging it
    open_card(owing.membership.donor_id)
    provider.card_enter(the_key())
    provider.next_outcomes = ["lost_card"]
    finish_card(owing.membership.donor_id)
    retry(handed_over)

    # when
    result = charging.cycle_charge(cycle_id=owing.pk, now=NOW, actor="run")

    # then
    assert result is charging.ChargeResult.NOT_DUE
    assert attempts(owing) == [(1, "declined"), (2, "declined")]


def test_a_lost_job_is_made_up_for_by_the_next_run(
    provider: MemoryProvider, owing: models.Cycle
) -> None:
    # given
    open_card(owing.membership.donor_id)
    provider.card_enter(the_key())
    finish_card(owing.membership.donor_id)
    assert attempts(owing) == [(1, "declined")]

    # when
    months.run(provider, months.CHARGE_DAY, hour=18)

    # then
    assert attempts(owing) == [(1, "declined"), (2, "succeeded")]


def test_what_waited_for_the_old_cards_bank_is_closed_before_the_new_card_is_asked(
    provider: MemoryProvider, handed_over: list[int]
) -> None:
    # given
    owing = months.declined_december_make(provider, said="authentication_required")
    donor_id = owing.membership.donor_id
    open_card(donor_id)
    provider.card_enter(the_key())

    # when
    finish_card(donor_id)
    retry(handed_over)

    # then
    assert attempts(owing) == [(1, "declined"), (2, "succeeded")]
    assert [state.outcome.value for state in provider.charges.values()] == ["canceled", "succeeded"]


def test_a_question_of_the_new_cards_own_bank_stays_open(
    provider: MemoryProvider, owing: models.Cycle, handed_over: list[int]
) -> None:
    # given
    open_card(owing.membership.donor_id)
    provider.card_enter(the_key())
    provider.next_outcomes = ["authentication_required"]

    # when
    finish_card(owing.membership.donor_id)
    retry(handed_over)
    retry(handed_over, now=NOW + timedelta(minutes=5))

    # then
    assert attempts(owing) == [(1, "declined"), (2, "action_required")]


def test_a_refused_card_may_be_entered_again_in_the_same_field(provider: MemoryProvider) -> None:
    # given
    member = world.member_make(tier=world.world_make())
    open_card(member.donor_id)

    # when
    provider.card_enter(the_key(), "card_declined")
    refused = finish_card(member.donor_id)
    provider.card_enter(the_key())
    done = finish_card(member.donor_id)

    # then
    assert (refused.state, refused.decline_code) == ("declined", "card_declined")
    assert done.state == "done"
    assert donation_models.CardChange.objects.count() == 1


def test_a_field_left_open_for_a_day_is_begun_anew_and_still_counts_when_entered(
    provider: MemoryProvider,
) -> None:
    # given
    member = world.member_make(tier=world.world_make())
    open_card(member.donor_id)
    first = the_key()
    later = NOW + timedelta(days=1)

    # when
    step = open_card(member.donor_id, now=later)
    provider.card_enter(first)
    card_change.provider_event_handle(provider_ref="seti_1", now=later)

    # then
    assert step.client_secret == "seti_2_secret"
    rows = donation_models.CardChange.objects.order_by("number")
    assert [row.state for row in rows] == ["kept", "open"]
    assert donation_selectors.card_current(donor_id=member.donor_id).last4 == "5454"


def test_while_the_provider_is_away_nothing_is_lost(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    member = world.member_make(tier=world.world_make())

    def away(**_: object) -> None:
        raise card_change.provider_errors.ProviderRetryable("connection_refused")

    monkeypatch.setattr(provider, "card_entry_open", away)

    # when
    with pytest.raises(errors.ProviderAway):
        open_card(member.donor_id)

    # then
    assert finish_card(member.donor_id).state == "waiting"
    assert donation_selectors.card_current(donor_id=member.donor_id).last4 == "4242"


def test_a_card_that_neither_browser_nor_message_told_of_is_found_and_charged_for_what_is_owed(
    provider: MemoryProvider, owing: models.Cycle, handed_over: list[int]
) -> None:
    # given
    donor_id = owing.membership.donor_id
    open_card(donor_id)
    provider.card_enter(the_key())

    # when
    too_early = card_change.cards_settle_open(now=NOW + timedelta(minutes=4))
    found = card_change.cards_settle_open(now=NOW + timedelta(minutes=5))
    again = card_change.cards_settle_open(now=NOW + timedelta(minutes=15))
    received = retry(handed_over)

    # then
    assert (too_early, found, again) == (0, 1, 0)
    assert donation_selectors.card_current(donor_id=donor_id).last4 == "5454"
    assert OutboxMessage.objects.filter(key__startswith="mail:card_changed:").count() == 1
    events = donation_models.CardChangeEvent.objects.order_by("pk")
    assert [(row.to_state, row.actor) for row in events] == [("open", "donor"), ("kept", "janitor")]
    assert received == 1
    assert attempts(owing) == [(1, "declined"), (2, "succeeded")]


def test_a_card_that_was_never_entered_is_asked_about_for_two_days(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    member = world.member_make(tier=world.world_make())
    open_card(member.donor_id)
    asked: list[str] = []
    fetch = provider.card_entry_fetch

    def counted(*, provider_ref: str) -> object:
        asked.append(provider_ref)
        return fetch(provider_ref=provider_ref)

    monkeypatch.setattr(provider, "card_entry_fetch", counted)

    # when
    card_change.cards_settle_open(now=NOW + timedelta(days=2))
    card_change.cards_settle_open(now=NOW + timedelta(days=2, seconds=1))

    # then
    assert asked == ["seti_1"]
    assert donation_models.CardChange.objects.get().state == "open"
    assert donation_selectors.card_current(donor_id=member.donor_id).last4 == "4242"


def test_one_entering_that_cannot_be_looked_at_does_not_stop_the_others(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    tier = world.world_make()
    members = [
        world.member_make(tier=tier, donor=world.donor_make(name=name))
        for name in ("hanako", "taro", "jiro")
    ]
    for member in members:
        open_card(member.donor_id)
        provider.card_enter(the_key())
    fetch = provider.card_entry_fetch
    troubles = {
        "seti_1": ZeroDivisionError(),
        "seti_2": provider_errors.ProviderPermanent("resource_missing"),
    }

    def troubled(*, provider_ref: str) -> object:
        if provider_ref in troubles:
            raise troubles[provider_ref]
        return fetch(provider_ref=provider_ref)

    monkeypatch.setattr(provider, "card_entry_fetch", troubled)

    # when
    kept = card_change.cards_settle_open(now=NOW + timedelta(hours=1))

    # then
    assert kept == 1
    rows = donation_models.CardChange.objects.order_by("pk")
    assert [row.state for row in rows] == ["open", "open", "kept"]


def test_a_provider_who_answers_nobody_is_not_asked_about_every_entering(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    tier = world.world_make()
    for name in ("hanako", "taro", "jiro", "saburo", "shiro"):
        open_card(world.member_make(tier=tier, donor=world.donor_make(name=name)).donor_id)
    asked: list[str] = []

    def away(*, provider_ref: str) -> None:
        asked.append(provider_ref)
        raise provider_errors.ProviderRetryable("connection_refused")

    monkeypatch.setattr(provider, "card_entry_fetch", away)

    # when
    card_change.cards_settle_open(now=NOW + timedelta(hours=1))

    # then
    assert len(asked) == 3
    assert set(donation_models.CardChange.objects.values_list("state", flat=True)) == {"open"}


@pytest.mark.parametrize("tier", ["none", "free"])
def test_who_gives_nothing_has_no_card_to_change(provider: MemoryProvider, tier: str) -> None:
    # given
    world.town_make()
    donor = world.donor_make()
    if tier == "free":
        free = world.free_tier_make()
        world.services.membership_join_free(
            donor_id=donor.pk, tier=free, now=world.NOW, actor="donor"
        )

    # when
    with pytest.raises(NotFound):
        open_card(donor.pk)

    # then
    assert donation_models.CardChange.objects.count() == 0
    assert provider.calls == []


def detach_messages() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(topic="card.detach"))


def detach(*, now=NOW) -> None:
    """What the outbox does with every such message, which it may do twice."""
    for message in detach_messages():
        old_cards.card_detach(message.payload, now)


def test_the_old_card_is_forgotten_at_the_provider_once_the_new_one_is_there(
    provider: MemoryProvider,
) -> None:
    # given
    member = world.member_make(tier=world.world_make())
    old = donation_selectors.card_current(donor_id=member.donor_id)
    open_card(member.donor_id)
    before = detach_messages()
    provider.card_enter(the_key())
    finish_card(member.donor_id)
    finish_card(member.donor_id)

    # when
    [message] = detach_messages()
    detach()
    detach()

    # then
    assert before == []
    assert message.next_try_at == NOW + timedelta(minutes=10)
    assert [call for call in provider.calls if "detach" in call] == [f"detach {old.method_ref}"]
    old.refresh_from_db()
    assert (old.is_current, old.detached_at) == (False, NOW)


def test_a_provider_that_is_away_is_asked_again_and_nothing_else_suffers(
    provider: MemoryProvider,
) -> None:
    # given
    member = world.member_make(tier=world.world_make())
    open_card(member.donor_id)
    provider.card_enter(the_key())
    finish_card(member.donor_id)
    provider.next_detaches = [provider_errors.ProviderUnknown("timeout")]

    # when
    with pytest.raises(provider_errors.ProviderUnknown):
        detach()
    card = donation_selectors.card_current(donor_id=member.donor_id)
    detach()

    # then
    assert card.method_ref == NEW_CARD.method_ref
    assert donation_models.CardOnFile.objects.filter(detached_at__isnull=False).count() == 1


def test_a_card_that_is_charged_again_or_just_being_charged_is_kept(
    provider: MemoryProvider, owing: models.Cycle
) -> None:
    # given
    donor_id = owing.membership.donor_id
    old = donation_selectors.card_current(donor_id=donor_id)
    open_card(donor_id)
    provider.card_enter(the_key())
    finish_card(donor_id)
    months.attempt_make(owing, now=NOW)

    # when
    with pytest.raises(NotYet):
        detach()
    donation_models.CardOnFile.objects.filter(is_current=True).update(is_current=False)
    donation_models.CardOnFile.objects.filter(pk=old.pk).update(is_current=True)
    detach()

    # then
    assert not any("detach" in call for call in provider.calls)
    assert donation_models.CardOnFile.objects.filter(detached_at__isnull=False).count() == 0
