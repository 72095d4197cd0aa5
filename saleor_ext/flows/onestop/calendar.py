"""What the calendar brings: a reminder in December, and the end of what never came in."""

from datetime import date, datetime, timedelta

from django.db import transaction

from saleor_ext.flows.onestop import letters
from saleor_ext.membership import models as membership_models
from saleor_ext.onestop import models, selectors, services, states

AT_ONCE = 1000
REMIND_MONTH = 12
_A = states.ApplicationState
_REMINDED = sorted({*states.APPLICATION_AWAITED, _A.INCOMPLETE})


def reminders_send(*, today: date, now: datetime) -> int:
    """This will remind donors, once a year, whose forms have not come in or lack something; from
    the town's day in December until the last day. Returns how many were reminded.
    """
    town = membership_models.Municipality.objects.order_by("pk").first()
    if town is None:
        return 0
    settings = selectors.settings_of(municipality_id=town.pk)
    year = today.year if today.month == REMIND_MONTH else today.year - 1
    is_time = today >= date(year, REMIND_MONTH, settings.remind_from_day)
    if not is_time or not selectors.is_in_time(year=year, day=today):
        return 0
    rows = models.OneStopYear.objects.filter(
        year=year,
        is_wanted=True,
        reminded_on__isnull=True,
        applications__state__in=_REMINDED,
    )
    count = 0
    for row_id in list(rows.distinct().order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        count += _remind(row_id, today=today, now=now)
    return count


@transaction.atomic
def _remind(row_id: int, *, today: date, now: datetime) -> int:
    rows = models.OneStopYear.objects.filter(pk=row_id, reminded_on__isnull=True)
    if not rows.update(reminded_on=today):
        return 0  # another run was faster
    row = models.OneStopYear.objects.get(pk=row_id)
    letters.mail_put("onestop_reminder", onestop_year=row, now=now, about="reminder")
    return 1


def awaited_close(*, today: date, now: datetime, actor: str) -> int:
    """This will declare void what never came in, some days after the last day so that what
    arrived in time can still be noted. Returns for how many donors.
    """
    rows = models.OneStopYear.objects.filter(
        applications__state__in=sorted(states.APPLICATION_AWAITED),
        applications__deadline__lt=today,
    )
    closed = 0
    for row in rows.select_related("municipality").distinct().order_by("pk")[:AT_ONCE]:
        settings = selectors.settings_of(municipality_id=row.municipality_id)
        if today > row.deadline + timedelta(days=settings.close_after_days):
            closed += _close(row, now=now, actor=actor)
    return closed


@transaction.atomic
def _close(row: models.OneStopYear, *, now: datetime, actor: str) -> int:
    row = models.OneStopYear.objects.select_for_update().get(pk=row.pk)
    live = selectors.applications_live(onestop_year_id=row.pk)
    waiting = [one for one in live if one.state in states.APPLICATION_AWAITED]
    for one in waiting:
        services.application_void(
            application_id=one.pk, reason=states.VoidReason.NOT_RECEIVED, now=now, actor=actor
        )
    if waiting:
        letters.mail_put("onestop_void", onestop_year=row, now=now)
    return int(bool(waiting))
