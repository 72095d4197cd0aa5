"""The one-stop exception through the API, with the same refusals as on the pages."""

import pytest

from saleor_ext.membership import models as membership_models
from saleor_ext.onestop import facts, models
from tests.builders import onestop, receipts, world
from tests.builders.api_client import ApiClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

KEYS = ("isReturnFree", "isResidentTaxFree", "isFewTowns", "isIncomeLow", "isDeductionFree")
YEAR = """{ onestopYear(year: 2026) { isWanted isEligible deadline wording
    questions { key text } applications { number state amountYen missing voidReason } } }"""
BACK = """mutation { onestopWishWithdraw(year: 2026, reason: RETURN_FILED) { errors { code }
    onestopYear { isWanted applications { state voidReason } } } }"""
CHANGE = (
    """mutation { onestopChangeWrite(year: 2026) { errors { code } change { state changed } } }"""
)
RECEIVE = """mutation ($numbers: [String!]!) { onestopReceive(numbers: $numbers,
    receivedAs: PAPER, receivedOn: "2026-11-24") { errors { code } onestopYear { year } } }"""
ACCEPT = """mutation ($numbers: [String!]!) { onestopAccept(numbers: $numbers,
    identityKind: CARD) { errors { code } onestopYear { year } } }"""
INCOMPLETE = """mutation ($numbers: [String!]!) { onestopIncomplete(numbers: $numbers,
    missing: [PERSON_PAPER]) { errors { code } onestopYear { year } } }"""
VOID = """mutation ($numbers: [String!]!) { onestopVoid(numbers: $numbers,
    reason: LATE) { errors { code } onestopYear { year } } }"""


def wish(no: str = "", year: int = 2026) -> str:
    answers = ", ".join(f"{key}: {'false' if key == no else 'true'}" for key in KEYS)
    return (
        f"mutation {{ onestopWishSet(year: {year}, answers: {{{answers}}}) "
        "{ errors { code } onestopYear { isWanted applications { state } } } }"
    )


def hanako() -> ApiClient:
    return ApiClient().sign_in(user_id="user-hanako", email="hanako@example.jp")


def officer(*permissions: str) -> ApiClient:
    return ApiClient().sign_in(
        user_id="user-sato", email="sato@example.jp", is_staff=True, permissions=permissions
    )


def test_a_donor_asks_wishes_and_takes_it_back() -> None:
    # given
    receipts.given_make(donor=world.donor_make(), days=[world.TODAY])
    client = hanako()

    # when
    before = client.ask(YEAR).data["onestopYear"]
    done = client.ask(wish()).data["onestopWishSet"]
    back = client.ask(BACK).data["onestopWishWithdraw"]

    # then
    assert (before["isWanted"], before["deadline"]) == (None, "2027-01-10")
    assert [question["key"] for question in before["questions"]] == list(facts.ANSWERS)
    assert done["onestopYear"] == {"isWanted": True, "applications": [{"state": "WISHED"}]}
    assert back["onestopYear"]["applications"] == [{"state": "VOID", "voidReason": "RETURN_FILED"}]


def test_an_answer_that_forbids_it_is_kept_and_refused() -> None:
    receipts.given_make(donor=world.donor_make(), days=[world.TODAY])

    answered = hanako().ask(wish(no="isFewTowns")).data["onestopWishSet"]

    assert [error["code"] for error in answered["errors"]] == ["ONESTOP_NOT_ELIGIBLE"]
    assert models.OneStopAnswers.objects.get().answers["is_few_towns"] is False
    assert models.OneStopApplication.objects.count() == 0


def test_a_year_that_is_over_or_to_come_is_refused() -> None:
    world.town_make()
    world.donor_make()
    for year in (2024, 2027):
        answered = hanako().ask(wish(year=year)).data["onestopWishSet"]
        assert [error["code"] for error in answered["errors"]] == ["ONESTOP_YEAR_CLOSED"]


def test_a_change_is_reported_once_something_was_accepted() -> None:
    row = onestop.year_make()
    client = hanako()
    early = client.ask(CHANGE).data["onestopChangeWrite"]
    onestop.accepted(onestop.applications(row)[0])
    membership_models.Donor.objects.update(family_name="海野")

    late = client.ask(CHANGE).data["onestopChangeWrite"]

    assert [error["code"] for error in early["errors"]] == ["ONESTOP_NOTHING_ACCEPTED"]
    assert late["change"] == {"state": "WRITTEN", "changed": ["full_name"]}


def test_the_office_works_by_numbers_and_only_with_its_permissions() -> None:
    # given
    row = onestop.year_make()
    numbers = [one.number for one in onestop.applications(row)]
    office = officer("HANDLE_PAYMENTS", "MANAGE_USERS")

    # when
    for client in (hanako(), officer("MANAGE_ORDERS"), officer("HANDLE_PAYMENTS")):
        for document in (RECEIVE, ACCEPT, INCOMPLETE, VOID):
            assert client.ask(document, numbers=numbers).codes == ["PERMISSION_DENIED"]
    found = office.ask(
        "query ($n: String!) { onestopApplication(number: $n) { state } }", n=numbers[0]
    )
    received = office.ask(RECEIVE, numbers=numbers).data["onestopReceive"]
    office.ask(INCOMPLETE, numbers=numbers)
    wrong = office.ask(ACCEPT, numbers=numbers).data["onestopAccept"]
    unknown = office.ask(VOID, numbers=["2026-000099-1"]).data["onestopVoid"]

    # then
    assert found.data["onestopApplication"] == {"state": "WISHED"}
    assert received == {"errors": [], "onestopYear": {"year": 2026}}
    assert [error["code"] for error in wrong["errors"]] == ["INVALID_TRANSITION"]
    assert [error["code"] for error in unknown["errors"]] == ["NOT_FOUND"]
    assert [one.state for one in onestop.applications(row)] == ["incomplete"]


def test_an_individual_number_gets_into_no_text_of_a_mutation() -> None:
    world.member_make(tier=world.world_make())

    answered = hanako().ask(
        'mutation { receiptReissue(key: "R1", reason: "1234-5678-9018") { errors { code field } } }'
    )

    assert answered.data["receiptReissue"]["errors"] == [
        {"code": "MY_NUMBER_REFUSED", "field": "reason"}
    ]
