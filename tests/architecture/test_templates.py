"""The content security policy forbids inline style and script; so do we, before the browser."""

import re

import pytest

from tests.architecture import source

RULES = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "an inline script": re.compile(
        r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")[^>]*>", re.IGNORECASE
    ),
    "a script or style from elsewhere": re.compile(
        r"<(?:script|link)[^>]*\s(?:src|href)=\"(?:https?:)?//", re.IGNORECASE
    ),
    "an unescaped value": re.compile(r"\|\s*safe\b(?!seq)|autoescape off"),
}


def templates():
    return [path for path in source.files() if path.suffix == ".html" and "templates" in path.parts]


def test_there_are_templates():
    assert templates()


@pytest.mark.parametrize("rule", RULES)
def test_no_template_has(rule):
    found = []
    for path in templates():
        text = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", _blank, path.read_text(), flags=re.S)
        found += [
            source.where(path, text.count("\n", 0, match.start()) + 1)
            for match in RULES[rule].finditer(text)
        ]

    assert found == []


def _blank(match):
    return "\n" * match[0].count("\n")
