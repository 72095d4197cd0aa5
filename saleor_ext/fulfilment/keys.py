"""Names of parcels: short enough for a carrier's file, safe to read aloud, hard to mistype."""

import secrets
import unicodedata

PREFIX = "S"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 12


def shipment_key_make() -> str:
    """This will make a new parcel key: "S", 12 random characters and a check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return PREFIX + body + check_character(body)


def check_character(body: str) -> str:
    """This will return the check character of a key's body (Luhn's method over 32 characters).

    It finds every single mistyped character and nearly every exchange of two neighbours.
    """
    size = len(ALPHABET)
    total = 0
    for position, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (2 if position % 2 == 0 else 1)
        total += value // size + value % size
    return ALPHABET[-total % size]


def shipment_key_clean(text: str) -> str:
    """This will normalise a typed key: full width, small letters, spaces and hyphens.

    The result need not be a valid key; ask `shipment_key_is_valid`.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in plain if character.isalnum())


def shipment_key_is_valid(key: str) -> bool:
    """This will say whether a text can be a parcel key at all."""
    body = key[1:-1]
    has_form = len(key) == RANDOM_LENGTH + 2 and key.startswith(PREFIX)
    return has_form and set(body) <= set(ALPHABET) and check_character(body) == key[-1]
