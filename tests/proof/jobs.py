"""What a worker of the nursery can do. Each job reads the clock as a task of the queue does."""

import contextlib
import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.db import connections
from django.db.models import F

from fixtures.trial import stand_ins
from saleor_ext.common import clock, registry
from saleor_ext.common import jobs as queue
from saleor_ext.common.errors import InvalidTransition, Refusal
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import ChargeRequest, ChargeState
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.flows import outbox_run
from saleor_ext.flows.choices import skip, tier
from saleor_ext.flows.errors import RuleBroken, TierSame
from saleor_ext.flows.joining import join
from saleor_ext.flows.month import charge_run, charging, holding, janitor, monthly, settle
from saleor_ext.flows.payments import payment_session, refunds
from saleor_ext.membership import models
from tests.proof import bank as banks
from tests.proof.shop import ProofShop, shop_put_in_for_good
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
    shop_put_in_for_good(_shop[0])


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


def tier_change(*, membership_id: int, slug: str) -> str:
    """The donor's second yes; asked again, it is that tier already."""
    try:
        tier.tier_choose(membership_id=membership_id, tier_slug=slug, now=clock.now(), actor=ACTOR)
    except TierSame:
        return "same"
    return "changed"


def join_to_end(*, donor_id: int, tier: str) -> str:
    """From the consent to the page after the card, as far as this browser gets."""
    if _is_member(donor_id):
        return "done"
    try:
        return _join(donor_id=donor_id, tier=tier)
    except RuleBroken as refusal:
        # The other browser came to the end between two steps of this one.
        if refusal.codes == ("already_member",) and _is_member(donor_id):
            return "done"
        raise


def _is_member(donor_id: int) -> bool:
    return models.Membership.objects.filter(donor_id=donor_id, state="active").exists()


def _join(*, donor_id: int, tier: str) -> str:
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
    "tier_change": tier_change,
    "join": join_to_end,
    "run": run,
    "charge_day": charge_day,
    "look_after": look_after,
    "unclear_go_on": lambda: unclear_go_on(),
}


def outbox(dice: random.Random) -> None:
    outbox_run.outbox_drain(now=clock.now(), limit=dice.randint(1, 200))


def charge_some(dice: random.Random) -> None:
    """A few months out of turn, as a new card or a second run would."""
    ids = list(charge_run.cycles_due(as_of=clock.today()).values_list("pk", flat=True)[:50])
    for cycle_id in dice.sample(ids, k=min(len(ids), 5)):
        charging.cycle_charge(cycle_id=cycle_id, now=clock.now(), actor=ACTOR)


def messages_come(dice: random.Random) -> None:
    """Some of the provider's messages, new ones or such of long ago, in any order, twice, and each
    once forged.
    """
    events: list[dict[str, Any]] = []
    with contextlib.suppress(httpx.HTTPError, ValueError, KeyError):  # it is in trouble just now
        events = httpx.get(
            f"{stand_ins.stripe_url()}/v1/events",
            params={"limit": 100, **messages_until(dice)},
            headers={"Authorization": "Bearer sk_test_furusato_trial"},
            timeout=20,
            trust_env=False,
        ).json()["data"]
    for event in dice.choices(events, k=20) * 2 if events else []:
        _hear(event, dice=dice)


def messages_until(dice: random.Random) -> dict[str, int]:
    """This will say which messages come: all, so that the newest are seen, or every other time
    those up to some moment since the first donation, however long ago.
    """
    first = donation_models.PaymentAttempt.objects.order_by("pk").first()
    if first is None or dice.random() < 0.5:
        return {}
    until = dice.uniform(first.begun_at.timestamp(), clock.now().timestamp())
    return {"created[lte]": int(until)}


def _hear(event: dict[str, Any], *, dice: random.Random) -> None:
    body, at = json.dumps(event).encode(), int(time.time())
    provider = registry.payment_provider()
    with contextlib.suppress(provider_errors.SignatureInvalid):
        forged = banks.signed(body, at=at, secret=f"whsec_{dice.random()}")
        provider.event_parse(body=body, signature=forged)
        raise AssertionError("a forged message was believed")
    heard = provider.event_parse(body=body, signature=banks.signed(body, at=at))
    with contextlib.suppress(provider_errors.ProviderError):
        hear(provider_ref=heard.provider_ref, kind=heard.kind)


def somebody_moves(dice: random.Random) -> None:
    """One of the restless donors does something, or staff do it for him."""
    restless = models.Membership.objects.annotate(rest=F("donor_id") % RESTLESS).filter(rest=0)
    count = restless.count()
    if not count:
        return
    membership = restless.order_by("pk")[dice.randrange(count)]
    with contextlib.suppress(Refusal, InvalidTransition, provider_errors.ProviderError):
        dice.choice(MOVES)(membership, dice)


def _skips(membership: models.Membership, dice: random.Random) -> None:
    months = skip.months_to_skip(membership_id=membership.pk, today=clock.today())
    month = dice.choice(months or [None])
    if month is not None:
        skip.skip_choose(
            membership_id=membership.pk, month=month.month, now=clock.now(), actor=ACTOR
        )


def _card_wavers(membership: models.Membership, dice: random.Random) -> None:
    card = donation_models.CardOnFile.objects.get(donor=membership.donor_id, is_current=True)
    said = dice.choice(["", "", "insufficient_funds", "lost_card"])
    stand_ins.card_behave(method_ref=card.method_ref, behaviour=said)


def _gets_a_month_back(membership: models.Membership, dice: random.Random) -> None:
    attempts = donation_models.PaymentAttempt.objects.filter(
        cycle__membership=membership, state="succeeded"
    )
    attempt = attempts.order_by("-pk").first()
    if attempt is not None and dice.random() < 0.2:
        refund(attempt_id=attempt.pk)


def unclear_go_on() -> None:
    """What staff do with memberships that waited for the provider too long: let them go on."""
    parked = models.Membership.objects.filter(state="parked", parked_reason="payment_unknown")
    for membership in parked:
        # Another worker may be at the same, or its month be just being paid.
        with contextlib.suppress(Refusal):
            holding.membership_resume(
                membership_id=membership.pk, now=clock.now(), actor=ACTOR, reason="chaos"
            )


def _is_let_go_on(membership: models.Membership, dice: random.Random) -> None:
    if membership.state == "parked":
        holding.membership_resume(
            membership_id=membership.pk, now=clock.now(), actor=ACTOR, reason="chaos"
        )


MOVES = [_skips, _card_wavers, _gets_a_month_back, _is_let_go_on, _is_let_go_on]
RESTLESS = 10
"""One donor in ten chooses things, has a card that wavers, or asks for his money back."""

CHAOS_JOBS: dict[str, Callable[[random.Random], Any]] = {
    "run": lambda dice: run(),
    "look_after": lambda dice: look_after(),
    "outbox": outbox,
    "charge_some": charge_some,
    "messages_come": messages_come,
    "somebody_moves": somebody_moves,
    "staff_look": lambda dice: unclear_go_on(),
}
