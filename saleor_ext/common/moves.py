"""The history of whatever goes from state to state: a row for each move, never changed."""

from django.db import models


class Move(models.Model):
    """One move: from where ("" at its beginning), to where, when, who caused it and why.

    What moved is the subclass's own foreign key, by which it is found as `events`.
    """

    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}: {self.from_state} > {self.to_state}"
