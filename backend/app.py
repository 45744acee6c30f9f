"""Builds the application: the rooms' controllers, how refusals answer, the web apps' files."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Litestar, Request, Response, Router, get
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.plugins.prometheus import PrometheusConfig
from litestar.static_files import create_static_files_router
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from backend import network
from backend.board import http as board_http
from backend.board import proof_http
from backend.cash import http as cash_http
from backend.charges import http as charges_http
from backend.dispatch import http as dispatch_http
from backend.house import House, make_house
from backend.identity import http as identity_http
from backend.kit.errors import NotFound
from backend.kit.http import EXCEPTION_HANDLERS, Deadline, Envelope
from backend.kit.live import STOPPING, Hub
from backend.kit.logs import AccessLog, set_up_logs
from backend.money_orders import http as money_orders_http
from backend.network import http as network_http
from backend.notifications import http as notifications_http
from backend.ops.migrate import read_migrations
from backend.partners import agency_http
from backend.partners import http as partners_http
from backend.payouts import http as payouts_http
from backend.receipts import http as receipts_http
from backend.settings import LOOPBACK, Settings, read_settings
from backend.sync import http as sync_http
from backend.visits import http as visits_http

READY_TIMEOUT_S: Final = 0.5
DISK_FREE_MIN: Final = 0.10
BODY_MAX: Final = 1_000_000
FOREVER: Final = 31_536_000
PUBLIC: Final = {"permission": "public"}

CONTROLLERS: Final[tuple[Any, ...]] = (
    *identity_http.controllers,
    *network_http.controllers,
    *agency_http.controllers,
    *partners_http.controllers,
    *payouts_http.controllers,
    *sync_http.controllers,
    *dispatch_http.controllers,
    *board_http.controllers,
    *proof_http.controllers,
    *cash_http.controllers,
    *visits_http.controllers,
    *receipts_http.controllers,
    *charges_http.controllers,
    *money_orders_http.controllers,
    *notifications_http.controllers,
)


class Health(msgspec.Struct, frozen=True):
    """What a health check found."""

    is_ready: bool
    faults: list[str]
    schema: str | None = None
    epoch: int | None = None


@get("/health/live", opt=PUBLIC, tags=["house"], operation_id="house_live")
async def live() -> dict[str, bool]:
    """Answer that the process runs; touches nothing."""
    return {"is_live": True}


@get("/health/ready", opt=PUBLIC, tags=["house"], operation_id="house_ready")
async def ready(state: State) -> Response[Health]:
    """Answer whether requests should come here: database, schema, epoch, disk (R7)."""
    house: House = state.house
    faults: list[str] = []
    schema, epoch = None, None
    try:
        async with asyncio.timeout(READY_TIMEOUT_S), house.probe.pool.acquire() as conn:
            schema = await conn.fetchval("SELECT max(version) FROM schema_version")
            epoch = await conn.fetchval("SELECT epoch FROM sync.epoch")
    except Exception:  # whatever it was, the database does not serve
        faults.append("database")
    if schema is not None and schema < state.schema:
        faults.append("schema")  # an older one; a newer one serves this release too (R8)
    if house.hub.is_closing:
        faults.append("stopping")
    usage = shutil.disk_usage(house.settings.data_dir)
    if usage.free < usage.total * DISK_FREE_MIN:
        faults.append("disk")
    return Response(Health(not faults, faults, schema, epoch), status_code=503 if faults else 200)


@get("/metrics", opt=PUBLIC, include_in_schema=False, media_type=CONTENT_TYPE_LATEST)
async def metrics(request: Request[Any, Any, Any]) -> bytes:
    """Return the figures for Prometheus; beyond this machine the address does not exist."""
    if request.client is None or request.client.host not in LOOPBACK:
        raise NotFound()
    return generate_latest()


def _files(settings: Settings) -> list[Any]:
    """Return the routes of the web apps; none before they are built."""
    dist = settings.pwa_dir
    if not (dist / "index.html").exists():
        return []
    tiles = settings.data_dir / "tiles"
    return [
        *([_tiles(tiles)] if tiles.is_dir() else []),
        create_static_files_router(
            "/assets",
            [dist / "assets"],
            cache_control=CacheControlHeader(max_age=FOREVER, immutable=True),
            include_in_schema=False,
            name="assets",
            opt=PUBLIC,
        ),
        create_static_files_router(
            "/",
            [dist],
            html_mode=True,
            cache_control=CacheControlHeader(no_cache=True),
            include_in_schema=False,
            name="apps",
            opt=PUBLIC,
        ),
    ]


def _tiles(folder: Path) -> Any:
    """Return the route of offices' maps, `<office id>.pmtiles`, which the operator lays down."""
    return create_static_files_router(
        "/tiles",
        [folder],
        cache_control=CacheControlHeader(no_cache=True),
        include_in_schema=False,
        name="tiles",
        opt=PUBLIC,
    )


def _authority(settings: Settings) -> list[Any]:
    """Return the route of our own authority's certificate; none where another's is used."""
    if settings.ca_file is None:
        return []
    raw = settings.ca_file.read_bytes()

    @get("/ca.crt", opt=PUBLIC, include_in_schema=False)
    async def authority() -> Response[bytes]:
        """Return the certificate; a phone that can fetch it here trusts it."""
        headers = {"cross-origin-resource-policy": "cross-origin", "cache-control": "no-store"}
        return Response(raw, media_type="application/x-x509-ca-cert", headers=headers)

    return [authority]


def make_app(house: House) -> Litestar:
    """Return the application of a house; its start opens the house, its end closes it."""

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await house.open(name="tannoi-web", pool_size=house.settings.num_desk_connections)
        try:
            yield
        finally:
            await house.close()

    app = Litestar(
        [*CONTROLLERS, live, ready, metrics, *_authority(house.settings), *_files(house.settings)],
        state=State(
            {
                "house": house,
                "list_offices": network.list_offices,
                "schema": max(read_migrations()),
            },
            deep_copy=False,
        ),
        lifespan=[lifespan],
        dependencies=identity_http.dependencies,
        guards=[identity_http.permission_guard],
        middleware=[
            # A browser would remember it for every service of this host name, for two years.
            DefineMiddleware(Envelope, with_hsts=house.settings.ca_file is None),
            AccessLog,
            Deadline,
            PrometheusConfig(app_name="tannoi", prefix="tannoi", group_path=True).middleware,
            identity_http.authentication_middleware,
        ],
        exception_handlers=EXCEPTION_HANDLERS,
        request_max_body_size=BODY_MAX,
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=6, minimum_size=800, exclude=["/live$", "/wake$"]
        ),
        openapi_config=OpenAPIConfig(
            title="Tận Nơi",
            version="1",
            description="Doorstep half of public administration. Refusals: RFC 9457 with `code`.",
            use_handler_docstrings=True,
            path="/schema",
            openapi_router=Router(
                path="/schema", route_handlers=[], opt=PUBLIC, include_in_schema=False
            ),
            render_plugins=[JsonRenderPlugin()],
        ),
        logging_config=None,
        debug=False,
    )
    identity_http.check_routes(app)
    return app


def create_app() -> Litestar:
    """Return the application of this process's environment; Granian calls it."""
    settings = read_settings(os.environ)
    set_up_logs(settings.log_level)
    house = make_house(settings)
    app = make_app(house)
    app.on_startup.append(lambda: _hear_of_stops(house.hub))
    return app


def _hear_of_stops(hub: Hub) -> None:
    """Let streams end and readiness be off as soon as a stop is announced (R6)."""
    asyncio.get_running_loop().add_signal_handler(STOPPING, hub.end_streams)
