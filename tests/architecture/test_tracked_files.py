"""What must never be in the project's files."""

import re

import pytest

from tests.architecture import source

# Put together here so that this file does not contain what it looks for.
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry." + "npmjs.org",
    "deb." + "debian.org",
    "security." + "debian.org",
    "archive." + "ubuntu.com",
]
MACHINE_PATHS = re.compile(r"(?<![\w./-])/(?:" + "|".join(["work", "farm", "root", "home"]) + ")/")
SECRETS = re.compile(
    "sk_" + r"live_\w{8,}|rk_" + r"live_\w{8,}|BEGIN (?:RSA|EC|OPENSSH) PRIVATE" + " KEY"
)
PICTURES = {".png", ".jpg", ".jpeg", ".ico", ".webp", ".woff", ".woff2", ".pdf", ".zip", ".gz"}


def texts():
    for path in source.files():
        if path.suffix.lower() not in PICTURES:
            yield path, path.read_text(encoding="utf-8")


def lines_with(matches):
    return [
        source.where(path, number)
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if matches(line)
    ]


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_file_names_a_package_registry(host):
    assert lines_with(lambda line: host in line) == []


def test_no_file_names_a_folder_of_somebodys_machine():
    assert lines_with(MACHINE_PATHS.search) == []


def test_no_file_holds_a_secret():
    assert lines_with(SECRETS.search) == []


def test_every_text_ends_with_a_line_break_and_has_no_carriage_return():
    wrong = [
        str(path.relative_to(source.ROOT))
        for path, text in texts()
        if text and (not text.endswith("\n") or "\r" in text)
    ]

    assert wrong == []
