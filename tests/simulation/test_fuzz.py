import random
from pathlib import Path

import pytest

from tests.simulation import fuzz, night

NUM_RUNS = 20_000


def test_no_bytes_break_what_reads_them() -> None:
    """Tests that guided inputs are read or refused by name, and the chain keeps its laws (P13)."""
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    for run in fuzz.fuzz(NUM_RUNS, seed):
        assert run.faults == [], f"seed {seed}, {run.name}"
        assert run.num_kept > 0, f"{run.name}: nothing new was ever reached"


def test_a_reader_that_breaks_is_found() -> None:
    """Tests that a planted fault is seen, with the bytes that show it."""

    def breaks(data: bytes) -> None:
        if b"\x00" in data:
            raise KeyError(data)

    rnd = random.Random(7)
    run = fuzz.Run("planted", breaks, fuzz.seeds())
    for _ in range(2_000):
        run.try_one(fuzz.mutate(rnd, run.pool))
    assert run.faults
    assert all(b"\x00" in data for _, data in run.faults)


@pytest.mark.parametrize("code", [0, 3])
def test_a_night_says_how_each_proof_ended(tmp_path: Path, code: int) -> None:
    """Tests that a failing proof is named, the others run on, and the whole says so."""
    wanted = [
        night.Stage("P0", "first", (night.PYTHON, "-c", f"raise SystemExit({code})")),
        night.Stage("P9", "second", (night.PYTHON, "-c", "import os; print(os.environ['X'])"),
                    {"X": "zwei"}),
    ]  # fmt: skip
    assert night.run_all(wanted, 7, tmp_path) is (code == 0)
    page = (tmp_path / "night.md").read_text(encoding="utf-8")
    assert "| P9 | second | holds |" in page
    assert ("does not hold (3)" in page) is (code == 3)
    assert (tmp_path / "night-02-P9.log").read_text(encoding="utf-8") == "zwei\n"


def test_every_command_of_the_night_is_there() -> None:
    """Tests that each proof's program or test file exists, and each rule has one."""
    found = night.stages(1)
    assert {one.rule for one in found} == {
        "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P9", "P10", "P13",
    }  # fmt: skip
    for stage in found:
        for part in stage.command:
            if part.endswith((".py", ".ts")):
                assert (night.serving.ROOT / part).is_file(), part
            elif part.startswith("tests."):
                assert (night.serving.ROOT / f"{part.replace('.', '/')}.py").is_file(), part
