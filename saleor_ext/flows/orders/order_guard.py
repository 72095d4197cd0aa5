"""What our plugin inside the shop asks before a checkout with a donation becomes an order.

The rules were checked before the money moved. This is the net below them: it catches a checkout
that was paid some other way, or changed after it was paid.
"""

from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.orders import shop_lines
from saleor_ext.membership import models, selectors
from saleor_ext.saleor_connector.order_guard import Question


def order_refusal(question: Question) -> str:
    """This will return the code of what forbids the order, "" when nothing does."""
    cycle = selectors.cycle_of_checkout(checkout_id=question.checkout_id)
    if cycle is None or cycle.membership.donor.saleor_user_id != question.user_id:
        return "donation_not_recorded"
    if donation_selectors.attempt_received(cycle_id=cycle.pk) is None:
        return "donation_not_recorded"
    return _gift_refusal(cycle, question) if question.gifts else ""


def _gift_refusal(cycle: models.Cycle, question: Question) -> str:
    town = selectors.municipality_get()
    if selectors.is_resident(donor=cycle.membership.donor, town=town):
        return "resident_no_gift"
    box = {item.gift.sku: item.quantity for item in shop_lines.box_items(cycle)}
    return "" if question.gifts == box else "gifts_not_the_box"
