"""The bank's door: signed notices of money that came (Standard Webhooks 1.0)."""

from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from litestar import Controller, Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import RawBody

from backend import identity
from backend.charges.actions import bank
from backend.charges.model import NoticeOutcome, Payment
from backend.house import House
from backend.kit.errors import Malformed
from backend.kit.webhooks import check_message

RATE: Final = (600, 60)
BODY_MAX: Final = 16_384


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bank's message."""

    type: Literal["payment.received"]
    data: Payment


class Heard(msgspec.Struct, frozen=True):
    """What came of a message; also money in doubt was heard and is not to be sent again."""

    outcome: NoticeOutcome


class BankController(Controller):
    """What a bank's machine calls."""

    path = "/api/bank/v1"
    tags = ("charges",)

    @post(
        "/notices",
        operation_id="charges_take_notice",
        opt={"permission": "public", "webhook": True},
        request_max_body_size=BODY_MAX,
        status_code=200,
    )
    async def take_notice(
        self,
        body: RawBody,
        request: Request[Any, Any, Any],
        state: State,
        now: NamedDependency[datetime],
    ) -> Heard:
        """Keep a signed notice and book its money once.

        401 `bad_signature` for what none of our keys vouches for, 400 `malformed`, 422
        `notice_field`, 409 `notice_differs`, `no_bank_account`.
        """
        await identity.count_hit(request, "bank", RATE)
        house: House = state.house
        raw = await request.body()
        message_id = check_message(request.headers, raw, house.settings.bank_keys, now=now)
        try:
            message = msgspec.json.decode(raw, type=Message)
        except msgspec.DecodeError as error:
            raise Malformed("malformed", path="body") from error
        bank.check_payment(message.data, now=now)
        async with house.db.transaction(actor="bank", offices="*") as conn:
            outcome = await bank.take_notice(conn, message_id, raw, message.data, now=now)
        return Heard(outcome)


controllers: Final = (BankController,)
