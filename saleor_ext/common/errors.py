"""The root of every refusal the product makes on purpose."""

from typing import ClassVar


class Refusal(Exception):
    """Something was asked that a rule forbids. Nothing was changed.

    `code` is what the API returns and what `storefront/messages.py` turns into a Japanese
    sentence. Subclasses stand beside the service that raises them; fields carry no personal data.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, **fields: object) -> None:
        super().__init__(self.code, fields)
        self.fields = fields

    def __str__(self) -> str:
        return self.code


class InvalidTransition(Refusal):
    """The object is no longer in a state from which this move is allowed."""

    code = "invalid_transition"


class NotFound(Refusal):
    """There is no such object, or it is not this person's."""

    code = "not_found"
