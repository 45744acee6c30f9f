"""The server as plain dicts: what it must have recorded and decided, without any database.

Written from the rules; the stateful tests hold the real server against it.
"""

import json
import uuid
from collections.abc import Callable
from typing import Any

from tests.simulation.road import APPLIED, HELD, NOOP, Held, Op, Road
from tests.simulation.streams import Stream
from tests.simulation.town import CourierOfTown, Town, Visit

ENVELOPE = ("id", "kind", "v", "at", "mono", "boot")
NEEDS_PHOTO = {"ABSENT", "MOVED", "NOT_FOUND"}
NEEDS_NOTE = {"REFUSED", "DECEASED"}
INVITES = {"ABSENT", "NOT_FOUND"}
GOES_BACK = {"MOVED", "REFUSED", "DECEASED"}


class Office(Road):
    """What one office knows."""

    def __init__(self, town: Town) -> None:
        """Begin with the town's rounds published and nothing done."""
        super().__init__()
        self.streams: dict[str, Stream] = {}
        self.outcomes: dict[str, list[str]] = {}
        """Op id to its decisions, first to last."""
        self.facts: dict[str, tuple[Op, CourierOfTown]] = {}
        self.round_state = {str(courier.round_id): "published" for courier in town.couriers}
        self.round_of = {str(courier.round_id): courier.staff_id for courier in town.couriers}
        self.stop_round: dict[str, str] = {}
        self.arrived: set[str] = set()
        self.dossier: dict[str, str] = {}
        """Errand id to its state."""
        self.ended_by: dict[str, str] = {}
        """Act id to the fact that ended it."""
        self.attempts: dict[str, list[str]] = {}
        """Errand id to the facts of its visits in vain that stand."""
        self.corrected: set[str] = set()
        self.conflicts: set[str] = set()
        """Facts of results handed over that had come back."""
        self._is_by_person = False
        self.points: set[str] = set()
        self._office_id = town.couriers[0].office_id
        for courier in town.couriers:
            for visit in courier.visits:
                self.add_visit(courier, visit)

    def add_visit(self, courier: CourierOfTown, visit: Visit) -> None:
        """Know a stop that was published."""
        self.visits[str(visit.act_id)] = visit
        self.stop_of[str(visit.stop_id)] = courier.staff_id
        self.stop_round[str(visit.stop_id)] = str(courier.round_id)
        self.act_state[str(visit.act_id)] = "open"
        self.points.add(str(visit.point_id))
        self.add_errand(visit)

    def add_errand(self, visit: Visit) -> None:
        """Know an errand, on a round or not."""
        errand = str(visit.errand_id)
        is_s2 = visit.kind == "result.deliver"
        self.dossier.setdefault(errand, "at_office" if is_s2 else "booked")
        if is_s2:
            self.holder.setdefault(errand, ("office", self._office_id))

    def exchange(
        self,
        courier: CourierOfTown,
        request: dict[str, Any],
        raws: list[bytes],
        is_suspect: Callable[[Op], bool],
    ) -> Stream:
        """Record and decide a batch; return the stream as it then stands."""
        stream = self.streams.setdefault(request["stream"], Stream(request["stream"]))
        first, last = request["first"], len(stream.raws)
        if stream.is_forked or first > last + 1:
            return stream
        known = stream.raws[first - 1 :]
        is_same = all(mine == theirs for mine, theirs in zip(known, raws, strict=False))
        if stream.hashes[first - 1] != request["prev"] or not is_same:
            stream.is_forked = True
            return stream
        for raw in raws[last - first + 1 :]:
            stream.add(raw)
            self._take(courier, stream, raw, is_suspect)
        return stream

    def _take(
        self,
        courier: CourierOfTown,
        stream: Stream,
        raw: bytes,
        is_suspect: Callable[[Op], bool],
    ) -> None:
        op = json.loads(raw)
        if not isinstance(op, dict) or any(key not in op for key in ENVELOPE):
            # It has no id of its own; the server gives it one by its place.
            op = {"id": f"{stream.stream}:{len(stream.raws)}", "kind": None, "v": 1}
        if op["id"] in self.outcomes:
            return
        self.facts[op["id"]] = (op, courier)
        self.outcomes[op["id"]] = [self._decide(op, courier, is_suspect=is_suspect)]

    def decide_held(self, op_id: str, outcome: str) -> bool:
        """Let a person decide a held fact; False when what stands against it still does."""
        op, courier = self.facts[op_id]
        frozen = set(self.frozen)
        if op_id in self.conflicts:
            self.frozen.discard(str(self.visits[op["act"]].errand_id))
        if outcome == APPLIED and self._decide_by_person(op, courier) == HELD:
            self.frozen = frozen
            return False
        self.outcomes[op_id].append(outcome)
        return True

    def _decide_by_person(self, op: Op, courier: CourierOfTown) -> str:
        self._is_by_person = True
        try:
            return self._decide(op, courier, is_suspect=lambda _: False)
        finally:
            self._is_by_person = False

    def _decide(self, op: Op, courier: CourierOfTown, *, is_suspect: Callable[[Op], bool]) -> str:
        performer = PERFORMERS.get(op["kind"])
        if performer is None or op["v"] != 1:
            return HELD
        if _hangs_on_time(op) and is_suspect(op):
            return HELD
        try:
            return performer(self, op, courier)
        except (Held, KeyError):  # a field or a thing that is not there
            return HELD

    def _own_round(self, op: Op, courier: CourierOfTown) -> str:
        if self.round_of[op["round"]] != courier.staff_id:
            raise Held
        return self.round_state[op["round"]]

    def _own_act(self, op: Op, courier: CourierOfTown, kind: str | None = None) -> Visit:
        visit = self.visits[op["act"]]
        is_wrong = (
            (kind is not None and visit.kind != kind)
            or str(visit.stop_id) != op["stop"]
            or self.stop_of[op["stop"]] != courier.staff_id
            or self.act_state[op["act"]] in ("done", "failed")
        )
        if is_wrong:
            raise Held
        return visit

    def _end(self, op: Op, visit: Visit, state: str) -> str:
        if self.act_state[op["act"]] == "removed":
            self.take_off(visit.errand_id)
        self.act_state[op["act"]] = state
        self.ended_by[op["act"]] = op["id"]
        return APPLIED

    def open_round(self, op: Op, courier: CourierOfTown) -> str:
        """Set out."""
        if self._own_round(op, courier) != "published":
            return NOOP
        self.round_state[op["round"]] = "open"
        return APPLIED

    def load_items(self, op: Op, courier: CourierOfTown) -> str:
        """Pack the bag."""
        self._own_round(op, courier)
        for errand in self._errands(op):
            if self.dossier[errand] == "at_office" and errand not in self.frozen:
                self.dossier[errand] = "out"
                self.holder[errand] = ("courier", courier.staff_id)
        return APPLIED

    def return_items(self, op: Op, courier: CourierOfTown) -> str:
        """Give back what is left; all or nothing."""
        self._own_round(op, courier)
        errands = self._errands(op)
        for errand in errands:
            mine = self._in_hand(errand, courier)
            if not mine or self.dossier[errand] not in ("accepted", "out", "returning"):
                raise Held
        for errand in errands:
            if self.dossier[errand] != "returning":
                self.dossier[errand] = "at_office"
            self.holder[errand] = ("office", self._office_id)
        return APPLIED

    def _errands(self, op: Op) -> list[str]:
        """Return the errands whose items a fact names; unknown items are nobody's."""
        wanted = set(op["items"])
        found = {
            str(visit.errand_id) for visit in self.visits.values() if str(visit.item_id) in wanted
        }
        return sorted(found)

    def arrive(self, op: Op, courier: CourierOfTown) -> str:
        """Stand at a door."""
        if self.stop_of[op["stop"]] != courier.staff_id:
            raise Held
        if self.stop_state(op["stop"]) not in ("open", "arrived"):
            return NOOP
        self.arrived.add(op["stop"])
        return APPLIED

    def stop_state(self, stop: str) -> str:
        """Return what its acts make of a stop."""
        states = [
            self.act_state[act]
            for act, visit in self.visits.items()
            if str(visit.stop_id) == stop and self.act_state[act] != "removed"
        ]
        if not states:
            return "removed"
        if "open" in states:
            return "arrived" if stop in self.arrived else "open"
        return states[0] if len(set(states)) == 1 else "partly"

    def deliver(self, op: Op, courier: CourierOfTown) -> str:
        """Hand a result over."""
        visit = self._own_act(op, courier, "result.deliver")
        errand = str(visit.errand_id)
        mine = self._in_hand(errand, courier)
        is_back = self.dossier[errand] in ("at_office", "returning")
        if is_back and not self._is_by_person:
            self.conflicts.add(op["id"])
            if errand not in self.passed:
                self.frozen.add(errand)
            raise Held
        if is_back and self.holder[errand] == ("office", self._office_id):
            mine = errand not in self.passed | self.frozen
        if self.dossier[errand] not in ("out", "at_office", "returning") or not mine:
            raise Held
        if not op["is_seal_whole"] or not op["sign_citizen"]:
            raise Held
        self.dossier[errand] = "delivered"
        self.holder[errand] = ("citizen", uuid.UUID(int=0))
        return self._end(op, visit, "done")

    def accept(self, op: Op, courier: CourierOfTown) -> str:
        """Take papers."""
        visit = self._own_act(op, courier, "dossier.accept")
        errand = str(visit.errand_id)
        is_proven = op["sign_citizen"] and op["photos"] and op["checklist"] and op["seal"]
        if self.dossier[errand] != "booked" or not is_proven:
            raise Held
        self.dossier[errand] = "accepted"
        self.holder[errand] = ("courier", courier.staff_id)
        return self._end(op, visit, "done")

    def fail(self, op: Op, courier: CourierOfTown) -> str:
        """Find nobody, or somebody who will not."""
        visit = self._own_act(op, courier)
        errand = str(visit.errand_id)
        is_s2 = visit.kind == "result.deliver"
        if self.dossier[errand] != ("out" if is_s2 else "booked"):
            raise Held
        is_late = self.act_state[op["act"]] == "removed"
        if is_s2 and (errand in self.passed or (is_late and not self._in_hand(errand, courier))):
            raise Held
        is_unproven = (op["reason"] in NEEDS_PHOTO and not op["photos"]) or (
            op["reason"] in NEEDS_NOTE and not op["note"]
        )
        if is_unproven:
            raise Held
        if is_s2 and op["reason"] in GOES_BACK:
            self.dossier[errand] = "returning"
        self.attempts.setdefault(errand, []).append(op["id"])
        return self._end(op, visit, "failed")

    def correct(self, op: Op, courier: CourierOfTown) -> str:
        """Say that an act did not end as reported, or not quite."""
        visit = self.visits[op["act"]]
        is_own = self.stop_of[op["stop"]] == courier.staff_id
        if str(visit.stop_id) != op["stop"] or not is_own or len(op["reason"]) < 3:
            raise Held
        if op["wrong"] == "not_so" and op["op"] in self.corrected:
            return NOOP
        if self.ended_by.get(op["act"]) != op["op"]:
            raise Held
        if op["wrong"] == "not_so":
            self._take_back(op, visit, courier)
        return APPLIED

    def _take_back(self, op: Op, visit: Visit, courier: CourierOfTown) -> None:
        round_state = self.round_state[self.stop_round[op["stop"]]]
        has_failed = self.act_state[op["act"]] == "failed"
        if not self._is_by_person and not (has_failed and round_state == "open"):
            raise Held
        errand = str(visit.errand_id)
        is_s2 = visit.kind == "result.deliver"
        mine = ("courier", courier.staff_id)
        if has_failed:
            is_last = self.attempts[errand][-1] == op["op"]
            starts = ("out", "returning") if is_s2 else ("booked",)
            if not is_last or self.dossier[errand] not in starts:
                raise Held
            if is_s2 and not self._in_hand(errand, courier):
                raise Held
            self.attempts[errand].pop()
            self.dossier[errand] = "out" if is_s2 else "booked"
        elif is_s2:
            if self.dossier[errand] != "delivered":
                raise Held
            self.dossier[errand], self.holder[errand] = "out", mine
        else:
            if self.dossier[errand] != "accepted" or not self._in_hand(errand, courier):
                raise Held
            self.dossier[errand] = "booked"
            del self.holder[errand]
        self.corrected.add(op["op"])
        del self.ended_by[op["act"]]
        self.arrived.add(op["stop"])
        self.act_state[op["act"]] = "removed" if round_state == "closed" else "open"

    def note(self, op: Op, courier: CourierOfTown) -> str:
        """Write something down about a door."""
        if self.stop_of[op["stop"]] != courier.staff_id or not op["text"]:
            raise Held
        return APPLIED

    def log(self, _op: Op, _courier: CourierOfTown) -> str:
        """Let it stand: nothing contradicts it."""
        return APPLIED

    def move_pin(self, op: Op, courier: CourierOfTown) -> str:
        """Set the door's place; an unknown door is for a person."""
        if op["point"] not in self.points:
            raise Held
        return APPLIED

    def close_round(self, op: Op, courier: CourierOfTown) -> str:
        """End the day."""
        if self._own_round(op, courier) == "closed":
            return NOOP
        stops = [stop for stop, round_id in self.stop_round.items() if round_id == op["round"]]
        is_open = any(self.stop_state(stop) in ("open", "arrived") for stop in stops)
        mine = ("courier", courier.staff_id)
        held = {one for one, holder in self.holder.items() if holder == mine} - self.passed
        is_taking = any(
            one.taker_round == op["round"] and one.state == "open" for one in self.passings.values()
        )
        if is_open or is_taking or any(self._is_to_bring(op["round"], one) for one in held):
            raise Held
        self.round_state[op["round"]] = "closed"
        return APPLIED

    def _is_to_bring(self, closing: str, errand: str) -> bool:
        """Return whether an item in hand must be back before a round closes."""
        of = self.round_of[closing]
        others = {
            one
            for one, state in self.round_state.items()
            if state != "closed" and self.round_of[one] == of and one != closing
        }
        acts = {
            (self.stop_round[str(visit.stop_id)], self.act_state[act])
            for act, visit in self.visits.items()
            if str(visit.errand_id) == errand and self.act_state[act] != "removed"
        }
        elsewhere = {state for round_id, state in acts if round_id in others}
        if "open" in elsewhere:
            return False
        is_here = any(round_id == closing for round_id, _ in acts)
        is_out = any(self.round_state[one] == "open" for one in others)
        return is_here or not (elsewhere or is_out)


def _hangs_on_time(op: Op) -> bool:
    """Return whether law judges by the time of a fact: nobody is invited twice in these days."""
    if op["kind"] == "visit.failed":
        return bool(op.get("invited")) and op.get("reason") in INVITES
    return bool(op["kind"] == "dossier.accepted")


PERFORMERS: dict[str, Callable[[Office, Op, CourierOfTown], str]] = {
    "round.opened": Office.open_round,
    "items.loaded": Office.load_items,
    "stop.arrived": Office.arrive,
    "dossier.accepted": Office.accept,
    "result.delivered": Office.deliver,
    "visit.failed": Office.fail,
    "act.corrected": Office.correct,
    "items.returned": Office.return_items,
    "items.passed": Office.pass_items,
    "items.taken": Office.take_items,
    "items.kept": Office.keep_items,
    "pin.moved": Office.move_pin,
    "note.added": Office.note,
    "call.logged": Office.log,
    "position.logged": Office.log,
    "round.closed": Office.close_round,
}
