"""The `tannoi` command: starts the parts of the house and does what an operator does by hand."""

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from backend import partners
from backend.app import make_app
from backend.dispatch import PlanRow
from backend.identity import Role
from backend.kit import catalog, clock
from backend.kit.csv_table import Fault
from backend.kit.errors import Refusal
from backend.ops import books, commands, demo, doctor, schema
from backend.ops.errors import CannotRun
from backend.ops.migrate import check_schema, connect, migrate
from backend.ops.place import DATA, LOCAL_URL, Place, open_place
from backend.ops.serve import serve, work, worker_of
from backend.ops.start import Options, start
from backend.settings import WrongSettings, read_settings

NUM_FAULTS_SHOWN = 50

console = Console(highlight=False)
app = typer.Typer(
    name="tannoi",
    help="Tận Nơi: dossiers, results and payments carried to the citizen's door.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
user_app = typer.Typer(help="People of the house.", no_args_is_help=True)
import_app = typer.Typer(help="Take in files (CSV, UTF-8).", no_args_is_help=True)
verify_app = typer.Typer(help="Compare what is with what should be.", no_args_is_help=True)
app.add_typer(user_app, name="user")
app.add_typer(import_app, name="import")
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
        _fail(catalog.sentence(error.code, _locale(), error.params))


def _locale() -> catalog.Locale:
    return "vi" if os.environ.get("LANG", "").startswith("vi") else "en"


def _fail(sentence: str) -> None:
    Console(stderr=True, highlight=False).print(f"[red]✗[/] {escape(sentence)}", soft_wrap=True)
    sys.exit(1)


@app.command("start")
def start_command(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to serve on.")] = 8000,
    data: Data = DATA,
    database_url: DatabaseUrl = None,
    with_demo: Annotated[
        bool, typer.Option("--demo/--no-demo", help="With or without the demo town.")
    ] = True,
    host: Annotated[str, typer.Option(help="Address to serve on.")] = "127.0.0.1",
    web_processes: Annotated[int, typer.Option(min=1, max=64, help="Web processes.")] = 1,
    tls: Annotated[
        bool, typer.Option("--tls", help="HTTPS with a certificate of this machine's own.")
    ] = False,
) -> None:
    """Start everything: database, schema, demo town, worker, service (what `./run` does)."""
    start(
        Options(
            data_dir=data,
            host=host,
            port=port,
            database_url=database_url,
            with_demo=with_demo,
            num_web_processes=web_processes,
            with_tls=tls,
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


@app.command("bump-epoch")
def bump_epoch_command(data: Data = DATA, database_url: DatabaseUrl = None) -> None:
    """Tell every phone that this database was put back: run it after each restore."""
    with open_place(data, database_url) as place:
        _require_schema(place)
        epoch = asyncio.run(commands.bump_epoch(place))
    console.print(f"[green]✓[/] epoch {epoch}; phones read their day anew and send what is missing")


@app.command("demo")
def demo_command(data: Data = DATA, database_url: DatabaseUrl = None) -> None:
    """Make the demo town, half a day lived; does nothing where it is already."""
    with open_place(data, database_url) as place:
        _require_schema(place)
        settings = read_settings(place.environment(is_demo=True, public_url=LOCAL_URL))
        with console.status("making the town"):
            found = asyncio.run(demo.prepare(settings, with_demo=True, now=clock.now()))
    console.print(f"[green]✓[/] {found}")


@app.command("doctor")
def doctor_command(data: Data = DATA, database_url: DatabaseUrl = None) -> None:
    """Check every invariant of every room on the live database; exit code 1 if one is broken."""
    with open_place(data, database_url) as place:
        _require_schema(place)
        url = place.settings().database_url
        findings = asyncio.run(doctor.examine(url))
        audit = doctor.say_audit(asyncio.run(doctor.find_audit(url)))
    holds = doctor.show(findings, console)
    console.print(audit, markup=False, highlight=False)
    if not holds:
        raise typer.Exit(1)


@app.command("verify-ledger")
def verify_ledger_command(
    dump: Annotated[Path | None, typer.Option(help="A plain pg_dump instead.")] = None,
    roots: Annotated[Path | None, typer.Option(help="Copies of the roots.")] = None,
    data: Data = DATA,
    database_url: DatabaseUrl = None,
) -> None:
    """Check the book of money from outside: sums, rules, and every seal; exit code 1 if broken."""
    with open_place(data, database_url) as place:
        code = books.verify(place, dump, roots)
    if code:
        raise typer.Exit(code)


@app.command("ledger-key")
def ledger_key_command(data: Data = DATA, database_url: DatabaseUrl = None) -> None:
    """Show the public key that verifies the seals of the book of money."""
    with open_place(data, database_url) as place:
        books.show_key(place, console)


@app.command("simulate-month")
def simulate_month_command(
    seed: Annotated[int | None, typer.Option(help="Where chance begins.")] = None,
    offices: Annotated[int, typer.Option(min=1, max=99, help="How many offices.")] = 99,
    share: Annotated[float, typer.Option(min=0.001, max=1, help="Of the payouts.")] = 1.0,
    days: Annotated[int | None, typer.Option(min=1, help="Only so many days.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write what was found here.")] = None,
) -> None:
    """Live a month of the province's money in a database of its own, and judge it."""
    closed = books.simulate_month(
        make_app, console, seed=seed, num_offices=offices, share=share, num_days=days,
        report=report,
    )  # fmt: skip
    if not closed:
        raise typer.Exit(1)


@user_app.command("add")
def add_user_command(
    username: Annotated[str, typer.Argument(help="What they sign in with.")],
    name: Annotated[str, typer.Option(help="Full name, as on the badge.")],
    role: Annotated[Role, typer.Option(help="What they do.")],
    office: Annotated[str, typer.Option(help="Code of their office.")],
    badge: Annotated[str | None, typer.Option(help="Number on the badge.")] = None,
    partner: Annotated[str | None, typer.Option(help="Agency's code, for its officers.")] = None,
    all_offices: Annotated[bool, typer.Option("--all-offices", help="Sees every office.")] = False,
    password_file: Annotated[
        Path | None, typer.Option(help="Read the password here instead of asking.")
    ] = None,
    data: Data = DATA,
    database_url: DatabaseUrl = None,
) -> None:
    """Add a member of staff. Couriers get no password: they sign in with a code at the office."""
    password = None
    if role != "courier":
        password = (
            typer.prompt("Password", hide_input=True, confirmation_prompt=True)
            if password_file is None
            else _read(password_file).decode().strip()
        )
    person = commands.Person(office, username, name, role, badge, partner, all_offices, password)
    with open_place(data, database_url) as place:
        _require_schema(place)
        staff = asyncio.run(commands.add_user(place, person))
    console.print(f"[green]✓[/] {escape(staff.username)} ({staff.role}) {staff.id}")


@import_app.command("errands")
def import_errands_command(
    file: Annotated[Path, typer.Argument(help="CSV, UTF-8.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Judge the rows, book nothing.")
    ] = False,
    faults_file: Annotated[
        Path | None, typer.Option("--faults", help="Write the faults here, as CSV.")
    ] = None,
    data: Data = DATA,
    database_url: DatabaseUrl = None,
) -> None:
    """Book a file of errands; each fault is named by row and column, the good rows are booked."""
    raw = _read(file)
    with open_place(data, database_url) as place:
        _require_schema(place)
        found = asyncio.run(commands.import_errands(place, raw, commit=not dry_run))
    _show_faults(found.faults)
    if faults_file is not None:
        faults_file.write_bytes(partners.faults_csv(found.faults))
    done = "would be booked" if dry_run else "booked"
    console.print(
        f"{found.num_rows} rows: {found.num_accepted} {done}, {found.num_known} known already, "
        f"{found.num_rows - found.num_accepted - found.num_known} faulty"
    )
    if found.faults:
        raise typer.Exit(1)


@import_app.command("offices")
def import_offices_command(
    file: Annotated[Path, typer.Argument(help="CSV, UTF-8.")],
    data: Data = DATA,
    database_url: DatabaseUrl = None,
) -> None:
    """Add offices, or bring those of the same code up to date."""
    raw = _read(file)
    with open_place(data, database_url) as place:
        _require_schema(place)
        num_rows, num_accepted, faults = asyncio.run(commands.import_offices(place, raw))
    _show_faults(faults)
    console.print(
        f"{num_rows} rows: {num_accepted} offices saved, {num_rows - num_accepted} faulty"
    )
    if faults:
        raise typer.Exit(1)


@import_app.command("unsent")
def import_unsent_command(
    file: Annotated[Path, typer.Argument(help="What the courier's app exported.")],
    data: Data = DATA,
    database_url: DatabaseUrl = None,
) -> None:
    """Keep the unsent facts of a phone's file for a person to look at; nothing is counted."""
    raw = _read(file)
    with open_place(data, database_url) as place:
        _require_schema(place)
        found = asyncio.run(commands.import_unsent(place, raw))
    table = Table("number", "recorded", "fact", "pictures", "", box=box.SIMPLE_HEAD)
    for one in found:
        at = one.recorded_at.astimezone(clock.LOCAL).strftime("%Y-%m-%d %H:%M")
        table.add_row(str(one.seq), at, escape(one.kind), str(one.num_photos), one.state)
    console.print(table)
    num_known = sum(one.state == "known" for one in found)
    console.print(f"{len(found)} facts: {num_known} known already, {len(found) - num_known} kept")


@app.command("plan")
def plan_command(
    office: Annotated[str, typer.Argument(help="Code of the office.")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day; today by default.")
    ] = None,
    budget: Annotated[int, typer.Option(min=1, max=600, help="Seconds to search.")] = 15,
    publish: Annotated[bool, typer.Option("--publish", help="Make rounds of the draft.")] = False,
    data: Data = DATA,
    database_url: DatabaseUrl = None,
) -> None:
    """Plan an office's day: ask, show the search, print the draft, publish it if wanted."""
    with open_place(data, database_url) as place, console.status("queued") as status:
        _require_schema(place)
        with worker_of(place):
            found, rounds = asyncio.run(
                commands.plan(
                    place,
                    office,
                    None if on is None else on.date(),
                    budget_s=budget,
                    publish=publish,
                    show=lambda row: status.update(_describe_search(row)),
                )
            )
    if found.draft is None:
        console.print(f"The plan is {found.state}.")
        raise typer.Exit(1)
    totals = found.draft.totals
    console.print(
        f"[green]✓[/] {totals.num_errands} errands, {totals.num_stops} stops on "
        f"{totals.num_routes} routes, {totals.distance_m / 1000:.1f} km, "
        f"{totals.num_unassigned} unassigned"
    )
    if publish:
        console.print(f"[green]✓[/] {len(rounds)} rounds published")


def _describe_search(row: PlanRow) -> str:
    progress = row.progress
    return (
        f"{row.state}: {progress.num_planned} of {progress.num_stops} stops, "
        f"{progress.elapsed_s:.0f} of {row.budget_s} s"
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror}.") from error


def _show_faults(faults: list[Fault]) -> None:
    if not faults:
        return
    table = Table("row", "column", "value", "fault", box=box.SIMPLE_HEAD)
    for fault in faults[:NUM_FAULTS_SHOWN]:
        cells = (str(fault.row), fault.column, fault.value, fault.message(_locale()))
        table.add_row(*(escape(cell) for cell in cells))
    console.print(table)
    if len(faults) > NUM_FAULTS_SHOWN:
        console.print(f"… and {len(faults) - NUM_FAULTS_SHOWN} more; see all with --faults FILE")


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
