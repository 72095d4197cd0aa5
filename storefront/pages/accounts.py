"""Signing in, confirming an address, choosing a new password."""

from dataclasses import dataclass

from django.urls import reverse

from storefront.pages import parts


@dataclass(frozen=True, kw_only=True)
class SignInPage(parts.Page):
    """Signing in."""

    form: object
    action: str
    next_url: str
    tiers_url: str
    password_url: str
    refusal: object = None


@dataclass(frozen=True, kw_only=True)
class FormPage(parts.Page):
    """One form with one button, and what went wrong with it."""

    action: str
    form: object = None
    refusal: object = None
    is_over: bool = False
    password_url: str = ""


@dataclass(frozen=True, kw_only=True)
class SentPage(parts.Page):
    """A mail is on its way; the rest happens there."""

    sign_in_url: str
    password_url: str


def sign_in_page(*, form: object, next_url: str, refusal: object = None) -> SignInPage:
    """This will describe the sign-in."""
    return SignInPage(
        heading="サインイン",
        form=form,
        action=reverse("storefront:signin"),
        next_url=next_url,
        tiers_url=reverse("storefront:tiers"),
        password_url=reverse("storefront:password"),
        refusal=refusal,
    )


def confirm_page(*, sealed: str, refusal: object = None) -> FormPage:
    """This will describe the last step of making an account; `refusal` when it cannot be done."""
    return FormPage(
        heading="メールアドレスの確認",
        action=reverse("storefront:account_confirm", args=[sealed]),
        refusal=refusal,
        password_url=reverse("storefront:password"),
    )


def password_request_page(*, form: object, refusal: object = None) -> FormPage:
    """This will describe the page of those who forgot their password."""
    return FormPage(
        heading="パスワードを忘れた方",
        action=reverse("storefront:password"),
        form=form,
        refusal=refusal,
    )


def password_new_page(
    *, sealed: str, form: object, refusal: object = None, is_over: bool = False
) -> FormPage:
    """This will describe where a new password is chosen; without its form when the link is over."""
    return FormPage(
        heading="新しいパスワード",
        action=reverse("storefront:password_new", args=[sealed]),
        form=form,
        refusal=refusal,
        is_over=is_over,
        password_url=reverse("storefront:password"),
    )


def sent_page(*, heading: str) -> SentPage:
    """This will say that a mail is on its way."""
    return SentPage(
        heading=heading,
        sign_in_url=reverse("storefront:signin"),
        password_url=reverse("storefront:password"),
    )
