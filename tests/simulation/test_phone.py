import json
from typing import Any

import pytest

from tests.simulation.clocks import ticking
from tests.simulation.disk import PhoneCrashed, never_crash
from tests.simulation.phone import FeedGap, Phone


def make_phone(num_facts: int = 3) -> Phone:
    phone = Phone(*ticking(seed=3))
    for number in range(num_facts):
        phone.record("note.added", {"text": f"{number}"})
    return phone


def reply_to(phone: Phone, ack: int, **fields: Any) -> dict[str, Any]:
    """Return a quiet answer that acknowledges up to `ack`."""
    known = phone._hash_at(ack).hex() if ack <= phone.head else "0" * 64
    quiet = {"epoch": 0, "safe": 0, "decisions": [], "feed": [], "reset": False}
    quiet |= {"fork": False, "ack_only": False}
    return {**quiet, "ack": ack, "ack_hash": known, **fields}


def take(phone: Phone, reply: dict[str, Any]) -> bool:
    phone.make_request()
    return phone.take_reply(reply, phone.request)


def test_phone_follows_the_ack_down_as_well_as_up():
    """Tests that what a restored server lacks is sent again (S5)."""
    phone = make_phone()
    take(phone, reply_to(phone, 3))
    assert json.loads(phone.make_request())["ops"] == []
    take(phone, reply_to(phone, 1))
    assert json.loads(phone.make_request())["first"] == 2


def test_phone_forgets_only_up_to_safe():
    """Tests that acknowledged is not purgeable, and that the chain goes on over the edge (S6)."""
    phone = make_phone()
    take(phone, reply_to(phone, 3))
    assert len(phone.list_op_ids()) == 3
    take(phone, reply_to(phone, 3, safe=2))
    assert len(phone.list_op_ids()) == 1
    phone.record("note.added", {"text": "3"})
    assert json.loads(phone.make_request())["first"] == 4


def test_phone_ignores_a_reply_nobody_waits_for():
    """Tests that the reply to an aborted or an earlier request changes nothing (S12)."""
    phone = make_phone()
    phone.make_request()
    early = phone.request
    phone.make_request()
    assert not phone.take_reply(reply_to(phone, 3), early)
    phone.give_up()
    assert not phone.take_reply(reply_to(phone, 3), phone.request)
    assert phone.acked == 0


def test_phone_drops_a_reply_with_a_gap_in_its_feed():
    """Tests that a reply is applied whole or not at all (S10)."""
    phone = make_phone()
    row = {"n": 2, "kind": "stop", "ref": "a", "rev": 1, "doc": {}}
    with pytest.raises(FeedGap):
        take(phone, reply_to(phone, 3, feed=[row]))
    assert phone.acked == 0
    assert phone.view == {}


def test_phone_swaps_its_view_and_keeps_its_facts_at_a_reset():
    """Tests that a reset drops view and cursor and never an op (S11)."""
    phone = make_phone()
    row = {"n": 1, "kind": "stop", "ref": "a", "rev": 1, "doc": {}}
    take(phone, reply_to(phone, 0, feed=[row]))
    take(phone, reply_to(phone, 0, epoch=2, reset=True))
    assert phone.wants_snapshot
    doc = {"kind": "stop", "ref": "b", "rev": 4, "doc": {}}
    phone.take_snapshot({"epoch": 2, "cursor": 9, "docs": [doc]})
    assert list(phone.view) == [("stop", "b")]
    assert json.loads(phone.make_request())["cursor"] == 9
    assert len(phone.list_op_ids()) == 3


@pytest.mark.parametrize(
    "reply",
    [
        {"fork": True},  # the server says so
        {"ack": 4, "ack_hash": "0" * 64},  # it knows more than this phone ever wrote
        {"ack": 2, "ack_hash": "0" * 64},  # it knows another text under a number
    ],
)
def test_phone_opens_a_new_stream_at_a_fork(reply):
    """Tests that the facts of a forked stream go on under their own ids in a new one (1.3)."""
    phone = make_phone()
    stream, ids = phone.stream, phone.list_op_ids()
    take(phone, {**reply_to(phone, 0), **reply})
    assert phone.stream != stream
    assert phone.list_op_ids() == ids
    assert (phone.head, phone.acked) == (3, 0)


@pytest.mark.parametrize(
    ("place", "num_kept"),
    [
        ("before", 3),  # nothing of the fourth is on the disk
        ("after", 4),  # it is, though nobody was told
    ],
)
def test_phone_shows_as_saved_only_what_is_on_its_disk(place, num_kept):
    """Tests that a kill while recording leaves the fact whole or absent, and never shown (S9)."""
    phone = make_phone()

    def crash(at: str) -> None:
        if place in at:
            raise PhoneCrashed(at)

    phone.disk.crash = crash
    with pytest.raises(PhoneCrashed):
        phone.record("note.added", {"text": "3"})
    phone.disk.crash = never_crash
    phone.crash()
    assert phone.head == len(phone.list_op_ids()) == num_kept
    assert len(phone.shown) == 3
