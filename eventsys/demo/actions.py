"""Everything ``make demo`` loads, in one transaction: all of it or nothing."""

from datetime import date, timedelta
from random import Random

from sqlalchemy import select

from eventsys import clock
from eventsys.db import leave_groups, session, transaction
from eventsys.demo.aftermath import appeal_open, appeal_upheld, correct, publish, show
from eventsys.demo.contest import Contest, build_rooms
from eventsys.demo.exam import certificate_of_demo, exam_plan, negotiate
from eventsys.demo.floor import Floor, commit, draw_level
from eventsys.demo.founding import (
    MAIN,
    account,
    acting,
    add_accounts,
    enrol,
    first_places,
    found_groups,
)
from eventsys.demo.lessons import planned_class
from eventsys.demo.marking import (
    JUDGES,
    MOBILE_JUDGES,
    begin,
    confirm,
    contest_values,
    key_paper,
    mark,
    prepare,
    settle,
)
from eventsys.demo.people import People
from eventsys.demo.planned import planned_contest
from eventsys.demo.schemes import MACHINING, MOBILE
from eventsys.demo.training import running_class
from eventsys.draws.rules import Level
from eventsys.events.models import Event, Track
from eventsys.groups.models import Group
from eventsys.identity.rules import Scope, ScopeKind
from eventsys.registration.queries import approved_entries
from eventsys.results.finality import declare_final
from eventsys.timetable.models import Room

AFTERNOON = timedelta(hours=15)
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
        running_contest(group, people, workshop, computers, random)
        open_contest(group, people)
        running_class(group, people)
        certificate = certificate_of_demo(group)
        negotiate(group, certificate)
        exam = exam_plan(group, people, certificate, computers)
        add_accounts(group, {"event:exam": Scope(ScopeKind.EVENT, exam.id)})
        planned_contest(group, people, computers)
        planned_class(group, people, workshop)


def staff(group: Group, event: Event, marked: Track, done: Track | None = None) -> None:
    """Give the printed accounts their offices in one edition."""
    add_accounts(group, {"event:now": Scope(ScopeKind.EVENT, event.id)})
    for place, track in (("track:now", marked), ("track:done", done)):
        if track is not None:
            scope = Scope(ScopeKind.TRACK, track.id)
            add_accounts(group, {place: scope, "track:each": scope})


def edition(group: Group, people: People, first: date) -> Contest:
    """The group's yearly competition that begins on a day."""
    return Contest(
        group,
        people,
        first.year,
        first,
        f"JN-{first.year}",
        f"{first.year} 年集团职业院校技能大赛",
        f"Group Skills Competition {first.year}",
    )


def running_contest(
    group: Group, people: People, workshop: Room, computers: Room, random: Random
) -> None:
    """The contest of this year: one track past its publication, the other being marked today.

    The day of the second track is the last one whose middle of the afternoon has passed, so that
    nothing in the demo lies in the future.
    """
    second = clock.in_shanghai(clock.now() - AFTERNOON).date()
    contest = edition(group, people, second - timedelta(days=1))
    contest.days, contest.levels = 3, 3
    event = contest.announce(closes_in_days=-2)
    machining, mobile = event.tracks
    staff(group, event, machining, mobile)
    contest.register(machining, team=1, schools=12)
    contest.register(mobile, team=2, schools=10)
    contest.close(event)
    published_track(contest, mobile, computers, random)
    marked_track(contest, machining, workshop, random)


def published_track(contest: Contest, track: Track, room: Room, random: Random) -> None:
    """The first day's track: published, appealed, corrected, published again, on the boards."""
    contest.plan(track, room)
    contest.seat(track)
    contest.receive(track)
    contest.draw(track)
    with clock.playing(contest.moment(0, 14)):
        prepare(track, MOBILE, MOBILE_JUDGES)
        mark(track, random, dict.fromkeys(MOBILE_JUDGES, 10), best=0.7)
    with clock.playing(contest.moment(0, 18)):
        settle(track)
    with clock.playing(contest.moment(0, 19)):
        publish(track, "jiami")
    appeal_upheld(contest, track)
    corrected = correct(contest, track)
    show(contest, track, corrected)
    appeal_open(track)
    enrol(account("xuanshou2"), approved_entries(track.id)[0])


def marked_track(contest: Contest, track: Track, room: Room, random: Random) -> None:
    """The second day's track: three draws, incidents, works under work numbers, half marked."""
    contest.plan(track, room, day=1)
    with clock.playing(contest.moment(0, 17)):
        commit(track)
    contest.receive(track, missing=1, day=1)
    with clock.playing(contest.moment(1, 7, 40)):
        draw_level(track, Level.CONTEST, "jiami", "jiandu")
    with clock.playing(contest.moment(1, 8, 10)):
        draw_level(track, Level.STATION, "jiami2", "jiandu2")
    floor = Floor(contest, track, day=1)
    floor.failure()
    floor.warning()
    floor.spare_station()
    floor.undecided()
    with clock.playing(contest.moment(1, 13, 10)):
        draw_level(track, Level.WORK, "jiami3", "jiandu")
    with clock.playing(contest.moment(1, 14)):
        prepare(track, MACHINING)
        mark(track, random, dict(zip(JUDGES, (5, 5, 4, 4, 3), strict=True)))
        begin(track, random, "caipan1", 5)
        contest_values(track, random, "caipan2")
        key_paper(track, random, "caipan5")
    with clock.playing(contest.moment(1, 14, 40)):
        confirm(track, acting("tongfen"), most=2)


def finished_contest(group: Group, people: People, workshop: Room, random: Random) -> None:
    """Last year's contest: marked, signed, opened, published, final."""
    contest = edition(group, people, clock.today() - timedelta(days=364))
    event = contest.announce(closes_in_days=-2)
    machining = event.tracks[0]
    staff(group, event, machining)
    contest.register(machining, team=1, schools=15)
    contest.close(event)
    contest.plan(machining, workshop)
    contest.seat(machining)
    contest.receive(machining)
    contest.draw(machining)
    with clock.playing(contest.moment(0, 14)):
        prepare(machining, MACHINING)
        mark(machining, random, dict.fromkeys(JUDGES, 15))
    with clock.playing(contest.moment(0, 17)):
        settle(machining)
        results = publish(machining, "jiami")
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
