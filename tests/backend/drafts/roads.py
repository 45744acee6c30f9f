"""Stand-ins for road engines: OSRM and Valhalla over HTTP on this machine, and packages of theirs.

Their roads run north-south and east-west, so that every answer can be worked out by hand.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

DEGREE_M = 111_195
PACE_S = 0.1
"""Seconds a metre of the stand-ins' roads: 36 km/h."""
OFF_MAP_LAT = 30.0
"""Places further north lie outside the stand-ins' map."""
ISLAND_LON = 120.0
"""Places further east have roads and no bridge to the others."""

At = tuple[float, float]


def way_m(start: At, end: At) -> int:
    """Return the metres of the stand-ins' roads: along one street, then along another."""
    return round((abs(start[0] - end[0]) + abs(start[1] - end[1])) * DEGREE_M)


def is_cut(start: At, end: At) -> bool:
    return (start[1] > ISLAND_LON) != (end[1] > ISLAND_LON)


class Roads:
    """What a stand-in has been asked, and how it misbehaves."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[At, At]] = Counter()
        self.paths: list[str] = []
        self.bodies: list[dict[str, object]] = []
        self.statuses: list[int] = []
        """Answered first, one a question."""
        self.raw: bytes | None = None
        """Answered instead of a table."""
        self.pairs_max = 10_000
        self.wait_s = 0.0
        self.num_good: int | None = None
        """So many answers, then silence; None is without end."""
        self.has_locate = True
        self.is_old = False
        """Valhalla's long form, as older servers write it."""

    def osrm(self, path: str) -> tuple[int, object]:
        """Answer `/table/v1/…` as OSRM does."""
        at = urlsplit(path)
        flat = [tuple(map(float, p.split(","))) for p in at.path.rsplit("/", 1)[1].split(";")]
        places = [(lat, lon) for lon, lat in flat]
        query = parse_qs(at.query)
        origins = [places[int(n)] for n in query["sources"][0].split(";")]
        ends = [places[int(n)] for n in query["destinations"][0].split(";")]
        assert query["annotations"] == ["duration,distance"]
        if len(origins) * len(ends) > self.pairs_max:
            return 400, {"code": "TooBig", "message": "Too many table coordinates"}
        self.asked.update((a, b) for a in origins for b in ends)
        metres = [[None if is_cut(a, b) else way_m(a, b) for b in ends] for a in origins]
        return 200, {
            "code": "Ok",
            "distances": metres,
            "durations": [[m and m * PACE_S for m in row] for row in metres],
            "sources": [{"distance": off_m(a), "location": [a[1], a[0]]} for a in origins],
            "destinations": [{"distance": off_m(b), "hint": "x"} for b in ends],
        }

    def valhalla(self, path: str, body: dict[str, list[dict[str, float]]]) -> tuple[int, object]:
        """Answer `/sources_to_targets` and `/locate` as Valhalla does."""
        if path == "/locate":
            if not self.has_locate:
                return 400, {"error_code": 106, "error": "Try any of: '/sources_to_targets'"}
            lats = [place["lat"] for place in body["locations"]]
            return 200, [{"edges": None if lat > OFF_MAP_LAT else [{"id": 1}]} for lat in lats]
        origins = [(place["lat"], place["lon"]) for place in body["sources"]]
        ends = [(place["lat"], place["lon"]) for place in body["targets"]]
        if len(origins) * len(ends) > self.pairs_max:
            return 400, {"error_code": 150, "error": "Exceeded max locations: 50"}
        self.asked.update((a, b) for a in origins for b in ends)
        if any(lat > OFF_MAP_LAT for lat, _ in [*origins, *ends]):
            return 400, {"error_code": 171, "error": "No suitable edges near location"}
        metres = [[None if is_cut(a, b) else way_m(a, b) for b in ends] for a in origins]
        if self.is_old:
            return 200, {
                "sources_to_targets": [
                    [{"time": m and round(m * PACE_S), "distance": m and m / 1000} for m in row]
                    for row in metres
                ]
            }
        return 200, {
            "sources_to_targets": {
                "durations": [[m and round(m * PACE_S) for m in row] for row in metres],
                "distances": [[m and m / 1000 for m in row] for row in metres],
            },
            "units": "kilometers",
        }


def off_m(place: At) -> float:
    return 50_000.0 if place[0] > OFF_MAP_LAT else 0.0


class Handler(BaseHTTPRequestHandler):
    """One question over HTTP."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Server"

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def _answer(self, body: dict[str, list[dict[str, float]]]) -> None:
        roads = self.server.roads
        roads.paths.append(self.path)
        roads.bodies.append(dict(body))
        if roads.num_good is not None and len(roads.paths) > roads.num_good:
            time.sleep(3)
        time.sleep(roads.wait_s)
        if roads.statuses:
            return self._write(roads.statuses.pop(0), b"{}")
        if roads.raw is not None:
            return self._write(200, roads.raw)
        is_osrm = self.path.startswith("/table/")
        status, found = roads.osrm(self.path) if is_osrm else roads.valhalla(self.path, body)
        return self._write(status, json.dumps(found).encode())

    def _write(self, status: int, text: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *words: object) -> None:
        """Say nothing: the test's output is for its own words."""


class Server(ThreadingHTTPServer):
    """Listens on a free port of this machine."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, roads: Roads) -> None:
        self.roads = roads
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, *client: object) -> None:
        """Say nothing: who asks may well have gone."""


@contextmanager
def serving(roads: Roads) -> Iterator[str]:
    """Give the address of a stand-in that answers while this block lasts."""
    server = Server(roads)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


OSRM_PACKAGE = """
import os, sys
class TableParameters:
    def __init__(self, **given): self.__dict__.update(given)
class OSRM:
    def __init__(self, storage_config, **given):
        print("chatter on standard output", flush=True)
        if not os.path.exists(storage_config + ".hsgr"): raise RuntimeError("no such data")
    def Table(self, asked):
        print("more chatter", flush=True)
        at = asked.coordinates
        if any(lat > 80 for _, lat in at): os.abort()
        if any(lat > 70 for _, lat in at): raise RuntimeError("NoSegment - nothing near")
        rows = [[(abs(at[a][0] - at[b][0]) + abs(at[a][1] - at[b][1])) * 111195
                 for b in asked.destinations] for a in asked.sources]
        near = lambda some: [{"distance": 0.0} for _ in some]
        return {"durations": [[m * 0.1 for m in row] for row in rows], "distances": rows,
                "sources": near(asked.sources), "destinations": near(asked.destinations)}
"""
OSRM_PROGRAM = """
import pathlib, sys, time
time.sleep(float(pathlib.Path(__file__).with_name("wait").read_text()))
if sys.argv[1] == "extract":
    assert "motorcycle" in pathlib.Path(sys.argv[3]).read_text()
    assert pathlib.Path("roads.osm.pbf").read_bytes() == b"a map"
    pathlib.Path("roads.osrm.ebg").touch()
if sys.argv[1] == "contract":
    assert pathlib.Path("roads.osrm.ebg").exists()
    pathlib.Path("roads.osrm.hsgr").touch()
"""


def write_osrm_package(folder: Path, *, wait_s: float = 0.0) -> None:
    """Write a package `osrm` that behaves as the real one does, for the embedding process."""
    package = folder / "osrm"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(OSRM_PACKAGE)
    (package / "__main__.py").write_text(OSRM_PROGRAM)
    (package / "wait").write_text(str(wait_s))
