"""Pages of half days: the projector, signing in by phone, the table of hours, corrections."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from blueprints.attendance.files import order_file
from blueprints.attendance.forms import ReasonForm
from blueprints.attendance.routes import bp
from blueprints.language import show_moment
from blueprints.web import DoForm, load, me, page, settings, words
from eventsys import clock
from eventsys.attendance import actions, queries
from eventsys.attendance.policy import may_check_in, may_correct, may_see_hours
from eventsys.attendance.rules import (
    METHOD_LABELS,
    PART_LABELS,
    POSTER_SECONDS,
    WINDOWS,
    HalfDayKey,
    PosterExpired,
    completes,
    current_half_day,
    half_day_named,
    hours,
    key_of,
    percent,
)
from eventsys.attendance.tickets import confirm_token, poster_token, read_confirm, read_poster
from eventsys.errors import DomainError, NotThere
from eventsys.events.models import Track
from eventsys.events.rules import TrainingRules
from eventsys.identity.policy import Actor
from eventsys.printing.qr import qr_svg
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.tasks.rules import TaskKind


def _class_of(track: Track) -> TrainingRules:
    """The rules of a class; anything else has no half days, so no such page."""
    rules = track.rules
    if not isinstance(rules, TrainingRules):
        raise NotThere
    return rules


# ---- the projector and the phone


@bp.get("/attendance/tracks/<int:track_id>/poster")
def poster(track_id: int) -> ResponseReturnValue:
    """The page for the projector: a code to sign in with, new every 30 seconds."""
    track = load(Track, track_id, may_check_in)
    return page("attendance/poster.html", track=track, **_picture(track))


@bp.get("/attendance/tracks/<int:track_id>/poster/code")
def poster_code(track_id: int) -> ResponseReturnValue:
    """The part of the page that changes."""
    track = load(Track, track_id, may_check_in)
    return render_template("attendance/poster_code.html", track=track, **_picture(track))


def _picture(track: Track) -> dict[str, Any]:
    rules, moment = _class_of(track), clock.now()
    shown: dict[str, Any] = {"seconds": POSTER_SECONDS, "part_labels": PART_LABELS}
    try:
        half_day = current_half_day(rules.half_days, moment)
    except DomainError as refusal:
        return shown | {"half_day": None, "problem": words(refusal)}
    token = poster_token(track.id, key_of(half_day), moment)
    drawing = qr_svg(f"{settings().public_url}/h/{token}")
    roll = queries.roll([track], moment)
    return shown | {
        "half_day": half_day,
        "closes": f"{WINDOWS[half_day.part][1]:%H:%M}",
        "qr": Markup(drawing),  # noqa: S704  our own drawing, made of squares only
        "here": len(roll.here),
        "expected": len(roll.lines),
    }


@bp.route("/h/<token>", methods=["GET", "POST"])
def sign_in_here(token: str) -> ResponseReturnValue:
    """A trainee scanned the projector: one press signs them in for this half day."""
    form, moment = DoForm(), clock.now()
    read = read_confirm if form.is_submitted() else read_poster
    found = read(token, moment)
    if found is None:
        raise PosterExpired
    track_id, key = found
    entry = queries.own_entry(track_id, me().person_id)
    if entry is None:
        raise NotThere
    if form.submitted() and form.commits(actions.sign_in_self, entry, key):
        _say(form.result)
        return redirect(url_for(".ticket", entry_id=entry.id))
    return page(
        "attendance/sign_in_here.html",
        form=form,
        entry=entry,
        half_day=half_day_named(_class_of(entry.track).half_days, key),
        part=PART_LABELS[key.part],
        action=url_for(".sign_in_here", token=confirm_token(track_id, key, moment)),
    )


def _say(checked: actions.Checked) -> None:
    if checked.is_first:
        flash(_("You are signed in for this half day."), "ok")
    else:
        at = show_moment(checked.row.at, "%H:%M")
        flash(_("You were signed in already, at %(time)s.", time=at), "warn")


# ---- the table of hours


@bp.get("/attendance/tracks/<int:track_id>/hours")
def hours_table(track_id: int) -> ResponseReturnValue:
    """Trainees by half days, with their hours."""
    track = load(Track, track_id, may_see_hours)
    rules = _class_of(track)
    signed = queries.signed_half_days(track_id)
    people = queries.trainees(track_id)
    return page(
        "attendance/hours_table.html",
        track=track,
        rules=rules,
        keys=[key_of(one) for one in rules.half_days],
        people=people,
        signed=signed,
        hours={one.id: hours(rules.half_days, signed[one.id]) for one in people},
        percents={one.id: percent(rules.half_days, signed[one.id]) for one in people},
        completed={one.id: completes(rules, signed[one.id]) for one in people},
        total=sum(one.hours for one in rules.half_days),
        part_labels=PART_LABELS,
        corrects=may_correct(me(), track),
        checks_in=may_check_in(me(), track),
    )


@bp.post("/attendance/tracks/<int:track_id>/hours-file")
def hours_file(track_id: int) -> ResponseReturnValue:
    """The table of hours, as a file."""
    track = load(Track, track_id, may_see_hours)
    _class_of(track)
    return order_file(TaskKind.HOURS_XLSX, track, track_id=track.id)


@bp.route("/attendance/entries/<int:entry_id>/half-days/<on>/<part>", methods=["GET", "POST"])
def correct(entry_id: int, on: str, part: str) -> ResponseReturnValue:
    """Enter a half day by hand, or take it out; with the reason."""
    entry = load(Entry, entry_id, _may_correct_entry)
    key = _key(on, part)
    half_day = half_day_named(_class_of(entry.track).half_days, key)
    found = queries.sign_in_of(entry.id, key)
    form = ReasonForm()
    if form.submitted() and form.commits(
        actions.correct_half_day, entry, key, present=found is None, reason=form.reason.data
    ):
        flash(_("The half day was corrected. Who did it and why is on record."), "ok")
        return redirect(url_for(".hours_table", track_id=entry.track_id))
    return page(
        "attendance/correct.html",
        form=form,
        entry=entry,
        half_day=half_day,
        part=PART_LABELS[key.part],
        found=queries.sign_in_of(entry.id, key),
        methods=METHOD_LABELS,
    )


def _may_correct_entry(actor: Actor, entry: Entry) -> bool:
    return entry.state is EntryState.APPROVED and may_correct(actor, entry.track)


def _key(on: str, part: str) -> HalfDayKey:
    try:
        return HalfDayKey(date.fromisoformat(on), part)
    except ValueError as bad:
        raise NotThere from bad
