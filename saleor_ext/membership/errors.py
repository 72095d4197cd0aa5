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


class MonthLocked(Refusal):
    """The month can no longer be changed."""

    code = "month_locked"


class NoBoxComes(Refusal):
    """This membership is without boxes."""

    code = "no_box_comes"


class GrantUnavailable(Refusal):
    """A membership that is not simply going on cannot be given away, nor one given already."""

    code = "grant_unavailable"


class GrantTooMany(Refusal):
    """Too many people were written to in a short time."""

    code = "grant_too_many"


class GrantToOneself(Refusal):
    """Nobody can give a membership to himself."""

    code = "grant_to_oneself"


class GrantOver(Refusal):
    """The offer was taken back, has expired, or was accepted already."""

    code = "grant_over"


class GrantForSomebodyElse(Refusal):
    """The offer was mailed to another address than that of whoever wants to accept it."""

    code = "grant_for_somebody_else"


class GrantHeld(Refusal):
    """He receives another membership already."""

    code = "grant_held"


class YearLimitInvalid(Refusal):
    """A yearly limit must be a positive amount for this year or the next one."""

    code = "year_limit_invalid"


class SettingInvalid(Refusal):
    """A setting of the town cannot have this value, or there is no such setting."""

    code = "setting_invalid"


class SettingsContradict(Refusal):
    """A declined card would be tried again after the month has been given up."""

    code = "settings_contradict"


class TermPartTooLarge(Refusal):
    """More boxes of a term are to fall away than are left that no producer knows of."""

    code = "term_part_too_large"


class TermPartUndecided(Refusal):
    """Part of a term's donation was given back, and nobody has said which boxes fall away."""

    code = "term_part_undecided"
