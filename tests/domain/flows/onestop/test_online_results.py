"""Results of online applications: shown first, taken in once, each donor's all or none."""

from datetime import date

import pytest

from plugins.onestop.csv_results.results import COLUMNS
from saleor_ext.common import jptime
from saleor_ext.common.errors import InvalidTransition, NotFound
from saleor_ext.flows.onestop import online_plans, online_results
from saleor_ext.onestop import errors, models, services
from saleor_ext.outbox import models as outbox_models
from tests.builders import onestop, receipts, world

pytestmark = pytest.mark.django_db
DAYS = [date(2026, 10, 5), date(2026, 11, 5)]
DECEMBER = jptime.jst_moment(date(2026, 12, 10), hour=10)
TODAY = date(2026, 12, 10)


def row_of(
    numbers,
    *,
    reference="A-1",
    year=2026,
    scope="寄附ごと",
    outcome="受付",
    applied="2026-12-01 10:15",
    identity="署名用電子証明書",
):
    return f'{reference},{year},"{numbers}",{scope},{outcome},{applied},{identity}'


def read(*rows):
    content = "\r\n".join([",".join(COLUMNS), *rows]).encode()
    made = online_results.file_read(
        service="csv", content=content, now=DECEMBER, actor="staff:sato"
    )
    assert made.faults == ()
    return made.online_import


def plans(held, *, today=TODAY):
    return online_plans.plans_make(held, today=today)


def effects(*rows, today=TODAY):
    return [str(plan.effect) for plan in plans(read(*rows), today=today)]


def take_in(held, *, seen=None, work=True):
    online_results.import_apply_ask(
        import_id=held.pk,
        seen=online_plans.sign_of(plans(held)) if seen is None else seen,
        today=TODAY,
        now=DECEMBER,
        actor="staff:sato",
    )
    return online_results.import_work(import_id=held.pk, today=TODAY, now=DECEMBER) if work else 0


def states_of(row):
    return [one.state for one in onestop.applications(row)]


@pytest.fixture
def row():
    return onestop.year_make(days=DAYS)


def test_nothing_happens_before_it_was_shown_and_asked_for(row):
    first, second = onestop.applications(row)
    held = read(row_of(first.number), row_of(second.number, reference="A-2"))

    assert [str(plan.effect) for plan in plans(held)] == ["accept", "accept"]
    assert (held.state, states_of(row)) == ("previewed", ["wished", "wished"])

    assert take_in(held) == 2

    held.refresh_from_db()
    assert (held.state, states_of(row)) == ("applied", ["accepted", "accepted"])
    first.refresh_from_db()
    assert (first.received_as, first.received_on) == ("online", date(2026, 12, 1))
    assert (first.identity_kind, first.identity_on, first.identity_by) == (
        "electronic",
        TODAY,
        "staff:sato",
    )
    mails = outbox_models.OutboxMessage.objects.filter(payload__name="onestop_accepted")
    assert mails.count() == 1


def test_one_result_may_be_for_the_whole_year(row):
    first, _ = onestop.applications(row)

    take_in(read(row_of(first.number, scope="1年分")))

    assert states_of(row) == ["accepted", "accepted"]


def test_what_was_given_after_the_application_was_not_applied_for(row):
    first, _ = onestop.applications(row)

    take_in(read(row_of(first.number, scope="1年分", applied="2026-10-20 09:00")))

    assert states_of(row) == ["accepted", "wished"]


@pytest.mark.parametrize("number", ["2026-000001", "form"])
def test_a_donation_is_named_by_its_form_or_its_receipt(row, number):
    first, _ = onestop.applications(row)
    receipts.settle(row.donor)

    take_in(read(row_of(first.number if number == "form" else number)))

    assert states_of(row) == ["accepted", "wished"]


def test_the_same_reference_counts_once_however_often_it_is_reported(row):
    first, _ = onestop.applications(row)
    take_in(read(row_of(first.number)))

    again = read(row_of(first.number))

    assert [str(plan.effect) for plan in plans(again)] == ["known"]
    assert take_in(again) == 0
    assert models.OnlineResult.objects.count() == 1
    assert models.OneStopEvent.objects.filter(to_state="accepted").count() == 1


def test_a_refusal_is_remembered_and_changes_nothing_and_may_be_followed_by_acceptance(row):
    first, _ = onestop.applications(row)

    take_in(read(row_of(first.number, outcome="却下")))
    assert states_of(row) == ["wished", "wished"]

    take_in(read(row_of(first.number, outcome="受付")))
    assert states_of(row) == ["accepted", "wished"]
    assert set(models.OnlineResult.objects.values_list("outcome", flat=True)) == {
        "refused",
        "accepted",
    }


def test_a_donor_who_never_said_so_here_wanted_it_by_applying():
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=DAYS)

    held = read(row_of("2026-000001"))
    assert [str(plan.effect) for plan in plans(held)] == ["wish"]
    take_in(held)

    row = models.OneStopYear.objects.get(donor=donor, year=2026)
    assert (row.is_wanted, row.origin) == (True, "staff")
    assert states_of(row) == ["accepted", "wished"]


def test_what_lay_at_the_desk_on_paper_is_accepted_by_the_services_word(row):
    first, second = onestop.applications(row)
    onestop.received(first, now=DECEMBER)
    services.application_review(application_id=first.pk, now=DECEMBER, actor=world.ACTOR)
    services.application_incomplete(
        application_id=first.pk, missing=["person_paper"], now=DECEMBER, actor=world.ACTOR
    )
    onestop.received(second, now=DECEMBER)

    take_in(read(row_of(first.number, scope="1年分")))

    assert states_of(row) == ["accepted", "accepted"]
    first.refresh_from_db()
    assert first.received_as == "paper"


def test_every_reason_not_to_take_one_in_is_told(row):
    first, second = onestop.applications(row)
    other = onestop.year_make(donor=world.donor_make(name="taro"), days=[date(2026, 11, 6)])
    [his] = onestop.applications(other)
    onestop.accepted(second)

    assert effects(
        row_of("2026-999999-1", reference="1"),
        row_of(f"{first.number} {his.number}", reference="2"),
        row_of(first.number, reference="3", year=2025),
        row_of(first.number, reference="4", applied="2026-12-11 00:00"),
        row_of(first.number, reference="5", applied="2026-10-04 23:59"),
        row_of(second.number, reference="6"),
    ) == [
        "unknown_number",
        "two_donors",
        "other_year",
        "future",
        "before_donation",
        "already",
    ]
    assert effects(row_of(first.number, applied="2027-01-11 00:00"), today=date(2027, 1, 12)) == [
        "late"
    ]
    assert effects(row_of(first.number, applied="2027-01-10 23:59"), today=date(2027, 1, 12)) == [
        "accept"
    ]


def test_who_took_his_wish_back_or_his_donation_is_not_accepted(row):
    first, second = onestop.applications(row)
    services.application_void(
        application_id=first.pk, reason="donation_refunded", now=DECEMBER, actor=world.ACTOR
    )
    assert effects(row_of(first.number)) == ["no_application"]

    services.wish_set(
        donor_id=row.donor_id,
        municipality_id=row.municipality_id,
        year=2026,
        is_wanted=False,
        origin="page",
        now=DECEMBER,
        actor=world.ACTOR,
    )
    assert effects(row_of(second.number)) == ["withdrawn"]


def test_what_changed_since_it_was_shown_is_shown_anew_instead_of_done(row):
    first, second = onestop.applications(row)
    held = read(row_of(first.number), row_of(second.number, reference="A-2"))
    seen = online_plans.sign_of(plans(held))
    onestop.accepted(first, now=DECEMBER)

    with pytest.raises(errors.OnlineImportChanged):
        take_in(held, seen=seen)

    held.refresh_from_db()
    assert (held.state, states_of(row)) == ("previewed", ["accepted", "wished"])


def test_a_worker_that_stopped_between_two_donors_is_followed_by_another(row, monkeypatch):
    other = onestop.year_make(donor=world.donor_make(name="taro"), days=[date(2026, 11, 6)])
    [first, _], [his] = onestop.applications(row), onestop.applications(other)
    held = read(row_of(first.number), row_of(his.number, reference="A-2"))
    real, calls = services.application_accept, []

    def stumbling(**arguments):
        calls.append(arguments["application_id"])
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(**arguments)

    monkeypatch.setattr(services, "application_accept", stumbling)
    take_in(held, work=False)
    with pytest.raises(KeyboardInterrupt):
        online_results.import_work(import_id=held.pk, today=TODAY, now=DECEMBER)
    assert (states_of(row)[0], states_of(other)) == ("accepted", ["wished"])

    assert online_results.imports_follow(today=TODAY, now=DECEMBER) == 1

    assert (states_of(row)[0], states_of(other)) == ("accepted", ["accepted"])
    assert calls == [first.pk, his.pk, his.pk]
    assert models.OnlineResult.objects.count() == 2


def test_a_file_with_faults_or_from_nowhere_leaves_nothing_behind(row):
    faulty = online_results.file_read(service="csv", content=b"x", now=DECEMBER, actor="staff:sato")
    assert faulty.online_import is None
    assert faulty.faults
    with pytest.raises(NotFound):
        online_results.file_read(service="iam", content=b"", now=DECEMBER, actor="staff:sato")

    assert models.OnlineImport.objects.count() == 0


def test_it_is_taken_in_or_put_away_once(row):
    first, _ = onestop.applications(row)
    held = read(row_of(first.number))
    take_in(held)

    with pytest.raises(InvalidTransition):
        take_in(held)

    assert online_results.import_work(import_id=held.pk, today=TODAY, now=DECEMBER) == 0
