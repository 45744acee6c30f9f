"""Tests of the maps that an operator lays down for offices, and that nothing foreign is asked."""

from pathlib import Path

from litestar.testing import create_test_client

from backend.app import _tiles
from backend.kit.http import POLICY


def test_an_offices_map_is_served_as_it_lies_there(tmp_path: Path) -> None:
    """Tests that the file comes with a mark to ask again by, and that no other path is opened."""
    (tmp_path / "tiles").mkdir()
    (tmp_path / "tiles" / "o1.pmtiles").write_bytes(b"PMTiles\x03map")
    (tmp_path / "secret").write_bytes(b"key")
    with create_test_client([_tiles(tmp_path / "tiles")]) as client:
        found = client.get("/tiles/o1.pmtiles")
        assert (found.status_code, found.content) == (200, b"PMTiles\x03map")
        assert found.headers["etag"]
        assert client.get("/tiles/o2.pmtiles").status_code == 404
        assert client.get("/tiles/%2e%2e/secret").status_code == 404


def test_pages_may_ask_this_site_only() -> None:
    """Tests that the policy of pages names no source but our own."""
    parts = {part.split()[0]: part.split()[1:] for part in POLICY.split("; ")}
    own = {"'self'", "'none'", "'wasm-unsafe-eval'", "blob:", "data:"}
    for name in ("default-src", "connect-src", "img-src", "script-src", "worker-src", "style-src"):
        assert set(parts[name]) <= own, name
    assert parts["connect-src"] == ["'self'"]
