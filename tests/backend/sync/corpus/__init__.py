"""Bodies that once could have broken the exchange, or look as if they might (P13).

Each is replayed on every change. What a fuzzer or a phone in the field finds is added by name.
"""

import json
from typing import Any

STREAM = "01a207c9-6c85-76e4-b582-1a5ee986d71b"
ENVELOPE: dict[str, Any] = {
    "v": 1,
    "app": "1",
    "stream": STREAM,
    "epoch": 1,
    "cursor": 0,
    "head": 1,
    "sent_at": "2026-11-23T23:30:00Z",
    "mono": 1,
    "boot": "b1",
    "first": 1,
    "prev": "00" * 32,
    "ops": [],
}
OP: dict[str, Any] = {
    "id": "01a207c9-6c85-76e4-b582-1a5ee986d71c",
    "kind": "note.added",
    "v": 1,
    "at": "2026-11-23T23:30:00Z",
    "mono": 1,
    "boot": "b1",
    "stop": "01a207c9-6c85-76e4-b582-1a5ee986d71d",
    "text": "x",
}


def body(**changes: Any) -> bytes:
    """Return a request with some fields changed; None takes a field away."""
    fields = {**ENVELOPE, **changes}
    return json.dumps({key: value for key, value in fields.items() if value is not None}).encode()


def op(**changes: Any) -> bytes:
    """Return a fact with some fields changed; None takes a field away."""
    fields = {**OP, **changes}
    return json.dumps({key: value for key, value in fields.items() if value is not None}).encode()


DEEP = b"[" * 100_000
REQUESTS: dict[str, bytes] = {
    "empty": b"",
    "nothing": b"null",
    "a list": b"[]",
    "a number": b"1e999",
    "cut short": body()[:-9],
    "not utf-8": body().replace(b'"1"', b'"\xff"'),
    "a byte order mark": b"\xef\xbb\xbf" + body(),
    "a lone surrogate": body().replace(b'"b1"', b'"\\ud800"'),
    "nested for ever": DEEP,
    "nested ops": body()[:-1].replace(b'"ops": []', b'"ops": [' + DEEP),
    "a NUL in the app's name": body(app="\0"),
    "a NUL in the boot": body(boot="\0"),
    "keys twice": body()[:-1] + b',"head":5,"ops":[1]}',
    "no stream": body(stream=None),
    "a stream that is none": body(stream="x"),
    "a number past all": body(head=2**63),
    "below nothing": body(cursor=-1),
    "half a number": body(first=1.5),
    "a hash in capitals": body(prev="AA" * 32),
    "a short hash": body(prev="00"),
    "no zone": body(sent_at="2026-11-23T23:30:00"),
    "the first day": body(sent_at="0001-01-01T00:00:00Z"),
    "the last day": body(sent_at="9999-12-31T23:59:59Z"),
    "a zone of its own": body(sent_at="0001-01-01T00:00:00+23:59"),
    "running for ever": body(mono=1e308),
    "running backwards": body(mono=-1),
    "too many ops": body(ops=[1] * 201),
    "sides for nobody": body()[:-1] + b',"side":{"x":1,"-1":{},"99":null}}',
    "sides of another shape": body()[:-1] + b',"side":[1]}',
    "a version to come": body(v=2),
    "known decisions past all": body(decided=2**53),
    "a feed that is none": body(feed="no"),
    "of another world": b"<html><body>Please sign in to the wifi</body></html>",
}
OPS: dict[str, bytes] = {
    "null": b"null",
    "a number": b"-0.0",
    "a number past all": b"1e400",
    "a text": '"Đã giao"'.encode(),
    "a list": b"[1,2,3]",
    "an empty object": b"{}",
    "blanks": b"{ \n\t }",
    "keys twice": op()[:-1] + b',"id":"x","kind":"round.closed"}',
    "no id": op(id=None),
    "an id that is none": op(id="x"),
    "a NUL in the kind": op(kind="note\0added"),
    "a NUL in the text": op(text="a\0b"),
    "a lone surrogate": op().replace(b'"x"}', b'"\\ud800"}'),
    "half an emoji": b'{"text":"\\\\ud83d \\ud83d\\ude00 \\ude00","id":5}',
    "a kind to come": op(kind="drone.sent"),
    "a version to come": op(v=32_000),
    "a version past all": op(v=2**40),
    "no zone": op(at="2026-11-23T23:30:00"),
    "the first day": op(at="0001-01-01T00:00:00Z"),
    "the last day": op(at="9999-12-31T23:59:59Z"),
    "a leap second": op(at="2026-12-31T23:59:60Z"),
    "a zone of its own": op(at="9999-12-31T23:59:59-23:59"),
    "running for ever": op(mono=1e308),
    "a stop that is none": op(stop=[]),
    "a text too long": op(text="x" * 501),
    "an op too long": op(text="x" * 33_000),
    "sealed by nobody": b'{"seq":1,"id":"%s","eph":"","iv":"","ct":""}' % OP["id"].encode(),
    "sealed nonsense": b'{"seq":1,"id":"%s","eph":"AA","iv":"AAAAAAAAAAAAAAAA","ct":"AAAA"}'
    % OP["id"].encode(),
    "half a seal": b'{"eph":"AA"}',
    "withdraws itself": op(kind="act.withdrawn", act=OP["stop"], op=OP["id"]),
    "withdraws nothing": op(kind="act.withdrawn"),
    "a lease that is none": op(kind="lease.released", lease="x"),
    "an infinite place": op(kind="pin.moved", point=OP["stop"], lat=1e300, lon=0),
    "no day to come back on": op(
        kind="visit.failed", act=OP["stop"], reason="ABSENT", photos=[], note="", invited=True,
        next_on="0001-01-01",
    ),
    "a photo that is none": op(
        kind="visit.failed", act=OP["stop"], reason="ABSENT", photos=["x"], note="", invited=True
    ),
}  # fmt: skip
