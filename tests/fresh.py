"""An installation as it is before its first account: the schema and not one row."""

from sqlalchemy import delete

from eventsys.db import Model, db


def empty_database() -> None:
    """Delete every row, past the rules that protect some of them."""
    db.session.remove()
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in connection.exec_driver_sql(triggers).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for table in reversed(Model.metadata.sorted_tables):
            connection.execute(delete(table))
