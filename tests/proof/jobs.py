"""What a worker of the nursery can do. Each job reads the clock as a task of the queue does."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from fixtures.trial import stand_ins
from saleor_ext.common import clock, registry
from saleor_ext.common import jobs as queue
from saleor_ext.contracts.payment import ChargeRequest, ChargeState
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.flows import outbox_run
from saleor_ext.flows.joining import join
from saleor_ext.flows.month import charge_run, charging, janitor, monthly, settle
from saleor_ext.flows.payments import payment_session, refunds
from saleor_ext.membership import models
from tests.proof.shop import ProofShop
from tests.proof.steps import Steps

ACTOR = "worker"
_shop: list[ProofShop] = []


def prepare() -> None:
    """This will make, once for all workers, what costs time and holds no connection."""
    registry.payment_provider()
    connections.close_all()  # the guard before the provider has asked whether this is its place
    # The queue loses every message: nothing that matters may hang on it.
    queue._send = lambda name, kwargs: None
    _shop.append(ProofShop(Path(os.environ["PROOF_FOLDER"]) / "shop"))


def job_run(name: str, args: dict[str, Any], *, steps: Steps) -> Any:
    """This will run one job, counting its steps."""
    steps.watch(_shop[0])
    return JOBS[name](**args)


def charge(*, cycle_id: int) -> str:
    return charging.cycle_charge(cycle_id=cycle_id, now=clock.now(), actor=ACTOR).value


def attempt_settle(*, attempt_id: int) -> str:
    return settle.attempt_settle(attempt_id=attempt_id, now=clock.now(), actor=ACTOR).state


def hear(*, provider_ref: str, kind: str) -> None:
    payment_session.provider_event_handle(provider_ref=provider_ref, kind=kind, now=clock.now())


def refund(*, attempt_id: int) -> None:
    """Asked for in the shop's Dashboard, and carried out by the outbox."""
    attempt = donation_models.PaymentAttempt.objects.get(pk=attempt_id)
    refunds.refund_begin(
        attempt_id=attempt_id,
        amount_yen=Yen(attempt.amount_yen),
        request_digest=f"proof-{attempt_id}",
        reason="proof",
        now=clock.now(),
        actor=ACTOR,
    )
    outbox_run.outbox_drain(now=clock.now())


def join_to_end(*, donor_id: int, tier: str) -> str:
    """From the consent to the page after the card, as far as this browser gets."""
    current = models.Membership.objects.filter(donor_id=donor_id, state="active").first()
    if current is not None:
        return "done"
    draft = join.join_begin(
        donor_id=donor_id, tier_slug=tier, is_box_wanted=True, now=clock.now(), actor=ACTOR
    )
    step = join.join_pay(membership_id=draft.pk, access_token="token", now=clock.now(), actor=ACTOR)
    if step.state == "confirm":
        stand_ins.card_enter(client_secret=step.client_secret)
    return join.join_finish(membership_id=draft.pk, now=clock.now(), actor=ACTOR).state


def run() -> dict[str, object]:
    """The whole month's work of this day."""
    report = monthly.run_cycles(as_of=clock.today(), now=clock.now(), actor=ACTOR)
    return report.as_json()


def charge_day(*, per_second: int, batch: int) -> dict[str, Any]:
    """This day's donations, and when each was asked for by the clock all processes share."""
    settings.CHARGE_RATE, charge_run.BATCH_LEAST, charge_run.BATCH_MOST = per_second, batch, batch
    asked: list[float] = []
    provider = registry.payment_provider()
    real = provider.charge_off_session

    def noting(request: ChargeRequest) -> ChargeState:
        asked.append(time.monotonic())
        return real(request)

    provider.charge_off_session = noting  # type: ignore[method-assign]
    tally = charge_run.charge_due(
        as_of=clock.today(), moment=clock.going_on_from(clock.now()), actor=ACTOR
    )
    return {"due": tally.due, "charged": tally.charged, "asked": asked}


def look_after() -> None:
    """What the janitor does by the timetable."""
    janitor.attempts_settle_open(now=clock.now(), actor=ACTOR)
    refunds.refunds_settle_open(now=clock.now(), actor=ACTOR)


JOBS: dict[str, Callable[..., Any]] = {
    "charge": charge,
    "settle": attempt_settle,
    "hear": hear,
    "refund": refund,
    "join": join_to_end,
    "run": run,
    "charge_day": charge_day,
    "look_after": look_after,
}
