"""The phone's calls: exchange, snapshot, pictures, and the stream that wakes it."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import msgspec
from litestar import Controller, Request, Response, get, head, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.params import FromPath
from litestar.response import ServerSentEvent, ServerSentEventMessage

from backend import proofs
from backend.house import House
from backend.identity import Actor
from backend.kit.errors import Busy, Malformed, NotFound, TooLarge
from backend.kit.sql import Conn
from backend.sync.exchange import exchange
from backend.sync.feed import snapshot
from backend.sync.model import BODY_BYTES_MAX, Caller, ExchangeRequest, Reply, Snapshot

# At most two exchanges in flight for each connection of the pool (R4).
IN_FLIGHT_MAX: Final = 20
TRIES: Final = 3
EXCHANGE_TIMEOUT_MS: Final = 3000
HEARTBEAT_S: Final = 20.0
AGAIN = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)
AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    ConnectionError,
    OSError,
)
_in_flight = asyncio.Semaphore(IN_FLIGHT_MAX)
PICTURES: Final = ("image/jpeg", "image/png", "image/webp")


def _caller(actor: Actor, house: House, now: datetime) -> Caller:
    """Return whose phone calls; a courier's session is always that of an enrolled phone."""
    if actor.office_id is None or actor.id is None or actor.device_id is None:
        raise NotFound()
    return Caller(
        office_id=actor.office_id,
        device_id=actor.device_id,
        staff_id=actor.id,
        now=now,
        sealer=house.sealer,
    )


def read_request(body: bytes) -> ExchangeRequest:
    """Return the request in `body`, or raise `TooLarge` or `Malformed` with where it is wrong."""
    if len(body) > BODY_BYTES_MAX:
        raise TooLarge("too_large")
    try:
        request = msgspec.json.decode(body, type=ExchangeRequest)
    except msgspec.ValidationError as error:
        where = str(error).rsplit("`$", 1)
        raise Malformed("malformed", path=where[1].rstrip("`") if where[1:] else "") from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Malformed("malformed", path="") from error
    if request.sent_at.tzinfo is None:
        raise Malformed("malformed", path=".sent_at")
    return request


async def _try_exchange(house: House, request: ExchangeRequest, caller: Caller) -> Reply:
    """Run one exchange, again where only the meeting of two transactions was at fault (R3)."""
    for attempt in range(TRIES):
        try:
            async with house.db.transaction(
                actor=f"courier:{caller.staff_id}", offices=[caller.office_id]
            ) as conn:
                await conn.execute(
                    "SELECT set_config('statement_timeout', $1, true)", str(EXCHANGE_TIMEOUT_MS)
                )
                return await exchange(conn, request, caller)
        except AGAIN:
            if attempt == TRIES - 1:
                break
            await asyncio.sleep(random.uniform(0.02, 0.2) * (attempt + 1))  # noqa: S311
        except AWAY as error:
            raise Busy(random.randint(5, 60)) from error  # noqa: S311  # jitter, no secret
    raise Busy(random.randint(5, 15))  # noqa: S311


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
        opt={"permission": "phone.exchange", "signed": True, "by_device": True},
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
        if _in_flight.locked():
            raise Busy(random.randint(5, 60))  # noqa: S311
        async with _in_flight:
            return await _try_exchange(state.house, parsed, _caller(actor, state.house, now))

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
        return await snapshot(conn, _caller(actor, state.house, now))

    @get("/wake", operation_id="sync_wake", opt={"permission": "phone.wake"})
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


class BlobController(Controller):
    """Pictures, sent whole after the facts that name them."""

    path = "/api/sync/v1/blobs/{sha256:str}"
    tags = ("sync",)

    @put(
        operation_id="sync_put_blob",
        opt={"permission": "phone.blob", "takes": PICTURES, "signed": True},
        status_code=201,
        request_max_body_size=proofs.SIZE_MAX,
        responses={200: ResponseSpec(None, description="Already stored", generate_examples=False)},
    )
    async def put_blob(
        self,
        request: Request[Actor, None, State],
        state: State,
        sha256: FromPath[str],
        actor: NamedDependency[Actor],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Store a picture under its SHA-256. 422 `wrong_hash`, 415 `not_a_picture`."""
        digest, house = read_digest(sha256), state.house
        caller = _caller(actor, house, now)
        body = await request.body()
        folder = proofs.BlobFolder(house.blob_dir)
        media_type = await asyncio.to_thread(folder.store, caller.office_id, digest, body)
        async with house.db.transaction(
            actor=f"courier:{caller.staff_id}", offices=[caller.office_id]
        ) as conn:
            known = await proofs.find_blob(conn, caller.office_id, digest)
            if known is None:
                blob = proofs.Blob(digest, len(body), media_type, now, caller.staff_id)
                await proofs.add_blob(conn, caller.office_id, blob)
        return Response(None, status_code=200 if known else 201)

    @head(operation_id="sync_head_blob", opt={"permission": "phone.blob", "signed": True})
    async def head_blob(
        self, sha256: FromPath[str], actor: NamedDependency[Actor], conn: NamedDependency[Conn]
    ) -> None:
        """Answer 200 when the picture is stored, else 404."""
        if actor.office_id is None:
            raise NotFound()
        if await proofs.find_blob(conn, actor.office_id, read_digest(sha256)) is None:
            raise NotFound()


def read_digest(text: str) -> bytes:
    """Return the SHA-256 named in a path, or raise `NotFound`."""
    try:
        digest = bytes.fromhex(text)
    except ValueError as error:
        raise NotFound() from error
    if len(digest) != 32 or text != text.lower():
        raise NotFound()
    return digest


controllers: Final = (ExchangeController, BlobController)
