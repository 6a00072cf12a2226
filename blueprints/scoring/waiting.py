"""What marking keeps waiting: sheets, confirmations, corrections, signatures, parts of exams."""

from flask import url_for
from flask_babel import gettext as _

from blueprints.language import named
from blueprints.waiting import Waiting
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission
from eventsys.scoring import correction_queries, exam_queries, queries


def waiting(actor: Actor) -> list[Waiting]:
    """What this actor has to mark, to sign or to hand in."""
    held = [permission for permission in _SOURCES if _holds(actor, permission)]
    return [one for permission in held for one in _SOURCES[permission](actor)]


def _holds(actor: Actor, permission: Permission) -> bool:
    return any(actor.may(permission, [grant.scope]) for grant in actor.grants)


def _sheets(actor: Actor) -> list[Waiting]:
    return [
        Waiting(
            _("Sheets to mark: %(track)s", track=named(one.seat.track)),
            url_for("scoring.my_sheets", track_id=one.seat.track_id),
            "scale",
            one.to_mark,
            urgent=True,
        )
        for one in queries.judge_tracks(actor.user_id or 0)
        if one.to_mark
    ]


def _confirmations(actor: Actor) -> list[Waiting]:
    return [
        Waiting(
            _("Sheets to confirm: %(track)s", track=named(one.track)),
            url_for("scoring.to_confirm", track_id=one.track.id),
            "list-checks",
            one.unconfirmed,
            urgent=True,
        )
        for one in queries.confirming_tracks(actor)
        if one.unconfirmed and one.signed_at is None
    ]


def _corrections(actor: Actor) -> list[Waiting]:
    return [
        Waiting(
            _("Corrections to decide: %(track)s", track=named(track)),
            url_for("scoring.corrections", track_id=track.id),
            "history",
            number,
            urgent=True,
        )
        for track, number in correction_queries.to_decide(actor)
    ]


def _signatures(actor: Actor) -> list[Waiting]:
    found = []
    for one in queries.chaired_tracks(actor):
        left = one.sheets - one.submitted
        if one.is_ready:
            text = _("Marks to hand over: %(track)s", track=named(one.track))
            url = url_for("scoring.sign_off", track_id=one.track.id)
            found.append(Waiting(text, url, "stamp", one.sheets, urgent=True))
        elif one.signed_at is None and left:
            text = _("Sheets the judges still mark: %(track)s", track=named(one.track))
            url = url_for("scoring.matrix", track_id=one.track.id)
            found.append(Waiting(text, url, "gavel", left))
    return found


def _parts(actor: Actor) -> list[Waiting]:
    return [
        Waiting(
            _(
                "Exam marks to enter: %(track)s, %(part)s",
                track=named(one.track),
                part=named(one.part),
            ),
            url_for("scoring.exam_part", track_id=one.track.id, part=one.part.code),
            "pencil",
            one.candidates - one.marked or None,
        )
        for one in exam_queries.progress_of(exam_queries.exams_of(actor))
        if one.candidates and one.handed_in_at is None
    ]


_SOURCES = {
    Permission.MARK: _sheets,
    Permission.CONFIRM: _confirmations,
    Permission.CORRECT: _corrections,
    Permission.SIGN_OFF: _signatures,
    Permission.EXAM_MARK: _parts,
}
