"""What members read and join: posts, events, documents."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from saleor_ext.content import states
from saleor_ext.law import advertising


class ContentBase(models.Model):
    """What every piece of content has.

    `is_held`: it has a word that texts about donations may not use, and staff have not said why it
    may stand; it is not shown before they have. Found with every saving.

    Law: advertising_words
    """

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=100)
    lead = models.CharField(max_length=300)
    min_rank = models.SmallIntegerField(choices=states.Audience.choices)
    # It opens to those of that rank once they were with the town for so many months; None at once.
    opens_after_months = models.PositiveSmallIntegerField(null=True, blank=True)
    published_at = models.DateTimeField()
    picture = models.CharField(max_length=100, blank=True)
    is_held = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(min_rank__gte=-1, min_rank__lte=3), name="%(class)s_min_rank_chk"
            ),
            models.CheckConstraint(
                condition=Q(opens_after_months__isnull=True)
                | Q(
                    opens_after_months__gte=1,
                    opens_after_months__lte=states.OPENS_AFTER_MOST,
                    min_rank__gte=states.Audience.FREE,
                ),
                name="%(class)s_opens_after_chk",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """This will look for such words in what is saved, whoever saves it."""
        self.is_held = self.has_open_words()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "is_held"}
        super().save(*args, **kwargs)

    @property
    def text_place(self) -> str:
        """What names its text among all public texts."""
        return f"{self._meta.model_name}:{self.slug}"

    @property
    def public_text(self) -> str:
        """All its words that people may read."""
        return "\n".join((self.title, self.lead, getattr(self, "body", "")))

    def has_open_words(self) -> bool:
        """This will say whether a word was found in it that staff have not let stand."""
        found = {one.word.word for one in advertising.words_in(self.public_text)}
        if not found:
            return False
        reviewed = WordReview.objects.filter(
            place=self.text_place, digest=advertising.text_digest(self.public_text), word__in=found
        )
        return bool(found - set(reviewed.values_list("word", flat=True)))


class Post(ContentBase):
    """A letter from the town or a producer (記事), written in Markdown."""

    author = models.CharField(max_length=50)
    producer = models.ForeignKey(
        "fulfilment.Producer", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    body = models.TextField()


class Event(ContentBase):
    """A gathering (催し), online or on the spot."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=100)
    is_online = models.BooleanField()
    capacity = models.PositiveSmallIntegerField()
    body = models.TextField()
    how_to_join = models.TextField(blank=True)

    class Meta(ContentBase.Meta):
        constraints = [
            *ContentBase.Meta.constraints,
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="event_time_chk"),
        ]


class EventEntry(models.Model):
    """Somebody's place at an event (参加申込み)."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="entries")
    donor = models.ForeignKey("membership.Donor", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "donor"], name="event_entry_uniq"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"


class Document(ContentBase):
    """A paper to read or keep (資料)."""

    body = models.TextField()


class WordReview(models.Model):
    """Staff looked at a word in a text and let it stand, with a reason (言葉の確認)."""

    place = models.CharField(max_length=150)
    word = models.CharField(max_length=50)
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "word", "digest"], name="word_review_once_uniq"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="word_review_reason_chk"),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.word}"
