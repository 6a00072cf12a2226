"""Fixtures: one application per run, a fresh copy of the small world for every test."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings as hypothesis_settings

from eventsys import clock
from eventsys.config import Settings, read_settings
from eventsys.db import db, transaction
from eventsys.identity import actions as identity
from eventsys.identity.policy import Actor
from eventsys.identity.queries import actor_of, user_named
from eventsys.vault import use_vault
from tests.databases import Database, open_database
from tests.world import World, build_world
from wsgi import ROOT, create_app

MEMORY_DISK = Path("/dev/shm")

# what a law says does not depend on how busy the machine is
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")


@pytest.fixture(scope="session")
def instance() -> Iterator[Path]:
    """A throw-away instance folder, in memory where there is a memory disk."""
    base = MEMORY_DISK if os.access(MEMORY_DISK, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="eventsys-test-", dir=base))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database(instance: Path) -> Iterator[Database]:
    """SQLite, or PostgreSQL when EVENTSYS_TEST_DB=postgres."""
    with open_database(os.environ.get("EVENTSYS_TEST_DB", "sqlite"), instance) as opened:
        yield opened


@pytest.fixture(scope="session")
def settings(instance: Path, database: Database) -> Settings:
    """Settings of the test installation."""
    env = {
        "EVENTSYS_INSTANCE": str(instance),
        "EVENTSYS_DATABASE": database.url,
        "EVENTSYS_TESTING": "1",
    }
    return read_settings(env, ROOT)


@pytest.fixture(scope="session")
def application(settings: Settings, database: Database) -> Iterator[Flask]:
    """The application, its schema migrated and the small world built once, as the template."""
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        upgrade()
        world = build_world()
        db.session.remove()
        db.engine.dispose()
    app.extensions["world"] = world
    database.keep_as_template()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(application: Flask, database: Database) -> Flask:
    """The application on a fresh copy of the world. Leaves no context open."""
    use_vault(application.extensions["settings"].secret)
    with application.app_context():
        db.engine.dispose()
    database.restore()
    return application


@pytest.fixture
def world(app: Flask) -> World:
    """The ids of the small world, by name; what a test adds to them is its own."""
    return World(dict(app.extensions["world"].ids))


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """An open application context, for tests of actions and queries."""
    with app.app_context():
        yield app


@pytest.fixture
def act(inside: Flask) -> Callable[[str], Actor]:
    """An account of the world as an actor."""

    def find(username: str) -> Actor:
        user = user_named(username)
        assert user is not None, username
        return actor_of(user)

    return find


@pytest.fixture
def browse(app: Flask) -> Callable[[str | None], FlaskClient]:
    """A browser, signed in as an account of the world (``None``: a visitor)."""

    def open_browser(username: str | None) -> FlaskClient:
        client = app.test_client()
        if username is None:
            return client
        with app.app_context():
            user = user_named(username)
            assert user is not None, username
            with transaction():
                token = identity.open_session(user, identity.Place("test", "test"))
            db.session.remove()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client

    return open_browser


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set the clock: ``at(moment)``."""

    def set_clock(moment: object) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_clock
