"""Who is acting. Made from the session or from a shop token, never from what a form says."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A person as far as the product must know him.

    A staff member is a shop staff account; a producer is a shop customer whose e-mail address is
    that of a producer; a donor is a shop customer who began to join.
    """

    kind: str
    user_id: str = ""
    email: str = field(default="", repr=False)
    display_name: str = field(default="", repr=False)
    donor_id: int | None = None
    producer_id: int | None = None
    permissions: frozenset[str] = frozenset()

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody is signed in at all."""
        return self.kind != "anonymous"

    @property
    def is_donor(self) -> bool:
        """Whether he has begun to join."""
        return self.donor_id is not None

    @property
    def is_producer(self) -> bool:
        """Whether he may see a producer's list."""
        return self.producer_id is not None

    @property
    def is_staff(self) -> bool:
        """Whether he works for the town."""
        return self.kind == "staff"

    @property
    def actor(self) -> str:
        """How event rows name him: by role and id, never by name."""
        if self.is_staff:
            return f"staff:{self.user_id}"
        if self.producer_id is not None:
            return f"producer:{self.producer_id}"
        return f"donor:{self.donor_id}" if self.donor_id else self.kind


ANONYMOUS = Principal(kind="anonymous")
