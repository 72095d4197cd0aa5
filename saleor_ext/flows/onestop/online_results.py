"""Results of online applications: read from a file, shown, and taken in donor by donor.

The file itself is never kept, and neither it nor what stands in it is ever logged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from saleor_ext.common import jobs, jptime, registry
from saleor_ext.common.errors import NotFound
from saleor_ext.contracts.onestop import OnlineApplications, OnlineResult, RowFault
from saleor_ext.flows.onestop import following, letters, online_plans
from saleor_ext.flows.onestop.online_plans import Effect, Plan
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.onestop import errors, importing, models, services, states

TASK = "onestop.import_apply"
_A = states.ApplicationState
_Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class FileRead:
    """What came of a file: either everything that is wrong with it, or its results, kept."""

    faults: Sequence[RowFault]
    online_import: models.OnlineImport | None


def services_known() -> Sequence[OnlineApplications]:
    """This will list the services whose results can be read."""
    return list(registry.online_applications().values())


def file_read(*, service: str, content: bytes, now: datetime, actor: str) -> FileRead:
    """This will read a file of results. With any fault nothing of it is kept.

    Raises:
        NotFound: there is no such service.
    """
    reader = registry.online_applications().get(service)
    if reader is None:
        raise NotFound(what="online service")
    read = reader.results_read(content)
    if read.faults:
        return FileRead(faults=read.faults, online_import=None)
    held = importing.import_keep(
        municipality_id=membership_selectors.municipality_get().pk,
        service=service,
        rows=[_row(result) for result in read.results],
        now=now,
        actor=actor,
    )
    return FileRead(faults=(), online_import=held)


def _row(result: OnlineResult) -> dict[str, Any]:
    return asdict(result) | {
        "numbers": list(result.numbers),
        "outcome": str(result.outcome),
        "identity": str(result.identity),
        "applied_at": result.applied_at.isoformat(),
    }


def import_apply_ask(*, import_id: int, seen: str, today: date, now: datetime, actor: str) -> None:
    """This will have a worker take in a file's results as they were shown.

    Raises:
        NotFound: there is no such file.
        OnlineImportChanged: what would happen is no longer what was shown; nothing was done.
        InvalidTransition: it was taken in, or put away, before.
    """
    held = importing.import_get(import_id=import_id)
    with transaction.atomic():
        importing.import_begin(import_id=import_id, now=now, actor=actor)
        if online_plans.sign_of(online_plans.plans_make(held, today=today)) != seen:
            raise errors.OnlineImportChanged()
        jobs.enqueue(TASK, import_id=import_id)


def import_work(*, import_id: int, today: date, now: datetime) -> int:
    """This will take in the results of a file, each donor's year all or none; returns how many.

    It may run any number of times: what was taken in is known by its reference.
    """
    held = importing.import_get(import_id=import_id)
    if held.state != states.ImportState.APPLYING:
        return 0
    taken = 0
    for (donor_id, year), rows in _by_donor(online_plans.plans_make(held, today=today)):
        taken += _donor_apply(held, donor_id, year=year, rows=rows, today=today, now=now)
    importing.import_end(import_id=import_id)
    return taken


def imports_follow(*, today: date, now: datetime) -> int:
    """This will finish what a worker left undone; returns how many files there were."""
    waiting = importing.imports_applying()
    for import_id in waiting:
        import_work(import_id=import_id, today=today, now=now)
    return len(waiting)


def _by_donor(plans: Sequence[Plan]) -> Iterable[tuple[tuple[int, int], list[_Row]]]:
    """The results that are taken in, those of one donor's year together, donors in order."""
    groups: dict[tuple[int, int], list[_Row]] = {}
    for plan in plans:
        if plan.is_taken and plan.donor_id is not None:
            groups.setdefault((plan.donor_id, plan.row["year"]), []).append(plan.row)
    return sorted(groups.items())


@transaction.atomic
def _donor_apply(
    held: models.OnlineImport,
    donor_id: int,
    *,
    year: int,
    rows: Sequence[_Row],
    today: date,
    now: datetime,
) -> int:
    """Judged once more under the year's lock, one after the other."""
    row_of_year = services.year_hold(
        donor_id=donor_id, municipality_id=held.municipality_id, year=year
    )
    taken, accepted = 0, 0
    for row in rows:
        [judged] = online_plans.plans_of(held, rows=[row], today=today)
        plan = _wish(held, judged, today=today, now=now)
        if not plan.is_taken:
            continue
        for application_id in plan.application_ids:
            _accept(application_id, row=row, today=today, now=now, actor=held.applied_by)
        importing.result_keep(
            online_import=held,
            onestop_year_id=row_of_year.pk,
            row=row,
            now=now,
            actor=held.applied_by,
        )
        taken += 1
        accepted += len(plan.application_ids)
    if accepted:
        letters.mail_put("onestop_accepted", onestop_year=row_of_year, now=now)
    return taken


def _wish(held: models.OnlineImport, plan: Plan, *, today: date, now: datetime) -> Plan:
    """Whoever applied online wants it: where nothing was said, the wish is noted first."""
    if plan.effect is not Effect.WISH or plan.donor_id is None:
        return plan
    services.wish_set(
        donor_id=plan.donor_id,
        municipality_id=held.municipality_id,
        year=plan.row["year"],
        is_wanted=True,
        origin=states.WishOrigin.STAFF,
        now=now,
        actor=held.applied_by,
    )
    following.applications_settle(
        donor_id=plan.donor_id, year=plan.row["year"], now=now, actor=held.applied_by
    )
    [again] = online_plans.plans_of(held, rows=[plan.row], today=today)
    return again


def _accept(application_id: int, *, row: _Row, today: date, now: datetime, actor: str) -> None:
    """An application that lay at the desk on paper is accepted with what the service confirmed."""
    state = models.OneStopApplication.objects.values_list("state", flat=True).get(pk=application_id)
    if state in states.APPLICATION_AWAITED:
        day = jptime.jst_date(datetime.fromisoformat(row["applied_at"]))
        arrival = services.Arrival(received_as=states.ReceivedAs.ONLINE, received_on=day)
        services.application_receive(
            application_id=application_id, arrival=arrival, today=today, now=now, actor=actor
        )
    elif state == _A.INCOMPLETE:
        services.application_review(application_id=application_id, now=now, actor=actor)
    services.application_accept(
        application_id=application_id,
        identity_kind=states.IdentityKind.ELECTRONIC,
        today=today,
        now=now,
        actor=actor,
    )
