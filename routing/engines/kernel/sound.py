"""Makes a plan sound by the kernel's sums, in milliseconds: what the running day asks first."""

from routing.engines.kernel.engine import COOL, Kernel
from routing.engines.kernel.model import make_model
from routing.indexed import Indexed, Plan
from routing.mend import tidy
from routing.rules import optional

STEPS = 20
"""Cold steps, each of which offers whatever is left out to every route."""


def made_sound(ix: Indexed, plan: Plan) -> Plan:
    """Return the plan with the fewest stops taken out that break rules, and put back elsewhere.

    Under the same problem and plan the answer is the same.
    """
    model = make_model(ix)
    pricer = Kernel(ix, model=model)
    seen: set[int] = set()
    sound: Plan = []
    for vehicle, sequence in enumerate(plan):
        fresh = [node for node in sequence if node >= ix.n or node not in seen]
        seen.update(fresh)
        sound.append(_sound_route(pricer, vehicle, fresh))
    search = Kernel(ix, start=sound, model=model)
    search.step(STEPS, COOL, COOL)
    return search.best()


def _sound_route(pricer: Kernel, vehicle: int, sequence: list[int]) -> list[int]:
    ix = pricer.ix
    kept = tidy(ix, [n for n in sequence if n >= ix.n or ix.allowed[n, vehicle]])
    while kept and pricer.price(vehicle, kept) is None:
        reach = _sound_length(pricer, vehicle, kept)
        shorter = [
            (node, tidy(ix, kept[:at] + kept[at + 1 :]))
            for at, node in enumerate(kept[: reach + 1])
            if node < ix.n
        ]
        priced = [
            (price + optional.left_out_cost(ix, node), at)
            for at, (node, one) in enumerate(shorter)
            if (price := pricer.price(vehicle, one)) is not None
        ]
        if priced:
            kept = shorter[min(priced)[1]][1]
        elif shorter:
            kept = max((one for _, one in shorter), key=lambda o: _sound_length(pricer, vehicle, o))
        else:
            kept = tidy(ix, kept[reach + 1 :])
    return kept


def _sound_length(pricer: Kernel, vehicle: int, sequence: list[int]) -> int:
    """Return how many of the first nodes make a sound route: more only make it later."""
    low, high = 0, len(sequence)
    while low < high:
        middle = (low + high + 1) // 2
        if pricer.price(vehicle, sequence[:middle]) is None:
            high = middle - 1
        else:
            low = middle
    return low
