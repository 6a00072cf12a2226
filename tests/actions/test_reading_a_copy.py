"""Long readings happen on a copy: they see one moment, and hold up nobody's writing."""

import sqlite3
import threading

import pytest
from sqlalchemy import func, select, text

from eventsys.db import COPY, new_id, reading_a_copy, session, transaction
from eventsys.groups.models import Unit
from eventsys.groups.rules import UnitKind


def units():
    return session().scalar(select(func.count(Unit.id)))


def add_unit(world, name):
    with transaction():
        session().add(
            Unit(
                id=new_id(),
                group_id=world.group_a,
                code="new",
                name=name,
                kind=UnitKind.ENTERPRISE,
                city="合肥",
            )
        )


def test_a_copy_shows_one_moment_and_writing_goes_to_the_database(inside, world, settings):
    before = units()

    with reading_a_copy(settings.instance):
        add_unit(world, "后来的企业")
        on_sqlite = session().get_bind().dialect.name == "sqlite"
        assert units() == (before if on_sqlite else before + 1)

    assert units() == before + 1
    assert list(settings.instance.glob(f"{COPY}*")) == []


def test_the_copy_goes_when_the_reading_fails(inside, world, settings):
    with pytest.raises(ZeroDivisionError), reading_a_copy(settings.instance):
        raise ZeroDivisionError

    assert list(settings.instance.glob(f"{COPY}*")) == []
    assert "copy" not in session().info


def commits_meanwhile(database, reading):
    """Whether another connection can write while ``reading`` goes on; it waits for no one."""
    done = threading.Event()

    def write():
        with sqlite3.connect(database, timeout=0.2) as other:
            other.execute("UPDATE unit SET name = name")
        done.set()

    thread = threading.Thread(target=write)
    reading()
    thread.start()
    thread.join()
    return done.is_set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_reading_on_a_copy_holds_up_no_commit_and_one_on_the_database_does(
    inside, world, settings
):
    if session().get_bind().dialect.name != "sqlite":
        return  # readers of PostgreSQL hold up nobody
    database = session().get_bind().engine.url.database
    rows = text("SELECT count(*) FROM unit")

    with reading_a_copy(settings.instance):
        assert commits_meanwhile(database, lambda: session().execute(rows).scalar())
    session().rollback()

    # the wrong build: the same reading without the copy
    assert not commits_meanwhile(database, lambda: session().execute(rows).scalar())
    session().rollback()
