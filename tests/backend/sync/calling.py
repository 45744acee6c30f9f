"""A courier's phone over HTTP: enrolled, with its key, speaking to the application in-process."""

import random
import uuid
from dataclasses import dataclass
from typing import Any

import httpx
from litestar import Litestar

from backend import identity
from backend.identity.actions import devices, sessions
from tests.backend.desk import MORNING, Clock, Day, make_client
from tests.simulation import keys
from tests.simulation.phone import Clock as PhoneClock
from tests.simulation.phone import Phone

EXCHANGE = "/api/sync/v1/exchange"


@dataclass
class Caller:
    """An enrolled phone: its cookies, its key, its outbox."""

    client: httpx.AsyncClient
    device_id: uuid.UUID
    session: str
    device_token: str
    pair: keys.Pair
    phone: Phone
    has_key: bool = True

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        signature: str | None = None,
        with_session: bool = True,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Send a request signed by this phone, or under the signature given."""
        signed = self.pair.sign(self.device_id, method, path, 1, body)
        said = {"content-type": "application/json", **(headers or {})} if body else headers or {}
        cookies = f"__Host-tannoi-device={self.device_token}"
        if with_session:
            cookies += f"; __Host-tannoi={self.session}"
        said = {**said, "cookie": cookies}
        if signature is not None or self.has_key:
            said["tannoi-signature"] = signed if signature is None else signature
        return await self.client.request(method, path, content=body, headers=said)

    async def exchange(self, **how: Any) -> httpx.Response:
        """Send what the phone has; the answer is not taken."""
        return await self.ask("POST", EXCHANGE, self.phone.make_request(), **how)

    async def talk(self, **how: Any) -> dict[str, Any]:
        """Exchange, take the answer, and the snapshot where one is wanted."""
        answer = await self.exchange(**how)
        assert answer.status_code == 200, answer.text
        reply: dict[str, Any] = answer.json()
        self.phone.take_reply(reply, self.phone.request)
        if self.phone.wants_snapshot:
            snapshot = await self.ask("GET", "/api/sync/v1/snapshot")
            self.phone.take_snapshot(snapshot.json())
        return reply

    def note(self, stop: object, text: str) -> str:
        """Record a note at a stop."""
        return self.phone.record("note.added", {"stop": str(stop), "text": text})


async def enrol(
    app: Litestar,
    day: Day,
    *,
    courier: int = 0,
    has_key: bool = True,
    name: str = "phone",
    before: Caller | None = None,
) -> Caller:
    """Enrol a phone for a courier, and register its key over HTTP.

    `before` is what the same browser was until now: its cookie comes along.
    """
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        code = await identity.make_code(conn, day.dispatcher, day.couriers[courier], now=MORNING)
        opened = await devices.enrol(
            conn,
            code.code,
            device_label=f"Nokia {name}",
            now=app.state.clock(),
            request_id=None,
            device_token="" if before is None else before.device_token,
        )
        assert opened is not None
        assert opened.device_token is not None
        actor = await sessions.read_actor(conn, opened.session_token, now=MORNING)
    assert actor is not None
    assert actor.device_id is not None
    clock: Clock = app.state.clock
    caller = Caller(
        make_client(app),
        actor.device_id,
        opened.session_token,
        opened.device_token,
        keys.pair_of(name),
        Phone(PhoneClock(clock), random.Random(name)),
        has_key=False,
    )
    if has_key:
        answer = await register(caller)
        assert answer.status_code == 200, answer.text
        caller.has_key = True
    return caller


async def register(caller: Caller, public_key: str | None = None) -> httpx.Response:
    """Register the phone's key."""
    key = public_key or keys.write64(caller.pair.public_key)
    body = b'{"public_key":"%s"}' % key.encode()
    return await caller.ask("PUT", "/api/identity/v1/device/key", body)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]
