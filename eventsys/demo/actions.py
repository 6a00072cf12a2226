"""Everything ``make demo`` loads, in one transaction: all of it or nothing."""

from datetime import timedelta
from random import Random

from sqlalchemy import select

from eventsys import clock
from eventsys.db import leave_groups, session, transaction
from eventsys.demo.contest import Contest, build_rooms
from eventsys.demo.exam import certificate_of_demo, exam_plan, negotiate
from eventsys.demo.founding import (
    MAIN,
    account,
    acting,
    add_accounts,
    first_places,
    found_groups,
)
from eventsys.demo.marking import mark, prepare, settle
from eventsys.demo.people import People
from eventsys.demo.training import running_class
from eventsys.events.models import Event, Track
from eventsys.groups.models import Group
from eventsys.identity.rules import Scope, ScopeKind
from eventsys.results.actions import draw_up, open_map
from eventsys.results.finality import declare_final
from eventsys.timetable.models import Room

SEED = 20261122


def is_loaded() -> bool:
    """Whether the demo's group is there already."""
    leave_groups()
    return session().scalar(select(Group.id).where(Group.name == MAIN.name)) is not None


def load_demo() -> None:
    """Found the groups, give out the accounts, and bring each kind of event to a telling moment."""
    with transaction():
        group = found_groups()
        add_accounts(group, first_places(group))
        people, random = People(SEED), Random(SEED)  # noqa: S311  invented marks
        workshop, computers = build_rooms()
        finished_contest(group, people, workshop, random)
        running_contest(group, people, workshop, random)
        open_contest(group, people)
        running_class(group, people)
        certificate = certificate_of_demo(group)
        negotiate(group, certificate)
        exam = exam_plan(group, people, certificate, computers)
        add_accounts(group, {"event:exam": Scope(ScopeKind.EVENT, exam.id)})


def staff(group: Group, event: Event, track: Track) -> None:
    """Give the printed accounts their offices in one edition."""
    places = {
        "event:now": Scope(ScopeKind.EVENT, event.id),
        "track:now": Scope(ScopeKind.TRACK, track.id),
    }
    add_accounts(group, places)


def running_contest(group: Group, people: People, workshop: Room, random: Random) -> None:
    """Today's contest: checked in, drawn, being marked."""
    today = clock.today()
    contest = Contest(
        group,
        people,
        today.year,
        today,
        f"JN-{today.year}",
        f"{today.year} 年集团职业院校技能大赛",
        f"Group Skills Competition {today.year}",
    )
    event = contest.announce(closes_in_days=-2)
    machining, mobile = event.tracks
    staff(group, event, machining)
    contest.register(machining, team=1, schools=12)
    contest.register(mobile, team=2, schools=8)
    contest.close(event)
    contest.seat(machining, workshop, "第一场")
    contest.receive(machining, all_of_them=False)
    contest.draw(machining)
    with clock.playing(contest.moment(0, 12)):
        prepare(machining)
        mark(machining, random, finished=3)


def finished_contest(group: Group, people: People, workshop: Room, random: Random) -> None:
    """Last year's contest: marked, signed, opened, published."""
    first = clock.today() - timedelta(days=364)
    contest = Contest(
        group,
        people,
        first.year,
        first,
        f"JN-{first.year}",
        f"{first.year} 年集团职业院校技能大赛",
        f"Group Skills Competition {first.year}",
    )
    event = contest.announce(closes_in_days=-2)
    machining = event.tracks[0]
    staff(group, event, machining)
    contest.register(machining, team=1, schools=15)
    contest.close(event)
    contest.seat(machining, workshop, "第一场")
    contest.receive(machining, all_of_them=True)
    contest.draw(machining)
    with clock.playing(contest.moment(0, 14)):
        prepare(machining)
        mark(machining, random, finished=15)
    with clock.playing(contest.moment(0, 17)):
        settle(machining)
        open_map(acting("jiami"), machining, account("jiandu"))
        results = draw_up(acting("zuzhi"), machining, clock.now())
    with clock.playing(contest.moment(0, 20)):
        declare_final(acting("zuzhi"), results)


def open_contest(group: Group, people: People) -> None:
    """Next month's contest: registration is open, some entries wait for review."""
    first = clock.today() + timedelta(days=25)
    contest = Contest(
        group,
        people,
        first.year,
        first,
        f"XB-{first.year}",
        f"{first.year} 年集团冬季选拔赛",
        f"Winter Selection {first.year}",
    )
    event = contest.announce(closes_in_days=-8)
    machining, mobile = event.tracks
    schools = contest.schools()
    for track, team, units in ((machining, 1, schools[1:5]), (mobile, 2, schools[2:4])):
        for unit in units:
            contest.enter(track, unit, team)
