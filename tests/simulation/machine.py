"""Everything that phones, their network and the office may do to the exchange, in any order."""

import uuid
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from backend import rounds
from backend.kit.errors import Refusal
from tests.simulation import facts
from tests.simulation.bench import Bench
from tests.simulation.disk import PhoneCrashed, never_crash
from tests.simulation.office import HELD
from tests.simulation.town import CourierOfTown

CODES = ("00000000", "K7M29QX5", "ABCDEFGD", "YYYYYYYK")
JUNK = ("null", "3", '{"id":"?"}', '["{number}"]', '{"kind":"note.added","n":"{number}"}')

numbers = st.integers(min_value=0, max_value=11)


class ExchangeMachine(Bench):
    """The rules Hypothesis draws from; the bench compares after every answer."""

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

    @rule(who=numbers, where=numbers, is_not_so=st.booleans())
    def correct(self, who: int, where: int, is_not_so: bool) -> None:
        """A courier says that an act, ended or not, was not so, or not quite."""
        phone, visit = self._phone(who), self._visit(self._courier(who), where)
        op_id = self.office.ended_by.get(str(visit.act_id), str(visit.act_id))
        wrong = "not_so" if is_not_so else "details"
        before = phone.head
        phone.record(*facts.correction(visit, op_id, wrong=wrong))
        self._note_shown(phone, before)

    @rule(who=numbers, where=numbers, code=st.sampled_from(CODES), how=numbers)
    def hand_on(self, who: int, where: int, code: str, how: int) -> None:
        """A courier gives items on the road, takes some, or keeps them after all."""
        phone, courier = self._phone(who), self._courier(who)
        visits = [self._visit(courier, where), self._visit(courier, where + how)][: 1 + how % 2]
        before = phone.head
        if how in (4, 5):
            phone.record(*facts.keeping(courier, code))
        elif how > 5:
            phone.record(*facts.taking(courier, 1 + how % 2, code))
        else:
            phone.record(*facts.passing(courier, visits, code))
        self._note_shown(phone, before)

    @rule(is_first=st.booleans(), where=numbers, is_counted=st.booleans())
    def meet_on_the_road(self, is_first: bool, where: int, is_counted: bool) -> None:
        """The two couriers meet: one gives an item of the bag, the other counts."""
        who, other = (0, 2) if is_first else (2, 0)
        giver, taker = self._courier(who), self._courier(other)
        carried = [visit for visit in self.visits[giver.staff_id] if visit.item_id]
        if not carried:
            return
        self.number += 1
        code, visit = facts.make_code(self.number), carried[where % len(carried)]
        told = [
            (who, facts.loading(giver, [visit.item_id])),
            (who, facts.passing(giver, [visit], code)),
            (other, facts.taking(taker, 1 if is_counted else 2, code)),
        ]
        for at, fact in told:
            phone = self._phone(at)
            before = phone.head
            phone.record(*fact)
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
            self.office.take_off(visit.errand_id)
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
            lambda: facts.failure(visit, has_photo=how < 8, is_invited=how % 2 == 0),
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
