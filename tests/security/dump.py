"""Everything that lies in the database, to be compared before and after."""

from flask import Flask
from sqlalchemy import select

from eventsys.db import Model, db


def dump(app: Flask) -> dict[str, list[str]]:
    """The rows of every table, in an order of their own."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in Model.metadata.sorted_tables
        }
