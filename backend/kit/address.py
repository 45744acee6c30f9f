"""Whose address a request comes from, for limits no stranger talks their way out of (A14)."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from litestar.connection import ASGIConnection

NOBODY = "unknown"  # a unix socket, a test without a socket: all share one bucket
IPV6_SITE_BITS = 64  # one subscriber holds a whole /64


def client_address(
    connection: ASGIConnection[Any, Any, Any, Any], trusted_proxies: Sequence[str]
) -> str:
    """Return the address to count by: the socket's, or what a configured proxy says of it.

    Of `X-Forwarded-For` the rightmost address that is not itself a configured proxy counts:
    everything to its left was written by strangers. IPv6 counts by its /64.
    """
    peer = connection.client.host if connection.client else NOBODY
    if peer in trusted_proxies:
        for hop in reversed(connection.headers.get("x-forwarded-for", "").split(",")):
            if hop.strip() and hop.strip() not in trusted_proxies:
                peer = hop.strip()
                break
    return _bucket(peer)


def _bucket(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return NOBODY
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address, IPV6_SITE_BITS), strict=False))
    return str(address)
