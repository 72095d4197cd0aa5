"""A box that is paid for and cannot move to the end of its term is not lost: staff find a way."""

from datetime import date

import pytest

from saleor_ext.flows.month import listing, locking
from saleor_ext.flows.swaps import proposing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, planning, selectors
from saleor_ext.outbox.models import OutboxMessage
from storefront.pages import swap as swap_pages
from tests.builders import months, swapping, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

OVER = date(2027, 1, 20)


@pytest.fixture
def member(provider: MemoryProvider) -> models.Membership:
    """Six boxes are paid for, in a town that lets no term grow; his December is about to be fixed
    and its radish is missing.
    """
    found = world.member_make(tier=world.prepaid_tier_make(box_source=world.world_make()))
    models.Municipality.objects.update(term_extra_months=0)
    planning.cycles_plan(
        today=months.LOCK_DAY, town=selectors.town_calendar(town=selectors.municipality_get())
    )
    return found


def lock() -> None:
    locking.cycles_lock_due(as_of=months.LOCK_DAY, now=swapping.ASK_NOW, actor="run")


def mails(name: str) -> int:
    return OutboxMessage.objects.filter(payload__name=name).count()


def orders(topic: str) -> int:
    return OutboxMessage.objects.filter(topic=topic).count()


def withdraw() -> None:
    alternate = fulfilment_models.Alternate.objects.get()
    proposing.alternate_withdraw(
        alternate_id=alternate.pk, reason="とれた", now=swapping.LISTED_NOW, actor="producer:1"
    )


@pytest.fixture
def december(member: models.Membership) -> models.Cycle:
    """He wants what is missing carried over, and was told that this cannot be."""
    swapping.wish(member, "carry")
    swapping.propose()
    lock()
    swapping.take_up()
    return months.month_of(member, 1)


def test_who_wants_it_carried_over_loses_no_box_where_the_term_may_grow_no_more(
    member: models.Membership, december: models.Cycle
) -> None:
    assert (december.state, swapping.swap_of(december).state) == ("locked", "carried")
    assert (mails("swap_carried"), mails("swap_waits"), mails("swap_refused")) == (0, 1, 1)
    assert member.cycles.filter(kind="prepaid", state__in=["planned", "locked"]).count() == 4


def test_once_the_gift_can_be_sent_it_is_ordered_and_comes_in_its_month(
    december: models.Cycle,
) -> None:
    # when
    withdraw()
    listing.cycles_list_due(as_of=swapping.LISTED, now=swapping.LISTED_NOW, actor="run")

    # then
    assert orders("order.create") == 1
    assert swapping.parcels(december) == [("冬の大根", "requested")]


def test_on_the_list_already_its_parcel_waits_and_goes_on_with_it(
    member: models.Membership,
) -> None:
    # given
    lock()
    listing.cycles_list_due(as_of=swapping.LISTED, now=swapping.LISTED_NOW, actor="run")
    december = months.month_of(member, 1)
    swapping.propose(now=swapping.LISTED_NOW)
    swapping.take_up(now=swapping.LISTED_NOW)

    # when
    swapping.listed_answer(december, is_accepted=False)
    refused = swapping.parcels(december)
    withdraw()

    # then
    assert refused == [("冬の大根", "held")]
    assert swapping.parcels(december) == [("冬の大根", "requested")]
    assert months.month_of(member, 1).state == "locked"


def test_nothing_is_cancelled_that_could_not_come_since_the_membership_is_over(
    member: models.Membership,
) -> None:
    # given
    models.Municipality.objects.update(term_extra_months=12)
    swapping.wish(member, "carry")
    lock()
    listing.cycles_list_due(as_of=swapping.LISTED, now=swapping.LISTED_NOW, actor="run")
    models.Membership.objects.update(state="ended", ended_at=months.morning(OVER))
    december = months.month_of(member, 1)

    # when
    swapping.propose(now=months.morning(OVER))
    swapping.take_up(now=months.morning(OVER))

    # then
    assert swapping.parcels(december) == [("冬の大根", "held")]
    assert months.month_of(member, 1).state == "locked"


@pytest.mark.parametrize(("extra_months", "is_for_staff"), [(0, True), (1, False)])
def test_the_page_promises_a_box_at_the_end_only_where_it_can_come(
    member: models.Membership, extra_months: int, is_for_staff: bool
) -> None:
    # given
    models.Municipality.objects.update(term_extra_months=extra_months)
    swapping.propose()
    lock()
    swapping.take_up()

    # when
    swap = swapping.swap_of(months.month_of(member, 1))
    page = swap_pages.swap_page(swap, sealed="x", today=months.LOCK_DAY)

    # then
    assert (page.is_prepaid, page.is_paid) == (True, is_for_staff)
