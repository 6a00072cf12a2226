"""Batches of certificates: issued a hundred at a time, drawn in Chinese whoever asked."""

from flask_babel import force_locale
from sqlalchemy.exc import IntegrityError

from eventsys import clock
from eventsys.certificates.actions import issue_due, open_register
from eventsys.certificates.keys import ready_signer
from eventsys.certificates.queries import due_count, valid_certificates
from eventsys.certificates.reports import make_certificates_pdf, register_table
from eventsys.certificates.rules import PREFIXES
from eventsys.db import session, transaction
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.exports import safe_file_name, to_xlsx
from eventsys.identity.models import User
from eventsys.identity.queries import actor_of
from eventsys.tasks.work import Work

AT_ONCE = 100


def issue_certificates(work: Work) -> str:
    """Issue what is due in a track and list what it has. Run twice, it issues nothing new.

    Each hundred is a transaction of its own: what was issued stays issued if the worker dies, and
    the next one goes on from there.
    """
    track_id = work.task.payload["track_id"]
    actor = actor_of(session().get_one(User, work.task.owner_id), source="worker")
    signer = ready_signer(work.keys_dir)
    _begin_register(track_id)
    done, total = 0, due_count(track_id)
    work.progress(0, total)
    while True:
        with transaction():
            made = len(issue_due(actor, _track(track_id), signer, AT_ONCE))
        if not made:
            break
        done += made
        work.progress(done, max(done, total))
    table = register_table(valid_certificates(track_id), work.words, work.public_url)
    to_xlsx([table], work.out)
    return safe_file_name(f"{work.task.title} {table.name}", "xlsx")


def print_certificates(work: Work) -> str:
    """The paper speaks Chinese, whatever language its printer reads."""
    with force_locale("zh"):
        return make_certificates_pdf(work)


def _track(track_id: int) -> Track:
    track = session().get(Track, track_id)
    if track is None:
        raise NotThere
    return track


def _begin_register(track_id: int) -> None:
    """Begin this year's register by itself: whoever comes second finds it begun."""
    track = _track(track_id)
    key = track.group_id, PREFIXES[track.event.kind], clock.today().year
    try:
        with transaction():
            open_register(*key)
    except IntegrityError:
        return
