"""Who may offer a membership, and who may accept one: once, in time, by its address."""

import re
from datetime import date, datetime, timedelta

import pytest

from saleor_ext.common import jptime
from saleor_ext.common.errors import NotFound, Refusal
from saleor_ext.flows import errors
from saleor_ext.flows.choices import giving
from saleor_ext.flows.month import locking, monthly
from saleor_ext.membership import errors as membership_errors
from saleor_ext.membership import models, planning, selectors, services
from tests.builders import months, world
from tests.builders.giving import TARO_MAIL, accept, given_to_taro, mails, offer
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

PRICE = re.compile(r"3,?000|円|寄附")


@pytest.fixture
def member() -> models.Membership:
    """花子 since 24 November, with December to February planned."""
    member = world.member_make(tier=world.world_make())
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=world.TODAY, town=town)
    return member


def lock_december() -> None:
    locking.cycles_lock_due(
        as_of=months.LOCK_DAY, now=months.morning(months.LOCK_DAY), actor=world.ACTOR
    )


def test_one_acceptance_only(member: models.Membership) -> None:
    # given
    grant = offer(member)
    accept(grant)

    # when
    with pytest.raises(membership_errors.GrantOver):
        accept(grant)

    # then
    assert models.GrantEvent.objects.filter(to_state="accepted").count() == 1


def test_a_forwarded_link_opens_nothing_for_another_account(member: models.Membership) -> None:
    grant = offer(member)

    with pytest.raises(membership_errors.GrantForSomebodyElse):
        accept(grant, user_id="user-jiro", email="jiro@example.jp")

    grant.refresh_from_db()
    assert grant.state == "offered"
    assert not models.Donor.objects.filter(saleor_user_id="user-jiro").exists()


def test_the_giver_cannot_accept_his_own(member: models.Membership) -> None:
    # given
    with pytest.raises(membership_errors.GrantToOneself):
        offer(member, email="Hanako@example.jp")
    grant = offer(member)

    # when: his account's address was changed in the shop to the one the link went to
    with pytest.raises(membership_errors.GrantToOneself):
        accept(grant, user_id="user-hanako")

    # then
    assert models.Membership.objects.get().recipient_id is None


def test_its_last_day_is_a_whole_day(member: models.Membership) -> None:
    # given
    told = giving.give_preview(membership_id=member.pk, email=TARO_MAIL, now=world.NOW)
    grant = offer(member)

    # when
    accept(grant, now=datetime(2026, 12, 8, 23, 59, 58, tzinfo=jptime.JST))

    # then
    assert told.expires_on == date(2026, 12, 8)
    assert models.Membership.objects.get().recipient_id is not None


def test_after_its_last_day_a_link_opens_nothing_and_the_run_closes_the_offer(
    member: models.Membership, provider: MemoryProvider
) -> None:
    # given
    grant = offer(member)
    late = datetime(2026, 12, 8, 23, 59, 59, tzinfo=jptime.JST)

    # when
    with pytest.raises(membership_errors.GrantOver):
        accept(grant, now=late)
    monthly.run_cycles(as_of=date(2026, 12, 8), now=late, actor="test")

    # then
    grant.refresh_from_db()
    assert (grant.state, grant.recipient_email) == ("expired", "")
    assert mails("grant_expired") == 1
    assert giving.grants_close_due(now=late) == 0


def test_an_offer_taken_back_opens_nothing(member: models.Membership) -> None:
    # given
    grant = offer(member)

    # when
    giving.take_back_choose(membership_id=member.pk, now=world.NOW, actor="donor")

    # then
    with pytest.raises(membership_errors.GrantOver):
        accept(grant)
    grant.refresh_from_db()
    assert (grant.state, grant.recipient_email) == ("withdrawn", "")
    assert mails("grant_taken_back") == 1


def test_who_receives_one_membership_cannot_accept_another(member: models.Membership) -> None:
    # given
    given_to_taro(member)
    jiro = world.member_make(donor=world.donor_make(name="jiro"), tier=member.tier)
    second = offer(jiro)

    # when
    with pytest.raises(membership_errors.GrantHeld):
        accept(second)

    # then
    second.refresh_from_db()
    assert second.state == "offered"


def test_given_once_it_is_not_given_again(member: models.Membership) -> None:
    offer(member)

    with pytest.raises(membership_errors.GrantUnavailable):
        offer(member, email="jiro@example.jp")


def test_nobody_can_have_many_strangers_written_to(member: models.Membership) -> None:
    # given
    for number in range(3):
        offer(member, email=f"person{number}@example.jp")
        giving.take_back_choose(membership_id=member.pk, now=world.NOW, actor="donor")

    # when
    with pytest.raises(membership_errors.GrantTooMany):
        offer(member)

    # then
    assert offer(member, now=world.NOW + timedelta(days=1, seconds=1)).state == "offered"


@pytest.mark.parametrize("state", ["past_due", "cancelling", "parked"])
def test_only_a_membership_that_goes_on_is_given(member: models.Membership, state: str) -> None:
    moves = {
        "past_due": services.membership_past_due,
        "cancelling": services.membership_cancelling,
        "parked": services.membership_park,
    }
    moves[state](membership_id=member.pk, now=world.NOW, actor="test", reason="test")

    with pytest.raises(Refusal) as refusal:
        offer(member)

    assert refusal.value.code in {"choice_not_now", "membership_leaving", "membership_parked"}
    assert models.Grant.objects.count() == 0


def test_what_was_shown_is_what_is_done_or_nothing_is(member: models.Membership) -> None:
    # given
    preview = giving.give_preview(membership_id=member.pk, email=TARO_MAIL, now=world.NOW)
    lock_december()

    # when
    with pytest.raises(errors.ChoiceChanged):
        giving.give_choose(
            membership_id=member.pk,
            email=TARO_MAIL,
            now=months.morning(months.LOCK_DAY),
            actor="donor",
            seen=preview.seen,
        )

    # then
    assert models.Grant.objects.count() == 0


def test_an_invented_link_is_no_link(member: models.Membership) -> None:
    offer(member)

    for sealed in ("nothing", "x" * 120):
        with pytest.raises(errors.LinkBroken):
            giving.offer_open(sealed=sealed, now=world.NOW)


def test_who_receives_nothing_has_nothing_to_give_back(member: models.Membership) -> None:
    with pytest.raises(NotFound):
        giving.received_leave(donor_id=member.donor_id, now=world.NOW, actor="donor")
    with pytest.raises(NotFound):
        giving.take_back_choose(membership_id=member.pk, now=world.NOW, actor="donor")
