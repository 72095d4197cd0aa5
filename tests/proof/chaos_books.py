"""Everything compared with everything after chaos, and again on a state that was kept:

    python -m tests.proof.chaos_books --database-url URL --data FOLDER --stripe-url URL
        --last-day YYYY-MM-DD

The folder is the one that chaos worked in (it holds the shop's orders), its provider must be
running on its folder `stripe`. It reads, and moves the folder's clock to that day.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

NAMED = 5


@dataclass(kw_only=True)
class Found:
    """What the books say, and what of it is wrong."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    turned: int = 0
    charged: int = 0

    def expect(self, is_right: bool, text: str) -> None:
        if not is_right:
            self.wrong.append(text)

    def expect_none(self, keys: Collection[str], text: str) -> None:
        """This will call wrong what `keys` names: how many, and the first of them."""
        self.expect(not keys, f"{len(keys):,} {text}: {some(keys)}")


def some(keys: Collection[str]) -> str:
    """This will name the first of many."""
    return ", ".join(sorted(keys)[:NAMED]) + (", ..." if len(keys) > NAMED else "")


def listed(counts: Counter[str]) -> str:
    """This will write down how often each there is."""
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def compare(*, last_day: date, stripe_url: str, data: Path) -> Found:
    """This will compare ledger, provider, shop, parcels, and what must have become of everybody.

    Args:
        last_day: the day in Japan on which all came to rest.
        stripe_url: where the provider is.
        data: the folder in which chaos worked; the shop's orders are in it.
    """
    from fixtures.stripe import testing as stripe_testing
    from saleor_ext.common import clock
    from saleor_ext.flows.books import ledger
    from tests.proof import bank, chaos_money, chaos_months, chaos_orders, chaos_watch, shop

    found = Found(turned=chaos_watch.turned())
    provider = bank.Bank(stripe=stripe_testing.StandIn(url=stripe_url))
    chaos_money.money_compare(found, provider)
    chaos_money.ends_compare(found, last_day=last_day)
    chaos_orders.orders_compare(found, shop.ProofShop(data / "shop").orders)
    chaos_months.everybody_compare(found, last_day=last_day)
    for breach in ledger.ledger_check(now=clock.now(), provider_days=0):
        found.wrong.append(f"ledger_check {breach.code}: {breach.text}")
    found.compared.append("ledger_check")
    chaos_money.counts_tell(found)
    return found


def main() -> int:
    """This will compare a state that was kept, and return 0 only when every book is right."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.chaos_books")
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--stripe-url", required=True)
    parser.add_argument("--last-day", required=True, type=date.fromisoformat)
    asked = parser.parse_args()
    from tests.proof import chaos

    chaos.environment_set(asked.data, asked.database_url, day=asked.last_day)
    os.environ["STRIPE_API_BASE"] = asked.stripe_url
    import django

    django.setup()
    found = compare(last_day=asked.last_day, stripe_url=asked.stripe_url, data=asked.data)
    for label, value in found.rows:
        print(f"{label}: {value}")
    print(f"Compared: {', '.join(found.compared)}")
    for text in found.wrong or ["nothing"]:
        print(f"wrong: {text}")
    return int(bool(found.wrong))


if __name__ == "__main__":
    sys.exit(main())
