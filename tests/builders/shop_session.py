"""Questions of the shop about a checkout of another storefront, and what our app answers."""

from dataclasses import replace
from typing import Any

from saleor_ext.contracts.types import Yen
from saleor_ext.flows.payments import payment_session
from saleor_ext.saleor_connector.mapping import JapaneseAddress
from saleor_ext.saleor_connector.sessions import Session, Source, SourceLine
from tests.builders import world

NOW = world.NOW
TIER_LINE = SourceLine(sku="tier-nagisa", quantity=1, total_yen=Yen(3000), variant_id="v-tier")
GIFT_LINE = SourceLine(sku="gift-daikon", quantity=1, total_yen=Yen(0), variant_id="v-gift")
ADDRESS = JapaneseAddress(
    family_name="山田",
    given_name="花子",
    postal_code="104-0061",
    prefecture="東京都",
    city="中央区",
    street="架空町1-2-3",
    phone="03-1234-5678",
)
TOWN_ADDRESS = replace(
    ADDRESS, postal_code="789-9901", prefecture="高知県", city="幡見郡汐見町", street="本町2"
)
BIRTHDAY = {"furusato": {"birthDate": "1985-04-02"}}
WISHES = {"furusato.consent": "yes", "furusato.box": "yes"}
SOURCE = Source(
    kind="checkout",
    id="checkout-1",
    external_reference="",
    user_id="user-hanako",
    user_email="hanako@example.jp",
    email="hanako@example.jp",
    total_yen=Yen(3000),
    metadata=WISHES,
    lines=(TIER_LINE, GIFT_LINE),
    channel="furusato",
    billing=ADDRESS,
    shipping=ADDRESS,
)
SESSION = Session(
    event="transaction_initialize_session",
    digest="digest",
    issued_at=NOW,
    key="key-of-that-storefront",
    amount_yen=Yen(3000),
    transaction_id="transaction-1",
    psp_reference="",
    source=SOURCE,
    data=BIRTHDAY,
)


def ask(*, event: str = "transaction_initialize_session", **changes: Any) -> dict[str, Any]:
    """What our app answers; names of `Source` change the checkout, others the question."""
    of_source = {
        name: changes.pop(name) for name in list(changes) if name in SOURCE.__dataclass_fields__
    }
    session = replace(SESSION, event=event, source=replace(SOURCE, **of_source), **changes)
    return payment_session.session_answer(session, now=NOW)
