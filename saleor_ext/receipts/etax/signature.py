"""The town's signature in a certificate: enveloped, the last child, over the whole root element.

Canonical XML 1.0, SHA-256 and RSA, with the certificate beside it: what the signed certificates
that the tax office takes look like.
"""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from saleor_ext.receipts.etax.elements import Element

DSIG = "http://www.w3.org/2000/09/xmldsig#"
KEY_BITS_LEAST = 2048


class KeyUnreadable(Exception):
    """A key file cannot be used; the text says why, in a word: file, passphrase, rsa, short."""


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A private key with its certificate, both in memory only as long as they are needed."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def subject(self) -> str:
        """Whose certificate it is."""
        return self.certificate.subject.rfc4514_string()

    @property
    def issuer(self) -> str:
        """Who issued it."""
        return self.certificate.issuer.rfc4514_string()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def is_valid_at(self, moment: datetime) -> bool:
        """This will say whether the certificate is valid at a moment."""
        return (
            self.certificate.not_valid_before_utc <= moment <= self.certificate.not_valid_after_utc
        )

    def key_pem(self) -> str:
        """This will write the key as text, to be sealed at once."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def certificate_pem(self) -> str:
        """This will write the certificate as text."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


def signer_read(*, content: bytes, passphrase: str) -> Signer:
    """This will read a key with its certificate from a PKCS#12 file (.p12, .pfx).

    Raises:
        KeyUnreadable: it is no such file, the passphrase is wrong, or the key is of no use here.
    """
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(content, passphrase.encode() or None)
    except ValueError as error:
        word = "passphrase" if "password" in str(error).lower() else "file"
        raise KeyUnreadable(word) from None
    if key is None or certificate is None:
        raise KeyUnreadable("file")
    return _checked(key, certificate)


def signer_from_pem(*, key_pem: str, certificate_pem: str) -> Signer:
    """This will read back what was kept.

    Raises:
        KeyUnreadable: it is not what `key_pem` and `certificate_pem` wrote.
    """
    try:
        key = serialization.load_pem_private_key(key_pem.encode(), password=None)
        certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    except ValueError:
        raise KeyUnreadable("file") from None
    return _checked(key, certificate)


def _checked(key: object, certificate: x509.Certificate) -> Signer:
    if not isinstance(key, rsa.RSAPrivateKey):
        raise KeyUnreadable("rsa")
    if key.key_size < KEY_BITS_LEAST:
        raise KeyUnreadable("short")
    if key.public_key() != certificate.public_key():
        raise KeyUnreadable("file")
    return Signer(key=key, certificate=certificate)


def sign(root: Element, *, signer: Signer) -> Element:
    """This will return the certificate with the signature as its last child."""
    maker = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    maker.namespaces = {"dsig": DSIG}
    signed: Element = maker.sign(
        root,
        key=signer.key,
        cert=[signer.certificate],
        reference_uri=f"#{root.get('id')}",
        id_attribute="id",
    )
    return signed


def verified(root: Element, *, certificate: x509.Certificate) -> Element:
    """This will return what a certificate's signature really covers.

    Raises:
        signxml.exceptions.InvalidInput: there is no signature, or it is not ours.
    """
    found = XMLVerifier().verify(
        root,
        x509_cert=certificate,
        id_attribute="id",
        expect_config=SignatureConfiguration(require_x509=True),
    )
    one = found[0] if isinstance(found, list) else found
    covered: Element = one.signed_xml
    return covered
