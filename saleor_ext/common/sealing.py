"""Keeping a secret in the database so that a copy of the database alone does not give it away.

The keys are derived from SEALING_KEYS: the first one seals, all of them open. To change keys, put
a new one in front, run `manage.py seals_renew`, and take the old one away.
"""

import base64
import functools

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32


class SealBroken(Exception):
    """A sealed text cannot be opened: none of our keys fits, it is too old, or it is no seal."""


def seal(text: str, *, purpose: str) -> str:
    """This will seal a text. What was sealed for one purpose does not open for another.

    The seal is of letters, digits, "-" and "_", so it may stand in an address.
    """
    fernet = _fernet(tuple(settings.SEALING_KEYS), purpose)
    return fernet.encrypt(text.encode()).decode().rstrip("=")


def unseal(sealed: str, *, purpose: str, max_age_s: int | None = None) -> str:
    """This will open a sealed text.

    Args:
        sealed: what `seal` returned.
        purpose: what it was sealed for.
        max_age_s: seconds of real time after which it no longer opens; None for never.

    Raises:
        SealBroken: it does not open.
    """
    fernet = _fernet(tuple(settings.SEALING_KEYS), purpose)
    whole = sealed + "=" * (-len(sealed) % 4)
    try:
        return fernet.decrypt(whole.encode(), ttl=max_age_s).decode()
    except (InvalidToken, UnicodeError):
        raise SealBroken from None


def renew(sealed: str, *, purpose: str) -> str:
    """This will seal a text again, with the first of our keys.

    Raises:
        SealBroken: it does not open.
    """
    return seal(unseal(sealed, purpose=purpose), purpose=purpose)


@functools.lru_cache(maxsize=16)
def _fernet(secrets: tuple[str, ...], purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])


def _key(secret: str, purpose: str) -> bytes:
    derived = HKDF(
        algorithm=hashes.SHA256(),
        length=KEY_BYTES,
        salt=None,
        info=f"furusato-salon {purpose}".encode(),
    ).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
