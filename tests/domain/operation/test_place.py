"""The place a database is bound to, and who may bind it anew."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from saleor_ext.operation import errors, gate, models, place, selectors, services

pytestmark = pytest.mark.django_db

HOME = place.Here(parts={"cluster": "7301", "database": "salon 16385", "name": "A"})
COPY = place.Here(parts={"cluster": "9902", "database": "salon 16385", "name": "A"})
Go = Callable[[place.Here], None]


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> Go:
    """This will give a function that carries the database to another place."""

    def to(here: place.Here) -> None:
        monkeypatch.setattr(place, "here", lambda: here)

    to(HOME)
    return to


def test_the_first_use_binds_the_database_to_its_place(go: Go) -> None:
    found = gate.status()

    assert (found.is_home, found.refusal, found.mark_bound) == (True, "", HOME.mark)
    assert [(e.kind, e.mark_after) for e in selectors.place_events()] == [("sealed", HOME.mark)]


def test_a_copy_is_found_out_and_says_what_differs(go: Go) -> None:
    gate.status()

    go(COPY)

    found = gate.status()
    assert (found.is_home, found.refusal, found.differences) == (
        False,
        "place_unconfirmed",
        ("cluster",),
    )
    assert models.PlaceEvent.objects.count() == 1


@pytest.mark.parametrize("part", ["cluster", "database", "name"])
def test_whatever_differs_makes_another_place(part: str) -> None:
    assert place.Here(parts={**HOME.parts, part: "other"}).mark != HOME.mark


def test_a_person_confirms_the_place_with_its_mark_and_a_reason(go: Go, now: datetime) -> None:
    gate.status()
    go(COPY)

    call_command("place_confirm", COPY.mark, reason="旧サーバーの故障", by="sato")

    assert gate.status().refusal == ""
    event = selectors.place_events()[0]
    assert (event.kind, event.actor, event.reason, event.at) == (
        "confirmed",
        "operator:sato",
        "旧サーバーの故障",
        now,
    )
    assert (event.mark_before, event.mark_after) == (HOME.mark, COPY.mark)


@pytest.mark.parametrize(
    ("mark", "reason", "words"),
    [(HOME.mark, "移転", "印が違います"), (COPY.mark, "  ", "理由を入力してください")],
)
def test_nobody_confirms_unseen_or_without_a_reason(
    go: Go, mark: str, reason: str, words: str
) -> None:
    gate.status()
    go(COPY)

    with pytest.raises(CommandError, match=words):
        call_command("place_confirm", mark, reason=reason, by="sato")

    assert not gate.is_home()
    assert models.PlaceEvent.objects.count() == 1


def test_donations_are_stopped_and_started_by_hand(go: Go, now: datetime) -> None:
    call_command("charging_stop", reason="決済会社の障害", by="sato")
    with pytest.raises(errors.ChargingStopped):
        gate.charging_require()
    gate.home_require()  # everything but donations goes on

    call_command("charging_start", reason="復旧を確認", by="sato")
    gate.charging_require()

    told = [(e.kind, e.actor, e.reason) for e in selectors.place_events()[:2]]
    assert told == [
        ("started", "operator:sato", "復旧を確認"),
        ("stopped", "operator:sato", "決済会社の障害"),
    ]


def test_stopping_twice_is_told_once(go: Go, now: datetime) -> None:
    gate.status()

    assert services.charging_stop(reason="障害", actor="operator:a", now=now)
    assert not services.charging_stop(reason="障害", actor="operator:b", now=now)

    assert models.PlaceEvent.objects.filter(kind="stopped").count() == 1


def test_the_status_command_fails_while_nothing_may_be_taken(go: Go, capsys: Any) -> None:
    call_command("place_status")
    assert "確認済みの場所" in capsys.readouterr().out

    go(COPY)
    with pytest.raises(SystemExit):
        call_command("place_status")

    told = capsys.readouterr().out
    assert COPY.mark in told
    assert "データベースサーバーの番号: 7301 → 9902" in told


def test_the_trials_file_may_be_moved_about() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")

    assert place.here().parts == {"engine": "sqlite"}


@pytest.mark.postgres
def test_postgresql_tells_cluster_timeline_and_database(settings: Any) -> None:
    settings.PLACE_NAME = "https://salon.example.jp"

    parts = place.here().parts

    assert int(parts["cluster"]) > 0
    assert int(parts["timeline"]) > 0
    name, _, oid = parts["database"].partition(" ")
    assert (name, int(oid) > 0) == (connection.settings_dict["NAME"], True)
    assert parts["name"] == "https://salon.example.jp"
    assert place.here() is place.here()  # asked once per connection
