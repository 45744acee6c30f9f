"""Travel between the doors of a day: a road engine where there is one, the straight line always.

No plan fails for want of roads: what an engine does not say, the straight line says, and a warning
tells the dispatcher so.
"""

from backend.drafts.travel.places import Matrices, Places

__all__ = ["Matrices", "Places"]
