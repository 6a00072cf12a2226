"""What changes in the ranking after an appeal; appeals themselves know no results."""

from dataclasses import dataclass

from blueprints.web import words
from eventsys.errors import DomainError
from eventsys.events.models import Track
from eventsys.results.queries import publication_of
from eventsys.results.revisions import Change, changes


@dataclass(frozen=True)
class Shift:
    """Results before and after; ``problem`` says why that cannot be told yet."""

    changes: tuple[Change, ...] = ()
    problem: str = ""
    is_drawn_up: bool = False


def shifts_of(track: Track) -> Shift:
    """How the results would change if they were drawn up again now."""
    if publication_of(track.id) is None:
        return Shift()
    try:
        return Shift(tuple(changes(track)), is_drawn_up=True)
    except DomainError as refusal:
        return Shift(problem=words(refusal), is_drawn_up=True)
