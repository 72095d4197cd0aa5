"""What waits of the one-stop applications, in a line for the member's first page."""

from dataclasses import dataclass
from datetime import date

from saleor_ext.common import jptime
from saleor_ext.onestop import selectors
from saleor_ext.onestop.states import ApplicationState

# Forms go out with every donation; from this month on, whoever sent none yet is reminded.
REMIND_FROM = 12


@dataclass(frozen=True, kw_only=True)
class OnestopLine:
    """What a donor has to send for a year, and by when it must have come."""

    title: str
    words: str


def onestop_lines(*, donor_id: int, today: date) -> tuple[OnestopLine, ...]:
    """This will say what a donor can still send in time; nothing once the last day is over."""
    missing: dict[int, int] = {}
    awaited: dict[int, int] = {}
    for year, state, count in selectors.applications_waiting(donor_id=donor_id):
        if selectors.is_in_time(year=year, day=today):
            found = missing if state == ApplicationState.INCOMPLETE else awaited
            found[year] = found.get(year, 0) + count
    lines = [
        OnestopLine(
            title=f"ワンストップ特例の申請に、足りないものがあります({year}年分 {count}件)",
            words=f"足りないものを、{_until(year)}までに町へ届くよう、お送りください。",
        )
        for year, count in missing.items()
    ]
    return (
        *lines,
        *(
            OnestopLine(
                title=f"ワンストップ特例の申請書が、まだ届いていません({year}年分 {count}件)",
                words=(
                    "お送りになったばかりのときは、行き違いをお許しください。"
                    f"{_until(year)}までに町へ届いたものが有効です。"
                ),
            )
            for year, count in awaited.items()
            if today >= date(year, REMIND_FROM, 1)
        ),
    )


def _until(year: int) -> str:
    return jptime.words(selectors.deadline_of(year=year))
