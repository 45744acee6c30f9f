"""VROOM's JSON, in and out, after its docs/API.md; `docs/formats.md` says where we differ.

`read_case` reads an input file, `write_vroom` writes the answer, `choose_eta` is its plan mode.
"""

from routing.formats.vroom.answer import choose_eta, write_vroom
from routing.formats.vroom.check import check_answer, read_answer, solution_of
from routing.formats.vroom.problem import Case, read_case, start_of
from routing.problem import Problem


def read_vroom(text: bytes) -> Problem:
    """Return the problem of a VROOM input file; see `read_case` for what is refused."""
    return read_case(text).problem


__all__ = [
    "Case",
    "check_answer",
    "choose_eta",
    "read_answer",
    "read_case",
    "read_vroom",
    "solution_of",
    "start_of",
    "write_vroom",
]
