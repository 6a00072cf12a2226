"""What the permission matrix asks about: for every argument of an address, things of the world.

``own`` lies in group A, ``other`` is its sibling in the same group (another event, track or unit),
``other group`` is the twin in group B, ``missing`` does not exist. An argument that is not listed
here fails the matrix: no endpoint is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from blueprints.policy import Rule
from tests.security.principals import Principal, holds, places
from tests.world import World

MISSING = 4711
NARROWER = {
    "group": {"group"},
    "event": {"group", "event"},
    "track": {"group", "event", "track"},
    "unit": {"group", "event", "track", "unit"},
}


@dataclass(frozen=True)
class Sort:
    """A sort of thing: world names of two siblings, and where each of them lies."""

    own: str
    other: str
    lies: tuple[dict[str, str], dict[str, str]]
    owners: tuple[str, str] = ("", "")
    public: bool = False


COMPETITION = {"event": "competition"}
TRAINING = {"event": "training"}
EXAM = {"event": "exam"}
GROUP: dict[str, str] = {}
UNIT1 = {"track": "track", "unit": "unit1"}
UNIT2 = {"track": "track", "unit": "unit2"}

EVENT = Sort("competition", "training", (COMPETITION, TRAINING), public=True)
TRACK = Sort("track", "team_track", ({"track": "track"}, {"track": "team_track"}))
CLASS = Sort("class", "class", ({"track": "class"}, {"track": "class"}))
EXAM_TRACK = Sort("exam_track", "exam_track", ({"track": "exam_track"}, {"track": "exam_track"}))
ENTRY = Sort("entry1", "entry4", (UNIT1, UNIT2), owners=("participant", ""))
GROUP_THING = (GROUP, GROUP)

SORTS: dict[str, Sort] = {
    "event_id": EVENT,
    "track_id": TRACK,
    "entry_id": ENTRY,
    "member_id": Sort("member_entry1", "member_entry4", (UNIT1, UNIT2)),
    "user_id": Sort("leader1", "leader2", GROUP_THING),
    "unit_id": Sort("unit1", "unit2", GROUP_THING),
    "certificate_id": Sort("certificate", "certificate", GROUP_THING),
}
LITERALS: dict[str, Any] = {"kind": "competition", "filename": "css/tokens.css"}
# endpoints whose argument is not the usual sort of thing
SPECIAL: dict[tuple[str, str], Sort] = {}
NO_ARGUMENT = "none"


@dataclass(frozen=True)
class Thing:
    """One way of filling in an address, and whether the principal's scope covers it."""

    relation: str
    covered: bool
    public: bool
    values: dict[str, Any] = field(default_factory=dict)


def things_for(
    world: World, rule: Rule, arguments: set[str], principal: Principal
) -> Iterator[Thing]:
    """Every relation that makes sense for an endpoint."""
    literal = {name: LITERALS[name] for name in arguments if name in LITERALS}
    keyed = sorted(arguments - literal.keys())
    if not keyed:
        yield Thing(NO_ARGUMENT, covered=True, public=True, values=literal)
        return
    for relation, place, mark in (("own", 0, "a"), ("other", 1, "a"), ("other group", 0, "b")):
        sorts = [SPECIAL.get((rule.endpoint, name)) or SORTS[name] for name in keyed]
        names = [(sort.own, sort.other)[place] for sort in sorts]
        values = {
            name: world.ids[f"{thing}_{mark}"] for name, thing in zip(keyed, names, strict=True)
        }
        main = next((one for one in sorts if one.lies[place]), sorts[0])
        covered = _covers(world, rule, principal, main, place, mark)
        yield Thing(relation, covered, main.public, literal | values)
    yield Thing("missing", False, False, literal | dict.fromkeys(keyed, MISSING))


def _covers(  # noqa: PLR0913  the question has as many sides
    world: World, rule: Rule, principal: Principal, sort: Sort, place: int, mark: str
) -> bool:
    if rule.relation in {"person", "platform", "public"}:
        return True
    account = principal.account or ""
    owner = sort.owners[place]
    owned = bool(owner) and account == f"{owner}_{mark}"
    if rule.relation == "self" or principal.role == "participant" and rule.relation != "member":
        return owned
    if rule.relation == "member":
        return account.endswith(f"_{mark}")
    kinds = NARROWER[rule.relation]
    where = places(world, mark=mark, **sort.lies[place])
    return holds(world, principal, {one for one in where if one.partition(":")[0] in kinds})
