"""Pages that explain: about, help, terms, privacy."""

from dataclasses import dataclass

from storefront.pages import parts


@dataclass(frozen=True, kw_only=True)
class TextPage(parts.Page):
    """A page of text; its template holds the words."""


def text_page(*, heading: str, lead: str) -> TextPage:
    """This will describe a page of text."""
    return TextPage(heading=heading, lead=lead, description=lead)
