"""A certificate authority of the test's own, and what it signs: for a Kafka that talks TLS on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Authority:
    """Signs for `127.0.0.1`; `certificates` is what its clients trust."""

    certificates: Path
    _key: ec.EllipticCurvePrivateKey
    _name: x509.Name

    def server(self, path: Path, name: str | None = None) -> Path:
        """Write a server's key and certificate into one file, as Kafka wants them: for 127.0.0.1, or for a name."""
        key = ec.generate_private_key(ec.SECP256R1())
        who = x509.DNSName(name) if name else x509.IPAddress(IPv4Address("127.0.0.1"))
        here = x509.SubjectAlternativeName([who])
        certificate = _builder(_named("broker"), self._name, key).add_extension(here, critical=False)
        path.write_bytes(_key_bytes(key) + _certificate_bytes(certificate.sign(self._key, hashes.SHA256())))
        return path


def authority(path: Path) -> Authority:
    """Make a new authority; its certificate is written to `path`."""
    key, name = ec.generate_private_key(ec.SECP256R1()), _named("test authority")
    root = _builder(name, name, key).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    path.write_bytes(_certificate_bytes(root.sign(key, hashes.SHA256())))
    return Authority(path, key, name)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _certificate_bytes(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
