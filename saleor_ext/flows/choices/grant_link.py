"""The link with which a membership given away is accepted. It is sealed and stored nowhere."""

from django.conf import settings

from saleor_ext.common import sealing
from saleor_ext.flows import errors

PURPOSE = "grant"
PATH = "/received/"


def link_make(*, grant_id: int) -> str:
    """This will write the link for the mail. Its age is judged by the grant's own last day."""
    return f"{settings.APP_URL}{PATH}{sealing.seal(str(grant_id), purpose=PURPOSE)}/"


def link_read(*, sealed: str) -> int:
    """This will return which grant a link is about.

    Raises:
        LinkBroken: it is none of ours.
    """
    try:
        return int(sealing.unseal(sealed, purpose=PURPOSE))
    except (sealing.SealBroken, ValueError):
        raise errors.LinkBroken() from None
