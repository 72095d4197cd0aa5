"""What a member can choose through the API: shown before, refused like on the pages."""

import pytest

from saleor_ext.membership import models, services
from tests.builders import api_client, months, world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

PREVIEW = """
query ($month: Date!) { membershipSkipPreview(month: $month) {
  kind effectiveOn changeUntil month months nextDonationOn nextDonationYen seen } }
"""
SKIP = """
mutation ($month: Date!, $seen: String) { membershipSkip(month: $month, seen: $seen) {
  errors { code } choice { kind effectiveOn } membership { state } } }
"""
UNDO = SKIP.replace("membershipSkip(", "membershipSkipUndo(")
UNDO_PREVIEW = PREVIEW.replace("membershipSkipPreview", "membershipSkipUndoPreview")
DECEMBER = {"month": "2026-12-01"}


def states_of(membership):
    return list(membership.cycles.order_by("n").values_list("state", flat=True))


@pytest.fixture
def member():
    return months.member_ahead()


@pytest.mark.parametrize("document", [PREVIEW, SKIP, UNDO, UNDO_PREVIEW])
def test_nothing_is_told_or_changed_for_somebody_not_signed_in(member, document):
    answer = api_client.anonymous().ask(document, **DECEMBER)

    assert answer.codes == ["UNAUTHENTICATED"]
    assert models.MembershipChoice.objects.count() == 0


def test_a_month_is_left_out_as_it_was_shown_and_comes_back(member):
    # given
    hanako = api_client.as_donor("hanako")

    # when
    preview = hanako.ask(PREVIEW, **DECEMBER).data["membershipSkipPreview"]
    before = states_of(member)
    done = hanako.ask(SKIP, **DECEMBER, seen=preview["seen"]).data["membershipSkip"]
    skipped = states_of(member)
    back = hanako.ask(UNDO_PREVIEW, **DECEMBER).data["membershipSkipUndoPreview"]
    undone = hanako.ask(UNDO, **DECEMBER, seen=back["seen"]).data["membershipSkipUndo"]

    # then
    assert preview | {"seen": ""} == {
        "kind": "SKIP",
        "effectiveOn": "2026-12-24",
        "changeUntil": "2026-12-17",
        "month": "2026-12-01",
        "months": ["2026-12-01"],
        "nextDonationOn": "2027-01-24",
        "nextDonationYen": 3000,
        "seen": "",
    }
    assert done == {
        "errors": [],
        "choice": {"kind": "SKIP", "effectiveOn": "2026-12-24"},
        "membership": {"state": "ACTIVE"},
    }
    assert undone["choice"]["kind"] == "SKIP_UNDO"
    assert before == states_of(member) == ["charged", "planned", "planned", "planned"]
    assert skipped == ["charged", "skipped", "planned", "planned"]


def test_what_is_no_longer_so_is_not_done(member):
    # given
    hanako = api_client.as_donor("hanako")

    # when
    payload = hanako.ask(SKIP, **DECEMBER, seen="something else").data["membershipSkip"]

    # then
    assert payload == {"errors": [{"code": "CHOICE_CHANGED"}], "choice": None, "membership": None}
    assert states_of(member) == ["charged", "planned", "planned", "planned"]


def test_refusals_are_those_of_the_pages(member):
    # given
    hanako, taro = api_client.as_donor("hanako"), api_client.as_donor("taro")
    services.membership_park(
        membership_id=member.pk, now=world.NOW, actor="staff:1", reason="住所の確認"
    )

    # then
    assert hanako.ask(PREVIEW, **DECEMBER).codes == ["MEMBERSHIP_PARKED"]
    payload = hanako.ask(SKIP, **DECEMBER).data["membershipSkip"]
    assert payload["errors"] == [{"code": "MEMBERSHIP_PARKED"}]
    assert taro.ask(PREVIEW, **DECEMBER).codes == ["NOT_FOUND"]
    assert taro.ask(SKIP, **DECEMBER).data["membershipSkip"]["errors"] == [{"code": "NOT_FOUND"}]
