"""A producer reads and moves his own parcels; others' do not exist for him."""

import pytest

from saleor_ext.fulfilment import models
from tests.builders import api as make
from tests.builders import api_client, world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

LIST = """
query ($states: [ShipmentState!], $first: Int, $after: ID) {
  producerShipments(states: $states, first: $first, after: $after) {
    key state temperature listOn shipFrom
    label { recipientName postalCode prefecture city street building phone }
    items { name contents quantity }
  }
}
"""
ONE = "query ($key: ID!) { producerShipment(key: $key) { key state } }"
READY = """
mutation ($key: ID!) { shipmentReady(key: $key) {
  errors { code field message } shipment { key state } } }
"""
UNREADY = READY.replace("shipmentReady", "shipmentUnready")
SHIP = """
mutation ($key: ID!, $number: String!) { shipmentShip(key: $key, trackingNumber: $number) {
  errors { code field message } shipment { key state trackingNumber trackingUrl shippedOn } } }
"""
CORRECT = SHIP.replace("shipmentShip", "shipmentNumberCorrect")
NUMBER = "4910-1234-5670"  # the check digit is the rest of dividing by 7


def parcels_make(count: int = 1):
    """Parcels of a farm and of a port for 花子's first months."""
    tier = world.world_make()
    farm = world.producer_make()
    port = world.producer_make(slug="minato", carrier="sagawa")
    gifts = [world.gift_make(producer=farm), world.gift_make(slug="katsuo", producer=port)]
    box = make.box_make(tier=tier, gifts=gifts, month=make.date(2030, 1, 1))
    membership = make.membership_make(donor=world.donor_make(), tier=tier)
    made = []
    for n in range(count):
        cycle = make.cycle_make(membership=membership, n=n)
        made.append(make.shipments_make(cycle=cycle, box=box))
    return [row[0] for row in made], [row[1] for row in made]


def as_farm():
    return api_client.as_producer("hatake@example.jp")


def states():
    return sorted(models.Shipment.objects.values_list("state", flat=True))


def test_the_list_has_my_parcels_with_what_a_label_needs():
    # given
    (parcel,), _ = parcels_make()
    # when
    data = as_farm().ask(LIST).data
    # then
    assert data["producerShipments"] == [
        {
            "key": parcel.key,
            "state": "REQUESTED",
            "temperature": "CHILLED",
            "listOn": "2026-11-17",
            "shipFrom": "2026-11-18",
            "label": {
                "recipientName": "山田　花子",
                "postalCode": "100-0000",
                "prefecture": "東京都",
                "city": "千代田区",
                "street": "一番町0-0",
                "building": "青空荘101",
                "phone": "090-0000-1234",
            },
            "items": [{"name": "冬の大根", "contents": "2本", "quantity": 1}],
        }
    ]


def test_the_list_can_be_narrowed_and_continued():
    # given
    mine, _ = parcels_make(3)
    client = as_farm()
    client.ask(READY, key=mine[1].key)
    # when
    ready = client.ask(LIST, states=["PREPARING"]).data["producerShipments"]
    rest = client.ask(LIST, first=5, after=mine[0].key).data["producerShipments"]
    # then
    assert [row["key"] for row in ready] == [mine[1].key]
    assert [row["key"] for row in rest] == [mine[1].key, mine[2].key]


def test_another_producers_parcel_cannot_be_read_by_list_key_or_cursor():
    # given
    (mine,), (theirs,) = parcels_make()
    client = as_farm()
    # when
    listed = client.ask(LIST).data["producerShipments"]
    by_key = client.ask(ONE, key=theirs.key)
    after = client.ask(LIST, after=theirs.key)
    # then
    assert [row["key"] for row in listed] == [mine.key]
    assert (by_key.codes, by_key.body["data"]) == (["NOT_FOUND"], {"producerShipment": None})
    assert after.codes == ["INVALID_CURSOR"]
    assert client.ask(ONE, key=mine.key).data["producerShipment"]["key"] == mine.key


@pytest.mark.parametrize("mutation", [READY, UNREADY])
def test_another_producers_parcel_cannot_be_moved(mutation):
    # given
    _, (theirs,) = parcels_make()
    # when
    data = as_farm().ask(mutation, key=theirs.key).data
    # then
    (payload,) = data.values()
    assert payload == {
        "errors": [{"code": "NOT_FOUND", "field": None, "message": None}],
        "shipment": None,
    }
    assert states() == ["requested", "requested"]
    assert models.ShipmentEvent.objects.count() == 2


def test_another_producers_parcel_cannot_be_shipped():
    # given
    _, (theirs,) = parcels_make()
    # when
    payload = as_farm().ask(SHIP, key=theirs.key, number=NUMBER).data["shipmentShip"]
    # then
    assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"]
    assert states() == ["requested", "requested"]


@pytest.mark.parametrize("who", ["anonymous", "donor", "staff"])
@pytest.mark.parametrize("query", [LIST, ONE, READY, UNREADY, SHIP, CORRECT])
def test_only_producers_come_this_far(who, query):
    # given
    (mine,), _ = parcels_make()
    client = getattr(api_client, who if who == "anonymous" else f"as_{who}")()
    variables = {"key": mine.key} if "$key" in query else {}
    if "$number" in query:
        variables["number"] = NUMBER
    # when
    answer = client.ask(query, **variables)
    # then
    assert answer.codes == ["UNAUTHENTICATED" if who == "anonymous" else "PERMISSION_DENIED"]
    assert "花子" not in str(answer.body)
    assert states() == ["requested", "requested"]


def test_ready_unready_and_shipped_with_a_verified_number():
    # given
    (mine,), _ = parcels_make()
    client = as_farm()
    # when
    ready = client.ask(READY, key=mine.key).data["shipmentReady"]
    unready = client.ask(UNREADY, key=mine.key).data["shipmentUnready"]
    shipped = client.ask(SHIP, key=mine.key, number="４９１０－１２３４－５６７０").data
    again = client.ask(SHIP, key=mine.key, number=NUMBER).data
    late = client.ask(READY, key=mine.key).data["shipmentReady"]
    # then
    assert ready == {"errors": [], "shipment": {"key": mine.key, "state": "PREPARING"}}
    assert unready["shipment"]["state"] == "REQUESTED"
    payload = shipped["shipmentShip"]
    assert payload["errors"] == []
    assert payload["shipment"]["state"] == "SHIPPED"
    assert payload["shipment"]["trackingNumber"] == "491012345670"
    assert payload["shipment"]["shippedOn"] == "2026-11-24"
    assert "491012345670" in payload["shipment"]["trackingUrl"]
    assert again == shipped
    assert late["errors"] == [{"code": "INVALID_TRANSITION", "field": None, "message": None}]
    events = models.ShipmentEvent.objects.filter(shipment=mine).order_by("pk")
    assert [row.to_state for row in events] == [
        "requested",
        "preparing",
        "requested",
        "labelled",
        "shipped",
    ]
    assert events[1].actor == f"producer:{mine.producer_id}"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4910-1234-5671", "TRACKING_CHECK_DIGIT"),
        ("4910-1234", "TRACKING_LENGTH"),
        ("4910-1234-56A3", "TRACKING_CHARACTER"),
        ("1" * 51, "INVALID"),
    ],
)
def test_a_number_that_cannot_be_right_is_refused(number, code):
    # given
    (mine,), _ = parcels_make()
    # when
    payload = as_farm().ask(SHIP, key=mine.key, number=number).data["shipmentShip"]
    # then
    assert [error["code"] for error in payload["errors"]] == [code]
    assert states() == ["requested", "requested"]


def test_a_producer_puts_the_right_number_on_his_own_parcel_under_way():
    # given
    (mine,), (theirs,) = parcels_make()
    client = as_farm()
    client.ask(SHIP, key=mine.key, number=NUMBER)
    # when
    right = client.ask(CORRECT, key=mine.key, number="4910-1234-5681").data
    foreign = client.ask(CORRECT, key=theirs.key, number=NUMBER).data
    # then
    assert right["shipmentNumberCorrect"]["errors"] == []
    assert right["shipmentNumberCorrect"]["shipment"]["trackingNumber"] == "491012345681"
    codes = [error["code"] for error in foreign["shipmentNumberCorrect"]["errors"]]
    assert codes == ["NOT_FOUND"]


def test_a_number_is_used_once():
    # given
    mine, _ = parcels_make(2)
    client = as_farm()
    client.ask(SHIP, key=mine[0].key, number=NUMBER)
    # when
    payload = client.ask(SHIP, key=mine[1].key, number=NUMBER).data["shipmentShip"]
    # then
    assert [error["code"] for error in payload["errors"]] == ["TRACKING_USED"]
    assert states() == ["requested", "requested", "requested", "shipped"]
