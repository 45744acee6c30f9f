"""Makes any plan sound by the judge: takes out what breaks rules, puts back what fits.

Every plan passes here before it leaves, so an engine that knows only part of the rules can still
serve; after an engine that knows them all there is nothing to do.
"""

from routing.evaluate import Judge
from routing.indexed import Indexed, Plan
from routing.insertion import Places
from routing.precheck import unassigned
from routing.rules import optional
from routing.rules.reload import tidy as tidy
from routing.solution import Reason, Unassigned


def mend(judge: Judge, plan: Plan, tries_max: int = 60) -> Plan:
    """Return a plan that breaks no rule, close to the one given.

    Parameters
    ----------
    tries_max
        How many stops left out are tried once more; 0 after an engine that has tried them all.
    """
    ix = judge.ix
    seen: set[int] = set()
    sound: Plan = []
    for vehicle, sequence in enumerate(plan):
        fresh = [node for node in sequence if node >= ix.n or node not in seen]
        seen.update(fresh)
        sound.append(_sound_route(judge, vehicle, fresh))
    places = Places(judge)
    for stop in sorted(ix.left_out(sound), key=lambda at: -optional.left_out_cost(ix, at))[
        :tries_max
    ]:
        if stop not in ix.origin and stop not in ix.destination:
            found = places.best(sound, stop)
            if found is not None and found[0] < optional.left_out_cost(ix, stop):
                sound[found[1]] = found[2]
    return sound


def _sound_route(judge: Judge, vehicle: int, sequence: list[int]) -> list[int]:
    ix = judge.ix
    kept = tidy(ix, sequence)
    while kept and not judge.route_is_sound(vehicle, kept):
        stops = [node for node in kept if node < ix.n]
        shorter = [
            tidy(ix, [node for node in kept if node not in _whole(ix, stop)]) for stop in stops
        ]
        if not shorter:
            return []
        kept = min(shorter, key=lambda s: _brokenness(judge, vehicle, s))
    return kept


def _whole(ix: Indexed, stop: int) -> set[int]:
    return {stop, ix.origin.get(stop, stop), ix.destination.get(stop, stop)}


def _brokenness(judge: Judge, vehicle: int, sequence: list[int]) -> tuple[int, int, int]:
    if not sequence:
        return 0, 0, 0
    broken = judge.broken([[] for _ in range(vehicle)] + [sequence])
    amount = sum(violation.amount for violation in broken)
    return len(broken), amount, judge.route_cost(vehicle, sequence)


def best_place(judge: Judge, plan: Plan, stop: int) -> tuple[int, int, list[int]] | None:
    """Return the extra cost, the vehicle and the new route of the cheapest sound insertion.

    None where there is none. Reloads next to the stop are tried where the vehicle may reload; of
    equal places the first.
    """
    return Places(judge).best(plan, stop)


def insertions(ix: Indexed, vehicle: int, sequence: list[int], stop: int) -> list[list[int]]:
    """Return a route with one stop more in every place, with and without a reload beside it."""
    routes = [[*sequence[:at], stop, *sequence[at:]] for at in range(len(sequence) + 1)]
    reloads = sum(node >= ix.n for node in sequence)
    if reloads < ix.vehicles[vehicle].reloads_max:
        for depot in ix.vehicles[vehicle].reload_depots:
            node = ix.depot_node[depot]
            for at in range(len(sequence) + 1):
                routes.append(tidy(ix, [*sequence[:at], node, stop, *sequence[at:]]))
                routes.append(tidy(ix, [*sequence[:at], stop, node, *sequence[at:]]))
    return routes


def reasons(judge: Judge, plan: Plan, known: tuple[Unassigned, ...]) -> list[Unassigned]:
    """Return an entry for each stop the plan leaves out: what was known before, or what is now."""
    ix = judge.ix
    by_id = {entry.stop_id: entry for entry in known}
    found = []
    places = Places(judge)
    for stop in ix.left_out(plan):
        if ix.stops[stop].id in by_id:
            found.append(by_id[ix.stops[stop].id])
            continue
        place = None if stop in ix.origin or stop in ix.destination else places.best(plan, stop)
        if place is None:
            found.append(unassigned(ix, stop, Reason.NO_ROOM))
        else:
            found.append(
                unassigned(
                    ix,
                    stop,
                    Reason.NOT_WORTH_IT,
                    cost=place[0],
                    prize=optional.left_out_cost(ix, stop),
                )
            )
    return found
