"""A town over a real database, a provider of its own, and workers that may be killed."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from fixtures.stripe import testing
from saleor_ext.common import jptime
from tests.proof import salon as salons
from tests.proof.bank import Bank
from tests.proof.nursery import Nursery, nursery_open
from tests.proof.salon import Salon
from tests.proof.shop import ProofShop

pytest.register_assert_rewrite(
    "tests.proof.machine",
    "tests.proof.machine_money",
    "tests.proof.machine_choices",
    "tests.proof.machine_swaps",
    "tests.proof.machine_terms",
    "tests.proof.machine_boxes",
)
JOINED_ON = date(2026, 11, 24)


class SharedSalon(Salon):
    """A salon whose workers are other processes: they read its moment from a file."""

    def __init__(self, *, clock_file: Path, **parts: Any) -> None:
        self.clock_file = clock_file
        super().__init__(**parts)

    @property
    def moment(self) -> datetime:
        return self._moment

    @moment.setter
    def moment(self, moment: datetime) -> None:
        self._moment = moment
        offset = moment - datetime.now(tz=UTC)
        self.clock_file.write_text(json.dumps({"offset_s": int(offset.total_seconds()) + 1}))


@pytest.fixture
def shared_salon(transactional_db: None, tmp_path: Path) -> Iterator[SharedSalon]:
    """This will give a salon whose database, provider and shop several processes share."""
    with testing.running(tmp_path / "stripe") as stripe:
        salon = SharedSalon(
            clock_file=tmp_path / "clock.json",
            bank=Bank(stripe=stripe),
            shop=ProofShop(tmp_path / "shop"),
            moment=jptime.jst_moment(JOINED_ON, 10),
        )
        with salons.ruled_by(salon):
            salons.town_make()
            yield salon


@pytest.fixture
def nursery(shared_salon: SharedSalon, tmp_path: Path) -> Iterator[Nursery]:
    """This will give workers on the test's own database."""
    environment = dict(os.environ) | {
        "DATABASE_URL": _database_url(),
        "STRIPE_API_BASE": shared_salon.bank.stripe.url,
        "PROOF_FOLDER": str(tmp_path),
        "TRIAL_CLOCK_FILE": str(shared_salon.clock_file),
        "FURUSATO_DATA_DIR": str(tmp_path / "data"),
        "LOG_LEVEL": "CRITICAL",
        "PYTHONWARNINGS": "ignore",
    }
    with nursery_open(environment, log=tmp_path / "nursery.log") as opened:
        yield opened


def _database_url() -> str:
    found = connection.settings_dict
    who = f"{found['USER']}:{found['PASSWORD']}"
    return f"postgresql://{who}@{found['HOST']}:{found['PORT']}/{found['NAME']}"
