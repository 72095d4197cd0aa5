"""A page client for every test of pages, and people who are signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.builders import dashboard as browsers
from tests.web.page_client import PageClient, QueryCounts


@pytest.fixture
def query_counts(request: pytest.FixtureRequest) -> QueryCounts:
    """This will give the written-down numbers of queries for one test."""
    name = f"{request.path.relative_to(request.config.rootpath)}::{request.node.name}"
    return QueryCounts(test_name=name)


@pytest.fixture
def page_client(query_counts: QueryCounts, db: None) -> PageClient:
    """This will give a browser in which nobody is signed in."""
    return PageClient(counts=query_counts)


@pytest.fixture
def signed_in(query_counts: QueryCounts, db: None) -> Callable[[str], PageClient]:
    """This will give a browser in which a donor of `world.donor_make` is signed in, by name."""

    def browser(name: str = "hanako") -> PageClient:
        client = browsers.signed_in(Client(), user_id=f"user-{name}", email=f"{name}@example.jp")
        return PageClient(counts=query_counts, client=client)

    return browser
