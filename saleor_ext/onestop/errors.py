"""Refusals about the one-stop exception."""

from saleor_ext.common.errors import Refusal


class OnestopLate(Refusal):
    """The last day for applications of this year is over; `fields["deadline"]` says when it was."""

    code = "onestop_late"


class OnestopYearClosed(Refusal):
    """For this year nothing can be wished or changed here: its last day is over, or to come."""

    code = "onestop_year_closed"


class OnestopNotEligible(Refusal):
    """By the answers given the exception cannot be used; a tax return is the way."""

    code = "onestop_not_eligible"


class OnestopAnswersMissing(Refusal):
    """Not every question about eligibility was answered."""

    code = "onestop_answers_missing"


class OnestopAlreadyAccepted(Refusal):
    """Applications of this year were accepted already; only the office can take that back."""

    code = "onestop_already_accepted"


class OnestopNothingAccepted(Refusal):
    """There is no accepted application of this year to which a change could belong."""

    code = "onestop_nothing_accepted"


class OnestopChangeEmpty(Refusal):
    """Nothing differs from what was reported before."""

    code = "onestop_change_empty"


class OnestopMissingUnnamed(Refusal):
    """An incomplete application must say what is missing."""

    code = "onestop_missing_unnamed"


class OnestopReceivedInFuture(Refusal):
    """The day on which a form came in cannot be after today, or before its donation."""

    code = "onestop_received_in_future"


class NoticeHomeUnknown(Refusal):
    """The municipality of 1 January is not known, so a notice cannot be addressed."""

    code = "notice_home_unknown"


class NoticeNothingToSay(Refusal):
    """No accepted application, and no earlier notice to take back."""

    code = "notice_nothing_to_say"


class NoticeReturnUnnamed(Refusal):
    """A notice that came back must say why and what is done next."""

    code = "notice_return_unnamed"


class NoticeTooEarly(Refusal):
    """Where a donor lives on 1 January is not known before that day; `fields["from_day"]`."""

    code = "notice_too_early"


class NoticeHomeWrong(Refusal):
    """No municipality has such a code."""

    code = "notice_home_wrong"


class NoticeNothingToExport(Refusal):
    """There is no notice that waits to be sent."""

    code = "notice_nothing_to_export"


class NoticeSentInFuture(Refusal):
    """The day of sending cannot be after today, or before the file was made."""

    code = "notice_sent_in_future"


class OnlineImportChanged(Refusal):
    """What results of online applications would do is no longer what was shown."""

    code = "online_import_changed"
