"""Refusals about receipts."""

from saleor_ext.common.errors import Refusal


class NameUnprintable(Refusal):
    """A letter of a name or address cannot be printed; `fields["field"]` says which field."""

    code = "name_unprintable"


class ReceiptNotReady(Refusal):
    """There is nothing to hand out yet: the year is not over, or nothing was given."""

    code = "receipt_not_ready"


class ReceiptWithdrawn(Refusal):
    """The receipt was withdrawn; the one that replaces it, if any, stands in the list."""

    code = "receipt_withdrawn"


class CertificateMissing(Refusal):
    """No certificate to sign with has been set up, or it is not valid today."""

    code = "certificate_missing"


class CertificateRefused(Refusal):
    """A key file cannot be used: `code` says whether file, passphrase, rsa, short or expired."""

    code = "certificate_file"

    def __init__(self, problem: str) -> None:
        super().__init__()
        self.code = f"certificate_{problem}"  # type: ignore[misc]


class SealRefused(Refusal):
    """A picture of the seal cannot be used: no PNG, too large or not square enough."""

    code = "seal_refused"


class SpellingMissing(Refusal):
    """The name holds a letter that the tax office's files do not know; it must be spelt."""

    code = "spelling_missing"


class SpellingRefused(Refusal):
    """A spelling for the tax office's files holds letters they do not know, or is too long."""

    code = "spelling_refused"


class VerifyDelayed(Refusal):
    """Too many receipts were asked about from one place; later again."""

    code = "verify_delayed"


class PrintEmpty(Refusal):
    """There is no receipt to print."""

    code = "print_empty"


class PrintOpen(Refusal):
    """Receipts are being printed already."""

    code = "print_open"


class NotDesignated(Refusal):
    """Only a designated operator may issue this certificate, and the town has not said it is."""

    code = "not_designated"


class NumberFormatRefused(Refusal):
    """Receipt numbers in this form would not be unique, or hold letters they must not."""

    code = "number_format_refused"


class ReceiptOnPaper(Refusal):
    """The original was sent on paper; a file of it is a reissue, which has to be asked for."""

    code = "receipt_on_paper"
