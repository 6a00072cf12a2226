"""Who walks the permission matrix, and what each holds: by hand, not read from code."""

from dataclasses import dataclass

from tests.world import World


@dataclass(frozen=True)
class Principal:
    """An account of the world: its role, and where it holds, as ``kind:world name``."""

    account: str | None
    role: str
    scope: str


PRINCIPALS = (
    Principal(None, "", ""),
    Principal("participant_a", "participant", "group:group_a"),
    Principal("leader1_a", "team_leader", "unit:unit1_a"),
    Principal("leader2_a", "team_leader", "unit:unit2_a"),
    Principal("judge1_a", "judge", "track:track_a"),
    Principal("chief_a", "chief_judge", "track:track_a"),
    Principal("encryptor_a", "encryption_judge", "event:competition_a"),
    Principal("supervisor_a", "supervisor", "event:competition_a"),
    Principal("steward_a", "steward", "event:competition_a"),
    Principal("floor_a", "floor_judge", "event:competition_a"),
    Principal("clerk_a", "score_clerk", "track:track_a"),
    Principal("assessor_a", "assessor", "event:exam_a"),
    Principal("organizer_a", "organizer", "group:group_a"),
    Principal("organizer2_a", "organizer", "event:training_a"),
    Principal("office_a", "certificate_office", "group:group_a"),
    Principal("admin_a", "group_admin", "group:group_a"),
    Principal("root", "platform_admin", "platform:"),
    Principal("organizer_b", "organizer", "group:group_b"),
)

# The places in which a thing of the world lies.
EVENT_OF = {
    "track": "competition",
    "team_track": "competition",
    "class": "training",
    "exam_track": "exam",
}


def places(world: World, **names: str) -> set[str]:
    """``track="track", unit="unit1", mark="a"`` as the set of ``kind:id`` the thing lies in."""
    mark = names.pop("mark", "a")
    found = {f"group:{world.ids[f'group_{mark}']}"}
    if "track" in names:
        names.setdefault("event", EVENT_OF[names["track"]])
    for kind, name in names.items():
        found.add(f"{kind}:{world.ids[f'{name}_{mark}']}")
    return found


def holds(world: World, principal: Principal, where: set[str]) -> bool:
    """Whether the principal's scope is one of the places."""
    kind, _sep, name = principal.scope.partition(":")
    return bool(name) and f"{kind}:{world.ids[name]}" in where
