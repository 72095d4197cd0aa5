"""Charts made on the server: shapes for an SVG, beside a table with the same figures."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 720
HEIGHT = 240
LEFT = 8
FOOT = 24
TOP = 10


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One part of a bar. `tone` is a number from 1, for its colour and its pattern."""

    tone: int
    y: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar with its label; `mark_y` is the height it may reach, None without one."""

    label: str
    x: float
    end_x: float
    width: float
    middle: float
    pieces: tuple[Piece, ...]
    mark_y: float | None
    is_forecast: bool


@dataclass(frozen=True, kw_only=True)
class BarInput:
    """What a bar is made of: amounts from the bottom up, and what they may come to."""

    label: str
    amounts: Sequence[int]
    mark: int | None = None
    is_forecast: bool = False


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Bars side by side on a common scale."""

    width: int
    height: int
    base_y: float
    label_y: float
    bars: tuple[Bar, ...]


def bars_draw(inputs: Sequence[BarInput]) -> Chart:
    """This will set bars side by side so that the highest of them and of their marks fits."""
    most = max((max(sum(item.amounts), item.mark or 0) for item in inputs), default=0) or 1
    base, room = float(HEIGHT - FOOT), float(HEIGHT - FOOT - TOP)
    step = (WIDTH - 2 * LEFT) / max(1, len(inputs))
    bars = [
        _bar(item, x=LEFT + index * step, step=step, base=base, unit=room / most)
        for index, item in enumerate(inputs)
    ]
    return Chart(width=WIDTH, height=HEIGHT, base_y=base, label_y=HEIGHT - 8.0, bars=tuple(bars))


def _bar(item: BarInput, *, x: float, step: float, base: float, unit: float) -> Bar:
    pieces, y = [], base
    for number, amount in enumerate(item.amounts, start=1):
        height = round(max(0, amount) * unit, 2)
        y -= height
        pieces.append(Piece(tone=number, y=round(y, 2), height=height))
    return Bar(
        label=item.label,
        x=round(x + step * 0.15, 2),
        end_x=round(x + step * 0.85, 2),
        width=round(step * 0.7, 2),
        middle=round(x + step / 2, 2),
        pieces=tuple(pieces),
        mark_y=None if item.mark is None else round(base - item.mark * unit, 2),
        is_forecast=item.is_forecast,
    )
