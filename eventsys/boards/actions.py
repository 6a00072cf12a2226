"""Setting up a public board; leading a ceremony from prize to prize."""

from datetime import datetime

from sqlalchemy import update

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.boards.models import Board, Ceremony
from eventsys.boards.policy import may_lead_ceremony, may_run_boards
from eventsys.boards.queries import board_of, ceremony_of, check_no_ceremony, reveal_groups
from eventsys.boards.rules import CeremonyMoved, FreezePast, NothingToReveal
from eventsys.db import changed, new_id, session
from eventsys.events.models import Event, Track
from eventsys.identity.policy import Actor, authorize
from eventsys.results import actions as results
from eventsys.results.models import Publication
from eventsys.results.policy import may_publish
from eventsys.results.queries import public_version
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind


def set_board(actor: Actor, event: Event, is_shown: bool, freezes_at: datetime | None) -> Board:
    """Show or hide the public board; from ``freezes_at`` on it stands still."""
    authorize(actor, may_run_boards, event)
    board = board_of(event.id)
    unchanged = board is not None and board.freezes_at == freezes_at
    if freezes_at is not None and not unchanged and freezes_at <= clock.now():
        raise FreezePast

    if board is None:
        board = Board(id=new_id(), group_id=event.group_id, event_id=event.id)
        session().add(board)
    board.is_shown, board.freezes_at = is_shown, freezes_at
    session().flush()

    record(actor, "board.set", board, is_shown=is_shown, freezes_at=freezes_at)
    return board


def start_ceremony(actor: Actor, publication: Publication) -> Ceremony:
    """Begin to reveal one version of results; begun once, it goes on where it stood."""
    authorize(actor, may_lead_ceremony, publication.track)
    found = ceremony_of(publication.id)
    if found is not None:
        return found
    if not reveal_groups(publication.id):
        raise NothingToReveal

    made = Ceremony(
        id=new_id(),
        group_id=publication.group_id,
        publication_id=publication.id,
        shown=0,
        started_at=clock.now(),
        started_by=actor.name,
    )
    session().add(made)
    session().flush()

    record(actor, "ceremony.started", made, track=publication.track.name)
    return made


def move_ceremony(actor: Actor, ceremony: Ceremony, seen: int, by: int) -> None:
    """Reveal the next group (1), or take the last one back (-1), from where the screen stood."""
    authorize(actor, may_lead_ceremony, ceremony.publication.track)
    there = seen + by
    if by not in {1, -1} or not 0 <= there <= len(reveal_groups(ceremony.publication_id)):
        raise CeremonyMoved

    moved = (
        update(Ceremony)
        .where(Ceremony.id == ceremony.id, Ceremony.shown == seen)
        .values(shown=there)
    )
    if not changed(moved):
        raise CeremonyMoved

    record(actor, "ceremony.moved", ceremony, shown=there)


def ask_result_file(actor: Actor, track: Track, kind: TaskKind, title: str) -> Task:
    """A file of results; for those who do not publish them not while the prizes are revealed."""
    shown = public_version(track.id, clock.now())
    if shown is not None and not may_publish(actor, track):
        check_no_ceremony(shown.id)
    return results.ask_result_file(actor, track, kind, title)
