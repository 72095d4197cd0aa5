"""May this installation act towards the outside? Asked before every charge, mail and order.

A restored backup is a second salon with the same donors and cards. Until a person has said that
this is the place now, it takes no donation, sends no mail and does not speak with the shop.
"""

from saleor_ext.contracts.errors import ProviderRetryable
from saleor_ext.operation import errors, place, selectors, services
from saleor_ext.operation.selectors import PlaceStatus


def status() -> PlaceStatus:
    """This will say how things stand. A database that is used for the first time is at home."""
    here = place.here()
    bound = selectors.place_find() or services.place_seal(here=here)
    return selectors.status_of(bound=bound, here=here)


def is_home() -> bool:
    """This will say whether the database is at the place it is bound to."""
    return status().is_home


def home_require() -> None:
    """This will let only work of the right place go on.

    Raises:
        PlaceUnconfirmed: the database was copied or moved and nobody has confirmed it yet.
    """
    if not is_home():
        raise errors.PlaceUnconfirmed()


def charging_require() -> None:
    """This will let a donation be taken only where and while that is allowed.

    Raises:
        PlaceUnconfirmed: the database was copied or moved and nobody has confirmed it yet.
        ChargingStopped: somebody has stopped all taking of donations.
    """
    found = status()
    if not found.is_home:
        raise errors.PlaceUnconfirmed()
    if found.is_charging_stopped:
        raise errors.ChargingStopped()


def provider_guard() -> None:
    """This will keep a copy from asking the payment provider anything at all.

    Raises:
        ProviderRetryable: as if the line were cut; everybody knows what to do then.
    """
    if not is_home():
        raise ProviderRetryable(errors.PlaceUnconfirmed.code)
