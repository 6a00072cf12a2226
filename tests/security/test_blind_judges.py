"""Two worlds that differ only in who stands behind the codes are the same bytes to judges."""

import re

import pytest
from sqlalchemy import select, update

from eventsys.db import session, transaction
from eventsys.draws.queries import joined
from eventsys.groups.models import Unit
from eventsys.identity.models import Person
from eventsys.registration.models import Entry
from tests import judging
from tests.security.stages import permute

TOKEN = re.compile(r'(name="csrf_token"[^>]*value|csrf-token" content)="[^"]*"')


def seen(client, path):
    answer = client.get(path)
    return (
        answer.status_code,
        TOKEN.sub("", answer.text),
        sorted(
            (key, value)
            for key, value in answer.headers
            if key not in {"Date", "Set-Cookie", "Content-Length"}
        ),
    )


@pytest.fixture
def codes(app, world):
    with app.app_context():
        found = judging.ready_to_mark(world)
        judging.mark(world, 1, found[0], ("90", "90", "3"))
        judging.mark(world, 1, found[1], ("80", "90", "2"), submit=False)
        judging.mark(world, 2, found[0], ("90", "90", "3"))
    return found


def swap_worlds(app, world):
    """Give every code another entry, and every entry and person another name, unit and number."""
    with app.app_context():
        permute(world, 1)
        with transaction():
            changed = {"team_name": "别的队", "number": Entry.number + 100}
            of_track = Entry.track_id == world.track_a
            session().execute(update(Entry).where(of_track).values(changed))
            session().execute(update(Person).values(name="另一个人"))
            session().execute(update(Unit).values(name=Unit.name + "（分校）"))


def behind(app, world):
    """Which entry stands behind which code."""
    with app.app_context():
        return joined(world.track_a)


def pages(world, codes):
    paths = ["/", "/judging", f"/judging/{world.track_a}", f"/judging/{world.track_a}/Z-0000"]
    return [*paths, *(f"/judging/{world.track_a}/{code}" for code in codes)]


def test_the_two_worlds_differ(app, world, codes):
    before = behind(app, world)
    swap_worlds(app, world)
    after = behind(app, world)

    assert set(before) == set(after)
    assert before != after


def test_a_judge_sees_the_same_whoever_stands_behind_the_codes(app, browse, world, codes):
    judge = browse("judge1_a")
    paths = pages(world, codes)
    before = [seen(judge, path) for path in paths]
    swap_worlds(app, world)

    assert [seen(judge, path) for path in paths] == before


def test_the_chief_judge_sees_the_same_whoever_stands_behind_the_codes(app, browse, world, codes):
    chief = browse("chief_a")
    paths = ["/", "/judging", f"/chief/{world.track_a}", f"/chief/{world.track_a}/sign-off"]
    paths += [f"/chief/{world.track_a}/{code}" for code in codes]
    before = [seen(chief, path) for path in paths]
    swap_worlds(app, world)

    assert [seen(chief, path) for path in paths] == before


def test_answers_to_a_tap_name_nobody(app, browse, world, codes):
    with app.app_context():
        ids = judging.aspect_ids(world)
    judge = browse("judge1_a")
    op = "0d1c0b5e-0000-4000-8000-000000000001"
    tap = {"op": op, "code": codes[2], "aspect": str(ids["A1.2"]), "raw": "1", "seen": []}

    answer = judge.post(f"/judging/{world.track_a}/marks", json={"ops": [tap], "known": {}})

    assert answer.json["answers"] == [{"op": op, "result": "applied"}]
    (state,) = answer.json["sheets"].values()
    assert set(state) == {"status", "version", "whole", "marks"}
    (mark,) = state["marks"].values()
    assert set(mark) == {"raw", "points", "heads", "contested"}
    assert {key for head in mark["heads"] for key in head} == {"op", "raw", "at", "device", "by"}


def test_what_judges_get_names_no_entry_no_person_and_no_unit(app, browse, world, codes):
    with app.app_context():
        names = {person.name for person in session().scalars(select(Person))}
        names |= {str(key) for key in session().scalars(select(Entry.id))}
        names |= {unit.name for unit in session().scalars(select(Unit))}
    judge = browse("judge1_a")
    texts = "".join(judge.get(path).text for path in pages(world, codes))

    assert [name for name in names if name in texts] == []
