"""A pause inside a prepaid term: the boxes move to after it, and no money does."""

from datetime import date

import pytest

from saleor_ext.donations import models as donation_models
from saleor_ext.flows import errors
from saleor_ext.flows.choices import pause
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, outlook
from saleor_ext.outbox.models import OutboxMessage
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

SPRING = date(2027, 3, 10)  # December, January and February lie before it


@pytest.fixture
def prepaid() -> models.Membership:
    """花子 with six boxes from November on, paid for with 60,000 yen."""
    world.town_make()
    tier = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=tier, month_from=date(2026, 11, 1), months=24)
    return months.member_ahead(tier=world.prepaid_tier_make(box_source=tier))


def paused(membership: models.Membership, *, until: date = SPRING, on: date = world.TODAY):
    return pause.pause_choose(
        membership_id=membership.pk, resume_on=until, now=months.morning(on), actor="donor:1"
    )


def walk(provider: MemoryProvider, first: date, last: date) -> None:
    """A run every ten days: what falls between is found by its state."""
    for day in range(first.toordinal(), last.toordinal() + 1, 10):
        months.run(provider, date.fromordinal(day))


def box_months(membership: models.Membership) -> list[str]:
    """The months of the boxes that were asked for at the producer."""
    rows = fulfilment_models.Shipment.objects.filter(cycle__membership=membership)
    return sorted(f"{month:%Y-%m}" for month in rows.values_list("cycle__month", flat=True))


def test_the_preview_shows_when_the_next_and_the_last_box_leave(
    prepaid: models.Membership,
) -> None:
    # when
    preview = pause.pause_preview(membership_id=prepaid.pk, resume_on=SPRING, today=world.TODAY)

    # then
    december = months.month_of(prepaid, 1)
    assert preview.is_of_term
    assert (preview.effective_on, preview.change_until) == (
        december.ship_from,
        december.change_until,
    )
    assert preview.months == (date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1))
    assert (preview.month, preview.last_month) == (date(2026, 12, 1), date(2027, 2, 1))
    assert preview.next_box_from == date(2027, 3, 26)
    assert (preview.last_box_month, preview.last_box_from) == (
        date(2027, 7, 1),
        date(2027, 7, 27),
    )
    assert preview.next_donation_on is None
    prepaid.refresh_from_db()
    assert (prepaid.resume_on, prepaid.state) == (None, "active")


def test_every_box_comes_and_nothing_else_is_charged(
    provider: MemoryProvider, prepaid: models.Membership
) -> None:
    # when
    choice = paused(prepaid)
    state = models.Membership.objects.get(pk=prepaid.pk).state
    walk(provider, world.TODAY, date(2027, 8, 20))

    # then
    assert state == "paused"
    assert box_months(prepaid) == [
        "2026-11",
        "2027-03",
        "2027-04",
        "2027-05",
        "2027-06",
        "2027-07",
    ]
    assert choice.details["last_box_month"] == "2027-07-01"
    assert donation_models.Donation.objects.count() == 1
    assert provider.calls == []
    prepaid.refresh_from_db()
    assert (prepaid.state, prepaid.resume_on) == ("ended", None)
    told = OutboxMessage.objects.filter(topic="mail.send").values_list("payload__name", flat=True)
    assert {"choice_pause", "resume_soon", "pause_over", "prepaid_ended"} <= set(told)


def test_going_on_earlier_brings_the_boxes_back(
    provider: MemoryProvider, prepaid: models.Membership
) -> None:
    # given
    before = outlook.term_of(prepaid, today=world.TODAY)
    paused(prepaid)
    day = date(2027, 1, 5)
    walk(provider, world.TODAY, day)

    # when
    preview = pause.resume_preview(membership_id=prepaid.pk, today=day)
    pause.resume_choose(membership_id=prepaid.pk, now=months.morning(day), actor="donor:1")
    walk(provider, day, date(2027, 7, 1))

    # then
    assert before is not None
    assert before.last.dates.month == date(2027, 4, 1)
    assert (preview.month, preview.last_box_month) == (date(2027, 1, 1), date(2027, 5, 1))
    assert box_months(prepaid) == [
        "2026-11",
        "2027-01",
        "2027-02",
        "2027-03",
        "2027-04",
        "2027-05",
    ]
    assert donation_models.Donation.objects.count() == 1


def test_a_pause_can_be_made_shorter_and_longer(prepaid: models.Membership) -> None:
    # given
    paused(prepaid)

    # when
    shorter = paused(prepaid, until=date(2027, 1, 10))
    longer = paused(prepaid, until=SPRING)

    # then
    assert shorter.details["last_box_month"] == "2027-05-01"
    assert longer.details["last_box_month"] == "2027-07-01"
    term = outlook.term_of(models.Membership.objects.get(pk=prepaid.pk), today=world.TODAY)
    assert term is not None
    assert [month.dates.month.month for month in term.boxes] == [11, 3, 4, 5, 6, 7]


def test_a_box_that_is_fixed_leaves_all_the_same(
    provider: MemoryProvider, prepaid: models.Membership
) -> None:
    # given
    months.run(provider, months.LOCK_DAY)

    # when
    preview = pause.pause_preview(membership_id=prepaid.pk, resume_on=SPRING, today=months.LOCK_DAY)
    paused(prepaid, on=months.LOCK_DAY)
    walk(provider, months.LOCK_DAY, date(2027, 7, 20))

    # then
    assert preview.fixed_box_from == months.month_of(prepaid, 1).ship_from
    assert preview.month == date(2027, 1, 1)
    assert box_months(prepaid)[:3] == ["2026-11", "2026-12", "2027-03"]
    assert len(box_months(prepaid)) == 6


@pytest.mark.parametrize(
    ("extra", "until", "refusal"),
    [
        (2, SPRING, errors.TermFullLength),
        (12, date(2026, 12, 20), errors.PauseTooShort),
        (12, world.TODAY, errors.PauseDateInvalid),
        (12, date(2027, 11, 25), errors.PauseDateInvalid),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    prepaid: models.Membership, extra: int, until: date, refusal: type[Exception]
) -> None:
    # given
    models.Municipality.objects.update(term_extra_months=extra)
    before = list(prepaid.cycles.order_by("n").values_list("n", "state"))

    # when
    with pytest.raises(refusal):
        paused(prepaid, until=until)

    # then
    assert list(prepaid.cycles.order_by("n").values_list("n", "state")) == before
    assert models.MembershipChoice.objects.count() == 0
