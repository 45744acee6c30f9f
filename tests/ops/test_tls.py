import ipaddress
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from backend.ops.errors import CannotRun
from backend.ops.tls import LEAF_AGE, Tls, list_addresses, prepare_tls
from backend.ops.trust import serve_trust_page

NOW = datetime.now(UTC)
LAN = "192.168.7.20"


def read(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def names_of(tls: Tls) -> set[str]:
    san = read(tls.cert_file).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return {str(name.value) for name in san.value}


def test_certificate_names_this_machine(tmp_path: Path) -> None:
    """Tests that the certificate names loopback and network, signed, and fit for a phone."""
    tls = prepare_tls(tmp_path / "tls", [LAN, "fd00::7"], now=NOW)

    leaf, ca = read(tls.cert_file), read(tls.ca_file)
    leaf.verify_directly_issued_by(ca)
    assert names_of(tls) == {"localhost", "127.0.0.1", "::1", LAN, "fd00::7"}
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=825)
    uses = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [use.dotted_string for use in uses] == ["1.3.6.1.5.5.7.3.1"]
    assert tls.fingerprint.count(":") == 31


def test_authority_cannot_speak_for_the_world(tmp_path: Path) -> None:
    """Tests that a phone which trusts us trusts us for private networks and nothing else."""
    tls = prepare_tls(tmp_path / "tls", [LAN], now=NOW)

    limits = read(tls.ca_file).extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    permitted = limits.value.permitted_subtrees or []
    assert [n.value for n in permitted if isinstance(n, x509.DNSName)] == ["localhost"]
    nets = [n.value for n in permitted if isinstance(n, x509.IPAddress)]
    for address, is_ours in [(LAN, True), ("8.8.8.8", False), ("192.169.0.1", False)]:
        assert any(ipaddress.ip_address(address) in net for net in nets) == is_ours, address


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    """Tests that no other account reads the keys, also after a careless copy."""
    folder = tmp_path / "tls"
    prepare_tls(folder, [LAN], now=NOW)
    (folder / "ca.key").chmod(0o644)
    folder.chmod(0o755)

    prepare_tls(folder, [LAN], now=NOW)

    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("hosts", "later", "new_ca", "new_leaf"),
    [
        ([LAN], timedelta(), False, False),
        ([LAN, "10.1.2.3"], timedelta(), False, True),  # another network: phones go on trusting
        ([], timedelta(), False, False),  # an address went away: the certificate still serves
        (["203.0.113.5"], timedelta(), True, True),  # public: the old authority may not name it
        ([LAN], LEAF_AGE - timedelta(days=29), False, True),
        ([LAN], LEAF_AGE - timedelta(days=31), False, False),
        ([LAN], timedelta(days=3650) - LEAF_AGE + timedelta(days=1), True, True),
    ],
)
def test_certificate_is_renewed_when_it_must(
    tmp_path: Path, hosts: list[str], later: timedelta, new_ca: bool, new_leaf: bool
) -> None:
    """Tests that addresses and age renew the certificate, and the authority only if it must."""
    before = prepare_tls(tmp_path / "tls", [LAN], now=NOW)
    ca, leaf = before.ca_file.read_bytes(), before.cert_file.read_bytes()

    after = prepare_tls(tmp_path / "tls", hosts, now=NOW + later)

    assert (after.ca_file.read_bytes() != ca) == new_ca
    assert (after.cert_file.read_bytes() != leaf) == new_leaf
    assert names_of(after) >= {"localhost", "127.0.0.1", *hosts}
    read(after.cert_file).verify_directly_issued_by(read(after.ca_file))


def test_damaged_certificates_are_made_again(tmp_path: Path) -> None:
    """Tests that certificates, which hold no secret, heal by themselves."""
    tls = prepare_tls(tmp_path / "tls", [LAN], now=NOW)
    for file in (tls.ca_file, tls.cert_file):
        file.write_text("-----BEGIN CERTIFICATE-----\nhalf")

    again = prepare_tls(tmp_path / "tls", [LAN], now=NOW)

    read(again.cert_file).verify_directly_issued_by(read(again.ca_file))


def of_another_kind() -> bytes:
    return rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.mark.parametrize("name", ["ca.key", "server.key"])
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: b"not a key", "holds no private key"),
        (lambda: b"\xff\xfe\x00", "holds no private key"),
        (of_another_kind, "of another kind"),
    ],
)
def test_bad_key_is_refused(tmp_path: Path, name: str, make: object, words: str) -> None:
    """Tests that a key that is none is named, with the way out, and never written over."""
    folder = tmp_path / "tls"
    prepare_tls(folder, [LAN], now=NOW)
    raw = make()  # type: ignore[operator]
    (folder / name).write_bytes(raw)

    with pytest.raises(CannotRun) as refused:
        prepare_tls(folder, [LAN], now=NOW)

    assert words in str(refused.value)
    assert str(folder / name) in str(refused.value)
    assert "Remove the file" in str(refused.value)
    assert (folder / name).read_bytes() == raw


def test_key_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    """Tests that a folder where a key should be is one sentence."""
    (tmp_path / "tls" / "ca.key").mkdir(parents=True)

    with pytest.raises(CannotRun, match="holds no private key"):
        prepare_tls(tmp_path / "tls", [LAN], now=NOW)


def test_unreadable_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a key of another user is said so; root reads all, so the refusal is played."""
    prepare_tls(tmp_path / "tls", [LAN], now=NOW)
    read_text = Path.read_text

    def refuse(file: Path, *words: str) -> str:
        if file.name == "ca.key":
            raise PermissionError(13, "Permission denied", str(file))
        return read_text(file, *words)

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(CannotRun, match="cannot be read by this user"):
        prepare_tls(tmp_path / "tls", [LAN], now=NOW)


def test_addresses_are_those_others_reach() -> None:
    """Tests that the addresses are whole, each once, and none is of this machine alone."""
    found = list_addresses()

    assert len(set(found)) == len(found)
    assert not any(ipaddress.ip_address(address).is_loopback for address in found)


def test_phone_fetches_the_certificate(tmp_path: Path) -> None:
    """Tests that the page has words in both languages, its script runs, and nothing else is out."""
    tls = prepare_tls(tmp_path / "tls", [LAN], now=NOW)
    address = f"https://{LAN}:8000"
    with serve_trust_page(tls, host="127.0.0.1", after=20000, address=address) as port:
        with serve_trust_page(tls, host="127.0.0.1", after=20000, address=address) as second:
            assert second != port  # a taken port is passed over
        url = f"http://127.0.0.1:{port}"
        with urllib.request.urlopen(f"{url}/") as answer:
            page, policy = answer.read().decode(), answer.headers["content-security-policy"]
        with urllib.request.urlopen(f"{url}/ca.crt") as answer:
            assert answer.headers["content-type"] == "application/x-x509-ca-cert"
            assert answer.read() == tls.ca_file.read_bytes()
        for path in ("/ca.key", "/../tls/ca.key", "/server.key", "/%2e%2e/ca.key"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(url + path)

    for words in ("Tải chứng chỉ", "Cài đặt tin cậy chứng nhận", "Install anyway", tls.fingerprint):
        assert words in page
    assert page.count(f"{address}/courier/") == 2
    assert f"connect-src {address};" in policy
    assert policy.count("'sha256-") == 2
