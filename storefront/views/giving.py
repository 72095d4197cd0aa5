"""Giving a membership to another person; accepting one; one month's box to another address."""

from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saleor_ext.access import decorators, sessions
from saleor_ext.common import clock
from saleor_ext.common.errors import Refusal
from saleor_ext.flows.accounts import sign_in as sign_in_flow
from saleor_ext.flows.choices import giving as flow
from saleor_ext.flows.choices import month_address as address_flow
from saleor_ext.flows.errors import ConfirmationSent
from saleor_ext.membership import models, selectors
from storefront import messages, visitor
from storefront.forms import accounts as account_forms
from storefront.forms import details as details_forms
from storefront.forms import giving as forms
from storefront.pages import giving as pages
from storefront.pages import giving_words as words
from storefront.views import answers
from storefront.views.choosing import Choice, Given, answer
from storefront.views.join import register_message


def _received(donor: models.Donor) -> models.Membership | None:
    return selectors.membership_received(donor_id=donor.pk)


def _delivered(donor: models.Donor) -> models.Membership | None:
    """His own membership, as long as its boxes come to himself."""
    current = selectors.membership_current(donor_id=donor.pk)
    return current if current and current.recipient_id is None else None


def _address(given: Given) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "month"}


GIVE = Choice(
    name="my_give",
    heading="会員を贈る",
    button="ご案内を送る",
    intro=words.give_intro,
    form=forms.give_form,
    preview=lambda membership, given, today: flow.give_preview(
        membership_id=membership.pk, email=given["email"], now=clock.now()
    ),
    choose=lambda *, membership, given, seen, now, actor: flow.give_choose(
        membership_id=membership.pk, email=given["email"], now=now, actor=actor, seen=seen
    ),
    words=words.give_words,
    done=words.give_done,
)
TAKE_BACK = Choice(
    name="my_give_back",
    heading="贈りものを取りやめる",
    button="取りやめる",
    form=forms.nothing_form,
    preview=lambda membership, given, today: flow.take_back_preview(
        membership_id=membership.pk, now=clock.now()
    ),
    choose=lambda *, membership, given, seen, now, actor: flow.take_back_choose(
        membership_id=membership.pk, now=now, actor=actor, seen=seen
    ),
    words=words.take_back_words,
    done=words.take_back_done,
)
LEAVE = Choice(
    name="my_received_leave",
    heading="お受け取りを終える",
    button="お受け取りを終える",
    form=forms.nothing_form,
    preview=lambda membership, given, today: flow.received_leave_preview(
        donor_id=membership.recipient_id or 0, now=clock.now()
    ),
    choose=lambda *, membership, given, seen, now, actor: flow.received_leave(
        donor_id=membership.recipient_id or 0, now=now, actor=actor, seen=seen
    ),
    words=words.leave_words,
    done=words.leave_done,
    membership=_received,
    home="my_received",
)


def _month_address(name: str, *, membership: Any, home: str) -> Choice:
    return Choice(
        name=name,
        heading="ひと月だけのお届け先",
        button="この月だけ変える",
        intro=words.address_intro,
        form=forms.month_address_form,
        preview=lambda membership, given, today: address_flow.month_address_preview(
            membership=membership, month=given["month"], address=_address(given), today=today
        ),
        choose=lambda *, membership, given, seen, now, actor: address_flow.month_address_choose(
            membership=membership,
            month=given["month"],
            address=_address(given),
            now=now,
            actor=actor,
            seen=seen,
        ),
        words=words.address_words,
        done=words.address_done,
        membership=membership,
        home=home,
    )


def _month_return(name: str, *, membership: Any, home: str) -> Choice:
    return Choice(
        name=name,
        heading="いつものお届け先に戻す",
        button="いつものお届け先に戻す",
        form=forms.month_return_form,
        preview=lambda membership, given, today: address_flow.month_return_preview(
            membership=membership, month=given["month"], today=today
        ),
        choose=lambda *, membership, given, seen, now, actor: address_flow.month_return_choose(
            membership=membership, month=given["month"], now=now, actor=actor, seen=seen
        ),
        words=words.return_words,
        done=words.return_done,
        membership=membership,
        home=home,
    )


OWN_ADDRESS = _month_address("my_month_address", membership=_delivered, home="my_membership")
OWN_RETURN = _month_return("my_month_return", membership=_delivered, home="my_membership")
RECEIVED_ADDRESS = _month_address("my_received_address", membership=_received, home="my_received")
RECEIVED_RETURN = _month_return("my_received_return", membership=_received, home="my_received")


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def give(request: HttpRequest) -> HttpResponse:
    """This will offer the membership to another person."""
    return answer(request, GIVE)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def take_back(request: HttpRequest) -> HttpResponse:
    """This will take the offer, or the membership, back."""
    return answer(request, TAKE_BACK)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def month_address(request: HttpRequest) -> HttpResponse:
    """This will send one month's box elsewhere."""
    return answer(request, OWN_ADDRESS)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def month_return(request: HttpRequest) -> HttpResponse:
    """This will send a month's box to the usual address again."""
    return answer(request, OWN_RETURN)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def received_address(request: HttpRequest) -> HttpResponse:
    """The same for a membership that was received."""
    return answer(request, RECEIVED_ADDRESS)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def received_return(request: HttpRequest) -> HttpResponse:
    """The same for a membership that was received."""
    return answer(request, RECEIVED_RETURN)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def received_leave(request: HttpRequest) -> HttpResponse:
    """This will give a received membership back."""
    return answer(request, LEAVE)


@require_safe
@decorators.signed_in
def received(request: HttpRequest) -> HttpResponse:
    """This will show what comes of a received membership. No price is on it."""
    donor = visitor.donor_of(request)
    membership = _received(donor) if donor else None
    page = pages.received_page(membership=membership, today=clock.today())
    return answers.show(request, "my/received", page)


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, sealed: str) -> HttpResponse:
    """This will show a mailed offer, and accept it with name and address.

    Opening the link changes nothing: programs that look through mail open every link.
    """
    try:
        grant = flow.offer_open(sealed=sealed, now=clock.now())
        principal = visitor.principal_of(request)
        if not principal.is_signed_in:
            page = pages.offer_page(
                grant=grant, sealed=sealed, form=account_forms.RegisterForm(), refusal=None
            )
            return answers.show(request, "received/account", page)
        flow.offer_check(grant=grant, user_id=principal.user_id, email=principal.email)
    except Refusal as error:
        return _offer_refused(request, error.code)
    return _offer_details(request, sealed=sealed, grant=grant)


def _offer_refused(request: HttpRequest, code: str) -> HttpResponse:
    page = pages.refused_page(messages.refusal_message(_offer_code(code)))
    return answers.show(request, "received/refused", page, status=answers.status_of(code))


def _offer_code(code: str) -> str:
    """An unreadable link of this kind is told in the words of one that is over."""
    return "grant_over" if code == "link_broken" else code


def _offer_details(request: HttpRequest, *, sealed: str, grant: models.Grant) -> HttpResponse:
    donor = visitor.donor_of(request)
    form = details_forms.DetailsForm(
        request.POST if request.method == "POST" else None,
        initial=details_forms.details_initial(donor) if donor else None,
        today=clock.today(),
    )
    refusal, status = None, answers.INVALID if form.is_bound else 200
    if form.is_bound and form.is_valid():
        principal = visitor.principal_of(request)
        try:
            flow.offer_accept(
                sealed=sealed,
                user_id=principal.user_id,
                email=principal.email,
                details=form.details(),
                now=clock.now(),
            )
        except Refusal as error:
            refusal = messages.refusal_message(error.code)
        else:
            flash.success(request, "贈りものをお受け取りになりました。ようこそ、ふるさとサロンへ。")
            return answers.see_other("my_received")
    page = pages.offer_page(grant=grant, sealed=sealed, form=form, refusal=refusal)
    return answers.show(request, "received/details", page, status=status)


@sensitive_post_parameters("password")
@require_POST
def offer_account(request: HttpRequest, sealed: str) -> HttpResponse:
    """This will make an account for whoever was mailed an offer, and sign in with it."""
    form = account_forms.RegisterForm(request.POST)
    refusal, status = None, answers.INVALID
    try:
        grant = flow.offer_open(sealed=sealed, now=clock.now())
    except Refusal as error:
        return _offer_refused(request, error.code)
    if form.is_valid():
        try:
            signed_in = sign_in_flow.account_register(
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                next_path=reverse("storefront:received_offer", args=[sealed]),
                client_ip=visitor.client_ip(request),
            )
        except ConfirmationSent:
            return answers.see_other("account_sent")
        except Refusal as error:
            refusal = register_message(error.code)
            status = answers.status_of(error.code)
        else:
            sessions.session_begin(request, signed_in)
            return answers.see_other("received_offer", sealed)
    page = pages.offer_page(grant=grant, sealed=sealed, form=form, refusal=refusal)
    return answers.show(request, "received/account", page, status=status)
