"""What a run of the planner found, as it is kept: plain numbers, and the words of what failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eventsys.timetable.rules import Placing, Plan, Seat, Serving, WishKind


@dataclass(frozen=True)
class Found:
    """A plan with how far it misses each wish; what is missing and why; what cannot hold together.

    ``why``: by item, in the words of whoever asked; ``open_posts``: by post. ``conflict``: rules
    that exclude one another, and the cheapest relaxation, in words.
    """

    plan: Plan
    points: Mapping[WishKind, int] = field(default_factory=dict)
    why: Mapping[int, str] = field(default_factory=dict)
    open_posts: Mapping[int, str] = field(default_factory=dict)
    conflict: Sequence[str] = ()

    def plain(self) -> dict[str, Any]:
        """What JSON keeps."""
        return {
            "placings": [[one.item, one.place, one.starts] for one in self.plan.placings],
            "servings": [[one.post, one.person] for one in self.plan.servings],
            "seats": [[one.entry, one.item, one.station] for one in self.plan.seats],
            "points": {kind.value: number for kind, number in self.points.items()},
            "why": {str(item): text for item, text in self.why.items()},
            "open": {str(post): text for post, text in self.open_posts.items()},
            "conflict": list(self.conflict),
        }

    @staticmethod
    def read(kept: Mapping[str, Any]) -> "Found":
        """What `plain` wrote."""
        plan = Plan(
            tuple(Placing(*one) for one in kept["placings"]),
            tuple(Serving(*one) for one in kept["servings"]),
            tuple(Seat(*one) for one in kept["seats"]),
        )
        return Found(
            plan,
            {WishKind(kind): number for kind, number in kept["points"].items()},
            {int(item): text for item, text in kept["why"].items()},
            {int(post): text for post, text in kept["open"].items()},
            tuple(kept["conflict"]),
        )
