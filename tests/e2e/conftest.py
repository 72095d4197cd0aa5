"""One trial of its own for all tests here; after each of them the books must agree."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from fixtures.stripe.testing import StandIn
from fixtures.town import reader
from fixtures.trial import own
from fixtures.trial.supervisor import ROOT, Supervisor
from fixtures.trial.tour.visitor import Visitor
from tests.e2e import browsing
from tests.e2e import desk as desks
from tests.e2e.books import Books
from tests.e2e.donors import Donor

OUTPUT = ROOT / "test-output" / "e2e"
WEBHOOK_SECRET = "whsec_furusato_trial"
DonorMake = Callable[..., Donor]


@pytest.fixture(scope="session")
def trial() -> Iterator[Supervisor]:
    """This will run the demo town without members for the length of the tests."""
    with own.trial_own() as running:
        try:
            yield running
        finally:
            _logs_keep(running)


def _logs_keep(trial: Supervisor) -> None:
    """What the servers wrote outlives their folder, for whoever looks into a failure."""
    kept = OUTPUT / "logs"
    kept.mkdir(parents=True, exist_ok=True)
    for log in trial.data.glob("*.log"):
        shutil.copy(log, kept)
    for database in trial.data.glob("*.sqlite3"):
        _database_copy(database, kept / database.name)


def _database_copy(database: Path, to: Path) -> None:
    """A whole copy, taken by SQLite: files beside it come and go while the servers run."""
    with closing(sqlite3.connect(database)) as running, closing(sqlite3.connect(to)) as copy:
        running.backup(copy)


@pytest.fixture(scope="session")
def desk(trial: Supervisor) -> Iterator[desks.Desk]:
    """This will give a terminal for the product's commands."""
    with desks.desk_open(trial) as opened:
        yield opened


@pytest.fixture(scope="session")
def stripe(trial: Supervisor) -> StandIn:
    """This will give the trial's Stripe stand-in and its controls."""
    return StandIn(url=trial.stripe_url)


@pytest.fixture(scope="session")
def officer(trial: Supervisor) -> Iterator[Visitor]:
    """This will give a browser in which 佐藤, an officer of the town, is signed in."""
    town = reader.town_load()
    with Visitor(trial.url) as visitor:
        page = visitor.sign_in(email=town.staff[0].email, password=town.demo_password)
        assert page.path == "/staff/"
        yield visitor


@pytest.fixture(scope="session")
def books(trial: Supervisor, officer: Visitor, desk: desks.Desk, stripe: StandIn) -> Books:
    """This will give the town's files and the provider's sums."""
    return Books(officer=officer, desk=desk, shop_url=trial.shop_url, stripe=stripe)


@pytest.fixture
def donor_make(trial: Supervisor) -> Iterator[DonorMake]:
    """This will give a function that invents a donor with a browser of his own."""
    with ExitStack() as stack:

        def make(**wishes: str) -> Donor:
            return Donor(trial=trial, visitor=stack.enter_context(Visitor(trial.url)), **wishes)

        yield make


@pytest.fixture
def donor(donor_make: DonorMake) -> Donor:
    """This will give one new donor who is about to join なぎさ会員."""
    return donor_make()


@pytest.fixture
def shop_trouble(trial: Supervisor) -> Iterator[Callable[..., None]]:
    """This will give a function that plans trouble in the shop, all of it gone afterwards."""
    address = f"{trial.shop_url}/_control/faults"

    def plan(**wish: object) -> None:
        if not wish:
            httpx.delete(address, trust_env=False).raise_for_status()
            return
        httpx.post(address, json=wish, trust_env=False).raise_for_status()

    yield plan
    plan()


@pytest.fixture
def stripe_trouble(trial: Supervisor, stripe: StandIn) -> Iterator[StandIn]:
    """This will give the Stripe stand-in for planning trouble, all of it gone afterwards."""
    yield stripe
    stripe.faults()
    stripe.webhook_target(f"{trial.url}/hooks/payment/", WEBHOOK_SECRET)
    stripe.webhook_release()


@pytest.fixture(scope="session")
def chromium(chromium_path: Path) -> Iterator[Browser]:
    """This will give one browser to all tests that need one."""
    with (
        sync_playwright() as playwright,
        browsing.chromium_open(playwright, chromium_path) as browser,
    ):
        yield browser


@pytest.fixture(params=browsing.WIDTHS)
def width(request: pytest.FixtureRequest) -> int:
    """This will give the width of a telephone, then that of a desk's screen."""
    return int(request.param)


@pytest.fixture(autouse=True)
def books_agree(books: Books) -> Iterator[None]:
    """This will make sure, after each test, that ledger and provider agree to the yen."""
    yield
    assert books.problems() == []
    assert books.days() == books.provider_days()
