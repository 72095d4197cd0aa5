"""Writing about disputes: what the provider says of them, and the ledger's rows that follow."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from saleor_ext.common import jptime, moves
from saleor_ext.contracts.payment import DisputeMovement, DisputeState
from saleor_ext.donations import models, states


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What was new. `before` is the state it was in, "" when nobody had heard of it."""

    dispute: models.Dispute
    before: str
    rows: tuple[models.Donation, ...]

    @property
    def has_moved(self) -> bool:
        """Whether it is in another state than before."""
        return self.before != self.dispute.state


@transaction.atomic
def dispute_record(*, attempt_id: int, said: DisputeState, now: datetime, actor: str) -> Recorded:
    """This will write down how a dispute stands, and each movement of its money once.

    Money taken back is a negative row in the ledger that points back at the donation; money that
    came back is a positive one. The receipt number stays used.

    Args:
        attempt_id: whose money is disputed; it must have been received.
        said: what the provider says.
        now: the present moment.
        actor: who brought the news.

    Raises:
        InvalidTransition: it was over in another way.
    """
    models.PaymentAttempt.objects.select_for_update().get(pk=attempt_id)
    dispute, made = models.Dispute.objects.get_or_create(
        provider_ref=said.dispute_ref,
        defaults={
            "attempt_id": attempt_id,
            "amount_yen": said.amount_yen,
            "reason_code": said.reason[:60],
            "state": said.stage.value,
            "opened_at": said.opened_at,
            "respond_by": said.respond_by,
        },
    )
    before = "" if made else dispute.state
    if made:
        moves.move_note(dispute, now=now, actor=actor)
    elif before != said.stage.value:
        moves.move(
            dispute,
            to=said.stage.value,
            transitions=states.DISPUTE_TRANSITIONS,
            now=now,
            actor=actor,
            respond_by=said.respond_by,
        )
    return Recorded(dispute=dispute, before=before, rows=_rows(dispute, said, now=now))


def _rows(
    dispute: models.Dispute, said: DisputeState, *, now: datetime
) -> tuple[models.Donation, ...]:
    known = set(
        models.Donation.objects.filter(dispute=dispute).values_list("movement_ref", flat=True)
    )
    donation = models.Donation.objects.get(attempt_id=dispute.attempt_id, corrects__isnull=True)
    return tuple(
        _row(donation, dispute, movement, now=now)
        for movement in said.movements
        if movement.ref not in known
    )


def _row(
    donation: models.Donation,
    dispute: models.Dispute,
    movement: DisputeMovement,
    *,
    now: datetime,
) -> models.Donation:
    return models.Donation.objects.create(
        municipality_id=donation.municipality_id,
        attempt_id=donation.attempt_id,
        donor_id=donation.donor_id,
        corrects=donation,
        dispute=dispute,
        movement_ref=movement.ref,
        amount_yen=movement.amount_yen,
        donated_on=jptime.jst_date(movement.moved_at),
        tier_name=donation.tier_name,
        donor_name=donation.donor_name,
        donor_address=donation.donor_address,
        donor_prefecture=donation.donor_prefecture,
        use_name=donation.use_name,
        recorded_at=now,
    )
