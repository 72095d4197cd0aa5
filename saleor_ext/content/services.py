"""Writing about content: places at events, when a piece opens, and words that staff let stand."""

from datetime import datetime

from django.db import transaction

from saleor_ext.common.errors import NotFound
from saleor_ext.content import errors, models, selectors, states


@transaction.atomic
def event_enter(
    *, event_id: int, donor_id: int, reader: selectors.Reader, now: datetime
) -> models.EventEntry:
    """This will give a donor a place at an event. Who has one keeps it and gets it again.

    The event's row is locked, so two people never get the last place.

    Raises:
        NotFound: there is no such event, or it is not published yet.
        EventOver: it has ended.
        NotEntitled: it is not open to this reader.
        EventFull: no place is left.
    """
    event = _event_locked(event_id, now)
    existing = selectors.entry_of(event_id=event.pk, donor_id=donor_id)
    if existing is not None:
        return existing
    if not selectors.is_open(item=event, reader=reader):
        raise errors.NotEntitled(event=event.slug)
    if selectors.event_places_left(event=event) == 0:
        raise errors.EventFull(event=event.slug)
    return models.EventEntry.objects.create(event=event, donor_id=donor_id, entered_at=now)


@transaction.atomic
def event_leave(*, event_id: int, donor_id: int, now: datetime) -> models.Event:
    """This will give a donor's place free. Who has none loses nothing.

    Raises:
        NotFound: there is no such event, or it is not published yet.
        EventOver: it has ended.
    """
    event = _event_locked(event_id, now)
    models.EventEntry.objects.filter(event=event, donor_id=donor_id).delete()
    return event


def _event_locked(event_id: int, now: datetime) -> models.Event:
    rows = models.Event.objects.select_for_update().filter(
        pk=event_id, published_at__lte=now, is_held=False
    )
    event = rows.first()
    if event is None:
        raise NotFound(what="event")
    if event.ends_at <= now:
        raise errors.EventOver(event=event.slug)
    return event


@transaction.atomic
def opening_set(*, kind: str, slug: str, months: int | None) -> models.ContentBase:
    """This will let a piece open to its members once they were with the town for so many months.

    Args:
        kind: one of `states.ContentKind`.
        slug: which piece of that kind.
        months: how many; None opens it at once.

    Raises:
        NotFound: there is no such piece.
        OpeningInvalid: too few or too many months, or a piece that everybody may read.
    """
    item = selectors.content_of_kind(kind=kind).select_for_update().filter(slug=slug).first()
    if item is None:
        raise NotFound(what=kind)
    if months is not None:
        is_public = item.min_rank == states.Audience.PUBLIC
        if is_public or not 1 <= months <= states.OPENS_AFTER_MOST:
            raise errors.OpeningInvalid()
    item.opens_after_months = months
    item.save(update_fields=["opens_after_months"])
    return item


@transaction.atomic
def word_review_write(
    *, place: str, word: str, digest: str, reason: str, now: datetime, actor: str
) -> models.WordReview:
    """This will note why a word may stand in a text; the first note about it stays.

    It counts for the text as it is now: whoever changes the text is asked again.
    """
    review, _ = models.WordReview.objects.get_or_create(
        place=place,
        word=word,
        digest=digest,
        defaults={"reason": reason, "at": now, "actor": actor},
    )
    holds_refresh(place=place)
    return review


def holds_refresh(*, place: str = "") -> int:
    """This will look for words again that keep content from being shown: in one text, or in all,
    since the list of words may have grown.

    Law: advertising_words

    Returns:
        how many pieces are held.
    """
    held = 0
    for model in (models.Post, models.Event, models.Document):
        for item in model.objects.order_by("pk"):
            if place and item.text_place != place:
                continue
            if item.is_held != item.has_open_words():
                item.save(update_fields=["is_held"])
            held += item.is_held
    return held
