"""Error codes of the API, and how refusals become errors without telling anything personal."""

import enum
import logging
import traceback
from typing import Any

import graphene
from graphql import GraphQLError
from graphql.pyutils import snake_to_camel

from saleor_ext.common.errors import Refusal
from saleor_ext.flows.errors import InputInvalid as InputInvalid
from saleor_ext.flows.errors import InputMissing as InputMissing

logger = logging.getLogger(__name__)


class Unauthenticated(Refusal):
    """Nobody is signed in, or the token does not hold."""

    code = "unauthenticated"


class PermissionDenied(Refusal):
    """Somebody is signed in who may not do this."""

    code = "permission_denied"


class CursorInvalid(Refusal):
    """There is nothing by the key given as `after`."""

    code = "invalid_cursor"


class ErrorCode(enum.Enum):
    """Why something was refused. New codes may be added; treat an unknown one as REFUSED."""

    ADDRESS_IN_TOWN = "address_in_town"
    ALREADY_MEMBER = "already_member"
    BOX_NOT_OFFERED = "box_not_offered"
    ANCHOR_INVALID = "anchor_invalid"
    ANCHOR_SAME = "anchor_same"
    ALTERNATE_OPEN = "alternate_open"
    ALTERNATE_OVER_LIMIT = "alternate_over_limit"
    ALTERNATE_UNFIT = "alternate_unfit"
    ALTERNATE_UNLISTED = "alternate_unlisted"
    BOX_OVER_LIMIT = "box_over_limit"
    CERTIFICATE_MISSING = "certificate_missing"
    CHOICE_CHANGED = "choice_changed"
    CHOICE_NOT_NOW = "choice_not_now"
    CHOICE_SAME = "choice_same"
    DESIGNATION_ENDED = "designation_ended"
    DETAILS_MISSING = "details_missing"
    EVENT_FULL = "event_full"
    EVENT_OVER = "event_over"
    GIFT_UNLISTED = "gift_unlisted"
    GRANT_FOR_SOMEBODY_ELSE = "grant_for_somebody_else"
    GRANT_HELD = "grant_held"
    GRANT_OVER = "grant_over"
    GRANT_TOO_MANY = "grant_too_many"
    GRANT_TO_ONESELF = "grant_to_oneself"
    GRANT_UNAVAILABLE = "grant_unavailable"
    INVALID = "invalid"
    INVALID_CURSOR = "invalid_cursor"
    INVALID_TRANSITION = "invalid_transition"
    LIMIT_FIGURE_INVALID = "limit_figure_invalid"
    LIMIT_SALARY_UNKNOWN = "limit_salary_unknown"
    LIMIT_YEAR_UNKNOWN = "limit_year_unknown"
    LINK_BROKEN = "link_broken"
    MEMBERSHIP_FREE = "membership_free"
    MEMBERSHIP_LEAVING = "membership_leaving"
    MEMBERSHIP_PARKED = "membership_parked"
    MEMBERSHIP_PREPAID = "membership_prepaid"
    MONTH_FIXED = "month_fixed"
    MONTH_LOCKED = "month_locked"
    MY_NUMBER_REFUSED = "my_number_refused"
    ONESTOP_ALREADY_ACCEPTED = "onestop_already_accepted"
    ONESTOP_ANSWERS_MISSING = "onestop_answers_missing"
    ONESTOP_CHANGE_EMPTY = "onestop_change_empty"
    ONESTOP_LATE = "onestop_late"
    ONESTOP_MISSING_UNNAMED = "onestop_missing_unnamed"
    ONESTOP_NOT_ELIGIBLE = "onestop_not_eligible"
    ONESTOP_NOTHING_ACCEPTED = "onestop_nothing_accepted"
    ONESTOP_RECEIVED_IN_FUTURE = "onestop_received_in_future"
    ONESTOP_YEAR_CLOSED = "onestop_year_closed"
    NAME_UNPRINTABLE = "name_unprintable"
    NOT_ENTITLED = "not_entitled"
    NOT_FOUND = "not_found"
    NOT_FREE = "not_free"
    NO_BOX_COMES = "no_box_comes"
    NOT_LEAVING = "not_leaving"
    NOT_PAUSED = "not_paused"
    OPENING_INVALID = "opening_invalid"
    PAUSE_DATE_INVALID = "pause_date_invalid"
    PAUSE_TOO_SHORT = "pause_too_short"
    PERMISSION_DENIED = "permission_denied"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    REASON_MISSING = "reason_missing"
    RECEIPT_NOT_READY = "receipt_not_ready"
    RECEIPT_ON_PAPER = "receipt_on_paper"
    RECEIPT_WITHDRAWN = "receipt_withdrawn"
    REFUSED = "refused"
    REQUIRED = "required"
    RESIDENT_NO_GIFT = "resident_no_gift"
    SKIP_LIMIT_REACHED = "skip_limit_reached"
    TERM_FIXED = "term_fixed"
    TERM_FULL_LENGTH = "term_full_length"
    SPELLING_MISSING = "spelling_missing"
    SPELLING_REFUSED = "spelling_refused"
    SWAP_OVER = "swap_over"
    TERM_PART_TOO_LARGE = "term_part_too_large"
    TERM_PART_UNDECIDED = "term_part_undecided"
    TIER_CLOSED = "tier_closed"
    TIER_PREPAID = "tier_prepaid"
    TIER_SAME = "tier_same"
    TRACKING_CHARACTER = "tracking_character"
    TRACKING_CHECK_DIGIT = "tracking_check_digit"
    TRACKING_LENGTH = "tracking_length"
    TRACKING_USED = "tracking_used"
    UNAUTHENTICATED = "unauthenticated"
    UNDER_18 = "under_18"
    UNDER_20_ALCOHOL = "under_20_alcohol"
    USE_UNKNOWN = "use_unknown"
    VERIFY_DELAYED = "verify_delayed"
    YEAR_LIMIT = "year_limit"
    YEAR_LIMIT_INVALID = "year_limit_invalid"


class Error(graphene.ObjectType):
    """Why a mutation changed nothing."""

    code = graphene.Field(graphene.Enum.from_enum(ErrorCode), required=True)
    field = graphene.String(description="The input field it is about, if it is about one.")
    message = graphene.String(
        description="Always null: words for people are made by the storefront from the code."
    )


def code_of(refusal: Refusal) -> ErrorCode:
    """This will return the API's code of a refusal, REFUSED when it has none of its own."""
    try:
        return ErrorCode(refusal.code)
    except ValueError:
        logger.warning("refusal %s has no code in the API", type(refusal).__name__)
        return ErrorCode.REFUSED


def error_of(refusal: Refusal) -> Error:
    """This will describe a refusal for the `errors` of a mutation."""
    name = refusal.fields.get("field")
    field = snake_to_camel(str(name), upper=False) if name else None
    return Error(code=code_of(refusal), field=field, message=None)


def error_top(error: GraphQLError) -> dict[str, Any]:
    """This will describe an error outside of mutations' `errors`, with a code in `extensions`.

    What nobody expected is logged by type and place only: its text may quote a person's data.
    """
    original = error.original_error
    if original is None:
        return top(error.message, "GRAPHQL_INVALID", error)
    if isinstance(original, Refusal):
        code = code_of(original).name
        return top(code, code, error)
    logger.error("unexpected %s at %s", type(original).__name__, _place(original))
    return top("INTERNAL_ERROR", "INTERNAL_ERROR", error)


def top(message: str, code: str, error: GraphQLError | None = None) -> dict[str, Any]:
    """This will write one entry of a response's `errors`."""
    entry: dict[str, Any] = {"message": message, "extensions": {"code": code}}
    if error is not None and error.locations:
        entry["locations"] = [location.formatted for location in error.locations]
    if error is not None and error.path:
        entry["path"] = error.path
    return entry


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "saleor_ext" in frame.filename] or list(frames)
    if not ours:
        return "unknown"
    file = ours[-1].filename.partition("saleor_ext/")[2] or "outside"
    return f"{file}:{ours[-1].lineno}"
