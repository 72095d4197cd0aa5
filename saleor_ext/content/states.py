"""Kinds of content, and who may open a piece."""

from django.db.models import IntegerChoices, TextChoices


class Audience(IntegerChoices):
    """The lowest tier rank that opens a piece; everybody may read public ones."""

    PUBLIC = -1, "どなたでも"
    FREE = 0, "会員(無料)から"
    RANK_1 = 1, "1段目の会員から"
    RANK_2 = 2, "2段目の会員から"
    RANK_3 = 3, "3段目の会員から"


OPENS_AFTER_MOST = 240
"""The most months with the town after which a piece may open."""


class ContentKind(TextChoices):
    """What a piece of content is."""

    POST = "post", "記事"
    EVENT = "event", "催し"
    DOCUMENT = "document", "資料"
