"""Tests of the house rules that no other tool checks (`docs/style.md`)."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import turns

ROOT = Path(__file__).resolve().parents[1]
BACKEND = ROOT / "backend"
NOT_OURS = {
    ".git", ".hypothesis", ".venv", "node_modules", "dist", "var", "build", "built", "__pycache__",
}  # fmt: skip
GENERATED = ("pwa/src/lib/api/schema.d.ts", "pwa/openapi.json", "migrations/schema.sql")
CODE = {".py", ".c", ".h", ".ts", ".svelte", ".css", ".html", ".sql"}
NUM_COLUMNS_MAX = 100
NUM_LINES_OF_FILE_MAX = 400
NUM_LINES_OF_FUNCTION_MAX = 70
NUM_FILES_OF_ROOM_MAX = 10
NUM_DEPENDENCIES_MAX = 40  # A19
EMPTY_NAMES = {"utils", "helpers", "common", "manager", "base", "data", "info", "process"}
NO_ROOMS = {"kit", "ops"}  # tools, and running the house
TABLE = r"([a-z_]+)\.([a-z_]+)"
WRITES = re.compile(
    rf"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE(?:\s+TABLE)?)\s+{TABLE}"
)
READS = re.compile(rf"\b(?:FROM|JOIN)\s+{TABLE}")
STATEMENT_OF_SQL = re.compile(r"\s*(SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|WITH)\s")
SET_FOR_SESSION = re.compile(r"\s*SET\s+(?!LOCAL\b|TRANSACTION\b|CONSTRAINTS\b)", re.IGNORECASE)


def list_files(*suffixes: str, under: Path = ROOT) -> list[Path]:
    return sorted(
        path
        for path in under.rglob("*")
        if path.suffix in suffixes
        and not any(is_not_ours(part) for part in path.relative_to(ROOT).parts)
        and path.relative_to(ROOT).as_posix() not in GENERATED
        and path.is_file()
    )


def is_not_ours(part: str) -> bool:
    return part in NOT_OURS or (part.startswith(".") and part.endswith("_cache"))


def list_rooms() -> list[Path]:
    return sorted(
        path.parent for path in BACKEND.glob("*/__init__.py") if path.parent.name not in NO_ROOMS
    )


def check_none(found: list[str]) -> None:
    """Fail with the whole list: each entry is a place to mend."""
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read_tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_lines_are_short() -> None:
    """Tests that no line of code is wider than a reader's window."""
    wide = [
        f"{name_of(path)}:{number}"
        for path in list_files(*CODE)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > NUM_COLUMNS_MAX
    ]

    check_none(wide)


def test_files_are_short() -> None:
    """Tests that a file is read in one sitting; SQL of tables and cases may be longer."""
    long = [
        f"{name_of(path)} {num_lines}"
        for path in list_files(".py", ".c", ".h", ".ts", ".svelte", ".css")
        if (num_lines := len(path.read_text(encoding="utf-8").splitlines())) > NUM_LINES_OF_FILE_MAX
    ]

    check_none(long)


def test_functions_are_short() -> None:
    """Tests that a Python function fits on a screen."""
    long = [
        f"{name_of(path)}:{node.name} {num_lines}"
        for path in list_files(".py")
        for node in ast.walk(read_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (num_lines := (node.end_lineno or 0) - node.lineno + 1) > NUM_LINES_OF_FUNCTION_MAX
    ]

    check_none(long)


def test_rooms_are_small() -> None:
    """Tests that a room has few files, so that one finds the right one at a glance."""
    crowded = {
        room.name: num_files
        for room in list_rooms()
        if (num_files := sum(path.is_file() for path in room.iterdir() if path.suffix))
        > NUM_FILES_OF_ROOM_MAX
    }

    check_none([f"{name} {num_files}" for name, num_files in crowded.items()])


def test_rooms_say_what_they_are() -> None:
    """Tests that each room's door opens with one sentence about the room."""
    silent = [
        room.name for room in list_rooms() if not ast.get_docstring(read_tree(room / "__init__.py"))
    ]

    check_none(silent)


def test_names_say_something() -> None:
    """Tests that no file or folder has a name that would fit anything."""
    empty = [
        name_of(path)
        for path in list_files(".py", ".ts", ".svelte")
        if EMPTY_NAMES & {part.partition(".")[0] for part in path.relative_to(ROOT).parts}
    ]

    check_none(empty)


def test_rooms_are_entered_by_the_door() -> None:
    """Tests that a room imports from another what its door offers, never its inner files."""
    rooms = {room.name for room in list_rooms()}
    inside = [
        f"{name_of(path)}: {module}"
        for path in list_files(".py", under=BACKEND)
        for module in list_imports(path)
        if is_inside_another(path, module, rooms)
    ]

    check_none(inside)


def list_imports(path: Path) -> Iterator[str]:
    for node in ast.walk(read_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from backend.rounds import store` reaches inside as `backend.rounds.store` does.
            for alias in node.names:
                inner = BACKEND.parent / node.module.replace(".", "/") / f"{alias.name}.py"
                yield f"{node.module}.{alias.name}" if inner.exists() else node.module


def is_inside_another(path: Path, module: str, rooms: set[str]) -> bool:
    parts = module.split(".")
    if len(parts) < 3 or parts[0] != "backend" or parts[1] not in rooms:
        return False
    if path.parent == BACKEND and path.name in ("app.py", "worker.py"):
        return parts[2] not in ("http", "jobs") and not parts[2].endswith("_http")
    return parts[1] != path.relative_to(BACKEND).parts[0]


def read_floors() -> list[set[str]]:
    """Return the rooms of each floor, the highest first, as pyproject.toml has them."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c["containers"] == ["backend"])
    return [{name.strip(" ()") for name in layer.split("|")} for layer in layers]


def test_rooms_write_their_own_tables_only() -> None:
    """Tests that a room's SQL writes its own schema and reads only schemas of rooms below."""
    floors = read_floors()
    schemas = {room.name for room in list_rooms()} | {"kit"}
    wrong: list[str] = []
    for path in list_files(".sql", under=BACKEND):
        room = path.relative_to(BACKEND).parts[0]
        floor = next(n for n, rooms in enumerate(floors) if room in rooms)
        readable = {room, *set[str]().union(*floors[floor + 1 :])}
        text = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
        wrong += [f"{name_of(path)} writes {s}.{t}" for s, t in WRITES.findall(text) if s != room]
        wrong += [
            f"{name_of(path)} reads {s}.{t}"
            for s, t in READS.findall(text)
            if s in schemas and s not in readable
        ]

    check_none(wrong)


def list_strings(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Yield line, text and whether it is pieced together, of each string of a Python file."""
    for node in ast.walk(read_tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value, False
        elif isinstance(node, ast.JoinedStr):
            parts = (p.value if isinstance(p, ast.Constant) else "?" for p in node.values)
            yield node.lineno, "".join(str(part) for part in parts), True


def test_sql_is_not_pieced_together() -> None:
    """Tests that no room builds SQL from strings: queries have names, values are parameters."""
    pieced = [
        f"{name_of(path)}:{line}"
        for path in list_files(".py", under=BACKEND)
        if "ops" not in path.parts  # roles and databases have no parameters
        for line, text, is_pieced in list_strings(path)
        if is_pieced and STATEMENT_OF_SQL.match(text)
    ]

    check_none(pieced)


def test_settings_of_a_transaction_stay_in_it() -> None:
    """Tests that nothing is SET for a session: a pooled connection would carry it on (A5)."""
    in_python = [
        f"{name_of(path)}:{line}"
        for path in list_files(".py", under=BACKEND)
        if path != BACKEND / "ops" / "migrate.py"  # has a connection of its own
        for line, text, _ in list_strings(path)
        if re.match(r"\s*SET\s+[a-z_.]+\s*(=|TO)|\s*SET\s+(SESSION|ROLE)", text)
        and SET_FOR_SESSION.match(text)
    ]
    in_sql = [
        name_of(path)
        for path in list_files(".sql", under=BACKEND)
        for query in re.split(r"^-- name:.*$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        if SET_FOR_SESSION.match(re.sub(r"--.*", "", query))
        or re.search(r"set_config\([^)]*,\s*false\s*\)", query, re.IGNORECASE)
    ]

    check_none(in_python + in_sql)


def test_instants_have_a_zone() -> None:
    """Tests that no column is a timestamp without time zone (R11)."""
    naive = [
        f"{name_of(path)}:{number}"
        for path in list_files(".sql")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\btimestamp\b(?!\s+with\s+time\s+zone)", line.partition("--")[0])
    ]

    check_none(naive)


def test_tests_say_their_purpose() -> None:
    """Tests that every test opens with the sentence of what it tests."""
    silent = [
        f"{name_of(path)}:{node.name}"
        for path in list_files(".py", under=ROOT / "tests")
        for node in ast.walk(read_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not (ast.get_docstring(node) or "").startswith("Tests that ")
    ]

    check_none(silent)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_python_locks_name_no_host(name: str) -> None:
    """Tests that a lock says what is installed, with hashes, and not from where (A19)."""
    text = (ROOT / name).read_text(encoding="utf-8")

    assert "://" not in text
    assert "index-url" not in text
    packages = re.findall(r"^[a-z0-9][\w.-]*(?:\[[^]]*\])?==", text, re.MULTILINE | re.IGNORECASE)
    assert len(packages) > 20
    assert text.count("--hash=sha256:") >= len(packages)


def test_npm_lock_names_no_host() -> None:
    """Tests that the npm lock has a digest for each package and no registry's address (A19)."""
    lock = json.loads((ROOT / "pwa" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


def test_direct_dependencies_are_few() -> None:
    """Tests that no more packages are chosen than can be looked after (A19)."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        dependencies = tomllib.load(file)["project"]["dependencies"]
    package = json.loads((ROOT / "pwa" / "package.json").read_text(encoding="utf-8"))

    assert len(dependencies) + len(package["dependencies"]) <= NUM_DEPENDENCIES_MAX


def test_no_path_of_a_machine() -> None:
    """Tests that nothing names a folder of the machine it was written on."""
    suffixes = (*CODE, ".md", ".toml", ".json", ".csv", ".lock", "")
    found = [
        f"{name_of(path)}:{number}"
        for path in list_files(*suffixes)
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), 1
        )
        if re.search(r"(?<![\w.}])/(?:work|root|home|Users)/[\w.]", line)
    ]

    check_none(found)


def test_stages_find_their_tests() -> None:
    """Tests that what kills processes or drives a browser stands where `./test` looks for it."""
    places = {"chaos": ("simulation", "benchmarks"), "browser": ("journeys",)}
    lost = [
        f"{name_of(path)}: {mark}"
        for path in list_files(".py", under=ROOT / "tests")
        for mark, folders in places.items()
        if re.search(rf"^[^\"]*mark\.{mark}\b", path.read_text(encoding="utf-8"), re.MULTILINE)
        and path.relative_to(ROOT / "tests").parts[0] not in folders
    ]

    check_none(lost)


def test_long_files_are_there() -> None:
    """Tests that the files that are begun first are there by their names."""
    gone = [name for name in turns.LONGEST if not (ROOT / "tests" / name).is_file()]

    check_none(gone)


def test_open_ends_have_a_number() -> None:
    """Tests that what is left to do names the issue where it is done."""
    mark = "TO" + "DO"
    open_ends = [
        f"{name_of(path)}:{number}"
        for path in list_files(*CODE)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(rf"\b(?:{mark}|FIXME|XXX)\b(?!\(#\d+\))", line) and path != Path(__file__)
    ]

    check_none(open_ends)


def test_decisions_are_numbered() -> None:
    """Tests that decisions are one page each, counted without a gap."""
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))

    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
