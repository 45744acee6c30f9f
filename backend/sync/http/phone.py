"""The phone's calls: exchange, snapshot, and the stream that wakes it."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import asyncpg
import msgspec
import structlog
from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.response import ServerSentEvent, ServerSentEventMessage

from backend.house import House
from backend.identity import Actor
from backend.kit.errors import Busy, Forbidden, Malformed, NotFound, Outdated, TooLarge
from backend.kit.sql import Conn
from backend.sync import rules
from backend.sync.batch import decode_request
from backend.sync.exchange import exchange, set_aside
from backend.sync.feed import snapshot
from backend.sync.model import BODY_BYTES_MAX, Caller, ExchangeRequest, Reply, Snapshot
from backend.sync.store import Overtaken, get_epoch, note_moved

TRIES: Final = 3
EXCHANGE_TIMEOUT_MS: Final = 3000
HEARTBEAT_S: Final = 20.0
AGAIN = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    Overtaken,
)
AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection broke in the middle of a word
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    ConnectionError,
    OSError,
)

log = structlog.get_logger("sync")
T = TypeVar("T")


def caller_of(actor: Actor, house: House, now: datetime) -> Caller:
    """Return whose phone calls; a courier's session is always that of an enrolled phone."""
    if actor.office_id is None or actor.id is None or actor.device_id is None:
        raise NotFound()
    return Caller(
        office_id=actor.office_id,
        device_id=actor.device_id,
        staff_id=actor.id,
        now=now,
        sealer=house.sealer,
        is_field=actor.is_field,
        is_ack_only=actor.kind == "device",
    )


def read_request(body: bytes) -> ExchangeRequest:
    """Return the request in `body`, or raise `TooLarge` or `Malformed` with where it is wrong."""
    if len(body) > BODY_BYTES_MAX:
        raise TooLarge("too_large")
    try:
        request = decode_request(body)
    except msgspec.ValidationError as error:
        where = str(error).rsplit("`$", 1)
        raise Malformed("malformed", path=where[1].rstrip("`") if where[1:] else "") from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Malformed("malformed", path="") from error
    if request.sent_at.tzinfo is None:
        raise Malformed("malformed", path=".sent_at")
    return request


async def _try(house: House, caller: Caller, work: Callable[[Conn], Awaitable[T]]) -> T:
    """Run one exchange, again where only the meeting of two transactions was at fault (R3)."""
    for attempt in range(TRIES):
        try:
            async with house.phones.transaction(
                actor=f"courier:{caller.staff_id}", offices=[caller.office_id]
            ) as conn:
                await conn.execute(
                    "SELECT set_config('statement_timeout', $1, true)", str(EXCHANGE_TIMEOUT_MS)
                )
                return await work(conn)
        except AGAIN:
            if attempt == TRIES - 1:
                break
            await asyncio.sleep(random.uniform(0.02, 0.2) * (attempt + 1))  # noqa: S311
        except AWAY as error:
            raise Busy(random.randint(5, 60)) from error  # noqa: S311  # jitter, no secret
    raise Busy(random.randint(5, 15))  # noqa: S311


async def _revoke(house: House, request: ExchangeRequest, caller: Caller) -> Forbidden:
    """Set a phone's facts aside and return the refusal that tells it how far, and to wipe (S21).

    It tells the epoch too: a server put back while the phone hands over has lost what it had.
    """

    async def take(conn: Conn) -> tuple[int, bool, bool, int]:
        return (*await set_aside(conn, request, caller), await get_epoch(conn))

    ack, is_over, is_whole, epoch = await _try(house, caller, take)
    refusal = Forbidden("device_revoked")
    refusal.members = {"ack": ack, "wipe": is_over, "epoch": epoch}
    # A first contact without facts may be followed by those a restored server lacks: the browser
    # must not clear them away before the phone could look.
    if is_over and is_whole and request.ops:
        refusal.headers = {"clear-site-data": '"*"'}
    return refusal


class ExchangeOperation(Operation):
    """Says the body's shape in the API description; the handler reads the bytes itself."""

    def __post_init__(self) -> None:
        """Describe the body."""
        self.request_body = RequestBody(
            required=True,
            content={
                "application/json": OpenAPIMediaType(
                    schema=Schema(
                        type="object",  # type: ignore[arg-type]  # the enum's value
                        description="ExchangeRequest, docs/architecture.md section 5",
                    )
                )
            },
        )


class ExchangeController(Controller):
    """Facts in, feed out."""

    path = "/api/sync/v1"
    tags = ("sync",)

    @post(
        "/exchange",
        operation_id="sync_exchange",
        opt={
            "permission": "phone.exchange",
            "signed": True,
            "by_device": True,
            "is_exchange": True,
        },
        status_code=200,
        request_max_body_size=BODY_BYTES_MAX + 1024,
        operation_class=ExchangeOperation,
    )
    async def exchange(
        self,
        request: Request[Actor, None, State],
        state: State,
        actor: NamedDependency[Actor],
        now: NamedDependency[datetime],
    ) -> Reply:
        """Record facts in order, decide them, and answer with what changed (S3)."""
        parsed = read_request(await request.body())
        house, caller = state.house, caller_of(actor, state.house, now)
        with house.exchanges.enter():
            if actor.device_status not in (None, "active"):
                raise await _revoke(house, parsed, caller)
            if parsed.restarts:
                log.warning(
                    "phone_restarted", device=str(caller.device_id), restarts=parsed.restarts
                )
            if rules.is_too_old(parsed.app, house.app_built_on):
                raise Outdated("app_too_old")
            try:
                return await _try(house, caller, lambda conn: exchange(conn, parsed, caller))
            except Forbidden as refusal:
                if refusal.code == "not_your_stream":
                    stream, head = parsed.stream, parsed.head
                    await _try(house, caller, lambda conn: note_moved(conn, caller, stream, head))
                raise

    @get(
        "/snapshot",
        operation_id="sync_snapshot",
        opt={"permission": "phone.snapshot", "signed": True},
    )
    async def snapshot(
        self,
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Snapshot:
        """Return the courier's day whole, and the cursor its feed goes on from (S11)."""
        return await snapshot(conn, caller_of(actor, state.house, now))

    @get("/wake", operation_id="sync_wake", opt={"permission": "phone.wake", "is_stream": True})
    async def wake(self, state: State, actor: NamedDependency[Actor]) -> ServerSentEvent:
        """Say `wake` whenever something changed for this phone; it then exchanges."""
        assert actor.id is not None
        return ServerSentEvent(_wakes(state.house, actor.id))


async def _wakes(house: House, courier_id: UUID) -> AsyncIterator[ServerSentEventMessage]:
    async with house.hub.subscription(f"phone:{courier_id}") as news:
        yield ServerSentEventMessage(event="hello", data="1", retry=5000)
        while not house.hub.is_closing:
            try:
                await asyncio.wait_for(news.wait(), HEARTBEAT_S)
            except TimeoutError:
                yield ServerSentEventMessage(comment="still here")
                continue
            news.clear()
            if not house.hub.is_closing:
                yield ServerSentEventMessage(event="wake", data="1")


controllers: Final = (ExchangeController,)
