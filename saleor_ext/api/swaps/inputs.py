"""What is sent about gifts that cannot be sent, and who may send it."""

from saleor_ext.access.principal import Principal
from saleor_ext.access.roles import Act
from saleor_ext.api.context import ApiContext
from saleor_ext.api.errors import InputInvalid, PermissionDenied
from saleor_ext.membership import states

SILENCE_HELP = "Done when I want to be asked and do not answer: ACCEPT or CARRY."


def wish(value: object) -> str:
    """This will read a wish."""
    return str(getattr(value, "value", value))


def silence(value: object) -> str:
    """This will read what is done without an answer.

    Raises:
        InputInvalid: nobody can be asked once more.
    """
    read = wish(value)
    if read not in states.SWAP_SILENCE:
        raise InputInvalid(field="silence")
    return read


def number(text: str, *, field: str) -> int:
    """This will read a row's id.

    Raises:
        InputInvalid: it is none.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise InputInvalid(field=field)
    return int(text)


def proposer(context: ApiContext) -> tuple[Principal, int | None]:
    """This will return who proposes, and the producer whose own gifts he speaks for.

    Raises:
        Unauthenticated: nobody is signed in.
        PermissionDenied: he is neither a producer nor staff who may.
    """
    principal = context.principal_signed_in()
    if principal.producer_id is not None:
        return principal, principal.producer_id
    if not principal.may(Act.ALTERNATE_PROPOSE):
        raise PermissionDenied()
    return principal, None
