"""The optimiser's own JSON, and its schema."""

from typing import Any

import msgspec
import numpy as np

from routing.problem import Problem
from routing.solution import Solution
from routing.wellformed import MalformedProblem

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise NotImplementedError(type(value))


def _read(kind: type, value: object) -> object:
    if "ndarray" in str(kind):
        return np.asarray(value, np.int64)
    raise NotImplementedError(kind)


def write_problem(problem: Problem) -> bytes:
    """Return a problem as JSON."""
    return msgspec.json.encode(problem, enc_hook=_plain)


def read_problem(text: bytes) -> Problem:
    """Return the problem written in JSON.

    Raises
    ------
    MalformedProblem
        E1114 where the text is no problem, other codes where the problem makes no sense.
    """
    try:
        return msgspec.json.decode(text, type=Problem, dec_hook=_read)
    except msgspec.DecodeError as error:
        if isinstance(error.__cause__, MalformedProblem):
            raise error.__cause__ from None
        raise MalformedProblem("E1114", f"this is no problem: {error}") from None
    except ValueError as error:
        if isinstance(error, MalformedProblem):
            raise
        raise MalformedProblem("E1114", f"this is no problem: {error}") from None


def write_solution(solution: Solution) -> bytes:
    """Return an answer as JSON."""
    return msgspec.json.encode(solution)


def read_solution(text: bytes) -> Solution:
    """Return the answer written in JSON."""
    try:
        return msgspec.json.decode(text, type=Solution)
    except msgspec.DecodeError as error:
        raise MalformedProblem("E1114", f"this is no solution: {error}") from None


def schema(part: str | None = None) -> dict[str, Any]:
    """Return the JSON schema of `problem`, of `solution`, or of whichever of the two a file is.

    Windows and closures are written as pairs, matrices as rows; ranges that depend on one another
    (windows in order, ids that exist) are the business of `wellformed`.
    """

    def matrix(_kind: type) -> dict[str, Any]:
        row = {"type": "array", "items": {"type": "integer"}}
        return {"type": "array", "items": row}

    both, parts = msgspec.json.schema_components(
        [Problem, Solution], schema_hook=matrix, ref_template="#/$defs/{name}"
    )
    by_name = {"problem": both[0], "solution": both[1]}
    root = {"oneOf": list(both)} if part is None else by_name[part]
    return {"$schema": DIALECT, **root, "$defs": parts}
