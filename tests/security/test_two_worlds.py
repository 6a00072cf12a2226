"""T3: what an observer can reach does not depend on what must be hidden from them.

The same database, the same clock, the same people at the keyboard; only the secret is another one.
Every page followed, every form filled and every address guessed must answer with the same bytes.
"""

import secrets
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask, Response, make_response, request
from sqlalchemy import select

from eventsys import clock
from eventsys.db import db, session
from eventsys.draws import queries as draws
from eventsys.registration.models import Entry
from eventsys.scoring import queries as scoring
from eventsys.works.queries import newest
from tests.databases import Database
from tests.security.spellings import spellings
from tests.security.stages import (
    change_marks,
    entries_of,
    marking,
    permute,
    permute_people,
)
from tests.security.worlds import JUDGES, Worlds, compared
from tests.world import World

OUTSIDERS = (None, "participant_a", "leader1_a", "leader2_a")
WORLDS = 20
WHOLE = 1
"""So many worlds are asked everything, the others all that is linked and a tenth of the guesses."""
BLOCKS = 5


@pytest.fixture
def worlds(app: Flask, database: Database, world: World, browse, monkeypatch) -> Worlds:
    """The moment when the judges mark: drawn, works handed in, dealt, two codes submitted."""
    noon = clock.now()
    monkeypatch.setattr(clock, "now", lambda: noon)
    with app.app_context():
        marking(world)
        db.session.remove()
    found = Worlds(app, database, world)
    monkeypatch.setattr(secrets, "randbelow", found.chance.randrange)
    monkeypatch.setattr(secrets, "token_bytes", lambda n=None: found.chance.randbytes(n or 32))
    found.freeze({name or "visitor": browse(name) for name in (*JUDGES, *OUTSIDERS, "encryptor_a")})
    return found


def test_what_the_blind_reach_does_not_depend_on_who_the_contestants_are(worlds):
    here = worlds.look(JUDGES)

    for seed in range(WHOLE):
        there = worlds.look(JUDGES, partial(permute, seed=seed))
        assert compared(here, there) == {}, seed
    for name in JUDGES:
        assert len(here[name]) > 100
        assert len([one for one in here[name].values() if one[0] == 200]) > 20
    files = [path for path, one in here["judge1_a"].items() if "attachment" in str(one[2])]
    assert len(files) == 6


@pytest.mark.parametrize("block", range(BLOCKS))
def test_twenty_permutations_leave_every_byte_as_it_is(worlds, block):
    """All that is linked, for every observer; the forms and the guesses in turn."""
    look = partial(worlds.look, JUDGES, part=block, words=[], sends=(JUDGES[block % 3],))
    here = look()

    for seed in range(block * WORLDS // BLOCKS, (block + 1) * WORLDS // BLOCKS):
        assert compared(here, look(partial(permute, seed=100 + seed))) == {}, seed


def test_what_outsiders_reach_before_publication_does_not_depend_on_the_marks(worlds):
    here = worlds.look(OUTSIDERS, words=[])
    there = worlds.look(OUTSIDERS, change_marks, words=[])

    assert compared(here, there) == {}


def test_the_comparison_can_see_a_difference(worlds):
    """The people who may know do see another world: the test is not blind itself."""
    names = ("leader1_a", "encryptor_a")
    here = worlds.look(names, part=0, words=[])
    people = worlds.look(names, partial(permute_people, seed=1), part=0, words=[])
    codes = worlds.look(names, partial(permute, seed=1), part=0, words=[])

    assert "leader1_a" in compared(here, people)
    assert "encryptor_a" in compared(here, codes)


def test_nothing_the_blind_reach_names_anybody_in_any_spelling(worlds):
    with worlds.app.app_context():
        entries = session().scalars(select(Entry).where(Entry.id.in_(entries_of(worlds.world))))
        wanted = {
            spelling
            for entry in entries
            for word in (entry.label, entry.unit.name, str(entry.id))
            for spelling in spellings(word)
        }
        db.session.remove()
    found = worlds.look(JUDGES, part=0, words=[])

    told = {
        (name, path, spelling)
        for name, answers in found.items()
        for path, (_status, body, headers) in answers.items()
        for spelling in wanted
        if spelling in body + repr(headers).encode() and not asked_for(path, spelling)
    }
    assert told == set()


def asked_for(path: str, spelling: bytes) -> bool:
    """Whether the answer only repeats what the observer typed into the address.

    The page on which judges declare kinship and employers lists the units of the track.
    """
    return spelling in path.encode() or path.split(maxsplit=1)[0].endswith("/relations")


# ---- wrong builds: each gives something away, and each must be seen


def later(worlds: Worlds, endpoint: str, change: Callable[[Response], None], monkeypatch) -> None:
    """A build in which a page gives something away."""
    honest = worlds.app.view_functions[endpoint]

    def leaks(**arguments: object) -> Response:
        answer = make_response(honest(**arguments))
        change(answer)
        return answer

    monkeypatch.setitem(worlds.app.view_functions, endpoint, leaks)


def behind(worlds: Worlds) -> dict[str, Entry]:
    found = draws.joined(worlds.world.track_a)
    return {code: session().get_one(Entry, key) for code, key in sorted(found.items())}


def add(answer: Response, words: str) -> None:
    answer.direct_passthrough = False
    answer.set_data(answer.get_data() + f"<p>{words}</p>".encode())


def by_entry(worlds: Worlds, monkeypatch) -> None:
    honest = scoring.sheets_of

    def sorted_by_entry(seat_id: int) -> list:
        entries = draws.joined(worlds.world.track_a)
        return sorted(honest(seat_id), key=lambda one: entries[one.code])

    monkeypatch.setattr(scoring, "sheets_of", sorted_by_entry)


def file_numbers(worlds: Worlds, monkeypatch) -> None:
    def change(answer: Response) -> None:
        order = sorted(newest(worlds.world.track_a), key=lambda one: one.entry_id)
        numbers = {one.entry_id: n for n, one in enumerate(order, start=1)}
        for code, entry in behind(worlds).items():
            add(answer, f"{code} f{numbers.get(entry.id)}")

    later(worlds, "works.shelves", change, monkeypatch)


def counts(worlds: Worlds, monkeypatch) -> None:
    def change(answer: Response) -> None:
        entries = list(behind(worlds).values())
        same = sum(one.unit_id == entries[0].unit_id for one in entries[:3])
        add(answer, f"{same} of 3")

    later(worlds, "scoring.matrix", change, monkeypatch)


def etag(worlds: Worlds, monkeypatch) -> None:
    def change(answer: Response) -> None:
        code = (request.view_args or {})["code"]
        answer.set_etag(f"{behind(worlds)[code].id:x}")

    later(worlds, "works.work", change, monkeypatch)


def file_name(worlds: Worlds, monkeypatch) -> None:
    def change(answer: Response) -> None:
        code = (request.view_args or {})["code"]
        number = behind(worlds)[code].number
        answer.headers["Content-Disposition"] = f'attachment; filename="{number:03d}.txt"'

    later(worlds, "works.work", change, monkeypatch)


def error_text(worlds: Worlds, monkeypatch) -> None:
    def change(answer: Response) -> None:
        if answer.status_code >= 400:
            code = (request.view_args or {})["code"]
            add(answer, behind(worlds)[code].label)

    later(worlds, "scoring.submit_sheet", change, monkeypatch)


def already_taken(worlds: Worlds, monkeypatch) -> None:
    def change(answer: Response) -> None:
        entry = next(iter(behind(worlds).values()))
        add(answer, f"taken by {entry.unit.name}")

    later(worlds, "scoring.void_code", change, monkeypatch)


def modified(worlds: Worlds, monkeypatch) -> None:
    def change(answer: Response) -> None:
        code = (request.view_args or {})["code"]
        answer.headers["Last-Modified"] = f"{behind(worlds)[code].id % 86400} s"

    later(worlds, "works.work", change, monkeypatch)


LOOKS_AT = {
    by_entry: "judge1_a",
    file_numbers: "judge1_a",
    counts: "chief_a",
    etag: "judge1_a",
    file_name: "judge1_a",
    error_text: "judge1_a",
    already_taken: "chief_a",
    modified: "judge1_a",
}


@pytest.mark.parametrize("leak", LOOKS_AT, ids=lambda one: one.__name__)
def test_a_build_that_gives_something_away_is_caught(worlds, monkeypatch, leak):
    leak(worlds, monkeypatch)
    names = (LOOKS_AT[leak],)
    here = worlds.look(names, part=0, words=[])

    caught = (
        compared(here, worlds.look(names, partial(permute, seed=seed), part=0, words=[]))
        for seed in range(20)  # one that changes what leaks comes soon
    )

    assert any(caught)


def test_every_permutation_is_another_world(worlds):
    """No permutation leaves all entries behind the codes they had."""
    seen = set()
    for seed in range(WORLDS):
        with worlds.app.app_context():
            db.engine.dispose()
        worlds.database.restore("moment")
        with worlds.app.app_context():
            before = draws.joined(worlds.world.track_a)
            session().rollback()
            permute(worlds.world, seed)
            after = draws.joined(worlds.world.track_a)
            db.session.remove()
        assert before != after
        seen.add(tuple(sorted(after.items())))

    assert len(seen) > WORLDS // 2
