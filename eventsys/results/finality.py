"""The public notice with its clock, and results that become final when it has run out."""

from datetime import datetime, time, timedelta

from sqlalchemy import update

from eventsys import clock
from eventsys.appeals.actions import close_appeals, note_publication
from eventsys.appeals.queries import last_window_of, owes_remedy
from eventsys.appeals.reopening import reopen_appeals
from eventsys.audit.actions import record
from eventsys.db import changed, new_id, session
from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.rules import CompetitionRules, Rules
from eventsys.identity.policy import Actor, authorize
from eventsys.results.models import Notice, Publication
from eventsys.results.policy import may_publish
from eventsys.results.queries import open_appeal_titles, public_version
from eventsys.results.revisions import concerned
from eventsys.results.workdays import CHINA, Calendar
from eventsys.scoring.correction_queries import waiting_corrections


class AppealOpen(RuleBroken):
    message = N_("An appeal is open: %(appeals)s. Decide it first; until then nothing is final.")


class CorrectionWaits(RuleBroken):
    message = N_(
        "Corrections %(numbers)s wait for a decision. Decide them first; until then nothing is"
        " final."
    )


class AppealsPossible(RuleBroken):
    message = N_("Team leaders can appeal until %(moment)s. The results can become final then.")


class NoticeRunning(RuleBroken):
    message = N_("The public notice runs until %(moment)s. The results can become final then.")


class NotYetPublic(RuleBroken):
    message = N_("These results are not public yet. Their public notice begins when they are.")


class Superseded(Conflict):
    message = N_("A newer version of these results is public. Only the newest can become final.")


class AlreadyFinal(Conflict):
    message = N_("These results are final already. There is nothing more to do.")


def notice_ends(starts_at: datetime, rules: Rules, calendar: Calendar) -> datetime:
    """When a notice has run out: after the minutes, and at midnight of the last working day.

    The day of publication does not count as a working day. Only competitions have a notice.
    """
    if not isinstance(rules, CompetitionRules):
        return starts_at
    ends = starts_at + timedelta(minutes=rules.notice_minutes)
    if rules.notice_workdays:
        last = calendar.after(clock.in_shanghai(starts_at).date(), rules.notice_workdays)
        midnight = datetime.combine(last + timedelta(days=1), time())
        ends = max(ends, clock.from_shanghai(midnight))
    return ends


def start_notice(actor: Actor, publication: Publication, starts_at: datetime) -> Notice:
    """Begin the notice of results that have just become public; without a clock they are final."""
    notice = Notice(
        id=new_id(),
        group_id=publication.group_id,
        publication_id=publication.id,
        starts_at=starts_at,
        ends_at=notice_ends(starts_at, publication.track.rules, CHINA),
        calendar=CHINA.version,
    )
    session().add(notice)
    session().flush()
    session().refresh(publication, ["notice"])
    if isinstance(publication.track.rules, CompetitionRules):
        _start_appeals(actor, publication, starts_at)
    finalise(actor, publication)
    return notice


def _start_appeals(actor: Actor, publication: Publication, starts_at: datetime) -> None:
    """The first version starts the clock for all; a later one gives time to those it changed."""
    track, version = publication.track, publication.version
    if version == 1:
        note_publication(actor, track, starts_at)
    else:
        reopen_appeals(actor, track, version, concerned(publication), starts_at)


def declare_final(actor: Actor, publication: Publication) -> None:
    """Make published results final, once the notice has run out and no appeal is open."""
    authorize(actor, may_publish, publication.track)
    notice = _checked_notice(publication)
    if notice.final_at is not None:
        raise AlreadyFinal
    if not notice.is_over_at(clock.now()):
        raise NoticeRunning(moment=f"{clock.in_shanghai(notice.ends_at):%Y-%m-%d %H:%M}")
    check_no_appeal(publication.track_id)
    waiting = waiting_corrections(publication.track_id)
    if waiting:
        raise CorrectionWaits(numbers=", ".join(map(str, waiting)))
    if not close_appeals(actor, publication.track, publication.version):
        raise AppealsPossible(moment=_last_appeal(publication))

    if not _close(actor, publication):
        raise AlreadyFinal


def finalise(actor: Actor, publication: Publication) -> bool:
    """The same by the clock: whatever still stands in the way is waited for, not refused.

    A ruling that asks for something to be put right is waited for, too: the next version answers
    it, or the organizer declares these results final all the same.
    """
    authorize(actor, may_publish, publication.track)
    notice, track_id = _checked_notice(publication), publication.track_id
    if not notice.is_over_at(clock.now()) or waiting_corrections(track_id):
        return False
    if owes_remedy(track_id, publication.drawn_up_at):
        return False
    if not close_appeals(actor, publication.track, publication.version):
        return False

    return _close(actor, publication)


def _last_appeal(publication: Publication) -> str:
    last = last_window_of(publication.track)
    ends_at = last.ends_at if last else None
    return f"{clock.in_shanghai(ends_at):%Y-%m-%d %H:%M}" if ends_at else ""


def check_no_appeal(track_id: int) -> None:
    """Refuse while an appeal about a track is open, naming it."""
    titles = open_appeal_titles(track_id)
    if titles:
        raise AppealOpen(appeals=", ".join(titles))


def _checked_notice(publication: Publication) -> Notice:
    shown = public_version(publication.track_id, clock.now())
    if shown is None or publication.notice is None:
        raise NotYetPublic
    if shown.id != publication.id:
        raise Superseded
    return publication.notice


def _close(actor: Actor, publication: Publication) -> bool:
    """Final once, whoever comes first: the clock or a person."""
    closing = (
        update(Notice)
        .where(Notice.publication_id == publication.id, Notice.final_at.is_(None))
        .values(final_at=clock.now(), final_by=actor.name)
    )
    if not changed(closing):
        return False
    session().refresh(publication.notice)

    track, digest = publication.track.name, publication.digest
    record(actor, "results.finalised", publication, track=track, sha256=digest)
    return True
