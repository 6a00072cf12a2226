"""R6, P1, P4: what the database must be opened and migrated like, and what happens otherwise."""

import shutil
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from eventsys.config import read_settings
from eventsys.db import (
    NestedTransaction,
    db,
    enter_group,
    journal_mode,
    leave_groups,
    session,
    transaction,
)
from eventsys.groups.models import Unit
from eventsys.groups.queries import units
from wsgi import ROOT, create_app


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((3, 53, 0), "WAL"),
    ],
)
def test_wal_is_used_only_where_its_reset_bug_is_mended(version, mode):
    assert journal_mode(version) == mode


def test_every_sqlite_connection_is_opened_by_the_rule(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")

    for _ in range(3):
        with engine.connect() as connection:
            found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
        engine.dispose()

        wanted = journal_mode(sqlite3.sqlite_version_info).lower()
        assert found == [wanted, 2, 1, 1, 15000]


def counted(folder: Path, *, immediate: bool) -> tuple[int, int]:
    """What four threads reach that each read and add one fifty times, and how often they failed."""
    engine = create_engine(f"sqlite:///{folder / 'x.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE place (used INTEGER)"))
        connection.execute(text("INSERT INTO place VALUES (0)"))
    refused: list[Exception] = []

    def add() -> None:
        for _ in range(50):
            try:
                opened = engine.connect().execution_options(eventsys_write=immediate)
                with opened as connection, connection.begin():
                    used = connection.execute(text("SELECT used FROM place")).scalar_one()
                    time.sleep(
                        0.001
                    )  # the other threads get their turn between reading and writing
                    connection.execute(text("UPDATE place SET used = :n"), {"n": used + 1})
            except OperationalError as error:
                refused.append(error)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        used = connection.execute(text("SELECT used FROM place")).scalar_one()
    engine.dispose()
    return used, len(refused)


def test_reading_then_writing_loses_nothing_because_the_lock_is_taken_first(tmp_path):
    assert counted(tmp_path, immediate=True) == (200, 0)


def test_without_the_immediate_lock_increments_are_lost_or_refused(tmp_path):
    used, refused = counted(tmp_path, immediate=False)

    assert used < 200 or refused > 0


def test_a_transaction_inside_another_is_a_bug(inside):
    with pytest.raises(NestedTransaction), transaction(), transaction():
        pass


def test_a_rehearsal_keeps_nothing(inside, world):
    with transaction(keep=False):
        session().execute(text("UPDATE unit SET city = 'x'"))

    assert session().execute(text("SELECT count(*) FROM unit WHERE city = 'x'")).scalar() == 0


def test_queries_see_only_the_group_that_asks(inside, world):
    enter_group(world.group_a)
    own = {unit.group_id for unit in session().scalars(units())}
    enter_group(world.group_b)
    others = session().get(Unit, world.unit1_a)
    enter_group(None)
    nobody = list(session().scalars(units()))
    leave_groups()

    assert (own, others, nobody) == ({world.group_a}, None, [])


def test_without_the_scoping_every_group_would_be_seen(inside, world):
    leave_groups()

    assert {unit.group_id for unit in session().scalars(units())} == {world.group_a, world.group_b}


REBUILD = """
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None
def upgrade():
    with op.batch_alter_table("parent", recreate="always") as batch:
        batch.add_column(sa.Column("more", sa.Integer()))
"""


def migrated(tmp_path: Path, *, protected: bool) -> int:
    """Rows of a cascading child table after its parent was rebuilt by a migration."""
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "eventsys" / "migrations", folder)
    if not protected:
        program = (folder / "env.py").read_text(encoding="utf-8")
        weak = program.replace("foreign_keys=OFF", "foreign_keys=ON")
        assert weak != program
        (folder / "env.py").write_text(weak, encoding="utf-8")
    head = max(file.name[:4] for file in (folder / "versions").glob("*.py"))
    settings = read_settings(
        {"EVENTSYS_INSTANCE": str(tmp_path / "i"), "EVENTSYS_TESTING": "1"}, ROOT
    )
    app = create_app(settings)
    with app.app_context():
        upgrade(directory=str(folder))
        with db.engine.begin() as connection:
            connection.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
            connection.execute(
                text(
                    "CREATE TABLE child (id INTEGER PRIMARY KEY,"
                    " parent_id INTEGER REFERENCES parent(id) ON DELETE CASCADE)"
                )
            )
            connection.execute(text("INSERT INTO parent VALUES (1)"))
            connection.execute(text("INSERT INTO child VALUES (1, 1)"))
        (folder / "versions" / "9999_rebuild.py").write_text(REBUILD.format(head=head))
        upgrade(directory=str(folder))
        with db.engine.connect() as connection:
            kept = connection.execute(text("SELECT count(*) FROM child")).scalar_one()
        db.engine.dispose()
    return kept


def test_rebuilding_a_parent_table_keeps_its_children(tmp_path):
    assert migrated(tmp_path, protected=True) == 1


def test_with_foreign_keys_on_the_children_would_vanish(tmp_path):
    assert migrated(tmp_path, protected=False) == 0
