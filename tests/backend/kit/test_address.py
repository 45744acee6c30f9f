import pytest
from litestar.connection import ASGIConnection

from backend.kit.address import client_address

PROXY, OTHER_PROXY = "10.0.0.1", "10.0.0.2"


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # a stranger's word
        (PROXY, "198.51.100.1", "198.51.100.1"),
        (PROXY, "192.0.2.1, 198.51.100.1", "198.51.100.1"),  # the left one is the stranger's own
        (PROXY, "198.51.100.1, 10.0.0.2", "198.51.100.1"),  # through two proxies of ours
        (PROXY, "", PROXY),
        (PROXY, "not an address", "unknown"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1:2::/64"),  # a subscriber's whole network
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        (None, "", "unknown"),
    ],
)
def test_client_address(peer: str | None, forwarded: str, counted: str) -> None:
    """Tests that requests are counted by an address that a stranger cannot choose (A14)."""
    scope = {
        "type": "http",
        "client": None if peer is None else (peer, 1234),
        "headers": [(b"x-forwarded-for", forwarded.encode())] if forwarded else [],
    }
    connection = ASGIConnection(scope)  # type: ignore[arg-type,var-annotated]
    assert client_address(connection, (PROXY, OTHER_PROXY)) == counted
