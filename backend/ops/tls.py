"""A certificate of this machine's own, so that a phone on the same network gets HTTPS.

Camera, service worker and with it all offline work exist on secure pages only. The authority that
signs can speak for this machine's addresses and private networks alone, so that a phone which
trusts it trusts it with nothing else.
"""

import ipaddress
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from backend.ops.errors import CannotRun, as_sentence
from backend.ops.keys import read_or_make, write_whole

CA_AGE: Final = timedelta(days=3650)
LEAF_AGE: Final = timedelta(days=365)
"""Phones refuse a leaf of more than 825 days (iOS 13 and later)."""
RENEW_BEFORE: Final = timedelta(days=30)
BACKDATED: Final = timedelta(days=1)
"""A phone whose clock is behind must not find a certificate from the future."""
PRIVATE_NETS: Final = (
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
    *("100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10"),
)
ASKED: Final = ("192.0.2.1", "10.255.255.255", "172.31.255.255", "192.168.255.255", "2001:db8::1")


@dataclass(frozen=True)
class Tls:
    """The files that a server of HTTPS needs, and what a phone is to trust."""

    ca_file: Path
    cert_file: Path
    key_file: Path
    fingerprint: str
    """SHA-256 of the authority's certificate, in pairs of digits as phones show it."""
    found: str
    """What was made or kept, for the operator."""


def list_addresses() -> list[str]:
    """Return the addresses by which other machines may reach this one."""
    found: dict[str, None] = {}
    for far in ASKED:
        family = socket.AF_INET6 if ":" in far else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((far, 9))  # nothing is sent: only the route is looked up
                found[str(probe.getsockname()[0])] = None
            except OSError:
                continue
    try:
        for entry in socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM):
            found[str(entry[4][0]).partition("%")[0]] = None
    except OSError:
        pass  # the name of this machine is in no list: its routes are enough
    return [address for address in found if not ipaddress.ip_address(address).is_loopback]


def prepare_tls(folder: Path, hosts: Iterable[str], *, now: datetime) -> Tls:
    """Return a certificate for these hosts, made or renewed where the one at hand does not serve.

    Raises
    ------
    CannotRun
        When the folder cannot be written or a key in it is none.
    """
    names = _names(["localhost", "127.0.0.1", "::1", *hosts])
    with as_sentence(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        ca_key = _read_key(folder / "ca.key", loss="Phones must then trust the new certificate")
        ca = _read_certificate(folder / "ca.crt")
        is_kept = ca is not None and _may_sign(ca, ca_key, names, now)
        if ca is None or not is_kept:
            ca = _make_ca(ca_key, names, now)
            write_whole(folder / "ca.crt", _pem(ca))
        key = _read_key(folder / "server.key", loss="Phones go on trusting this machine")
        leaf = _read_certificate(folder / "server.crt")
        is_renewed = leaf is None or not _serves(leaf, ca, key, names, now)
        if is_renewed:
            leaf = _make_leaf(ca, ca_key, key, names, now)
            write_whole(folder / "server.crt", _pem(leaf) + _pem(ca))
    return Tls(
        ca_file=folder / "ca.crt",
        cert_file=folder / "server.crt",
        key_file=folder / "server.key",
        fingerprint=ca.fingerprint(hashes.SHA256()).hex(":").upper(),
        found=_describe(names, is_kept=is_kept, is_renewed=is_renewed),
    )


def _describe(names: list[x509.GeneralName], *, is_kept: bool, is_renewed: bool) -> str:
    hosts = ", ".join(str(name.value) for name in names)
    if not is_kept:
        return f"new authority, certificate for {hosts}"
    return f"{'renewed' if is_renewed else 'certificate'} for {hosts}"


def _names(hosts: list[str]) -> list[x509.GeneralName]:
    found: dict[x509.GeneralName, None] = {}
    for host in hosts:
        try:
            found[x509.IPAddress(ipaddress.ip_address(host))] = None
        except ValueError:
            found[x509.DNSName(host.encode("idna").decode())] = None
    return list(found)


def _read_key(file: Path, *, loss: str) -> ec.EllipticCurvePrivateKey:
    """Return the key in a file, made where there is none; a broken one is never written over."""
    advice = f"Remove the file to have another made. {loss}."
    try:
        text = read_or_make(file, _make_key)
        key = serialization.load_pem_private_key(text.encode(), password=None)
    except PermissionError as error:
        raise CannotRun(f"The key {file} cannot be read by this user. {advice}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm, IsADirectoryError) as error:
        raise CannotRun(f"{file} holds no private key that can be used. {advice}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CannotRun(f"{file} holds a key of another kind than ours (P-256). {advice}")
    file.chmod(0o600)
    return key


def _make_key() -> str:
    raw = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,  # Granian reads no other form
        serialization.NoEncryption(),
    )
    return raw.decode()


def _read_certificate(file: Path) -> x509.Certificate | None:
    """Return a certificate, or None where there is none that can be read: it is made again."""
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _make_ca(
    key: ec.EllipticCurvePrivateKey, names: list[x509.GeneralName], now: datetime
) -> x509.Certificate:
    title = f"Tận Nơi, máy thử {secrets.token_hex(2)}"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    return (
        _builder(subject, subject, key.public_key(), now, CA_AGE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_ca=True), critical=True)
        .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _permitted(names: list[x509.GeneralName]) -> list[x509.GeneralName]:
    """Return what the authority may speak for: private networks, and these very names."""
    nets = [ipaddress.ip_network(net) for net in PRIVATE_NETS]
    own: list[x509.GeneralName] = []
    for name in names:
        if isinstance(name, x509.IPAddress):
            address = ipaddress.ip_network(str(name.value))
            if not any(_is_within(address, net) for net in nets):
                own.append(x509.IPAddress(address))
        else:
            own.append(name)
    return [*(x509.IPAddress(net) for net in nets), *own]


def _is_within(
    inner: ipaddress.IPv4Network | ipaddress.IPv6Network,
    outer: ipaddress.IPv4Network | ipaddress.IPv6Network,
) -> bool:
    if isinstance(inner, ipaddress.IPv4Network):
        return isinstance(outer, ipaddress.IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, ipaddress.IPv6Network) and inner.subnet_of(outer)


def _make_leaf(
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey,
    names: list[x509.GeneralName],
    now: datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tận Nơi")])
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    return (
        _builder(subject, ca.subject, key.public_key(), now, LEAF_AGE)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now: datetime,
    age: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + age)
    )


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _may_sign(
    ca: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    names: list[x509.GeneralName],
    now: datetime,
) -> bool:
    """Return whether an authority is this key's, lasts, and may speak for these names."""
    if ca.public_key() != key.public_key() or ca.not_valid_after_utc < now + LEAF_AGE:
        return False
    try:
        limits = ca.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return False
    return set(_permitted(names)) <= set(limits.permitted_subtrees or [])


def _serves(
    leaf: x509.Certificate,
    ca: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    names: list[x509.GeneralName],
    now: datetime,
) -> bool:
    """Return whether a certificate is this key's, this authority's, lasts, and names all hosts."""
    try:
        leaf.verify_directly_issued_by(ca)
        named = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    is_fresh = leaf.not_valid_after_utc > now + RENEW_BEFORE
    return is_fresh and leaf.public_key() == key.public_key() and set(names) <= set(named)
