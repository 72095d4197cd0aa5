"""Applications follow the ledger: one for each donation of a year whose donor wants them.

`applications_settle` may run at any time and any number of times: donations without one get one,
and those of donations that went back become void.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from saleor_ext.common import bulk
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.onestop import forms, letters
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.onestop import models, selectors, services, states
from saleor_ext.outbox import models as outbox_models

YEARS_AT_ONCE = 1000
# A wish stated when joining follows the first donation into the next year, if that comes soon.
CARRY = timedelta(days=14)
TOPIC = "onestop.follow"
OUTBOX_ACTOR = "outbox"
_Void = states.VoidReason


@dataclass(frozen=True, kw_only=True)
class Followed:
    """How many applications were made, and how many became void."""

    made: int = 0
    voided: int = 0


@transaction.atomic
def applications_settle(*, donor_id: int, year: int, now: datetime, actor: str) -> Followed:
    """This will bring a donor's applications of a year in step with his wish and the ledger.

    Whoever comes second waits for the year's row and finds everything done. Without a wish
    nothing is made, and a donor who was never asked has no year.
    """
    town = membership_selectors.municipality_get()
    if selectors.year_of(donor_id=donor_id, year=year) is None:
        return Followed()
    row = services.year_hold(donor_id=donor_id, municipality_id=town.pk, year=year)
    donor = membership_models.Donor.objects.get(pk=donor_id)
    services.person_follow(onestop_year=row, person=forms.person_of(donor=donor))
    live = {one.donation_id: one for one in selectors.applications_live(onestop_year_id=row.pk)}
    over = set(_over_for_good(donor_id=donor_id))
    made = voided = 0
    for donation in _given(donor_id=donor_id, year=year):
        application = live.get(donation.pk)
        is_left = donation.left_yen > 0  # type: ignore[attr-defined]
        if application is None and is_left and row.is_wanted and donation.pk not in over:
            services.application_make(
                onestop_year=row,
                donation_id=donation.pk,
                receipt_number=donation.receipt_number or 0,
                now=now,
                actor=actor,
            )
            made += 1
        elif application is not None and not is_left:
            services.application_void(
                application_id=application.pk,
                reason=_Void.DONATION_REFUNDED,
                now=now,
                actor=actor,
            )
            voided += 1
    return Followed(made=made, voided=voided)


@transaction.atomic
def person_refresh(*, donor_id: int, year: int) -> None:
    """This will have a year's papers say what the donor's details say now, before they are
    printed. Once a form came in it changes nothing: then a change must be reported.
    """
    row = selectors.year_of(donor_id=donor_id, year=year)
    if row is not None:
        row = services.year_hold(donor_id=donor_id, municipality_id=row.municipality_id, year=year)
        donor = membership_models.Donor.objects.get(pk=donor_id)
        services.person_follow(onestop_year=row, person=forms.person_of(donor=donor))


def _over_for_good(*, donor_id: int) -> QuerySet[models.OneStopApplication, int]:
    rows = models.OneStopApplication.objects.filter(
        onestop_year__donor_id=donor_id, void_reason__in=sorted(states.VOID_FOR_GOOD)
    )
    return rows.values_list("donation_id", flat=True)


def _given(*, donor_id: int, year: int) -> QuerySet[donation_models.Donation]:
    rows = donation_models.Donation.objects.filter(
        donor_id=donor_id, receipt_year=year, corrects__isnull=True
    )
    left = F("amount_yen") + Coalesce(Sum("corrections__amount_yen"), 0)
    return rows.annotate(left_yen=left).order_by("donated_on", "pk")


def applications_settle_due(*, now: datetime, actor: str) -> int:
    """This will settle donors' years that are out of step, 1,000 at most; returns how many there
    were. Found by state, so that a lost message is only late.
    """
    due = out_of_step()
    for donor_id, year in due[:YEARS_AT_ONCE]:
        applications_settle(donor_id=donor_id, year=year, now=now, actor=actor)
    return len(due)


def out_of_step() -> list[tuple[int, int]]:
    """This will list donors and years whose applications are not what wish and ledger say."""
    live = models.OneStopApplication.objects.exclude(state=states.ApplicationState.VOID)
    wanted = models.OneStopYear.objects.filter(
        donor_id=OuterRef("donor_id"), year=OuterRef("receipt_year"), is_wanted=True
    )
    has_one = models.OneStopApplication.objects.filter(
        ~Q(state=states.ApplicationState.VOID) | Q(void_reason__in=sorted(states.VOID_FOR_GOOD)),
        donation_id=OuterRef("pk"),
    )
    missing = (
        donation_models.Donation.objects.filter(
            Exists(wanted), ~Exists(has_one), corrects__isnull=True
        )
        .annotate(left_yen=F("amount_yen") + Coalesce(Sum("corrections__amount_yen"), 0))
        .filter(left_yen__gt=0)
    )
    left = F("donation__amount_yen") + Coalesce(Sum("donation__corrections__amount_yen"), 0)
    gone = live.filter(donation__corrections__isnull=False).annotate(left_yen=left)
    pairs = set(missing.values_list("donor_id", "receipt_year"))
    pairs |= set(
        gone.filter(left_yen__lte=0).values_list("onestop_year__donor_id", "onestop_year__year")
    )
    return sorted((donor_id, year) for donor_id, year in pairs if year is not None)


def donors_with_wish(*, donor_ids: Iterable[int]) -> set[int]:
    """This will say which donors ever wished for the exception, so that others cost nothing."""
    rows = models.OneStopYear.objects.filter(bulk.among("donor_id", donor_ids), is_wanted=True)
    return set(rows.values_list("donor_id", flat=True))


def follow_message(*, attempt_id: int, now: datetime) -> outbox_models.OutboxMessage:
    """This will make the message that has applications follow a donation just received."""
    return outbox_models.OutboxMessage(
        topic=TOPIC,
        key=f"{TOPIC}:{attempt_id}",
        payload={"attempt_id": attempt_id},
        next_try_at=now,
        created_at=now,
    )


def donation_follow(payload: Mapping[str, Any], now: datetime) -> None:
    """This will make the application of a donation that was just received."""
    donation = donation_models.Donation.objects.filter(
        attempt_id=payload["attempt_id"], corrects__isnull=True
    ).first()
    if donation is None or donation.receipt_year is None:
        return
    year, donor_id = donation.receipt_year, donation.donor_id
    with transaction.atomic():
        _wish_carry(donor_id=donor_id, year=year, now=now)
        followed = applications_settle(donor_id=donor_id, year=year, now=now, actor=OUTBOX_ACTOR)
        row = selectors.year_of(donor_id=donor_id, year=year)
        is_news = row is not None and row.origin == states.WishOrigin.JOINING
        if row is not None and is_news and followed.made:
            letters.mail_put("onestop_wished", onestop_year=row, now=now, about="first")


def _wish_carry(*, donor_id: int, year: int, now: datetime) -> None:
    """Who joins on 31 December and pays on 1 January wished for the year of that donation."""
    if selectors.year_of(donor_id=donor_id, year=year) is not None:
        return
    earlier = selectors.year_of(donor_id=donor_id, year=year - 1)
    if earlier is None or not earlier.is_wanted or earlier.wished_at is None:
        return
    is_of_joining = earlier.origin == states.WishOrigin.JOINING
    has_any = models.OneStopApplication.objects.filter(onestop_year=earlier).exists()
    if is_of_joining and not has_any and now - earlier.wished_at <= CARRY:
        services.wish_set(
            donor_id=donor_id,
            municipality_id=earlier.municipality_id,
            year=year,
            is_wanted=True,
            origin=states.WishOrigin.JOINING,
            now=now,
            actor=OUTBOX_ACTOR,
        )


def refund_follow(*, attempt_id: int, now: datetime, actor: str) -> None:
    """This will declare void the application of a donation whose money went back, in the caller's
    transaction, and tell the donor.
    """
    application = (
        selectors.applications()
        .filter(donation__attempt_id=attempt_id)
        .exclude(state=states.ApplicationState.VOID)
        .first()
    )
    if application is None:
        return
    row = application.onestop_year
    followed = applications_settle(donor_id=row.donor_id, year=row.year, now=now, actor=actor)
    if followed.voided:
        letters.mail_put("onestop_void", onestop_year=row, now=now)
