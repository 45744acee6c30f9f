"""Tests of VietQR payloads."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.errors import Invalid
from backend.kit.vietqr import VietQr, crc16, make_payload, make_purpose, read_payload

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "vietqr.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", VECTORS["crc"], ids=lambda case: case["text"])
def test_crc_of_the_vectors(case: dict[str, str]) -> None:
    """Tests that the check is CRC-16/CCITT-FALSE."""
    assert crc16(case["text"]) == case["crc"]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["about"])
def test_payload_of_the_vectors(case: dict[str, Any]) -> None:
    """Tests that a payload is made byte for byte, and read back."""
    qr = VietQr(**case["qr"])

    assert make_payload(qr) == case["payload"]
    assert read_payload(case["payload"]) == qr


@pytest.mark.parametrize("case", VECTORS["bad"], ids=lambda case: case["about"])
def test_bad_payloads_are_refused_by_name(case: dict[str, str]) -> None:
    """Tests that what is no VietQR is refused, and why."""
    with pytest.raises(Invalid) as refused:
        read_payload(case["payload"])

    assert refused.value.code == case["code"]
    assert refused.value.params.get("field", "") == case["field"]


@pytest.mark.parametrize("case", VECTORS["unmakeable"], ids=lambda case: case["about"])
def test_payloads_that_cannot_be_made(case: dict[str, Any]) -> None:
    """Tests that no payload is made of what may not stand in one."""
    with pytest.raises(Invalid) as refused:
        make_payload(VietQr(**case["qr"]))

    assert refused.value.code == "qr_field"
    assert refused.value.params["field"] == case["field"]


@pytest.mark.parametrize("case", VECTORS["purposes"], ids=lambda case: case["text"])
def test_purpose_of_the_vectors(case: dict[str, str]) -> None:
    """Tests that a purpose is ASCII and short."""
    assert make_purpose(case["text"]) == case["purpose"]


@given(st.text(max_size=120))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Tests that whatever is scanned is read or refused, never worse."""
    for payload in (text, f"{text}6304{crc16(text + '6304')}"):
        with pytest.raises(Invalid):
            read_payload(payload)


@given(
    st.text("0123456789", min_size=6, max_size=6),
    st.text("0123456789ABCxyz", min_size=1, max_size=19),
    st.none() | st.integers(1, 50_000_000_000),
    st.text("ABC 019", max_size=25),
)
def test_what_is_made_is_read(bin: str, account: str, amount: int | None, purpose: str) -> None:
    """Tests that every payload that can be made says what it was made from."""
    qr = VietQr(bin=bin, account=account, amount_vnd=amount, purpose=purpose)

    assert read_payload(make_payload(qr)) == qr


@given(st.integers(0, 80), st.characters(codec="ascii"))
def test_one_changed_character_is_found(place: int, character: str) -> None:
    """Tests that a payload with one character changed is never read as another one."""
    payload = VECTORS["cases"][1]["payload"]
    changed = payload[:place] + character + payload[place + 1 :]
    if changed == payload:
        return

    with pytest.raises(Invalid):
        read_payload(changed)
