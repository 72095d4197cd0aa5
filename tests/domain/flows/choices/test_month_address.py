"""One month's box goes elsewhere, and the month after as before."""

from datetime import date, timedelta

import pytest

from saleor_ext.common import jptime
from saleor_ext.common.errors import NotFound
from saleor_ext.flows import errors
from saleor_ext.flows.choices import month_address
from saleor_ext.flows.month import locking
from saleor_ext.membership import errors as membership_errors
from saleor_ext.membership import models, planning, selectors
from saleor_ext.outbox.models import OutboxMessage
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

DECEMBER = date(2026, 12, 1)

SEASIDE = {
    "family_name": "山田",
    "given_name": "花子",
    "phone": "０９０−００００−３３３３",
    "postal_code": "2500000",
    "prefecture": "神奈川県",
    "city": "架空市",
    "street": "海辺1-2",
    "building": "浜田様方",
}


@pytest.fixture
def member() -> models.Membership:
    member = world.member_make(tier=world.world_make())
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=world.TODAY, town=town)
    return member


def choose(member: models.Membership, **changes: object) -> None:
    given = {"membership": member, "month": DECEMBER, "address": SEASIDE, "now": world.NOW}
    month_address.month_address_choose(actor="donor", **given | changes)


def delivery_of(member: models.Membership, n: int) -> dict[str, str]:
    return models.CycleSnapshot.objects.get(cycle__membership=member, cycle__n=n).delivery


def lock_all(day: date) -> None:
    locking.cycles_lock_due(as_of=day, now=months.morning(day), actor=world.ACTOR)


def test_the_month_chosen_goes_there_and_the_next_one_home(member: models.Membership) -> None:
    # given
    open_months = month_address.months_open(membership=member, today=world.TODAY)
    assert [cycle.n for cycle in open_months] == [1, 2, 3]

    # when
    choose(member)
    lock_all(date(2026, 12, 18))
    lock_all(date(2027, 1, 18))

    # then
    december, january = delivery_of(member, 1), delivery_of(member, 2)
    assert december == {
        "name": "山田　花子",
        "postal_code": "250-0000",
        "prefecture": "神奈川県",
        "city": "架空市",
        "street": "海辺1-2",
        "building": "浜田様方",
        "phone": "090-0000-3333",
    }
    assert january["city"] == "千代田区"
    snapshot = models.CycleSnapshot.objects.get(cycle__membership=member, cycle__n=1)
    assert snapshot.donor_address.startswith("東京都千代田区")
    assert OutboxMessage.objects.filter(key__startswith="mail:month_address_set:").count() == 1


def test_the_preview_says_which_month_until_when_and_writes_nothing(
    member: models.Membership,
) -> None:
    preview = month_address.month_address_preview(
        membership=member, month=DECEMBER, address=SEASIDE, today=world.TODAY
    )

    cycle = member.cycles.get(n=1)
    assert preview.change_until == date(2026, 12, 17)
    assert (preview.effective_on, preview.ship_to) == (cycle.ship_from, cycle.ship_to)
    assert dict(preview.address)["postal_code"] == "250-0000"
    assert "海辺" not in repr(preview)
    assert models.MonthAddress.objects.count() == 0


def test_it_can_be_changed_again_and_taken_back_until_the_last_day(
    member: models.Membership,
) -> None:
    # given
    choose(member)
    choose(member, address=SEASIDE | {"city": "別の市"})
    assert models.MonthAddress.objects.get().city == "別の市"
    last_day = jptime.jst_moment(date(2026, 12, 17), hour=23)

    # when
    month_address.month_return_choose(
        membership=member, month=DECEMBER, now=last_day, actor="donor"
    )
    lock_all(date(2026, 12, 18))

    # then
    assert delivery_of(member, 1)["city"] == "千代田区"
    assert OutboxMessage.objects.filter(key__startswith="mail:month_address_removed:").count() == 1


def test_after_the_last_day_nothing_is_written(member: models.Membership) -> None:
    too_late = months.morning(date(2026, 12, 18))

    with pytest.raises(errors.MonthFixed):
        choose(member, now=too_late)

    assert models.MonthAddress.objects.count() == 0


def test_a_month_that_is_locked_meanwhile_keeps_its_address(member: models.Membership) -> None:
    # given: the month was locked between the donor's preview and his confirmation
    lock_all(date(2026, 12, 18))

    # when
    with pytest.raises(errors.MonthFixed):
        choose(member, now=world.NOW + timedelta(days=1))

    # then
    assert delivery_of(member, 1)["city"] == "千代田区"


@pytest.mark.parametrize("street", ["汐見町本町1-1", "幡見郡汐見町本町1-1"])
def test_no_box_goes_into_the_town(member: models.Membership, street: str) -> None:
    in_town = SEASIDE | {"prefecture": "高知県", "city": "", "street": street}
    in_town["city"], in_town["street"] = street[:-5], street[-5:]

    with pytest.raises(errors.AddressInTown):
        choose(member, address=in_town)

    assert models.MonthAddress.objects.count() == 0


@pytest.mark.parametrize("name", ["family_name", "phone", "postal_code", "prefecture", "street"])
def test_what_a_parcel_needs_is_asked_for(member: models.Membership, name: str) -> None:
    with pytest.raises(errors.InputMissing) as refusal:
        choose(member, address=SEASIDE | {name: " "})

    assert refusal.value.fields == {"field": name}


def test_somebody_elses_membership_is_not_found(member: models.Membership) -> None:
    taro = world.donor_make(name="taro")

    with pytest.raises(NotFound):
        month_address.membership_of(donor_id=taro.pk, public_id=member.public_id)


def test_whoever_was_given_the_membership_says_where_the_box_goes_and_the_giver_no_more(
    member: models.Membership,
) -> None:
    # given
    taro = world.donor_make(name="taro")
    models.Membership.objects.filter(pk=member.pk).update(recipient=taro)

    # when
    own = month_address.membership_of(donor_id=taro.pk, public_id=member.public_id)
    choose(own)
    with pytest.raises(NotFound):
        month_address.membership_of(donor_id=member.donor_id, public_id=member.public_id)

    # then
    told = OutboxMessage.objects.get(payload__name="month_address_set")
    assert told.payload["donor_id"] == taro.pk
    assert not models.MembershipChoice.objects.filter(kind="address").exists()


def test_a_month_that_goes_home_anyway_cannot_be_sent_home(member: models.Membership) -> None:
    with pytest.raises(NotFound):
        month_address.month_return_choose(
            membership=member, month=DECEMBER, now=world.NOW, actor="donor"
        )


def test_without_a_box_there_is_no_address_to_change(provider: MemoryProvider) -> None:
    member = world.member_make(tier=world.world_make(), is_box_wanted=False)
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=world.TODAY, town=town)

    with pytest.raises(membership_errors.NoBoxComes):
        choose(member)
