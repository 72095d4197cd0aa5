"""Small value types shared by every side of a contract. Standard library only."""

from typing import NewType

Yen = NewType("Yen", int)
"""An amount of money in whole Japanese yen. There is no smaller unit."""
