"""State machines as plain tables: from each state, the states one may move to."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from eventsys.errors import N_, Conflict

S = TypeVar("S", bound=StrEnum)


class WrongState(Conflict):
    message = N_("This step is not possible now: the state is “%(here)s”. Reload the page.")


def check_move(moves: Mapping[S, frozenset[S]], labels: Mapping[S, str], here: S, there: S) -> None:
    """Refuse a move that the table does not list; ``labels`` say the state to the reader."""
    if there not in moves.get(here, frozenset()):
        raise WrongState(here=labels[here])
