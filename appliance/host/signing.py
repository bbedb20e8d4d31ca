"""X.509 by the book (RFC 5280): an authority, what it signs, both as PEM. Keeps nothing and asks no clock.

Imported when it is needed: the library takes 10 MB of memory.
"""

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Life:
    """From when and until when a certificate holds; UTC."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """Both in one, as `load_cert_chain` takes them."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + self.certificate.public_bytes(Encoding.PEM)

    @property
    def life(self) -> Life:
        return Life(self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc)

    @property
    def names(self) -> list[str]:
        """Whom it speaks for, sorted."""
        found = self.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        addresses = found.get_values_for_type(x509.IPAddress)
        return sorted([*found.get_values_for_type(x509.DNSName), *map(str, addresses)])


def read(pem: bytes) -> Pair:
    """Raises ValueError for anything but a certificate with its own key."""
    try:
        certificate, key = x509.load_pem_x509_certificate(pem), load_pem_private_key(pem, None)
    except (TypeError, UnsupportedAlgorithm, x509.InvalidVersion) as error:  # a bit or two of it are wrong
        raise ValueError(str(error)) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise ValueError("not a pair")
    return Pair(certificate, key)


def found(life: Life, names: Sequence[str], networks: Sequence[Network]) -> Pair:
    """A new authority, which may sign for these names, what ends in them, and these networks alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _called(f"PiChat {os.urandom(4).hex()}")
    limits = x509.NameConstraints([*map(x509.DNSName, names), *map(x509.IPAddress, networks)], None)
    made = (
        _begun(name, name, key, life)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(limits, critical=True)
    )
    return Pair(made.sign(key, SHA256()), key)


def signed(by: Pair, life: Life, names: Sequence[str]) -> Pair:
    """A certificate for a server of these names and addresses; the first is what lists call it."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
    made = (
        _begun(by.certificate.subject, _called(names[0]), key, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(map(_general, names)), critical=False)
        .add_extension(issuer, critical=False)
    )
    return Pair(made.sign(by.key, SHA256()), key)


def _begun(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePrivateKey, life: Life
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder(issuer, subject, public, x509.random_serial_number())
        .not_valid_before(life.begins)
        .not_valid_after(life.ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _usage(*, authority: bool) -> x509.KeyUsage:
    """An authority signs certificates, a server its handshakes; nothing else."""
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
