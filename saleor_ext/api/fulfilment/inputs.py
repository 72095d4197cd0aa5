"""What producers send, looked at before anything is done with it."""

from saleor_ext.api.errors import InputInvalid

TRACKING_TEXT_LIMIT = 50


def tracking_text_check(tracking_number: str) -> None:
    """This will refuse a text that is too long to be any carrier's number.

    Raises:
        InputInvalid: it is.
    """
    if len(tracking_number) > TRACKING_TEXT_LIMIT:
        raise InputInvalid(field="tracking_number")
