"""The mails about a donor's one-stop year, asked for through the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from saleor_ext.onestop import models, selectors, states
from saleor_ext.outbox import services as outbox

_A = states.ApplicationState
VOID_STEPS: Mapping[str, str] = {
    states.VoidReason.RETURN_FILED: "確定申告で、この町へのご寄附もあわせてお手続きください。",
    states.VoidReason.TOO_MANY_TOWNS: (
        "寄附先が6団体以上になると、ワンストップ特例はすべて無効になります。"
        "すべてのご寄附について、確定申告をなさってください。"
    ),
    states.VoidReason.NOT_ELIGIBLE: "控除を受けるには、確定申告をなさってください。",
    states.VoidReason.LATE: (
        "期限までに届かなかったため、受け付けられませんでした。確定申告をされると控除を受けられます。"
    ),
    states.VoidReason.NOT_RECEIVED: (
        "期限までに申請書が届きませんでした。確定申告をされると控除を受けられます。"
    ),
    states.VoidReason.DONATION_REFUNDED: "返金したご寄附のため、お手続きは要りません。",
    states.VoidReason.WISH_WITHDRAWN: (
        "控除を受けるには、確定申告をなさるか、期限までにもう一度お申し込みください。"
    ),
    states.VoidReason.MISTAKE: (
        "町の登録に誤りがありました。いまの状態をマイページでお確かめください。"
    ),
}
"""What a donor does next, by why his application does not hold."""


@dataclass(frozen=True, kw_only=True)
class MailLine:
    """One donation with its application, in words."""

    number: str
    donated_on: date
    amount_yen: int
    state: str
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OnestopMail:
    """A donor's year as a mail tells it; `void_reason` and what follows of the latest one."""

    year: int
    deadline: date
    asks_answers: bool
    awaited: tuple[MailLine, ...]
    at_desk: tuple[MailLine, ...]
    incomplete: tuple[MailLine, ...]
    accepted: tuple[MailLine, ...]
    void_reason: str
    void_step: str


def mail_put(
    name: str, *, onestop_year: models.OneStopYear, now: datetime, about: str | None = None
) -> None:
    """This will ask for a mail about a donor's year: once for each `about`, by default for the
    latest that happened to his applications. It says how things stand when it is sent.
    """
    subject = f"e{_last_event(onestop_year)}" if about is None else about
    outbox.message_put(
        topic="mail.send",
        key=f"mail:{name}:y{onestop_year.pk}:{subject}",
        payload={
            "name": name,
            "donor_id": onestop_year.donor_id,
            "onestop_year_id": onestop_year.pk,
        },
        now=now,
    )


def _last_event(row: models.OneStopYear) -> int:
    events = models.OneStopEvent.objects.filter(application__onestop_year=row)
    return events.order_by("-pk").values_list("pk", flat=True).first() or 0


def context_of(payload: Mapping[str, Any]) -> dict[str, object]:
    """This will return what a mail about a donor's year is told; nothing for other mails."""
    onestop_year_id = payload.get("onestop_year_id")
    if onestop_year_id is None:
        return {}
    row = selectors.year_get(onestop_year_id=onestop_year_id)
    found = list(selectors.applications_of(donor_id=row.donor_id, year=row.year))
    last_void = next((one for one in _by_event(row) if one.state == _A.VOID), None)
    return {
        "onestop": OnestopMail(
            year=row.year,
            deadline=row.deadline,
            asks_answers=row.is_eligible is None,
            awaited=_lines(found, states.APPLICATION_AWAITED),
            at_desk=_lines(found, frozenset({_A.RECEIVED, _A.REVIEWING})),
            incomplete=_lines(found, frozenset({_A.INCOMPLETE})),
            accepted=_lines(found, states.APPLICATION_ACCEPTED),
            void_reason=last_void.get_void_reason_display() if last_void else "",
            void_step=VOID_STEPS[last_void.void_reason] if last_void else "",
        )
    }


def _by_event(row: models.OneStopYear) -> list[models.OneStopApplication]:
    events = models.OneStopEvent.objects.filter(application__onestop_year=row)
    latest = events.select_related("application").order_by("-pk")
    return [event.application for event in latest]


def _lines(
    found: Sequence[models.OneStopApplication], wanted: frozenset[states.ApplicationState]
) -> tuple[MailLine, ...]:
    labels = dict(states.Missing.choices)
    return tuple(
        MailLine(
            number=one.number,
            donated_on=one.donation.donated_on,
            amount_yen=one.given_yen,
            state=one.get_state_display(),
            missing=tuple(str(labels[code]) for code in one.missing_list),
        )
        for one in found
        if one.state in wanted
    )
