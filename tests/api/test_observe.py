"""The doors for whoever watches: readiness, figures, and what is logged of a request."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.test.utils import override_settings

from saleor_ext.common import jobs, logs
from saleor_ext.flows import readiness, tasks
from saleor_ext.flows.books import figures
from saleor_ext.operation import gate, models, place
from saleor_ext.outbox import models as outbox_models
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import world

pytestmark = pytest.mark.django_db

TOKEN = "a-token-for-the-watcher"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def installed(now: datetime, settings: Any) -> shop_models.Installation:
    """This will give a shop that has installed us."""
    return shop_models.Installation.objects.create(
        saleor_api_url=settings.SALEOR_API_URL,
        domain="shop.example.jp",
        app_id="QXBwOjE=",
        identifier="jp.furusato-salon",
        auth_token="token",
        installed_at=now,
    )


@pytest.fixture
def figures_of(client: Client, settings: Any) -> Callable[[], dict[str, float]]:
    """This will give a function that reads the figures as a watcher does."""
    settings.METRICS_TOKEN = TOKEN

    def read() -> dict[str, float]:
        response = client.get("/metrics/", headers=BEARER)
        assert response.status_code == 200
        lines = response.content.decode().splitlines()
        pairs = [line.rsplit(" ", 1) for line in lines if line and not line.startswith("#")]
        return {name: float(value) for name, value in pairs}

    return read


def test_everything_that_is_needed_is_named(
    client: Client, installed: shop_models.Installation
) -> None:
    response = client.get("/ready/")

    assert (response.status_code, response.json()) == (
        200,
        {
            "status": "ready",
            "database": "ok",
            "migrations": "ok",
            "broker": "ok",
            "shop": "ok",
        },
    )


def test_a_shop_that_has_not_installed_us_is_named(client: Client) -> None:
    response = client.get("/ready/")

    assert (response.status_code, response.json()["shop"]) == (503, "not_installed")
    assert client.get("/health/").status_code == 200


def test_a_queue_that_is_away_is_named(
    client: Client, installed: shop_models.Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "broker_answers", lambda **kwargs: False)

    response = client.get("/ready/")

    assert (response.status_code, response.json()["broker"]) == (503, "unreachable")


def test_a_database_that_is_away_is_named_and_hides_its_address(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> str:
        raise OperationalError("connection to postgresql://salon:hunter2@db failed")

    monkeypatch.setattr(readiness, "_database", away)

    response = client.get("/ready/")

    assert response.status_code == 503
    assert response.json()["database"] == "unreachable"
    assert b"hunter2" not in response.content


def test_an_unapplied_migration_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_seen_migrated", set())
    plan = [("outbox", "0099_next")]
    monkeypatch.setattr(readiness.MigrationExecutor, "migration_plan", lambda *args: plan)

    assert readiness.readiness()["migrations"] == "pending"


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        ("", {}, 404),
        ("", {"Authorization": "Bearer "}, 404),
        (TOKEN, {}, 401),
        (TOKEN, {"Authorization": "Bearer wrong"}, 401),
        (TOKEN, {"Authorization": f"Bearer {TOKEN}é"}, 401),
        (TOKEN, {"Authorization": TOKEN}, 401),
    ],
)
def test_the_figures_are_for_the_watcher_only(
    client: Client, settings: Any, token: str, headers: dict[str, str], status: int
) -> None:
    settings.METRICS_TOKEN = token

    response = client.get("/metrics/", headers=headers)

    assert response.status_code == status
    assert b"furusato_" not in response.content


def test_the_figures_say_how_work_stands(
    figures_of: Callable[[], dict[str, float]], now: datetime
) -> None:
    world.member_make(tier=world.world_make())
    outbox_models.OutboxMessage.objects.all().delete()
    for number, minutes in enumerate([90, 5, -5]):
        outbox_models.OutboxMessage.objects.create(
            topic="mail.send",
            key=f"mail:{number}",
            next_try_at=now - timedelta(minutes=minutes),
            created_at=now,
        )
    outbox_models.OutboxMessage.objects.create(
        topic="mail.send", key="mail:f", state="failed", next_try_at=now, created_at=now
    )

    found = figures_of()

    assert found['furusato_outbox_messages{state="due"}'] == 2
    assert found['furusato_outbox_messages{state="later"}'] == 1
    assert found['furusato_outbox_messages{state="failed"}'] == 1
    assert found["furusato_outbox_oldest_due_seconds"] == 90 * 60
    assert found['furusato_payment_attempts{state="succeeded"}'] == 1
    assert found['furusato_payment_attempts{state="unknown"}'] == 0
    assert found["furusato_payment_attempt_oldest_unknown_seconds"] == 0
    assert found["furusato_cycles_due"] == 0
    assert found["furusato_shop_installed"] == 0
    assert found["furusato_place_confirmed"] == 1
    assert found["furusato_charging_stopped"] == 0
    assert found["process_resident_memory_bytes"] > 0


def test_the_figures_say_that_this_is_a_copy(
    figures_of: Callable[[], dict[str, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.status()
    monkeypatch.setattr(place, "here", lambda: place.Here(parts={"cluster": "elsewhere"}))

    assert figures_of()["furusato_place_confirmed"] == 0


def test_the_figures_say_when_regular_work_was_last_done(
    figures_of: Callable[[], dict[str, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.town_make()
    monkeypatch.setattr(tasks.ledger, "ledger_check_and_log", lambda **kwargs: 3)
    tasks.heartbeat()
    tasks.ledger_check()
    tasks.shop_look_task()

    found = figures_of()

    assert found['furusato_job_last_success{job="heartbeat"}'] == 1
    assert found['furusato_job_last_end_timestamp_seconds{job="heartbeat"}'] > 0
    assert found["furusato_ledger_breaches"] == 3
    assert found["furusato_shop_reachable"] == 0  # nobody has installed us


def test_a_job_that_breaks_is_not_called_a_success(
    figures_of: Callable[[], dict[str, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(**kwargs: object) -> int:
        raise RuntimeError("broken")

    monkeypatch.setattr(tasks.ledger, "ledger_check_and_log", breaks)
    with pytest.raises(RuntimeError, match="broken"):
        tasks.ledger_check()

    assert figures_of()['furusato_job_last_success{job="ledger.check"}'] == 0
    assert models.JobRun.objects.get(name=figures.LEDGER_JOB).is_good is False


def test_the_figures_cost_a_fixed_number_of_questions(
    queries: Callable[[], Any], now: datetime
) -> None:
    world.member_make(tier=world.world_make())
    with queries() as once:
        figures.figures(now=now, today=now.date())
    world.member_make(tier=world.world_make(), donor=world.donor_make(name="taro"))
    with queries() as again:
        figures.figures(now=now, today=now.date())

    assert len(once) == len(again) <= 20


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """This will collect what is logged while a request is answered, as in service."""
    found: list[dict[str, Any]] = []

    class Collecting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(self.format(record)))

    handler = Collecting()
    handler.setFormatter(logs.JsonFormatter())
    root = logging.getLogger()
    requests = logging.getLogger("furusato.request")
    before = (root.level, requests.level)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    requests.setLevel(logging.INFO)
    yield found
    root.removeHandler(handler)
    root.setLevel(before[0])
    requests.setLevel(before[1])


def test_a_request_is_told_by_its_pattern_and_never_by_what_it_carried(
    client: Client, lines: list[dict[str, Any]]
) -> None:
    world.town_make()
    response = client.get(
        "/tiers/hanako@example.jp/?name=花子&phone=090-1234-5678",
        headers={"X-Request-Id": "abcdef-12345", "User-Agent": "花子の携帯"},
    )

    told = [line for line in lines if line["logger"] == "furusato.request"]
    assert len(told) == 1
    assert (told[0]["method"], told[0]["status"]) == ("GET", response.status_code)
    assert told[0]["request"] == response.headers["X-Request-Id"] == "abcdef-12345"
    assert told[0]["duration_ms"] >= 0
    whole = json.dumps(lines, ensure_ascii=False)
    assert [word for word in ("hanako", "花子", "1234-5678") if word in whole] == []


def test_a_name_that_is_no_name_is_replaced(client: Client) -> None:
    response = client.get("/health/", headers={"X-Request-Id": "花子 <script>"})

    assert len(response.headers["X-Request-Id"]) == 16


def test_a_breaking_page_names_no_person(
    lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(**kwargs: object) -> list[object]:
        raise ValueError("花子 高知県幡見郡汐見町本町1-1")

    monkeypatch.setattr(readiness, "readiness", breaks)
    client = Client(raise_request_exception=False)

    with override_settings(DEBUG=False):
        response = client.get("/ready/?name=花子")

    assert response.status_code == 500
    told = [line for line in lines if line["logger"] == "django.request"]
    assert [line["error"] for line in told] == ["ValueError"]
    assert told[0]["message"] == "Internal Server Error: ready/"
    assert told[0]["request"]
    whole = json.dumps(lines, ensure_ascii=False)
    assert [word for word in ("花子", "汐見町") if word in whole] == []
