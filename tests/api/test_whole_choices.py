"""Rest, go on, another day, another tier, leave and stay through the API."""

from datetime import date

import pytest

from saleor_ext.membership import models
from tests.builders import api_client, months, world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

SHOWN = "{ kind effectiveOn changeUntil month nextDonationOn nextDonationYen seen }"
DONE = "{ errors { code } choice { kind effectiveOn } membership { state anchorDay } }"

CASES = {
    "pause": ("membershipPause", 'until: "2027-02-10"', "2026-12-24"),
    "anchor": ("membershipAnchor", "day: 10", "2026-12-10"),
    "tier": ("membershipTier", 'tierSlug: "minato"', "2026-12-24"),
    "cancel": ("membershipCancel", "", "2026-12-24"),
}
NAMES = {"membershipAnchor": "membershipAnchorSet", "membershipTier": "membershipTierSet"}


@pytest.fixture
def member():
    made = months.member_ahead()
    minato = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=minato, month_from=date(2026, 11, 1))
    return made


def preview_of(field, arguments):
    return f"query {{ {field}Preview{f'({arguments})' if arguments else ''} {SHOWN} }}"


def mutation_of(field, arguments, *, seen):
    name = NAMES.get(field, field)
    given = ", ".join(filter(None, [arguments, f'seen: "{seen}"']))
    return f"mutation {{ {name}({given}) {DONE} }}"


def fresh(member):
    return models.Membership.objects.get(pk=member.pk)


@pytest.mark.parametrize("kind", CASES)
def test_it_is_shown_before_and_done_as_it_was_shown(member, kind):
    # given
    field, arguments, effective_on = CASES[kind]
    hanako = api_client.as_donor("hanako")

    # when
    shown = hanako.ask(preview_of(field, arguments)).data[f"{field}Preview"]
    before = models.MembershipChoice.objects.count()
    wrong = hanako.ask(mutation_of(field, arguments, seen="x")).data
    done = hanako.ask(mutation_of(field, arguments, seen=shown["seen"])).data

    # then
    assert (shown["kind"], shown["effectiveOn"]) == (kind.upper(), effective_on)
    assert before == 0
    [refused], [payload] = wrong.values(), done.values()
    assert refused["errors"] == [{"code": "CHOICE_CHANGED"}]
    assert payload["errors"] == []
    assert payload["choice"] == {"kind": kind.upper(), "effectiveOn": effective_on}
    assert models.MembershipChoice.objects.get().kind == kind


def test_a_pause_ends_and_an_end_is_taken_back(member):
    # given
    hanako = api_client.as_donor("hanako")
    seen = {}

    # when
    for field, arguments in (
        ("membershipPause", 'until: "2027-02-10"'),
        ("membershipResume", ""),
        ("membershipCancel", ""),
        ("membershipCancelUndo", ""),
    ):
        shown = hanako.ask(preview_of(field, arguments)).data[f"{field}Preview"]
        more = "reason: MOVING" if field == "membershipCancel" else arguments
        [payload] = hanako.ask(mutation_of(field, more, seen=shown["seen"])).data.values()
        seen[field] = payload["membership"]["state"]

    # then
    assert seen == {
        "membershipPause": "PAUSED",
        "membershipResume": "ACTIVE",
        "membershipCancel": "CANCELLING",
        "membershipCancelUndo": "ACTIVE",
    }
    assert models.MembershipChoice.objects.get(kind="cancel").reason == "moving"


@pytest.mark.parametrize(
    ("field", "arguments", "code"),
    [
        ("membershipPause", 'until: "2026-11-24"', "PAUSE_DATE_INVALID"),
        ("membershipPause", 'until: "2026-12-01"', "PAUSE_TOO_SHORT"),
        ("membershipResume", "", "NOT_PAUSED"),
        ("membershipAnchor", "day: 32", "ANCHOR_INVALID"),
        ("membershipAnchor", "day: 24", "ANCHOR_SAME"),
        ("membershipTier", 'tierSlug: "nagisa"', "TIER_SAME"),
        ("membershipTier", 'tierSlug: "nothing"', "NOT_FOUND"),
        ("membershipCancelUndo", "", "NOT_LEAVING"),
    ],
)
def test_what_cannot_be_is_refused_with_its_code(member, field, arguments, code):
    # given
    hanako = api_client.as_donor("hanako")

    # then
    assert hanako.ask(preview_of(field, arguments)).codes == [code]
    [payload] = hanako.ask(mutation_of(field, arguments, seen="x")).data.values()
    assert payload["errors"] == [{"code": code}]
    assert fresh(member).state == "active"


@pytest.mark.parametrize("kind", CASES)
def test_others_reach_nothing(member, kind):
    # given
    field, arguments, _ = CASES[kind]

    # then
    assert api_client.anonymous().ask(preview_of(field, arguments)).codes == ["UNAUTHENTICATED"]
    assert api_client.as_donor("taro").ask(preview_of(field, arguments)).codes == ["NOT_FOUND"]
    [payload] = (
        api_client.as_donor("taro").ask(mutation_of(field, arguments, seen="x")).data.values()
    )
    assert payload["errors"] == [{"code": "NOT_FOUND"}]
    assert models.MembershipChoice.objects.count() == 0


def test_i_am_told_how_many_months_we_were_together(member):
    answer = api_client.as_donor("hanako").ask("{ me { monthsTogether } }")

    assert answer.data["me"]["monthsTogether"] == 1
