"""A phone's keys, written from the contract and not from the server's code: signing, sealing.

`python -m tests.simulation.keys` writes the vectors that the web app is held against.
"""

import base64
import hashlib
import json
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
CURVE = ec.SECP256R1()


def write64(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class Pair:
    """A pair of P-256, made of a number so that a seed repeats it."""

    private: ec.EllipticCurvePrivateKey

    @property
    def public_key(self) -> bytes:
        """The 65 raw bytes."""
        return self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def sign(
        self, device_id: uuid.UUID, method: str, path: str, at_ms: int, body: bytes = b""
    ) -> str:
        """Return the header `Tannoi-Signature`."""
        text = f"tannoi-v1\n{method}\n{path}\n{at_ms}\n{hashlib.sha256(body).hexdigest()}"
        rule = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = utils.decode_dss_signature(self.private.sign(text.encode(), rule))
        return f"v1;{device_id};{at_ms};{write64(r.to_bytes(32) + s.to_bytes(32))}"


@cache
def pair_of(name: str) -> Pair:
    """Return the pair that belongs to a name."""
    number = int.from_bytes(hashlib.sha512(name.encode()).digest()) % (2**255) + 1
    return Pair(ec.derive_private_key(number, CURVE))


def device_key(device_id: uuid.UUID) -> Pair:
    """Return the pair with which a simulated phone signs."""
    return pair_of(f"device {device_id}")


@dataclass(frozen=True)
class Shift:
    """The key of one shift: what a phone keeps once the private half is gone (S19)."""

    public_key: bytes
    key: bytes

    @classmethod
    def begin(cls, pair: Pair, server_key: bytes) -> "Shift":
        """Agree with the house on the key of a shift."""
        other = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, server_key)
        shared = pair.private.exchange(ec.ECDH(), other)
        info = b"tannoi-shift-v1" + pair.public_key
        derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=bytes(32), info=info)
        return cls(pair.public_key, derived.derive(shared))

    def seal(self, raw: bytes, bound: str, iv: bytes) -> dict[str, str]:
        """Return `{eph, iv, ct}` of bytes bound to a text."""
        sealed = AESGCM(self.key).encrypt(iv, raw, bound.encode())
        return {"eph": write64(self.public_key), "iv": write64(iv), "ct": write64(sealed)}

    def seal_op(self, seq: int, op_id: str, raw: bytes, iv: bytes) -> bytes:
        """Return a sealed fact as it stands in `ops`."""
        sealed = {"seq": seq, "id": op_id, **self.seal(raw, f"op:{op_id}", iv)}
        return json.dumps(sealed, separators=(",", ":")).encode()


def make_signature_vectors() -> dict[str, Any]:
    """Return signed requests, and wrong ones."""
    device_id = uuid.UUID("0193a5c0-1111-7000-8000-00000000abcd")
    pair, other = pair_of("vector device"), pair_of("vector thief")
    path = "/api/sync/v1/exchange"
    body = '{"v":1,"text":"Đã lưu trên máy"}'
    good = pair.sign(device_id, "POST", path, 1_795_656_000_123, body.encode())
    version, device, at_ms, signature = good.split(";")

    def case(name: str, header: str, is_good: bool, **changes: str) -> dict[str, Any]:
        request = {"method": "POST", "path": path, "body": body, **changes}
        return {"name": name, **request, "header": header, "is_good": is_good}

    blob = f"/api/sync/v1/blobs/{'ab' * 32}"
    head = pair.sign(device_id, "HEAD", blob, 0)
    return {
        "about": "Tannoi-Signature (architecture 5a): v1;device;ms;base64url of r||s over text",
        "device_id": str(device_id),
        "private_d": write64(pair.private.private_numbers().private_value.to_bytes(32)),
        "public_key": write64(pair.public_key),
        "text": f"tannoi-v1\nPOST\n{path}\n{at_ms}\n{hashlib.sha256(body.encode()).hexdigest()}",
        "cases": [
            case("a signed exchange", good, True),
            case("no body, no clock", head, True, method="HEAD", path=blob, body=""),
            case("another body", good, False, body=body.replace("1", "2")),
            case("another path", good, False, path="/api/sync/v1/snapshot"),
            case("another method", good, False, method="PUT"),
            case("another instant", f"{version};{device};1{at_ms};{signature}", False),
            case("another device", f"{version};{uuid.UUID(int=7)};{at_ms};{signature}", False),
            case("another version", f"v2;{device};{at_ms};{signature}", False),
            case("cut short", good[:-1], False),
            case("with padding", good + "==", False),
            case("without a signature", f"{version};{device};{at_ms};", False),
            case("nothing", "", False),
            case(
                "another key",
                other.sign(device_id, "POST", path, int(at_ms), body.encode()),
                False,
            ),
            case("zeros", f"{version};{device};{at_ms};{'A' * 86}", False),
        ],
    }


def make_seal_vectors() -> dict[str, Any]:
    """Return what a phone of fixed keys seals for a house of fixed keys."""
    phone, house = pair_of("vector shift"), pair_of("vector house")
    shift = Shift.begin(phone, house.public_key)
    op_id = "0193a5c0-2222-7000-8000-000000000001"
    raw = f'{{"id":"{op_id}","kind":"note.added","v":1,"text":"Cổng xanh, gọi trước"}}'
    bounds = {
        f"op:{op_id}": raw,
        f"side:{op_id}": '{"name":"Ngô Văn Mẫu"}',
        f"blob:{'ab' * 32}": "\u00ff\u00d8 not text",
        "view:stop:0193a5c0-3333-7000-8000-000000000001": '{"state":"open"}',
        "draft:deliver": "",
    }
    sealed = []
    for number, (bound, text) in enumerate(bounds.items()):
        iv = bytes([number]) * 12
        sealed.append({"bound": bound, "raw": text, **shift.seal(text.encode(), bound, iv)})
    return {
        "about": "Shift key (architecture 5a): ECDH P-256, HKDF-SHA-256, AES-256-GCM, bound text",
        "house_private_d": write64(house.private.private_numbers().private_value.to_bytes(32)),
        "server_key": write64(house.public_key),
        "shift_private_d": write64(phone.private.private_numbers().private_value.to_bytes(32)),
        "eph": write64(phone.public_key),
        "key": write64(shift.key),
        "sealed": sealed,
        "sealed_op": shift.seal_op(7, op_id, raw.encode(), bytes(12)).decode(),
    }


def main() -> None:
    """Write both files."""
    for name, made in (
        ("device_signature", make_signature_vectors()),
        ("shift_seal", make_seal_vectors()),
    ):
        text = json.dumps(made, ensure_ascii=False, indent=1)
        (VECTORS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
