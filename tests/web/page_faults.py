"""What can be wrong with any page, found without knowing what the page is about.

Each check takes a `Page` and yields sentences; a page without sentences is fit to be shown.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import html5lib
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.urls import Resolver404, resolve

UNLABELLED_TYPES = {"hidden", "submit", "button", "reset", "image"}
NAMING_ATTRIBUTES = ("aria-describedby", "aria-labelledby", "aria-controls", "for")
OWN_HOST = "testserver"


@dataclass(frozen=True, kw_only=True)
class Page:
    """A parsed answer, with the address it came from."""

    path: str
    headers: Any
    text: str
    tree: ElementTree.Element

    def all(self, *tags: str) -> list[ElementTree.Element]:
        """Every element with one of these tags, in the order of the page."""
        return [element for element in self.tree.iter() if element.tag in tags]

    def words(self, element: ElementTree.Element) -> str:
        """The words inside an element on one line."""
        return " ".join("".join(element.itertext()).split())

    @property
    def h1(self) -> str:
        """The heading."""
        return self.words(self.all("h1")[0])

    @property
    def title(self) -> str:
        """The title of the window."""
        return self.words(self.all("title")[0])

    @property
    def body(self) -> str:
        """All words of the page, on one line."""
        return self.words(self.all("body")[0])

    @property
    def links(self) -> list[str]:
        """Every address a link leads to."""
        return [element.get("href", "") for element in self.all("a")]

    def hidden(self, name: str) -> str:
        """What a hidden field of a form carries."""
        fields = [field for field in self.all("input") if field.get("name") == name]
        assert [field.get("type") for field in fields] == ["hidden"], name
        return fields[0].get("value", "")

    def with_id(self, name: str) -> ElementTree.Element:
        """The element with an id."""
        found = [element for element in self.tree.iter() if element.get("id") == name]
        assert len(found) == 1, f"{len(found)} elements with id {name}"
        return found[0]


def parse_faults(text: str) -> list[str]:
    """This will say what breaks the rules of HTML5."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    try:
        parser.parse(text)
    except html5lib.html5parser.ParseError as error:
        return [f"not HTML5: {error}"]
    return []


def page_of(*, path: str, response: HttpResponse) -> Page:
    """This will parse an answer."""
    text = response.content.decode("utf-8")
    tree = html5lib.HTMLParser(namespaceHTMLElements=False).parse(text)
    return Page(path=path, headers=response.headers, text=text, tree=tree)


def _parsing(page: Page) -> Iterator[str]:
    yield from parse_faults(page.text)


def _language(page: Page) -> Iterator[str]:
    if page.tree.get("lang") != "ja":
        yield "html has no lang=ja"


def _heading(page: Page) -> Iterator[str]:
    headings = page.all("h1")
    titles = page.all("title")
    if len(headings) != 1:
        yield f"{len(headings)} h1 elements"
    if len(titles) != 1:
        yield f"{len(titles)} title elements"
    if len(headings) == len(titles) == 1 and not page.title.startswith(page.h1):
        yield f"the title {page.title!r} does not start with the h1 {page.h1!r}"
    if headings and not page.words(headings[0]):
        yield "the h1 is empty"


def _heading_order(page: Page) -> Iterator[str]:
    before = 0
    for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6"):
        level = int(heading.tag[1])
        if before and level > before + 1:
            yield f"h{level} {page.words(heading)!r} comes after h{before}"
        before = level


def _ids(page: Page) -> Iterator[str]:
    counts = Counter(element.get("id") for element in page.tree.iter() if element.get("id"))
    for name, count in counts.items():
        if count > 1:
            yield f"id {name} stands {count} times"
    for element in page.tree.iter():
        for attribute in NAMING_ATTRIBUTES:
            for name in (element.get(attribute) or "").split():
                if name not in counts:
                    yield f"{attribute} names {name}, which is not on the page"


def _labels(page: Page) -> Iterator[str]:
    named = {label.get("for") for label in page.all("label") if page.words(label)}
    inside = {
        id(child) for label in page.all("label") if page.words(label) for child in label.iter()
    }
    for field in page.all("input", "select", "textarea"):
        if field.get("type") in UNLABELLED_TYPES:
            continue
        is_labelled = (
            (field.get("id") and field.get("id") in named)
            or id(field) in inside
            or field.get("aria-label")
            or field.get("aria-labelledby")
        )
        if not is_labelled:
            yield f"the field {field.get('name')} has no label"
    for button in page.all("button", "summary"):
        if not page.words(button) and not button.get("aria-label"):
            yield "a button has no words"


def _forms(page: Page) -> Iterator[str]:
    for form in page.all("form"):
        if not form.get("action"):
            yield "a form has no action"
        elif fault := _address_fault(page, form.get("action", "")):
            yield f"a form's action {fault}"
        if form.get("method") not in {"get", "post"}:
            yield "a form has no method"
        names = {element.get("name") for element in form.iter("input")}
        if form.get("method") == "post" and "csrfmiddlewaretoken" not in names:
            yield f"the form to {form.get('action')} has no csrf token"


def _scripts(page: Page) -> Iterator[str]:
    policy = _policy(page)
    allowed = policy.get("script-src", [])
    nonces = {
        source.removeprefix("'nonce-").rstrip("'")
        for source in allowed
        if source.startswith("'nonce-")
    }
    for script in page.all("script"):
        address = script.get("src", "")
        has_nonce = script.get("nonce", "") in nonces and bool(script.get("nonce"))
        if not address:
            if not has_nonce:
                yield "an inline script has no nonce"
        elif not _is_allowed(address, allowed, has_nonce=has_nonce):
            yield f"the policy does not allow the script {address}"


def _is_allowed(address: str, allowed: list[str], *, has_nonce: bool) -> bool:
    parts = urlsplit(address)
    if not parts.netloc:
        return "'self'" in allowed
    return has_nonce or f"{parts.scheme}://{parts.netloc}" in allowed


def _policy(page: Page) -> dict[str, list[str]]:
    header = page.headers.get("Content-Security-Policy", "")
    rules = [rule.split() for rule in header.split(";") if rule.strip()]
    return {rule[0]: rule[1:] for rule in rules}


def _headers(page: Page) -> Iterator[str]:
    if not page.headers.get("Cache-Control"):
        yield "no Cache-Control"
    policy = _policy(page)
    if not policy:
        yield "no Content-Security-Policy"
    for name in ("script-src", "style-src"):
        if "'unsafe-inline'" in policy.get(name, []):
            yield f"{name} allows inline"


def _inline(page: Page) -> Iterator[str]:
    if page.all("style"):
        yield "a style element"
    for element in page.tree.iter():
        if element.get("style") is not None:
            yield f"a style attribute on {element.tag}"
        for name in element.attrib:
            if re.match(r"on[a-z]+$", str(name)):
                yield f"an event attribute {name} on {element.tag}"


def _links(page: Page) -> Iterator[str]:
    for link in page.all("a"):
        address = link.get("href")
        if address is None:
            yield f"a link without address: {page.words(link)}"
        elif fault := _address_fault(page, address):
            yield f"the link {address} {fault}"
        if not page.words(link) and not link.get("aria-label"):
            yield f"the link {address} has no words"
    for element in page.all("link", "img", "script"):
        address = element.get("href") or element.get("src") or ""
        if address.startswith("/") and (fault := _address_fault(page, address)):
            yield f"{element.tag} {address} {fault}"


def _address_fault(page: Page, address: str) -> str:
    if address.startswith(("tel:", "mailto:")):
        return ""
    parts = urlsplit(urljoin(f"http://{OWN_HOST}{page.path}", address))
    if parts.netloc != OWN_HOST:
        return "" if parts.scheme in {"http", "https"} else "has a strange scheme"
    if address.startswith("#"):
        ids = {element.get("id") for element in page.tree.iter()}
        return "" if parts.fragment in ids else "leads nowhere on the page"
    return _route_fault(parts.path)


def _route_fault(path: str) -> str:
    if path.startswith("/static/"):
        return "" if finders.find(path.removeprefix("/static/")) else "is no static file"
    try:
        resolve(path)
    except Resolver404:
        return "has no route"
    return ""


def _pictures(page: Page) -> Iterator[str]:
    for picture in page.all("img"):
        if picture.get("alt") is None:
            yield f"the picture {picture.get('src')} has no alt"


CHECKS: tuple[Callable[[Page], Iterator[str]], ...] = (
    _parsing,
    _language,
    _heading,
    _heading_order,
    _ids,
    _labels,
    _forms,
    _scripts,
    _headers,
    _inline,
    _links,
    _pictures,
)


def faults_of(page: Page) -> list[str]:
    """This will list everything that is wrong with a page."""
    return [fault for check in CHECKS for fault in check(page)]
