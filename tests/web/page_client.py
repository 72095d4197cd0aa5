"""A browser that is hard to please: every page it fetches must be fit to be shown.

It wraps Django's client. A page fails its test unless it is strict HTML5 in Japanese with one h1
that begins the title, unique ids, labelled fields, forms with action, method and token, scripts
the sent policy allows, Cache-Control, links that lead somewhere, pictures with alt, and exactly
the number of queries written down in query_counts.json.

The numbers are written by a run with RECORD_QUERY_COUNTS=1 (on SQLite, one process).
"""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from tests.web import page_faults
from tests.web.page_faults import Page

COUNTS_FILE = Path(__file__).with_name("query_counts.json")
RECORD = "RECORD_QUERY_COUNTS"
SEE_OTHER = 303


def _route_name(path: str) -> str:
    """Names of routes, not addresses: those carry keys that differ from run to run."""
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return "nowhere"


class QueryCounts:
    """The exact number of queries of every page a test fetches, by test and order."""

    def __init__(self, *, test_name: str, path: Path = COUNTS_FILE) -> None:
        self.test_name = test_name
        self.path = path
        self.seen = 0

    def check(self, *, request_line: str, count: int) -> list[str]:
        """This will compare with what is written down, or write it down when asked to."""
        self.seen += 1
        key = f"{self.test_name} #{self.seen} {request_line}"
        known = self._read()
        if os.environ.get(RECORD):
            known[key] = count
            text = json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True)
            self.path.write_text(f"{text}\n", encoding="utf-8")
            return []
        if key not in known:
            return [f"no number of queries is written down for {key!r} (set {RECORD}=1)"]
        if known[key] != count:
            return [f"{count} queries instead of {known[key]} for {key!r}"]
        return []

    def _read(self) -> dict[str, int]:
        if not self.path.exists():
            return {}
        found: dict[str, int] = json.loads(self.path.read_text(encoding="utf-8"))
        return found


class PageClient:
    """Fetches pages and fails on anything that is not fit to be shown."""

    def __init__(self, *, counts: QueryCounts, client: Client | None = None) -> None:
        self.counts = counts
        self.http = client or Client()

    def get(self, path: str, *, status: int = 200, **query: str) -> Page:
        """This will fetch a page."""
        response, faults = self._ask("get", path, query)
        return self._page(path, response, faults, status=status)

    def get_redirect(self, path: str, *, to: str, status: int = SEE_OTHER) -> None:
        """This will fetch an address that must send the browser on to another one."""
        response, faults = self._ask("get", path, {})
        self._redirect(path, response, faults, to=to, status=status)

    def post(self, path: str, data: dict[str, Any] | None = None, *, to: str) -> None:
        """This will send a form that must be accepted and answered with 303 to `to`."""
        response, faults = self._ask("post", path, data or {})
        self._redirect(path, response, faults, to=to, status=SEE_OTHER)

    def post_refused(
        self, path: str, data: dict[str, Any] | None = None, *, status: int = 422
    ) -> Page:
        """This will send a form that must be refused with a page."""
        response, faults = self._ask("post", path, data or {})
        return self._page(path, response, faults, status=status)

    def post_shown(self, path: str, data: dict[str, Any] | None = None) -> Page:
        """This will send a form that is answered with a page about what would happen."""
        return self.post_refused(path, data, status=200)

    def _ask(self, method: str, path: str, data: dict[str, Any]) -> tuple[HttpResponse, list[str]]:
        with CaptureQueriesContext(connection) as asked:
            response = getattr(self.http, method)(path, data)
        line = f"{method.upper()} {_route_name(path)}"
        return response, self.counts.check(request_line=line, count=len(asked))

    def _page(self, path: str, response: HttpResponse, faults: list[str], *, status: int) -> Page:
        assert response.status_code == status, (
            f"{path} answered {response.status_code} {response.headers.get('Location', '')}"
        )
        page = page_faults.page_of(path=path, response=response)
        faults = [*page_faults.faults_of(page), *faults]
        assert not faults, f"{path}:\n  " + "\n  ".join(faults)
        return page

    def _redirect(
        self, path: str, response: HttpResponse, faults: list[str], *, to: str, status: int
    ) -> None:
        words = ""
        if response.headers.get("Content-Type", "").startswith("text/html") and response.content:
            words = page_faults.page_of(path=path, response=response).body[:400]
        assert response.status_code == status, f"{path} answered {response.status_code}: {words}"
        assert response.headers["Location"] == to
        assert not faults, f"{path}:\n  " + "\n  ".join(faults)
