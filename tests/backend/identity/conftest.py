"""An app of identity's own routes, its people in two offices, and a clock the tests turn."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest
from argon2 import PasswordHasher
from litestar import Litestar, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from backend import identity
from backend.house import House, make_house
from backend.identity import http as identity_http
from backend.identity import passwords
from backend.identity.model import OfficeCard
from backend.kit.http import EXCEPTION_HANDLERS
from backend.kit.ids import new_id
from backend.settings import Settings

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PASSWORD = "mười hai ký tự"
HERE = OfficeCard(new_id(), "BNH01", "Bưu cục Kinh Bắc", 21.18, 106.06, "02223821234")
THERE = OfficeCard(new_id(), "BNH02", "Bưu cục Võ Cường", 21.16, 106.05, None)
API = "/api/identity/v1"
SESSION, DEVICE = "__Host-tannoi", "__Host-tannoi-device"
DEMO_KEY = "k" * 32
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Clock:
    """The instant at which requests are judged; moved by tests."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Town:
    """People of two offices by user name."""

    staff: dict[str, identity.Staff]

    def id(self, username: str) -> UUID:
        return self.staff[username].id


async def list_offices(_: object) -> list[OfficeCard]:
    return [HERE, THERE]


@get("/api/test/v1/visits/{token:str}", opt={"permission": "citizen_link"})
async def visit(actor: NamedDependency[identity.Actor]) -> dict[str, str]:
    return {"errand_id": str(actor.link_errand_id), "office_id": str(actor.office_id)}


def make_settings(db_url: str, data_dir: Path) -> Settings:
    return Settings(
        data_dir=data_dir,
        database_url=db_url,
        mode="demo",
        demo_key=DEMO_KEY,
        public_url="https://tannoi.test",
        seal_keys={1: bytes(range(32))},
        index_key=bytes(range(32, 64)),
        signing_keys=(bytes(range(64, 96)),),
        ledger_key=bytes(range(96, 128)),
        vapid_private_key="unused",
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def house(db_url: str, tmp_path: Path) -> AsyncIterator[House]:
    house = make_house(make_settings(db_url, tmp_path))
    await house.open(name="test", pool_size=4, with_hub=False)
    yield house
    await house.close()


@pytest.fixture
def app(house: House, clock: Clock) -> Litestar:
    return make_app(house, clock)


def make_app(house: House, clock: Clock) -> Litestar:
    app = Litestar(
        [*identity_http.controllers, visit],
        state=State(
            {"house": house, "clock": clock, "list_offices": list_offices}, deep_copy=False
        ),
        middleware=[identity_http.authentication_middleware],
        guards=[identity_http.permission_guard],
        dependencies=dict(identity_http.dependencies),
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=None,
    )
    identity_http.check_routes(app)
    return app


def make_client(app: Litestar, address: str = "203.0.113.7") -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=(address, 40000)),
        base_url="https://tannoi.test",
        headers={"sec-fetch-site": "same-origin"},
    )


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with make_client(app) as client:
        yield client


@pytest.fixture
async def town(house: House, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Return a courier, a dispatcher and an administrator here, the same there, and a boss."""
    monkeypatch.setattr(passwords, "HASHER", CHEAP)  # most tests ask other things than its price
    people = {}
    async with house.db.transaction(actor="house", offices="*") as conn:
        for office, suffix in ((HERE, "here"), (THERE, "there")):
            for role in ("courier", "dispatcher", "administrator"):
                draft = identity.StaffDraft(
                    office_id=office.id,
                    username=f"{role}.{suffix}",
                    display_name=f"Nguyễn Văn {role}",
                    badge="BT-01" if role == "courier" else None,
                    role=role,
                    password=None if role == "courier" else PASSWORD,
                    is_demo=suffix == "here",
                )
                people[draft.username] = await identity.add_staff(conn, draft, now=START)
        boss = identity.StaffDraft(
            office_id=HERE.id,
            username="boss",
            display_name="Trần Thị Quản",
            role="administrator",
            all_offices=True,
            password=PASSWORD,
        )
        people["boss"] = await identity.add_staff(conn, boss, now=START)
    return Town(people)


async def sign_in(client: httpx.AsyncClient, username: str) -> dict[str, object]:
    answer = await client.post(
        "/api/identity/v1/sign-in", json={"username": username, "password": PASSWORD}
    )
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    return answer.status_code, answer.json()["code"]
