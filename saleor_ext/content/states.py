"""Who may open a piece of content."""

from django.db.models import IntegerChoices


class Audience(IntegerChoices):
    """The lowest tier rank that opens a piece; everybody may read public ones."""

    PUBLIC = -1, "どなたでも"
    FREE = 0, "会員(無料)から"
    RANK_1 = 1, "1段目の会員から"
    RANK_2 = 2, "2段目の会員から"
    RANK_3 = 3, "3段目の会員から"
