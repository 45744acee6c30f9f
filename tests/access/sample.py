"""The form of what the access matrix sends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.access.world import World

JSON = "application/json"


@dataclass(frozen=True)
class Sample:
    """One well-formed request, and what it answers those who may."""

    path: Mapping[str, str] = field(default_factory=dict)
    """Names in `World.ids`, for parameters that mean another thing than their name says."""
    query: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[World], object] | None = None
    """Encoded as JSON unless it is bytes."""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    granted: int | None = None
    """The status for those who may, where it is not 2xx: the thing is in another state."""
    names_a_thing: bool = False
    """True when the body names a thing of the first office."""
