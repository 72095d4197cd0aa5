"""Who is acting. Made from the session or from a shop token, never from what a form says."""

from dataclasses import dataclass, field

from saleor_ext.access.roles import ALLOWED, PEOPLE_PERMISSION, Act, Role, roles_of


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
    def roles(self) -> frozenset[Role]:
        """What he is at the town office; nothing for those who do not work there."""
        return roles_of(permissions=self.permissions, is_staff=self.is_staff)

    def may(self, act: Act) -> bool:
        """This will say whether one of his roles allows an act."""
        return bool(self.roles & ALLOWED[act])

    @property
    def may_see_people(self) -> bool:
        """Whether names, addresses and the like may be shown to him."""
        return self.is_staff and PEOPLE_PERMISSION in self.permissions

    @property
    def actor(self) -> str:
        """How event rows name him: by role and id, never by name."""
        if self.is_staff:
            return f"staff:{self.user_id}"
        if self.producer_id is not None:
            return f"producer:{self.producer_id}"
        return f"donor:{self.donor_id}" if self.donor_id else self.kind


ANONYMOUS = Principal(kind="anonymous")
