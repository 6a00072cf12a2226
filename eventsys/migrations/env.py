"""Alembic's entry: the same migrations on SQLite and PostgreSQL.

On SQLite a changed table is rebuilt by DROP TABLE; with foreign keys on, ``ON DELETE CASCADE``
would silently empty the child tables. So they are off while migrating, and checked afterwards.
"""

from typing import Any

from alembic import context
from sqlalchemy import Connection

import eventsys.models  # noqa: F401  so that every table is known
from eventsys.db import Exact, Model, Moment, db


class BrokenReference(RuntimeError):
    """A migration left a row that points nowhere; nothing was kept."""


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our column types as plain SQLAlchemy, so that migrations do not depend on our code."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Exact):
        return "sa.BigInteger()"
    return False


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction, with the foreign-key trap closed."""
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.commit()
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=False,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
        if on_sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise BrokenReference(f"rows that point nowhere: {broken[:5]}")
    if on_sqlite:
        connection.commit()
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


with db.engine.connect() as opened:
    migrate(opened)
