"""Calls to addresses that strangers gave us: only to public hosts, never inwards (A12).

The name is resolved once, each answer checked, and the connection made to a checked address, so
that a name which changes its mind between check and call gains nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

TIMEOUT_S = 15.0
ANSWER_BYTES_MAX = 64 * 1024
URL_LENGTH_MAX = 2048

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Networks that carry an IPv4 address inside an IPv6 one, and where in it that address stands.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")
COMPATIBLE = ipaddress.IPv6Network("::/96")


class ForbiddenAddress(OSError):
    """The address leads inwards, or is not one that we call."""


@dataclass(frozen=True)
class Answer:
    """What the other side said, at most 64 KiB of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def is_public(text: str) -> bool:
    """Return whether an IP address is one of the open Internet.

    Loopback, private, link-local, CGNAT, unique-local, multicast and reserved ones are not; nor
    is an IPv6 address that carries such an IPv4 address inside.
    """
    address: Address = ipaddress.ip_address(text.split("%", 1)[0])
    if isinstance(address, ipaddress.IPv6Address):
        if "%" in text or address in NAT64_LOCAL or address in COMPATIBLE or address.is_site_local:
            return False
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if address.teredo is not None:
            return False
        if inner is not None:
            address = inner
    return address.is_global and not address.is_multicast and not address.is_reserved


def check_url(text: str, *, allow_local: bool = False) -> URL:
    """Return the address to call, or raise `ForbiddenAddress`: https, port 443, nobody's password.

    `allow_local` also lets loopback through, by http and any port: for tests on one machine.
    """
    if len(text) > URL_LENGTH_MAX or not text.isascii() or any(c <= " " for c in text):
        raise ForbiddenAddress("not an address")
    try:
        url = URL(text)
        host, port = url.host, url.port
    except ValueError as error:
        raise ForbiddenAddress("not an address") from error
    if host is None or url.user is not None or url.password is not None:
        raise ForbiddenAddress("not an address")
    if allow_local and host in ("127.0.0.1", "localhost", "::1"):
        return url
    if url.scheme != "https" or port != 443:
        raise ForbiddenAddress("only https on port 443")
    try:
        is_inward = not is_public(host)
    except ValueError:
        return url
    if is_inward:
        raise ForbiddenAddress("leads inwards")
    return url


class CheckedResolver(AbstractResolver):
    """Resolves names and lets only public addresses through."""

    def __init__(self, *, allow_local: bool = False) -> None:
        self._allow_local = allow_local

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host; one inward address among them refuses them all."""
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, family=family, type=socket.SOCK_STREAM
        )
        addresses = {str(entry[4][0]): entry[0] for entry in found}
        if not addresses:
            raise ForbiddenAddress("no address")
        if not self._allow_local and not all(is_public(address) for address in addresses):
            raise ForbiddenAddress("leads inwards")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=kind,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address, kind in addresses.items()
        ]

    async def close(self) -> None:
        """Nothing is kept open."""


class Outbound:
    """Calls out; open while its `async with` lasts."""

    def __init__(self, *, allow_local: bool = False) -> None:
        self._allow_local = allow_local
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Outbound":
        resolver = CheckedResolver(allow_local=self._allow_local)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, limit=20),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post(self, address: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post to a checked address, following no redirect.

        Raises `ForbiddenAddress`, and `OSError` or `TimeoutError` when nobody answers.
        """
        assert self._session is not None, "opened by `async with`"
        url = check_url(address, allow_local=self._allow_local)
        try:
            async with self._session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                head = await answer.content.read(ANSWER_BYTES_MAX)
                return Answer(answer.status, dict(answer.headers), head)
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, ForbiddenAddress):
                raise error.os_error from error
            raise OSError(str(error)) from error
        except aiohttp.ClientError as error:
            raise OSError(str(error)) from error
