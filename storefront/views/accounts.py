"""Signing in and out, confirming an address, choosing a new password."""

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saleor_ext.access import sessions
from saleor_ext.common.errors import Refusal
from saleor_ext.flows import errors
from saleor_ext.flows.accounts import account_letters
from saleor_ext.flows.accounts import sign_in as sign_in_flow
from storefront import messages, visitor
from storefront.forms import accounts as forms
from storefront.pages import accounts as pages
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


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """This will ask a person to open the mail that confirms his address."""
    page = pages.sent_page(heading="確認のメールをご覧ください")
    return answers.show(request, "sign_in/account_sent", page)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, sealed: str) -> HttpResponse:
    """This will confirm an address once the person presses the button.

    Opening the link is not enough: programs that look through mail open every link.
    """
    try:
        if request.method == "POST":
            held = account_letters.account_confirm(sealed)
            notices.success(request, "メールアドレスを確認しました。サインインしてお進みください。")
            query = f"?{urlencode({'next': held.next_path})}" if held.next_path else ""
            return answers.go_to(reverse("storefront:signin") + query)
        account_letters.link_open(sealed, path=account_letters.CONFIRM_PATH)
    except Refusal as error:
        page = pages.confirm_page(sealed=sealed, refusal=messages.refusal_message(error.code))
        status = answers.status_of(error.code)
        return answers.show(request, "sign_in/confirm", page, status=status)
    return answers.show(request, "sign_in/confirm", pages.confirm_page(sealed=sealed))


@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """This will have a link for a new password mailed."""
    form = forms.PasswordRequestForm(request.POST if request.method == "POST" else None)
    refusal, status = None, answers.INVALID if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            account_letters.password_request(email=form.cleaned_data["email"])
        except Refusal as error:
            refusal = messages.refusal_message(error.code)
            status = answers.status_of(error.code)
        else:
            return answers.see_other("password_sent")
    page = pages.password_request_page(form=form, refusal=refusal)
    return answers.show(request, "sign_in/password", page, status=status)


@require_safe
def password_sent(request: HttpRequest) -> HttpResponse:
    """This will ask a person to open the mail with the link; the same words for everybody."""
    page = pages.sent_page(heading="メールをご覧ください")
    return answers.show(request, "sign_in/password_sent", page)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def password_new(request: HttpRequest, sealed: str) -> HttpResponse:
    """This will set a new password, end the account's other sessions, and sign the person in."""
    form = forms.NewPasswordForm(request.POST if request.method == "POST" else None)
    refusal, status, is_over = None, answers.INVALID if form.is_bound else 200, False
    try:
        account_letters.link_open(sealed, path=account_letters.PASSWORD_PATH)
        if form.is_bound and form.is_valid():
            signed_in = account_letters.password_set(sealed, password=form.cleaned_data["password"])
            sessions.sessions_end(user_id=signed_in.user_id)
            sessions.session_begin(request, signed_in)
            notices.success(
                request, "新しいパスワードに変えました。ほかの機器ではサインアウトしました。"
            )
            return answers.go_to(words.home_url(sessions.principal_of(request)))
    except Refusal as error:
        refusal = messages.refusal_message(error.code)
        status = answers.status_of(error.code)
        is_over = isinstance(error, errors.LinkBroken)
    page = pages.password_new_page(sealed=sealed, form=form, refusal=refusal, is_over=is_over)
    return answers.show(request, "sign_in/password_new", page, status=status)
