"""What the scripts of the editor are answered: made, refused, asked about, or too late."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from blueprints.plans.editor_view import refused
from blueprints.web import CONFLICT, UNPROCESSABLE, words
from eventsys.db import session, transaction
from eventsys.errors import Conflict
from eventsys.plans.moves import AsksFirst, DoesNotFit

T = TypeVar("T")
Told = dict[str, Any]


def answer(
    deed: Callable[[], T], done: Callable[[T], Told], as_it_is: Callable[[], Told]
) -> ResponseReturnValue:
    """Do a deed in one transaction and tell its outcome; too late, also how things are now."""
    try:
        with transaction():
            made = deed()
    except (DoesNotFit, AsksFirst) as refusal:
        return jsonify(refused(refusal)), UNPROCESSABLE
    except (Conflict, IntegrityError, StaleDataError) as late:
        refusal = late if isinstance(late, Conflict) else Conflict()
        session().rollback()
        return jsonify(message=words(refusal), **as_it_is()), CONFLICT
    return jsonify(done(made))
