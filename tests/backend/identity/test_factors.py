"""Tests of the second factor: set up once, each code once, locked after five wrong ones (A3)."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pyotp
import pytest

from backend import identity
from backend.identity import Actor, Role, StaffDraft
from backend.identity.actions import factors, sessions
from backend.identity.model import Staff
from backend.identity.rules import check_factor
from backend.kit.errors import Conflict, NotFound, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.seal import Sealer
from tests.backend.identity.conftest import START as NOW

SEALER = Sealer({1: bytes(range(32))}, bytes(range(32, 64)))


async def add_person(
    conn: asyncpg.Connection, username: str, role: Role, office_id: UUID | None = None
) -> Staff:
    draft = StaffDraft(
        office_id=office_id or new_id(), username=username, display_name="Lê Thị Mẫu", role=role
    )
    return await identity.add_staff(conn, draft, now=NOW)


@pytest.fixture
async def cashier(conn: asyncpg.Connection) -> Staff:
    return await add_person(conn, "thuquy.mau", "cashier")


async def sign_in(conn: asyncpg.Connection, staff: Staff) -> tuple[str, Actor]:
    opened = await sessions.open_session(
        conn, staff.office_id, staff.id, staff.role, device_id=None, now=NOW
    )
    actor = await sessions.read_actor(conn, opened.session_token, now=NOW)
    assert actor is not None
    return opened.session_token, actor


async def set_up(conn: asyncpg.Connection, staff: Staff) -> pyotp.TOTP:
    token, actor = await sign_in(conn, staff)
    secret, uri = await factors.begin(conn, SEALER, actor, now=NOW)
    assert "T%E1%BA%ADn%20N%C6%A1i" in uri
    totp = pyotp.TOTP(secret)
    before = NOW - timedelta(minutes=5)
    assert await factors.confirm(conn, SEALER, actor, token, totp.at(before), now=before) == (
        "granted"
    )
    return totp


def test_codes_are_those_of_the_standard() -> None:
    """Tests that the library makes the six-digit codes of RFC 6238, appendix B (SHA-1)."""
    totp = pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    vectors = {59: "287082", 1_111_111_109: "081804", 2_000_000_000: "279037"}
    assert {at: totp.at(at) for at in vectors} == vectors


async def test_session_counts_once_its_code_was_given(
    conn: asyncpg.Connection, cashier: Staff
) -> None:
    """Tests that a new session waits for a code, and that the code opens this session alone."""
    totp = await set_up(conn, cashier)
    token, actor = await sign_in(conn, cashier)
    assert (actor.has_factor, actor.factor_at) == (True, None)
    assert await factors.confirm(conn, SEALER, actor, token, totp.at(NOW), now=NOW) == "granted"
    again = await sessions.read_actor(conn, token, now=NOW)
    assert again is not None
    assert again.factor_at == NOW
    _, other = await sign_in(conn, cashier)
    assert other.factor_at is None


async def test_code_is_used_once(conn: asyncpg.Connection, cashier: Staff) -> None:
    """Tests that a code read over somebody's shoulder is worth nothing (replay)."""
    totp = await set_up(conn, cashier)
    token, actor = await sign_in(conn, cashier)
    code = totp.at(NOW)
    assert await factors.confirm(conn, SEALER, actor, token, code, now=NOW) == "granted"
    assert await factors.confirm(conn, SEALER, actor, token, code, now=NOW) == "wrong_factor"


@pytest.mark.parametrize(
    ("off_s", "outcome"),
    [
        (-30, "granted"),  # the step before: a slow finger
        (30, "granted"),  # the step after: a clock ahead
        (-90, "wrong_factor"),
        (90, "wrong_factor"),
    ],
)
async def test_clock_may_be_a_step_off(
    conn: asyncpg.Connection, cashier: Staff, off_s: int, outcome: str
) -> None:
    """Tests that the clock of a person's phone may be one step off ours, and no more."""
    totp = await set_up(conn, cashier)
    token, actor = await sign_in(conn, cashier)
    code = totp.at(NOW + timedelta(seconds=off_s))
    assert await factors.confirm(conn, SEALER, actor, token, code, now=NOW) == outcome


async def test_five_wrong_codes_lock(conn: asyncpg.Connection, cashier: Staff) -> None:
    """Tests that guessing ends after five tries, and that a right code waits 15 minutes then."""
    totp = await set_up(conn, cashier)
    token, actor = await sign_in(conn, cashier)
    wrong = "000000" if totp.at(NOW) != "000000" else "000001"
    for _ in range(5):
        outcome = await factors.confirm(conn, SEALER, actor, token, wrong, now=NOW)
        assert outcome == "wrong_factor"
    assert await factors.confirm(conn, SEALER, actor, token, totp.at(NOW), now=NOW) == (
        "factor_locked"
    )
    later = NOW + timedelta(minutes=15)
    assert await factors.confirm(conn, SEALER, actor, token, totp.at(later), now=later) == (
        "granted"
    )


async def test_factor_is_taken_away_by_another_person(
    conn: asyncpg.Connection, cashier: Staff
) -> None:
    """Tests that who lost the phone gets another factor only through somebody else."""
    await set_up(conn, cashier)
    _, actor = await sign_in(conn, cashier)
    with pytest.raises(Conflict) as caught:
        await factors.begin(conn, SEALER, actor, now=NOW)
    assert caught.value.code == "factor_known"
    with pytest.raises(Conflict) as caught:
        await factors.reset(conn, actor, cashier.id, now=NOW)
    assert caught.value.code == "same_person"
    boss = await add_person(conn, "quantri.mau", "administrator", office_id=cashier.office_id)
    _, administrator = await sign_in(conn, boss)
    await factors.reset(conn, administrator, cashier.id, now=NOW)
    secret, _ = await factors.begin(conn, SEALER, actor, now=NOW)
    assert secret


async def test_demo_code_is_for_demo_people(conn: asyncpg.Connection, cashier: Staff) -> None:
    """Tests that nobody but a demo person is told their code of the moment."""
    _, actor = await sign_in(conn, cashier)
    with pytest.raises(NotFound):
        await factors.demo_code(conn, SEALER, actor, now=NOW)


ACTOR = Actor(kind="staff", role="cashier")


@pytest.mark.parametrize(
    ("has_factor", "age_s", "is_approval", "is_required", "code"),
    [
        (False, None, False, False, None),  # a demo without a factor reads its board
        (False, None, False, True, "factor_to_set_up"),  # production demands one
        (False, None, True, False, "factor_to_set_up"),  # money demands one everywhere
        (True, None, False, False, "second_factor_needed"),
        (True, 7_200, False, True, None),  # given this morning: enough for work
        (True, 300, True, True, None),  # five minutes: enough for money
        (True, 301, True, True, "confirm_again"),
    ],
)
def test_who_must_give_a_code(
    has_factor: bool, age_s: int | None, is_approval: bool, is_required: bool, code: str | None
) -> None:
    """Tests that a session is asked for its code when due, at the border and just beyond."""
    factor_at = None if age_s is None else NOW - timedelta(seconds=age_s)
    actor = Actor(kind="staff", role="cashier", has_factor=has_factor, factor_at=factor_at)
    asked = {"is_approval": is_approval, "is_required": is_required, "now": NOW}
    if code is None:
        check_factor(actor, **asked)
        return
    with pytest.raises(Unauthenticated) as caught:
        check_factor(actor, **asked)
    assert caught.value.code == code


def test_courier_signs_with_the_phone_instead() -> None:
    """Tests that a courier's second factor is the key of the phone, not a code."""
    courier = Actor(kind="staff", role="courier")
    check_factor(courier, is_approval=True, is_required=True, now=NOW)
