import asyncio
import importlib
import json
import math
import os
import random
import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg
import hypothesis
import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from backend import rounds
from backend.kit.clock import service_day
from backend.kit.db import prepare, set_walls
from backend.kit.errors import Refusal
from backend.kit.seal import Sealer
from backend.rounds import ActDraft, RoundDraft, StopDraft
from backend.sync import Caller, ExchangeRequest, decide_held, exchange, snapshot
from backend.sync.rules import judge_time
from tests.simulation import checks, facts
from tests.simulation.clocks import START, Ticking
from tests.simulation.disk import PhoneCrashed, never_crash
from tests.simulation.office import HELD, Office, Op
from tests.simulation.phone import Clock, Phone
from tests.simulation.town import CourierOfTown, Town, Visit, add_device, make_town

pytestmark = [pytest.mark.store, pytest.mark.slow]

NUM_RUNS = int(os.environ.get("SIMULATION_RUNS", "60"))
NUM_STEPS = int(os.environ.get("SIMULATION_STEPS", "50"))
SEED = int(os.environ.get("SEED", random.randrange(10**9)))
SEALER = Sealer({1: bytes(range(32))}, bytes(range(32, 64)))
DISPATCHER = uuid.UUID(int=77)
JUNK = ("null", "3", '{"id":"?"}', '["{number}"]', '{"kind":"note.added","n":"{number}"}')

numbers = st.integers(min_value=0, max_value=11)


class Letters:
    """What is on its way: (phone, number of the request, bytes or reply)."""

    def __init__(self) -> None:
        """Begin with nothing on its way."""
        self.requests: list[tuple[int, int, bytes]] = []
        self.replies: list[tuple[int, int, dict[str, Any]]] = []


class ExchangeMachine(RuleBasedStateMachine):
    """Phones, a network and the real exchange, held against plain dicts after every answer."""

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
        self.visits = {
            courier.staff_id: list(courier.visits) for courier in town.couriers if courier.visits
        }
        self.spares = list(town.spares)
        self.letters = Letters()
        self.images: dict[int, Any] = {}
        self.shown: set[bytes] = set()
        self.gone: set[bytes] = set()
        self.number = 0

    def run(self, work: Any) -> Any:
        """Wait for something asynchronous."""
        return self.loop.run_until_complete(asyncio.wait_for(work, 30))

    # What couriers do.

    @rule(who=numbers, what=numbers, where=numbers, how=numbers)
    def record(self, who: int, what: int, where: int, how: int) -> None:
        """A courier reports something, right or wrong."""
        phone, courier = self._phone(who), self._courier(who)
        kind, fields = self._fact(courier, what, where, how)
        side = {"name": "Ngô Văn Mẫu"} if kind == "result.delivered" else None
        before = phone.head
        phone.record(kind, fields, side=side, v=9 if what == 10 and how > 8 else 1)
        self._note_shown(phone, before)

    @rule(who=numbers, what=st.sampled_from(JUNK))
    def record_junk(self, who: int, what: str) -> None:
        """An app gone wrong writes something nobody can read."""
        phone = self._phone(who)
        self.number += 1
        before = phone.head
        phone.record_raw(f"junk {self.number}", what.replace("{number}", str(self.number)).encode())
        self._note_shown(phone, before)

    @rule(who=numbers, where=numbers, is_late=st.booleans())
    def crash_while_recording(self, who: int, where: int, is_late: bool) -> None:
        """The browser is killed while it writes."""
        phone, courier = self._phone(who), self._courier(who)
        kind, fields = facts.note(self._visit(courier, where), "Cửa sau")
        place = "after" if is_late else "before"

        def crash(at: str) -> None:
            if place in at:
                raise PhoneCrashed(at)

        phone.disk.crash = crash
        with pytest.raises(PhoneCrashed):
            phone.record(kind, fields)
        phone.disk.crash = never_crash
        phone.crash()

    @rule(who=numbers)
    def copy_the_phone(self, who: int) -> None:
        """Somebody takes an image of a phone's disk."""
        self.images[who % len(self.phones)] = self._phone(who).disk.copy()

    @rule(who=numbers)
    def put_the_copy_back(self, who: int) -> None:
        """A phone becomes an older state of itself; what only it knew is gone."""
        who %= len(self.phones)
        if who in self.images:
            phone = self.phones[who]
            before = self._raws_on(phone)
            phone.disk.put_back(self.images.pop(who))
            phone.crash()
            self.gone |= before - self._raws_on(phone)

    @rule(who=numbers)
    def believe_all_is_sent(self, who: int) -> None:
        """A phone whose server was put back: its ack is above what the server has."""
        phone = self._phone(who)
        phone.disk.stores["meta"]["acked"] = phone.head

    @rule(who=numbers, skew_s=st.sampled_from((-400.0, -20.0, 0.0, 2.0, 90.0, 4000.0)))
    def move_the_clock_of_a_phone(self, who: int, skew_s: float) -> None:
        """A courier changes the time of the phone."""
        self._phone(who).clock.skew_s = skew_s

    @rule(seconds=st.sampled_from((1, 10, 400, 15 * 86_400)))
    def let_time_pass(self, seconds: int) -> None:
        """Time passes; after 15 days phones may forget."""
        self.clock.tick(seconds)

    # What the network does.

    @rule(who=numbers)
    def send(self, who: int) -> None:
        """A phone sends, or tries again."""
        who %= len(self.phones)
        body = self.phones[who].make_request()
        self.letters.requests.append((who, self.phones[who].request, body))

    @precondition(lambda self: self.letters.requests)
    @rule(which=numbers, is_doubled=st.booleans())
    def serve(self, which: int, is_doubled: bool) -> None:
        """A request arrives, in any order, perhaps not for the last time."""
        which %= len(self.letters.requests)
        who, request, body = self.letters.requests[which]
        if not is_doubled:
            del self.letters.requests[which]
        self.letters.replies.append((who, request, self._serve(who, body)))

    @precondition(lambda self: self.letters.requests)
    @rule(which=numbers)
    def lose_request(self, which: int) -> None:
        """A request never arrives."""
        del self.letters.requests[which % len(self.letters.requests)]

    @precondition(lambda self: self.letters.replies)
    @rule(which=numbers)
    def take_reply(self, which: int) -> None:
        """A reply arrives, perhaps one nobody waits for any more."""
        which %= len(self.letters.replies)
        who, request, reply = self.letters.replies.pop(which)
        self._take(who, request, reply)

    @precondition(lambda self: self.letters.replies)
    @rule(which=numbers)
    def lose_reply(self, which: int) -> None:
        """A reply never arrives."""
        del self.letters.replies[which % len(self.letters.replies)]

    @rule(who=numbers)
    def exchange_whole(self, who: int) -> None:
        """A round trip without trouble."""
        who %= len(self.phones)
        body = self.phones[who].make_request()
        self._take(who, self.phones[who].request, self._serve(who, body))

    # What the office does.

    @precondition(lambda self: self.spares)
    @rule(who=numbers)
    def publish(self, who: int) -> None:
        """The dispatcher adds an errand to a courier's round."""
        courier = self._courier(who)
        if self.office.round_state[str(courier.round_id)] != "closed":
            self._publish(courier, self.spares.pop())

    @rule(who=numbers, where=numbers)
    def give_to_the_other(self, who: int, where: int) -> None:
        """The dispatcher takes an errand from one courier and gives it to the other."""
        giver = self._courier(who)
        taker = (
            self.couriers[2] if giver.staff_id == self.couriers[0].staff_id else self.couriers[0]
        )
        visit = self._visit(giver, where)
        is_open = self.office.act_state[str(visit.act_id)] == "open"
        if is_open and self.office.round_state[str(taker.round_id)] != "closed":
            self.run(
                rounds.remove_errands(self.conn, giver.office_id, [visit.errand_id], self.clock())
            )
            self.office.remove_errand(visit.errand_id)
            self._publish(taker, visit)

    @rule(which=numbers, outcome=st.sampled_from(("applied", "noop")))
    def decide_a_held_fact(self, which: int, outcome: str) -> None:
        """A person looks at a fact that waits."""
        waiting = [
            op_id
            for op_id, outcomes in self.office.outcomes.items()
            if outcomes == [HELD] and ":" not in op_id
        ]
        if not waiting:
            return
        op_id = waiting[which % len(waiting)]
        op, courier = self.office.facts[op_id]
        is_decided = self.office.decide_held(op_id, outcome)
        try:
            self.run(self._decide(courier, uuid.UUID(op_id), outcome))
        except Refusal as refusal:
            stands = refusal.code
        else:
            stands = None
        assert is_decided == (stands is None), f"{op['kind']}: {stands} stands against it"

    def teardown(self) -> None:
        """Stop all faults, let every phone call, and compare what each side has."""
        try:
            self._converge()
            self._compare_books()
            assert self.run(checks.find_violations(self.conn)) == {}
        finally:
            self.run(self.transaction.rollback())

    def _converge(self) -> None:
        for _ in range(3):  # every change reaches every phone, also the second of one courier
            for who, phone in enumerate(self.phones):
                for _ in range(30):
                    body = phone.make_request()
                    reply = self._serve(who, body)
                    self._take(who, phone.request, reply)
                    if phone.acked == phone.head and not reply["more"] and not reply["reset"]:
                        break
                assert phone.acked == phone.head, "the queue does not empty"
        for who, phone in enumerate(self.phones):
            assert _live(phone.view) == _live(self._snapshot_view(who)), "phone and server differ"

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
        assert (reply["ack"], reply["ack_hash"]) == (len(stream.raws), stream.hashes[-1])
        assert reply["fork"] == stream.is_forked
        for decision in reply["decisions"]:
            op = json.loads(stream.raws[decision["seq"] - 1])
            op_id = op.get("id") if isinstance(op, dict) else None
            key = op_id if op_id in self.office.outcomes else f"{stream.stream}:{decision['seq']}"
            expected = self.office.outcomes[key][0]
            assert decision["outcome"] == expected, f"{decision} of {op}"
        assert [decision["seq"] for decision in reply["decisions"]] == list(
            range(plain["first"], len(stream.raws) + 1)
        )
        return reply

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
                service_on=service_day(self.town.now),
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

    def _fact(
        self, courier: CourierOfTown, what: int, where: int, how: int
    ) -> tuple[str, dict[str, Any]]:
        visit = self._visit(courier, where)
        items = [visit.item_id for visit in self.visits[courier.staff_id] if visit.item_id]
        others = self._visit(self._courier(how), where)
        made = (
            lambda: facts.arrival(visit),
            lambda: facts.act(visit, is_signed=how != 3),
            lambda: facts.act(visit),
            lambda: facts.loading(courier, items[: how + 1]),
            lambda: facts.failure(visit, has_photo=how < 8),
            lambda: facts.failure(visit, reason="REFUSED", text="không nhận" if how < 8 else ""),
            lambda: facts.note(visit, f"Ghi chú {how}"),
            lambda: facts.pin(visit, 21.1 + how / 100, 106.0),
            lambda: facts.opening(self._courier(how)),
            lambda: facts.returning(courier, items[how % 3 : how % 3 + 2]),
            lambda: facts.act(others),
            lambda: (
                ("item.lost", {"stop": str(visit.stop_id)}),
                ("note.added", {"stop": str(uuid.UUID(int=how)), "text": "x"}),
                ("stop.arrived", {}),
                facts.closing(courier),
            )[how % 4],
        )
        return made[what]()

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
        if key[1] not in closed and value[1].get("round_id") not in closed
    }


@pytest.fixture
def town() -> Town:
    """Return an office with two couriers, one of them with two phones."""
    rnd = random.Random(5)
    town = make_town(rnd, now=START, num_couriers=2, num_stops=4, num_offices=1, num_spares=4)
    town.couriers.append(add_device(town, rnd, town.couriers[0]))
    return town


def test_exchange_agrees_with_plain_dicts(admin_url, db_url, town, monkeypatch):
    """Tests that no order of facts and faults makes the server differ from the rules (P3)."""
    # A slow machine must not end a batch early: the dicts know nothing of seconds.
    module = importlib.import_module("backend.sync.exchange")
    monkeypatch.setattr(module, "BATCH_S_MAX", math.inf)
    print(f"SEED={SEED}")
    loop = asyncio.new_event_loop()
    try:
        conn = loop.run_until_complete(_open(admin_url, db_url, town))

        @hypothesis.seed(SEED)
        def machine() -> ExchangeMachine:
            return ExchangeMachine(loop, conn, town)

        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=NUM_RUNS,
                stateful_step_count=NUM_STEPS,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        loop.run_until_complete(conn.close())
    finally:
        loop.close()


async def _open(admin_url: str, db_url: str, town: Town) -> asyncpg.Connection:
    admin = await asyncpg.connect(admin_url)
    await town.write(admin)
    await admin.close()
    conn = await asyncpg.connect(db_url)
    await prepare(conn)
    return conn
