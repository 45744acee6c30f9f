"""The kernel's C functions with their types, and the struct that hands a problem over."""

import ctypes
from functools import lru_cache
from typing import Any

import numpy as np

from routing.engines.kernel.build import load
from routing.engines.kernel.model import Model

NUMBERS = (
    "num_stops", "num_nodes", "num_vehicles", "num_profiles", "num_loads", "num_states",
    "num_windows", "num_bands", "num_near", "num_kinds",
    "lateness", "overtime", "drift", "fair_work", "excess_work", "fair_cash", "excess_cash",
    "sure", "has_release",
)  # fmt: skip
ARRAYS = (
    "node", "windows", "vehicle", "bands", "visit", "way", "way_least", "setup", "arc", "arc_in",
    "metres", "near",
)  # fmt: skip


class Told(ctypes.Structure):
    """`Told` of `native/model.h`: the same fields in the same order."""

    _fields_ = [(name, ctypes.c_int64) for name in NUMBERS] + [
        (name, ctypes.c_void_p) for name in ARRAYS
    ]


def told(model: Model) -> Told:
    """Return the struct over a model's arrays; the model must outlive it."""
    values: dict[str, Any] = {name: int(getattr(model.numbers, name)) for name in NUMBERS}
    for name in ARRAYS:
        array = getattr(model, name)
        assert array is None or array.flags.c_contiguous
        values[name] = None if array is None else array.ctypes.data
    return Told(**values)


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL | None:
    """Return the compiled functions; None where the kernel cannot be had."""
    found = load()
    if found is None:
        return None
    number, pointer = ctypes.c_int64, ctypes.c_void_p
    places = np.ctypeslib.ndpointer(np.int32, flags="C_CONTIGUOUS")
    for name, result, given in (
        ("kernel_new", pointer, (ctypes.POINTER(Told), number)),
        ("kernel_look_near", None, (pointer, number)),
        ("kernel_free", None, (pointer,)),
        ("kernel_set_route", ctypes.c_int32, (pointer, number, places, number, number)),
        ("kernel_begin", number, (pointer,)),
        ("kernel_search", number,
         (pointer, number, ctypes.c_uint64, ctypes.c_double, ctypes.c_double, number)),
        ("kernel_cost", number, (pointer,)),
        ("kernel_route_cost", number, (pointer, number)),
        ("kernel_is_lean", ctypes.c_int32, (pointer,)),
        ("kernel_plan", None, (pointer, number, places, places)),
    ):  # fmt: skip
        function = getattr(found, name)
        function.restype, function.argtypes = result, given
    return found
