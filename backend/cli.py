"""The `tannoi` command: starts the parts of the house and does what an operator does by hand."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from backend.kit import catalog
from backend.kit.errors import Refusal
from backend.ops import doctor, schema
from backend.ops.errors import CannotRun
from backend.ops.migrate import check_schema, connect, migrate
from backend.ops.place import DATA, Place, open_place
from backend.ops.serve import serve, work
from backend.ops.start import Options, start
from backend.settings import WrongSettings

console = Console(highlight=False)
app = typer.Typer(
    name="tannoi",
    help="Tận Nơi: dossiers, results and payments carried to the citizen's door.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
verify_app = typer.Typer(help="Compare what is with what should be.", no_args_is_help=True)
app.add_typer(verify_app, name="verify")

Data = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="Folder of database, pictures and keys.")
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        envvar="TANNOI_DATABASE_ADMIN_URL",
        metavar="URL",
        help="Use this PostgreSQL (18 or newer) instead of the embedded one.",
        show_default=False,
    ),
]


def main() -> None:
    """Run the command line; what cannot be done is said in a sentence, with exit code 1."""
    try:
        app(prog_name="tannoi")
    except (CannotRun, WrongSettings) as error:
        _fail(str(error))
    except Refusal as error:
        locale: catalog.Locale = "vi" if os.environ.get("LANG", "").startswith("vi") else "en"
        _fail(catalog.sentence(error.code, locale, error.params))


def _fail(sentence: str) -> None:
    Console(stderr=True, highlight=False).print(f"[red]✗[/] {escape(sentence)}", soft_wrap=True)
    sys.exit(1)


@app.command("start")
def start_command(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to serve on.")] = 8000,
    data: Data = DATA,
    database_url: DatabaseUrl = None,
    demo: Annotated[
        bool, typer.Option("--demo/--no-demo", help="With or without the demo town.")
    ] = True,
    host: Annotated[str, typer.Option(help="Address to serve on.")] = "127.0.0.1",
    web_processes: Annotated[int, typer.Option(min=1, max=64, help="Web processes.")] = 1,
) -> None:
    """Start everything: database, schema, demo town, worker, service (what `./run` does)."""
    start(
        Options(
            data_dir=data,
            host=host,
            port=port,
            database_url=database_url,
            with_demo=demo,
            num_web_processes=web_processes,
        ),
        console,
    )


@app.command("serve")
def serve_command(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to serve on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to serve on.")] = "127.0.0.1",
    web_processes: Annotated[int, typer.Option(min=1, max=64, help="Web processes.")] = 1,
    data: Data = DATA,
    database_url: DatabaseUrl = None,
) -> None:
    """Serve the web alone; settings from `TANNOI_…` where they are set, else from --data."""
    sys.exit(serve(data, database_url, host=host, port=port, num_processes=web_processes))


@app.command("worker")
def worker_command(data: Data = DATA, database_url: DatabaseUrl = None) -> None:
    """Run background jobs alone: plans, messages, expiry."""
    sys.exit(work(data, database_url))


@app.command("migrate")
def migrate_command(data: Data = DATA, database_url: DatabaseUrl = None) -> None:
    """Bring the database to the schema of this release; safe to repeat."""
    with open_place(data, database_url) as place:
        report = asyncio.run(migrate(place.admin_url, app_password=place.app_password))
    for name in report.applied:
        console.print(f"[green]✓[/] {name}")
    console.print(f"schema {report.version}, {len(report.applied)} migrations applied")


@app.command("doctor")
def doctor_command(data: Data = DATA, database_url: DatabaseUrl = None) -> None:
    """Check every invariant of every room on the live database; exit code 1 if one is broken."""
    with open_place(data, database_url) as place:
        _require_schema(place)
        findings = asyncio.run(doctor.examine(place.settings().database_url))
    if not doctor.show(findings, console):
        raise typer.Exit(1)


@verify_app.command("schema")
def verify_schema_command(data: Data = DATA, database_url: DatabaseUrl = None) -> None:
    """Compare the database with migrations/schema.sql; exit code 1 and a diff if they differ."""
    with open_place(data, database_url) as place:
        _require_schema(place)
        difference = schema.compare(place.admin_url)
    for line in difference:
        console.print(escape(line))
    if difference:
        raise typer.Exit(1)
    console.print("[green]✓[/] the database has the schema of this release")


def _require_schema(place: Place) -> str:
    async def check() -> str:
        conn = await connect(place.admin_url)
        try:
            return await check_schema(conn)
        finally:
            await conn.close()

    return asyncio.run(check())


if __name__ == "__main__":
    main()
