"""Items handed from one courier to another on the road, as plain dicts: part of the office."""

import uuid
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any

from tests.simulation.town import CourierOfTown, Visit

Op = dict[str, Any]
APPLIED, NOOP, HELD = "applied", "noop", "held"


class Held(Exception):
    """A person must look."""


@dataclass
class Passing:
    """A hand-over on the road, as its two sides have told of it."""

    giver: uuid.UUID | None = None
    errands: tuple[str, ...] = ()
    taker: uuid.UUID | None = None
    taker_round: str = ""
    num: int = 0
    state: str = "open"


@dataclass
class Moved:
    """An act that a hand-over put on the taker's round, under an id that only the server knows."""

    errand: str
    courier: uuid.UUID
    state: str = "open"


class Road:
    """What an office knows of items that change hands on the road."""

    def __init__(self) -> None:
        """Begin with nothing handed over."""
        self.passings: dict[tuple[uuid.UUID, str], Passing] = {}
        """Office and code to a hand-over on the road."""
        self.passed: set[str] = set()
        """Errands whose items their holder says to have handed on."""
        self.frozen: set[str] = set()
        """Errands whose items nothing moves until a person has decided."""
        self.moved: list[Moved] = []
        """Acts on another round by a hand-over since the server's ids were last learnt."""
        self.round_state: dict[str, str] = {}
        self.visits: dict[str, Visit] = {}
        self.stop_of: dict[str, uuid.UUID] = {}
        """Stop id to its courier."""
        self.act_state: dict[str, str] = {}
        self.holder: dict[str, tuple[str, uuid.UUID]] = {}
        """Errand id to who has its item."""

    @abstractmethod
    def _own_round(self, op: Op, courier: CourierOfTown) -> str: ...

    def _in_hand(self, errand: str, courier: CourierOfTown) -> bool:
        mine = self.holder[errand] == ("courier", courier.staff_id)
        return mine and errand not in self.passed | self.frozen

    def pass_items(self, op: Op, courier: CourierOfTown) -> str:
        """Hand items to a colleague, as the giver tells."""
        self._own_round(op, courier)
        key = (courier.office_id, op["code"])
        found = self.passings.get(key, Passing())
        if found.giver is not None or found.state != "open" or found.taker == courier.staff_id:
            raise Held
        errands = tuple(sorted(set(op["errands"])))
        if not all(one in self.holder and self._in_hand(one, courier) for one in errands):
            raise Held
        return self._settle(key, replace(found, giver=courier.staff_id, errands=errands))

    def take_items(self, op: Op, courier: CourierOfTown) -> str:
        """Take items from a colleague, as the taker tells."""
        if self._own_round(op, courier) == "closed" or not op["is_seal_whole"]:
            raise Held
        key = (courier.office_id, op["code"])
        found = self.passings.get(key, Passing())
        me = courier.staff_id
        if found.giver == me or found.taker not in (None, me):
            raise Held
        if found.state == "joined":
            return NOOP
        if found.state != "open":
            raise Held
        return self._settle(key, replace(found, taker=me, taker_round=op["round"], num=op["num"]))

    def _settle(self, key: tuple[uuid.UUID, str], found: Passing) -> str:
        is_joined = bool(found.errands) and found.num == len(found.errands)
        if is_joined and self.round_state[found.taker_round] == "closed":
            raise Held
        self.passings[key] = replace(found, state="joined") if is_joined else found
        if not is_joined:
            self.passed |= set(found.errands)
            return APPLIED
        assert found.taker is not None, "both have told"
        for errand in found.errands:
            self.holder[errand] = ("courier", found.taker)
            self.passed.discard(errand)
            num_open = self.take_off(uuid.UUID(errand), of=found.giver)
            self.moved += [Moved(errand, found.taker) for _ in range(num_open)]
        return APPLIED

    def take_off(self, errand_id: uuid.UUID, *, of: uuid.UUID | None = None) -> int:
        """Take an errand off the rounds it is open on, or off one courier's; return how many."""
        num_open = 0
        for act, visit in self.visits.items():
            is_meant = of in (None, self.stop_of[str(visit.stop_id)])
            if visit.errand_id == errand_id and is_meant and self.act_state[act] == "open":
                self.act_state[act] = "removed"
                num_open += 1
        for moved in self.moved:
            is_meant = moved.errand == str(errand_id) and of in (None, moved.courier)
            if is_meant and moved.state == "open":
                moved.state = "removed"
                num_open += 1
        return num_open

    def keep_items(self, op: Op, courier: CourierOfTown) -> str:
        """Keep what nobody took."""
        self._own_round(op, courier)
        key = (courier.office_id, op["code"])
        found = self.passings.get(key, Passing())
        if found.giver != courier.staff_id or found.taker is not None:
            raise Held
        if found.state != "open":
            return NOOP
        self.passings[key] = replace(found, state="kept")
        self.passed -= set(found.errands)
        return APPLIED
