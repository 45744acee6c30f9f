"""What the stateful tests stand on: phones, the real exchange, and plain dicts beside it."""

import asyncio
import json
import random
import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from hypothesis.stateful import RuleBasedStateMachine

from backend import rounds
from backend.kit.db import set_walls
from backend.kit.seal import Sealer
from backend.rounds import ActDraft, RoundDraft, StopDraft
from backend.sync import Caller, ExchangeRequest, decide_held, exchange, snapshot
from backend.sync.rules import judge_time
from tests.simulation import checks
from tests.simulation.clocks import Ticking
from tests.simulation.office import Office, Op
from tests.simulation.phone import Clock, Phone
from tests.simulation.town import CourierOfTown, Town, Visit

SEALER = Sealer({1: bytes(range(32))}, bytes(range(32, 64)))
DISPATCHER = uuid.UUID(int=77)


class Letters:
    """What is on its way: (phone, number of the request, bytes or reply)."""

    def __init__(self) -> None:
        """Begin with nothing on its way."""
        self.requests: list[tuple[int, int, bytes]] = []
        self.replies: list[tuple[int, int, dict[str, Any]]] = []


class Bench(RuleBasedStateMachine):
    """Phones and the real exchange; each answer is compared with that of plain dicts."""

    def __init__(self, loop: asyncio.AbstractEventLoop, conn: asyncpg.Connection, town: Town):
        """Begin a transaction that is rolled back when the run ends."""
        super().__init__()
        self.loop, self.conn, self.town = loop, conn, town
        self.transaction = conn.transaction()
        self.run(self.transaction.start())
        self.run(set_walls(conn, actor="house", offices="*"))
        self.clock = Ticking()
        self.office = Office(town)
        for visit in town.spares:
            self.office.add_errand(visit)
        self.couriers = [town.couriers[0], town.couriers[2], town.couriers[1]]
        self.phones = [
            Phone(Clock(self.clock, boot=f"b{number}"), random.Random(number))
            for number in range(len(self.couriers))
        ]
        self.visits = {courier.staff_id: list[Visit]() for courier in town.couriers}
        for courier in {one.round_id: one for one in town.couriers}.values():
            self.visits[courier.staff_id] += courier.visits
        self.days = {row["id"]: row["service_on"] for row in town.rows["rounds.round"]}
        self.spares = list(town.spares)
        self.letters = Letters()
        self.images: dict[int, Any] = {}
        self.shown: set[bytes] = set()
        self.gone: set[bytes] = set()
        self.number = 0

    def run(self, work: Any) -> Any:
        """Wait for something asynchronous."""
        return self.loop.run_until_complete(asyncio.wait_for(work, 30))

    def teardown(self) -> None:
        """Stop all faults, let every phone call, and compare what each side has."""
        try:
            self._converge()
            self._compare_books()
            assert self.run(checks.find_violations(self.conn)) == {}
        finally:
            self.run(self.transaction.rollback())

    def _converge(self) -> None:
        # Every change reaches every phone, also the second of one courier: a phone begun anew hears
        # that a stop is gone, says so with its next call, and whoever has the stop is told.
        for _ in range(5):
            for who, phone in enumerate(self.phones):
                for _ in range(30):
                    body = phone.make_request()
                    reply = self._serve(who, body)
                    self._take(who, phone.request, reply)
                    if phone.acked == phone.head and not reply["more"] and not reply["reset"]:
                        break
                assert phone.acked == phone.head, "the queue does not empty"
        for who, phone in enumerate(self.phones):
            told = self._snapshot_view(who)
            assert _live(phone.view) == _live(told), "phone and server differ"
            # Hand-overs of former days stay on the phone until it begins anew.
            for key in told.keys() & phone.view.keys():
                if key[0] == "passing":
                    assert phone.view[key] == told[key], "phone and server differ"

    def _compare_books(self) -> None:
        rows = self.run(self.conn.fetch("SELECT raw FROM sync.op_log"))
        recorded = {row["raw"] for row in rows}
        lost = self.shown - recorded - self.gone
        assert not lost, f"{len(lost)} facts shown as saved are nowhere: {sorted(lost)[:2]}"
        expected = {uuid.UUID(act): state for act, state in self.office.act_state.items()}
        found = self.run(self.conn.fetch("SELECT id, state FROM rounds.act"))
        assert {row["id"]: row["state"] for row in found} == expected
        expected = {uuid.UUID(stop): self.office.stop_state(stop) for stop in self.office.stop_of}
        found = self.run(self.conn.fetch("SELECT id, state FROM rounds.stop"))
        assert {row["id"]: row["state"] for row in found} == expected
        found = self.run(
            self.conn.fetch(
                "SELECT d.id, d.state, i.holder_kind, i.holder_id FROM dossiers.dossier d "
                "LEFT JOIN custody.item i ON i.office_id = d.office_id AND i.id = d.item_id"
            )
        )
        for row in found:
            errand = str(row["id"])
            assert row["state"] == self.office.dossier[errand]
            holder = self.office.holder.get(errand, (None, None))
            assert row["holder_kind"] == holder[0]
            assert row["holder_id"] == holder[1] or holder[0] == "citizen"

    def _serve(self, who: int, body: bytes) -> dict[str, Any]:
        """Let the real server and the dicts answer; they must agree."""
        courier = self.couriers[who]
        request = msgspec.json.decode(body, type=ExchangeRequest)
        reply = self.run(self._exchange(courier, request))
        plain = json.loads(body)
        raws = [bytes(raw) for raw in request.ops]
        received_at = self.clock()

        def is_suspect(op: Op) -> bool:
            _, quality = judge_time(
                at=datetime.fromisoformat(op["at"]),
                mono=op["mono"],
                boot=op["boot"],
                sent_at=request.sent_at,
                sent_mono=request.mono,
                sent_boot=request.boot,
                received_at=received_at,
                not_before=None,
            )
            return quality == "suspect"

        stream = self.office.exchange(courier, plain, raws, is_suspect)
        self._learn_moved()
        assert (reply["ack"], reply["ack_hash"]) == (len(stream.raws), stream.hashes[-1])
        assert reply["fork"] == stream.is_forked
        for decision in reply["decisions"]:
            op = json.loads(stream.raws[decision["seq"] - 1])
            op_id = op.get("id") if isinstance(op, dict) else None
            key = op_id if op_id in self.office.outcomes else f"{stream.stream}:{decision['seq']}"
            # The newest decision: a person may have decided since.
            expected = self.office.outcomes[key][decision["n"] - 1]
            assert decision["outcome"] == expected, f"{decision} of {op}"
        assert [decision["seq"] for decision in reply["decisions"]] == list(
            range(plain["first"], len(stream.raws) + 1)
        )
        return reply

    def _learn_moved(self) -> None:
        """Know the acts that a hand-over put on another round: those the dicts say, as they are."""
        rows = self.run(
            self.conn.fetch(
                "SELECT a.id, a.stop_id, a.errand_id, a.state, r.courier_id, r.id AS round_id "
                "FROM rounds.act a "
                "JOIN rounds.stop s ON s.office_id = a.office_id AND s.id = a.stop_id "
                "JOIN rounds.round r ON r.office_id = s.office_id AND r.id = s.round_id "
                "WHERE a.id <> ALL ($1::uuid[])",
                [uuid.UUID(act) for act in self.office.act_state],
            )
        )
        found = sorted((str(row["errand_id"]), row["courier_id"], row["state"]) for row in rows)
        moved = sorted((one.errand, one.courier, one.state) for one in self.office.moved)
        assert found == moved, "other acts moved than were handed over"
        self.office.moved.clear()
        for row in rows:
            courier = next(one for one in self.couriers if one.round_id == row["round_id"])
            known = next(
                one for one in self.office.visits.values() if one.errand_id == row["errand_id"]
            )
            visit = replace(known, act_id=row["id"], stop_id=row["stop_id"])
            self.visits[courier.staff_id].append(visit)
            self.office.add_visit(courier, visit)
            self.office.act_state[str(visit.act_id)] = row["state"]

    async def _exchange(self, courier: CourierOfTown, request: ExchangeRequest) -> dict[str, Any]:
        async with self.conn.transaction():
            await set_walls(self.conn, actor="courier", offices=[courier.office_id])
            reply = await exchange(self.conn, request, self._caller(courier))
            await set_walls(self.conn, actor="house", offices="*")
        return json.loads(msgspec.json.encode(reply))

    def _caller(self, courier: CourierOfTown) -> Caller:
        return Caller(
            office_id=courier.office_id,
            device_id=courier.device_id,
            staff_id=courier.staff_id,
            now=self.clock(),
            sealer=SEALER,
        )

    async def _decide(self, courier: CourierOfTown, op_id: uuid.UUID, outcome: Any) -> None:
        async with self.conn.transaction():
            await decide_held(
                self.conn,
                office_id=courier.office_id,
                op_id=op_id,
                outcome=outcome,
                by=DISPATCHER,
                note="đã gọi bưu tá",
                now=self.clock(),
                sealer=SEALER,
            )

    def _take(self, who: int, request: int, reply: dict[str, Any]) -> None:
        phone = self.phones[who]
        phone.take_reply(reply, request)
        if phone.wants_snapshot:
            phone.take_snapshot(self._snapshot(who))

    def _snapshot(self, who: int) -> dict[str, Any]:
        found = self.run(snapshot(self.conn, self._caller(self.couriers[who])))
        return json.loads(msgspec.json.encode(found))

    def _snapshot_view(self, who: int) -> dict[tuple[str, str], tuple[int, Any]]:
        docs = self._snapshot(who)["docs"]
        return {(doc["kind"], doc["ref"]): (doc["rev"], doc["doc"]) for doc in docs}

    def _publish(self, courier: CourierOfTown, visit: Visit) -> None:
        stop = StopDraft(
            delivery_point_id=visit.point_id,
            citizen_id=visit.citizen_id,
            planned_s=36_000,
            tw_early_s=None,
            tw_late_s=None,
            service_duration_s=240,
            acts=[ActDraft(visit.errand_id, visit.kind)],
        )
        draft = RoundDraft(
            courier_id=courier.staff_id,
            shift_id=uuid.UUID(int=1),
            starts_s=27_000,
            ends_s=61_200,
            lunch_at_s=None,
            lunch_duration_s=0,
            duration_s=600,
            distance_m=900,
            stops=[stop],
        )
        self.run(
            rounds.publish(
                self.conn,
                office_id=courier.office_id,
                service_on=self.days[courier.round_id],
                plan_id=uuid.UUID(int=2),
                drafts=[draft],
                now=self.clock(),
            )
        )
        row = self.run(
            self.conn.fetchrow(
                "SELECT id, stop_id FROM rounds.act WHERE errand_id = $1 AND state = 'open'",
                visit.errand_id,
            )
        )
        published = replace(visit, act_id=row["id"], stop_id=row["stop_id"])
        self.visits[courier.staff_id].append(published)
        self.office.add_visit(courier, published)

    def _note_shown(self, phone: Phone, before: int) -> None:
        ops = phone.disk.stores["ops"]
        self.shown |= {ops[seq][1] for seq in range(before + 1, phone.head + 1)}

    def _raws_on(self, phone: Phone) -> set[bytes]:
        return {raw for _, raw, _ in phone.disk.stores["ops"].values()}

    def _phone(self, who: int) -> Phone:
        return self.phones[who % len(self.phones)]

    def _courier(self, who: int) -> CourierOfTown:
        return self.couriers[who % len(self.couriers)]

    def _visit(self, courier: CourierOfTown, where: int) -> Visit:
        visits = self.visits[courier.staff_id]
        return visits[where % len(visits)]


def _live(view: dict[tuple[str, str], tuple[int, Any]]) -> dict[tuple[str, str], Any]:
    """Return the documents of rounds that are not closed: the others leave with the day."""
    closed = {
        ref
        for (kind, ref), (_, doc) in view.items()
        if kind == "round" and doc["state"] == "closed"
    }
    return {
        key: value
        for key, value in view.items()
        if key[1] not in closed and value[1].get("round_id") not in closed and key[0] != "passing"
    }
