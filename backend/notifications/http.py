"""Courier's phones over HTTP: to be woken by a message when the app is closed."""

from datetime import datetime

import msgspec
from litestar import Controller, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody

from backend.house import House
from backend.identity import Actor
from backend.kit.sql import Conn
from backend.notifications import actions, store
from backend.notifications.model import Subscribe, Unsubscribe
from backend.notifications.sender import PushKey, check_endpoint


class CourierPush(msgspec.Struct, frozen=True):
    """What a phone needs to subscribe."""

    push_key: str


class CourierPushController(Controller):
    """Subscriptions of couriers' phones."""

    path = "/api/courier/v1/push"
    tags = ("notifications",)

    @get("/", operation_id="notifications_courier_key", opt={"permission": "phone.wake"})
    async def get_key(self, state: State) -> CourierPush:
        """Return the key to subscribe with."""
        house: House = state.house
        key = PushKey(house.settings.vapid_private_key, house.settings.vapid_subject)
        return CourierPush(push_key=key.public)

    @post(
        "/",
        operation_id="notifications_courier_subscribe",
        opt={"permission": "phone.wake"},
        status_code=204,
    )
    async def subscribe(
        self,
        data: JSONBody[Subscribe],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Wake this phone when its round changes."""
        house: House = state.house
        assert actor.id is not None, "couriers are staff"
        assert actor.office_id is not None, "couriers belong to an office"
        check_endpoint(data.endpoint, data.keys, allow_local=house.settings.allow_local_push)
        await actions.subscribe_staff(
            conn, office_id=actor.office_id, staff_id=actor.id, wish=data, now=now
        )

    @post(
        "/stop",
        operation_id="notifications_courier_stop",
        opt={"permission": "phone.wake"},
        status_code=204,
    )
    async def stop(
        self,
        data: JSONBody[Unsubscribe],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Let this phone sleep."""
        assert actor.id is not None, "couriers are staff"
        assert actor.office_id is not None, "couriers belong to an office"
        await store.end_subscription_of(
            conn,
            office_id=actor.office_id,
            errand_id=None,
            staff_id=actor.id,
            endpoint=data.endpoint,
            now=now,
        )


controllers = (CourierPushController,)
