"""An appeal lodged in the instant in which results become final: one of the two, never both."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, current_thread

import pytest

from eventsys import clock
from eventsys.appeals import actions, queries
from eventsys.db import session, transaction
from eventsys.errors import DomainError
from tests.competition_room import acting, track_of
from tests.lodged import end_contest, lodged

NOON = datetime.now(UTC).replace(microsecond=0)
LAST = NOON + timedelta(hours=2)
ROUNDS = 6


@pytest.fixture
def two_clocks(app, world, monkeypatch):
    """The lodging goes by the last second of the window, the closing by the next."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    with app.app_context():
        end_contest(world, NOON)
        session().close()
    late = LAST + timedelta(seconds=1)
    monkeypatch.setattr(
        clock, "now", lambda: late if current_thread().name.endswith("_1") else LAST
    )
    return late


def lodge(app, world, number):
    with app.app_context():
        try:
            lodged(world, number)
        except DomainError:
            return False
        finally:
            session().close()
        return True


def close(app, world):
    with app.app_context():
        try:
            with transaction():
                return actions.close_appeals(acting("organizer_a"), track_of(world))
        finally:
            session().close()


def state(app, world):
    """How many appeals are open, and whether they are closed for good."""
    with app.app_context():
        try:
            found = queries.open_appeals(world.track_a)
            return len(found), queries.closing_of(world.track_a) is not None
        finally:
            session().close()


@pytest.mark.parametrize("number", range(1, 4))
def test_lodging_and_closing_at_once_never_both_succeed(app, world, two_clocks, number):
    start = Barrier(2)

    def run(deed):
        start.wait()
        return lodge(app, world, number) if deed == "lodge" else close(app, world)

    with ThreadPoolExecutor(2) as pool:
        lodging, closing = pool.map(run, ("lodge", "close"))

    open_now, is_closed = state(app, world)
    assert (open_now == 1, is_closed) == (lodging, closing)
    assert not (lodging and closing)


@pytest.mark.parametrize("first", ["lodge", "close"])
def test_whoever_comes_first_wins(app, world, monkeypatch, two_clocks, first):
    monkeypatch.setattr(clock, "now", lambda: two_clocks if turn == "close" else LAST)
    outcome = {}
    for turn in (first, "close" if first == "lodge" else "lodge"):
        outcome[turn] = lodge(app, world, 1) if turn == "lodge" else close(app, world)

    assert outcome == {"lodge": first == "lodge", "close": first == "close"}


def test_without_the_closing_on_file_an_appeal_after_the_end_would_be_taken(
    app, world, monkeypatch, two_clocks
):
    """The wrong build: lodging looks at the clock alone, as read before it waited."""
    monkeypatch.setattr(queries, "closing_of", lambda _track_id, **_since: None)
    monkeypatch.setattr(clock, "now", lambda: two_clocks)
    assert close(app, world) is True
    monkeypatch.setattr(clock, "now", lambda: LAST)
    assert lodge(app, world, 1) is True
    monkeypatch.undo()

    monkeypatch.setattr(clock, "now", lambda: two_clocks)
    assert state(app, world) == (1, True)
