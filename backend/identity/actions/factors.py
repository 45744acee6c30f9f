"""The second factor of office roles: one-time codes by time, each used once (A3, RFC 6238).

Like `sign_in`, `confirm` writes its refusals and answers with them: a wrong code must be counted.
"""

from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import pyotp

from backend.identity import rules, store
from backend.identity.access import check_sees
from backend.identity.actions import audit, people
from backend.identity.model import Actor, AuditEntry, Factor
from backend.identity.store import queries
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.seal import Sealer
from backend.kit.sql import Conn

ISSUER: Final = "Tận Nơi"
STEP_S: Final = 30
DRIFT_STEPS: Final = 1
"""A code of the step before or after is taken: clocks differ, fingers are slow."""
WRONG_MAX: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)

Outcome = Literal["granted", "wrong_factor", "factor_locked", "no_factor"]


async def begin(conn: Conn, sealer: Sealer, actor: Actor, *, now: datetime) -> tuple[str, str]:
    """Begin to set a second factor up; return its secret and the address for a QR.

    What was begun before and never confirmed is forgotten. 409 `factor_known` once one is in use:
    another person takes it away first (`reset`).
    """
    staff = await people.get_me(conn, actor)
    known = await _lock_factor(conn, staff.office_id, staff.id)
    if known is not None and known.confirmed_at is not None:
        raise Conflict("factor_known")
    if known is not None:
        await _end_factor(conn, known, now=now)
    secret = pyotp.random_base32()
    await _add_factor(
        conn,
        staff.office_id,
        staff.id,
        factor_id=new_id(),
        secret_sealed=sealer.seal(secret, place=_place(staff.id)),
        now=now,
    )
    return secret, pyotp.TOTP(secret).provisioning_uri(name=staff.username, issuer_name=ISSUER)


async def confirm(
    conn: Conn, sealer: Sealer, actor: Actor, token: str, code: str, *, now: datetime
) -> Outcome:
    """Take a code for a session: from now on it counts as given; the first one sets the factor up.

    A code is used once; five wrong ones in a row lock the factor for 15 minutes.
    """
    assert actor.id is not None, "only staff has a factor"
    assert actor.office_id is not None, "staff belongs to an office"
    factor = await _lock_factor(conn, actor.office_id, actor.id)
    if factor is None:
        return "no_factor"
    outcome = _judge(factor, sealer, code, now)
    if outcome == "granted":
        step = _find_step(factor, sealer, code, now)
        assert step is not None, "a granted code has its step"
        await _use_factor(conn, factor, step=step, now=now)
        await _confirm_session(conn, rules.hash_token(token), now=now)
    elif outcome == "wrong_factor":
        is_locked = factor.num_wrong + 1 >= WRONG_MAX
        await _miss_factor(conn, factor, locked_until=now + LOCKED_FOR if is_locked else None)
    await store.add_audit(
        conn,
        AuditEntry(
            office_id=factor.office_id,
            at=now,
            action="factor.confirm",
            outcome="granted" if outcome == "granted" else "refused",
            actor_id=actor.id,
        ),
    )
    return outcome


async def reset(conn: Conn, actor: Actor, staff_id: UUID, *, now: datetime) -> None:
    """Take a person's factor away, who lost it; at the next sign-in another is set up.

    Refused: 404 for people of other offices or without one, 409 `same_person` for oneself.
    """
    staff = await people.get_staff(conn, staff_id)
    check_sees(actor, staff.office_id)
    if staff.id == actor.id:
        raise Conflict("same_person")
    factor = await _lock_factor(conn, staff.office_id, staff.id)
    if factor is None:
        raise NotFound
    await _end_factor(conn, factor, now=now)
    await audit.note(conn, actor, staff.office_id, "factor.reset", "staff", staff.id, now=now)


async def has_factor(conn: Conn, office_id: UUID, staff_id: UUID) -> bool:
    """Return whether a person has a second factor in use."""
    factor = await _find_factor(conn, office_id, staff_id)
    return factor is not None and factor.confirmed_at is not None


async def demo_code(conn: Conn, sealer: Sealer, actor: Actor, *, now: datetime) -> str:
    """Return the code of the moment for a demo person, who has no phone to read it from.

    A demo person without a factor gets one. 404 for all others.
    """
    staff = await people.get_me(conn, actor)
    if not staff.is_demo:
        raise NotFound
    factor = await _lock_factor(conn, staff.office_id, staff.id)
    if factor is None:
        secret, _ = await begin(conn, sealer, actor, now=now)
        return pyotp.TOTP(secret).at(now)
    totp = _totp(factor, sealer)
    # A code is used once: who asks again within a step gets the next one, which is taken early.
    step = max(int(now.timestamp()) // STEP_S, factor.last_step + 1)
    return totp.generate_otp(step)


def _judge(factor: Factor, sealer: Sealer, code: str, now: datetime) -> Outcome:
    if factor.locked_until is not None and now < factor.locked_until:
        return "factor_locked"
    return "wrong_factor" if _find_step(factor, sealer, code, now) is None else "granted"


def _find_step(factor: Factor, sealer: Sealer, code: str, now: datetime) -> int | None:
    """Return the step whose code this is, or None; steps used before are over."""
    totp = _totp(factor, sealer)
    here = int(now.timestamp()) // STEP_S
    for step in range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1):
        if step > factor.last_step and pyotp.utils.strings_equal(totp.generate_otp(step), code):
            return step
    return None


def _totp(factor: Factor, sealer: Sealer) -> pyotp.TOTP:
    return pyotp.TOTP(sealer.open(factor.secret_sealed, place=_place(factor.staff_id)))


def _place(staff_id: UUID) -> str:
    return f"identity.factor.secret:{staff_id}"


async def _lock_factor(conn: Conn, office_id: UUID, staff_id: UUID) -> Factor | None:
    """Return a person's second factor, locked, or None."""
    return await queries.one(conn, "lock_factor", Factor, office_id=office_id, staff_id=staff_id)


async def _find_factor(conn: Conn, office_id: UUID, staff_id: UUID) -> Factor | None:
    """Return a person's second factor, or None."""
    return await queries.one(conn, "find_factor", Factor, office_id=office_id, staff_id=staff_id)


async def _add_factor(
    conn: Conn,
    office_id: UUID,
    staff_id: UUID,
    *,
    factor_id: UUID,
    secret_sealed: bytes,
    now: datetime,
) -> None:
    """Keep a second factor that is being set up."""
    await queries.run(
        conn,
        "add_factor",
        office_id=office_id,
        staff_id=staff_id,
        factor_id=factor_id,
        secret_sealed=secret_sealed,
        now=now,
    )


async def _end_factor(conn: Conn, factor: Factor, *, now: datetime) -> None:
    """Let a second factor count no more."""
    key = {"office_id": factor.office_id, "factor_id": factor.id}
    await queries.run(conn, "end_factor", now=now, **key)


async def _use_factor(conn: Conn, factor: Factor, *, step: int, now: datetime) -> None:
    """Write that the code of a step was used."""
    key = {"office_id": factor.office_id, "factor_id": factor.id}
    await queries.run(conn, "use_factor", step=step, now=now, **key)


async def _miss_factor(conn: Conn, factor: Factor, *, locked_until: datetime | None) -> None:
    """Count a wrong code, or lock."""
    key = {"office_id": factor.office_id, "factor_id": factor.id}
    await queries.run(conn, "miss_factor", locked_until=locked_until, **key)


async def _confirm_session(conn: Conn, token_hash: bytes, *, now: datetime) -> None:
    """Write that a session gave its second factor now."""
    await queries.run(conn, "confirm_session", token_hash=token_hash, now=now)
