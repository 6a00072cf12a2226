"""Deeds that ask for a password once more: wrong ones are counted as at sign-in."""

from collections.abc import Callable
from typing import Any

from blueprints.web import WebForm, client_place, me
from eventsys.db import transaction
from eventsys.errors import DomainError, Forbidden, NotThere
from eventsys.identity.actions import check_attempts, note_wrong_password
from eventsys.scoring.chief_actions import WrongPassword


def proves(form: WebForm, username: str, action: Callable[..., Any], *args: Any) -> bool:
    """Do ``action`` as the person who asks; ``username`` is whose password was typed."""
    place = client_place()
    try:
        check_attempts(username, place.source)
        with transaction():
            action(me(), *args)
    except (Forbidden, NotThere):
        raise
    except WrongPassword as refusal:
        with transaction():
            note_wrong_password(username, place)
        form.refuse(refusal)
    except DomainError as refusal:
        form.refuse(refusal)
    else:
        return True
    return False
