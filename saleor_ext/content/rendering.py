"""From the Markdown that the town writes to safe HTML, and to plain words."""

import functools
from collections.abc import Iterable

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

HEADING_TOP = 2
HEADING_LOWEST = 4
TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "blockquote", "code", "pre"),
    *("ul", "ol", "li", "a", "img", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
URL_SCHEMES = {"https", "http", "mailto", "tel"}


def markdown_html(text: str) -> str:
    """This will turn Markdown into HTML that is safe to put into a page.

    Raw HTML is shown as text. Headings begin at h2, because the page has its own h1. Pictures come
    from this site only, so that nobody else learns who reads what.
    """
    return nh3.clean(
        _markdown().render(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute_keep,
        url_schemes=URL_SCHEMES,
        link_rel="noopener noreferrer",
    )


def plain_paragraphs(text: str) -> list[str]:
    """This will return the words of each paragraph and list item, without headings or markup."""
    found, is_heading = [], False
    for token in _markdown().parse(text):
        if token.type in {"heading_open", "heading_close"}:
            is_heading = token.nesting > 0
        elif token.type == "inline" and not is_heading:
            found.append(_words(token.children or []))
    return [paragraph for paragraph in found if paragraph]


@functools.cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.core.ruler.push("headings_below_page", _headings_lower)
    return parser


def _headings_lower(state: StateCore) -> None:
    """The highest heading of a text becomes h2, and none lies more than a step below the one
    before it, so that a reader who moves by headings misses none.
    """
    headings = [token for token in state.tokens if token.type.startswith("heading_")]
    top = min((int(token.tag[1:]) for token in headings), default=1)
    before = HEADING_TOP - 1
    for token in headings:
        if token.nesting > 0:
            wanted = int(token.tag[1:]) - top + HEADING_TOP
            before = min(wanted, before + 1, HEADING_LOWEST)
        token.tag = f"h{before}"


def _attribute_keep(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src" and not _is_own_address(value):
        return None
    return value


def _is_own_address(address: str) -> bool:
    return address.startswith("/") and not address.startswith("//")


def _words(tokens: Iterable[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in {"text", "code_inline"}:
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return " ".join("".join(parts).split(" ")).strip()
