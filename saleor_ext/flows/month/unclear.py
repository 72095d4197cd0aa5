"""What staff may do about attempts whose end nobody knows. Money is never invented: an attempt
succeeds by the provider's word only, whoever made him speak.
"""

import contextlib
import logging
from dataclasses import dataclass
from datetime import datetime

from saleor_ext.common import registry
from saleor_ext.common.errors import Refusal
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.donations import errors, models, selectors, services, states
from saleor_ext.flows.errors import ProviderAway
from saleor_ext.flows.month import holding, janitor, parts_back, settle
from saleor_ext.membership import errors as membership_errors
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import states as membership_states

logger = logging.getLogger(__name__)

_Kind = states.AttemptNoteKind


def attempt_ask(*, attempt_id: int, now: datetime, actor: str) -> models.PaymentAttempt:
    """This will ask the provider about an attempt at once, whatever the janitor's timetable says.

    Raises:
        AttemptSettled: its end is known already.
        ProviderAway: the provider does not answer.
    """
    attempt = _open(attempt_id)
    services.attempt_note(attempt_id=attempt.pk, kind=_Kind.ASKED, reason="", now=now, actor=actor)
    try:
        return settle.attempt_settle(attempt_id=attempt.pk, now=now, actor=actor)
    except provider_errors.ProviderError as error:
        services.attempt_looked_at(
            attempt_id=attempt.pk,
            now=now,
            look_count=attempt.look_count + 1,
            look_code=error.code,
        )
        raise ProviderAway() from error


def attempt_name(
    *, attempt_id: int, provider_ref: str, reason: str, now: datetime, actor: str
) -> models.PaymentAttempt:
    """This will look at the payment that staff found on the provider's page for an attempt.

    It counts only if the provider says that it carries the attempt's key.

    Raises:
        ReasonMissing: no reason was given.
        AttemptSettled: the attempt's end is known already.
        PaymentOfAnother: the provider knows no such payment, or it belongs to something else.
        ProviderAway: the provider does not answer.
    """
    _reason_check(reason)
    attempt = _open(attempt_id)
    try:
        state = registry.payment_provider().charge_fetch(provider_ref=provider_ref.strip())
    except provider_errors.ProviderPermanent as error:
        raise errors.PaymentOfAnother() from error
    except provider_errors.UNANSWERED as error:
        raise ProviderAway() from error
    if state.key != attempt.key:
        raise errors.PaymentOfAnother()
    services.attempt_note(
        attempt_id=attempt.pk, kind=_Kind.NAMED, reason=reason, now=now, actor=actor
    )
    return settle.apply(attempt_id=attempt.pk, state=state, now=now, actor=actor)


def attempt_close(
    *, attempt_id: int, reason: str, now: datetime, actor: str
) -> models.PaymentAttempt:
    """This will close an attempt of which staff saw on the provider's page that it took no money.

    The provider is asked once more, and his word goes before that of staff; what is still open
    with him is cancelled there first. The month is due again.

    Raises:
        ReasonMissing: no reason was given.
        AttemptSettled: its end is known already.
        AttemptYoung: the request may still be on its way.
    """
    _reason_check(reason)
    attempt = _open(attempt_id)
    if now - attempt.begun_at < settle.FRESH:
        raise errors.AttemptYoung()
    with contextlib.suppress(provider_errors.ProviderPermanent):
        # Where he does not know the reference any more, staff's word stands.
        janitor.attempts_close(cycle_id=attempt.cycle_id, now=now, actor=actor)
    attempt.refresh_from_db()
    has_spoken = attempt.state not in states.ATTEMPT_OPEN
    kind = _Kind.ASKED if has_spoken else _Kind.CLOSED
    services.attempt_note(attempt_id=attempt.pk, kind=kind, reason=reason, now=now, actor=actor)
    if has_spoken:
        return attempt
    return settle.closed_by_staff(attempt_id=attempt.pk, now=now, actor=actor)


def _open(attempt_id: int) -> models.PaymentAttempt:
    attempt = models.PaymentAttempt.objects.get(pk=attempt_id)
    if attempt.state not in states.ATTEMPT_OPEN:
        raise errors.AttemptSettled()
    return attempt


def _reason_check(reason: str) -> None:
    if not reason.strip():
        raise membership_errors.ReasonMissing()


def memberships_known() -> list[int]:
    """This will list memberships parked for want of the provider's word that has come meanwhile."""
    parked = membership_models.Membership.objects.filter(
        state=membership_states.MembershipState.PARKED, parked_reason=janitor.PARKED_REASON
    )
    unclear = selectors.attempts_unclear().values("cycle__membership_id")
    return list(parked.exclude(pk__in=unclear).order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """How many memberships go on, and the numbers of those that staff must look at one by one."""

    count: int
    left: tuple[str, ...] = ()


def memberships_resume(*, reason: str, now: datetime, actor: str) -> Resumed:
    """This will let all memberships go on that waited for the provider's word and have it now,
    but those that may not go on just so: with a fixed month that breaks a rule by now, say.

    Raises:
        ReasonMissing: no reason was given.
    """
    _reason_check(reason)
    waiting = membership_models.Membership.objects.in_bulk(memberships_known())
    left = []
    for membership in waiting.values():
        if parts_back.is_any_undecided(membership_id=membership.pk):
            # Letting it go on would decide about its box, which nobody has looked at.
            left.append(membership.public_id)
            continue
        try:
            holding.membership_resume(
                membership_id=membership.pk, now=now, actor=actor, reason=reason
            )
        except Refusal as refusal:
            logger.info("membership %s does not go on: %s", membership.pk, refusal.code)
            left.append(membership.public_id)
    return Resumed(count=len(waiting) - len(left), left=tuple(left))
