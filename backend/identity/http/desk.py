"""What phones tell of themselves and what an office does for its people, over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.identity import rules
from backend.identity.actions import devices, people
from backend.identity.model import Actor
from backend.kit.curve import write_base64url
from backend.kit.sql import Conn


class MakeCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For whom a one-time code is made."""

    staff_id: UUID


class Code(msgspec.Struct, frozen=True):
    """A one-time code, shown once."""

    code: str
    expires_at: datetime
    staff_id: UUID


class DeviceKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A phone's public key: base64url of the 65 raw bytes of a point of P-256."""

    public_key: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class ServerKey(msgspec.Struct, frozen=True):
    """Under which name the phone signs, and the house's half of its shift keys."""

    device_id: UUID
    server_key: str


class PhoneController(Controller):
    """What a courier's phone tells of itself."""

    path = "/api/identity/v1/device"
    tags = ("identity",)

    @put("/key", operation_id="identity_register_key", opt={"permission": "phone.key"})
    async def register_key(
        self,
        state: State,
        data: JSONBody[DeviceKey],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> ServerKey:
        """Register the key with which this phone signs. 422 `key_invalid`, 409 `key_known`."""
        await devices.register_key(conn, actor, rules.read_public_key(data.public_key), now=now)
        assert actor.device_id is not None, "only a phone gets so far"
        server_key = state.house.sealer.agreement.public_key
        return ServerKey(device_id=actor.device_id, server_key=write_base64url(server_key))


class DeskController(Controller):
    """What an office does for its people: codes for new phones, lost phones, leavers."""

    path = "/api/identity/v1"
    tags = ("identity",)

    @post("/codes", operation_id="identity_make_code", opt={"permission": "codes.make"})
    async def make_code(
        self,
        data: JSONBody[MakeCode],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Code:
        """Make the one-time code for a courier's phone, to be handed over face to face."""
        made = await devices.make_code(conn, actor, data.staff_id, now=now)
        return Code(code=made.code, expires_at=made.expires_at, staff_id=made.staff_id)

    @post(
        "/devices/{device_id:uuid}/lost",
        operation_id="identity_lose_device",
        opt={"permission": "codes.make"},
        status_code=204,
    )
    async def lose_device(
        self,
        device_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Report a phone as lost: its sessions end at once."""
        await devices.lose_device(conn, actor, device_id, now=now)

    @post(
        "/staff/{staff_id:uuid}/disable",
        operation_id="identity_disable_staff",
        opt={"permission": "staff.write"},
        status_code=204,
    )
    async def disable_staff(
        self,
        staff_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Disable a person: the next request of any of their sessions is refused."""
        await people.disable_staff(conn, actor, staff_id, now=now)
