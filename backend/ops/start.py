"""Start the whole house from nothing, keep it running, and stop it in order (`./run`)."""

import asyncio
import contextlib
import errno
import json
import os
import signal
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from backend.kit.clock import now
from backend.ops import demo
from backend.ops.addresses import show_addresses, show_phone
from backend.ops.children import Child
from backend.ops.embedded_pg import EmbeddedPostgres
from backend.ops.errors import CannotRun
from backend.ops.migrate import migrate
from backend.ops.place import Place, open_place
from backend.ops.serve import web_command, worker_command
from backend.ops.tls import Tls, list_addresses, prepare_tls
from backend.ops.trust import serve_trust_page
from backend.settings import LOOPBACK, ROOT, Settings, read_settings

ANY_ADDRESS: Final = ("0.0.0.0", "::")  # noqa: S104
WARNINGS: Final = {"disk"}
READY_WAIT_S: Final = 60
STOP_WAIT_S: Final = 12  # Granian ends open streams after 5 s
LOOK_EVERY_S: Final = 0.2


@dataclass(frozen=True)
class Options:
    """What the operator chose on the command line."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str | None = None
    with_demo: bool = True
    num_web_processes: int = 1
    with_tls: bool = False

    @property
    def is_local(self) -> bool:
        """Tell whether only this machine can reach the service."""
        return self.host in LOOPBACK

    @property
    def public_url(self) -> str:
        """Where a browser finds the service."""
        return self.url("https" if self.with_tls else "http", self.port)

    def url(self, scheme: str, port: int) -> str:
        """Return the address of a port of this machine as others reach it."""
        host = _own_address() if self.host in ANY_ADDRESS else self.host
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def start(options: Options, console: Console) -> None:
    """Run the house until Ctrl-C or SIGTERM.

    Raises
    ------
    CannotRun
        When something it needs is missing or in use, before anything is half-started.
    """
    began_s = time.monotonic()
    _check_port(options.host, options.port)
    steps = _Steps(console, began_s)
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    with open_place(options.data_dir, options.database_url) as place:
        steps.done("database", _describe_database(place))
        report = asyncio.run(migrate(place.admin_url, app_password=place.app_password))
        steps.done("schema", report.version)
        tls = _prepare_tls(options, place)
        if tls is not None:
            steps.done("https", tls.found)
        env = place.environment(
            is_demo=options.with_demo,
            public_url=options.public_url,
            cookie_secure=options.is_local or tls is not None,
            ca_file=None if tls is None else tls.ca_file,
        )
        settings = read_settings(env)
        found = asyncio.run(demo.prepare(settings, with_demo=options.with_demo, now=now()))
        steps.done("town" if options.with_demo else "reference", found)
        if asked.is_set():
            return
        web, worker = _make_children(options, place, env, tls)
        with contextlib.ExitStack() as pages:
            try:
                worker.start()
                web.start()
                warnings = _wait_until_ready(web, options, tls, asked)
                if "disk" in warnings:
                    console.print("[yellow]Less than a tenth of the disk is free.[/]")
                if not asked.is_set():
                    steps.done("service", f"ready after {time.monotonic() - began_s:.1f} s")
                    show_addresses(console, place, settings)
                    _invite_phones(console, options, place, settings, tls, pages)
                _watch([web, worker], place.postgres, asked, console)
            finally:
                console.print("[dim]stopping …[/]")
                _stop([web, worker], console)
    console.print("[dim]stopped[/]")


def _prepare_tls(options: Options, place: Place) -> Tls | None:
    if not options.with_tls:
        return None
    hosts = list_addresses() if options.host in ANY_ADDRESS else [options.host]
    return prepare_tls(place.data_dir / "tls", hosts, now=now())


def _invite_phones(
    console: Console,
    options: Options,
    place: Place,
    settings: Settings,
    tls: Tls | None,
    pages: contextlib.ExitStack,
) -> None:
    """Say how a phone on the network gets in; over plain HTTP, what it will lack."""
    if options.is_local:
        return
    if tls is None:
        console.print(
            "[yellow]Plain HTTP beyond this machine: cookies travel unprotected, and phones give "
            "such a page no camera and no offline work. Start with --tls, or put a proxy with TLS "
            "in front and leave --host alone.[/]"
        )
        return
    page = serve_trust_page(tls, host=options.host, after=options.port, address=options.public_url)
    port = pages.enter_context(page)
    show_phone(console, place, settings, page=options.url("http", port), tls=tls)


class _Steps:
    """Says each step as it is done, with the seconds since the start."""

    def __init__(self, console: Console, began_s: float) -> None:
        self._console = console
        self._began_s = began_s

    def done(self, what: str, found: str) -> None:
        elapsed_s = time.monotonic() - self._began_s
        self._console.print(f"[green]✓[/] {what:<10} {found} [dim]{elapsed_s:.1f} s[/]")


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise CannotRun(
                f"Port {port} may not be used by this user. Choose one above 1023: "
                "./run --port 8001."
            ) from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise CannotRun(
                    f"This machine has no address {host}. Try --host 0.0.0.0."
                ) from error
            raise CannotRun(
                f"Port {port} is taken by another program (perhaps an earlier ./run). Stop it, or "
                f"choose another: ./run --port {port + 1}."
            ) from error


def _own_address() -> str:
    """Return the address by which other machines on the network reach this one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: only the route is looked up
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _describe_database(place: Place) -> str:
    if place.postgres is not None:
        return f"embedded PostgreSQL in {place.postgres.data_dir}"
    return "another process's server" if place.app_password is None else "external server"


def _make_children(
    options: Options, place: Place, env: dict[str, str], tls: Tls | None
) -> tuple[Child, Child]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    command = web_command(
        host=options.host,
        port=options.port,
        num_processes=options.num_web_processes,
        tls=tls,
    )
    web = Child("web", command, env, place.log_dir / "web.log")
    worker = Child("worker", worker_command(), env, place.log_dir / "worker.log")
    return web, worker


def _wait_until_ready(
    web: Child, options: Options, tls: Tls | None, asked: threading.Event
) -> list[str]:
    """Return once the service answers, with what it warns of.

    A signal in Granian's first second can get lost, so nothing is stopped before this.
    """
    host = "127.0.0.1" if options.host in ANY_ADDRESS else options.host
    scheme = "http" if tls is None else "https"
    address = f"{scheme}://[{host}]" if ":" in host else f"{scheme}://{host}"
    trust = None if tls is None else ssl.create_default_context(cafile=str(tls.ca_file))
    deadline_s = time.monotonic() + READY_WAIT_S
    faults = ["no answer"]
    while time.monotonic() < deadline_s and not asked.is_set():
        if not web.is_running:
            raise CannotRun(f"The service did not start. Its last words:\n{web.last_words()}")
        faults = _ask_ready(f"{address}:{options.port}/health/ready", trust)
        if not set(faults) - WARNINGS:
            return faults
        asked.wait(0.05)
    if not asked.is_set():
        raise CannotRun(
            f"The service was not ready within {READY_WAIT_S} s ({', '.join(faults)}). Its last "
            f"words:\n{web.last_words()}"
        )
    return []


def _ask_ready(url: str, trust: ssl.SSLContext | None) -> list[str]:
    """Return what keeps the service from being ready; nothing when it is."""
    try:
        with urllib.request.urlopen(url, timeout=2, context=trust):  # noqa: S310 (our own address)
            return []
    except urllib.error.HTTPError as error:
        try:
            return [str(fault) for fault in json.loads(error.read())["faults"]]
        except (ValueError, KeyError):
            return [str(error)]
    except OSError as error:
        return [str(error)]


def _watch(
    children: list[Child],
    postgres: EmbeddedPostgres | None,
    asked: threading.Event,
    console: Console,
) -> None:
    """Start again what ends by itself, until somebody asks us to stop."""
    while not asked.wait(LOOK_EVERY_S):
        if postgres is not None and not postgres.is_running():
            console.print("[yellow]the database ended by itself; starting it again[/]")
            postgres.start()
        for child in children:
            if child.keep_alive(time.monotonic()):
                console.print(
                    f"[yellow]{child.name} ended by itself and was started again; "
                    f"see {child.log_file}[/]"
                )


def _stop(children: list[Child], console: Console) -> None:
    """Ask all to end, wait, and kill what has not; the database outlives its clients."""
    for child in children:
        child.ask_to_stop()
    deadline_s = time.monotonic() + STOP_WAIT_S
    for child in children:
        if not child.stop(deadline_s):
            console.print(f"[yellow]{child.name} did not end in {STOP_WAIT_S} s and was killed[/]")
