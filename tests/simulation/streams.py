"""The facts of a phone install as plain lists: what the server must have recorded of it."""

import hashlib
from dataclasses import dataclass, field


@dataclass
class Stream:
    """The facts recorded of one phone install."""

    stream: str
    raws: list[bytes] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    is_forked: bool = False

    def __post_init__(self) -> None:
        """Begin with the stream's first hash."""
        self.hashes = [hashlib.sha256(f"stream:{self.stream}".encode()).hexdigest()]

    def add(self, raw: bytes) -> None:
        """Record a fact."""
        self.raws.append(raw)
        self.hashes.append(hashlib.sha256(bytes.fromhex(self.hashes[-1]) + raw).hexdigest())
