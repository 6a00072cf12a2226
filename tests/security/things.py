"""What the permission matrix asks about: for every argument of an address, things of the world.

``own`` lies in group A, ``other`` is its sibling in the same group (another event, track or unit),
``other group`` is the twin in group B, ``missing`` does not exist. An argument that is not listed
here fails the matrix: no endpoint is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from blueprints.policy import Rule
from tests.security.more_world import CODE
from tests.security.principals import Principal, holds, places
from tests.world import TODAY, World

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
ON_TRACK = ({"track": "track"}, {"track": "track"})
TEAM = {"track": "team_track"}

SORTS: dict[str, Sort] = {
    "event_id": EVENT,
    "track_id": TRACK,
    "entry_id": ENTRY,
    "member_id": Sort("member_entry1", "member_entry4", (UNIT1, UNIT2)),
    "user_id": Sort("leader1", "leader2", GROUP_THING),
    "unit_id": Sort("unit1", "unit2", GROUP_THING),
    "certificate_id": Sort("certificate", "certificate", GROUP_THING),
    "grant_id": Sort("grant", "grant", GROUP_THING),
    "invitation_id": Sort("invitation", "invitation", GROUP_THING),
    "message_id": Sort("message", "message", GROUP_THING, owners=("leader1", "leader1")),
    "task_id": Sort("task", "task", GROUP_THING, owners=("organizer", "organizer")),
    "draft_id": Sort("draft", "draft", GROUP_THING, owners=("leader1", "leader1")),
    "negotiation_id": Sort("negotiation", "negotiation", GROUP_THING),
    "incident_id": Sort("incident", "incident", ON_TRACK),
    "appeal_id": Sort("appeal1", "appeal4", (UNIT1, UNIT2), owners=("supervisor", "supervisor")),
    "venue_id": Sort("venue", "venue", GROUP_THING),
    "room_id": Sort("room", "room", GROUP_THING),
    "station_id": Sort("station2", "station2", GROUP_THING),
    "closure_id": Sort("closure", "closure", GROUP_THING),
    "session_id": Sort("session", "session", ON_TRACK),
    "placement_id": Sort("placement", "placement", ON_TRACK),
    "arrival_id": Sort("arrival", "arrival", ON_TRACK),
    "criterion_id": Sort("criterion", "criterion", ON_TRACK),
    "aspect_id": Sort("aspect", "aspect", ON_TRACK),
    "scheme_id": Sort("scheme", "scheme", ON_TRACK),
    "seat_id": Sort("seat", "seat", ON_TRACK),
    "declaration_id": Sort("declaration", "declaration", ON_TRACK),
    "scan_id": Sort("scan", "scan", ON_TRACK),
    "publication_id": Sort("publication", "publication", (TEAM, TEAM)),
    "slot_id": Sort("work_slot", "work_slot", ON_TRACK),
    "version_id": Sort("plan_version", "plan_version", (COMPETITION, COMPETITION)),
    "item_id": Sort("plan_item", "plan_item", ON_TRACK),
    "need_id": Sort("plan_need", "plan_need", ON_TRACK),
    "run_id": Sort("plan_run", "plan_run", (COMPETITION, COMPETITION)),
    "duty_id": Sort("duty", "duty", ON_TRACK),
    "line_id": Sort("enlisted", "enlisted", (COMPETITION, COMPETITION)),
    "time_id": Sort("own_time", "own_time", GROUP_THING, owners=("judge1", "judge1")),
}
LITERALS: dict[str, Any] = {
    "kind": "competition",
    "filename": "css/tokens.css",
    "code": CODE,
    "part": "T",
    "seat": 1,
    "number": 1,
    "level": "work",
    "slot": "A1",
    "way": "up",
    "token": "garbage",
    "on": TODAY.isoformat(),
}
# arguments that at some endpoints are not the usual sort of thing
SPECIAL_LITERALS = {
    ("appeals.letter", "level"): 1,
    ("attendance.correct", "part"): "am",
    ("draws.sign", "part"): "custodian",
    ("plan_editor.step", "way"): "undo",
    ("plans.modules", "way"): "split",
    ("results.ask_file", "kind"): "results_xlsx",
}
LOGIN = Sort("login", "login", GROUP_THING, owners=("leader1", "leader1"))
PAPER = Sort("paper1", "paper4", (UNIT1, UNIT2), owners=("participant", ""))
TRAINEE = Sort(
    "trainee1",
    "trainee1",
    ({"track": "class", "unit": "unit1"}, {"track": "class", "unit": "unit1"}),
)
OF_EXAMS = (
    "scoring.exam_part",
    "scoring.hand_in_part",
    "scoring.import_marks",
    "scoring.save_imported_marks",
    "scoring.marks_template",
    "results.reopen_part",
)
OF_CLASSES = (
    "attendance.hours_file",
    "attendance.hours_table",
    "attendance.poster",
    "attendance.poster_code",
    "attendance.sign_in_file",
)
OF_JUDGES = ("panels.judge", "panels.admit", "panels.declare_for")
OF_PAPERS = ("certificate", "print_one", "revoke", "replace")
IN_THE_ROOM = ("station", "log_fault", "mend")
PUBLIC_TRACK = Sort("track", "team_track", ON_TRACK, public=True)
SPECIAL: dict[tuple[str, str], Sort] = {
    ("accounts.end_session", "session_id"): LOGIN,
    ("scoring.save_marks", "track_id"): Sort(
        "track", "team_track", TRACK.lies, ("judge1", "judge1")
    ),
    ("results.public_track", "track_id"): Sort("track", "team_track", ON_TRACK, public=True),
    ("results.version", "publication_id"): Sort(
        "publication", "publication", (TEAM, TEAM), public=True
    ),
    ("appeals.paper", "paper_id"): Sort("appeal_paper1", "appeal_paper4", (UNIT1, UNIT2)),
    ("attendance.correct", "entry_id"): TRAINEE,
    **{(f"draws.{name}", "track_id"): PUBLIC_TRACK for name in ("check", "record")},
    **{(endpoint, "track_id"): Sort("track", "track", ON_TRACK) for endpoint in OF_JUDGES},
    **{(endpoint, "user_id"): Sort("judge1", "judge2", ON_TRACK) for endpoint in OF_JUDGES},
    **{(endpoint, "track_id"): EXAM_TRACK for endpoint in OF_EXAMS},
    **{(endpoint, "track_id"): CLASS for endpoint in OF_CLASSES},
    **{(f"certificates.{name}", "certificate_id"): PAPER for name in OF_PAPERS},
    **{
        (f"stations.{name}", "station_id"): Sort("station2", "station2", ON_TRACK)
        for name in IN_THE_ROOM
    },
    ("stations.room", "room_id"): Sort("room", "room", ON_TRACK),
}
NO_ARGUMENT = "none"
# a dead link of these is answered with what to do, alike for every wrong one
EXPLAINED = {"accounts.accept", "attendance.sign_in_here"}
# open only while the installation has no account
GONE = {"setup.first_run"}


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
    literal = {
        name: SPECIAL_LITERALS.get((rule.endpoint, name), LITERALS[name])
        for name in arguments
        if name in LITERALS
    }
    if "token" in arguments:
        answers = rule.endpoint in EXPLAINED
        relation = NO_ARGUMENT if answers else "missing"
        yield Thing(relation, covered=answers, public=answers, values=literal)
        return
    keyed = sorted(arguments - literal.keys())
    if not keyed:
        whole = rule.relation != "group" or _holds_a_group(world, principal)
        gone = rule.endpoint in GONE
        yield Thing(NO_ARGUMENT, covered=whole and not gone, public=not gone, values=literal)
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


def _holds_a_group(world: World, principal: Principal) -> bool:
    return any(holds(world, principal, places(world, mark=mark)) for mark in ("a", "b"))


def _covers(
    world: World, rule: Rule, principal: Principal, sort: Sort, place: int, mark: str
) -> bool:
    if rule.relation in {"person", "platform", "public"}:
        return True
    account = principal.account or ""
    owner = sort.owners[place]
    owned = bool(owner) and account == f"{owner}_{mark}"
    if rule.relation == "self" or (principal.role == "participant" and rule.relation != "member"):
        return owned
    if rule.relation == "member":
        return account.endswith(f"_{mark}")
    kinds = NARROWER[rule.relation]
    where = places(world, mark=mark, **sort.lies[place])
    return holds(world, principal, {one for one in where if one.partition(":")[0] in kinds})
