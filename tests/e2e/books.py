"""What the town's own files say, and whether they agree with the payment provider's."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from fixtures.stripe.testing import StandIn, wait_for
from fixtures.trial.tour.visitor import Visitor
from tests.e2e.desk import Desk

# A message whose worker was lost on the way is free again after two minutes.
SHOP_FOLLOWS_S = 180
WAITING = """
from saleor_ext.flows.outbox_run import OUTSIDE
from saleor_ext.outbox.models import OutboxMessage
waiting = OutboxMessage.objects.filter(state="pending", topic__in=OUTSIDE["shop"])
for row in waiting.order_by("pk"):
    print(row.key, row.state, row.attempts, row.next_try_at, row.claimed_until, row.last_error)
"""


@dataclass(kw_only=True)
class Books:
    """The staff's CSV files, the ledger check, and the provider's sums."""

    officer: Visitor
    desk: Desk
    shop_url: str
    stripe: StandIn

    def donations(self, email: str) -> list[dict[str, str]]:
        """This will return a donor's donations, the first one first."""
        rows = self.officer.rows("/staff/donations.csv", q=email)
        return sorted(rows, key=lambda row: row["受領証番号"])

    def donated_yen(self, email: str) -> list[int]:
        """This will return the amounts of a donor's donations, the first one first."""
        return [int(row["寄附額"]) for row in self.donations(email)]

    def months(self, email: str) -> list[dict[str, str]]:
        """This will return a donor's months, the first one first."""
        rows = self.officer.rows("/staff/cycles.csv", q=email)
        return sorted(rows, key=lambda row: row["寄附日"])

    def charge_on(self, email: str, number: int) -> date:
        """This will return the donation day of a donor's month; 0 is the first."""
        return date.fromisoformat(self.months(email)[number]["寄附日"])

    def memberships(self, email: str) -> list[str]:
        """This will return the states of a donor's memberships, the newest first."""
        return [row["状態"] for row in self.officer.rows("/staff/members.csv", q=email)]

    def membership_wait(self, email: str, state: str) -> None:
        """This will wait until a donor's newest membership is in a state."""
        wait_for(lambda: self.memberships(email)[:1] == [state], timeout_s=20)

    def charges(self, email: str) -> list[dict[str, str]]:
        """This will return a donor's payments as staff see them."""
        return self.officer.rows("/staff/charges.csv", q=email, state="all")

    def parcels(self, email: str) -> list[dict[str, str]]:
        """This will return a donor's parcels."""
        return self.officer.rows("/staff/shipments.csv", q=email)

    def problems(self) -> list[dict[str, str]]:
        """This will return what does not hold although it must, an empty list when all is well."""
        found: list[dict[str, str]] = self.desk.json("ledger_check", "--provider-days", "1")[
            "breaches"
        ]
        return found

    def days(self) -> dict[str, int]:
        """This will add up the ledger by day."""
        sums: Counter[str] = Counter()
        for row in self.officer.rows("/staff/donations.csv"):
            sums[row["寄附日"]] += int(row["寄附額"])
        return {day: amount for day, amount in sums.items() if amount}

    def provider_days(self) -> dict[str, int]:
        """This will add up what the provider took, by day in Japan."""
        return {
            day: sums["charged_yen"] - sums["refunded_yen"]
            for day, sums in self.stripe.state()["days"].items()
            if sums["charged_yen"] != sums["refunded_yen"]
        }

    def shop_orders(self) -> int:
        """This will count the shop's orders."""
        return int(self._shop_state()["counts"]["orders"])

    def shop_charged_yen(self) -> int:
        """This will return what the shop has recorded as paid."""
        return int(self._shop_state()["charged_yen"])

    def shop_agrees_wait(self) -> None:
        """This will wait until the shop was told everything and has recorded what the ledger holds.

        Raises:
            AssertionError: it did not; with the messages that are still to be done.
        """
        try:
            wait_for(lambda: self._shop_agrees() and not self._waiting(), timeout_s=SHOP_FOLLOWS_S)
        except TimeoutError:
            sums = f"shop {self.shop_charged_yen()}, ledger {self.days()}"
            raise AssertionError(f"{sums}, to be done:\n{self._waiting()}") from None

    def _shop_agrees(self) -> bool:
        return self.shop_charged_yen() == sum(self.days().values())

    def _waiting(self) -> str:
        done = self.desk.run("shell", "--no-imports", "--command", WAITING)
        assert done.code == 0, done.error
        return done.out

    def _shop_state(self) -> dict[str, Any]:
        answer = httpx.get(f"{self.shop_url}/_control/state", trust_env=False, timeout=20)
        return dict(answer.json())
