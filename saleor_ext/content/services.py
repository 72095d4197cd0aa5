"""Writing about events: taking a place and giving it back."""

from datetime import datetime

from django.db import transaction

from saleor_ext.common.errors import NotFound
from saleor_ext.content import errors, models, selectors


@transaction.atomic
def event_enter(
    *, event_id: int, donor_id: int, rank: int | None, now: datetime
) -> models.EventEntry:
    """This will give a donor a place at an event. Who has one keeps it and gets it again.

    The event's row is locked, so two people never get the last place.

    Raises:
        NotFound: there is no such event, or it is not published yet.
        EventOver: it has ended.
        NotEntitled: it is not open to this rank.
        EventFull: no place is left.
    """
    event = _event_locked(event_id, now)
    existing = selectors.entry_of(event_id=event.pk, donor_id=donor_id)
    if existing is not None:
        return existing
    if not selectors.is_open(item=event, rank=rank):
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
