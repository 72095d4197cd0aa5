"""Whether a donor gives with his own card: the name on it against his own.

Nothing is held up by it: the money was received, and only people can say what a name means. Where
names cannot be compared the donor is asked; another name is for staff.

Law: payer_is_donor
"""

from saleor_ext.common import card_names
from saleor_ext.contracts.payment import CardDetails
from saleor_ext.membership import models


def holder_state(*, card: CardDetails, donor: models.Donor) -> str:
    """This will say how the name on a card compares with its donor's."""
    found = card_names.holder_check(
        holder=card.holder_name,
        family=donor.family_name,
        given=donor.given_name,
        family_kana=donor.family_kana,
        given_kana=donor.given_kana,
    )
    return found.value
