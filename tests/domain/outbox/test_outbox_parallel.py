"""Several messages at a time: as many as the setting allows, each once, each month in order."""

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from django.db import connections

from saleor_ext.common import jobs
from saleor_ext.flows import outbox_run
from saleor_ext.outbox import models, services
from tests.builders import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

NOW = world.NOW
MONTHS = 12
TOPICS = ("order.create", "order.pay", "order.fulfill")


class Shop:
    """Notes what it was asked, and how many asked at the same time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seen: list[tuple[int, str]] = []
        self.present: Counter[int] = Counter()
        self.most = 0
        self.crowded: set[int] = set()
        self.gate = threading.Event()

    def enter(self, cycle_id: int, topic: str) -> None:
        with self.lock:
            self.seen.append((cycle_id, topic))
            self.present[cycle_id] += 1
            if self.present[cycle_id] > 1:
                self.crowded.add(cycle_id)
            self.most = max(self.most, sum(self.present.values()))
            if self.most >= 3:
                self.gate.set()
        self.gate.wait(timeout=5)
        with self.lock:
            self.present[cycle_id] -= 1


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Shop:
    """This will put a noting handler in the place of each topic's."""
    made = Shop()
    settings.OUTBOX_CONCURRENCY = 3
    monkeypatch.setattr(jobs, "enqueue", lambda name, **kwargs: None)
    for topic in TOPICS:

        def handle(payload: Mapping[str, Any], now: datetime, topic: str = topic) -> None:
            made.enter(payload["cycle_id"], topic)

        monkeypatch.setitem(outbox_run.HANDLERS, topic, handle)
    for number in range(MONTHS):
        for topic in TOPICS:
            services.message_put(
                topic=topic,
                key=f"{topic}:{number}",
                lane=f"cycle:{number}",
                payload={"cycle_id": number},
                now=NOW,
            )
    return made


def test_months_go_side_by_side_and_each_month_in_order(shop: Shop) -> None:
    # when
    report = outbox_run.outbox_drain(now=NOW)

    # then
    assert (report.done, report.put_off, report.orders) == (36, 0, 12)
    assert (shop.most, shop.crowded) == (3, set())
    for number in range(MONTHS):
        assert [topic for cycle_id, topic in shop.seen if cycle_id == number] == list(TOPICS)


def test_two_processes_at_once_do_each_message_once(shop: Shop) -> None:
    # given
    reports: list[outbox_run.DrainReport] = []

    def drain() -> None:
        reports.append(outbox_run.outbox_drain(now=NOW))
        connections.close_all()

    # when
    both = [threading.Thread(target=drain) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(timeout=30)

    # then
    assert max(Counter(shop.seen).values()) == 1
    assert shop.crowded == set()
    outbox_run.outbox_drain(now=NOW)  # what one left because the other held it
    assert len(shop.seen) == 36
    assert set(models.OutboxMessage.objects.values_list("state", flat=True)) == {"done"}
