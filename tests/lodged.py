"""Appeals in the small world: clocks, a full panel, appeals lodged and ruled on."""

from datetime import datetime

from eventsys.appeals.actions import Proof, lodge, state_end
from eventsys.appeals.models import Appeal, Ruling
from eventsys.appeals.panel_actions import convene, rule
from eventsys.appeals.rules import AppealFacts, RulingFacts
from eventsys.appeals.states import Ground, Outcome
from eventsys.db import session, transaction
from eventsys.identity.actions import ALWAYS, add_grant, add_user
from eventsys.identity.models import User
from eventsys.identity.rules import Role, Scope, ScopeKind
from eventsys.registration.models import Entry
from tests.competition_room import acting, track_of
from tests.world import PASSWORD, World

TEXT = "模块A开赛后三号机床两次断电，重启后程序丢失，请求核实并补时。"
REASONS = "经查阅现场录像和设备维修记录，断电发生在开赛之前，不影响比赛。"
PANEL = ("supervisor_a", "supervisor2_a", "supervisor3_a")
SECOND_PANEL = ("supervisor4_a", "supervisor5_a", "supervisor6_a")


def appoint(world: World) -> None:
    """Four more supervisors of the competition, so that two panels can be named."""
    contest = Scope(ScopeKind.EVENT, world.competition_a)
    with transaction():
        hashed = session().get_one(User, world.supervisor_a).password_hash
        for number in (3, 4, 5, 6):
            key = f"supervisor{number}_a"
            user = add_user(key, f"甲监督员{number}", hashed, group_id=world.group_a)
            add_grant(user, world.group_a, Role.SUPERVISOR, contest, ALWAYS, None)
            world.ids[key] = user.id


def entry(world: World, number: int = 1) -> Entry:
    """One of the six entries; 1 to 3 are of the first leader's unit."""
    return session().get_one(Entry, world.ids[f"entry{number}_a"])


def appeal(key: int) -> Appeal:
    """The appeal as it stands."""
    return session().get_one(Appeal, key)


def end_contest(world: World, at: datetime, module: str = "", reason: str = "") -> None:
    """The floor judge records an end."""
    with transaction():
        state_end(acting("floor_a"), track_of(world), module, at, reason)


def lodged(world: World, number: int = 1, leader: str = "leader1_a", **more: object) -> int:
    """An appeal about an entry, signed with the typed name and the password; its key."""
    facts = AppealFacts(**{"ground": Ground.EQUIPMENT, "text": TEXT, **more})
    actor = acting(leader)
    with transaction():
        return lodge(actor, entry(world, number), facts, Proof(actor.name, PASSWORD)).id


def named(world: World, key: int, panel: tuple[str, ...] = PANEL) -> None:
    """The organizer names the panel of the present level."""
    with transaction():
        convene(acting("organizer_a"), appeal(key), [world.ids[one] for one in panel])


def ruled(
    key: int,
    outcome: Outcome = Outcome.DISMISSED,
    by: str = "supervisor_a",
    **more: object,
) -> int:
    """The panel has voted two to one; the key of the ruling."""
    votes = (2, 1) if outcome is Outcome.UPHELD else (1, 2)
    facts = RulingFacts(outcome, *votes, **{"reasons": REASONS, **more})
    with transaction():
        made: Ruling = rule(acting(by), appeal(key), facts, PASSWORD)
        return made.id
