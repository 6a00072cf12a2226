"""Pages of plans: settings, needs, sessions, runs, delays; of duties; of stations on the day."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from eventsys.db import db, enter_group, leave_groups, session, transaction
from eventsys.duties.models import Availability, Duty, Enlisted
from eventsys.plans.minutes import origin_of
from eventsys.plans.models import EntryNeed, GroupDraw, PlanItem, PlanNeed, PlanRun, PlanSettings
from eventsys.plans.states import RunState
from eventsys.timetable.models import Placement, Session, Station
from scheduling.plan_runs import do_plan_runs
from tests.queries import count_queries
from tests.web.plans.conftest import filled, one


def test_a_plan_begins_with_what_comes_next(client, world):
    page = client.get(f"/plans/events/{world.competition_a}").text

    assert "还没有场次" in page
    assert f"/plans/events/{world.competition_a}/settings" in page


def test_shifts_come_from_a_template_and_are_refused_when_unreadable(client, app, world):
    path = f"/plans/events/{world.competition_a}"

    taken = client.post(f"{path}/template", data={"template": "exam"})
    wrong = client.post(f"{path}/settings", data=filled(shifts="上午"))
    overlapping = client.post(f"{path}/settings", data=filled(shifts="08:00-12:00\n11:00-13:00"))

    assert (taken.status_code, wrong.status_code, overlapping.status_code) == (302, 422, 422)
    assert "“上午”不是时段" in wrong.text
    assert "11:00 开始的两个时段重叠" in overlapping.text
    assert len(one(app, PlanSettings).shifts) == 8


def test_importance_is_chosen_in_words(client, app, world):
    client.post(f"/plans/events/{world.competition_a}/settings", data=filled(wish_early="very"))

    kept = one(app, PlanSettings)
    assert (kept.wishes["early"], kept.severities["load"]) == ("very", "warn")
    page = client.get(f"/plans/events/{world.competition_a}/settings").text
    assert '<option selected value="very">非常重要</option>' in page


def test_needs_show_what_working_out_would_do_before_it_is_done(client, app, world):
    path = f"/plans/events/{world.competition_a}/needs"
    client.post(f"{path}/usual")
    before = client.get(path).text
    assert "新增 1 个场次" in before
    assert "6 人（队）抽签分场" in before
    assert one(app, PlanItem) is None

    client.post(path)

    assert "无须变动" in client.get(path).text
    assert one(app, PlanItem).name == "第 1 场"


def test_the_seed_of_the_dealing_is_shown_to_whoever_wants_to_deal_again(
    client, app, planned, world
):
    shown = client.get(f"/plans/events/{world.competition_a}/needs").text
    assert one(app, GroupDraw).seed in shown


def test_a_need_is_changed_and_a_contest_split_into_modules(client, app, world):
    path = f"/plans/events/{world.competition_a}/needs"
    client.post(f"{path}/usual")
    need = one(app, PlanNeed, PlanNeed.track_id == world.track_a)
    posts = {f"posts_{office}": "0" for office in ("floor", "invigilator", "assessor", "lecturer")}
    facts = {"minutes": "90", "at_once": "4", "purpose": "practice", "step": "0", "seniors": "1"}

    kept = client.post(
        f"/plans/needs/{need.id}", data=facts | posts | {"posts_chief": "1", "posts_judge": "3"}
    )
    split = client.post(f"/plans/tracks/{world.track_a}/modules/split")

    assert (kept.status_code, split.status_code) == (302, 302)
    assert "工艺准备与编程" in client.get(path).text
    with app.app_context():
        enter_group(world.group_a)
        found = session().scalars(select(PlanNeed).where(PlanNeed.track_id == world.track_a)).all()
        assert {(one.part, one.at_once, one.posts["judge"]) for one in found} == {
            ("A", 4, 3),
            ("B", 4, 3),
        }
        leave_groups()


def test_a_run_is_asked_for_watched_compared_and_accepted(client, app, planned, world):
    asked = client.post(f"{planned}/runs", data={"seconds": "10", "seed": "5"})
    run = one(app, PlanRun)
    busy = client.get(f"/plans/runs/{run.id}/progress")
    with app.app_context():
        session().get_one(PlanRun, run.id).seconds = 1
        with transaction():
            session().get_one(PlanRun, run.id).seconds = 1
        do_plan_runs()
        db.session.remove()
    over = client.get(f"/plans/runs/{run.id}/progress")
    compared = client.get(f"/plans/runs/{run.id}")
    stale = client.post(f"/plans/runs/{run.id}/keep", data={"seen": "0"})
    seen = one(app, PlanSettings).revision
    kept = client.post(f"/plans/runs/{run.id}/keep", data={"seen": str(seen)})

    assert (asked.status_code, busy.status_code, over.status_code) == (302, 200, 286)
    assert over.headers["HX-Refresh"] == "true"
    assert "是否采用" in compared.text
    assert (stale.status_code, kept.status_code) == (409, 302)
    assert "其间" not in compared.text
    assert "有人修改了安排" in stale.text
    assert one(app, PlanRun).state is RunState.KEPT
    assert one(app, Session) is not None
    assert "已采用" in client.get(planned).text


def test_a_duty_nobody_was_found_for_says_what_keeps_whom(client, app, planned, world):
    client.post(f"{planned}/runs", data={"seconds": "10", "seed": "5"})
    with app.app_context():
        with transaction():
            session().scalars(select(PlanSettings)).one().most = 0
        do_plan_runs()
        db.session.remove()

    compared = client.get(f"/plans/runs/{one(app, PlanRun).id}")

    assert "没有找到人选的岗位" in compared.text
    assert "任务总数已到上限：" in compared.text
    assert "以下规则不可能同时满足：每人任务总数上限。" in compared.text


def test_a_run_is_stopped_or_thrown_away_and_says_so(client, app, planned):
    client.post(f"{planned}/runs", data={"seconds": "10", "seed": "5"})
    run = one(app, PlanRun)

    again = client.post(f"{planned}/runs", data={"seconds": "10", "seed": "6"})
    stopped = client.post(f"/plans/runs/{run.id}/stop")
    twice = client.post(f"/plans/runs/{run.id}/stop")

    assert (again.status_code, stopped.status_code, twice.status_code) == (409, 302, 409)
    assert "已放弃" in client.get(f"/plans/runs/{run.id}").text


@pytest.fixture
def placed(client, app, planned, world):
    """The session of the individual track at nine in the room."""
    with app.app_context():
        enter_group(world.group_a)
        item = session().scalars(select(PlanItem)).one()
        starts = origin_of(item.track.event.starts_on) + timedelta(hours=9)
        held = Session(
            group_id=item.group_id,
            track_id=item.track_id,
            room_id=world.room_a,
            name=item.name,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=item.minutes),
        )
        with transaction():
            session().add(held)
            session().flush()
            item = session().scalars(select(PlanItem)).one()
            item.session_id = held.id
            for post in item.posts:
                session().add(
                    Duty(
                        group_id=item.group_id,
                        session_id=held.id,
                        office=post.office,
                        seat=post.seat,
                    )
                )
            key = held.id
        leave_groups()
        db.session.remove()
    return key


def test_a_session_is_changed_where_it_may_be_and_removed_only_from_the_tray(
    client, app, placed, world
):
    item = one(app, PlanItem)
    facts = {
        "name": "决赛",
        "minutes": "240",
        "purpose": "practice",
        "shifts": ["0/480"],
        "rooms": [str(world.room_a)],
        "is_fixed": "y",
    }

    changed = client.post(f"/plans/items/{item.id}/edit", data=facts)
    removed = client.post(f"/plans/items/{item.id}/remove")

    assert (changed.status_code, removed.status_code) == (302, 422)
    found = one(app, PlanItem)
    assert (found.name, found.shifts, found.rooms, found.is_fixed) == (
        "决赛",
        [[0, 480]],
        [world.room_a],
        True,
    )
    assert one(app, Session).name == "决赛"


def test_a_delay_shows_what_it_pushes_and_then_does_it(client, app, placed):
    shown = client.get(f"/plans/sessions/{placed}/delay?minutes=30")
    before = one(app, Session).starts_at
    done = client.post(f"/plans/sessions/{placed}/delay", data={"minutes": "30"})

    assert "推迟 30 分钟" in shown.text
    assert done.status_code == 302
    assert one(app, Session).starts_at - before == timedelta(minutes=30)


def test_duties_are_seen_and_changed_with_clashes_first(client, app, placed, world):
    duty = one(app, Duty, Duty.office == "judge")
    overview = client.get(f"/duties/events/{world.competition_a}").text
    choice = client.get(f"/duties/{duty.id}").text
    client.post(f"/duties/{duty.id}", data={"user": str(world.judge1_a)})
    refused = client.post(f"/duties/{duty.id}", data={"user": str(world.leader1_a)})

    assert "暂缺" in overview
    assert "5 人中有 5 人可安排" in overview
    assert "甲裁判1" in choice
    assert refused.status_code == 422
    assert "请先列入名单" in refused.text
    assert one(app, Duty, Duty.id == duty.id).user_id == world.judge1_a


def test_the_list_of_duties_is_narrowed_to_what_is_asked_for(client, app, placed, world):
    path = f"/duties/events/{world.competition_a}"
    duty = one(app, Duty, Duty.office == "judge")
    client.post(f"/duties/{duty.id}", data={"user": str(world.judge1_a)})
    link = f'href="/duties/{duty.id}"'

    everything, empty = client.get(path).text, client.get(f"{path}?empty=y").text
    found = client.get(f"{path}?q=甲裁判1&office=judge").text
    nothing = client.get(f"{path}?day=2020-01-01").text

    assert [link in text for text in (everything, empty, found)] == [True, False, True]
    assert "暂缺" not in found
    assert "没有符合条件的岗位" in nothing


def test_people_are_listed_and_their_times_entered(client, app, world):
    path = f"/duties/events/{world.competition_a}/people"
    listed = client.post(path, data={"user": str(world.steward_a), "office": "invigilator"})
    twice = client.post(path, data={"user": str(world.steward_a), "office": "invigilator"})
    times = client.post(
        f"/duties/people/{world.judge1_a}/times", data={"can": "can", "weekday": "1"}
    )
    unclear = client.post(
        f"/duties/people/{world.judge1_a}/times", data={"can": "cannot", "weekday": ""}
    )

    assert [x.status_code for x in (listed, twice, times, unclear)] == [302, 409, 302, 422]
    assert "星期二" in client.get(f"/duties/people/{world.judge1_a}/times").text
    line = one(app, Enlisted)
    client.post(f"/duties/listed/{line.id}/strike")
    assert one(app, Enlisted) is None


def test_a_judge_says_when_and_sees_own_duties_only(browse, app, world, placed):
    judge = browse("judge1_a")
    judge.post("/duties/my-times", data={"can": "cannot", "from_on": "2026-12-01", "weekday": ""})
    line = one(app, Availability)

    assert line.user_id == world.judge1_a
    assert "2026-12-01" in judge.get("/duties/my-times").text
    assert "还没有岗位安排" in judge.get("/duties/mine").text
    assert judge.get(f"/duties/events/{world.competition_a}").status_code == 403
    assert judge.post(f"/duties/my-times/{line.id}/remove").status_code == 302
    assert one(app, Availability) is None


# ---- stations on the day


def test_a_fault_takes_two_taps_and_the_spare_stations_stand_ready(client, app, placed, world):
    with app.app_context():
        enter_group(world.group_a)
        with transaction():
            session().get_one(Station, world.station9_a).is_spare = True
            session().add(
                Placement(
                    group_id=world.group_a,
                    session_id=placed,
                    station_id=world.station1_a,
                    entry_id=world.entry1_a,
                )
            )
        leave_groups()
        db.session.remove()
    room = client.get(f"/stations/rooms/{world.room_a}").text
    assert f'href="/stations/{world.station1_a}"' in room

    logged = client.post(f"/stations/{world.station1_a}/fault", data={"what": "无法开机"})
    page = client.get(logged.location).text
    placement = one(app, Placement)
    moved = client.post(
        f"/stations/placements/{placement.id}/move", data={"station": str(world.station9_a)}
    )
    mended = client.post(f"/stations/{world.station1_a}/mend", data={"note": "换电源"})

    assert "备用 09" in page
    assert (moved.status_code, mended.status_code) == (302, 302)
    assert one(app, Placement).station_id == world.station9_a
    assert "换电源" in client.get(f"/stations/{world.station1_a}").text


def test_a_floor_judge_sees_no_names_at_a_station(browse, app, placed, world):
    with app.app_context():
        enter_group(world.group_a)
        with transaction():
            session().add(
                Placement(
                    group_id=world.group_a,
                    session_id=placed,
                    station_id=world.station1_a,
                    entry_id=world.entry1_a,
                )
            )
        leave_groups()
        db.session.remove()
    floor = browse("floor_a")

    floor.post(f"/stations/{world.station1_a}/fault", data={"what": "断电"})
    page = floor.get(f"/stations/{world.station1_a}").text

    assert "这里已安排人员" in page
    assert "安排在这里" not in page
    assert f"/stations/placements/{one(app, Placement).id}/move" not in page


def test_rooms_close_and_say_what_is_in_them(client, app, world):
    path = f"/places/rooms/{world.room_a}"
    closed = client.post(
        f"{path}/close", data={"starts_at": "2027-01-01T08:00", "ends_at": "2027-01-01T12:00"}
    )
    backwards = client.post(
        f"{path}/close", data={"starts_at": "2027-01-01T12:00", "ends_at": "2027-01-01T08:00"}
    )
    marked = client.post(f"{path}/vendor", data={"first": "01", "last": "03", "vendor": "海康"})

    assert [x.status_code for x in (closed, backwards, marked)] == [302, 422, 302]
    page = client.get(path).text
    assert "2027-01-01 08:00" in page
    assert page.count("<span>海康</span>") == 3


def test_the_plan_page_costs_as_many_queries_for_thirty_sessions_as_for_one(
    client, app, planned, world
):
    with count_queries() as few:
        client.get(planned)
    with app.app_context():
        enter_group(world.group_a)
        item = session().scalars(select(PlanItem)).one()
        facts = (item.group_id, item.event_id, item.track_id)
        with transaction():
            session().add_all(
                PlanItem(
                    group_id=facts[0],
                    event_id=facts[1],
                    track_id=facts[2],
                    name=f"x{n}",
                    minutes=60,
                )
                for n in range(30)
            )
        leave_groups()
        db.session.remove()

    with count_queries() as many:
        client.get(planned)

    assert len(many) == len(few)


def test_what_is_known_of_entries_comes_from_a_file_whole_or_not_at_all(client, app, world):
    path = f"/plans/tracks/{world.track_a}/entries"
    template = client.get(f"{path}/template")
    good = "Ticket no.,Make or type,School class,Test paper\ntrack-001,海康,一班,A\n"
    bad = good + "track-999,海康,一班,A\n"

    refused = client.post(path, data={"file": (BytesIO(bad.encode()), "x.csv")})
    kept_none = one(app, EntryNeed)
    kept = client.post(path, data={"file": (BytesIO(good.encode()), "x.csv")})

    assert template.data[:2] == b"PK"
    assert (refused.status_code, kept_none, kept.status_code) == (422, None, 302)
    assert "track-999" in refused.text
    need = one(app, EntryNeed)
    assert (need.vendor, need.school_class, need.paper) == ("海康", "一班", "A")
