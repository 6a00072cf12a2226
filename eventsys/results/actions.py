"""Opening the map, drawing results up, publishing them at the stated moment."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import changed, new_id, session
from eventsys.draws.actions import unseal
from eventsys.draws.queries import draw_of
from eventsys.draws.rules import NotDrawn
from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.notifications.actions import notify
from eventsys.notifications.rules import MessageKind
from eventsys.panels.recusal_actions import settle_recusals
from eventsys.registration.queries import leaders_of
from eventsys.results.derived import drawn_up
from eventsys.results.finality import check_no_appeal, start_notice
from eventsys.results.models import Publication, ResultRow
from eventsys.results.outcomes import ResultLine
from eventsys.results.policy import (
    may_open_map,
    may_publish,
    may_see_results,
    may_take_back,
    only_public,
)
from eventsys.results.queries import open_appeal_titles, publication_of, units_and_people
from eventsys.results.revisions import changes_since
from eventsys.scoring.chief_actions import check_reason
from eventsys.scoring.exam_actions import held_exam_sheet
from eventsys.scoring.queries import marking_of
from eventsys.scoring.signing import confirm_password
from eventsys.tasks.actions import ask
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind

LATE = timedelta(minutes=1)
"""From when on a publication counts as late: its notice begins when people can see it."""
MINE = "/results/mine"
"""Where people find the results that concern them."""


class NotSignedOff(RuleBroken):
    message = N_(
        "The chief judge has not signed off the marks yet. The map is opened only afterwards."
    )


class NotRechecked(RuleBroken):
    message = N_(
        "The re-check is not finished, so the marks are not locked. Finish it, then open the map."
    )


class ResultsDrawnUp(Conflict):
    message = N_("The results are drawn up already. Take them back before you draw them up again.")


class NothingChanged(Conflict):
    message = N_(
        "Nothing has changed since version %(version)s of the results. Publish a new version only"
        " after a correction."
    )


class ResultsPublic(Conflict):
    message = N_("The results are public since %(moment)s and cannot be taken back.")


class NewerWaits(RuleBroken):
    message = N_(
        "These results are being corrected. Ask for the file again once the new version is public."
    )


class PartNotHandedIn(Conflict):
    message = N_("This part is open already; its assessors can change it.")


def open_map(actor: Actor, track: Track, witness: User) -> None:
    """Show who stands behind the codes, before a supervisor: one deed, one line in the record.

    The chief judge has handed the marks over before, and the re-check has locked them.
    """
    authorize(actor, may_open_map, track)
    marking = marking_of(track.id)
    if marking is None or marking.submitted_at is None:
        raise NotSignedOff
    if marking.locked_at is None:
        raise NotRechecked
    draw = draw_of(track.id)
    if draw is None:
        raise NotDrawn(track=track.name)

    unseal(actor, draw, witness)
    settle_recusals(actor, track)


def open_map_together(actor: Actor, track: Track, witness: User, password: str) -> None:
    """The same on one screen: the supervisor beside proves to be there with their own password."""
    authorize(actor, may_open_map, track)
    confirm_password(witness, password)

    open_map(actor, track, witness)


def ask_result_file(actor: Actor, track: Track, kind: TaskKind, title: str) -> Task:
    """Have the worker make a file of results; of a competition only once its marks are locked."""
    authorize(actor, may_see_results, track)
    if track.event.kind is EventKind.COMPETITION:
        _check_signed_off(track)
    if only_public(actor, track):
        raise NewerWaits

    return ask(actor, track.group_id, kind, title, track_id=track.id)


def _check_signed_off(track: Track) -> None:
    marking = marking_of(track.id)
    if marking is None or marking.locked_at is None:
        raise NotSignedOff


def draw_up(actor: Actor, track: Track, due_at: datetime, reason: str = "") -> Publication:
    """Freeze the results as they stand; public at ``due_at``, at once if that has come.

    After results that are public this makes the next version: something must have changed, and the
    reason is shown with it.
    """
    authorize(actor, may_publish, track)
    session().scalar(select(Track.id).where(Track.id == track.id).with_for_update(key_share=True))
    check_no_appeal(track.id)
    before = publication_of(track.id)
    if before is not None and before.public_at is None:
        raise ResultsDrawnUp
    lines, honours = drawn_up(track)
    if before is not None:
        _check_next(before, lines, reason)

    moment = clock.now()
    publication = Publication(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        version=before.version + 1 if before else 1,
        supersedes_id=before.id if before else None,
        reason=reason.strip() if before else "",
        honours=honours,
        drawn_up_at=moment,
        drawn_up_by=actor.name,
        due_at=max(due_at, moment),
        digest="",
    )
    session().add(publication)
    session().flush()
    rows = [_row(publication, position, line) for position, line in enumerate(lines, start=1)]
    session().add_all(rows)
    publication.digest = digest_of(publication, rows)
    session().flush()

    due, digest, version = publication.due_at, publication.digest, publication.version
    record(
        actor,
        "results.drawn_up",
        publication,
        rows=len(rows),
        version=version,
        reason=publication.reason,
        due_at=due,
        sha256=digest,
    )
    if publication.due_at <= moment:
        publish(actor, publication)
    return publication


def _check_next(before: Publication, lines: Sequence[ResultLine], reason: str) -> None:
    """Another version follows only with a change, and only with a reason."""
    if not changes_since(before, lines):
        raise NothingChanged(version=before.version)
    check_reason(reason)


def take_back(actor: Actor, publication: Publication, reason: str) -> None:
    """Undo the drawing up, as long as nothing is public; the record keeps that it happened."""
    authorize(actor, may_take_back, publication)
    check_reason(reason)
    session().refresh(publication, with_for_update={"of": Publication})
    if publication.public_at is not None:
        raise ResultsPublic(moment=f"{clock.in_shanghai(publication.public_at):%Y-%m-%d %H:%M}")

    session().execute(delete(ResultRow).where(ResultRow.publication_id == publication.id))
    session().delete(publication)

    record(actor, "results.taken_back", publication.track, sha256=publication.digest, reason=reason)


def publish(actor: Actor, publication: Publication) -> bool:
    """Make results public as of the stated moment, once; tell leaders and those concerned.

    An open appeal holds them back: they become public as soon as it is decided.
    """
    authorize(actor, may_publish, publication.track)
    session().scalar(
        select(Track.id).where(Track.id == publication.track_id).with_for_update(key_share=True)
    )
    if open_appeal_titles(publication.track_id):
        return False
    due = (
        update(Publication)
        .where(
            Publication.id == publication.id,
            Publication.public_at.is_(None),
            Publication.due_at <= clock.now(),
        )
        .values(public_at=Publication.due_at)
    )
    if not changed(due):
        return False
    session().refresh(publication)
    start_notice(actor, publication, _visible_from(publication))

    _tell(publication)

    track = publication.track
    record(actor, "results.published", publication, track=track.name, sha256=publication.digest)
    return True


def _visible_from(publication: Publication) -> datetime:
    """The stated moment; a worker that was down for longer takes nobody's time to object."""
    moment = clock.now()
    return moment if moment - publication.due_at > LATE else publication.due_at


def reopen_part(actor: Actor, track: Track, part: str, reason: str) -> None:
    """Give a part of an exam back to its assessors, as long as no results are drawn up."""
    authorize(actor, may_publish, track)
    check_reason(reason)
    if publication_of(track.id) is not None:
        raise ResultsDrawnUp
    sheet = held_exam_sheet(track, part)
    if sheet is None or sheet.handed_in_at is None:
        raise PartNotHandedIn

    sheet.handed_in_at, sheet.reopened_reason = None, reason.strip()

    record(actor, "exam_part.reopened", track, part=part, reason=reason.strip())


def digest_of(publication: Publication, rows: Iterable[ResultRow]) -> str:
    """SHA-256 over a version with every frozen row in order: printed on the sheet that is signed.

    From the second version on it covers the digest of the one before: the history is a chain.
    """
    lines = [
        [
            row.position,
            row.label,
            row.unit_name,
            row.place,
            row.is_shared,
            None if row.total is None else f"{row.total:.2f}",
            row.parts,
            row.outcome.value,
        ]
        for row in rows
    ]
    before = publication.supersedes
    whole = {
        "version": publication.version,
        "reason": publication.reason,
        "before": before.digest if before else "",
        "honours": publication.honours,
        "rows": lines,
    }
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _row(publication: Publication, position: int, line: ResultLine) -> ResultRow:
    return ResultRow(
        group_id=publication.group_id,
        publication_id=publication.id,
        entry_id=line.entry.id,
        position=position,
        label=line.label,
        unit_name=line.unit_name,
        place=line.place,
        is_shared=line.is_shared,
        total=line.total,
        parts=dict(line.parts),
        outcome=line.outcome,
    )


def _tell(publication: Publication) -> None:
    entries = session().scalars(
        select(ResultRow.entry_id).where(ResultRow.publication_id == publication.id)
    )
    units, people = units_and_people(list(entries))
    leaders = leaders_of(units, clock.today()).values()
    accounts = session().scalars(
        select(User.id).where(User.person_id.in_(people), User.closed_at.is_(None))
    )
    notify(
        publication.group_id,
        {*accounts, *(user_id for some in leaders for user_id in some)},
        MessageKind.RESULTS_PUBLISHED,
        link=MINE,
        once=f"results:{publication.id}",
        track=publication.track.name,
    )
