"""The cashier's and the controller's hands, over the rooms' own doors or over HTTP.

Both do the same: what the routes do, the doors do. A tenth of the offices speak HTTP, with
sessions, second factors and JSON.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import httpx
import pyotp

from backend import cash, charges, identity, payouts
from backend.charges import Collection
from backend.house import House
from backend.kit.clock import now as real_now
from backend.kit.errors import Conflict
from backend.kit.ids import new_id
from backend.ops.month.town import Bureau
from backend.payouts import Payment, Payout, Seen

Notes = dict[int, int]
RemitKind = Literal["fee", "bill", "tax"]
Unpaid = Literal["give_back", "carry"]
AWAY = timedelta(minutes=20)
"""Who has not been at the screen for so long signs in again, before the session idles out."""
moment: ContextVar[datetime | None] = ContextVar("moment", default=None)
"""The instant at which requests of the running task are judged."""


def clock() -> datetime:
    """Return the instant of the running task; of the real clock outside any."""
    return moment.get() or real_now()


class HttpRefused(Exception):
    """What was asked over HTTP was not done; the code says why."""

    def __init__(self, code: str, words: str) -> None:
        """Keep the code of the refusal."""
        super().__init__(words)
        self.code = code


def check(answer: httpx.Response) -> None:
    """Raise `HttpRefused` unless the answer is a yes."""
    if answer.status_code >= 300:
        code = answer.json().get("code", "")
        asked = f"{answer.request.method} {answer.request.url.path}"
        raise HttpRefused(code, f"{asked}: {answer.status_code} {answer.text[:300]}")


@dataclass
class DirectDesk:
    """Works through the rooms' doors, one transaction an act."""

    house: House
    bureau: Bureau

    def _begin(self) -> Any:
        return self.house.db.transaction(actor="month", offices=[self.bureau.office_id])

    async def fetch_cash(self, notes: Notes, slip: str, at: datetime) -> None:
        """Fetch cash from the bank: sent off by one, taken in by the other."""
        await self._carry("from_bank", notes, slip, at)

    async def bring_cash(self, notes: Notes, slip: str, at: datetime) -> None:
        """Bring cash to the bank."""
        await self._carry("to_bank", notes, slip, at)

    async def _carry(
        self, route: cash.CarriageRoute, notes: Notes, slip: str, at: datetime
    ) -> None:
        office_id, staff = self.bureau.office_id, self.bureau.staff
        is_out = route == "to_bank"
        found = cash.Arrival(
            notes={} if is_out else notes, bank_vnd=cash.total_of(notes) if is_out else 0,
            slip=slip,
        )  # fmt: skip
        async with self._begin() as conn:
            sent = await cash.send_off(
                conn, office_id=office_id, id=new_id(), route=route, notes=notes,
                carrier_id=staff["cashier"], companion_id=staff["controller"], slip=slip,
                by=staff["cashier"], now=at,
            )  # fmt: skip
            await cash.take_in(
                conn, office_id, sent.id, found=found, by=staff["controller"], now=at
            )

    async def issue(self, courier_id: UUID, notes: Notes, at: datetime) -> UUID:
        """Offer a float; a controller lets one above the limit go."""
        office_id, staff = self.bureau.office_id, self.bureau.staff
        async with self._begin() as conn:
            made = await cash.issue(
                conn, office_id=office_id, courier_id=courier_id, notes=notes,
                by=staff["cashier"], now=at,
            )  # fmt: skip
            if made.state == "to_approve":
                await cash.approve(conn, office_id, made.id, by=staff["controller"], now=at)
        return made.id

    async def count_shift(self, shift_id: UUID, notes: Notes, at: datetime) -> None:
        """Count what a courier brings, blind."""
        async with self._begin() as conn:
            await cash.count_by_cashier(
                conn, self.bureau.office_id, shift_id, notes=notes,
                by=self.bureau.staff["cashier"], now=at,
            )  # fmt: skip

    async def settle_shift(self, shift_id: UUID, at: datetime) -> None:
        """Settle what both found missing or over."""
        async with self._begin() as conn:
            await cash.settle_shift(
                conn, self.bureau.office_id, shift_id, reason="đếm sót",
                by=self.bureau.staff["controller"], now=at,
            )  # fmt: skip

    async def close_shift(self, shift_id: UUID, at: datetime) -> None:
        """Close a courier's shift."""
        async with self._begin() as conn:
            await cash.close_shift(
                conn, self.bureau.office_id, shift_id, by=self.bureau.staff["cashier"], now=at
            )

    async def pay(self, payout: Payout, at: datetime) -> None:
        """Pay at the counter."""
        payment = Payment(
            office_id=self.bureau.office_id, id=new_id(), payout_id=payout.id,
            amount_vnd=payout.amount_vnd, place="counter",
            identity=Seen("cccd", payout.id_last4), has_signature=True,
        )  # fmt: skip
        source = payouts.Source(at=at, received_at=at, by=self.bureau.staff["cashier"])
        async with self._begin() as conn:
            await payouts.pay(conn, payment, source)

    async def collect(self, charge_id: UUID, amount_vnd: int, at: datetime) -> None:
        """Collect at the counter."""
        collection = Collection(
            office_id=self.bureau.office_id, id=new_id(), charge_id=charge_id,
            amount_vnd=amount_vnd,
        )  # fmt: skip
        source = charges.Source(at=at, received_at=at, staff_id=self.bureau.staff["cashier"])
        async with self._begin() as conn:
            await charges.collect(conn, collection, source)

    async def remit(self, kind: RemitKind, payee_id: UUID, day: date, at: datetime) -> int:
        """Hand on what was collected through a day; return of how many charges."""
        office_id, staff = self.bureau.office_id, self.bureau.staff
        async with self._begin() as conn:
            try:
                batch = await charges.make_batch(
                    conn, office_id, kind, payee_id, through_on=day, by=staff["cashier"], now=at
                )
            except Conflict as refusal:
                if refusal.code != "nothing_to_remit":
                    raise
                return 0
            await charges.remit(
                conn, office_id, batch.id, approved_by=staff["controller"],
                bank_reference=f"UNC-{day}-{kind}", now=at,
            )  # fmt: skip
        return batch.num_charges

    async def give_back(self, collection_id: UUID, at: datetime) -> None:
        """Let two people decide that what was collected twice goes back."""
        async with self._begin() as conn:
            await charges.decide_doubt(
                conn, self.bureau.office_id, collection_id, "given_back",
                by=self.bureau.staff["cashier"], approved_by=self.bureau.staff["controller"],
                note="thu trùng", now=at,
            )  # fmt: skip

    async def let_owe(self, doubt_id: UUID, at: datetime) -> None:
        """Let two people decide that a courier owes what was paid twice."""
        async with self._begin() as conn:
            await payouts.settle_doubt(
                conn, office_id=self.bureau.office_id, doubt_id=doubt_id, as_="courier_owes",
                by=self.bureau.staff["cashier"], approved_by=self.bureau.staff["controller"],
                reason="chi trùng", now=at,
            )  # fmt: skip

    async def close_list(self, list_id: UUID, unpaid: Unpaid, at: datetime) -> None:
        """End a list of payouts."""
        async with self._begin() as conn:
            await payouts.close(
                conn, office_id=self.bureau.office_id, list_id=list_id, unpaid=unpaid,
                by=self.bureau.staff["controller"], now=at,
            )  # fmt: skip

    async def close_day(self, day: date, notes: Notes, at: datetime) -> None:
        """Count the drawer by two, settle what is missing, close the day."""
        office_id, staff = self.bureau.office_id, self.bureau.staff
        async with self._begin() as conn:
            await cash.count_drawer(
                conn, office_id, day, side="cashier", notes=notes, by=staff["cashier"], now=at
            )
            seen = await cash.count_drawer(
                conn, office_id, day, side="controller", notes=notes, by=staff["controller"],
                now=at,
            )  # fmt: skip
            if seen.difference_vnd:
                await cash.settle_drawer(
                    conn, office_id, day, reason="trả nhầm", by=staff["controller"], now=at
                )
            await cash.close_day(conn, office_id, day, by=staff["controller"], now=at)


class HttpDesk:
    """Works over HTTP as two signed-in people with their second factors."""

    def __init__(self, client: httpx.AsyncClient, house: House, bureau: Bureau) -> None:
        """Begin with nobody signed in."""
        self._client, self._house, self._bureau = client, house, bureau
        self._tokens: dict[str, str] = {}
        self._totps: dict[str, pyotp.TOTP] = {}
        self._seen_at: dict[str, datetime] = {}

    async def sign_in(self, at: datetime) -> None:
        """Sign both in for a day, their second factor set up the first time."""
        for name in ("cashier", "controller"):
            await self._sign_in(name, at)

    async def _sign_in(self, name: str, at: datetime) -> None:
        moment.set(at)
        username = f"{name}{self._bureau.number}"
        async with self._house.db.transaction(actor="month", offices="*") as conn:
            login = await identity.find_login(conn, username)
            opened = await identity.sign_in(conn, login, is_match=True, now=at, request_id=None)
        assert opened is not None
        self._tokens[name] = opened.session_token
        if name not in self._totps:
            begun = await self._ask(name, "POST", "/api/identity/v1/factor")
            self._totps[name] = pyotp.TOTP(begun["secret"])
        self._seen_at[name] = at
        code = self._totps[name].at(at)
        await self._ask(name, "POST", "/api/identity/v1/confirm", {"code": code})

    async def _ask(self, name: str, method: str, path: str, body: Any = None) -> Any:
        answer = await self._client.request(
            method,
            path,
            json=body,
            headers={"cookie": f"__Host-tannoi={self._tokens[name]}"},
        )
        check(answer)
        return answer.json() if answer.content else None

    async def _post(self, at: datetime, name: str, path: str, body: Any = None) -> Any:
        moment.set(at)
        if at - self._seen_at[name] > AWAY:
            await self._sign_in(name, at)
        self._seen_at[name] = at
        return await self._ask(name, "POST", f"/api/cash/v1{path}", body)

    async def fetch_cash(self, notes: Notes, slip: str, at: datetime) -> None:
        """Fetch cash from the bank: sent off by one, taken in by the other."""
        await self._carry("from_bank", notes, slip, at)

    async def bring_cash(self, notes: Notes, slip: str, at: datetime) -> None:
        """Bring cash to the bank."""
        await self._carry("to_bank", notes, slip, at)

    async def _carry(self, route: str, notes: Notes, slip: str, at: datetime) -> None:
        id, is_out = str(new_id()), route == "to_bank"
        body = {
            "id": id,
            "route": route,
            "notes": wire(notes),
            "carrier_id": str(self._bureau.staff["cashier"]),
            "companion_id": str(self._bureau.staff["controller"]),
            "slip": slip,
        }
        await self._post(at, "cashier", "/carriages", body)
        found = {
            "notes": {} if is_out else wire(notes),
            "bank_vnd": cash.total_of(notes) if is_out else 0,
            "slip": slip,
        }
        await self._approve(at, f"/carriages/{id}/end", found)

    async def issue(self, courier_id: UUID, notes: Notes, at: datetime) -> UUID:
        """Offer a float; a controller lets one above the limit go."""
        body = {"courier_id": str(courier_id), "notes": wire(notes)}
        made = await self._post(at, "cashier", "/floats", body)
        if made["state"] == "to_approve":
            await self._approve(at, f"/handovers/{made['id']}/approve")
        return UUID(made["id"])

    async def _approve(self, at: datetime, path: str, body: Any = None) -> Any:
        await self._sign_in("controller", at)
        return await self._post(at, "controller", path, body)

    async def count_shift(self, shift_id: UUID, notes: Notes, at: datetime) -> None:
        """Count what a courier brings, blind."""
        await self._post(at, "cashier", f"/shifts/{shift_id}/count", {"notes": wire(notes)})

    async def settle_shift(self, shift_id: UUID, at: datetime) -> None:
        """Settle what both found missing or over."""
        await self._approve(at, f"/shifts/{shift_id}/settle", {"reason": "đếm sót"})

    async def close_shift(self, shift_id: UUID, at: datetime) -> None:
        """Close a courier's shift."""
        await self._post(at, "cashier", f"/shifts/{shift_id}/close")

    async def pay(self, payout: Payout, at: datetime) -> None:
        """Pay at the counter."""
        body = {
            "id": str(new_id()),
            "amount_vnd": payout.amount_vnd,
            "identity": {"method": "cccd", "last4": payout.id_last4},
            "sign_citizen": "M1 1 L9 9",
        }
        await self._post(at, "cashier", f"/payouts/{payout.id}/pay", body)

    async def collect(self, charge_id: UUID, amount_vnd: int, at: datetime) -> None:
        """Collect at the counter."""
        body = {"id": str(new_id()), "amount_vnd": amount_vnd}
        await self._post(at, "cashier", f"/charges/{charge_id}/collect", body)

    async def remit(self, kind: RemitKind, payee_id: UUID, day: date, at: datetime) -> int:
        """Hand on what was collected through a day; return of how many charges."""
        body = {"kind": kind, "payee_id": str(payee_id), "through_on": day.isoformat()}
        try:
            batch = await self._post(at, "cashier", "/charges/batches", body)
        except HttpRefused as refusal:
            if refusal.code != "nothing_to_remit":
                raise
            return 0
        path = f"/charges/batches/{batch['id']}/remit"
        await self._approve(at, path, {"bank_reference": f"UNC-{day}-{kind}"})
        num: int = batch["num_charges"]
        return num

    async def give_back(self, collection_id: UUID, at: datetime) -> None:
        """Let two people decide that what was collected twice goes back."""
        body = {"kind": "give_back", "subject_id": str(collection_id), "note": "thu trùng"}
        asked = await self._post(at, "cashier", "/charges/proposals", body)
        await self._approve(at, f"/charges/proposals/{asked['id']}/approve")

    async def let_owe(self, doubt_id: UUID, at: datetime) -> None:
        """Let two people decide that a courier owes what was paid twice."""
        body = {
            "kind": "settle",
            "subject_id": str(doubt_id),
            "detail": "courier_owes",
            "reason": "chi trùng",
        }
        asked = await self._post(at, "cashier", "/payouts/proposals", body)
        path = f"/payouts/proposals/{asked['id']}/decide"
        await self._approve(at, path, {"is_allowed": True})

    async def find_doubt(self, payout_id: UUID, at: datetime) -> UUID:
        """Return the doubt about a payout that was paid twice."""
        moment.set(at)
        found = await self._ask("cashier", "GET", "/api/cash/v1/payouts/doubts")
        return next(UUID(one["id"]) for one in found if one["payout_id"] == str(payout_id))

    async def make_code(self, courier_id: UUID, at: datetime) -> str:
        """Return the code with which a courier enrols a phone."""
        await self._sign_in("dispatcher", at)
        body = {"staff_id": str(courier_id)}
        made = await self._ask("dispatcher", "POST", "/api/identity/v1/codes", body)
        code: str = made["code"]
        return code

    async def close_list(self, list_id: UUID, unpaid: Unpaid, at: datetime) -> None:
        """End a list of payouts."""
        await self._approve(at, f"/payouts/lists/{list_id}/close", {"unpaid": unpaid})

    async def close_day(self, day: date, notes: Notes, at: datetime) -> None:
        """Count the drawer by two, settle what is missing, close the day."""
        body = {"notes": wire(notes)}
        await self._post(at, "cashier", f"/days/count?day={day}", body)
        seen = await self._post(at, "controller", f"/days/count?day={day}", body)
        if seen["difference_vnd"]:
            settled = at + timedelta(minutes=1)
            await self._approve(settled, f"/days/settle?day={day}", {"reason": "trả nhầm"})
        await self._approve(at + timedelta(minutes=2), f"/days/close?day={day}", SIGNED)


SIGNED: Final = {"sign_cashier": "M1 1 L9 9", "sign_controller": "M1 9 L9 1"}
"""What both sides drew under a day's sheet."""


def wire(notes: Notes) -> dict[str, int]:
    """Return notes as they travel: keys of JSON are words."""
    return {str(value): num for value, num in notes.items()}


Desk = DirectDesk | HttpDesk
"""A counter, however it is reached."""
