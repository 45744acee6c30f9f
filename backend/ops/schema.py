"""The database's shape as text: written for readers, compared with what a server really has."""

import asyncio
import difflib
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from backend.ops import pg_install
from backend.ops.embedded_pg import EmbeddedPostgres
from backend.ops.errors import CannotRun
from backend.ops.migrate import MIGRATIONS, migrate

SCHEMA_FILE: Final = MIGRATIONS / "schema.sql"
HEADER: Final = (
    "-- The whole database as the migrations leave it, for readers. Written by `make schema`.\n"
)
OF_OTHERS: Final = re.compile(r"\b(pgqueuer|fn_pgqueuer|tg_pgqueuer|schema_version)")
NOISE: Final = re.compile(r"^(--|SET |SELECT pg_catalog\.set_config|\\(un)?restrict)")


def dump_schema(url: str) -> str:
    """Return the statements that make this database's schema, without what tools own."""
    return HEADER + "\n" + tidy(pg_dump(url, "--schema-only").decode())


def pg_dump(url: str, *options: str) -> bytes:
    """Return what `pg_dump` of our own server writes."""
    program = pg_install.bin_folder(pg_install.choose_account()) / "pg_dump"
    command = [str(program), *options, "--dbname", url]
    done = subprocess.run(command, check=False, capture_output=True)
    if done.returncode != 0:
        why = done.stderr.decode(errors="replace").strip()[-300:]
        raise CannotRun("The database could not be read: " + why)
    return done.stdout


def tidy(dump: str) -> str:
    """Return a dump without comments, settings, and the tables of queue and migrations."""
    blocks: list[str] = []
    for block in re.split(r"\n(?=-- Name: )", dump):
        lines = [line for line in block.splitlines() if not NOISE.match(line)]
        text = "\n".join(lines).strip()
        if text and not OF_OTHERS.search(block.split("\n", 1)[0]) and not OF_OTHERS.search(text):
            blocks.append(re.sub(r"\n{2,}", "\n\n", text))
    return "\n\n".join(blocks) + "\n"


def compare(url: str, file: Path = SCHEMA_FILE) -> list[str]:
    """Return how this database differs from the file, as lines of a diff; none when it is true."""
    return list(
        difflib.unified_diff(
            file.read_text(encoding="utf-8").splitlines(),
            dump_schema(url).splitlines(),
            fromfile=file.name,
            tofile=urlsplit(url).path.lstrip("/"),
            lineterm="",
            n=1,
        )
    )


def write_file(file: Path = SCHEMA_FILE) -> None:
    """Write the file anew from the migrations, on a server that lives for this alone."""
    with tempfile.TemporaryDirectory(prefix="tannoi-schema-") as folder:
        Path(folder).chmod(0o755)  # root's server passes through it as another account
        postgres = EmbeddedPostgres(Path(folder) / "pg", volatile=True)
        postgres.start()
        try:
            asyncio.run(migrate(postgres.url()))
            file.write_text(dump_schema(postgres.url()), encoding="utf-8")
        finally:
            postgres.stop()


if __name__ == "__main__":
    write_file()
