"""Who of the staff may do what: the one table of it. Pages and API ask here and nowhere else.

A role follows from a permission in the shop, so that there is one place where people are managed.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is at the town office, as far as the salon is concerned (役割)."""

    VIEWER = "viewer"
    FULFILMENT = "fulfilment"
    DONATIONS = "donations"
    CONTENT = "content"
    ADMINISTRATOR = "administrator"


class Act(StrEnum):
    """What can be opened or done on the staff pages."""

    LOOK = "look"
    MEMBERSHIP_PARK = "membership_park"
    MESSAGE_RETRY = "message_retry"
    MONTHLY_RUN = "monthly_run"
    CHARGING_SWITCH = "charging_switch"
    MONEY_SETTLE = "money_settle"
    WORDS_REVIEW = "words_review"
    CONTENT_CHANGE = "content_change"
    COSTS_CHANGE = "costs_change"
    GIFT_LAW_CHANGE = "gift_law_change"
    SETTINGS_CHANGE = "settings_change"
    RECEIPTS = "receipts"
    ONESTOP = "onestop"
    REHEARSE = "rehearse"
    ALTERNATE_PROPOSE = "alternate_propose"


# Names, addresses and the like are shown to those who may see customers in the shop, in any role.
PEOPLE_PERMISSION = "MANAGE_USERS"

PERMISSION_OF: Mapping[Role, str] = {
    Role.FULFILMENT: "MANAGE_ORDERS",
    Role.DONATIONS: "HANDLE_PAYMENTS",
    Role.CONTENT: "MANAGE_PAGES",
    Role.ADMINISTRATOR: "MANAGE_STAFF",
}

# A membership that is parked gets neither charged nor sent anything, so both sides may stop it.
# The run takes money, so it is for those who answer for money.
ALLOWED: Mapping[Act, frozenset[Role]] = {
    Act.LOOK: frozenset(Role),
    Act.MEMBERSHIP_PARK: frozenset({Role.FULFILMENT, Role.DONATIONS, Role.ADMINISTRATOR}),
    Act.MESSAGE_RETRY: frozenset({Role.FULFILMENT, Role.DONATIONS, Role.ADMINISTRATOR}),
    Act.MONTHLY_RUN: frozenset({Role.DONATIONS, Role.ADMINISTRATOR}),
    Act.CHARGING_SWITCH: frozenset({Role.DONATIONS, Role.ADMINISTRATOR}),
    Act.MONEY_SETTLE: frozenset({Role.DONATIONS, Role.ADMINISTRATOR}),
    Act.GIFT_LAW_CHANGE: frozenset({Role.DONATIONS, Role.ADMINISTRATOR}),
    Act.COSTS_CHANGE: frozenset({Role.DONATIONS, Role.ADMINISTRATOR}),
    Act.WORDS_REVIEW: frozenset({Role.CONTENT, Role.ADMINISTRATOR}),
    Act.CONTENT_CHANGE: frozenset({Role.CONTENT, Role.ADMINISTRATOR}),
    Act.SETTINGS_CHANGE: frozenset({Role.ADMINISTRATOR}),
    Act.RECEIPTS: frozenset({Role.DONATIONS, Role.ADMINISTRATOR}),
    Act.ONESTOP: frozenset({Role.DONATIONS, Role.ADMINISTRATOR}),
    # Nothing is touched by it, but it keeps a worker busy for a while.
    Act.REHEARSE: frozenset({Role.FULFILMENT, Role.DONATIONS, Role.ADMINISTRATOR}),
    Act.ALTERNATE_PROPOSE: frozenset({Role.FULFILMENT, Role.ADMINISTRATOR}),
}


def roles_of(*, permissions: Collection[str], is_staff: bool) -> frozenset[Role]:
    """This will read somebody's roles off his permissions in the shop; only staff have any."""
    if not is_staff:
        return frozenset()
    held = {role for role, permission in PERMISSION_OF.items() if permission in permissions}
    return frozenset(held | {Role.VIEWER})
