"""Who may read what: every rank against every audience, and what others see instead."""

import pytest

from saleor_ext.common.errors import NotFound
from saleor_ext.content import selectors, states
from tests.builders import api as world

pytestmark = pytest.mark.django_db

# rank of the reader (None: no member) -> the audiences open to him
OPEN = {
    None: {-1},
    0: {-1, 0},
    1: {-1, 0, 1},
    2: {-1, 0, 1, 2},
    3: {-1, 0, 1, 2, 3},
}


@pytest.mark.parametrize("make", [world.post_make, world.event_make, world.document_make])
@pytest.mark.parametrize("audience", list(states.Audience))
@pytest.mark.parametrize("rank", list(OPEN))
def test_each_rank_opens_exactly_its_audiences(make, audience, rank):
    # given
    item = make(min_rank=audience)
    # when
    answer = selectors.is_open(item=item, reader=selectors.Reader(rank=rank))
    body = selectors.body_if_open(item=item, reader=selectors.Reader(rank=rank))
    # then
    assert answer is (audience in OPEN[rank])
    assert (body is not None) is answer
    if body is not None:
        assert "最後の秘密の段落です。" in body


def test_a_preview_is_the_lead_and_the_beginning_but_never_the_rest():
    # given
    post = world.post_make(min_rank=3)
    # when
    preview = selectors.preview_of(item=post)
    # then
    lead, first, second, *rest = preview.split("\n\n")
    assert lead == "冬の畑からのお便りです。"
    assert first == "霜の降りた朝の畑は、静かです。千鶴さんは日が昇るのを待ちます。"
    assert second.startswith("二つ目の段落です。")
    shown = [first, second, *rest]
    assert sum(len(part.rstrip("…")) for part in shown) <= 160
    assert shown[-1].endswith("…")
    assert "秘密" not in preview
    assert "#" not in preview
    assert "*" not in preview


def test_a_short_text_is_not_given_away_by_its_preview():
    # given
    post = world.post_make(min_rank=1, body="合言葉は、さざなみです。")
    # when
    preview = selectors.preview_of(item=post)
    # then
    assert preview == "冬の畑からのお便りです。\n\n合言葉は…"


def test_a_text_without_words_has_its_lead_as_preview():
    # given
    post = world.post_make(body="")
    # when
    preview = selectors.preview_of(item=post)
    # then
    assert preview == "冬の畑からのお便りです。"


def test_what_is_not_published_yet_does_not_exist():
    # given
    later = world.NOW.replace(year=2027)
    for make in (world.post_make, world.event_make, world.document_make):
        make(slug="mirai", min_rank=-1, published_at=later)
    # when
    lists = [
        selectors.posts_visible(now=world.NOW),
        selectors.events_upcoming(now=world.NOW),
        selectors.documents_all(now=world.NOW),
    ]
    # then
    assert [list(rows) for rows in lists] == [[], [], []]
    for get in (selectors.post_get, selectors.event_get, selectors.document_get):
        with pytest.raises(NotFound):
            get(slug="mirai", now=world.NOW)
        with pytest.raises(NotFound):
            get(slug="nothing", now=world.NOW)
        assert get(slug="mirai", now=later).slug == "mirai"


def test_lists_are_in_their_order():
    # given
    day = world.timedelta(days=1)
    old = world.post_make(slug="old", published_at=world.NOW - 9 * day)
    new = world.post_make(slug="new")
    over = world.event_make(slug="over", starts_at=world.NOW - day, ends_at=world.NOW)
    late = world.event_make(slug="late", ends_at=world.NOW + 30 * day)
    soon = world.event_make(
        slug="soon", starts_at=world.NOW - day, ends_at=world.NOW + world.timedelta(hours=1)
    )
    # when
    posts = list(selectors.posts_visible(now=world.NOW))
    events = list(selectors.events_upcoming(now=world.NOW))
    # then
    assert posts == [new, old]
    assert events == [soon, late]
    assert selectors.event_get(slug="over", now=world.NOW) == over
