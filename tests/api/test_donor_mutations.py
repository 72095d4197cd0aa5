"""What people can change for themselves, and what staff can change for members."""

import pytest

from saleor_ext.content import models as content_models
from saleor_ext.membership import models
from tests.builders import api as make
from tests.builders import api_client, world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

DETAILS = """
mutation ($input: DonorDetailsInput!) { donorDetailsSet(input: $input) {
  errors { code field message }
  donor { familyName postalCode phone prefecture registeredCity isComplete } } }
"""
JOIN = """
mutation ($tier: String!) { membershipJoinFree(tier: $tier) {
  errors { code field } membership { state tier { slug } } } }
"""
ENTER = """
mutation ($slug: String!) { eventEnter(slug: $slug) {
  errors { code } event { hasEntered placesLeft howToJoin } } }
"""
LEAVE = ENTER.replace("eventEnter", "eventLeave")
PARK = """
mutation ($id: ID!, $reason: String!) { membershipPark(id: $id, reason: $reason) {
  errors { code } membership { state } } }
"""
UNPARK = PARK.replace("membershipPark", "membershipUnpark")

INPUT = {
    "familyName": " 山田 ",
    "givenName": "花子",
    "familyKana": "ヤマダ",
    "givenKana": "はなこ",
    "birthDate": "1985-04-02",
    "phone": "０９０−００００−１１１１",
    "postalCode": "〒１００９９９９",
    "prefecture": "東京都",
    "city": "千代田区",
    "street": "架空町1-2-3",
}


def codes(payload):
    return [error["code"] for error in payload["errors"]]


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (DETAILS, {"input": INPUT}),
        (JOIN, {"tier": "dayori"}),
        (ENTER, {"slug": "ohanashi"}),
        (LEAVE, {"slug": "ohanashi"}),
        (PARK, {"id": "x", "reason": "x"}),
        (UNPARK, {"id": "x", "reason": "x"}),
    ],
)
def test_nothing_is_changed_for_somebody_not_signed_in(document, variables):
    # given
    world.free_tier_make()
    make.event_make()
    # when
    answer = api_client.anonymous().ask(document, **variables)
    # then
    assert answer.codes == ["UNAUTHENTICATED"]
    assert models.Donor.objects.count() == 0
    assert content_models.EventEntry.objects.count() == 0


def test_details_are_normalised_and_stored_for_whoever_asks():
    # given
    taro = world.donor_make(name="taro")
    # when
    payload = api_client.as_donor("hanako").ask(DETAILS, input=INPUT).data["donorDetailsSet"]
    # then
    assert payload == {
        "errors": [],
        "donor": {
            "familyName": "山田",
            "postalCode": "100-9999",
            "phone": "090-0000-1111",
            "prefecture": "東京都",
            "registeredCity": "",
            "isComplete": True,
        },
    }
    stored = models.Donor.objects.get(saleor_user_id="user-hanako")
    assert (stored.given_kana, str(stored.birth_date)) == ("はなこ", "1985-04-02")
    taro.refresh_from_db()
    assert taro.family_name == "鈴木"


def test_the_registered_address_is_kept_only_when_it_differs():
    # given
    hers = api_client.as_donor()
    registered = {
        "registeredPostalCode": "7899999",
        "registeredPrefecture": "高知県",
        "registeredCity": "汐見町",
        "registeredStreet": "本町1-1",
    }
    # when
    differs = INPUT | registered | {"isRegisteredAddressSame": False}
    first = hers.ask(DETAILS, input=differs).data["donorDetailsSet"]
    same = hers.ask(DETAILS, input=INPUT | registered).data["donorDetailsSet"]
    # then
    assert first["donor"]["registeredCity"] == "汐見町"
    assert same["donor"]["registeredCity"] == ""


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"familyName": "　"}, "REQUIRED", "familyName"),
        ({"street": ""}, "REQUIRED", "street"),
        ({"postalCode": "123-456"}, "INVALID", "postalCode"),
        ({"postalCode": ""}, "REQUIRED", "postalCode"),
        ({"phone": "12-34"}, "INVALID", "phone"),
        ({"phone": "090-0000-11x1"}, "INVALID", "phone"),
        ({"phone": "0" + "-" * 40 + "9000001111"}, "INVALID", "phone"),
        ({"prefecture": "江戸"}, "INVALID", "prefecture"),
        ({"familyKana": "Yamada"}, "INVALID", "familyKana"),
        ({"city": "あ" * 51}, "INVALID", "city"),
        ({"building": "一階\n二階"}, "INVALID", "building"),
        ({"birthDate": "2026-11-25"}, "INVALID", "birthDate"),
        ({"birthDate": "1800-01-01"}, "INVALID", "birthDate"),
        ({"isRegisteredAddressSame": False}, "REQUIRED", "registeredPostalCode"),
    ],
)
def test_details_that_cannot_be_right_are_refused_and_nothing_is_stored(change, code, field):
    # when
    payload = api_client.as_donor().ask(DETAILS, input=INPUT | change).data["donorDetailsSet"]
    # then
    assert payload == {
        "errors": [{"code": code, "field": field, "message": None}],
        "donor": None,
    }
    assert models.Donor.objects.count() == 0


def test_somebody_new_joins_the_free_tier_once():
    # given
    world.free_tier_make()
    world.town_make()
    client = api_client.as_donor()
    # when
    first = client.ask(JOIN, tier="dayori").data["membershipJoinFree"]
    second = client.ask(JOIN, tier="dayori").data["membershipJoinFree"]
    # then
    assert first == {
        "errors": [],
        "membership": {"state": "ACTIVE", "tier": {"slug": "dayori"}},
    }
    assert codes(second) == ["ALREADY_MEMBER"]
    assert models.Membership.objects.count() == 1


@pytest.mark.parametrize(("tier", "code"), [("nagisa", "NOT_FREE"), ("nothing", "NOT_FOUND")])
def test_other_tiers_cannot_be_joined_for_free(tier, code):
    # given
    world.tier_make(slug="nagisa")
    # when
    payload = api_client.as_donor().ask(JOIN, tier=tier).data["membershipJoinFree"]
    # then
    assert codes(payload) == [code]
    assert models.Membership.objects.count() == 0
    assert models.Donor.objects.count() == 0


def member(rank: int = 0, name: str = "hanako"):
    tier = world.free_tier_make() if rank == 0 else world.tier_make(rank=rank)
    return make.membership_make(donor=world.donor_make(name=name), tier=tier)


def test_a_member_takes_a_place_and_gives_it_back():
    # given
    member()
    make.event_make(capacity=2)
    client = api_client.as_donor()
    # when
    entered = [client.ask(ENTER, slug="ohanashi").data["eventEnter"] for _ in range(2)]
    left = client.ask(LEAVE, slug="ohanashi").data["eventLeave"]
    # then
    place = {
        "hasEntered": True,
        "placesLeft": 1,
        "howToJoin": "https://meet.example.jp/secret-room",
    }
    assert entered == [{"errors": [], "event": place}] * 2
    assert left == {
        "errors": [],
        "event": {"hasEntered": False, "placesLeft": 2, "howToJoin": None},
    }


def test_a_full_event_and_one_for_others_are_refused():
    # given
    member()
    make.event_make(slug="full", capacity=0)
    make.event_make(slug="higher", min_rank=1)
    client = api_client.as_donor()
    # when
    full = client.ask(ENTER, slug="full").data["eventEnter"]
    higher = client.ask(ENTER, slug="higher").data["eventEnter"]
    missing = client.ask(ENTER, slug="nothing").data["eventEnter"]
    stranger = api_client.as_donor("jiro").ask(ENTER, slug="higher").data["eventEnter"]
    # then
    assert [codes(one) for one in (full, higher, missing, stranger)] == [
        ["EVENT_FULL"],
        ["NOT_ENTITLED"],
        ["NOT_FOUND"],
        ["NOT_ENTITLED"],
    ]
    assert content_models.EventEntry.objects.count() == 0


def test_an_event_that_is_over_is_refused():
    # given
    member()
    make.event_make(
        starts_at=world.NOW - make.timedelta(hours=2), ends_at=world.NOW - make.timedelta(hours=1)
    )
    # when
    payload = api_client.as_donor().ask(ENTER, slug="ohanashi").data["eventEnter"]
    # then
    assert codes(payload) == ["EVENT_OVER"]


def test_staff_park_and_unpark_with_a_reason():
    # given
    membership = member(rank=1)
    staff = api_client.as_staff()
    # when
    without = staff.ask(PARK, id=membership.public_id, reason=" ").data["membershipPark"]
    parked = staff.ask(PARK, id=membership.public_id, reason="転居の連絡").data["membershipPark"]
    again = staff.ask(PARK, id=membership.public_id, reason="転居の連絡").data["membershipPark"]
    back = staff.ask(UNPARK, id=membership.public_id, reason="確認済み").data
    missing = staff.ask(PARK, id="nothing", reason="x").data["membershipPark"]
    # then
    assert codes(without) == ["REASON_MISSING"]
    assert parked == {"errors": [], "membership": {"state": "PARKED"}}
    assert codes(again) == ["INVALID_TRANSITION"]
    assert back["membershipUnpark"] == {"errors": [], "membership": {"state": "ACTIVE"}}
    assert codes(missing) == ["NOT_FOUND"]
    events = membership.events.order_by("pk")
    assert [(row.to_state, row.actor) for row in events][-2:] == [
        ("parked", "staff:user-sato"),
        ("active", "staff:user-sato"),
    ]


@pytest.mark.parametrize("document", [PARK, UNPARK])
def test_members_producers_and_staff_without_the_role_cannot_park(document):
    # given
    membership = member(rank=1)
    world.producer_make()
    clients = [
        api_client.as_donor(),
        api_client.as_producer("hatake@example.jp"),
        api_client.as_staff(permissions=["MANAGE_USERS", "MANAGE_PAGES"]),
    ]
    # when
    answers = [
        client.ask(document, id=membership.public_id, reason="まちがい") for client in clients
    ]
    # then
    assert [answer.codes for answer in answers] == [["PERMISSION_DENIED"]] * 3
    membership.refresh_from_db()
    assert membership.state == "active"


WISH = """
mutation { membershipResidentWishSet(isPure: true) {
  errors { code } membership { isPureIfResident } } }
"""


def test_a_member_says_what_happens_should_he_move_into_the_town():
    # given
    make.membership_make(donor=world.donor_make(), tier=world.world_make())
    # when
    done = api_client.as_donor().ask(WISH).data["membershipResidentWishSet"]
    # then
    assert done == {"errors": [], "membership": {"isPureIfResident": True}}


def test_without_a_paid_membership_there_is_nothing_to_wish():
    world.world_make()
    world.donor_make()

    done = api_client.as_donor().ask(WISH).data["membershipResidentWishSet"]

    assert done == {"errors": [{"code": "NOT_FOUND"}], "membership": None}
    assert api_client.anonymous().ask(WISH).codes == ["UNAUTHENTICATED"]
