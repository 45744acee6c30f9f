"""Tests that calls to strangers' addresses never lead inwards (A12)."""

import socket

import pytest

from backend.kit.outbound import CheckedResolver, ForbiddenAddress, Outbound, check_url, is_public

PUBLIC = (
    "8.8.8.8",
    "2606:4700::1111",
    "::ffff:8.8.8.8",  # IPv4 in IPv6 clothes, public inside
    "64:ff9b::808:808",  # the same through NAT64
)
INWARD = (
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104 (an address to refuse)
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",  # where clouds keep their secrets
    "100.64.0.1",  # carrier's own network
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",  # 6to4 of loopback
    "2002:a00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
    "2001:db8::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
)
REFUSED = (
    "http://push.example.com/x",
    "https://push.example.com:8443/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://10.1.2.3/x",
    "https://user@push.example.com/x",
    "https://user:secret@push.example.com/x",
    "ftp://push.example.com/x",
    "file:///etc/passwd",
    "//push.example.com/x",
    "push.example.com/x",
    "https:///x",
    "",
    "https://push.example.com/ x",
    "https://push.example.com/\r\nHost: inside",
    "https://tấn.example/x",
    "https://push.example.com/" + "x" * 2048,
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_called(address: str) -> None:
    """Tests that the open Internet may be called."""
    assert is_public(address)


@pytest.mark.parametrize("address", INWARD)
def test_inward_addresses_may_not_be_called(address: str) -> None:
    """Tests that no spelling of an inward address may be called."""
    assert not is_public(address)


@pytest.mark.parametrize("url", REFUSED)
def test_check_url_refuses(url: str) -> None:
    """Tests that only https on port 443, without a password, to a public place is called."""
    with pytest.raises(ForbiddenAddress):
        check_url(url)


def test_check_url_lets_push_services_through() -> None:
    """Tests that the address of a push service passes as it stands."""
    assert check_url("https://fcm.googleapis.com/fcm/send/abc").host == "fcm.googleapis.com"


def test_local_addresses_only_where_tests_allow_them() -> None:
    """Tests that loopback passes when it is allowed, and nothing else inward does."""
    assert check_url("http://127.0.0.1:4000/push/a", allow_local=True).port == 4000
    with pytest.raises(ForbiddenAddress):
        check_url("http://10.0.0.1/push/a", allow_local=True)


@pytest.mark.anyio
@pytest.mark.parametrize("answers", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"]])
async def test_name_that_leads_inwards_is_refused(
    answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that one inward answer of the resolver refuses the name, whatever else it says."""

    def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, 443)) for answer in answers]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    with pytest.raises(ForbiddenAddress):
        await CheckedResolver().resolve("push.example.com", 443)
    async with Outbound() as outbound:
        with pytest.raises(ForbiddenAddress):
            await outbound.post("https://push.example.com/x", headers={}, body=b"")
