"""Giving a membership, and a month's own address, through the API."""

import pytest

from saleor_ext.flows.choices import giving, grant_link
from saleor_ext.flows.month import monthly
from saleor_ext.membership import models
from tests.builders import api_client, world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

TARO = "taro@example.jp"
PREVIEW = """query ($email: String!) { membershipGivePreview(email: $email) {
    kind effectiveOn month lockedMonths expiresOn isAccepted seen } }"""
GIVE = """mutation ($email: String!, $seen: String) { membershipGive(email: $email, seen: $seen) {
    errors { code field } grant { state expiresOn } } }"""
BACK = "mutation { membershipTakeBack { errors { code } grant { state } } }"
ACCEPT = """mutation ($link: String!, $input: DonorDetailsInput!) {
    receivedAccept(link: $link, input: $input) {
        errors { code field } received { giverName tierName months { month title } } } }"""
LEAVE = "mutation { receivedLeave { errors { code } done } }"
SET = """mutation ($month: Date!, $address: MonthAddressInput!, $received: Boolean) {
    monthAddressSet(month: $month, address: $address, received: $received) {
        errors { code field } done } }"""
HOME = """mutation ($month: Date!) { monthAddressReturn(month: $month) {
    errors { code } done } }"""
ME = """{ me { giving { state } received { giverName months { month goesElsewhere } }
    cycles { key shipments { key } } shipments { key } } }"""
INPUT = {
    "familyName": "鈴木",
    "givenName": "太郎",
    "birthDate": "1985-04-02",
    "phone": "090-0000-2222",
    "postalCode": "100-9999",
    "prefecture": "東京都",
    "city": "港区",
    "street": "架空坂4-5",
}
ADDRESS = {name: value for name, value in INPUT.items() if name != "birthDate"}


@pytest.fixture
def member() -> models.Membership:
    member = world.member_make(tier=world.world_make())
    monthly.run_cycles(as_of=world.TODAY, now=world.NOW, actor="test")
    return member


def link_of(grant: models.Grant) -> str:
    return grant_link.link_make(grant_id=grant.pk)


def accepted(member: models.Membership) -> models.Grant:
    grant = giving.give_choose(membership_id=member.pk, email=TARO, now=world.NOW, actor="donor")
    world.donor_make(name="taro")
    client = api_client.as_donor("taro")
    payload = client.ask(ACCEPT, link=link_of(grant), input=INPUT).data["receivedAccept"]
    assert payload["errors"] == []
    assert payload["received"]["giverName"] == "山田　花子"
    assert payload["received"]["months"][0] == {"month": "2026-12-01", "title": "冬の畑から"}
    return grant


def test_a_member_offers_what_the_preview_showed(member: models.Membership) -> None:
    # given
    client = api_client.as_donor()
    preview = client.ask(PREVIEW, email=TARO).data["membershipGivePreview"]

    # when
    given = client.ask(GIVE, email=TARO, seen=preview["seen"]).data["membershipGive"]
    again = client.ask(GIVE, email=TARO).data["membershipGive"]

    # then
    assert (preview["kind"], preview["month"]) == ("HANDOVER", "2026-12-01")
    assert preview["expiresOn"] == "2026-12-08"
    assert given == {"errors": [], "grant": {"state": "OFFERED", "expiresOn": "2026-12-08"}}
    assert again["errors"] == [{"code": "GRANT_UNAVAILABLE", "field": None}]
    assert client.ask(BACK).data["membershipTakeBack"]["grant"] == {"state": "WITHDRAWN"}


def test_neither_of_the_two_reads_what_is_the_others(member: models.Membership) -> None:
    accepted(member)

    giver = api_client.as_donor().ask(ME).data["me"]
    taro = api_client.as_donor("taro").ask(ME).data["me"]

    assert giver["giving"] == {"state": "ACCEPTED"}
    assert giver["received"] is None
    assert taro["giving"] is None
    assert next(row["month"] for row in taro["received"]["months"]) == "2026-12-01"
    assert taro["cycles"] == []


def test_no_type_the_recipient_reads_has_a_price() -> None:
    names = ["ReceivedMembership", "ReceivedMonth"]
    document = '{ __type(name: "%s") { fields { name type { name ofType { name } } } } }'

    for name in names:
        fields = api_client.anonymous().ask(document % name).data["__type"]["fields"]
        assert fields
        assert "Yen" not in str(fields)
        assert "Tier" not in [field["type"]["name"] for field in fields]


def test_what_is_received_is_given_back(member: models.Membership) -> None:
    accepted(member)
    client = api_client.as_donor("taro")

    assert client.ask(LEAVE).data["receivedLeave"] == {"errors": [], "done": True}
    assert client.ask(LEAVE).data["receivedLeave"]["errors"] == [{"code": "NOT_FOUND"}]
    assert models.Grant.objects.get().state == "ended"


def test_somebody_else_cannot_accept(member: models.Membership) -> None:
    grant = giving.give_choose(membership_id=member.pk, email=TARO, now=world.NOW, actor="donor")
    world.donor_make(name="jiro")

    def code(client: api_client.ApiClient, link: str) -> str:
        [error] = client.ask(ACCEPT, link=link, input=INPUT).data["receivedAccept"]["errors"]
        return str(error["code"])

    assert code(api_client.as_donor("jiro"), link_of(grant)) == "GRANT_FOR_SOMEBODY_ELSE"
    assert code(api_client.as_donor(), link_of(grant)) == "GRANT_TO_ONESELF"
    assert code(api_client.as_donor("taro"), "nothing") == "LINK_BROKEN"
    assert api_client.anonymous().ask(ACCEPT, link="x", input=INPUT).codes == ["UNAUTHENTICATED"]
    assert models.Grant.objects.get().state == "offered"


def test_one_month_goes_elsewhere_and_home_again(member: models.Membership) -> None:
    # given
    client = api_client.as_donor()

    # when
    there = client.ask(SET, month="2026-12-01", address=ADDRESS).data["monthAddressSet"]
    stored = models.MonthAddress.objects.get().city
    home = client.ask(HOME, month="2026-12-01").data["monthAddressReturn"]

    # then
    assert there == {"errors": [], "done": True}
    assert stored == "港区"
    assert home == {"errors": [], "done": True}
    assert models.MonthAddress.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"phone": ""}, "REQUIRED", "phone"),
        ({"postalCode": "12"}, "INVALID", "postalCode"),
        ({"prefecture": "高知県", "city": "汐見町"}, "ADDRESS_IN_TOWN", None),
    ],
)
def test_an_address_that_cannot_be_is_refused(
    member: models.Membership, changes: dict[str, str], code: str, field: str | None
) -> None:
    answer = api_client.as_donor().ask(SET, month="2026-12-01", address=ADDRESS | changes)

    assert answer.data["monthAddressSet"]["errors"] == [{"code": code, "field": field}]
    assert models.MonthAddress.objects.count() == 0


def test_the_giver_says_nothing_about_the_recipients_address(member: models.Membership) -> None:
    accepted(member)

    giver = api_client.as_donor().ask(SET, month="2026-12-01", address=ADDRESS)
    taro = api_client.as_donor("taro").ask(SET, month="2026-12-01", address=ADDRESS, received=True)

    assert giver.data["monthAddressSet"]["errors"] == [{"code": "NOT_FOUND", "field": None}]
    assert taro.data["monthAddressSet"]["done"] is True
