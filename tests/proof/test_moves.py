"""Any row of moves, in any order, with misfortune in between: the books are right after each."""

import os
from pathlib import Path
from typing import TypeVar

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from fixtures.stripe import testing
from tests.proof import salon
from tests.proof.bank import Bank
from tests.proof.machine_boxes import BoxMachine
from tests.proof.machine_swaps import SwappingMachine
from tests.proof.machine_terms import TermMachine

Opened = TypeVar("Opened", SwappingMachine, TermMachine)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ON_POSTGRES = connection.vendor == "postgresql"
EXAMPLES = int(os.environ.get("PROOF_EXAMPLES", "6" if ON_POSTGRES else "10"))
# Most moves of prepaid terms are those of every membership, so that fewer rows of them say as much.
FEWER = 1 if "PROOF_EXAMPLES" in os.environ else 3
STEPS = int(os.environ.get("PROOF_STEPS", "12"))
# The same examples every time, so that a failure is the change's and not the day's; with
# PROOF_EXAMPLES somebody wants new ones.
IS_SEARCH = "PROOF_EXAMPLES" in os.environ
# Shrinking a failure to the smallest one takes minutes; a suite has no time for it.
IS_SHRUNK = os.environ.get("PROOF_SHRINK", "") == "1"


def test_every_row_of_moves_leaves_the_books_right(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    # given
    salon.town_make()
    # when, then
    run_state_machine_as_test(
        lambda: _opened(SwappingMachine, tmp_path_factory.mktemp("bank")), settings=_profile()
    )


@pytest.mark.parametrize("machine", [TermMachine, BoxMachine])
def test_every_row_of_moves_in_prepaid_terms_brings_every_box_once(
    machine: type[TermMachine], tmp_path_factory: pytest.TempPathFactory
) -> None:
    # given
    salon.town_make()
    salon.second_term_make()

    # when, then
    run_state_machine_as_test(
        lambda: _opened(machine, tmp_path_factory.mktemp("bank")), settings=_profile(fewer=FEWER)
    )


def _profile(*, fewer: int = 1) -> settings:
    return settings(
        max_examples=EXAMPLES // fewer,
        stateful_step_count=STEPS,
        derandomize=not IS_SEARCH,
        database=None,
        deadline=None,
        print_blob=True,
        phases=[Phase.generate, Phase.shrink] if IS_SHRUNK else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def _opened(kind: type[Opened], folder: Path) -> Opened:
    opened = testing.running(folder)
    machine = kind(Bank(stripe=opened.__enter__()))
    machine.left.callback(opened.__exit__, None, None, None)
    return machine
