"""Before publication the public learns nothing; from the stated second on everybody sees it."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from eventsys import clock
from eventsys.db import session, transaction
from eventsys.events.models import Track
from eventsys.results.actions import draw_up
from eventsys.results.queries import publication_of
from scheduling.jobs import publish_due_results
from tests import judging

DUE = datetime(2026, 12, 24, 9, 0, tzinfo=UTC)
TOKEN = re.compile(r'(name="csrf_token"[^>]*value|csrf-token" content)="[^"]*"')


def paths(world):
    return [
        f"/e/{world.competition_a}/results",
        f"/e/tracks/{world.track_a}/results",
        f"/e/{world.competition_a}",
    ]


def seen(client, world, more=()):
    found = []
    for path in [*paths(world), *more]:
        answer = client.get(path)
        found.append((answer.status_code, answer.location, TOKEN.sub("", answer.text)))
    return found


@pytest.fixture
def drawn_up(app, world):
    """A function that draws the results of the track up, with ``DUE``."""

    def run():
        with app.app_context():
            judging.opened(world)
            with transaction():
                draw_up(judging.actor("organizer_a"), judging.track_of(world), DUE)

    return run


def publish(app, at):
    at(DUE)
    with app.app_context():
        assert publish_due_results() == 1


@pytest.mark.parametrize(
    ("name", "more"),
    [
        (None, []),
        ("leader1_a", ["/results/mine", "/"]),
        ("participant_a", ["/results/mine", "/"]),
        ("organizer_b", []),
    ],
)
def test_marks_and_drawn_up_results_leave_no_trace_before_publication(
    app, browse, world, drawn_up, name, more
):
    before = seen(browse(name), world, more)
    drawn_up()

    assert seen(browse(name), world, more) == before


def test_the_certificate_office_learns_nothing_before_publication(app, browse, world, drawn_up):
    office, path = browse("office_a"), f"/tracks/{world.track_a}/results"
    before = TOKEN.sub("", office.get(path).text)
    drawn_up()

    assert TOKEN.sub("", office.get(path).text) == before
    asked = office.post(f"{path}/file/results_xlsx")
    assert asked.status_code == 404


def test_one_second_before_nothing_and_at_the_second_everything(app, browse, world, drawn_up, at):
    drawn_up()
    visitor = browse(None)
    at(DUE - timedelta(seconds=1))
    with app.app_context():
        assert publish_due_results() == 0
    early = visitor.get(paths(world)[0]).text
    publish(app, at)
    page = visitor.get(paths(world)[0]).text

    assert "92.00" not in early
    assert "这里还没有公布成绩" in early
    assert page.count("一等奖") == 1
    assert page.count("三等奖") == 2
    assert "92.00" in page


def test_the_public_page_shows_places_names_units_and_no_numbers_or_codes(
    app, browse, world, drawn_up, at
):
    drawn_up()
    publish(app, at)
    page = browse(None).get(paths(world)[0]).text
    with app.app_context():
        rows = publication_of(world.track_a).rows
        codes = [row.parts["code"] for row in rows]
        names = [row.label for row in rows]

    assert [name for name in names if name not in page] == []
    assert [code for code in codes if code in page] == []
    assert "4101" not in page


def test_a_door_to_the_results_appears_on_the_public_page_of_the_event(
    app, browse, world, drawn_up, at
):
    drawn_up()
    door = f"/e/tracks/{world.track_a}/results"
    assert door not in browse(None).get(f"/e/{world.competition_a}").text
    publish(app, at)
    assert door in browse(None).get(f"/e/{world.competition_a}").text


def test_the_address_of_a_track_leads_to_its_place_on_the_page(browse, world):
    answer = browse(None).get(f"/e/tracks/{world.track_a}/results")

    assert answer.location == f"/e/{world.competition_a}/results#t{world.track_a}"


def test_what_is_not_public_is_not_there(browse, world):
    for path in ("/e/1/results", "/e/tracks/1/results"):
        assert browse(None).get(path).status_code == 404, path


def test_results_of_exams_and_classes_are_not_for_everybody(browse, world):
    for event in (world.exam_a, world.training_a):
        page = browse(None).get(f"/e/{event}/results")
        assert page.status_code == 200
        assert "不公开公布" in page.text


def test_a_leader_sees_the_own_unit_and_a_contestant_the_own_result(
    app, browse, world, drawn_up, at
):
    drawn_up()
    publish(app, at)
    with app.app_context():
        names = {row.entry_id: row.label for row in publication_of(world.track_a).rows}
    leader, person = (
        browse(name).get("/results/mine").text for name in ("leader1_a", "participant_a")
    )

    own = {names[getattr(world, f"entry{n}_a")] for n in (1, 2, 3)}
    assert {name for name in names.values() if name in leader} == own
    assert [name for name in names.values() if name in person] == [names[world.entry1_a]]
    assert "新公布的成绩" in browse("leader1_a").get("/").text


def test_trainees_and_leaders_see_hours_and_outcome(app, browse, world, at):
    with app.app_context():
        track = session().get_one(Track, world.class_a)
        over = max(one.on for one in track.rules.half_days) + timedelta(days=1)
        at(clock.from_shanghai(datetime.combine(over, datetime.min.time())) + timedelta(hours=9))
        with transaction():
            draw_up(judging.actor("organizer_a"), track, clock.now())

    page = browse("leader1_a").get("/results/mine").text
    assert page.count("0 / 16") == 2
    assert page.count("未结业") == 2
