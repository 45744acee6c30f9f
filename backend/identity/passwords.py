"""Passwords by Argon2id: hashed in threads, few at a time, with equal work for unknown names."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.identity.rules import password_bytes
from backend.kit.errors import Busy

T = TypeVar("T")

# OWASP's 19 MiB and one lane, with twice its passes: about 90 ms of one core.
HASHER: Final = PasswordHasher(time_cost=4, memory_cost=19_456, parallelism=1)

# Compared with where there is no hash, so that an unknown name costs what a known one does.
NOBODY: Final = (
    "$argon2id$v=19$m=19456,t=4,p=1"
    "$+eWX5eQxjnLGhE9D5oH0jg$oJaW9nIiINJh3r+bDSLkuu04sFYbCPUAN0FD0iEHNMk"
)

# The cap: two hashes at once however many sign in; beyond a short queue the house is busy.
NUM_THREADS: Final = 2
NUM_WAITING_MAX: Final = 40
RETRY_AFTER_S: Final = 5


class _Line:
    """The threads that hash, and the slots of those who wait for them; any event loop may queue."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(NUM_THREADS, thread_name_prefix="argon2")
        self._num_waiting = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns from a thread, or raise `Busy` when the queue is full."""
        if self._num_waiting >= NUM_WAITING_MAX:
            raise Busy(RETRY_AFTER_S)
        self._num_waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._num_waiting -= 1


_line = _Line()


async def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password, salted at random."""
    return await _line.run(lambda: HASHER.hash(password_bytes(password)))


async def matches(password_hash: str | None, password: str) -> bool:
    """Return whether `password` made `password_hash`; None costs the same and never matches."""
    return await _line.run(lambda: _compare(password_hash, password))


def _compare(password_hash: str | None, password: str) -> bool:
    try:
        HASHER.verify(password_hash or NOBODY, password_bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
