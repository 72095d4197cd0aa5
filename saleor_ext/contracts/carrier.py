"""What the product asks of a parcel carrier. Standard library only."""

from typing import Protocol


class Carrier(Protocol):
    """A parcel carrier as far as numbers and links go."""

    code: str
    label: str

    def tracking_number_clean(self, text: str) -> str:
        """This will normalise a typed tracking number (full width, hyphens, spaces) and verify it.

        Raises:
            ValueError: the number cannot be one of this carrier's; `args[0]` is one of
                "length", "character", "check_digit".
        """
        ...

    def tracking_url(self, number: str) -> str:
        """This will return the public page where this number is followed."""
        ...
