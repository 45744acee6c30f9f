"""Tests of signed messages: which are believed, and which are not."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from backend.kit.errors import Unauthenticated
from backend.kit.webhooks import WrongKey, check_key, check_message, public_key, sign

AT = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()
PRIVATE = "whsk_" + base64.b64encode(bytes(range(32))).decode()
BODY = b'{"type":"payment.received"}'


def test_vector_of_the_standard() -> None:
    """Tests that the signature is that of the published example of Standard Webhooks."""
    at = datetime.fromtimestamp(1614265330, tz=UTC)
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', key)

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("with_key", "by_keys"),
    [
        (SECRET, [SECRET]),
        (PRIVATE, [public_key(PRIVATE)]),
        (OTHER, [SECRET, OTHER]),  # while keys are changed
    ],
)
def test_signed_messages_are_believed(with_key: str, by_keys: list[str]) -> None:
    """Tests that a message of one of our keys is believed, within five minutes either way."""
    headers = sign("m1", AT, BODY, with_key)
    for seconds in (-300, 0, 300):
        now = AT + timedelta(seconds=seconds)
        assert check_message(headers, BODY, by_keys, now=now) == "m1"


def test_several_signatures_may_stand_in_a_message() -> None:
    """Tests that a sender who changes keys may sign with both."""
    one, two = (sign("m1", AT, BODY, key) for key in (OTHER, SECRET))
    both = one | {"webhook-signature": f"{one['webhook-signature']} {two['webhook-signature']}"}
    assert check_message(both, BODY, [SECRET], now=AT) == "m1"


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "m2"},
        {"webhook-id": ""},
        {"webhook-id": "x" * 257},
        {"webhook-timestamp": str(int(AT.timestamp()) + 1)},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "-5"},
        {"webhook-timestamp": "9" * 40},
        {"webhook-timestamp": "１７６４"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,not base64!"},
        {"webhook-signature": "v2," + "A" * 44},
    ],
)
@pytest.mark.parametrize("key", [SECRET, PRIVATE])
def test_changed_messages_are_not_believed(key: str, change: dict[str, str]) -> None:
    """Tests that any change of id, time or signature is found."""
    headers = sign("m1", AT, BODY, key) | change
    keys = [SECRET, public_key(PRIVATE)]
    with pytest.raises(Unauthenticated) as refused:
        check_message(headers, BODY, keys, now=AT)
    assert refused.value.code == "bad_signature"


@pytest.mark.parametrize(
    ("body", "keys", "late_s"),
    [
        (BODY + b" ", [SECRET], 0),
        (BODY, [OTHER], 0),
        (BODY, [], 0),
        (BODY, ["whsec_"], 0),
        (BODY, [SECRET], 301),
        (BODY, [SECRET], -301),
    ],
)
def test_other_bodies_keys_and_times_are_not_believed(
    body: bytes, keys: list[str], late_s: int
) -> None:
    """Tests that a message is bound to its bytes, its key and its five minutes."""
    headers = sign("m1", AT, BODY, SECRET)
    with pytest.raises(Unauthenticated):
        check_message(headers, body, keys, now=AT + timedelta(seconds=late_s))


@pytest.mark.parametrize("key", ["", "whsec_", "whsec_AAAA", "whpk_AAAA", "secret", PRIVATE])
def test_keys_are_checked_before_they_serve(key: str) -> None:
    """Tests that a key which would let strangers in is found at the start."""
    with pytest.raises(WrongKey):
        check_key(key)
    check_key(SECRET)
    check_key(public_key(PRIVATE))
