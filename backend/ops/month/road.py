"""Couriers' hands at doors: over the rooms' own doors, or as phones that speak HTTP.

Both do the same. A phone is enrolled by a code, signs its requests with a key of its own, holds
the leases of its lists, and tells what it did without a signal when it is back (S20, S22).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from backend import cash, charges, doorstep, identity, payouts, rounds
from backend.charges import Collection, NewCharge
from backend.doorstep import MoneyKind, NewErrand, Settled
from backend.house import House
from backend.kit.clock import service_day
from backend.kit.curve import write_base64url, write_point
from backend.kit.ids import new_id
from backend.ops.fact_log import FactLog
from backend.ops.month.desk import HttpDesk, Notes, check, moment, wire
from backend.ops.month.town import Bureau
from backend.payouts import Payment, Payout, Seen
from backend.rounds import ActDraft, RoundDraft, StopDraft
from backend.sync import Reply, Snapshot, note_settled

APP = "month"
STROKES = "M1 1 L9 9"
STARTS_S, ENDS_S, SERVICE_S = 7 * 3600, 19 * 3600, 120
HALF = 32
"""Bytes of each half of a signature."""


@dataclass(frozen=True)
class InDoubt:
    """What couriers did that may not count, for people to decide."""

    collections: list[UUID]
    payouts: list[UUID]
    """Doubts about payouts."""


@dataclass
class DirectRoad:
    """Works through the rooms' doors, one transaction an act."""

    house: House
    bureau: Bureau
    _collections: list[UUID] = field(default_factory=list)
    _doubts: list[UUID] = field(default_factory=list)

    def _begin(self) -> Any:
        return self.house.db.transaction(actor="month", offices=[self.bureau.office_id])

    async def set_out(
        self, courier_id: UUID, home: Sequence[Payout], door: Sequence[NewCharge], at: datetime
    ) -> None:
        """Know what is to be done: here nobody needs to be told."""

    async def accept(self, courier_id: UUID, handover_id: UUID, notes: Notes, at: datetime) -> None:
        """Count and take a float."""
        async with self._begin() as conn:
            moved = await cash.accept(
                conn, self.bureau.office_id, handover_id, by=courier_id, notes=notes,
                occurred_at=at, now=at,
            )  # fmt: skip
        assert moved, "both counted the same"

    async def pay(self, courier_id: UUID, payout: Payout, at: datetime) -> None:
        """Pay at a door."""
        payment = Payment(
            office_id=self.bureau.office_id, id=new_id(), payout_id=payout.id,
            amount_vnd=payout.amount_vnd, place="door", courier_id=courier_id,
            identity=Seen("cccd", payout.id_last4), has_signature=True,
        )  # fmt: skip
        source = payouts.Source(at=at, received_at=at, by=courier_id, op_id=new_id())
        async with self._begin() as conn:
            outcome = await payouts.pay(conn, payment, source)
        if outcome.doubt_id is not None:
            self._doubts.append(outcome.doubt_id)

    async def collect(self, courier_id: UUID, charge: NewCharge, at: datetime) -> None:
        """Collect at a door."""
        collection = Collection(
            office_id=self.bureau.office_id, id=new_id(), charge_id=charge.id,
            amount_vnd=charge.amount_vnd,
        )  # fmt: skip
        source = charges.Source(
            at=at, received_at=at, staff_id=courier_id, is_door=True, op_id=collection.id,
            device_id=courier_id,
        )  # fmt: skip
        async with self._begin() as conn:
            outcome = await charges.collect(conn, collection, source)
        if outcome.kind == "in_doubt":
            self._collections.append(collection.id)

    async def tell(self, courier_id: UUID, at: datetime) -> InDoubt:
        """Return what is in doubt of all that was done since: the rooms know the rest."""
        found = InDoubt(self._collections, self._doubts)
        self._collections, self._doubts = [], []
        return found

    async def hear(self, courier_id: UUID, at: datetime) -> None:
        """Hear what people decided of what was in doubt: here nobody waits for it."""

    async def count(self, courier_id: UUID, notes: Notes, at: datetime) -> UUID:
        """Count what is left; return the shift."""
        async with self._begin() as conn:
            shift = await cash.count_by_courier(
                conn, office_id=self.bureau.office_id, courier_id=courier_id, notes=notes,
                amount_vnd=cash.total_of(notes), occurred_at=at, now=at, count_id=new_id(),
            )  # fmt: skip
        return shift.id


@dataclass
class _Phone:
    """An enrolled phone: its cookies, its key, its facts, and what its day names."""

    courier_id: UUID
    key: ec.EllipticCurvePrivateKey
    device_id: str = ""
    """Empty until the office knows the key."""
    cookies: dict[str, str] = field(default_factory=dict)
    log: FactLog = field(default_factory=lambda: FactLog(APP))
    acts: dict[UUID, tuple[UUID, UUID]] = field(default_factory=dict)
    """Errand id to its stop and act."""
    payouts: set[UUID] = field(default_factory=set)
    """Errands that are payouts."""
    leases: dict[UUID, UUID] = field(default_factory=dict)
    """Share of a list to its lease."""
    cash: dict[str, Any] = field(default_factory=dict)
    """The courier's cash as the office tells it."""
    named: dict[UUID, UUID] = field(default_factory=dict)
    """Fact id to the payout or charge that it is about, until it is told."""
    held: set[UUID] = field(default_factory=set)
    """Facts that wait for people."""

    @property
    def cookie(self) -> str:
        """Return the header with what the office gave."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def sign(self, method: str, path: str, at: datetime, body: bytes) -> str:
        """Return the header that says whose request this is."""
        at_ms = str(round(at.timestamp() * 1000))
        text = identity.signed_text(method, path, at_ms, body)
        r, s = utils.decode_dss_signature(self.key.sign(text, ec.ECDSA(hashes.SHA256())))
        signature = write_base64url(r.to_bytes(HALF) + s.to_bytes(HALF))
        return f"v1;{self.device_id};{at_ms};{signature}"


class HttpRoad:
    """Works as phones of the couriers; the desk makes the codes that enrol them."""

    def __init__(
        self, client: httpx.AsyncClient, house: House, bureau: Bureau, desk: HttpDesk
    ) -> None:
        """Begin with no phone enrolled."""
        self._client, self._house, self._bureau, self._desk = client, house, bureau, desk
        self._phones: dict[UUID, _Phone] = {}
        self.num_facts = 0
        """How many facts the phones told."""

    async def set_out(
        self, courier_id: UUID, home: Sequence[Payout], door: Sequence[NewCharge], at: datetime
    ) -> None:
        """Publish the round, and let the phone fetch its day and the leases of its lists."""
        if courier_id not in self._phones:
            self._phones[courier_id] = await self._enrol(courier_id, at)
        phone = self._phones[courier_id]
        await self._resume(phone, at)
        if not home and not door:
            return
        await self._publish(courier_id, home, door, at)
        snapshot = await self._ask(phone, "GET", "/api/sync/v1/snapshot", at, type=Snapshot)
        phone.log.take_snapshot(snapshot)
        for one in snapshot.docs:
            if one.kind == "stop" and one.doc is not None:
                self._learn_stop(phone, one.doc)
        if home:
            kept = {"is_installed": True, "is_persisted": True}
            given = await self._ask(phone, "POST", "/api/sync/v1/leases", at, kept)
            assert not given["held_elsewhere"], given
            phone.leases = {UUID(one["share_id"]): UUID(one["id"]) for one in given["leases"]}

    async def accept(self, courier_id: UUID, handover_id: UUID, notes: Notes, at: datetime) -> None:
        """Count and take a float, before the office lets go of it."""
        self._phones[courier_id].log.record(
            at,
            "cash.accepted",
            handover=handover_id,
            notes=wire(notes),
            amount_vnd=cash.total_of(notes),
        )
        found = await self.tell(courier_id, at)
        assert found == InDoubt([], []), "both counted the same"

    async def pay(self, courier_id: UUID, payout: Payout, at: datetime) -> None:
        """Pay at a door, with no signal."""
        phone = self._phones[courier_id]
        stop_id, act_id = phone.acts[payout.id]
        op_id = phone.log.record(
            at,
            "payout.paid",
            stop=stop_id,
            act=act_id,
            lease=phone.leases[payouts.share_id(payout.list_id, courier_id)],
            amount_vnd=payout.amount_vnd,
            identity={"method": "cccd", "last4": payout.id_last4},
            proxy=None,
            sign_citizen=STROKES,
            photos=[],
        )
        phone.named[op_id] = payout.id

    async def collect(self, courier_id: UUID, charge: NewCharge, at: datetime) -> None:
        """Collect at a door, with no signal."""
        phone = self._phones[courier_id]
        stop_id, act_id = phone.acts[charge.id]
        op_id = phone.log.record(
            at,
            "charge.collected",
            stop=stop_id,
            act=act_id,
            amount_vnd=charge.amount_vnd,
            method="cash",
            receipt=None,
            payer_sign=STROKES,
        )
        phone.named[op_id] = charge.id

    async def tell(self, courier_id: UUID, at: datetime) -> InDoubt:
        """Send all that was done since; give the lists back when the doors are over."""
        phone = self._phones[courier_id]
        if phone.named:
            for lease_id in phone.leases.values():
                phone.log.record(at, "lease.released", lease=lease_id)
            phone.leases = {}
        told = await self._exchange(phone, at)
        named, phone.named = phone.named, {}
        strange = {op_id: told[op_id] for op_id in told.keys() - named.keys()}
        assert not strange, f"held: {strange}"
        phone.held = set(told)
        paid = [named[op_id] for op_id in told if named[op_id] in phone.payouts]
        return InDoubt(
            [op_id for op_id in told if named[op_id] not in phone.payouts],
            [await self._desk.find_doubt(payout_id, at) for payout_id in paid],
        )

    async def hear(self, courier_id: UUID, at: datetime) -> None:
        """Hear what people decided of what was in doubt, once the worker has had its turn."""
        phone = self._phones[courier_id]
        office_id, by = self._bureau.office_id, self._bureau.staff["controller"]
        async with self._house.db.transaction(actor="month", offices=[office_id]) as conn:
            for op_id in phone.held:
                await note_settled(conn, Settled(office_id, op_id, by, ""), now=at)
        await self._exchange(phone, at)
        assert not phone.held, "each was told as decided"

    async def count(self, courier_id: UUID, notes: Notes, at: datetime) -> UUID:
        """Count what is left; return the shift."""
        phone = self._phones[courier_id]
        phone.log.record(at, "cash.counted", notes=wire(notes), amount_vnd=cash.total_of(notes))
        assert not await self._exchange(phone, at), "a count is taken as it is"
        return UUID(phone.cash["shift"]["id"])

    async def _enrol(self, courier_id: UUID, at: datetime) -> _Phone:
        code = await self._desk.make_code(courier_id, at)
        moment.set(at)
        body = {"code": code, "device_label": "Máy mẫu"}
        answer = await self._client.post("/api/identity/v1/enrol", json=body)
        check(answer)
        phone = _Phone(courier_id, ec.generate_private_key(ec.SECP256R1()))
        self._keep_cookies(phone, answer)
        point = write_base64url(write_point(phone.key.public_key()))
        path = "/api/identity/v1/device/key"
        told = await self._ask(phone, "PUT", path, at, {"public_key": point})
        phone.device_id = told["device_id"]
        return phone

    async def _resume(self, phone: _Phone, at: datetime) -> None:
        moment.set(at)
        answer = await self._client.post(
            "/api/identity/v1/resume", headers={"cookie": phone.cookie}
        )
        check(answer)
        self._keep_cookies(phone, answer)

    def _keep_cookies(self, phone: _Phone, answer: httpx.Response) -> None:
        phone.cookies.update(answer.cookies)
        self._client.cookies.clear()  # many people share the client

    async def _publish(
        self, courier_id: UUID, home: Sequence[Payout], door: Sequence[NewCharge], at: datetime
    ) -> None:
        office_id = self._bureau.office_id
        errands = [*self._due_payouts(home, at), *self._due_charges(door, at)]
        stops = [
            StopDraft(
                delivery_point_id=one.delivery_point_id,
                citizen_id=one.citizen_id,
                planned_s=STARTS_S + SERVICE_S * nth,
                tw_early_s=None,
                tw_late_s=None,
                service_duration_s=SERVICE_S,
                acts=[ActDraft(one.id, one.kind)],
            )
            for nth, one in enumerate(errands)
        ]
        draft = RoundDraft(
            courier_id=courier_id, shift_id=new_id(), starts_s=STARTS_S, ends_s=ENDS_S,
            lunch_at_s=None, lunch_duration_s=0, duration_s=SERVICE_S * len(stops), distance_m=0,
            stops=stops,
        )  # fmt: skip
        async with self._house.db.transaction(actor="month", offices=[office_id]) as conn:
            await doorstep.save(conn, errands)
            await rounds.publish(
                conn, office_id=office_id, service_on=service_day(at), plan_id=new_id(),
                drafts=[draft], now=at,
            )  # fmt: skip

    def _due_payouts(self, home: Sequence[Payout], at: datetime) -> list[NewErrand]:
        return [
            self._due(
                payout.id, "payout.pay", at, cash_out_vnd=payout.amount_vnd,
                subject_id=payout.list_id,
            )
            for payout in home
        ]  # fmt: skip

    def _due_charges(self, door: Sequence[NewCharge], at: datetime) -> list[NewErrand]:
        return [
            self._due(charge.id, "charge.collect", at, cash_in_vnd=charge.amount_vnd)
            for charge in door
        ]

    def _due(self, id: UUID, kind: MoneyKind, at: datetime, **more: Any) -> NewErrand:
        return NewErrand(
            office_id=self._bureau.office_id, id=id, kind=kind,
            citizen_id=self._bureau.citizen_id,
            delivery_point_id=self._bureau.delivery_point_id, wanted_on=service_day(at),
            service_duration_s=SERVICE_S, is_demo=True, **more,
        )  # fmt: skip

    def _learn_stop(self, phone: _Phone, stop: dict[str, Any]) -> None:
        for act in stop["acts"]:
            errand_id = UUID(act["errand_id"])
            phone.acts[errand_id] = UUID(stop["id"]), UUID(act["id"])
            if act["kind"] == "payout.pay":
                phone.payouts.add(errand_id)

    async def _exchange(self, phone: _Phone, at: datetime) -> dict[UUID, str | None]:
        """Send everything; return the facts that are held, and why."""
        held: dict[UUID, str | None] = {}
        is_over = False
        while not is_over:
            request = phone.log.make_request(at)
            reply = await self._ask(phone, "POST", "/api/sync/v1/exchange", at, request, type=Reply)
            held |= {one.id: one.reason for one in reply.decisions if one.outcome == "held"}
            for row in reply.feed:
                if row.kind == "cash":
                    phone.cash = msgspec.json.decode(row.doc)
                elif row.kind == "decision":
                    phone.held.discard(row.ref)
            is_over = phone.log.take_reply(reply)
            self.num_facts += len(request.ops)
        return held

    async def _ask(
        self,
        phone: _Phone,
        method: str,
        path: str,
        at: datetime,
        body: Any = None,
        *,
        type: Any = Any,
    ) -> Any:
        """Make a signed request of the phone's."""
        moment.set(at)
        raw = b"" if body is None else msgspec.json.encode(body)
        headers = {"cookie": phone.cookie, "content-type": "application/json"}
        if phone.device_id:
            headers["tannoi-signature"] = phone.sign(method, path, at, raw)
        answer = await self._client.request(method, path, content=raw, headers=headers)
        check(answer)
        return msgspec.json.decode(answer.content, type=type)


Road = DirectRoad | HttpRoad
"""Couriers on their way, however they tell of it."""
