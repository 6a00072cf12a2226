"""Who appeals, who names and sits on panels, who keeps deposits, who starts the clocks."""

from eventsys.appeals.models import Appeal
from eventsys.appeals.states import TO_RULE
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission, Scope, ScopeKind
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState


def may_lodge(actor: Actor, entry: Entry) -> bool:
    """Only the team leader of the entry's unit, for an approved entry of a competition."""
    contest = entry.track.event.kind is EventKind.COMPETITION
    unit = [Scope(ScopeKind.UNIT, entry.unit_id)]
    approved = entry.state is EntryState.APPROVED
    return contest and approved and actor.may(Permission.APPEALS_LODGE, unit)


def may_follow(actor: Actor, appeal: Appeal) -> bool:
    """What only the applicant's side does: withdrawing, going on to the second level."""
    return may_lodge(actor, appeal.entry)


def may_run(actor: Actor, track: Track) -> bool:
    """Organizers: panels of the second level, deposits."""
    contest = track.event.kind is EventKind.COMPETITION
    return contest and actor.may(Permission.EVENTS_MANAGE, track.scopes)


def may_keep_deposit(actor: Actor, appeal: Appeal) -> bool:
    """Organizers record what happens to a deposit."""
    return may_run(actor, appeal.track)


def may_see_track(actor: Actor, track: Track) -> bool:
    """Organizers and supervisors see all appeals of a track."""
    contest = track.event.kind is EventKind.COMPETITION
    return may_run(actor, track) or (contest and actor.may(Permission.APPEALS_DECIDE, track.scopes))


def may_see_appeal(actor: Actor, appeal: Appeal) -> bool:
    """The applicant's leaders, and whoever sees all appeals of the track."""
    return may_follow(actor, appeal) or may_see_track(actor, appeal.track)


def may_convene(actor: Actor, appeal: Appeal) -> bool:
    """At the first level supervisors or organizers; at the second only organizers."""
    if may_run(actor, appeal.track):
        return True
    return appeal.level == 1 and actor.may(Permission.APPEALS_DECIDE, appeal.track.scopes)


def may_rule(actor: Actor, appeal: Appeal) -> bool:
    """The members of the panel at the present level, while they are supervisors."""
    sits = actor.user_id in {one.user_id for one in appeal.panel}
    return sits and actor.may(Permission.APPEALS_DECIDE, appeal.track.scopes)


def may_step_aside(actor: Actor, appeal: Appeal) -> bool:
    """A member, for themselves, before the ruling."""
    return may_rule(actor, appeal) and appeal.state in TO_RULE


def may_state_end(actor: Actor, track: Track) -> bool:
    """Floor judges, the chief judge and organizers say when a module or the contest ended."""
    if track.event.kind is not EventKind.COMPETITION:
        return False
    wanted = (Permission.INCIDENTS_RECORD, Permission.SIGN_OFF, Permission.EVENTS_MANAGE)
    return any(actor.may(one, track.scopes) for one in wanted)
