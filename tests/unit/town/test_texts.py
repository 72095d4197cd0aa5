"""What the town writes: no advertising, nothing real, one form of Unicode."""

import re
import unicodedata
from pathlib import Path

import pytest

from fixtures.town import reader
from fixtures.town.records import ADVERTISING_WORDS, TOWN_DIR

TOWN = reader.town_load()
TEXT_FILES = sorted(
    path for path in TOWN_DIR.rglob("*") if path.suffix in {".toml", ".md"} and path.is_file()
)
SHOWN_FILES = [path for path in TEXT_FILES if path.name != "README.md"]
HEADING = re.compile(r"^## \S", re.MULTILINE)


def name_of(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", SHOWN_FILES, ids=name_of)
def test_no_text_uses_a_word_of_advertising(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [word for word in ADVERTISING_WORDS if word in text] == []


@pytest.mark.parametrize("path", TEXT_FILES, ids=name_of)
def test_every_text_is_in_normal_form_c(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert "�" not in text


@pytest.mark.parametrize("path", SHOWN_FILES, ids=name_of)
def test_every_telephone_number_is_from_a_range_that_does_not_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for number in re.findall(r"\b0\d{1,4}-\d{1,4}-\d{4}\b", text):
        assert number.startswith(("0000-", "090-0000-")), number


@pytest.mark.parametrize("path", SHOWN_FILES, ids=name_of)
def test_every_mail_address_is_in_an_example_domain(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for domain in re.findall(r"[\w.]+@([\w.]+)", text):
        assert domain in {"example.jp", "example.com"}


def test_every_post_has_headings_and_a_readable_length() -> None:
    for post in TOWN.posts:
        assert len(HEADING.findall(post.body)) >= 2, post.slug
        assert 400 <= len(post.body.replace("\n", "")) <= 900, post.slug


def test_every_document_has_headings_and_text() -> None:
    for document in TOWN.documents:
        assert len(HEADING.findall(document.body)) >= 2, document.slug
        assert len(document.body) >= 300, document.slug


def test_every_event_tells_those_entitled_how_to_join() -> None:
    for event in TOWN.events:
        assert len(event.how_to_join) >= 40, event.slug
        assert event.how_to_join not in event.description, event.slug
