"""Deeds that ask for a password once more: wrong ones are counted as at sign-in."""

from collections.abc import Callable
from typing import Any

from blueprints.web import WebForm, client_place, me
from eventsys.db import transaction
from eventsys.errors import DomainError, Forbidden, NotThere
from eventsys.identity.actions import check_attempts, note_wrong_password
from eventsys.scoring.signing import WrongOwnPassword, WrongPassword


def proves(
    form: WebForm, username: str, action: Callable[..., Any], *args: Any, own: str = ""
) -> bool:
    """Do ``action`` as the person who asks; ``username`` is whose password was typed.

    ``own`` is the account of the person who asks, where they typed their own password besides.
    """
    place = client_place()
    try:
        for typed in filter(None, (username, own)):
            check_attempts(typed, place.source)
        with transaction():
            action(me(), *args)
    except (Forbidden, NotThere):
        raise
    except (WrongPassword, WrongOwnPassword) as refusal:
        with transaction():
            note_wrong_password(own if isinstance(refusal, WrongOwnPassword) else username, place)
        form.refuse(refusal)
    except DomainError as refusal:
        form.refuse(refusal)
    else:
        return True
    return False
