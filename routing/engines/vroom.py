"""VROOM, for comparison only: what it can be told of a problem goes in, its routes come out.

Told: ways and their cost by profile, windows, service and set-up, rests, loads, who may come, hours
(overtime as plain hours), most stops, shipments, what must be visited first. Not told: reloads,
preferred times, territory, promises, fair shares, releases, prizes. It is not installed with the
service: only comparisons import this module.
"""

import contextlib
import json
import math
from datetime import timedelta
from typing import Any

import numpy as np
import vroom

from routing.engines import OnPlan
from routing.evaluate import Judge
from routing.indexed import NO_LIMIT, Indexed, Plan
from routing.limit import Stopwatch
from routing.problem import Stop
from routing.rules import travel, vehicles
from routing.wellformed import UNREACHABLE_S

COST_MAX = 1 << 28
"""Costs are told in 32 bits, and summed in them."""
EXPLORATION = 5
Json = dict[str, Any]


def run(
    judge: Judge, watch: Stopwatch, *, seed: int, start: Plan | None, on_plan: OnPlan
) -> Plan | None:
    """Return VROOM's routes; it takes no start and has no chance in it."""
    told = Question(judge.ix).told()
    if not told["vehicles"] or not (told["jobs"] or told["shipments"]):
        return None
    asked = vroom.Input()
    asked._from_json(json.dumps(told), False)
    seconds = max(0.05, watch.seconds_left()) if watch.timed else None
    found = asked.solve(
        EXPLORATION, 1, timeout=None if seconds is None else timedelta(seconds=seconds)
    )
    plan: Plan = [[] for _ in judge.ix.vehicles]
    for route in found.to_dict()["routes"]:
        plan[route["vehicle"]] = [step["id"] for step in route["steps"] if "job" in step]
    on_plan(plan)
    return plan


class Question:
    """A problem in VROOM's words; ids are numbers of stops and vehicles."""

    def __init__(self, ix: Indexed) -> None:
        self.ix = ix
        moved = ix.out_of_office + np.abs(ix.taken_on)
        self.columns = [
            c for c in range(3) if (ix.capacity[:, c] < NO_LIMIT).any() and moved[:, c].any()
        ]
        self.welcome = [frozenset(np.flatnonzero(row).tolist()) for row in ix.allowed]
        everyone = frozenset(range(len(ix.vehicles)))
        self.groups = sorted({w for w in self.welcome if w != everyone}, key=sorted)
        """Vehicles that alone may come somewhere: a skill each."""
        self.costs = [travel.arc_cost(ix, at) for at in range(len(ix.travel))]
        for cost, seconds in zip(self.costs, ix.travel, strict=True):
            cost[seconds >= UNREACHABLE_S] = 0
        most = max([int(cost.max(initial=0)) for cost in self.costs], default=0)
        self.divisor = max(1, math.ceil(most * (ix.n + 1) / COST_MAX))

    def told(self) -> Json:
        """Return the input file."""
        ix = self.ix
        alone = [at for at in range(ix.n) if at not in ix.origin and at not in ix.destination]
        return {
            "vehicles": [self._vehicle(k) for k in range(len(ix.vehicles))],
            "jobs": [self._job(at) for at in alone],
            "shipments": [self._shipment(at, delivery) for delivery, at in ix.origin.items()],
            "matrices": self._matrices(),
        }

    def _matrices(self) -> Json:
        ix = self.ix
        return {
            f"p{at}": {
                "durations": np.minimum(ix.travel[at], UNREACHABLE_S).tolist(),
                "costs": (cost // self.divisor).tolist(),
            }
            for at, cost in enumerate(self.costs)
        }

    def _skills(self, welcome: frozenset[int]) -> list[int]:
        return [self.groups.index(welcome)] if welcome in self.groups else []

    def _task(self, at: int) -> Json:
        stop = self.ix.stops[at]
        task: Json = {
            "id": at,
            "location_index": at,
            "service": stop.service_duration_s,
            "setup": stop.setup_s,
        }
        if stop.tws:
            task["time_windows"] = _windows(stop)
        return task

    def _job(self, at: int) -> Json:
        ix = self.ix
        return {
            **self._task(at),
            "delivery": [int(ix.out_of_office[at, c]) for c in self.columns],
            "pickup": [int(ix.taken_on[at, c]) for c in self.columns],
            "skills": self._skills(self.welcome[at]),
            "priority": _priority(ix.stops[at]),
        }

    def _shipment(self, at: int, delivery: int) -> Json:
        both = self.welcome[at] & self.welcome[delivery]
        skills = {*self._skills(self.welcome[at]), *self._skills(self.welcome[delivery])}
        with contextlib.suppress(ValueError):
            skills = {self.groups.index(both)}
        return {
            "pickup": self._task(at),
            "delivery": self._task(delivery),
            "amount": [int(self.ix.taken_on[at, c]) for c in self.columns],
            "skills": sorted(skills),
            "priority": _priority(self.ix.stops[at]),
        }

    def _vehicle(self, k: int) -> Json:
        ix, vehicle = self.ix, self.ix.vehicles[k]
        told: Json = {
            "id": k,
            "profile": f"p{ix.profile[k]}",
            "start_index": ix.start_node[k],
            "time_window": [
                vehicle.shift_early_s, vehicle.shift_late_s + vehicle.overtime_s_max
            ],
            "capacity": [
                min(int(ix.capacity[k, c]), 1 << 31) for c in self.columns
            ],
            "skills": [at for at, group in enumerate(self.groups) if k in group],
            "breaks": [
                {"id": at, "service": rest.duration_s,
                 "time_windows": [[rest.early_s, rest.start_late_s]]}
                for at, rest in enumerate(vehicle.breaks)
            ],
            "costs": {"fixed": vehicles.fixed_cost(ix, k) // self.divisor},
        }  # fmt: skip
        if ix.end_node[k] is not None:
            told["end_index"] = ix.end_node[k]
        if vehicle.stops_max is not None:
            told["max_tasks"] = vehicle.stops_max
        return told


def _priority(stop: Stop) -> int:
    return 50 + stop.priority // 2 if stop.required else 0


def _windows(stop: Stop) -> list[list[int]]:
    """Return windows as VROOM means them: for the start of set-up."""
    return [
        [max(0, tw.early_s - stop.setup_s), max(0, tw.late_s - stop.setup_s)] for tw in stop.tws
    ]
