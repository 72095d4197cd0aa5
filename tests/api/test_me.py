"""What people are told about themselves, and only about themselves."""

import pytest

from saleor_ext.fulfilment import services as fulfilment_services
from tests.builders import api as make
from tests.builders import api_client, world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

ME = """
{
  me {
    email displayName isStaff producer { slug }
    donor { familyName givenName birthDate postalCode isComplete }
    membership { id state anchorDay tier { slug } }
    memberships { id }
    cycles {
      key month state kind amountYen chargeOn box { title } shipments { key }
    }
    donations { key amountYen donatedOn receiptNumber isCorrection tierName }
    donatedYen
    card { brand last4 expMonth expYear }
    shipments {
      key state trackingNumber trackingUrl shippedOn month producer { name }
      items { name quantity }
    }
  }
}
"""
EMPTY = {
    "donor": None,
    "membership": None,
    "memberships": [],
    "cycles": [],
    "donations": [],
    "donatedYen": 0,
    "card": None,
    "shipments": [],
}


def hanako_make():
    """花子, a member for a day, with a donation and a parcel that has left."""
    membership = world.member_make()
    cycle = membership.cycles.get(n=0)
    box = cycle.snapshot.box_plan
    (parcel,) = make.shipments_make(cycle=cycle, box=box)
    shipped = fulfilment_services.shipment_shipped(
        producer_id=parcel.producer_id,
        key=parcel.key,
        carrier="yamato",
        tracking_number="123456789012",
        shipped_on=world.TODAY,
        now=world.NOW,
        actor="producer:1",
    )
    return membership, shipped


def test_nobody_is_me_when_nobody_is_signed_in():
    # given
    hanako_make()
    # when
    data = api_client.anonymous().ask(ME).data
    # then
    assert data == {"me": None}


def test_hanako_sees_her_details_membership_and_months():
    # given
    membership, parcel = hanako_make()
    # when
    me = api_client.as_donor("hanako").ask(ME).data["me"]
    # then
    assert (me["email"], me["displayName"], me["isStaff"]) == (
        "hanako@example.jp",
        "山田　花子",
        False,
    )
    assert me["producer"] is None
    assert me["donor"] == {
        "familyName": "山田",
        "givenName": "花子",
        "birthDate": "1985-04-02",
        "postalCode": "100-9999",
        "isComplete": True,
    }
    assert me["membership"] == {
        "id": membership.public_id,
        "state": "ACTIVE",
        "anchorDay": 24,
        "tier": {"slug": "nagisa"},
    }
    assert me["memberships"] == [{"id": membership.public_id}]
    assert me["cycles"] == [
        {
            "key": f"fs-{membership.public_id}-0",
            "month": "2026-11-01",
            "state": "CHARGED",
            "kind": "DONATION",
            "amountYen": 3000,
            "chargeOn": "2026-11-24",
            "box": {"title": "冬の畑から"},
            "shipments": [{"key": parcel.key}],
        }
    ]


def test_hanako_sees_her_donations_card_and_parcels():
    # given
    _, parcel = hanako_make()
    # when
    me = api_client.as_donor("hanako").ask(ME).data["me"]
    # then
    (donation,) = me["donations"]
    assert donation["key"].startswith("D")
    assert donation | {"key": ""} == {
        "key": "",
        "amountYen": 3000,
        "donatedOn": "2026-11-24",
        "receiptNumber": "2026-000001",
        "isCorrection": False,
        "tierName": "なぎさ会員",
    }
    assert me["donatedYen"] == 3000
    assert me["card"] == {"brand": "visa", "last4": "4242", "expMonth": 12, "expYear": 2030}
    (shipment,) = me["shipments"]
    assert "123456789012" in shipment.pop("trackingUrl")
    assert shipment == {
        "key": parcel.key,
        "state": "SHIPPED",
        "trackingNumber": "123456789012",
        "shippedOn": "2026-11-24",
        "month": "2026-11-01",
        "producer": {"name": "hatake農園"},
        "items": [{"name": "冬の大根", "quantity": 1}],
    }


def test_taro_sees_nothing_of_hanako():
    # given
    membership, parcel = hanako_make()
    world.donor_make(name="taro")
    taro = api_client.as_donor("taro")
    # when
    answer = taro.ask(ME)
    after_hers = taro.ask("query ($k: ID) { me { shipments(after: $k) { key } } }", k=parcel.key)
    after_cycle = taro.ask(
        "query ($k: ID) { me { cycles(after: $k) { key } } }", k=f"fs-{membership.public_id}-0"
    )
    # then
    me = answer.data["me"]
    assert me["donor"]["givenName"] == "太郎"
    assert {name: me[name] for name in EMPTY if name != "donor"} == {
        name: value for name, value in EMPTY.items() if name != "donor"
    }
    assert "花子" not in str(answer.body)
    assert after_hers.codes == ["INVALID_CURSOR"]
    assert after_cycle.data["me"]["cycles"] == []


def test_a_donors_cursor_must_be_his_own():
    # given
    hanako_make()
    of_taro = world.member_make(donor=world.donor_make(name="taro"))
    hers = api_client.as_donor("hanako")
    # when
    cycles = hers.ask(
        "query ($k: ID) { me { cycles(after: $k) { key } } }", k=f"fs-{of_taro.public_id}-0"
    )
    wrong = hers.ask("query ($k: ID) { me { donations(after: $k) { key } } }", k="D" + "9" * 30)
    number = hers.ask('{ me { donations(after: "D99") { key } } }')
    # then
    assert cycles.codes == wrong.codes == number.codes == ["INVALID_CURSOR"]


def test_somebody_who_never_joined_has_empty_lists():
    # when
    me = api_client.as_donor("jiro").ask(ME).data["me"]
    # then
    assert me == {
        "email": "jiro@example.jp",
        "displayName": "",
        "isStaff": False,
        "producer": None,
        **EMPTY,
    }


def test_a_producer_and_staff_are_told_who_they_are():
    # given
    world.producer_make()
    query = "{ me { isStaff producer { slug } donations { key } } }"
    # when
    producer = api_client.as_producer("hatake@example.jp").ask(query).data["me"]
    staff = api_client.as_staff().ask(query).data["me"]
    # then
    assert producer == {"isStaff": False, "producer": {"slug": "hatake"}, "donations": []}
    assert staff == {"isStaff": True, "producer": None, "donations": []}


def test_donations_are_told_by_calendar_year():
    # given
    last_year = world.NOW.replace(year=2025, month=12, day=31, hour=14)
    hanako = world.donor_make()
    tier = world.world_make(month_from=make.date(2025, 12, 1))
    membership = world.member_make(donor=hanako, tier=tier, now=last_year)
    cycle = make.cycle_make(membership=membership, n=1, state="planned")
    world.first_lock(cycle=cycle)
    world.donation_make(cycle=cycle)
    query = "query ($y: Int) { me { donatedYen(year: $y) donations(year: $y) { donatedOn } } }"
    client = api_client.as_donor()
    # when
    by_year = {year: client.ask(query, y=year).data["me"] for year in (2025, 2026, 2027)}
    whole = client.ask("{ me { donatedYen donations { donatedOn } } }").data["me"]
    # then
    assert by_year[2025] == {"donatedYen": 3000, "donations": [{"donatedOn": "2025-12-31"}]}
    assert by_year[2026] == {"donatedYen": 3000, "donations": [{"donatedOn": "2026-11-24"}]}
    assert by_year[2027] == {"donatedYen": 0, "donations": []}
    assert whole == {
        "donatedYen": 3000,
        "donations": [{"donatedOn": "2026-11-24"}, {"donatedOn": "2025-12-31"}],
    }
    assert client.ask(query, y=0).codes == ["INVALID"]


def test_an_amount_beyond_32_bits_is_told_exactly():
    # given
    donor = world.donor_make()
    world.town_make()
    tier = world.tier_make(slug="huge", amount_yen=3_000_000_000)
    membership = world.draft_make(donor=donor, tier=tier, is_box_wanted=False)
    cycle = membership.cycles.get(n=0)
    world.first_lock(cycle=cycle)
    world.donation_make(cycle=cycle)
    # when
    me = api_client.as_donor().ask("{ me { donatedYen donations { amountYen } } }").data["me"]
    # then
    assert me == {"donatedYen": 3_000_000_000, "donations": [{"amountYen": 3_000_000_000}]}


def test_a_box_that_was_not_wanted_is_not_shown():
    # given
    world.member_make(is_box_wanted=False)
    # when
    me = api_client.as_donor().ask("{ me { cycles { box { title } shipments { key } } } }").data
    # then
    assert me["me"]["cycles"] == [{"box": None, "shipments": []}]
