"""An address in one line, as towns write it, in the parts that the shop wants."""

import re

# Municipalities whose own names hold another kind's ending: 四日市市, 蒲郡市, 玉村町.
ODD_CITIES = "四日市|廿日市|野々市|市川|市原|大和郡山|蒲郡|小郡|郡山|郡上"
ODD_TOWNS = "玉村|余市|大町"
PLACE = re.compile(
    r"(?P<prefecture>東京都|北海道|(?:京都|大阪)府|.{2,3}県)"
    rf"(?P<city>(?:{ODD_CITIES})市"
    rf"|.{{1,5}}?郡(?:(?:{ODD_TOWNS})町|.{{1,6}}?[町村])"
    r"|.{1,6}?市|.{1,4}?区|.{1,5}?[町村])"
    r"(?P<street>.+)"
)


class AddressUnreadable(Exception):
    """An address does not begin with a prefecture and a municipality.

    Attributes:
        name: whose address it is: a producer's or the town's name.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"the address of {name} cannot be read")
        self.name = name


def place_read(address: str, *, name: str) -> dict[str, str]:
    """This will return `prefecture`, `city` and `street` of an address.

    Raises:
        AddressUnreadable: it does not begin with a prefecture and a municipality.
    """
    found = PLACE.fullmatch(address.strip())
    if not found:
        raise AddressUnreadable(name)
    return found.groupdict()
