"""Reading content. `is_open` is the one gate: page, API and mail ask it alike."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from saleor_ext.common.errors import NotFound
from saleor_ext.content import models, rendering, states

PREVIEW_LENGTH = 160
PREVIEW_SHARE = 3
"""At most one part in three of a text is shown to those it is not open to."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads, as far as content asks; `flows.together.reading` says it of a donor.

    rank: that of `membership.selectors.content_rank`, None for whoever is no member.
    months: for how many months he was with the town so far.
    """

    rank: int | None = None
    months: int = 0


NOBODY = Reader()


def is_open(*, item: models.ContentBase, reader: Reader) -> bool:
    """This will say whether a piece of content is open to a reader."""
    return is_of_audience(item=item, reader=reader) and months_left(item=item, reader=reader) == 0


def is_of_audience(*, item: models.ContentBase, reader: Reader) -> bool:
    """This will say whether a reader's tier opens a piece, now or once he was there long enough."""
    if item.min_rank == states.Audience.PUBLIC:
        return True
    return reader.rank is not None and reader.rank >= item.min_rank


def months_left(*, item: models.ContentBase, reader: Reader) -> int:
    """This will count the months with the town that a reader still lacks for a piece."""
    return max((item.opens_after_months or 0) - reader.months, 0)


def body_if_open(
    *, item: models.Post | models.Event | models.Document, reader: Reader
) -> str | None:
    """This will return the text as safe HTML when it is open to a reader, else None."""
    if not is_open(item=item, reader=reader):
        return None
    return rendering.markdown_html(item.body)


def preview_of(*, item: models.Post | models.Event | models.Document) -> str:
    """This will return what anybody may read: the lead and the beginning of the text.

    Plain words, paragraphs apart by an empty line. Of the text at most 160 characters and at most
    a third, so that a short text is not given away.
    """
    paragraphs = rendering.plain_paragraphs(item.body)
    whole_length = sum(len(paragraph) for paragraph in paragraphs)
    shown = _beginning(paragraphs, min(PREVIEW_LENGTH, whole_length // PREVIEW_SHARE))
    return "\n\n".join([item.lead, *shown])


def _beginning(paragraphs: list[str], budget: int) -> list[str]:
    shown: list[str] = []
    for paragraph in paragraphs:
        if budget <= 0:
            break
        whole = len(paragraph) <= budget
        shown.append(paragraph if whole else paragraph[:budget].rstrip() + "…")
        budget -= len(paragraph)
    return shown


def posts_visible(*, now: datetime) -> QuerySet[models.Post]:
    """This will list the posts published until now, newest first, open or not."""
    return (
        models.Post.objects.select_related("producer")
        .filter(published_at__lte=now, is_held=False)
        .order_by("-published_at", "-pk")
    )


def post_get(*, slug: str, now: datetime) -> models.Post:
    """This will return a published post.

    Raises:
        NotFound: there is none by this slug, or its day has not come.
    """
    post = posts_visible(now=now).filter(slug=slug).first()
    if post is None:
        raise NotFound(what="post")
    return post


def _events(now: datetime) -> QuerySet[models.Event]:
    return models.Event.objects.annotate(entry_count=Count("entries")).filter(
        published_at__lte=now, is_held=False
    )


def events_upcoming(*, now: datetime) -> QuerySet[models.Event]:
    """This will list the published events that are not over, nearest first."""
    return _events(now).filter(ends_at__gt=now).order_by("starts_at", "pk")


def event_get(*, slug: str, now: datetime) -> models.Event:
    """This will return a published event, over or not.

    Raises:
        NotFound: there is none by this slug, or its day of publication has not come.
    """
    event = _events(now).filter(slug=slug).first()
    if event is None:
        raise NotFound(what="event")
    return event


def event_places_left(*, event: models.Event) -> int:
    """This will return how many places of an event are free.

    Events from these selectors carry their number of entries; others are counted.
    """
    entered = getattr(event, "entry_count", None)
    if entered is None:
        entered = models.EventEntry.objects.filter(event_id=event.pk).count()
    return max(event.capacity - int(entered), 0)


def entry_of(*, event_id: int, donor_id: int) -> models.EventEntry | None:
    """This will return a donor's place at an event, if he has one."""
    return models.EventEntry.objects.filter(event_id=event_id, donor_id=donor_id).first()


def entered_event_ids(*, donor_id: int) -> frozenset[int]:
    """This will return the events at which a donor has a place."""
    rows = models.EventEntry.objects.filter(donor_id=donor_id)
    return frozenset(rows.values_list("event_id", flat=True))


def documents_all(*, now: datetime) -> QuerySet[models.Document]:
    """This will list the documents published until now, newest first, open or not."""
    return models.Document.objects.filter(published_at__lte=now, is_held=False).order_by(
        "-published_at", "-pk"
    )


def document_get(*, slug: str, now: datetime) -> models.Document:
    """This will return a published document.

    Raises:
        NotFound: there is none by this slug, or its day has not come.
    """
    document = documents_all(now=now).filter(slug=slug).first()
    if document is None:
        raise NotFound(what="document")
    return document


def content_of_kind(*, kind: str) -> QuerySet[models.Post | models.Event | models.Document]:
    """This will list all pieces of a kind (`states.ContentKind`), published or not."""
    of_kind: dict[str, type[models.Post] | type[models.Event] | type[models.Document]] = {
        states.ContentKind.POST: models.Post,
        states.ContentKind.EVENT: models.Event,
        states.ContentKind.DOCUMENT: models.Document,
    }
    return of_kind[kind].objects.order_by("-published_at", "-pk")


def word_reviews() -> QuerySet[models.WordReview]:
    """This will list what staff said about words in public texts, newest first."""
    return models.WordReview.objects.order_by("-at", "-pk")
