"""Somebody clicks twice on the way to the card: both tabs find the same locked month."""

import threading

import pytest
from django.db import connections, transaction

from saleor_ext.flows.joining import join
from saleor_ext.membership import models
from tests.builders import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_a_second_tab_waits_for_the_first_and_finds_its_month_locked() -> None:
    # given the first tab is just locking the month
    draft = world.draft_make(tier=world.world_make())
    found: list[models.Cycle] = []

    def second_tab() -> None:
        join.first_lock(cycle=join.first_cycle(draft.pk), now=world.NOW, actor="second")
        found.append(join.first_cycle(draft.pk))
        connections.close_all()

    second = threading.Thread(target=second_tab)
    with transaction.atomic():
        join.first_lock(cycle=join.first_cycle(draft.pk), now=world.NOW, actor="first")

        # when
        second.start()
        second.join(timeout=0.5)
        is_waiting = second.is_alive()
    second.join(timeout=10)

    # then
    assert is_waiting
    assert [cycle.state for cycle in found] == ["locked"]
    assert list(models.CycleEvent.objects.filter(to_state="locked").values_list("actor")) == [
        ("first",)
    ]
