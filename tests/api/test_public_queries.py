"""What anybody may ask: the town, its tiers, producers and content."""

import pytest

from tests.builders import api as make
from tests.builders import api_client, world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

GATED = """
{
  posts { slug isOpen preview body }
  events { slug isOpen preview body howToJoin hasEntered placesLeft }
  documents { slug isOpen preview body }
}
"""


def test_tiers_come_with_their_boxes_and_the_four_dates():
    # given
    tier = world.world_make()
    world.free_tier_make()
    world.tier_make(slug="closed", is_open=False)
    # when
    data = (
        api_client.anonymous()
        .ask(
            """
            query ($slug: String!) {
              tiers { slug kind amountYen dates { month } }
              tier(slug: $slug) {
                name rank boxCount
                boxes(months: 2) {
                  month title hasAlcohol
                  items { quantity gift { name weightG producer { name } } }
                }
                dates { month changeUntil chargeOn listOn shipFrom shipTo }
              }
            }
            """,
            slug=tier.slug,
        )
        .data
    )
    # then
    listed = {row["slug"]: row for row in data["tiers"]}
    assert sorted(listed) == ["dayori", "nagisa"]
    assert listed["dayori"] == {"slug": "dayori", "kind": "FREE", "amountYen": 0, "dates": []}
    assert (listed["nagisa"]["kind"], listed["nagisa"]["amountYen"]) == ("MONTHLY", 3000)
    box = {
        "title": "冬の畑から",
        "hasAlcohol": False,
        "items": [
            {
                "quantity": 1,
                "gift": {"name": "冬の大根", "weightG": 3000, "producer": {"name": "hatake農園"}},
            }
        ],
    }
    assert data["tier"]["boxes"] == [
        {"month": "2026-11-01", **box},
        {"month": "2026-12-01", **box},
    ]
    assert data["tier"]["dates"][0] == {
        "month": "2026-11-01",
        "changeUntil": "2026-11-24",
        "chargeOn": "2026-11-24",
        "listOn": "2026-11-25",
        "shipFrom": "2026-11-26",
        "shipTo": "2026-12-03",
    }
    assert [row["month"] for row in data["tier"]["dates"]] == [
        "2026-11-01",
        "2026-12-01",
        "2027-01-01",
        "2027-02-01",
    ]


@pytest.mark.parametrize(
    "query",
    [
        '{ tier(slug: "nothing") { name } }',
        '{ producer(slug: "nothing") { name } }',
        '{ post(slug: "nothing") { title } }',
        '{ event(slug: "nothing") { title } }',
        '{ document(slug: "nothing") { title } }',
        "{ municipality { name } }",
    ],
)
def test_what_does_not_exist_is_not_found(query):
    # when
    answer = api_client.anonymous().ask(query)
    # then
    assert answer.status == 200
    assert answer.codes == ["NOT_FOUND"]
    assert answer.body["errors"][0]["message"] == "NOT_FOUND"


@pytest.mark.parametrize("months", [0, 13, -1])
def test_boxes_of_too_many_months_are_refused(months):
    # given
    world.world_make()
    # when
    answer = api_client.anonymous().ask(
        "query ($m: Int) { tiers { boxes(months: $m) { title } } }", m=months
    )
    # then
    assert answer.codes == ["INVALID"]
    assert answer.body["data"] is None


def test_producers_show_their_gifts_and_nothing_private():
    # given
    producer = world.producer_make(picture="producer-hatake")
    world.gift_make(producer=producer)
    # when
    data = (
        api_client.anonymous()
        .ask("{ producers { slug name pictureUrl gifts { name contents temperature } } }")
        .data
    )
    hidden = api_client.anonymous().ask(
        "{ producers { phone loginEmail gifts { procurementCostYen } } }"
    )
    # then
    assert data["producers"] == [
        {
            "slug": "hatake",
            "name": "hatake農園",
            "pictureUrl": "http://127.0.0.1:8000/static/town/producer-hatake.svg",
            "gifts": [{"name": "冬の大根", "contents": "2本", "temperature": "CHILLED"}],
        }
    ]
    assert hidden.status == 400
    assert hidden.codes == ["GRAPHQL_INVALID"] * 3


# rank of the reader (None: signed in but no member) -> what is open to him
OPEN = {
    "anonymous": {-1},
    None: {-1},
    0: {-1, 0},
    1: {-1, 0, 1},
    2: {-1, 0, 1, 2},
    3: {-1, 0, 1, 2, 3},
}


@pytest.mark.parametrize("reader", list(OPEN))
def test_each_reader_gets_the_bodies_open_to_him_and_previews_of_the_rest(reader):
    # given
    for rank in range(-1, 4):
        make.post_make(slug=f"r{rank}", min_rank=rank)
        make.event_make(slug=f"r{rank}", min_rank=rank)
        make.document_make(slug=f"r{rank}", min_rank=rank)
    client = api_client.anonymous() if reader == "anonymous" else api_client.as_donor()
    donor = make.donor_make()
    if isinstance(reader, int):
        tier = make.tier_make(slug=f"t{reader}", rank=reader, amount_yen=3000 * reader)
        make.membership_make(donor=donor, tier=tier)
    # when
    data = client.ask(GATED).data
    # then
    for kind in ("posts", "events", "documents"):
        assert len(data[kind]) == 5
        for item in data[kind]:
            is_open = int(item["slug"][1:]) in OPEN[reader]
            assert item["isOpen"] is is_open
            assert ("最後の秘密の段落です。" in (item["body"] or "")) is is_open
            assert (item["body"] is None) is not is_open
            assert "秘密" not in item["preview"]
    assert {event["howToJoin"] for event in data["events"]} == {None}


def test_lists_continue_after_a_key():
    # given
    for number in range(5):
        make.post_make(
            slug=f"p{number}", published_at=world.NOW - make.timedelta(days=number // 2 + 1)
        )
    client = api_client.anonymous()
    query = "query ($n: Int, $a: ID) { posts(first: $n, after: $a) { slug } }"
    # when
    whole = [row["slug"] for row in client.ask(query).data["posts"]]
    walked, after = [], None
    while rows := client.ask(query, n=2, a=after).data["posts"]:
        walked += [row["slug"] for row in rows]
        after = walked[-1]
    # then
    assert whole == ["p1", "p0", "p3", "p2", "p4"]
    assert walked == whole


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("first: 0", "INVALID"),
        ("first: 101", "INVALID"),
        ("first: -3", "INVALID"),
        ('after: "nothing"', "INVALID_CURSOR"),
    ],
)
def test_wrong_list_arguments_are_refused(arguments, code):
    # when
    answer = api_client.anonymous().ask(f"{{ posts({arguments}) {{ slug }} }}")
    # then
    assert answer.codes == [code]


def test_the_town_introduces_itself():
    # given
    world.town_make()
    # when
    data = api_client.anonymous().ask("{ municipality { name prefecture county email } }").data
    # then
    assert data["municipality"] == {
        "name": "汐見町",
        "prefecture": "高知県",
        "county": "幡見郡",
        "email": "salon@shiomi.example.jp",
    }
