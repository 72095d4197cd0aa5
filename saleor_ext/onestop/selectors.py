"""Reading about the one-stop exception."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from saleor_ext.common.errors import NotFound
from saleor_ext.law import register
from saleor_ext.onestop import models, states

TOPIC = "onestop"


def settings_of(*, municipality_id: int) -> models.OneStopSettings:
    """This will return how a town handles the exception; the defaults when it never said."""
    found = models.OneStopSettings.objects.filter(municipality_id=municipality_id).first()
    return found or models.OneStopSettings(municipality_id=municipality_id)


def deadline_of(*, year: int) -> date:
    """This will return the last day in Japan on which applications for a year may arrive.

    Law: onestop_deadline
    """
    last = date(year, 12, 31)
    month = register.number_on(topic=TOPIC, name="month", day=last)
    day = register.number_on(topic=TOPIC, name="day", day=last)
    # The exception began in 2015; the register knows the designation's days only.
    return date(year + 1, month or 1, day or 10)


def is_in_time(*, year: int, day: date) -> bool:
    """This will say whether what arrives on a day in Japan is in time for a year's donations."""
    return day <= deadline_of(year=year)


def year_of(*, donor_id: int, year: int) -> models.OneStopYear | None:
    """This will return what a donor wants for a year, None when nothing was ever said."""
    return models.OneStopYear.objects.filter(donor_id=donor_id, year=year).first()


def year_get(*, onestop_year_id: int) -> models.OneStopYear:
    """This will return a donor's year.

    Raises:
        NotFound: there is none.
    """
    found = models.OneStopYear.objects.filter(pk=onestop_year_id).first()
    if found is None:
        raise NotFound(what="one-stop year")
    return found


def years_of(*, donor_id: int) -> QuerySet[models.OneStopYear]:
    """This will list a donor's years, newest first."""
    return models.OneStopYear.objects.filter(donor_id=donor_id).order_by("-year")


def answers_latest(*, onestop_year_id: int) -> models.OneStopAnswers | None:
    """This will return the answers a donor gave last for a year."""
    rows = models.OneStopAnswers.objects.filter(onestop_year_id=onestop_year_id)
    return rows.order_by("-pk").first()


def applications() -> QuerySet[models.OneStopApplication]:
    """This will select all applications with their donation and year, and as `given_yen` what is
    left of the donation after what went back of it.
    """
    rows = models.OneStopApplication.objects.select_related("donation", "onestop_year")
    return rows.annotate(left_yen=_left_yen())


def _left_yen() -> Combinable:
    """In a query of its own, so that rows can still be locked."""
    corrected = models.OneStopApplication.objects.filter(pk=OuterRef("pk")).values("pk")
    total = corrected.annotate(total=Sum("donation__corrections__amount_yen")).values("total")
    return F("donation__amount_yen") + Coalesce(Subquery(total), 0)


def applications_of(*, donor_id: int, year: int) -> QuerySet[models.OneStopApplication]:
    """This will list a donor's applications of a year in the order of their donations, void ones
    included.
    """
    rows = applications().filter(onestop_year__donor_id=donor_id, onestop_year__year=year)
    return rows.order_by("donation__donated_on", "donation_id", "pk")


def applications_waiting(*, donor_id: int) -> list[tuple[int, str, int]]:
    """This will count the applications that wait for their donor, who has sent no form or is to
    send something that is missing, as (year, state, how many), the earliest year first.
    """
    waiting = states.APPLICATION_AWAITED | {states.ApplicationState.INCOMPLETE}
    rows = models.OneStopApplication.objects.filter(
        onestop_year__donor_id=donor_id, state__in=sorted(waiting)
    )
    counted = rows.order_by("onestop_year__year", "state").values_list(
        "onestop_year__year", "state"
    )
    return list(counted.annotate(count=Count("pk")))


def applications_to_review() -> QuerySet[models.OneStopApplication]:
    """This will select the applications that came in and wait for staff to look at them."""
    return models.OneStopApplication.objects.filter(
        state__in=sorted(states.APPLICATION_AT_DESK - {states.ApplicationState.INCOMPLETE})
    )


def applications_live(*, onestop_year_id: int) -> QuerySet[models.OneStopApplication]:
    """This will list the applications of a year that are not void, in the order of donations."""
    rows = applications().filter(onestop_year_id=onestop_year_id)
    rows = rows.exclude(state=states.ApplicationState.VOID)
    return rows.order_by("donation__donated_on", "donation_id")


def application_get(*, public_id: str, donor_id: int | None = None) -> models.OneStopApplication:
    """This will return an application by what its QR holds; with a donor, only his own.

    Raises:
        NotFound: there is none, or it is another's.
    """
    rows = applications().filter(public_id=public_id)
    found = (rows if donor_id is None else rows.filter(onestop_year__donor_id=donor_id)).first()
    if found is None:
        raise NotFound(what="one-stop application")
    return found


def application_by_number(*, number: str) -> models.OneStopApplication | None:
    """This will return the application with a printed number, as `numbers.number_read` gives it."""
    return applications().filter(number=number).first() if number else None


def events_of(*, application_ids: Sequence[int]) -> QuerySet[models.OneStopEvent]:
    """This will list what happened to applications, newest first."""
    return models.OneStopEvent.objects.filter(application_id__in=application_ids).order_by("-pk")


def change_written(*, onestop_year_id: int) -> models.OneStopChange | None:
    """This will return the change that a donor wrote and whose paper has not come yet."""
    return models.OneStopChange.objects.filter(
        onestop_year_id=onestop_year_id, state=states.ChangeState.WRITTEN
    ).first()


def changes_of(*, onestop_year_id: int) -> QuerySet[models.OneStopChange]:
    """This will list the changes reported for a year, newest first."""
    rows = models.OneStopChange.objects.filter(onestop_year_id=onestop_year_id)
    return rows.select_related("onestop_year").order_by("-pk")


def change_get(*, public_id: str, donor_id: int | None = None) -> models.OneStopChange:
    """This will return a reported change; with a donor, only his own.

    Raises:
        NotFound: there is none, or it is another's.
    """
    rows = models.OneStopChange.objects.select_related("onestop_year").filter(public_id=public_id)
    found = (rows if donor_id is None else rows.filter(onestop_year__donor_id=donor_id)).first()
    if found is None:
        raise NotFound(what="one-stop change")
    return found


def notices() -> QuerySet[models.HomeNotice]:
    """This will select all notices with their year and their donations in order."""
    lines = models.HomeNoticeLine.objects.order_by("position")
    return models.HomeNotice.objects.select_related("onestop_year").prefetch_related(
        Prefetch("lines", queryset=lines)
    )


def notices_current(*, municipality_id: int, year: int) -> QuerySet[models.HomeNotice]:
    """This will list a year's notices that no newer version replaced, by municipality of home."""
    rows = notices().filter(municipality_id=municipality_id, onestop_year__year=year)
    rows = rows.exclude(state=states.NoticeState.REPLACED)
    return rows.order_by("home_code", "pk")


def notice_get(*, notice_id: int) -> models.HomeNotice:
    """This will return a notice.

    Raises:
        NotFound: there is none.
    """
    found = notices().filter(pk=notice_id).first()
    if found is None:
        raise NotFound(what="home notice")
    return found


def notice_current(*, onestop_year_id: int) -> models.HomeNotice | None:
    """This will return the notice of a donor's year that holds, if one was made."""
    rows = notices().filter(onestop_year_id=onestop_year_id)
    return rows.exclude(state=states.NoticeState.REPLACED).first()


def notices_out_before(*, notices: Sequence[models.HomeNotice]) -> dict[int, models.HomeNotice]:
    """This will return, by the id of each notice, the latest earlier version that a municipality
    has in hand: it went out and did not come back since.
    """
    by_year = {notice.onestop_year_id: notice for notice in notices}
    on_the_way = models.HomeNoticeEvent.objects.filter(
        notice_id=OuterRef("pk"), to_state__in=["sent", "resent", "returned"]
    )
    rows = models.HomeNotice.objects.select_related("onestop_year").filter(
        onestop_year_id__in=by_year
    )
    rows = rows.annotate(last=Subquery(on_the_way.order_by("-pk").values("to_state")[:1]))
    found: dict[int, models.HomeNotice] = {}
    for row in rows.filter(last__in=["sent", "resent"]).order_by("version"):
        notice = by_year[row.onestop_year_id]
        if row.version < notice.version:
            found[notice.pk] = row
    return found


def years_to_notice(*, municipality_id: int, year: int) -> QuerySet[models.OneStopYear]:
    """This will list donors' years with accepted applications that no notice names as they are,
    or whose notice names one that is void or of which money went back.
    """
    rows = models.OneStopYear.objects.filter(municipality_id=municipality_id, year=year)
    waiting = rows.filter(applications__state__in=sorted(states.APPLICATION_TO_NOTICE))
    named = models.HomeNoticeLine.objects.exclude(notice__state=states.NoticeState.REPLACED)
    total = (
        models.HomeNoticeLine.objects.filter(pk=OuterRef("pk"))
        .values("pk")
        .annotate(total=Sum("application__donation__corrections__amount_yen"))
        .values("total")
    )
    left = F("application__donation__amount_yen") + Coalesce(Subquery(total), 0)
    gone = named.annotate(left_yen=left).filter(
        Q(application__state=states.ApplicationState.VOID) | ~Q(left_yen=F("amount_yen"))
    )
    taken_back = rows.filter(pk__in=gone.values("notice__onestop_year_id"))
    return rows.filter(Q(pk__in=waiting.values("pk")) | Q(pk__in=taken_back.values("pk"))).order_by(
        "pk"
    )
