"""Arithmetic on whole yen."""

from collections.abc import Sequence

from saleor_ext.contracts.types import Yen


def words(amount_yen: int) -> str:
    """This will write an amount as it is printed on paper: 12,000円."""
    return f"{amount_yen:,}円"


def percent_is_within(*, part_yen: int, whole_yen: int, percent: int) -> bool:
    """This will say whether `part_yen` is at most `percent` of `whole_yen`, exactly.

    Integers, so 30.0001 % is already too much.

    Law: gift_cost_30
    """
    return part_yen * 100 <= percent * whole_yen


def split_yen(total_yen: Yen, weights: Sequence[int]) -> list[Yen]:
    """This will split an amount by weights so that the parts add up to it (largest remainder).

    Raises:
        ValueError: no positive weight.
    """
    weight_sum = sum(weights)
    if weight_sum <= 0:
        raise ValueError("weights must add up to more than nothing")
    parts = [total_yen * weight // weight_sum for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda i: (-(total_yen * weights[i] % weight_sum), i)
    )
    for index in by_remainder[: total_yen - sum(parts)]:
        parts[index] += 1
    return [Yen(part) for part in parts]
