"""Refusals of use cases that cross apps."""

from saleor_ext.common.errors import Refusal


class SignInRefused(Refusal):
    """E-mail address and password do not fit, or the sign-in has expired."""

    code = "sign_in_failed"


class SignInDelayed(Refusal):
    """The shop wants a pause after failed sign-ins from the same place."""

    code = "sign_in_delayed"


class PasswordWeak(Refusal):
    """The shop finds the password too weak."""

    code = "password_weak"


class AccountRefused(Refusal):
    """The shop could not make this account."""

    code = "account_refused"


class AccountUnconfirmed(Refusal):
    """The account is there, but nobody has confirmed its e-mail address."""

    code = "account_unconfirmed"


class ConfirmationSent(Refusal):
    """The account can be used once its e-mail address is confirmed; a mail is on its way."""

    code = "confirmation_sent"


class LinkBroken(Refusal):
    """A mailed link is none of ours, too old, or was used before."""

    code = "link_broken"


class ShopAway(Refusal):
    """The shop does not answer; nothing was lost, it can be tried again."""

    code = "shop_unavailable"


class ProviderAway(Refusal):
    """The payment provider does not answer; no money moved, it can be tried again."""

    code = "provider_unavailable"


class InputInvalid(Refusal):
    """A value cannot be used; `fields["field"]` says which."""

    code = "invalid"


class InputMissing(Refusal):
    """A value is needed; `fields["field"]` says which."""

    code = "required"


class CheckoutRefused(Refusal):
    """A checkout of another storefront cannot be paid as it is; `code` says why.

    `fields["fields"]` names what has to be given or changed.
    """

    code = "checkout_refused"

    def __init__(self, code: str, *fields: str) -> None:
        super().__init__(fields=list(fields))
        self.code = code  # type: ignore[misc]


class RuleBroken(Refusal):
    """A rule forbids it; `code` names the first rule, `fields["codes"]` all of them."""

    code = "rule_broken"

    def __init__(self, codes: list[str]) -> None:
        super().__init__(codes=codes)
        self.codes = tuple(codes)
        self.code = codes[0]  # type: ignore[misc]


class AddressInTown(Refusal):
    """No box may go to the town's own residents, so none is sent to an address in the town."""

    code = "address_in_town"


class NothingOwed(Refusal):
    """There is no month to pay."""

    code = "nothing_owed"


class TrackingInvalid(Refusal):
    """A tracking number cannot be right: `code` says whether length, character or check digit."""

    code = "tracking_check_digit"

    def __init__(self, problem: str) -> None:
        super().__init__()
        self.code = f"tracking_{problem}"  # type: ignore[misc]


class ChoiceChanged(Refusal):
    """What the donor was shown before is no longer so; he has to see it anew."""

    code = "choice_changed"


class ChoiceNotNow(Refusal):
    """This cannot be chosen in the membership's present state."""

    code = "choice_not_now"


class MembershipParked(Refusal):
    """Staff are looking into the membership; until they are done nothing is changed."""

    code = "membership_parked"


class MembershipLeaving(Refusal):
    """The membership is about to end; that has to be taken back first."""

    code = "membership_leaving"


class MembershipFree(Refusal):
    """Nothing is given in a free membership, so there is nothing of this kind to choose."""

    code = "membership_free"


class ChoiceSame(Refusal):
    """It is just so already: chosen twice, or nothing would change."""

    code = "choice_same"


class MembershipPrepaid(Refusal):
    """A prepaid term has choices of its own."""

    code = "membership_prepaid"


class MonthFixed(Refusal):
    """The month cannot be changed in this way, or not any more."""

    code = "month_fixed"


class SkipLimitReached(Refusal):
    """The town allows no more months to be left out in this calendar year."""

    code = "skip_limit_reached"


class YearIsOver(Refusal):
    """The month's calendar year is over: the donor says first what is to become of it."""

    code = "year_is_over"


class BoxNotOffered(Refusal):
    """The box is not offered for that month, or does not fit with the term's other boxes."""

    code = "box_not_offered"


class TermFullLength(Refusal):
    """The prepaid term has grown as long as the town allows; its boxes can move no further."""

    code = "term_full_length"


class TermFixed(Refusal):
    """The month that pays for a prepaid term is fixed: what follows is chosen once it was given."""

    code = "term_fixed"


class PayDayOver(Refusal):
    """The day until which the donor could make up for the month is over."""

    code = "pay_day_over"


class BoxAsked(Refusal):
    """A gift of the month's box cannot be sent; until that is settled the month is not charged."""

    code = "box_asked"


class PayLinkBroken(Refusal):
    """A link to make up for a month is none of ours, or much too old."""

    code = "pay_link_broken"


class PauseDateInvalid(Refusal):
    """A pause ends on a day to come, no further away than the town allows."""

    code = "pause_date_invalid"


class PauseTooShort(Refusal):
    """No donation day lies before the end of the pause, so nothing would be left out."""

    code = "pause_too_short"


class NotPaused(Refusal):
    """There is no pause, neither now nor to come."""

    code = "not_paused"


class AnchorInvalid(Refusal):
    """A donation day is a day of the month, 1 to 31."""

    code = "anchor_invalid"


class AnchorSame(Refusal):
    """The donation day is that day already."""

    code = "anchor_same"


class TierSame(Refusal):
    """The membership is in that tier already, or about to be."""

    code = "tier_same"


class TierPrepaid(Refusal):
    """A prepaid term is chosen elsewhere."""

    code = "tier_prepaid"


class NotLeaving(Refusal):
    """The membership is not about to end."""

    code = "not_leaving"


class LimitUnagreed(Refusal):
    """Joining would exceed the donor's yearly limit, and he has not said that he knows."""

    code = "limit_unagreed"


class LimitReached(Refusal):
    """The month would exceed what the donor wants to give at most in the year."""

    code = "year_limit"
