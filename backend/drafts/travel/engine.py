"""Runs an embedded road engine: a program of its own, `python engine.py serve|build …`.

Standard library and the engine's package only, because the interpreter may be another one than the
service's: the packages want Python 3.12. A crash, a leak or chatter on standard output stays here.

    serve osrm|valhalla DATA           questions in, answers out, each a line of JSON
    build osrm|valhalla FILE DIR KIND  make from a map (.osm.pbf) what `serve` reads, and DIR/ready
"""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qs, urlsplit

BUSY = 75
"""Exit code: another process builds the same (EX_TEMPFAIL of sysexits.h)."""
NICENESS = 10
PAIRS_MAX = 10_000_000
METRES_MAX = 400_000.0
MOTORBIKE = """
-- The car of the package with a motorbike's rights, width and speeds: no expressways (Vietnam's
-- road traffic law), narrow ways are wide enough, and nothing is ridden faster than 60 km/h.
local car = dofile(os.getenv("TANNOI_OSRM_CAR"))
local setup = car.setup
car.setup = function()
  local profile = setup()
  profile.access_tags_hierarchy = Sequence { 'motorcycle', 'motor_vehicle', 'vehicle', 'access' }
  profile.restrictions = Sequence { 'motorcycle', 'motor_vehicle', 'vehicle' }
  profile.access_tag_whitelist['motorcycle'] = true
  profile.speeds.highway.motorway = nil
  profile.speeds.highway.motorway_link = nil
  profile.restricted_highway_whitelist['motorway'] = nil
  profile.restricted_highway_whitelist['motorway_link'] = nil
  profile.speeds.highway.living_street = 15
  profile.speeds.highway.path = 10
  profile.service_penalties.alley = 1.0
  profile.vehicle_width, profile.vehicle_height = 0.9, 1.8
  profile.vehicle_length, profile.vehicle_weight = 2.0, 250
  profile.vehicle_max_speed = 60
  profile.side_road_multiplier = 1.0
  return profile
end
return car
"""


def main(arguments: list[str]) -> int:
    """Do what the arguments say; 0 when done, 1 with a line on standard error when not."""
    verb, name, *rest = arguments
    if verb == "build":
        return _build(name, Path(rest[0]), Path(rest[1]), rest[2])
    # The libraries write to standard output as they please; answers have a way of their own.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)
        serve = _serve_osrm if name == "osrm" else _serve_valhalla
        serve(Path(rest[0]), out)
    return 0


def _say(out: TextIO, text: str) -> None:
    out.write(text.replace("\n", " ") + "\n")
    out.flush()


def _serve_osrm(path: Path, out: TextIO) -> None:
    osrm: Any = importlib.import_module("osrm")
    is_contracted = path.with_name(path.name + ".hsgr").exists()
    engine = osrm.OSRM(
        storage_config=str(path),
        use_shared_memory=False,
        algorithm="CH" if is_contracted else "MLD",
        max_locations_distance_table=-1,
    )
    _say(out, '{"ready": true}')
    for line in sys.stdin:
        try:
            answer = _table(osrm, engine, json.loads(line)["path"])
        except RuntimeError as error:  # the library's own refusals: "NoSegment - …"
            answer = {"code": str(error).partition(" ")[0]}
        _say(out, json.dumps(answer))


def _table(osrm: Any, engine: Any, path: str) -> dict[str, object]:
    """Answer the path of a server's table service as the server would."""
    at = urlsplit(path)
    coordinates = [tuple(map(float, p.split(","))) for p in at.path.rsplit("/", 1)[1].split(";")]
    asked = parse_qs(at.query, separator="&")
    found = engine.Table(
        osrm.TableParameters(
            coordinates=coordinates,
            sources=[int(n) for n in asked["sources"][0].split(";")],
            destinations=[int(n) for n in asked["destinations"][0].split(";")],
            annotations=["duration", "distance"],
        )
    )
    # Each access to a table converts it anew, so it is copied once, row by row.
    return {
        "code": "Ok",
        "durations": [list(row) for row in found["durations"]],
        "distances": [list(row) for row in found["distances"]],
        "sources": [{"distance": place["distance"]} for place in found["sources"]],
        "destinations": [{"distance": place["distance"]} for place in found["destinations"]],
    }


def _serve_valhalla(path: Path, out: TextIO) -> None:
    valhalla: Any = importlib.import_module("valhalla")
    actor = valhalla.Actor(_config(valhalla, path))
    _say(out, '{"ready": true}')
    for line in sys.stdin:
        try:
            asked = json.loads(line)
            action = actor.locate if asked["path"] == "/locate" else actor.matrix
            answer = action(json.dumps(asked["body"]))
        except RuntimeError as error:  # ValhallaError: what a server answers with status 400
            answer = json.dumps({"error_code": _code(error), "error": str(error)})
        _say(out, answer)


def _code(error: RuntimeError) -> int:
    """Return the server's code of an error; the library raises its words alone."""
    code = getattr(error, "code", None)
    if isinstance(code, int):
        return code
    words = str(error).lower()
    if "unconnected" in words:
        return 170
    if "no suitable edges" in words:
        return 171
    if "max distance" in words:
        return 154
    return 150 if "max locations" in words else 199


def _config(valhalla: Any, path: Path) -> dict[str, Any]:
    """Return settings that read tiles from a folder or a tar, with no limit of a public server."""
    is_tar = path.suffix == ".tar"
    config: dict[str, Any] = valhalla.get_config(
        tile_extract=str(path) if is_tar else "", tile_dir="" if is_tar else str(path)
    )
    # One search a row: the other way takes nine times as long for 350 places, for a mean difference
    # of 1 % (measured on Hà Nội), and grows with the square.
    config["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    for limits in config["service_limits"].values():
        if isinstance(limits, dict) and "max_matrix_location_pairs" in limits:
            limits["max_matrix_location_pairs"] = PAIRS_MAX
            limits["max_matrix_distance"] = METRES_MAX
    return config


def _build(name: str, file: Path, folder: Path, kind: str) -> int:
    """Make the engine's own form of a map; a half-made one is never taken for whole."""
    os.nice(NICENESS)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(folder.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return BUSY
        if (folder / "ready").exists():
            return 0
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        if name == "osrm":
            _build_osrm(file, folder, kind)
        else:
            _build_valhalla(file, folder)
        (folder / "ready").touch()
    return 0


def _build_osrm(file: Path, folder: Path, kind: str) -> None:
    osrm: Any = importlib.import_module("osrm")
    profiles = Path(osrm.__file__).parent / "share" / "profiles"
    profile = profiles / f"{kind}.lua"
    if kind == "motorbike":
        profile = folder / "motorbike.lua"
        profile.write_text(MOTORBIKE, encoding="utf-8")
    (folder / "roads.osm.pbf").symlink_to(file)
    env = {
        **os.environ,
        "TANNOI_OSRM_CAR": str(profiles / "car.lua"),
        "LUA_PATH": f"{profiles}/?.lua;;",
    }
    for step in (["extract", "-p", str(profile), "roads.osm.pbf"], ["contract", "roads.osrm"]):
        _run([sys.executable, "-m", "osrm", *step], folder, env)


def _build_valhalla(file: Path, folder: Path) -> None:
    valhalla: Any = importlib.import_module("valhalla")
    tiles = folder / "tiles"
    tiles.mkdir()
    settings = folder / "valhalla.json"
    settings.write_text(json.dumps(_config(valhalla, tiles)), encoding="utf-8")
    program = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    _run([str(program), "-c", str(settings), str(file)], folder, dict(os.environ))


def _run(command: list[str], folder: Path, env: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 (a program of the package, on a file of the operator's)
        command, cwd=folder, env=env, check=False, capture_output=True, text=True
    )
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {' '.join(words)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
