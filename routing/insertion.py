"""Prices every place of a stop on a route from below, so that the judge is asked about few.

It knows the way, what is on board, and how early and late one can be at each node. What it calls
impossible is; what it calls possible at a price, the judge still has to say.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from routing.evaluate import Judge
from routing.indexed import NO_LIMIT, Indexed, Plan
from routing.reach import NEVER_S, Reach
from routing.rules import capacity, stability, territory, vehicles
from routing.rules.reload import tidy
from routing.wellformed import UNREACHABLE_S


class Candidate(NamedTuple):
    """A place: `inserted` before position `at`."""

    least: int
    """The extra cost is at least this."""
    order: int
    """Among equals the first counts."""
    vehicle: int
    at: int
    inserted: tuple[int, ...]


class _Ways:
    """From and to one node, by node, on one profile."""

    def __init__(self, ix: Indexed, profile: int, node: int) -> None:
        travel, distance = ix.travel[profile], ix.distance[profile]
        self.to_s: list[int] = travel[:, node].tolist()
        self.from_s: list[int] = travel[node].tolist()
        self.to_m: list[int] = distance[:, node].tolist()
        self.from_m: list[int] = distance[node].tolist()
        self.setup_to: list[int] = ix.setup[:, node].tolist()
        self.setup_from: list[int] = ix.setup[node].tolist()


class RoutePlaces:
    """One route, prepared for the question where a stop could go."""

    def __init__(self, judge: Judge, vehicle: int, sequence: Sequence[int]) -> None:
        ix = self.ix = judge.ix
        self.vehicle, self.sequence = vehicle, list(sequence)
        self.asked = ix.vehicles[vehicle]
        self.reach = Reach(judge, vehicle, sequence)
        self.line, self.nodes = self.reach.line, self.reach.nodes
        self.is_untidy = tidy(ix, sequence) != self.sequence
        self.has_releases = any(ix.stops[node].release_s for node in self.line.stops)
        self.cash = sum(ix.stops[n].cash_out_vnd + ix.stops[n].cash_in_vnd for n in self.line.stops)
        self._load_up()

    def _load_up(self) -> None:
        """Note each limited load: on board by moment, and the ends of the trip of each place."""
        ix, k = self.ix, self.vehicle
        count = len(self.sequence)
        reloads = [at for at, node in enumerate(self.sequence) if node >= ix.n]
        self.num_reloads = len(reloads)
        self.trip = [sum(at < place for at in reloads) for place in range(count + 1)]
        self.begins = [([0] + [r + 1 for r in reloads])[t] for t in self.trip]
        self.ends = [([*reloads, count])[t] for t in self.trip]
        self.boards: list[tuple[int, int, list[int], list[int]]] = []
        """(column, limit, on board by moment, loaded for those before each place)."""
        if ix.origin:
            return  # Shipments stay on board through a reload; the judge knows.
        for column in range(3):
            limit = int(ix.capacity[k, column])
            if limit >= NO_LIMIT:
                continue
            start, on_board = capacity.loads(ix, k, self.sequence, column)
            out = [0]
            for node in self.sequence:
                out.append(out[-1] + (int(ix.out_of_office[node, column]) if node < ix.n else 0))
            self.boards.append((column, limit, [start, *on_board], out))

    def _fits_load(self, stop: int, at: int, inserted: tuple[int, ...]) -> bool:
        ix = self.ix
        begin, end = self.begins[at], self.ends[at]
        first_on_road = self.asked.on_road and self.trip[at] == 0
        goods = bool(ix.out_of_office[stop].any())
        if first_on_road:
            if inserted[0] == stop and goods and stop not in ix.loaded_on:
                return False
            return len(inserted) > 1 or self._fits_on_road(stop, at)
        for column, limit, moments, out in self.boards:
            given, taken = int(ix.out_of_office[stop, column]), int(ix.taken_on[stop, column])
            if not given and taken <= 0:
                continue
            after = out[end] - out[at]
            """What is loaded for those behind this place."""
            if len(inserted) == 1:
                before, behind = max(moments[begin : at + 1]), max(moments[at : end + 1])
                fits = before + given <= limit and behind + taken <= limit
            elif inserted[0] == stop:
                before = max(moments[begin : at + 1]) - after
                fits = before + given <= limit and moments[at] - after + taken <= limit
            else:
                collected = moments[at] - after
                behind = max(moments[at : end + 1]) - collected
                fits = after + given <= limit and behind + taken <= limit
            if not fits:
                return False
        return True

    def _fits_on_road(self, stop: int, at: int) -> bool:
        for column, limit, moments, _ in self.boards:
            more = int(self.ix.taken_on[stop, column]) - int(self.ix.out_of_office[stop, column])
            if max(moments[at : self.ends[at] + 1]) + more > limit:
                return False
        return True

    def candidates(self, stop: int, order: int, visit_cost: int) -> Iterator[Candidate]:
        """Yield each place of a stop that may be sound, `order` counting all from there on."""
        ix, asked, count = self.ix, self.asked, len(self.sequence)
        if asked.stops_max is not None and len(self.line.stops) >= asked.stops_max:
            return
        fixed = visit_cost + self._cash_cost(stop)
        if not self.sequence:
            fixed += vehicles.fixed_cost(ix, self.vehicle)
        profile = ix.profile[self.vehicle]
        ways = {stop: _Ways(ix, profile, stop)}
        for at in range(count + 1):
            yield from self._candidate(ways, at, (stop,), fixed, order + at)
        order += count + 1
        if self.num_reloads >= asked.reloads_max:
            return
        for depot in asked.reload_depots:
            node = ix.depot_node[depot]
            ways[node] = _Ways(ix, profile, node)
            for at in range(count + 1):
                yield from self._candidate(ways, at, (node, stop), fixed, order)
                yield from self._candidate(ways, at, (stop, node), fixed, order + 1)
                order += 2

    def num_places(self) -> int:
        """Return how many places there are to try."""
        reloads = self.num_reloads < self.asked.reloads_max
        depots = len(self.asked.reload_depots) if reloads else 0
        return (len(self.sequence) + 1) * (1 + 2 * depots)

    def _cash_cost(self, stop: int) -> int:
        fair = self.ix.problem.fair_cash_vnd
        if fair is None:
            return 0
        more = self.ix.stops[stop].cash_out_vnd + self.ix.stops[stop].cash_in_vnd
        begun = [-(-max(0, cash - fair) // 1_000_000) for cash in (self.cash, self.cash + more)]
        return self.ix.weights.excess_cash_per_million * (begun[1] - begun[0])

    def _candidate(
        self, ways: dict[int, _Ways], at: int, inserted: tuple[int, ...], fixed: int, order: int
    ) -> Iterator[Candidate]:
        ix, weights = self.ix, self.ix.weights
        before, behind = self.nodes[at], self.nodes[at + 1]
        assert before is not None
        stop = inserted[0] if inserted[0] < ix.n else inserted[-1]
        if not self._fits_load(stop, at, inserted):
            return
        if len(inserted) > 1 and self._is_odd(at, inserted):
            least = fixed + self._way_with(at, inserted) - self.reach.time_cost
            yield Candidate(least, order, self.vehicle, at, inserted)
            return
        legs = _legs(ways, before, inserted, behind)
        seconds, metres = sum(leg[0] for leg in legs), sum(leg[1] for leg in legs)
        old_s = self.line.travel_s[at] if self.sequence else 0
        old_m = self.line.distance_m[at] if self.sequence else 0
        if seconds >= UNREACHABLE_S or self._too_long(metres - old_m):
            return
        times = self._times(legs, at, inserted, stop)
        if times is None:
            return
        own, end = times
        setups = sum(leg[2] for leg in legs) + ix.stops[stop].service_duration_s
        old_setup = self.reach.setup(before, behind) if self.sequence else 0
        floor = 0
        if seconds >= old_s and setups >= old_setup:
            # Nobody comes sooner by a detour, so what times cost by now they go on costing.
            promised = self.reach.is_promised
            floor = self.reach.least_time_cost if promised else self.reach.time_cost
        price = fixed + weights.travel_per_s * (seconds - old_s)
        price += weights.distance_per_m * (metres - old_m)
        price += own + max(floor, end) - self.reach.time_cost
        yield Candidate(price, order, self.vehicle, at, inserted)

    def _way_with(self, at: int, inserted: tuple[int, ...]) -> int:
        """Return what the way costs more with two nodes put in and reloads melted together."""
        ix, weights = self.ix, self.ix.weights
        profile = ix.profile[self.vehicle]
        travel, distance = ix.travel[profile], ix.distance[profile]
        nodes = tidy(ix, [*self.sequence[:at], *inserted, *self.sequence[at:]])
        end = ix.end_node[self.vehicle]
        before, total = ix.start_node[self.vehicle], 0
        for node in nodes if end is None else [*nodes, end]:
            total += weights.travel_per_s * int(travel[before, node])
            total += weights.distance_per_m * int(distance[before, node])
            before = node
        if not self.sequence:
            return total
        total -= weights.travel_per_s * sum(self.line.travel_s)
        return total - weights.distance_per_m * sum(self.line.distance_m)

    def _is_odd(self, at: int, inserted: tuple[int, ...]) -> bool:
        """Whether two nodes put in do more than lengthen the way."""
        n = self.ix.n
        if self.is_untidy or self.has_releases or self.ix.stops[min(inserted)].release_s:
            return True
        if inserted[0] >= n:
            return at > 0 and self.sequence[at - 1] >= n
        return at == len(self.sequence) or self.sequence[at] >= n

    def _too_long(self, more_m: int) -> bool:
        most = self.asked.distance_m_max
        return most is not None and sum(self.line.distance_m) + more_m > most

    def _times(
        self, legs: list[tuple[int, int, int]], at: int, inserted: tuple[int, ...], stop: int
    ) -> tuple[int, int] | None:
        """Return the least cost of the stop's own time and of the end; None: times forbid it."""
        reach = self.reach
        leave, own = reach.leave[at], 0
        for (seconds, _, setup), node in zip(legs, inserted, strict=False):
            start, leave = reach.advance(leave, seconds, setup, node, 0)
            if node == stop:
                own = reach.own_cost(stop, start)
        seconds, _, setup = legs[-1]
        latest, tail, floor = reach.latest[at], reach.tail[at], reach.floor[at]
        end = NEVER_S
        for taken, moment in enumerate(leave):
            if moment >= NEVER_S:
                continue
            for more in range(len(leave) - taken):
                ready = reach.ready(moment, seconds, setup, taken, more)
                if ready <= latest[taken + more]:
                    then = ready + tail
                    then += reach.still_to_rest_s(taken + more, then)
                    end = min(end, max(then, floor))
        return None if end >= NEVER_S else (own, reach.end_cost(end))


def _legs(
    ways: dict[int, _Ways], before: int, inserted: tuple[int, ...], behind: int | None
) -> list[tuple[int, int, int]]:
    """Return (seconds, metres, set-up) of each leg through the nodes put in."""
    legs = []
    for node in inserted:
        way = ways[node]
        legs.append((way.to_s[before], way.to_m[before], way.setup_to[before]))
        before = node
    if behind is None:
        legs.append((0, 0, 0))
    else:
        way = ways[before]
        legs.append((way.from_s[behind], way.from_m[behind], way.setup_from[behind]))
    return legs


class Places:
    """Answers where stops can go in plans of one judge; a route is prepared once."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self._visit_cost = territory.visit_cost(judge.ix) + stability.visit_cost(judge.ix)
        self._known: dict[tuple[int, tuple[int, ...]], RoutePlaces] = {}

    def route(self, vehicle: int, sequence: Sequence[int]) -> RoutePlaces:
        """Return a route prepared."""
        key = (vehicle, tuple(sequence))
        if key not in self._known:
            self._known[key] = RoutePlaces(self.judge, vehicle, sequence)
        return self._known[key]

    def candidates(self, plan: Plan, stop: int) -> list[Candidate]:
        """Return the places of a stop that may be sound, the cheapest by what is sure first."""
        found: list[Candidate] = []
        order = 0
        for vehicle, sequence in enumerate(plan):
            if self.judge.ix.allowed[stop, vehicle]:
                route = self.route(vehicle, sequence)
                visit_cost = int(self._visit_cost[stop, vehicle])
                found += route.candidates(stop, order, visit_cost)
                order += route.num_places()
        found.sort()
        return found

    def best(self, plan: Plan, stop: int) -> tuple[int, int, list[int]] | None:
        """Return the extra cost, the vehicle and the new route of the cheapest sound place.

        Of equal ones the first: by vehicle, without a reload before with one, by position.
        """
        found = self.cheapest(plan, stop, 1)
        return found[0] if found else None

    def cheapest(self, plan: Plan, stop: int, most: int) -> list[tuple[int, int, list[int]]]:
        """Return up to so many sound places, the cheapest first, as `best` returns one."""
        judge = self.judge
        kept: list[tuple[int, int, int, list[int]]] = []
        for found in self.candidates(plan, stop):
            if len(kept) == most:
                if found.least > kept[-1][0]:
                    break
                if found[:2] > kept[-1][:2]:
                    continue
            sequence = plan[found.vehicle]
            route = with_inserted(judge.ix, sequence, found)
            if not judge.route_is_sound(found.vehicle, route):
                continue
            before = judge.route_cost(found.vehicle, sequence) if sequence else 0
            extra = judge.route_cost(found.vehicle, route) - before
            kept = sorted([*kept, (extra, found.order, found.vehicle, route)])[:most]
        return [(extra, vehicle, route) for extra, _, vehicle, route in kept]


def with_inserted(ix: Indexed, sequence: Sequence[int], place: Candidate) -> list[int]:
    """Return the route with the nodes of a place put in."""
    route = [*sequence[: place.at], *place.inserted, *sequence[place.at :]]
    return route if len(place.inserted) == 1 else tidy(ix, route)
