"""The keys of one installation: made at its first start, each for one use, readable by us alone."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec


def _random_hex() -> str:
    return secrets.token_hex(32)


def _seal_key() -> str:
    return f"1:{secrets.token_hex(32)}"


def _vapid_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


MAKERS: Final[dict[str, Callable[[], str]]] = {
    "seal_keys": _seal_key,
    "index_key": _random_hex,
    "signing_keys": _random_hex,
    "ledger_key": _random_hex,
    "vapid_private_key": _vapid_key,
}


def make_keys(folder: Path) -> dict[str, str]:
    """Make what is missing and return the environment that names each key's file (A18)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name, make in MAKERS.items():
        read_or_make(folder / name, make)
    return {f"TANNOI_{name.upper()}_FILE": str(folder / name) for name in MAKERS}


def read_or_make(file: Path, make: Callable[[], str] = _random_hex) -> str:
    """Return a key's text; a new one is whole on disk before anything is sealed with it."""
    if file.exists():
        return file.read_text().strip()
    text = make()
    write_whole(file, text + "\n")
    return text


def write_whole(file: Path, text: str) -> None:
    """Put a text in a file of ours alone, whole on disk or not at all."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as output:
        output.write(text)
        output.flush()
        os.fsync(output.fileno())
    draft.replace(file)
