"""Joining: account, details, confirmation. The card is in `join_card.py`."""

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saleor_ext.access import decorators, sessions
from saleor_ext.common import clock
from saleor_ext.common.errors import Refusal
from saleor_ext.contracts.types import Yen
from saleor_ext.flows.accounts import sign_in as sign_in_flow
from saleor_ext.flows.errors import ConfirmationSent
from saleor_ext.flows.joining import join as join_flow
from saleor_ext.flows.limits import warning
from saleor_ext.membership import models, selectors, services, states
from storefront import messages, visitor
from storefront.forms import accounts as account_forms
from storefront.forms import details as details_forms
from storefront.forms import join as forms
from storefront.forms import uses as uses_forms
from storefront.pages import join as pages
from storefront.pages import receipts
from storefront.views import answers


@require_safe
@answers.missing_is_404
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """This will bring a donor to the step that is his next one."""
    tier = selectors.tier_get(slug=slug)
    if not visitor.principal_of(request).is_signed_in:
        page = pages.account_page(tier=tier, form=account_forms.RegisterForm(), refusal=None)
        return answers.show(request, "join/account", page)
    donor = visitor.donor_ensure(request, now=clock.now())
    draft = selectors.membership_draft(donor_id=donor.pk)
    if pages.is_free(tier) or selectors.details_are_complete(donor=donor):
        is_under_way = draft is not None and draft.tier_id == tier.pk
        if draft is not None and is_under_way and not pages.is_free(tier):
            return answers.see_other("join_card", draft.public_id)
        return answers.see_other("join_confirm", slug)
    return answers.see_other("join_details", slug)


@sensitive_post_parameters("password")
@require_POST
@answers.missing_is_404
def account(request: HttpRequest, slug: str) -> HttpResponse:
    """This will make an account and sign in with it."""
    tier = selectors.tier_get(slug=slug)
    form = account_forms.RegisterForm(request.POST)
    refusal, status = None, answers.INVALID
    if form.is_valid():
        try:
            signed_in = sign_in_flow.account_register(
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                next_path=reverse("storefront:join", args=[slug]),
                client_ip=visitor.client_ip(request),
            )
        except ConfirmationSent:
            return answers.see_other("account_sent")
        except Refusal as error:
            refusal = register_message(error.code)
            status = answers.status_of(error.code)
        else:
            sessions.session_begin(request, signed_in)
            return answers.see_other("join", slug)
    page = pages.account_page(tier=tier, form=form, refusal=refusal)
    return answers.show(request, "join/account", page, status=status)


def register_message(code: str) -> messages.Message:
    """The shop does not say whether an address is taken; neither do we, but we say what helps."""
    return messages.refusal_message("account_exists" if code == "sign_in_failed" else code)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
@answers.missing_is_404
def details(request: HttpRequest, slug: str) -> HttpResponse:
    """This will take name and addresses."""
    tier = selectors.tier_get(slug=slug)
    donor = visitor.donor_ensure(request, now=clock.now())
    form = details_forms.DetailsForm(
        request.POST if request.method == "POST" else None,
        initial=details_forms.details_initial(donor),
        today=clock.today(),
    )
    if form.is_bound and form.is_valid():
        stored = services.donor_details_set(donor_id=donor.pk, details=form.details())
        if spelt := receipts.spelling_words(donor=stored):
            flash.info(request, spelt)
        return answers.see_other("join_confirm", slug)
    page = pages.details_page(tier=tier, form=form)
    return answers.show(
        request, "join/details", page, status=answers.INVALID if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
@answers.missing_is_404
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """This will show what is agreed to, and begin the membership."""
    tier = selectors.tier_get(slug=slug)
    donor = visitor.donor_ensure(request, now=clock.now())
    if pages.is_free(tier):
        return _confirm_free(request, tier=tier, donor=donor)
    if not selectors.details_are_complete(donor=donor):
        return answers.see_other("join_details", slug)
    return _confirm_paid(request, tier=tier, donor=donor)


def _confirm_free(request: HttpRequest, *, tier: models.Tier, donor: models.Donor) -> HttpResponse:
    if request.method == "POST":
        try:
            membership = join_flow.join_free(
                donor_id=donor.pk,
                tier_slug=tier.slug,
                now=clock.now(),
                actor=visitor.actor_of(donor),
            )
        except Refusal as error:
            return barred(request, error.code)
        return answers.see_other("join_done", membership.public_id)
    page = pages.confirm_page(
        donor=donor,
        tier=tier,
        form=None,
        rules=pages.Rules(choices=(), box_notes=(), barriers=()),
        today=clock.today(),
    )
    return answers.show(request, "join/confirm_free", page)


def _confirm_paid(request: HttpRequest, *, tier: models.Tier, donor: models.Donor) -> HttpResponse:
    rules = pages.rules_of(donor=donor, tier=tier, today=clock.today())
    warned = warning.join_warning(donor_id=donor.pk, tier=tier, today=clock.today())
    form = forms.ConfirmForm(
        request.POST if request.method == "POST" and rules.choices else None,
        choices=rules.choices,
        uses=uses_forms.use_choices(selectors.municipality_get().uses),
        amount_yen=Yen(tier.amount_yen),
        is_monthly=tier.kind == states.TierKind.MONTHLY,
        is_over_limit=warned is not None,
    )
    if form.is_bound and form.is_valid():
        try:
            draft = join_flow.join_begin(
                donor_id=donor.pk,
                tier_slug=tier.slug,
                is_box_wanted=form.is_box_wanted,
                use_slug=form.cleaned_data["use"],
                is_limit_agreed=form.is_limit_agreed,
                is_onestop_wanted=form.cleaned_data["onestop"],
                now=clock.now(),
                actor=visitor.actor_of(donor),
            )
        except Refusal as error:
            form.add_error(None, str(messages.refusal_message(error.code)))
        else:
            return answers.see_other("join_card", draft.public_id)
    page = pages.confirm_page(
        donor=donor, tier=tier, form=form, rules=rules, today=clock.today(), warned=warned
    )
    return answers.show(
        request, "join/confirm", page, status=200 if request.method != "POST" else answers.INVALID
    )


def barred(request: HttpRequest, code: str, *, retry_url: str = "") -> HttpResponse:
    """This will say why nothing can be done now, and what can."""
    page = pages.BarredPage(
        heading="お手続きを進められません",
        message=messages.refusal_message(code),
        retry_url=retry_url,
        has_limit=code == "year_limit",
    )
    return answers.show(request, "join/barred", page, status=answers.status_of(code))
