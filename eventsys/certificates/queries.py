"""What is due, what was issued, and what the public may look up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventsys import clock
from eventsys.certificates.models import Certificate, Register
from eventsys.certificates.rules import AWARDS, TOKEN, CertificateState, same_name, signed_bytes
from eventsys.db import session
from eventsys.events.models import Track
from eventsys.identity.actor import Actor
from eventsys.identity.models import Person, User
from eventsys.identity.rules import Permission, ScopeKind
from eventsys.registration.models import Entry, Member
from eventsys.results.models import Notice, Publication, ResultRow
from eventsys.results.queries import newest_public
from eventsys.results.states import EARNS_CERTIFICATE
from eventsys.signing import Signer

ACROSS = {"across_groups": True}


@dataclass(frozen=True)
class TrackCount:
    """A track with public results: how many certificates were issued, how many are due."""

    track: Track
    public_at: datetime
    notice: Notice | None
    issued: int
    due: int


def _earning() -> Select[ResultRow, Member]:
    """Everybody who earned a certificate by final results: who took part, not their instructors."""
    return (
        select(ResultRow, Member)
        .join(Publication, Publication.id == ResultRow.publication_id)
        .join(Notice, Notice.publication_id == Publication.id)
        .join(Member, Member.entry_id == ResultRow.entry_id)
        .where(newest_public(clock.now()), Notice.final_at.is_not(None))
        .where(ResultRow.outcome.in_(EARNS_CERTIFICATE))
        .where(Member.takes_part, Member.is_active)
    )


_THEIRS = and_(Certificate.entry_id == Member.entry_id, Certificate.person_id == Member.person_id)
_HAS_ONE = select(Certificate.id).where(_THEIRS).correlate(Member).exists()


def due(track_id: int) -> Select[ResultRow, Member]:
    """Who earned a certificate in a track and has none, in the order of the results."""
    return (
        _earning()
        .where(Publication.track_id == track_id, ~_HAS_ONE)
        .options(
            joinedload(Member.person),
            joinedload(ResultRow.entry),
        )
        .order_by(ResultRow.position, Member.position, Member.id)
    )


def due_people(track_id: int, at_most: int | None = None) -> list[tuple[ResultRow, Member]]:
    """The next of them."""
    return [(row, member) for row, member in session().execute(due(track_id).limit(at_most))]


def due_count(track_id: int) -> int:
    """How many certificates a track still waits for."""
    found = due(track_id).order_by(None).with_only_columns(func.count(Member.id))
    return session().scalar(found) or 0


def due_tracks() -> int:
    """How many tracks with final results wait for certificates."""
    found = (
        _earning().where(~_HAS_ONE).with_only_columns(func.count(Publication.track_id.distinct()))
    )
    return session().scalar(found) or 0


def public_tracks(moment: datetime) -> Select[Publication]:
    """The tracks whose results are public, latest first."""
    return (
        select(Publication)
        .join(Publication.track)
        .join(Track.event)
        .options(
            contains_eager(Publication.track).contains_eager(Track.event),
            joinedload(Publication.notice),
        )
        .where(newest_public(moment))
        .order_by(Publication.public_at.desc(), Publication.id)
    )


def counted(publications: Iterable[Publication]) -> list[TrackCount]:
    """The same with how many certificates were issued and are due."""
    found = list(publications)
    keys = [one.track_id for one in found]
    missing = (
        _earning()
        .where(Publication.track_id.in_(keys), ~_HAS_ONE)
        .with_only_columns(Publication.track_id, func.count(Member.id))
        .group_by(Publication.track_id)
    )
    made = (
        select(Certificate.track_id, func.count(Certificate.id))
        .where(Certificate.track_id.in_(keys), Certificate.edition == 1)
        .group_by(Certificate.track_id)
    )
    waiting = dict(session().execute(missing).all())
    issued = dict(session().execute(made).all())
    return [
        TrackCount(
            one.track,
            one.public_at,
            one.notice,
            issued.get(one.track_id, 0),
            waiting.get(one.track_id, 0),
        )
        for one in found
        if one.public_at is not None
    ]


def certificates(
    text: str = "", state: CertificateState | None = None, track_id: int | None = None
) -> Select[Certificate]:
    """Issued certificates, newest first; ``text`` is part of a name or number."""
    found = (
        select(Certificate)
        .join(Certificate.person)
        .options(
            contains_eager(Certificate.person),
            joinedload(Certificate.track).joinedload(Track.event),
        )
        .order_by(Certificate.issued_at.desc(), Certificate.number.desc())
    )
    if text:
        found = found.where(
            or_(
                Person.name.contains(text, autoescape=True),
                Certificate.number.contains(text.upper(), autoescape=True),
            )
        )
    if state is not None:
        found = found.where(*_IN_STATE[state])
    return found if track_id is None else found.where(Certificate.track_id == track_id)


_IN_STATE = {
    CertificateState.VALID: (
        Certificate.revoked_at.is_(None),
        Certificate.replaced_by_id.is_(None),
    ),
    CertificateState.REVOKED: (
        Certificate.revoked_at.is_not(None),
        Certificate.replaced_by_id.is_(None),
    ),
    CertificateState.REPLACED: (Certificate.replaced_by_id.is_not(None),),
}


def valid_certificates(track_id: int) -> list[Certificate]:
    """The valid certificates of a track in the order of their numbers."""
    found = select(Certificate).where(Certificate.track_id == track_id)
    valid = found.where(*_IN_STATE[CertificateState.VALID])
    return list(session().scalars(valid.order_by(Certificate.number)))


def chosen(keys: Iterable[int]) -> list[Certificate]:
    """These certificates, valid or not, in the order of their numbers."""
    found = select(Certificate).where(Certificate.id.in_(list(keys)))
    entries = joinedload(Certificate.entry).joinedload(Entry.track).joinedload(Track.event)
    return list(session().scalars(found.options(entries).order_by(Certificate.number)))


def editions_of(certificate: Certificate) -> list[Certificate]:
    """Every edition of the same certificate, the first one first."""
    found = select(Certificate).where(
        Certificate.entry_id == certificate.entry_id,
        Certificate.person_id == certificate.person_id,
    )
    return list(session().scalars(found.order_by(Certificate.edition)))


def certificates_for(actor: Actor) -> Select[Certificate]:
    """A person's own certificates, and for team leaders those of their units' people."""
    units = actor.scope_ids(Permission.ENTRIES_SUBMIT, ScopeKind.UNIT)
    return (
        certificates()
        .join(Entry, Entry.id == Certificate.entry_id)
        .where(or_(Certificate.person_id == (actor.person_id or 0), Entry.unit_id.in_(units)))
    )


def result_behind(certificate: Certificate) -> ResultRow | None:
    """The published result a certificate states."""
    return session().scalar(
        select(ResultRow)
        .join(Publication, Publication.id == ResultRow.publication_id)
        .where(
            ResultRow.entry_id == certificate.entry_id,
            Publication.track_id == certificate.track_id,
            newest_public(clock.now()),
        )
    )


def outdated(track_id: int) -> list[Certificate]:
    """Valid certificates that say something else than the results do now, by number."""
    found = (
        select(Certificate, ResultRow.outcome)
        .join(ResultRow, ResultRow.entry_id == Certificate.entry_id)
        .join(Publication, Publication.id == ResultRow.publication_id)
        .where(
            Certificate.track_id == track_id,
            Publication.track_id == track_id,
            newest_public(clock.now()),
            *_IN_STATE[CertificateState.VALID],
        )
        .order_by(Certificate.number)
    )
    return [
        one
        for one, outcome in session().execute(found)
        if one.document["facts"].get("award") != AWARDS.get(outcome, ("",))[0]
    ]


def locked_register(group_id: int, prefix: str, year: int) -> Register | None:
    """The register of one prefix and year; whoever holds it numbers alone until the commit."""
    return session().scalar(
        select(Register)
        .where(Register.group_id == group_id, Register.prefix == prefix, Register.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def accounts_of_people(person_ids: Iterable[int]) -> dict[int, list[int]]:
    """The accounts that belong to people, by person."""
    found: dict[int, list[int]] = {}
    rows = session().execute(
        select(User.person_id, User.id).where(
            User.person_id.in_(list(person_ids)), User.closed_at.is_(None)
        )
    )
    for person_id, user_id in rows:
        if person_id is not None:
            found.setdefault(person_id, []).append(user_id)
    return found


# ---- the public: no group, no relationships, only what the paper says


def certificate_behind(token: str) -> Certificate | None:
    """The certificate with this secret address, in whichever group."""
    if not TOKEN.fullmatch(token):
        return None
    found = select(Certificate).where(Certificate.token == token)
    return session().scalar(found.execution_options(**ACROSS))


def certificates_named(number: str, holder: str) -> list[Certificate]:
    """Certificates with this number whose paper bears this name; usually one or none."""
    found = select(Certificate).where(Certificate.number == number)
    rows = session().scalars(found.order_by(Certificate.id).execution_options(**ACROSS))
    return [one for one in rows if same_name(holder, one.holder)]


def successor_number(certificate: Certificate) -> str | None:
    """The number of the certificate that replaced this one."""
    found = select(Certificate.number).where(Certificate.id == certificate.replaced_by_id)
    return session().scalar(found.execution_options(**ACROSS))


def is_authentic(certificate: Certificate, signer: Signer | None) -> bool:
    """Whether the record still bears the signature it was issued with, word for word."""
    if signer is None or certificate.document.get("number") != certificate.number:
        return False
    payload = signed_bytes(certificate.token, certificate.key_id, certificate.document)
    return signer.verify(certificate.key_id, payload, certificate.signature)
