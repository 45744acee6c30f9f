import json
import uuid
from pathlib import Path

import pytest

from backend.identity.signatures import is_signed, signed_text
from backend.kit.curve import Agreement, read_base64url, read_point, write_base64url
from tests.simulation import keys

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
SIGNED = json.loads((VECTORS / "device_signature.json").read_text())


@pytest.mark.parametrize("case", SIGNED["cases"], ids=lambda case: case["name"])
def test_signatures_of_the_vectors(case: dict[str, str]) -> None:
    """Tests that a phone's signature holds for its own request and for nothing else (S20)."""
    found = is_signed(
        case["header"],
        device_id=uuid.UUID(SIGNED["device_id"]),
        public_key=read_base64url(SIGNED["public_key"]),
        method=case["method"],
        path=case["path"],
        body=case["body"].encode(),
    )
    assert found is case["is_good"]


def test_signed_text_is_that_of_the_vectors() -> None:
    """Tests that both sides write the text under a signature alike."""
    case = SIGNED["cases"][0]
    text = signed_text(
        case["method"], case["path"], case["header"].split(";")[2], case["body"].encode()
    )
    assert text.decode() == SIGNED["text"]


def test_vectors_are_as_they_are_made() -> None:
    """Tests that the files of vectors say what `tests.simulation.keys` makes."""
    assert json.loads(json.dumps(keys.make_signature_vectors())) == SIGNED
    sealed = json.loads((VECTORS / "shift_seal.json").read_text())
    assert json.loads(json.dumps(keys.make_seal_vectors())) == sealed


@pytest.mark.parametrize(
    "text",
    [
        "BGsX0fLh",  # too short for a point
        "A" * 87,  # not of the curve
        write_base64url(b"\x02" + bytes(32)),  # compressed
        write_base64url(b"\x04" + bytes(64)),  # the origin
    ],
)
def test_read_point_refuses(text: str) -> None:
    """Tests that no key is taken that is no point of P-256."""
    with pytest.raises(ValueError):
        read_point(read_base64url(text))


@pytest.mark.parametrize("text", ["a", "ab=", "a b", "a+b/", "Aâ", "AAB\n"])
def test_read_base64url_refuses(text: str) -> None:
    """Tests that padding, other alphabets and cut-off text are no base64url."""
    with pytest.raises(ValueError):
        read_base64url(text)


def test_agreement_comes_from_the_secrets_alone() -> None:
    """Tests that a restored house agrees with its phones, and after a rotation as well (S19)."""
    old, new = bytes(range(32)), bytes(range(1, 33))
    phone = keys.pair_of("phone")
    before, after = Agreement([old]), Agreement([new, old])
    assert before.public_key == Agreement([old]).public_key
    assert before.public_key != after.public_key
    assert before.agree(phone.public_key)[0] == after.agree(phone.public_key)[1]
    shared = phone.private.exchange(keys.ec.ECDH(), read_point(before.public_key))
    assert before.agree(phone.public_key) == [shared]
