"""Two offices with people of every role, and one of each thing a route can name."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import get_args
from uuid import UUID

from backend import dispatch, dossiers, identity, proofs, rounds
from backend.house import House
from backend.identity.actions import devices, sessions
from backend.identity.model import Role
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.proofs import Blob, BlobFolder, Proof
from backend.rounds import ActDraft, RoundDraft, StopDraft
from tests.access.money import add_payouts
from tests.access.world_cash import add_cash, add_money
from tests.backend.desk import MORNING, TODAY, Day, make_day
from tests.simulation import keys

PHONE_KEY = keys.pair_of("access")  # of every phone in this world
ROLES: tuple[Role, ...] = get_args(Role)
SECRET = "Bí Mật Hoàng"  # a citizen's name that nobody elsewhere may ever read
MISSING = bytes(range(32))
"""Names a picture that never came."""
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@dataclass
class World:
    """What a probe may name; `ids` are things of the first office, `there` the second's people."""

    here: UUID
    there: UUID
    devices: dict[str, UUID] = field(default_factory=dict)
    """Phones by the token of their session."""
    sessions: dict[str, str] = field(default_factory=dict)
    """Session tokens by `<role>.<here|there>`, and of `boss`, `second` and `revoked`."""
    ids: dict[str, str] = field(default_factory=dict)
    """Values of path parameters and bodies, by name."""
    own: dict[str, str] = field(default_factory=dict)
    """Of the second office: what its people may name themselves."""

    def sign(self, cookie: str | None, method: str, path: str, body: bytes) -> str | None:
        """Return the signature of the phone whose session this is; None for all others."""
        device_id = self.devices.get(cookie or "")
        return device_id and PHONE_KEY.sign(device_id, method, path, 0, body)

    @property
    def secrets(self) -> set[str]:
        """Return what no answer to the second office, to a stranger or a citizen may hold."""
        hidden = {value for name, value in self.ids.items() if name.endswith("_id")}
        return hidden | {SECRET}


async def make_world(house: House) -> World:
    """Fill an empty database; everything in it is committed."""
    here = await make_day(house)
    there = await make_day(house, number=2)
    world = World(here.office_id, there.office_id)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await _add_things(conn, house, here, world.ids)
        for suffix, day in (("here", here), ("there", there)):
            await _add_people(conn, day, suffix, world)
        world.own["signer_id"] = str(there.dispatcher.id)
    world.ids |= await add_payouts(here, SECRET)
    return world


async def _add_things(conn: Conn, house: House, day: Day, ids: dict[str, str]) -> None:
    """Add one of each thing to the first office; the round is the first courier's."""
    errand_id = await day.book(conn, name=SECRET)
    result_id = await day.book(conn, "S2")
    await day.book(conn)
    errand = await dossiers.find_dossier(conn, day.office_id, errand_id)
    result = await dossiers.find_dossier(conn, day.office_id, result_id)
    assert errand is not None
    assert result is not None
    fetched = await _add_papers(conn, day, "at_office")
    handed = await _add_papers(conn, day, "handed_to_agency")
    plan_id = await dispatch.ask(
        conn,
        office_id=day.office_id,
        service_on=TODAY,
        asked_by=day.dispatcher.id,
        now=MORNING,
        budget_s=1,
    )
    round_ids = await _publish(conn, day, errand, plan_id)
    stop_id = await conn.fetchval("SELECT id FROM rounds.stop WHERE round_id = $1", round_ids[0])
    token = await identity.make_link(
        conn,
        office_id=day.office_id,
        errand_id=errand_id,
        expires_at=MORNING + timedelta(days=1),
        now=MORNING,
    )
    ids |= {
        "errand_id": str(errand_id),
        "result_id": str(result_id),
        "fetched_id": str(fetched.item_id),
        "handed_id": str(handed.id),
        "item_id": str(result.item_id),
        "item_code": str(result.item_code),
        "citizen_id": str(errand.citizen_id),
        "point_id": str(errand.delivery_point_id),
        "plan_id": str(plan_id),
        "round_id": str(round_ids[0]),
        "stop_id": str(stop_id),
        "courier_id": str(day.couriers[0]),
        "staff_id": str(day.couriers[1]),
        "signer_id": str(day.dispatcher.id),
        "username": "buuta1.1",
        "token": token,
    }
    await _add_proof(conn, house, day, errand_id, ids)
    await add_money(conn, day, ids)
    await _add_held(conn, day, UUID(ids["stop_id"]), ids)
    await _add_aside(conn, day, ids)
    ids["recall_id"] = str(await _add_conflict(conn, day, UUID(ids["stop_id"])))
    ids["passing_id"] = str(await _add_passing(conn, day, UUID(ids["round_id"])))
    await add_cash(conn, day, ids)


async def _add_papers(conn: Conn, day: Day, state: str) -> dossiers.Dossier:
    """Add papers that a courier fetched before: at the office, or already at the agency."""
    errand_id = await day.book(conn, "S2")
    await conn.execute(
        "UPDATE dossiers.dossier SET service = 'S1', state = $2, agency_state = 2 WHERE id = $1",
        errand_id,
        state,
    )
    found = await dossiers.find_dossier(conn, day.office_id, errand_id)
    assert found is not None
    return found


async def _publish(conn: Conn, day: Day, errand: dossiers.Dossier, plan_id: UUID) -> list[UUID]:
    shift_id = await conn.fetchval(
        "SELECT id FROM network.shift WHERE courier_id = $1", day.couriers[0]
    )
    draft = RoundDraft(
        courier_id=day.couriers[0],
        shift_id=shift_id,
        starts_s=27_000,
        ends_s=61_200,
        lunch_at_s=None,
        lunch_duration_s=0,
        duration_s=3_600,
        distance_m=2_000,
        stops=[
            StopDraft(
                delivery_point_id=errand.delivery_point_id,
                citizen_id=errand.citizen_id,
                planned_s=30_000,
                tw_early_s=None,
                tw_late_s=None,
                service_duration_s=300,
                acts=[ActDraft(errand.id, "dossier.accept")],
            )
        ],
    )
    return await rounds.publish(
        conn,
        office_id=day.office_id,
        service_on=TODAY,
        plan_id=plan_id,
        drafts=[draft],
        now=MORNING,
    )


async def _add_proof(
    conn: Conn, house: House, day: Day, errand_id: UUID, ids: dict[str, str]
) -> None:
    """Add a photograph whose bytes are stored."""
    digest = hashlib.sha256(PNG).digest()
    media_type = BlobFolder(house.blob_dir).store(day.office_id, digest, PNG)
    blob = Blob(digest, len(PNG), media_type, MORNING, day.couriers[0])
    await proofs.add_blob(conn, day.office_id, blob)
    proof = Proof(
        office_id=day.office_id,
        id=new_id(),
        errand_id=errand_id,
        op_id=None,
        kind="photo",
        sha256=digest,
        data={},
        occurred_at=MORNING,
        received_at=MORNING,
    )
    await proofs.keep(conn, [proof])
    ids |= {"proof_id": str(proof.id), "sha256": digest.hex()}


async def _add_conflict(conn: Conn, day: Day, stop_id: UUID) -> UUID:
    """Add a stop that was done before it was taken away, at which nobody has looked."""
    recall_id = new_id()
    await conn.execute(
        "INSERT INTO rounds.recall (office_id, id, act_id, stop_id, errand_id, from_courier_id, "
        "asked_at, state, settled_at) "
        "SELECT office_id, $1, id, stop_id, errand_id, $3, $4, 'overtaken', $4 "
        "FROM rounds.act WHERE stop_id = $2",
        recall_id,
        stop_id,
        day.couriers[0],
        MORNING,
    )
    return recall_id


async def _add_passing(conn: Conn, day: Day, round_id: UUID) -> UUID:
    """Add a hand-over on the road that the taker alone speaks of."""
    passing_id = new_id()
    await conn.execute(
        "INSERT INTO rounds.passing (office_id, id, code, taker_id, taker_round_id, taken_op_id, "
        "taken_at, num_counted) VALUES ($1, $2, '00000000', $3, $4, $2, $5, 1)",
        day.office_id,
        passing_id,
        day.couriers[0],
        round_id,
        MORNING,
    )
    return passing_id


async def _add_missing(conn: Conn, day: Day, stream_id: UUID, op_id: UUID, device_id: UUID) -> None:
    """Let the fact name a picture that has not come."""
    await conn.execute(
        "INSERT INTO proofs.named (office_id, stream_id, seq, sha256, op_id, device_id, staff_id, "
        "named_at) VALUES ($1, $2, 1, $3, $4, $5, $6, $7)",
        day.office_id,
        stream_id,
        MISSING,
        op_id,
        device_id,
        day.couriers[0],
        MORNING,
    )


async def _add_held(conn: Conn, day: Day, stop_id: UUID, ids: dict[str, str]) -> None:
    """Add a fact of a phone that waits for a person."""
    stream_id, op_id, device_id = new_id(), new_id(), new_id()
    raw = b'{"id":"%s","kind":"note.added","v":1,"stop":"%s","text":"x"}' % (
        str(op_id).encode(),
        str(stop_id).encode(),
    )
    await conn.execute(
        "INSERT INTO identity.device (office_id, id, staff_id, label, token_hash, enrolled_at) "
        "VALUES ($1, $2, $3, 'Nokia C12', $4, $5)",
        day.office_id,
        device_id,
        day.couriers[0],
        b"device",
        MORNING,
    )
    await conn.execute(
        "INSERT INTO sync.stream (office_id, id, device_id, staff_id, last_seq, last_hash, "
        "head_seq, made_at, last_seen_at) VALUES ($1, $2, $3, $4, 1, $5, 1, $6, $6)",
        day.office_id,
        stream_id,
        device_id,
        day.couriers[0],
        bytes(32),
        MORNING,
    )
    await conn.execute(
        "INSERT INTO sync.op_log (office_id, stream_id, seq, op_id, kind, v, raw, hash, "
        "occurred_at, time_quality, received_at) "
        "VALUES ($1, $2, 1, $3, 'note.added', 1, $4, $5, $6, 'good', $6)",
        day.office_id,
        stream_id,
        op_id,
        raw,
        bytes(32),
        MORNING,
    )
    await conn.execute(
        "INSERT INTO sync.effect (office_id, op_id, stream_id, seq) VALUES ($1, $2, $3, 1)",
        day.office_id,
        op_id,
        stream_id,
    )
    await conn.execute(
        "INSERT INTO sync.op_decision (office_id, op_id, n, outcome, reason, at) "
        "VALUES ($1, $2, 1, 'held', 'state_conflict', $3)",
        day.office_id,
        op_id,
        MORNING,
    )
    await _add_missing(conn, day, stream_id, op_id, device_id)
    asked = await conn.fetchval(
        "INSERT INTO sync.held_proposal (office_id, id, op_id, outcome, note, asked_by, asked_at) "
        "VALUES ($1, $2, $3, 'noop', 'đã gọi', $4, $5) RETURNING id",
        day.office_id,
        new_id(),
        op_id,
        day.dispatcher.id,
        MORNING,
    )
    ids |= {
        "device_id": str(device_id),
        "op_id": str(op_id),
        "missing_sha256": MISSING.hex(),
        "stream_id": str(stream_id),
        "held_proposal_id": str(asked),
    }


async def _add_aside(conn: Conn, day: Day, ids: dict[str, str]) -> None:
    """Add a fact of that phone which was set aside."""
    raw = b'{"kind":"note.added","v":1,"stop":"%s","text":"x"}' % ids["stop_id"].encode()
    aside_id = await conn.fetchval(
        "INSERT INTO sync.op_quarantine (office_id, id, device_id, stream_id, seq, op_id, kind, "
        "told_at, raw, reason, received_at) "
        "VALUES ($1, $2, $3, $4, 2, $2, 'note.added', $5, $6, 'revoked', $5) RETURNING id",
        day.office_id,
        new_id(),
        UUID(ids["device_id"]),
        UUID(ids["stream_id"]),
        MORNING,
        raw,
    )
    ids["aside_id"] = str(aside_id)


async def _add_people(conn: Conn, day: Day, suffix: str, world: World) -> None:
    """Add a person of each role, signed in; couriers are those of the day, with phones."""
    for role in ROLES:
        if role == "courier":
            staff = await identity.get_staff(conn, day.couriers[0])
            world.sessions[f"courier.{suffix}"] = await _enrol(conn, day, staff.id, world)
        else:
            staff = await _add_staff(conn, day, f"{role.replace('_', '')}.{suffix}", role)
            world.sessions[f"{role}.{suffix}"] = await _open(conn, day, staff)
    if suffix == "here":
        world.sessions["second"] = await _enrol(conn, day, day.couriers[1], world)
        boss = await _add_staff(conn, day, "boss", "administrator", all_offices=True)
        world.sessions["boss"] = await _open(conn, day, boss)
        leaver = await _add_staff(conn, day, "leaver", "administrator")
        world.sessions["revoked"] = await _open(conn, day, leaver)
        await identity.disable_staff(conn, identity.HOUSE, leaver.id, now=MORNING)
        target = await _add_staff(conn, day, "target", "dispatcher")
        world.ids["leaver_id"] = str(target.id)


async def _add_staff(
    conn: Conn, day: Day, username: str, role: Role, *, all_offices: bool = False
) -> identity.Staff:
    draft = identity.StaffDraft(
        office_id=day.office_id,
        username=username,
        display_name="Phạm Văn Mẫu",
        role=role,
        partner_id=day.partner_id if role == "agency_officer" else None,
        all_offices=all_offices,
    )
    return await identity.add_staff(conn, draft, now=MORNING)


async def _open(conn: Conn, day: Day, staff: identity.Staff) -> str:
    opened = await sessions.open_session(
        conn, staff.office_id, staff.id, staff.role, device_id=None, now=MORNING
    )
    # Their second factor was given just now: they may approve money as well.
    await conn.execute(
        "INSERT INTO identity.factor "
        "(office_id, id, staff_id, secret_sealed, made_at, confirmed_at) "
        "VALUES ($1, $2, $3, $5, $4, $4)",
        staff.office_id,
        new_id(),
        staff.id,
        MORNING,
        day.house.sealer.seal("A" * 32, place=f"identity.factor.secret:{staff.id}"),
    )
    await conn.execute(
        "UPDATE identity.session SET factor_at = $2 WHERE staff_id = $1", staff.id, MORNING
    )
    return opened.session_token


async def _enrol(conn: Conn, day: Day, staff_id: UUID, world: World) -> str:
    code = await identity.make_code(conn, day.dispatcher, staff_id, now=MORNING)
    opened = await devices.enrol(
        conn, code.code, device_label="Nokia C12", now=MORNING, request_id=None
    )
    assert opened is not None
    actor = await sessions.read_actor(conn, opened.session_token, now=MORNING)
    assert actor is not None
    assert actor.device_id is not None
    await devices.register_key(conn, actor, PHONE_KEY.public_key, now=MORNING)
    world.devices[opened.session_token] = actor.device_id
    return opened.session_token
