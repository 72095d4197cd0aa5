"""Posts, events and documents: lists, full pieces, and honest previews."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.safestring import SafeString

from saleor_ext.common import jptime
from saleor_ext.content import models, rendering, selectors
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import selectors as membership_selectors
from storefront.pages import parts

JOIN_WORDS = "どなたでも参加できます"


@dataclass(frozen=True, kw_only=True)
class ContentCard:
    """A piece in a list."""

    url: str
    title: str
    lead: str
    picture: str
    when: str
    by: str
    audience: str
    is_open: bool
    wait: str


@dataclass(frozen=True, kw_only=True)
class ListPage(parts.Page):
    """A list of pieces, and what to say when it is empty."""

    items: tuple[ContentCard, ...]
    empty_words: str


@dataclass(frozen=True, kw_only=True)
class PiecePage(parts.Page):
    """A post or document. `body_html` is safe; closed pieces carry `preview` alone."""

    when: str
    by: str
    picture: str
    audience: str
    is_open: bool
    months_left: int
    body_html: SafeString
    preview: str
    opening_tier: str
    is_member: bool
    producer: parts.ProducerCard | None = None


@dataclass(frozen=True, kw_only=True)
class EventPage(PiecePage):
    """An event, with the reader's own place."""

    slug: str
    place: str
    how: str
    capacity: int
    places_left: int
    is_over: bool
    has_entered: bool
    how_to_join: str


def _audiences() -> parts.Audiences:
    return parts.audiences_of(list(membership_selectors.tiers_open()))


def post_card(
    post: models.Post, *, reader: selectors.Reader, audiences: parts.Audiences
) -> ContentCard:
    """This will describe a post for a list."""
    return ContentCard(
        url=reverse("storefront:post", args=[post.slug]),
        title=post.title,
        lead=post.lead,
        picture=post.picture,
        when=jptime.words(jptime.jst_date(post.published_at)),
        by=post.author,
        audience=audiences.label(post.min_rank),
        is_open=selectors.is_open(item=post, reader=reader),
        wait=wait_words(post, reader=reader),
    )


def event_card(
    event: models.Event, *, reader: selectors.Reader, audiences: parts.Audiences
) -> ContentCard:
    """This will describe an event for a list."""
    return ContentCard(
        url=reverse("storefront:event", args=[event.slug]),
        title=event.title,
        lead=event.lead,
        picture=event.picture,
        when=event_when(event),
        by=event.place,
        audience=audiences.label(event.min_rank, open_words=JOIN_WORDS),
        is_open=selectors.is_open(item=event, reader=reader),
        wait=wait_words(event, reader=reader),
    )


def document_card(
    document: models.Document, *, reader: selectors.Reader, audiences: parts.Audiences
) -> ContentCard:
    """This will describe a document for a list."""
    return ContentCard(
        url=reverse("storefront:document", args=[document.slug]),
        title=document.title,
        lead=document.lead,
        picture=document.picture,
        when=jptime.words(jptime.jst_date(document.published_at)),
        by="",
        audience=audiences.label(document.min_rank),
        is_open=selectors.is_open(item=document, reader=reader),
        wait=wait_words(document, reader=reader),
    )


def wait_words(item: models.ContentBase, *, reader: selectors.Reader) -> str:
    """This will say for how long a piece stays closed to a reader whose tier opens it, and to
    others after how many months it would.
    """
    left = selectors.months_left(item=item, reader=reader)
    if not left:
        return ""
    if selectors.is_of_audience(item=item, reader=reader):
        return f"あと{left}か月でひらきます"
    return f"ご一緒して{item.opens_after_months}か月でひらきます"


def event_when(event: models.Event) -> str:
    """This will say when an event is: 2026年12月5日(土) 14:00から15:30."""
    starts = event.starts_at.astimezone(jptime.JST)
    ends = event.ends_at.astimezone(jptime.JST)
    return f"{jptime.words(starts.date())} {starts:%H:%M}から{ends:%H:%M}"


def posts_page(*, now: datetime, reader: selectors.Reader) -> ListPage:
    """This will list the posts."""
    audiences = _audiences()
    return ListPage(
        heading="読みもの",
        lead="つくる人の仕事と、町の暮らしの便りです。会員の方だけが読めるものもあります。",
        section="posts",
        items=tuple(
            post_card(post, reader=reader, audiences=audiences)
            for post in selectors.posts_visible(now=now)
        ),
        empty_words="まだ読みものはありません。最初の便りを準備しています。",
    )


def events_page(*, now: datetime, reader: selectors.Reader) -> ListPage:
    """This will list the events that are not over."""
    audiences = _audiences()
    return ListPage(
        heading="催し",
        lead="つくる人と話す会や、町で会う日のご案内です。",
        section="events",
        items=tuple(
            event_card(event, reader=reader, audiences=audiences)
            for event in selectors.events_upcoming(now=now)
        ),
        empty_words="いまご案内できる催しはありません。決まりしだい、ここでお知らせします。",
    )


def documents_page(*, now: datetime, reader: selectors.Reader) -> ListPage:
    """This will list the documents."""
    audiences = _audiences()
    return ListPage(
        heading="資料",
        lead="手元に置いて読んでいただける、町の資料です。",
        section="documents",
        items=tuple(
            document_card(document, reader=reader, audiences=audiences)
            for document in selectors.documents_all(now=now)
        ),
        empty_words="まだ資料はありません。",
    )


def _piece_values(
    item: models.Post | models.Event | models.Document,
    *,
    reader: selectors.Reader,
    open_words: str = parts.READ_WORDS,
) -> dict[str, object]:
    audiences = _audiences()
    is_open = selectors.is_open(item=item, reader=reader)
    return {
        "heading": item.title,
        "lead": item.lead,
        "description": item.lead,
        "picture": item.picture,
        "audience": audiences.label(item.min_rank, open_words=open_words),
        "is_open": is_open,
        "months_left": _months_left(item, reader=reader),
        "body_html": SafeString(rendering.markdown_html(item.body)) if is_open else SafeString(),
        "preview": "" if is_open else _preview_without_lead(item),
        "opening_tier": audiences.tier_name(item.min_rank),
        "is_member": reader.rank is not None,
    }


def _months_left(item: models.ContentBase, *, reader: selectors.Reader) -> int:
    """Only whoever is of the tier is told to wait; others are shown the tiers."""
    if not selectors.is_of_audience(item=item, reader=reader):
        return 0
    return selectors.months_left(item=item, reader=reader)


def _preview_without_lead(item: models.Post | models.Event | models.Document) -> str:
    return selectors.preview_of(item=item).removeprefix(item.lead).strip()


def post_page(*, slug: str, now: datetime, reader: selectors.Reader) -> PiecePage:
    """This will describe a post: whole for those entitled, its beginning for others."""
    post = selectors.post_get(slug=slug, now=now)
    return PiecePage(
        **_piece_values(post, reader=reader),  # type: ignore[arg-type]
        section="posts",
        crumbs=(parts.Link(label="読みもの", url=reverse("storefront:posts")),),
        when=jptime.words(jptime.jst_date(post.published_at)),
        by=post.author,
        producer=_producer(post.producer),
    )


def _producer(producer: fulfilment_models.Producer | None) -> parts.ProducerCard | None:
    return parts.producer_card(producer) if producer else None


def document_page(*, slug: str, now: datetime, reader: selectors.Reader) -> PiecePage:
    """This will describe a document: whole for those entitled, its beginning for others."""
    document = selectors.document_get(slug=slug, now=now)
    return PiecePage(
        **_piece_values(document, reader=reader),  # type: ignore[arg-type]
        section="documents",
        crumbs=(parts.Link(label="資料", url=reverse("storefront:documents")),),
        when=jptime.words(jptime.jst_date(document.published_at)),
        by="",
    )


def event_page(
    *, slug: str, now: datetime, reader: selectors.Reader, donor_id: int | None
) -> EventPage:
    """This will describe an event; how to get in is told to those with a place only."""
    event = selectors.event_get(slug=slug, now=now)
    entry = selectors.entry_of(event_id=event.pk, donor_id=donor_id) if donor_id else None
    return EventPage(
        **_piece_values(event, reader=reader, open_words=JOIN_WORDS),  # type: ignore[arg-type]
        section="events",
        crumbs=(parts.Link(label="催し", url=reverse("storefront:events")),),
        when=event_when(event),
        by="",
        slug=event.slug,
        place=event.place,
        how="オンライン" if event.is_online else "現地",
        capacity=event.capacity,
        places_left=selectors.event_places_left(event=event),
        is_over=event.ends_at <= now,
        has_entered=entry is not None,
        how_to_join=event.how_to_join if entry else "",
    )


def newest(
    *, now: datetime, reader: selectors.Reader, count: int
) -> tuple[tuple[ContentCard, ...], tuple[ContentCard, ...]]:
    """This will return the newest posts and the nearest events for a member's own page."""
    audiences = _audiences()
    posts: Iterable[models.Post] = selectors.posts_visible(now=now)[:count]
    events: Iterable[models.Event] = selectors.events_upcoming(now=now)[:count]
    return (
        tuple(post_card(post, reader=reader, audiences=audiences) for post in posts),
        tuple(event_card(event, reader=reader, audiences=audiences) for event in events),
    )
