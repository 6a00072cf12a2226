"""The database: base class, column types, tenancy, and the one place that commits."""

import enum
import fcntl
import secrets
import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    CursorResult,
    Date,
    DateTime,
    Delete,
    Dialect,
    Engine,
    Enum,
    ForeignKey,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    Update,
    create_engine,
    event,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
    registry,
    with_loader_criteria,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BIG = BigInteger().with_variant(Integer, "sqlite")
EXACT_PLACES = 4


def new_id() -> int:
    """A random key below 2**53: safe in JSON, and one key tells nothing about another."""
    return secrets.randbelow(2**53 - 1) + 1


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment on both databases (SQLite would give it back naive)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal with at most four places, kept as a whole number: sums stay exact in SQL too."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = value.scaleb(EXACT_PLACES)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {EXACT_PLACES} decimal places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-EXACT_PLACES).normalize() + 0


def _enum_values(kind: type[enum.Enum]) -> list[str]:
    return [member.value for member in kind]


Id = Annotated[int, mapped_column(BIG, primary_key=True, default=new_id, autoincrement=False)]
Short = Annotated[str, mapped_column(String(100))]
Long = Annotated[str, mapped_column(String(2000))]


class Model(DeclarativeBase):
    """What every table shares: types, names of constraints."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            int: BIG,
            datetime: Moment(),
            date: Date(),
            Decimal: Exact(),
            dict[str, Any]: JSON(),
            list[Any]: JSON(),
            enum.Enum: Enum(
                enum.Enum,
                native_enum=False,
                length=30,
                create_constraint=False,
                values_callable=_enum_values,
            ),
        },
    )


class GroupOwned(Model):
    """A row that belongs to one group; every query is scoped to the group of whoever asks."""

    __abstract__ = True
    group_id: Mapped[int] = mapped_column(BIG, ForeignKey("voc_group.id"), index=True)


class ReadingSession(FlaskSession):
    """A session that may read from a copy of the database; it writes to the database itself."""

    def get_bind(self, *given: Any, **named: Any) -> Engine | Connection:
        """The copy, if there is one, for whatever happens outside a transaction of ours."""
        copy: Engine | None = self.info.get("copy")
        if copy is not None and not self.info.get("in_transaction"):
            return copy
        return super().get_bind(*given, **named)


db = SQLAlchemy(
    disable_autonaming=True,
    add_models_to_shell=False,
    session_options={"class_": ReadingSession},
)


def changed(statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE; how many rows it touched decides who got the place."""
    result = session().execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0


def session() -> Session:
    """The session of the running request, job or command."""
    return db.session()


# ---- tenancy


def enter_group(group_id: int | None) -> None:
    """From now on this session sees the rows of this group only (``None``: of no group)."""
    session().info["group_id"] = group_id


def leave_groups() -> None:
    """Sees every group: for the clock, commands and public pages that look up by secret token."""
    session().info.pop("group_id", None)


@event.listens_for(Session, "do_orm_execute")
def _only_this_group(execution: ORMExecuteState) -> None:
    """The one place where queries are scoped to the group of the person who asks."""
    info = execution.session.info
    if "group_id" not in info or execution.execution_options.get("across_groups"):
        return
    if execution.is_column_load or not (
        execution.is_select or execution.is_update or execution.is_delete
    ):
        return
    group_id = info["group_id"]
    execution.statement = execution.statement.options(
        with_loader_criteria(GroupOwned, lambda cls: cls.group_id == group_id, include_aliases=True)
    )


# ---- the one commit


class NestedTransaction(RuntimeError):
    """A driver opened a transaction inside another: actions never do."""


_before_commit: list[Any] = []


def before_commit(step: Any) -> Any:
    """Register what must be written last in every transaction (the audit chain)."""
    _before_commit.append(step)
    return step


@contextmanager
def transaction(*, keep: bool = True) -> Generator[Session]:
    """All of it or none: opened by the outermost driver (a form, a job, a command).

    ``keep=False`` rehearses: everything is checked, nothing is kept.
    """
    current = session()
    if current.info.get("in_transaction"):
        raise NestedTransaction
    current.rollback()  # release the read snapshot of this request: writes begin afresh
    current.info["in_transaction"] = True
    try:
        with _turn_to_write(current):
            yield from _written(current, keep=keep)
    finally:
        current.info.pop("in_transaction", None)
        current.info.pop("deeds", None)


def _written(current: Session, *, keep: bool) -> Generator[Session]:
    try:
        current.connection(execution_options={"eventsys_write": True})
        yield current
        current.flush()
        for step in _before_commit:
            step(current)
        if keep:
            current.commit()
        else:
            current.rollback()
    except BaseException:
        current.rollback()
        raise


_writing = threading.Lock()
LONGEST_TURN = 15.0  # seconds
ASK_AGAIN = 0.001  # seconds


@contextmanager
def _turn_to_write(current: Session) -> Generator[None]:
    """On SQLite the writers of all processes queue up here; SQLite has them ask ever more rarely.

    It lets one writer in at a time anyway. Who has waited for too long asks SQLite all the same.
    """
    bind = current.get_bind()
    database = bind.engine.url.database if bind.dialect.name == "sqlite" else None
    if not database:
        yield
        return
    until = time.monotonic() + LONGEST_TURN
    mine = _writing.acquire(timeout=LONGEST_TURN)
    try:
        with Path(f"{database}-turn").open("ab") as door:  # closing it gives the turn away
            while not _is_ours(door.fileno()) and time.monotonic() < until:
                time.sleep(ASK_AGAIN)
            yield
    finally:
        if mine:
            _writing.release()


def _is_ours(door: int) -> bool:
    try:
        fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def reading_a_copy(folder: Path) -> Generator[None]:
    """On SQLite, read from a copy: a long reading then holds up nobody's commit (R7).

    PostgreSQL's readers hold up nobody anyway. The copy is private and lives as long as the block.
    """
    current = session()
    current.rollback()
    database = current.get_bind().engine.url.database
    if current.get_bind().dialect.name != "sqlite" or not database:
        yield
        return
    path = folder / f"{COPY}{new_id()}.db"
    path.touch(mode=0o600)
    copy = create_engine(f"sqlite:///{path}")
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
        current.info["copy"] = copy
        yield
    finally:
        current.info.pop("copy", None)
        current.rollback()
        copy.dispose()
        path.unlink(missing_ok=True)


COPY = "reading-"
"""How the names of copies begin; what a power cut left behind is swept up by them."""


# ---- SQLite, opened by rule R6

FIXED_WAL = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


def journal_mode(version: tuple[int, int, int]) -> str:
    """WAL only where the WAL-reset bug is mended; else TRUNCATE, slower and safe."""
    if version >= FIXED_WAL[0]:
        return "WAL"
    mended = [fixed for fixed in FIXED_WAL[1:] if version[:2] == fixed[:2]]
    return "WAL" if mended and version >= mended[0] else "TRUNCATE"


@event.listens_for(Engine, "connect")
def _open_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy's begin event below says BEGIN
    mode = journal_mode(sqlite3.sqlite_version_info)
    for pragma in (
        "busy_timeout=15000",
        f"journal_mode={mode}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    """A write transaction takes its lock at once: what it reads is still true when it writes."""
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("eventsys_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
