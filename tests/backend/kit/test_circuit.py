"""Destinations that fail are left alone, and asked again now and then (R5)."""

from backend.kit.circuit import (
    DESTINATIONS_MAX,
    FAILURES_MAX,
    PROBE_S,
    RETRIES_FREE,
    Circuit,
    Circuits,
)


def fail(circuit: Circuit, times: int, now_s: float = 0.0) -> None:
    for _ in range(times):
        assert circuit.take(is_retry=False, now_s=now_s)
        circuit.note(is_answered=False)


def test_opens_after_ten_failures_in_a_row() -> None:
    """Tests that nine failures change nothing, the tenth opens, and an answer starts anew."""
    circuit = Circuit()
    fail(circuit, FAILURES_MAX - 1)
    circuit.note(is_answered=True)
    fail(circuit, FAILURES_MAX - 1)
    assert not circuit.is_open
    fail(circuit, 1)
    assert circuit.is_open
    assert not circuit.take(is_retry=False, now_s=1.0)


def test_one_probe_in_thirty_seconds() -> None:
    """Tests that an open circuit lets one request through each half minute, until one is heard."""
    circuit = Circuit()
    fail(circuit, FAILURES_MAX, now_s=100.0)
    asked = [at for at in range(100, 200) if circuit.take(is_retry=True, now_s=at)]
    assert asked == [130, 160, 190]
    assert not circuit.take(is_retry=False, now_s=190 + PROBE_S - 0.1)
    assert circuit.take(is_retry=False, now_s=190 + PROBE_S)
    circuit.note(is_answered=True)
    assert all(circuit.take(is_retry=False, now_s=220.0) for _ in range(50))


def test_repeats_are_a_tenth_of_requests() -> None:
    """Tests that a destination gets ten repeats beforehand, then one for ten first tries."""
    circuit = Circuit()
    free = sum(circuit.take(is_retry=True, now_s=0.0) for _ in range(100))
    assert free == RETRIES_FREE
    for _ in range(200):
        assert circuit.take(is_retry=False, now_s=0.0)
    more = sum(circuit.take(is_retry=True, now_s=0.0) for _ in range(100))
    assert more in (9, 10), "never more than the ten, however much went before"


def test_destinations_do_not_share_and_are_forgotten() -> None:
    """Tests that one dead service closes no other's door, and memory has an end."""
    circuits = Circuits()
    fail(circuits.of("dead.example"), FAILURES_MAX)
    assert circuits.of("other.example").take(is_retry=False, now_s=0.0)
    assert circuits.of("dead.example").is_open
    for number in range(DESTINATIONS_MAX):
        circuits.of(f"{number}.example")
    assert not circuits.of("dead.example").is_open
