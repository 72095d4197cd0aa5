"""The one-stop papers as PDF, with letters that our fonts can draw.

What the ledger, the wish and the donor's page say is read at the moment of printing; nothing is
kept of the file itself.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from saleor_ext.flows.onestop import following, forms
from saleor_ext.onestop import facts, selectors, services, states
from saleor_ext.onestop.papers import change_papers, form_papers
from saleor_ext.receipts.etax import letters


def year_set_take(*, donor_id: int, year: int, now: datetime, actor: str) -> bytes:
    """This will give the forms of a donor's year behind one cover, and note of each that was only
    wished until now that it went out.

    Raises:
        NotFound: there is no form to print.
    """
    following.person_refresh(donor_id=donor_id, year=year)
    form = forms.form_facts(donor_id=donor_id, year=year)
    content = form_papers.form_pdf(form=_form_printable(form), has_cover=True, made_at=now)
    _sent_note(form, now=now, actor=actor)
    return content


def form_take(*, public_id: str, donor_id: int | None = None, now: datetime, actor: str) -> bytes:
    """This will give the form of one application; with a donor, only his own.

    Raises:
        NotFound: there is none, it is void, or it is another's.
    """
    row = selectors.application_get(public_id=public_id, donor_id=donor_id).onestop_year
    following.person_refresh(donor_id=row.donor_id, year=row.year)
    form = forms.form_facts(donor_id=row.donor_id, year=row.year, public_id=public_id)
    content = form_papers.form_pdf(form=_form_printable(form), has_cover=False, made_at=now)
    _sent_note(form, now=now, actor=actor)
    return content


def change_take(*, public_id: str, donor_id: int | None = None, now: datetime) -> bytes:
    """This will give the form of a reported change; with a donor, only his own.

    Raises:
        NotFound: there is none, or it is another's.
    """
    change = forms.change_facts(public_id=public_id, donor_id=donor_id)
    printable = replace(
        change,
        person=_person_printable(change.person),
        items=tuple(
            facts.OneStopChangeItem(
                label=item.label, before=_drawn(item.before), after=_drawn(item.after)
            )
            for item in change.items
        ),
    )
    return change_papers.change_pdf(change=printable, made_at=now)


@transaction.atomic
def _sent_note(form: facts.OneStopFormFacts, *, now: datetime, actor: str) -> None:
    """Those that came in or were sent before stay as they are."""
    ids = [line.application_id for line in form.lines]
    waiting = selectors.applications().select_for_update(of=("self",)).filter(pk__in=ids)
    for application in waiting.filter(state=states.ApplicationState.WISHED).order_by("pk"):
        services.application_send(application_id=application.pk, now=now, actor=actor)


def _form_printable(form: facts.OneStopFormFacts) -> facts.OneStopFormFacts:
    return replace(form, person=_person_printable(form.person))


def _person_printable(person: facts.OneStopPerson) -> facts.OneStopPerson:
    return replace(
        person,
        name=_drawn(person.name),
        kana=_drawn(person.kana),
        address=_drawn(person.address),
    )


def _drawn(text: str) -> str:
    """As on receipts: a letter no font of ours has is drawn as the one offices write for it."""
    return letters.paper_written(text).text
