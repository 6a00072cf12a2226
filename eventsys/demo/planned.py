"""A contest ten days ahead, planned: rooms, sessions, people, a public version and a draft."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from eventsys import clock
from eventsys.db import session
from eventsys.demo.contest import Contest
from eventsys.demo.founding import account, acting, units_of_demo
from eventsys.demo.people import People
from eventsys.demo.planning import Desk, facts, items_of_track, make_sessions
from eventsys.demo.serving import AWAY, appoint, list_invigilators
from eventsys.duties.actions import say_when
from eventsys.duties.rules import Office, Stretch
from eventsys.events.actions import (
    EventFacts,
    TrackFacts,
    add_track,
    close_registration,
    create_event,
    publish_event,
)
from eventsys.events.models import Event, Track
from eventsys.events.rules import CompetitionRules, EventKind, ModuleRule
from eventsys.groups.models import Group
from eventsys.id_numbers import normalise_id_number
from eventsys.identity.actions import ALWAYS, add_grant, as_group, id_number_of
from eventsys.identity.actor import System
from eventsys.identity.models import Person, User
from eventsys.identity.rules import Role, Scope, ScopeKind
from eventsys.plans.entry_importing import ReadNeeds, keep_needs
from eventsys.plans.needs import Need
from eventsys.plans.queries import needs_of
from eventsys.plans.setting_actions import keep_need, keep_settings, lay_down_needs, split_track
from eventsys.plans.shifts import Template
from eventsys.plans.way_actions import choose_way
from eventsys.plans.ways import Way
from eventsys.registration.actions import submit_new
from eventsys.registration.models import Entry
from eventsys.registration.queries import approved_entries
from eventsys.registration.reviewing import approve_entries
from eventsys.registration.rules import EntryFacts, Given, MemberRole
from eventsys.releases.actions import give_feed, keep_version, publish_version
from eventsys.timetable.fault_actions import log_fault, mend_station
from eventsys.timetable.models import Room, Venue
from eventsys.timetable.place_actions import (
    RoomFacts,
    add_room,
    add_stations,
    add_venue,
    change_room,
    close_room,
    set_travel,
)
from eventsys.timetable.queries import stations_of
from eventsys.timetable.states import Purpose

AHEAD, DAYS = timedelta(days=10), 3
WAY = 25  # minutes between the two venues
YUGONG, ZHONGYUAN = "豫工 R6", "中原 M20"
ROBOT_MODULES = (
    ModuleRule("A", "编程与调试", "Programming", Decimal(60), Decimal(60)),
    ModuleRule("B", "运行与维护", "Operation and maintenance", Decimal(40), Decimal(40)),
)
OTHER_MODULES = (ModuleRule("A", "综合任务", "Combined task", Decimal(100), Decimal(100)),)
ROBOTS = TrackFacts("XJ01", "工业机器人系统操作", "Robot operation", "高职组", 40)
NETWORK = TrackFacts("XJ02", "工业网络智能控制", "Industrial networks", "高职组", 20)
DESIGN = TrackFacts("XJ03", "数字化设计与制造", "Digital design", "高职组", 40)
ROBOT_SCHOOLS, NETWORK_SCHOOLS, DESIGN_SCHOOLS = 14, 10, 12
TWICE = 5  # schools with two entries
MINUTES = {"A": 120, "B": 90}
OF_ZHONGYUAN = (4, 5, 8, 11)  # schools, by their place in the list, that chose this make
A_PANEL = ("zhuanjia02", "zhuanjia03", "zhuanjia04")
B_PANEL = ("zhuanjia06", "zhuanjia07", "zhuanjia12")
NETWORK_PANEL = ("zhuanjia10", "zhuanjia11", "zhuanjia08")
DESIGN_PANEL = ("zhuanjia06", "zhuanjia12", "caipan6")
FIRST, SECOND, THIRD = "jiankao1", "jiankao2", "jiankao3"


@dataclass(frozen=True)
class Rooms:
    """Where the contest is held."""

    first: Room
    second: Room
    network: Room
    computers: Room


@dataclass(frozen=True)
class Tracks:
    """What is competed in."""

    robots: Track
    network: Track
    design: Track


def planned_contest(group: Group, people: People, computers: Room) -> Event:
    """Registered, planned and published two days ago; a room was lost since, a judge fell ill."""
    first = clock.today() + AHEAD
    contest = Contest(
        group,
        people,
        first.year,
        first,
        f"XJ-{first.year}",
        f"{first.year} 年集团新技术技能赛",
        f"New Technology Contest {first.year}",
        DAYS,
    )
    rooms = build(contest, computers)
    event, tracks = announce(contest)
    enter(contest, event, tracks)
    with clock.playing(contest.moment(-13, 9)):
        desk = prepare(contest, event, tracks)
        lay(desk, tracks, rooms)
        put_people(desk, tracks)
    with clock.playing(contest.moment(-12, 17)):
        version = keep_version(
            acting("zuzhi"), event, "领队会版", "依据报名结果和两校区设备情况编排。"
        )
        publish_version(acting("zuzhi"), version)
        give_feed(acting("xuanshou2"))
    with clock.playing(contest.moment(-11, 16)):
        change(contest, desk, tracks, rooms)
    return event


# ---- where


def build(contest: Contest, computers: Room) -> Rooms:
    """A second campus with two robot rooms, one station of which is broken, and a network room."""
    organizer = acting("zuzhi")
    with clock.playing(contest.moment(-40, 9)):
        venue = add_venue(organizer, "东校区产教融合楼", "郑州市经开区航海东路")
        first = _room(venue, "机器人一室", 4, "六轴机器人, 压缩空气")
        add_stations(organizer, first, 8, vendor=YUGONG)
        add_stations(organizer, first, 1, prefix="备", is_spare=True, vendor=YUGONG)
        second = _room(venue, "机器人二室", 4, "六轴机器人, 压缩空气")
        add_stations(organizer, second, 5, vendor=ZHONGYUAN)
        add_stations(organizer, second, 1, prefix="备", is_spare=True, vendor=ZHONGYUAN)
        network = _room(venue, "工业网络实训室", 3, "")
        add_stations(organizer, network, 6)
        session().flush()
        set_travel(organizer, venue, computers.venue, WAY)
    broken, mended = stations_of(first.id)[4], stations_of(second.id)[1]
    with clock.playing(contest.moment(-20, 10)):
        log_fault(organizer, mended, "急停按钮按下后不能复位")
    with clock.playing(contest.moment(-19, 15)):
        mend_station(organizer, mended, "更换急停按钮，试运行正常")
    with clock.playing(contest.moment(-14, 11)):
        log_fault(organizer, broken, "示教器触摸屏失灵，备件预计两周后到货")
    return Rooms(first, second, network, computers)


def _room(venue: Venue, name: str, per_row: int, equipment: str) -> Room:
    room = add_room(acting("zuzhi"), venue, name, per_row)
    change_room(
        acting("zuzhi"),
        room,
        RoomFacts(name, per_row, Purpose.PRACTICE, None, equipment, reset_minutes=15),
    )
    return room


# ---- who


def announce(contest: Contest) -> tuple[Event, Tracks]:
    """Published a month ahead of its close."""
    organizer = acting("zuzhi")
    with clock.playing(contest.moment(-38, 9)):
        event = create_event(
            organizer,
            contest.group.id,
            EventKind.COMPETITION,
            EventFacts(
                code=contest.code,
                name=contest.name,
                name_en=contest.name_en,
                summary="面向智能制造新技术岗位，两校区同时举行。",
                host_id=units_of_demo()[0].id,
                registration_opens_at=contest.moment(-36, 8),
                registration_closes_at=contest.moment(-14, 18),
                starts_on=contest.starts_on,
                ends_on=contest.starts_on + timedelta(days=DAYS - 1),
            ),
        )
        tracks = Tracks(
            _track(event, ROBOTS, ROBOT_MODULES),
            _track(event, NETWORK, levels=2, team=2),
            _track(event, DESIGN),
        )
        publish_event(organizer, event)
    return event, tracks


def _track(
    event: Event,
    names: TrackFacts,
    modules: tuple[ModuleRule, ...] = OTHER_MODULES,
    *,
    levels: int = 1,
    team: int = 1,
) -> Track:
    rules = CompetitionRules(
        max_age=25,
        age_on=event.starts_on,
        per_unit_quota=2,
        team_min=team,
        team_max=team,
        instructors_max=2,
        modules=modules,
        judges=3,
        minutes=180,
        anonymity_levels=levels,
    )
    return add_track(acting("zuzhi"), event, names, rules)


def enter(contest: Contest, event: Event, tracks: Tracks) -> None:
    """The schools' entries; one contestant of this week's contest takes part again."""
    schools = contest.schools()
    with clock.playing(contest.moment(-18, 10)):
        entries = [contest.enter(tracks.robots, one, 1) for one in schools[1:ROBOT_SCHOOLS]]
        entries += [contest.enter(tracks.robots, one, 1) for one in schools[1 : TWICE + 1]]
        entries.append(_again(contest, tracks.robots, account("xuanshou2")))
        entries += [contest.enter(tracks.network, one, 2) for one in schools[:NETWORK_SCHOOLS]]
        entries += [contest.enter(tracks.design, one, 1) for one in schools[2 : DESIGN_SCHOOLS + 2]]
        session().flush()
    with clock.playing(contest.moment(-14, 17)):
        approve_entries(acting("zuzhi"), event, [one.id for one in entries])
    with clock.playing(contest.moment(-14, 18)):
        close_registration(acting("zuzhi"), event)


def _again(contest: Contest, track: Track, user: User) -> Entry:
    person = session().get_one(Person, user.person_id)
    number = normalise_id_number(id_number_of(person), contest.starts_on)
    actor = as_group(System(source="demo"), contest.group.id)
    given = Given(MemberRole.CONTESTANT, person.name, number)
    (entry,) = submit_new(actor, track, contest.schools()[0], [EntryFacts((given,))])
    return entry


# ---- the plan


def prepare(contest: Contest, event: Event, tracks: Tracks) -> Desk:
    """Shifts, needs, makes of stations, the way into sessions, judges; then the sessions."""
    organizer = acting("zuzhi")
    keep_settings(organizer, event, facts(Template.CONTEST, DAYS))
    lay_down_needs(organizer, event)
    split_track(organizer, tracks.robots, by_module=True)
    session().flush()
    for need in needs_of(event.id):
        minutes = MINUTES.get(need.part, need.minutes)
        at_once = {tracks.network.id: 6, tracks.design.id: 20}.get(need.track_id, 8)
        gas = "压缩空气" if need.track_id == tracks.robots.id else ""
        posts = {Office.CHIEF: 1, Office.JUDGE: 3, Office.INVIGILATOR: 1}
        asked = Need(need.part, minutes, at_once, need.purpose, need.step, gas, posts, 1)
        keep_need(organizer, need, asked)
    keep_needs(organizer, tracks.robots, ReadNeeds(_makes(contest, tracks.robots), []))
    choose_way(organizer, tracks.robots, Way.TOGETHER)
    everything = (tracks.robots, tracks.network, tracks.design)
    appoint(contest.group, everything, related=5)
    scope = Scope(ScopeKind.TRACK, tracks.design.id)
    add_grant(account("caipan6"), contest.group.id, Role.JUDGE, scope, ALWAYS, None)
    list_invigilators(contest.group, event)
    first = contest.starts_on
    busy = Stretch(can=False, from_on=first, to_on=first)
    say_when(organizer, account(AWAY), busy, "校内教学检查")
    make_sessions(event)
    return Desk(event)


def _makes(contest: Contest, track: Track) -> dict[int, dict[str, str]]:
    """The make of robot each school's entries work on."""
    second = {contest.schools()[one].id for one in OF_ZHONGYUAN}
    return {
        one.id: {
            "vendor": ZHONGYUAN if one.unit_id in second else YUGONG,
            "school_class": "",
            "paper": "",
        }
        for one in approved_entries(track.id)
    }


def lay(desk: Desk, tracks: Tracks, rooms: Rooms) -> None:
    """Every session into a room and a time, with seats where they are not drawn at the door.

    The first two sessions of the robots are those of one make, the last two those of the other.
    """
    programming, upkeep = (items_of_track(tracks.robots, part) for part in ("A", "B"))
    network, design = items_of_track(tracks.network), items_of_track(tracks.design)
    for item, room, day, hour, minute in (
        (programming[2], rooms.first, 0, 8, 30),
        (programming[3], rooms.first, 0, 13, 30),
        (programming[0], rooms.second, 1, 8, 30),
        (programming[1], rooms.second, 1, 13, 30),
        (upkeep[2], rooms.first, 1, 8, 30),
        (upkeep[3], rooms.first, 1, 13, 30),
        (upkeep[0], rooms.second, 2, 8, 30),
        (upkeep[1], rooms.second, 2, 10, 15),
        (network[0], rooms.network, 0, 8, 30),
        (network[1], rooms.network, 0, 13, 30),
        (design[0], rooms.computers, 0, 8, 30),
    ):
        desk.lay(item, room, day, hour, minute)
    for item in (*programming, *upkeep, *design):
        desk.seat(item)


def put_people(desk: Desk, tracks: Tracks) -> None:
    """Panels that stay together, and somebody to invigilate everywhere."""
    programming, upkeep = (items_of_track(tracks.robots, part) for part in ("A", "B"))
    network, design = items_of_track(tracks.network), items_of_track(tracks.design)
    desk.panel(programming, "zhuanjia01", A_PANEL)
    desk.panel(upkeep, "zhuanjia05", B_PANEL)
    desk.panel(network, "zhuanjia09", NETWORK_PANEL)
    desk.panel(design, "zhuanjia05", DESIGN_PANEL)
    for some, who in (
        (programming, FIRST),
        (upkeep[:2], FIRST),
        (upkeep[2:], SECOND),
        (network, THIRD),
        (design, SECOND),
    ):
        for item in some:
            desk.serve(item, Office.INVIGILATOR, [who])


def change(contest: Contest, desk: Desk, tracks: Tracks, rooms: Rooms) -> None:
    """A room is lost on the last morning, a judge falls ill: kept as a draft, one session open."""
    organizer, upkeep = acting("zuzhi"), items_of_track(tracks.robots, "B")
    close_room(
        organizer, rooms.second, contest.moment(2, 8), contest.moment(2, 12), "新设备进场验收"
    )
    session().flush()
    desk.lay(upkeep[0], rooms.second, 2, 13, 30)
    desk.lift(upkeep[1])
    last = items_of_track(tracks.network)[1]
    desk.serve(last, Office.JUDGE, ["zhuanjia06"])
    note = "机器人二室第三天上午验收设备，模块 B 有一场待重新安排；一名裁判请假，已换人。"
    keep_version(organizer, desk.event, "调整稿", note)
