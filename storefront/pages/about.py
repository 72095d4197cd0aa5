"""Pages that explain: about, help, terms, privacy."""

from dataclasses import dataclass

from django.urls import reverse

from storefront.pages import parts


@dataclass(frozen=True, kw_only=True)
class TextPage(parts.Page):
    """A page of text; its template holds the words."""


def text_page(*, heading: str, lead: str) -> TextPage:
    """This will describe a page of text."""
    return TextPage(heading=heading, lead=lead, description=lead)


@dataclass(frozen=True, kw_only=True)
class SignInPage(parts.Page):
    """Signing in."""

    form: object
    action: str
    next_url: str
    tiers_url: str
    refusal: object = None


def sign_in_page(*, form: object, next_url: str, refusal: object = None) -> SignInPage:
    """This will describe the sign-in."""
    return SignInPage(
        heading="サインイン",
        form=form,
        action=reverse("storefront:signin"),
        next_url=next_url,
        tiers_url=reverse("storefront:tiers"),
        refusal=refusal,
    )
