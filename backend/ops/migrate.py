"""Bring a database to the schema of this release; knows the files, not their meaning.

Files run once each, in order, as the owner of the tables, in a transaction with their record. One
runner at a time; a changed file or a newer schema is refused; the end is checked.
"""

import asyncio
import base64
import hashlib
import hmac
import importlib.metadata
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from backend.ops.errors import CannotRun

MIGRATIONS: Final = Path(__file__).resolve().parents[2] / "migrations"
OWNER: Final = "tannoi_owner"
APP: Final = "tannoi_app"
LEDGER: Final = "tannoi_ledger"
LOCK_KEY: Final = 727_001
LOCK_WAIT_S: Final = 60
NUM_TRIES: Final = 5
SERVER_VERSION_MIN: Final = 18  # uuidv7()

FILE_NAME: Final = re.compile(r"^(\d{4})_(pre|post)_[a-z]+_[a-z0-9_]+\.sql$")

NOT_TRANSACTIONAL: Final = re.compile(r"^-- transactional: false$", re.MULTILINE)
LOCK_TIMEOUT: Final = "2s"

MAKE_VERSIONS: Final = f"""
CREATE TABLE IF NOT EXISTS public.schema_version (
    version text PRIMARY KEY,
    file_name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE public.schema_version OWNER TO {OWNER};
GRANT SELECT ON public.schema_version TO {APP};
"""
HAS_VERSIONS: Final = "SELECT to_regclass('public.schema_version')"
FIND_VERSIONS: Final = "SELECT version, checksum FROM public.schema_version ORDER BY version"
RECORD_VERSION: Final = (
    "INSERT INTO public.schema_version (version, file_name, checksum) VALUES ($1, $2, $3)"
)
GRANT_QUEUE: Final = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON
    pgqueuer, pgqueuer_log, pgqueuer_statistics, pgqueuer_schedules TO {APP};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP};
"""


@dataclass(frozen=True)
class Migration:
    """One file, as it stood when the run began."""

    name: str
    text: str

    @property
    def version(self) -> str:
        """Its number, such as `0007`."""
        return self.name[:4]

    @property
    def checksum(self) -> str:
        """What tells whether a released file was changed."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Report:
    """What a run of `migrate` found and did."""

    version: str
    """The schema's version, such as `0007`."""
    applied: tuple[str, ...]
    """The files applied by this run, in order."""


async def migrate(
    admin_url: str, *, folder: Path = MIGRATIONS, app_password: str | None = None
) -> Report:
    """Apply what is missing and return what was done; doing it twice changes nothing.

    Parameters
    ----------
    admin_url
        A role that may create roles and objects in this database.
    app_password
        What `tannoi_app` signs in with; None where the server asks for none (our own socket).

    Raises
    ------
    CannotRun
        When the server is too old, the schema is newer than this release, an applied file was
        changed, a migration fails, or the role may not do what it must.
    """
    files = read_migrations(folder)
    conn = await connect(admin_url)
    try:
        await _take_lock(conn)
        await _check_server(conn)
        await _prepare_roles(conn, app_password)
        if await conn.fetchval(HAS_VERSIONS) is None:
            await conn.execute(MAKE_VERSIONS)
        recorded = await _read_recorded(conn)
        _check_recorded(recorded, files)
        pending = [files[version] for version in sorted(files.keys() - recorded.keys())]
        for migration in pending:
            await _apply(conn, migration)
        await _install_queue(conn)
        after = await _read_recorded(conn)
        if after.keys() != files.keys():
            missing = ", ".join(sorted(files.keys() ^ after.keys()))
            raise CannotRun(f"The schema is not what it should be after migrating: {missing}.")
        return Report(max(after), tuple(migration.name for migration in pending))
    finally:
        await conn.close()


async def check_schema(conn: asyncpg.Connection, *, folder: Path = MIGRATIONS) -> str:
    """Return the schema's version when it is the one this release needs.

    Raises
    ------
    CannotRun
        When migrations are missing, or the schema is newer than this release.
    """
    files = read_migrations(folder)
    recorded = await _read_recorded(conn)
    _check_recorded(recorded, files)
    if recorded.keys() != files.keys():
        found = max(recorded, default="empty")
        raise CannotRun(
            f"The database has an older schema ({found}); this release needs {max(files)}. "
            "Run `tannoi migrate` first."
        )
    return max(files)


async def connect(url: str) -> asyncpg.Connection:
    """Return a connection, or say in a sentence why there is none."""
    try:
        return await asyncpg.connect(url, timeout=10)
    except asyncpg.InvalidCatalogNameError as error:
        raise CannotRun(
            f"There is no database of that name at {hide_password(url)}. Create it first: "
            "createdb NAME."
        ) from error
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError) as error:
        raise CannotRun(
            f"The database at {hide_password(url)} refused the user or the password."
        ) from error
    except (OSError, TimeoutError) as error:
        raise CannotRun(
            f"No database answers at {hide_password(url)}. Check host, port and network."
        ) from error
    except (ValueError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
        raise CannotRun(
            f"The database address {hide_password(url)} cannot be used: {error}. It looks like "
            "postgresql://user:password@host:5432/database."
        ) from error


def hide_password(url: str) -> str:
    """Return the address as it may be shown."""
    return re.sub(r"(://[^:@/]*):[^@/]*@", r"\1@", url)


def app_url(admin_url: str, password: str | None) -> str:
    """Return the address of the same database for the role without rights of its own."""
    parts = urlsplit(admin_url)
    host = parts.netloc.rpartition("@")[2]
    sign_in = APP if password is None else f"{APP}:{quote(password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{sign_in}@{host}"))


def read_migrations(folder: Path = MIGRATIONS) -> dict[str, Migration]:
    """Return the files by version; refuse names that would run in a surprising order."""
    migrations: dict[str, Migration] = {}
    for path in sorted(folder.glob("[0-9]*.sql")):
        match = FILE_NAME.match(path.name)
        if match is None or match[1] in migrations:
            raise CannotRun(f"The migration {path.name} has no proper name or a number used twice.")
        migrations[match[1]] = Migration(path.name, path.read_text(encoding="utf-8"))
    if not migrations:
        raise CannotRun(f"There are no migrations in {folder}.")
    return migrations


async def _take_lock(conn: asyncpg.Connection) -> None:
    """Wait until no other start is migrating; the lock ends with the connection."""
    for _ in range(LOCK_WAIT_S * 10):
        if await conn.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_KEY):
            return
        await asyncio.sleep(0.1)
    raise CannotRun(
        f"Another process has been migrating this database for more than {LOCK_WAIT_S} s. "
        "Wait for it to end, then try again."
    )


async def _check_server(conn: asyncpg.Connection) -> None:
    major = conn.get_server_version().major
    if major < SERVER_VERSION_MIN:
        raise CannotRun(
            f"This database server is PostgreSQL {major}; {SERVER_VERSION_MIN} or newer is needed."
        )


async def _prepare_roles(conn: asyncpg.Connection, app_password: str | None) -> None:
    """Make the owners that nobody signs in as, and the app that owns nothing."""
    try:
        for role, sign_in in ((OWNER, "NOLOGIN"), (LEDGER, "NOLOGIN"), (APP, "LOGIN")):
            if not await conn.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
                await conn.execute(f"CREATE ROLE {role} {sign_in} NOBYPASSRLS NOSUPERUSER")
        if app_password is not None:
            verifier = make_verifier(app_password)
            await conn.execute(f"ALTER ROLE {APP} PASSWORD '{verifier}'")
        database = await conn.fetchval("SELECT quote_ident(current_database())")
        await conn.execute(
            f"GRANT CREATE ON DATABASE {database} TO {OWNER};"
            f"GRANT CREATE, USAGE ON SCHEMA public TO {OWNER};"
            f"GRANT {LEDGER} TO {OWNER};"
            f"GRANT {OWNER} TO CURRENT_USER"
        )
    except asyncpg.InsufficientPrivilegeError as error:
        raise CannotRun(
            f"This database user may not prepare the roles {OWNER} and {APP} ({error}). Sign in as "
            "a user with CREATEROLE who owns the database."
        ) from error


async def _read_recorded(conn: asyncpg.Connection) -> dict[str, str]:
    """Return the checksum by version of what was applied; empty for a new database."""
    if await conn.fetchval(HAS_VERSIONS) is None:
        return {}
    return {row[0]: row[1] for row in await conn.fetch(FIND_VERSIONS)}


def _check_recorded(recorded: dict[str, str], files: dict[str, Migration]) -> None:
    unknown = sorted(recorded.keys() - files.keys())
    if unknown:
        raise CannotRun(
            f"The database has a newer schema ({unknown[-1]}) than this release knows "
            f"({max(files)}). Install the newer release; an older one would damage the data."
        )
    for version, checksum in recorded.items():
        if checksum != files[version].checksum:
            raise CannotRun(
                f"The migration {files[version].name} was changed after it had been applied. Put "
                "the file back as released; changes go into a new migration."
            )


async def _apply(conn: asyncpg.Connection, migration: Migration) -> None:
    """Apply one file; a lock held by the running service is asked for again, not waited for."""
    for num_try in range(1, NUM_TRIES + 1):
        try:
            await _apply_once(conn, migration)
            return
        except asyncpg.LockNotAvailableError as error:
            if num_try == NUM_TRIES:
                raise CannotRun(
                    f"The migration {migration.name} could not get its locks in {NUM_TRIES} tries "
                    "and was rolled back. Try again when the service is less busy."
                ) from error
            await asyncio.sleep(0.5 * num_try)
        except asyncpg.PostgresError as error:
            raise CannotRun(
                f"The migration {migration.name} failed and was rolled back: {error}"
            ) from error


async def _apply_once(conn: asyncpg.Connection, migration: Migration) -> None:
    """Apply a file and its record as the owner, both or neither.

    What cannot run in a transaction (`CREATE INDEX CONCURRENTLY`) says `-- transactional: false`
    and is one statement, so that it too is done or not done.
    """
    record = (RECORD_VERSION, migration.version, migration.name, migration.checksum)
    if NOT_TRANSACTIONAL.search(migration.text):
        await conn.execute(f"SET ROLE {OWNER}")
        await conn.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        try:
            await conn.execute(migration.text)
            await conn.execute(*record)
        finally:
            await conn.execute("RESET ROLE")
            await conn.execute("RESET lock_timeout")
        return
    async with conn.transaction():
        await conn.execute(f"SET LOCAL ROLE {OWNER}")
        await conn.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        await conn.execute(migration.text)
        await conn.execute(*record)


async def _install_queue(conn: asyncpg.Connection) -> None:
    """Install or upgrade the tables of PgQueuer, once for each of its releases."""
    release = "pgqueuer " + importlib.metadata.version("pgqueuer")
    noted = await conn.fetchval("SELECT obj_description(to_regclass('public.pgqueuer'))")
    if noted == release:
        return
    from pgqueuer.queries import Queries  # rarely needed, and slow to load

    await conn.execute(f"SET ROLE {OWNER}")
    queries = Queries.from_asyncpg_connection(conn)
    if await queries.schema_is_installed():
        await queries.upgrade()
    else:
        await queries.install()
    await conn.execute(GRANT_QUEUE)
    await conn.execute(f"COMMENT ON TABLE pgqueuer IS '{release}'; RESET ROLE")


def make_verifier(password: str) -> str:
    """Return the SCRAM-SHA-256 verifier of a password, so that no log sees the password.

    Source
    ------
    RFC 5803; the form that PostgreSQL keeps in `pg_authid`.
    """
    salt, num_rounds = secrets.token_bytes(16), 4096
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, num_rounds)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    stored, server, salt_text = (
        base64.b64encode(part).decode()
        for part in (hashlib.sha256(client_key).digest(), server_key, salt)
    )
    return f"SCRAM-SHA-256${num_rounds}:{salt_text}${stored}:{server}"
