"""What every page on which a donor chooses does: show the form, show what would happen and from
which day, and do it once he has said yes to just that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django import forms
from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse

from saleor_ext.common import clock
from saleor_ext.common.errors import Refusal
from saleor_ext.flows.choices import ground
from saleor_ext.flows.errors import ChoiceChanged
from saleor_ext.membership import models, selectors
from storefront import messages, visitor
from storefront.pages import choices as pages
from storefront.views import answers

CONFIRMED, SEEN = "confirmed", "seen"

Given = Mapping[str, Any]
"""What a form was given, cleaned."""


class ChooseCall(Protocol):
    """Does what was chosen."""

    def __call__(
        self,
        *,
        membership: models.Membership,
        given: Given,
        seen: str,
        now: datetime,
        actor: str,
    ) -> object: ...


def own(donor: models.Donor) -> models.Membership | None:
    """This will return a donor's own membership."""
    return selectors.membership_current(donor_id=donor.pk)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One thing that can be chosen, as the pages need to know it.

    name: of its address. heading: of its page. button: the words of the yes.
    intro: what stands above the form. form: made with the membership and today, and the data sent.
    A form without fields is not shown: its page begins with what would happen.
    """

    name: str
    heading: str
    button: str
    form: Callable[..., forms.Form]
    preview: Callable[[models.Membership, Given, date], ground.Preview]
    choose: ChooseCall
    words: Callable[[Any], pages.PreviewWords]
    done: Callable[[Any], str]
    intro: Callable[[models.Membership, date], tuple[str, ...]] = lambda _membership, _today: ()
    # Whose choice it is, and the page from which it is reached.
    membership: Callable[[models.Donor], models.Membership | None] = own
    home: str = "my_membership"


def answer(request: HttpRequest, choice: Choice) -> HttpResponse:
    """This will lead a signed-in donor through one choice."""
    donor = visitor.donor_of(request)
    membership = choice.membership(donor) if donor else None
    if donor is None or membership is None:
        return answers.see_other(choice.home)
    try:
        form = choice.form(None, membership=membership, today=clock.today())
        data = _data(request, form)
        if data is not None:
            form = choice.form(data, membership=membership, today=clock.today())
    except Refusal as error:
        return _barred(request, choice, code=error.code)
    if not form.is_bound or not form.is_valid():
        return _form(request, choice, membership=membership, form=form)
    return _answer_valid(request, choice, donor=donor, membership=membership, form=form)


def _data(request: HttpRequest, form: forms.Form) -> Any:
    """What was sent; a link may carry what is picked, which only shows what would happen."""
    if request.method == "POST":
        return request.POST
    is_picked = not form.fields or any(name in request.GET for name in form.fields)
    return request.GET if is_picked else None


def _answer_valid(
    request: HttpRequest,
    choice: Choice,
    *,
    donor: models.Donor,
    membership: models.Membership,
    form: forms.Form,
) -> HttpResponse:
    is_asked = request.method == "POST"
    try:
        preview = choice.preview(membership, form.cleaned_data, clock.today())
        if not is_asked or CONFIRMED not in request.POST:
            return _preview(request, choice, preview=preview, form=form)
        choice.choose(
            membership=membership,
            given=form.cleaned_data,
            seen=request.POST.get(SEEN, ""),
            now=clock.now(),
            actor=visitor.actor_of(donor),
        )
    except ChoiceChanged as error:
        preview = choice.preview(membership, form.cleaned_data, clock.today())
        return _preview(request, choice, preview=preview, form=form, changed=error.code)
    except Refusal as error:
        if not form.fields:
            return _barred(request, choice, code=error.code)
        refusal = messages.refusal_message(error.code)
        return _form(request, choice, membership=membership, form=form, refusal=refusal)
    flash.success(request, choice.done(preview))
    return answers.see_other(choice.home)


def _form(
    request: HttpRequest,
    choice: Choice,
    *,
    membership: models.Membership,
    form: forms.Form,
    refusal: messages.Message | None = None,
) -> HttpResponse:
    page = pages.choice_page(
        heading=choice.heading,
        name=choice.name,
        intro=choice.intro(membership, clock.today()),
        form=form,
        refusal=refusal,
        home=choice.home,
    )
    return answers.show(
        request, "my/choice", page, status=answers.INVALID if form.is_bound else 200
    )


def _barred(request: HttpRequest, choice: Choice, *, code: str) -> HttpResponse:
    page = pages.choice_page(
        heading=choice.heading,
        name=choice.name,
        intro=(),
        form=None,
        refusal=messages.refusal_message(code),
        home=choice.home,
    )
    status = answers.status_of(code) if request.method == "POST" else 200
    return answers.show(request, "my/choice", page, status=status)


def _preview(
    request: HttpRequest,
    choice: Choice,
    *,
    preview: ground.Preview,
    form: forms.Form,
    changed: str = "",
) -> HttpResponse:
    page = pages.preview_page(
        heading=choice.heading,
        name=choice.name,
        button=choice.button,
        words=choice.words(preview),
        preview=preview,
        form=form,
        refusal=messages.refusal_message(changed) if changed else None,
        home=choice.home,
    )
    return answers.show(request, "my/choice_preview", page)
