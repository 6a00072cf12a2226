"""Issuing what was earned, printing, revoking, replacing."""

import secrets
from collections.abc import Sequence

from sqlalchemy import update

from eventsys import clock
from eventsys.appeals.queries import last_window_of
from eventsys.audit.actions import record
from eventsys.boards.queries import check_no_ceremony
from eventsys.certificates import queries
from eventsys.certificates.models import Certificate, Register
from eventsys.certificates.policy import may_issue, may_manage_certificate, may_print
from eventsys.certificates.rules import (
    MOST_PRINTED,
    PREFIXES,
    REASON_LEAST,
    CertificateState,
    Earned,
    NoLongerEarned,
    NotFinal,
    NothingChosen,
    NothingDue,
    NotPublished,
    NotValid,
    ReasonNeeded,
    TooManyAtOnce,
    certificate_number,
    document_of,
    signed_bytes,
)
from eventsys.db import changed, new_id, session
from eventsys.errors import Conflict, NotThere
from eventsys.events.models import Track
from eventsys.groups.models import Group
from eventsys.identity.models import Person
from eventsys.identity.policy import Actor, authorize
from eventsys.notifications.actions import notify
from eventsys.notifications.rules import MessageKind
from eventsys.printing.fonts import missing_glyphs
from eventsys.registration.models import Entry
from eventsys.results.models import ResultRow
from eventsys.results.queries import is_final, public_version
from eventsys.results.states import EARNS_CERTIFICATE
from eventsys.signing import Signer
from eventsys.tasks.actions import ask
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind


def ask_to_issue(actor: Actor, track: Track) -> Task:
    """Have the worker issue everything due in a track."""
    authorize(actor, may_issue, track)
    _check_final(track)
    if not queries.due_count(track.id):
        raise NothingDue

    title = f"{track.event.name} {track.name}"
    return ask(actor, track.group_id, TaskKind.CERTIFICATES, title, track_id=track.id)


def open_register(group_id: int, prefix: str, year: int) -> Register:
    """The register of one prefix and year, begun if there is none."""
    found = queries.locked_register(group_id, prefix, year)
    if found is None:
        found = Register(id=new_id(), group_id=group_id, prefix=prefix, year=year, last_serial=0)
        session().add(found)
        session().flush()
    return found


def issue_due(actor: Actor, track: Track, signer: Signer, at_most: int) -> list[Certificate]:
    """Issue the next certificates due in a track; an empty list when nothing is left.

    The register is locked before anybody is looked up, so that two batches at once never issue to
    the same person, and its numbers have no gaps: what is rolled back was never given out.
    """
    authorize(actor, may_issue, track)
    _check_final(track)
    prefix, year = PREFIXES[track.event.kind], clock.today().year
    register = open_register(track.group_id, prefix, year)
    due = queries.due_people(track.id, at_most)
    serials = _take_serials(register, len(due))
    issuer = session().get_one(Group, track.group_id)

    made = [
        _issue(signer, issuer, row, member.person, certificate_number(prefix, year, serial))
        for (row, member), serial in zip(due, serials, strict=True)
    ]
    session().flush()

    _tell(made)
    for one in made:
        record(actor, "certificate.issued", one, number=one.number)
    return made


def _check_final(track: Track) -> None:
    found = public_version(track.id, clock.now())
    if found is None:
        raise NotPublished
    check_no_ceremony(found.id)
    if not is_final(track.id):
        last = last_window_of(track)
        ends = [found.notice.ends_at if found.notice else clock.now()]
        ends_at = max([*ends, last.ends_at] if last and last.ends_at else ends)
        raise NotFinal(moment=f"{clock.in_shanghai(ends_at):%Y-%m-%d %H:%M}")


def _take_serials(register: Register, count: int) -> range:
    before = register.last_serial
    taken = changed(
        update(Register)
        .where(Register.id == register.id, Register.last_serial == before)
        .values(last_serial=before + count)
    )
    if not taken:
        raise Conflict
    return range(before + 1, before + count + 1)


def _issue(
    signer: Signer, issuer: Group, row: ResultRow, person: Person, number: str, edition: int = 1
) -> Certificate:
    entry = row.entry
    document = document_of(_earned(issuer, row, person, number))
    token = secrets.token_urlsafe(16)
    key_id, signature = signer.sign(signed_bytes(token, signer.key_id, document))
    certificate = Certificate(
        id=new_id(),
        group_id=issuer.id,
        token=token,
        number=number,
        track_id=entry.track_id,
        entry_id=entry.id,
        person_id=person.id,
        edition=edition,
        issued_on=clock.today(),
        issued_at=clock.now(),
        document=document,
        key_id=key_id,
        signature=signature,
    )
    session().add(certificate)
    return certificate


def _earned(issuer: Group, row: ResultRow, person: Person, number: str) -> Earned:
    entry: Entry = row.entry
    track, event = entry.track, entry.track.event
    return Earned(
        kind=event.kind,
        holder=person.name,
        unit=row.unit_name,
        team=entry.team_name,
        event=event.name,
        event_en=event.name_en,
        track=track.name,
        track_en=track.name_en,
        outcome=row.outcome,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        issuer=issuer.name,
        issuer_en=issuer.name_en,
        issued_on=clock.today(),
        number=number,
    )


def _tell(made: Sequence[Certificate]) -> None:
    accounts = queries.accounts_of_people([one.person_id for one in made])
    for one in made:
        notify(
            one.group_id,
            accounts.get(one.person_id, []),
            MessageKind.CERTIFICATE_ISSUED,
            link="/certificates/mine",
            once=f"certificate:{one.id}",
            number=one.number,
        )


def ask_to_print(actor: Actor, certificates: Sequence[Certificate], title: str) -> Task:
    """Have the worker draw valid certificates as one PDF, in the order of their numbers."""
    if not certificates:
        raise NothingChosen
    for one in certificates:
        authorize(actor, may_print, one)
    for one in certificates:
        if one.state is not CertificateState.VALID:
            raise NotValid(number=one.number)
    if len(certificates) > MOST_PRINTED:
        raise TooManyAtOnce(most=MOST_PRINTED)

    keys = sorted(one.id for one in certificates)
    group_id = certificates[0].group_id
    return ask(actor, group_id, TaskKind.CERTIFICATES_PDF, title, certificate_ids=keys)


def ask_to_print_track(actor: Actor, track: Track) -> Task:
    """Have every valid certificate of a track drawn, but those whose name the font cannot draw."""
    authorize(actor, may_issue, track)
    valid = queries.valid_certificates(track.id)
    drawable = [one for one in valid if not missing_glyphs(one.holder)]

    return ask_to_print(actor, drawable or valid, f"{track.event.name} {track.name}")


def revoke(actor: Actor, certificate: Certificate, reason: str) -> None:
    """Take a certificate back; its public page says so at once, with the reason."""
    authorize(actor, may_manage_certificate, certificate)
    _check_reason(reason)
    _close(certificate, reason)

    record(actor, "certificate.revoked", certificate, number=certificate.number, reason=reason)


def replace(actor: Actor, certificate: Certificate, reason: str, signer: Signer) -> Certificate:
    """Issue a new edition with today's name and a new number; the old one points to it."""
    authorize(actor, may_manage_certificate, certificate)
    _check_reason(reason)
    row = queries.result_behind(certificate)
    if row is None:
        raise NotThere
    _check_final(certificate.track)
    if row.outcome not in EARNS_CERTIFICATE:
        raise NoLongerEarned(number=certificate.number)
    _close(certificate, reason)
    prefix, year = PREFIXES[certificate.track.event.kind], clock.today().year
    (serial,) = _take_serials(open_register(certificate.group_id, prefix, year), 1)

    issuer = session().get_one(Group, certificate.group_id)
    number = certificate_number(prefix, year, serial)
    made = _issue(signer, issuer, row, certificate.person, number, certificate.edition + 1)
    session().flush()
    certificate.replaced_by_id = made.id
    _tell([made])

    record(
        actor,
        "certificate.replaced",
        certificate,
        number=certificate.number,
        by=number,
        reason=reason,
    )
    return made


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < REASON_LEAST:
        raise ReasonNeeded


def _close(certificate: Certificate, reason: str) -> None:
    """Only a valid certificate is closed, and only once, whoever else tries at the same time."""
    closed = changed(
        update(Certificate)
        .where(
            Certificate.id == certificate.id,
            Certificate.revoked_at.is_(None),
            Certificate.replaced_by_id.is_(None),
        )
        .values(revoked_at=clock.now(), revoked_reason=reason.strip())
    )
    if not closed:
        raise Conflict
    session().refresh(certificate)
