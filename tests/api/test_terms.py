"""Prepaid terms through the API: shown before, refused like on the pages."""

from datetime import date

import pytest

from saleor_ext.membership import models
from tests.builders import api_client, months, world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

STAND = """
{ membershipTerm { givenOn amountYen boxCount boxesLeft months lastBoxFrom nextDonationOn
  nextDonationYen chooseUntil } }
"""
TERM_PREVIEW = "query ($pick: String!) { membershipTermPreview(tierSlug: $pick) { kind seen } }"
TERM = """
mutation ($pick: String!, $seen: String) { membershipTermBegin(tierSlug: $pick, seen: $seen) {
  errors { code } choice { kind effectiveOn } } }
"""
AFTER_PREVIEW = "query ($pick: String!) { membershipAfterTermPreview(after: $pick) { kind seen } }"
AFTER = """
mutation ($pick: String!, $seen: String) { membershipAfterTermSet(after: $pick, seen: $seen) {
  errors { code } choice { kind effectiveOn } } }
"""
OFFERED = "query ($month: Date!) { membershipBoxesOffered(month: $month) { id title } }"
SWAP_PREVIEW = """
query ($month: Date!, $box: ID!) {
  membershipBoxSwapPreview(month: $month, boxId: $box) { kind effectiveOn seen } }
"""
SWAP = """
mutation ($month: Date!, $box: ID!, $seen: String) {
  membershipBoxSwap(month: $month, boxId: $box, seen: $seen) { errors { code } choice { kind } } }
"""
DECEMBER = "2026-12-01"


@pytest.fixture
def prepaid():
    world.town_make()
    tier = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=tier, month_from=date(2026, 11, 1), months=24)
    return months.member_ahead(tier=world.prepaid_tier_make(box_source=tier))


@pytest.mark.parametrize(
    ("document", "asked"),
    [
        (STAND, {}),
        (TERM, {"pick": "minato-6"}),
        (TERM_PREVIEW, {"pick": "minato-6"}),
        (AFTER, {"pick": "end"}),
        (AFTER_PREVIEW, {"pick": "end"}),
        (OFFERED, {"month": DECEMBER}),
        (SWAP, {"month": DECEMBER, "box": "1"}),
        (SWAP_PREVIEW, {"month": DECEMBER, "box": "1"}),
    ],
)
def test_nothing_is_told_or_changed_for_somebody_not_signed_in(prepaid, document, asked):
    answer = api_client.anonymous().ask(document, **asked)

    assert answer.codes == ["UNAUTHENTICATED"]
    assert models.MembershipChoice.objects.count() == 0


def test_a_term_is_told_and_renewed_as_it_was_shown(prepaid):
    # given
    hanako = api_client.as_donor("hanako")

    # when
    before = hanako.ask(STAND).data["membershipTerm"]
    preview = hanako.ask(AFTER_PREVIEW, pick="minato-6").data["membershipAfterTermPreview"]
    done = hanako.ask(AFTER, pick="minato-6", seen=preview["seen"]).data["membershipAfterTermSet"]
    after = hanako.ask(STAND).data["membershipTerm"]

    # then
    assert before == {
        "givenOn": "2026-11-24",
        "amountYen": 60000,
        "boxCount": 6,
        "boxesLeft": 5,
        "months": [f"{year}-{month:02}-01" for year, month in MONTHS],
        "lastBoxFrom": "2027-04-27",
        "nextDonationOn": None,
        "nextDonationYen": None,
        "chooseUntil": "2027-05-17",
    }
    assert done == {"errors": [], "choice": {"kind": "RENEWAL", "effectiveOn": "2027-05-24"}}
    assert (after["nextDonationOn"], after["nextDonationYen"]) == ("2027-05-24", 60000)


MONTHS = [(2026, 11), (2026, 12), (2027, 1), (2027, 2), (2027, 3), (2027, 4)]


def test_a_monthly_member_begins_a_term(prepaid):
    # given
    months.member_ahead(donor=world.donor_make(name="taro"), tier=world.tier_make(slug="minato"))
    taro = api_client.as_donor("taro")

    # when
    preview = taro.ask(TERM_PREVIEW, pick="minato-6").data["membershipTermPreview"]
    done = taro.ask(TERM, pick="minato-6", seen=preview["seen"]).data["membershipTermBegin"]
    refused = taro.ask(TERM, pick="nothing").data["membershipTermBegin"]

    # then
    assert done == {"errors": [], "choice": {"kind": "TERM", "effectiveOn": "2026-12-24"}}
    assert refused["errors"] == [{"code": "TIER_CLOSED"}]


def test_another_box_is_offered_and_chosen(prepaid):
    # given
    gift = world.gift_make(slug="buri", procurement_cost_yen=2000)
    world.box_make(tier=world.tier_make(), month=date(2026, 12, 1), gifts=[gift], title="海の箱")
    hanako = api_client.as_donor("hanako")

    # when
    [box] = hanako.ask(OFFERED, month=DECEMBER).data["membershipBoxesOffered"]
    asked = {"month": DECEMBER, "box": box["id"]}
    preview = hanako.ask(SWAP_PREVIEW, **asked).data["membershipBoxSwapPreview"]
    done = hanako.ask(SWAP, **asked, seen=preview["seen"]).data["membershipBoxSwap"]
    refused = hanako.ask(SWAP, month=DECEMBER, box="x").data["membershipBoxSwap"]

    # then
    assert (box["title"], preview["kind"]) == ("海の箱", "SWAP")
    assert done == {"errors": [], "choice": {"kind": "SWAP"}}
    assert refused["errors"] == [{"code": "BOX_NOT_OFFERED"}]
    assert prepaid.cycles.get(n=1).wished_box.title == "海の箱"
