"""What ``make demo`` loads: a contest day half way, and a track past its publication."""

from collections import Counter

from sqlalchemy import func, select

from eventsys import clock
from eventsys.appeals.models import Appeal
from eventsys.appeals.states import AppealState, Consequence
from eventsys.audit.models import AuditEntry
from eventsys.audit.queries import chains, verify_chain
from eventsys.boards.models import Board, Ceremony
from eventsys.boards.queries import reveal_groups
from eventsys.db import enter_group, leave_groups, session
from eventsys.demo.accounts import ACCOUNTS
from eventsys.demo.actions import is_loaded, load_demo
from eventsys.demo.founding import account
from eventsys.demo.serving import TUESDAY
from eventsys.draws.models import LevelDraw
from eventsys.draws.queries import draw_of, moves_of
from eventsys.draws.rules import Level
from eventsys.draws.signing import MINUTE
from eventsys.duties.queries import duties_of_user
from eventsys.events.models import Event, Track
from eventsys.identity.models import RoleGrant, User
from eventsys.identity.rules import SCOPES_OF_ROLE
from eventsys.incidents.queries import incidents_of
from eventsys.incidents.states import Effect, IncidentKind
from eventsys.paper.queries import keying_state
from eventsys.paper.rules import Keying
from eventsys.plans.models import PlanItem
from eventsys.plans.problem import problem_of
from eventsys.plans.queries import items_of as plan_items
from eventsys.plans.queries import last_deals
from eventsys.plans.ways import Way
from eventsys.rechecks.queries import items_of, recheck_of
from eventsys.releases.queries import latest, lines_of, published
from eventsys.releases.rules import ChangeKind, LineKind, changes
from eventsys.results.models import Publication
from eventsys.results.revisions import revision
from eventsys.scoring.models import Mark, MarkSheet
from eventsys.scoring.queries import marking_of
from eventsys.scoring.states import SheetState
from eventsys.signatures.queries import signatures_of
from eventsys.timetable.clashes import clashes
from eventsys.timetable.models import StationFault
from eventsys.timetable.rules import ClashKind, Severity, StationState

MISSING = {ClashKind.UNPLACED, ClashKind.UNFILLED, ClashKind.UNSEATED}


def test_the_demo_shows_a_contest_day_half_way_and_a_track_past_its_publication(app):
    with app.app_context():
        load_demo()
        leave_groups()
        assert is_loaded()
        running = session().scalars(select(Event).where(Event.code.like("JN-%"))).all()
        event = max(running, key=lambda one: one.starts_on)
        assert event.starts_on <= clock.today() <= event.ends_on
        machining, mobile = sorted(event.tracks, key=lambda one: one.code)

        everybody_holds_an_office_that_may_be_given()
        three_levels_are_drawn_and_signed(machining)
        incidents_wait_and_are_decided(machining)
        the_marking_is_half_done(machining)
        results_stand_in_their_second_version(mobile)
        one_appeal_was_heard_and_one_is_open(mobile)
        the_boards_can_be_looked_at(event, mobile)
        a_contest_ahead_is_planned_and_changed()
        a_class_ahead_keeps_to_when_its_lecturers_can_come()
        nothing_lies_in_the_future()


def everybody_holds_an_office_that_may_be_given():
    names = {one.username for one in ACCOUNTS}
    found = (
        select(RoleGrant).join(User, User.id == RoleGrant.user_id).where(User.username.in_(names))
    )
    for grant in session().scalars(found):
        assert grant.scope_kind in SCOPES_OF_ROLE[grant.role]


def three_levels_are_drawn_and_signed(track: Track):
    levels = session().scalars(select(LevelDraw).where(LevelDraw.track_id == track.id)).all()
    assert {one.level for one in levels} == set(Level)
    assert len({one.drawn_by for one in levels}) == len(Level)
    for one in levels:
        assert [kept.digest for kept in signatures_of(MINUTE, one.id)][1:] != []
    drawn = draw_of(track.id)
    assert drawn is not None
    assert drawn.opened_at is None


def incidents_wait_and_are_decided(track: Track):
    found = {one.kind: one.latest and one.latest.effect for one in incidents_of(track.id)}
    assert found == {
        IncidentKind.EQUIPMENT: Effect.ADDED_TIME,
        IncidentKind.WARNING: Effect.NONE,
        IncidentKind.SPARE_STATION: Effect.ADDED_TIME,
        IncidentKind.VIOLATION: None,
    }
    assert len(moves_of(track.id)) == 1


def the_marking_is_half_done(track: Track):
    sheets = session().scalars(select(MarkSheet).where(MarkSheet.track_id == track.id)).all()
    states = Counter(one.state for one in sheets)
    assert states == {SheetState.OPEN: 34, SheetState.SUBMITTED: 11, SheetState.CONFIRMED: 10}
    keyed = Counter(keying_state(one.id).stage for one in sheets)
    assert (keyed[Keying.ONE], keyed[Keying.DIFFERS]) == (1, 1)
    contested = select(Mark).join(MarkSheet, MarkSheet.id == Mark.sheet_id)
    wanted = contested.where(MarkSheet.track_id == track.id, Mark.is_contested)
    assert len(session().scalars(wanted).all()) == 1


def results_stand_in_their_second_version(track: Track):
    marking, recheck = marking_of(track.id), recheck_of(track.id)
    assert marking is not None
    assert marking.locked_at is not None
    assert recheck is not None
    assert all(one.finding for one in items_of(recheck))
    found = select(Publication).where(Publication.track_id == track.id)
    first, second = session().scalars(found.order_by(Publication.version)).all()
    assert second.supersedes_id == first.id
    assert revision(second) != []
    assert second.notice is not None
    assert second.notice.final_at is None
    assert second.notice.ends_at > clock.now()


def one_appeal_was_heard_and_one_is_open(track: Track):
    heard, waiting = session().scalars(
        select(Appeal).where(Appeal.track_id == track.id).order_by(Appeal.number)
    )
    assert (heard.state, waiting.state) == (AppealState.CLOSED, AppealState.LODGED)
    assert [one.consequence for one in heard.rulings] == [Consequence.CORRECTION]


def the_boards_can_be_looked_at(event: Event, track: Track):
    board = session().scalars(select(Board).where(Board.event_id == event.id)).one()
    assert board.is_shown
    assert not board.is_frozen_at(clock.now())
    ceremony = session().scalars(select(Ceremony)).one()
    assert ceremony.publication.track_id == track.id
    assert ceremony.shown == len(reveal_groups(ceremony.publication_id)) == 6


def planned(code: str) -> Event:
    event = session().scalars(select(Event).where(Event.code.like(code))).one()
    assert event.starts_on > clock.today()
    enter_group(event.group_id)
    return event


def a_contest_ahead_is_planned_and_changed():
    event = planned("XJ-%")
    problem = problem_of(event)
    found = [one for one in clashes(problem, problem.present) if one.kind not in MISSING]
    assert [(one.kind, one.severity) for one in found] == [(ClashKind.PANEL_SPLIT, Severity.WARN)]
    tray = [one for one in plan_items(event.id) if one.session_id is None]
    assert len(tray) == 1
    assert {way.way for way in last_deals(event.id).values()} == {Way.LOT, Way.TOGETHER}
    assert all(stays_together(one) for one in plan_items(event.id))
    public, draft = published(event.id), latest(event.id)
    assert (public.number, draft.number, draft.published_at) == (1, 2, None)
    made = changes(lines_of(public), lines_of(draft))
    told = Counter((one.line.kind, one.kind) for one in made if not one.follows)
    assert told[LineKind.SESSION, ChangeKind.MOVED] == 1
    assert told[LineKind.SESSION, ChangeKind.REMOVED] == 1
    assert told[LineKind.DUTY, ChangeKind.HANDED] == 1
    log = session().scalars(select(StationFault).order_by(StationFault.at)).all()
    assert [one.mended_at is None for one in log] == [False, True]
    assert log[1].station.state is StationState.FAULTY
    leave_groups()


def stays_together(item: PlanItem) -> bool:
    """Whether no school of a session has people in a sister session, where that was wished for."""
    there = {one.entry.unit_id for one in item.members}
    sisters = select(PlanItem).where(
        PlanItem.track_id == item.track_id,
        PlanItem.part == item.part,
        PlanItem.id != item.id,
    )
    if item.track.code != "XJ01":
        return True
    elsewhere = {one.entry.unit_id for x in session().scalars(sisters) for one in x.members}
    return bool(there) and not there & elsewhere


def a_class_ahead_keeps_to_when_its_lecturers_can_come():
    event = planned("SZ-%")
    problem = problem_of(event)
    assert clashes(problem, problem.present) == []
    assert len(problem.items) == 9
    expert = account("jiangshi1").id
    days = {clock.in_shanghai(one.session.starts_at).weekday() for one in duties_of_user(expert)}
    assert days == {TUESDAY}
    assert published(event.id).number == 1
    leave_groups()


def nothing_lies_in_the_future():
    last = session().scalar(select(func.max(AuditEntry.at)))
    assert last <= clock.now()
    assert {verify_chain(chain) for chain in chains()} == {None}
