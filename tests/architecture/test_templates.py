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
    # Only what rendering.markdown_html cleaned may be put in as it is; such values say so.
    "an unescaped value": re.compile(r"(?<!_html)\|\s*safe\b|\|\s*safeseq\b|autoescape off"),
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


def test_nothing_is_called_safe_in_python_but_what_was_cleaned():
    found = [
        str(path.relative_to(source.ROOT))
        for path in source.python_files(*source.PRODUCT, "fixtures")
        if "mark_safe" in path.read_text(encoding="utf-8") and path.name != "rendering.py"
    ]

    assert found == []
