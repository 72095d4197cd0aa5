"""Signing in and out."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from saleor_ext.access import sessions
from saleor_ext.common.errors import Refusal
from saleor_ext.flows import sign_in as sign_in_flow
from storefront import messages, visitor
from storefront.forms import accounts as forms
from storefront.pages import about as pages
from storefront.templatetags import words
from storefront.views import answers


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """This will sign a person in and bring him to where he wanted to go."""
    next_url = answers.next_url(request)
    if request.method == "POST":
        return _signin(request, forms.SignInForm(request.POST), next_url)
    if visitor.principal_of(request).is_signed_in:
        return answers.go_to(next_url or words.home_url(visitor.principal_of(request)))
    page = pages.sign_in_page(form=forms.SignInForm(), next_url=next_url)
    return answers.show(request, "sign_in/sign_in", page)


def _signin(request: HttpRequest, form: forms.SignInForm, next_url: str) -> HttpResponse:
    refusal, status = None, answers.INVALID
    if form.is_valid():
        try:
            signed_in = sign_in_flow.sign_in(
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                client_ip=visitor.client_ip(request),
            )
        except Refusal as error:
            refusal = messages.refusal_message(error.code)
            status = answers.status_of(error.code)
        else:
            sessions.session_begin(request, signed_in)
            return answers.go_to(next_url or words.home_url(sessions.principal_of(request)))
    page = pages.sign_in_page(form=form, next_url=next_url, refusal=refusal)
    return answers.show(request, "sign_in/sign_in", page, status=status)


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    """This will sign out."""
    sessions.session_end(request)
    return answers.see_other("home")
