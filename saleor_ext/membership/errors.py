"""Refusals about donors, memberships and their months."""

from saleor_ext.common.errors import Refusal


class AlreadyMember(Refusal):
    """The donor already has a membership of this kind."""

    code = "already_member"


class TierClosed(Refusal):
    """This tier takes no new members."""

    code = "tier_closed"


class DetailsMissing(Refusal):
    """Name, address or date of birth are not complete."""

    code = "details_missing"


class ReasonMissing(Refusal):
    """Staff must say why."""

    code = "reason_missing"


class NotFree(Refusal):
    """This tier needs a donation first."""

    code = "not_free"


class UseUnknown(Refusal):
    """The town offers no such use of donations."""

    code = "use_unknown"


class YearLimitInvalid(Refusal):
    """A yearly limit must be a positive amount for this year or the next one."""

    code = "year_limit_invalid"


class SettingInvalid(Refusal):
    """A setting of the town cannot have this value, or there is no such setting."""

    code = "setting_invalid"


class SettingsContradict(Refusal):
    """A declined card would be tried again after the month has been given up."""

    code = "settings_contradict"
