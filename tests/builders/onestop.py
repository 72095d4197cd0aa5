"""The one-stop exception for tests: a donor with a wish, donations, and applications on the way."""

from datetime import date, datetime

from saleor_ext.common import jptime
from saleor_ext.flows.onestop import following, home_notices, notice_export
from saleor_ext.membership import models as membership_models
from saleor_ext.onestop import models, selectors, services, states
from tests.builders import receipts, world


def year_make(
    *,
    donor: membership_models.Donor | None = None,
    days: list[date] | None = None,
    year: int = 2026,
    now: datetime = world.NOW,
) -> models.OneStopYear:
    """A donor's year with a wish, and an application for a donation on each day."""
    donor = donor or world.donor_make()
    receipts.given_make(donor=donor, days=days or [date(2026, 11, 1)])
    return wish_make(donor_id=donor.pk, year=year, now=now)


def wish_make(*, donor_id: int, year: int = 2026, now: datetime = world.NOW) -> models.OneStopYear:
    """A donor's wish, and an application for each donation he has made in the year."""
    row = services.wish_set(
        donor_id=donor_id,
        municipality_id=world.town_make().pk,
        year=year,
        is_wanted=True,
        origin=states.WishOrigin.PAGE,
        now=now,
        actor=world.ACTOR,
    )
    following.applications_settle(donor_id=donor_id, year=year, now=now, actor=world.ACTOR)
    row.refresh_from_db()
    return row


def applications(row: models.OneStopYear) -> list[models.OneStopApplication]:
    """All applications of a year, in the order of their donations."""
    return list(selectors.applications_of(donor_id=row.donor_id, year=row.year))


def received(
    application: models.OneStopApplication, *, now: datetime = world.NOW, on: date | None = None
) -> None:
    """A form that came in by post, today or on a day."""
    today = jptime.jst_date(now)
    services.application_receive(
        application_id=application.pk,
        arrival=services.Arrival(received_as=states.ReceivedAs.PAPER, received_on=on or today),
        today=today,
        now=now,
        actor=world.ACTOR,
    )


def accepted(application: models.OneStopApplication, *, now: datetime = world.NOW) -> None:
    """A form that came in and was complete."""
    received(application, now=now)
    services.application_accept(
        application_id=application.pk,
        identity_kind=states.IdentityKind.CARD,
        today=jptime.jst_date(now),
        now=now,
        actor=world.ACTOR,
    )


def notice_sent(row: models.OneStopYear, *, now: datetime) -> models.HomeNotice:
    """A year's notice that was made, taken out and sent on the same day."""
    today = jptime.jst_date(now)
    home_notices.notices_make(year=row.year, today=today, now=now, actor=world.ACTOR)
    export = notice_export.export_make(year=row.year, now=now, actor=world.ACTOR)
    home_notices.sent_note(
        export_id=export.pk, home_code="", sent_on=today, today=today, now=now, actor=world.ACTOR
    )
    return models.HomeNotice.objects.get(onestop_year=row, state=states.NoticeState.SENT)
