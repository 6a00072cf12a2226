"""Pages of results: for organizers before, for everybody from the stated moment on."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from blueprints.language import named
from blueprints.results import words
from blueprints.results.forms import DrawUpForm, OpenMapForm, ReasonForm
from blueprints.scoring.passwords import proves
from blueprints.web import DoForm, WebForm, load, me, page
from eventsys import clock
from eventsys.appeals.windows import reopened_until
from eventsys.boards.actions import ask_result_file
from eventsys.boards.queries import running_ceremonies
from eventsys.db import session
from eventsys.draws.queries import draw_of, opened_entries
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.events.queries import ACROSS, public_event
from eventsys.events.rules import EventKind
from eventsys.registration.admissions import selection_of
from eventsys.results import actions, queries, ranking
from eventsys.results.derived import honours_of
from eventsys.results.models import Publication
from eventsys.results.outcomes import completions, decisions, few_judged, last_day, lines_of
from eventsys.results.policy import (
    may_open_map,
    may_publish,
    may_reach_results,
    may_see_results,
    may_take_back,
    only_public,
)
from eventsys.results.revisions import changes_since, revision
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.exam_queries import exam_rules, exam_sheets
from eventsys.scoring.queries import marking_of
from eventsys.scoring.states import PART_LABELS
from eventsys.tasks.rules import TASK_LABELS, TaskKind

bp = Blueprint("results", __name__)
FILES = {
    EventKind.COMPETITION: (TaskKind.RESULTS_XLSX, TaskKind.RESULT_SHEET_PDF),
    EventKind.TRAINING: (),
    EventKind.EXAM: (TaskKind.EXAM_XLSX,),
}


# ---- for everybody


@bp.get("/e/<int:event_id>/results")
def public(event_id: int) -> ResponseReturnValue:
    """What is public of an event's results; the same page for nothing and for not yet."""
    event = public_event(event_id)
    if event is None:
        raise NotThere
    versions = queries.public_versions(event.id, clock.now())
    return page(
        "results/public.html",
        event=event,
        results=queries.public_results(event.id, clock.now()),
        versions=versions,
        ceremonies=running_ceremonies([one[0].id for one in versions.values()]),
        **words.labels(),
    )


@bp.get("/e/results/<int:publication_id>")
def version(publication_id: int) -> ResponseReturnValue:
    """One public version of a track's results, also one that a correction has replaced since."""
    shown = queries.public_publication(publication_id, clock.now())
    if shown is None:
        raise NotThere
    versions = queries.public_versions(shown.track.event_id, clock.now())[shown.track_id]
    running = running_ceremonies([shown.id]).get(shown.id)
    return page(
        "results/version.html",
        publication=shown,
        newest=versions[0],
        rows=queries.public_rows(shown.id),
        running=running,
        changes=[] if running else revision(shown),
        appeals_until=reopened_until(shown.track_id, shown.version),
        **words.labels(),
    )


@bp.get("/e/tracks/<int:track_id>/results")
def public_track(track_id: int) -> ResponseReturnValue:
    """The same, from the address of one track."""
    found = select(Track.event_id).where(Track.id == track_id).execution_options(**ACROSS)
    event_id = session().scalar(found)
    if event_id is None or public_event(event_id) is None:
        raise NotThere
    return redirect(url_for(".public", event_id=event_id, _anchor=f"t{track_id}"))


@bp.get("/results/mine")
def mine() -> ResponseReturnValue:
    """The published results of my unit, and mine."""
    rows = queries.results_for(me(), clock.now())
    return page(
        "results/mine.html",
        rows=rows,
        ceremonies=running_ceremonies({one.publication_id for one in rows}),
        **words.labels(),
        statuses=PART_LABELS,
    )


# ---- opening the map


@bp.route("/tracks/<int:track_id>/open-map", methods=["GET", "POST"])
def open_map(track_id: int) -> ResponseReturnValue:
    """The encryption judge and a supervisor together, once, after the signature."""
    track = load(Track, track_id, may_open_map)
    form = OpenMapForm()
    form.offer(track)
    witness = form.given() if form.submitted() else None
    if witness and proves(
        form, witness.username, actions.open_map_together, track, witness, form.password.data
    ):
        flash(_("The map is open."), "ok")
        return redirect(url_for(".open_map", track_id=track.id))
    return page(
        "results/open_map.html",
        form=form,
        track=track,
        draw=draw_of(track.id),
        marking=marking_of(track.id),
        behind=opened_entries(track.id),
    )


# ---- drawing up and publishing


@bp.route("/tracks/<int:track_id>/results", methods=["GET", "POST"], endpoint="track")
def track_results(track_id: int) -> ResponseReturnValue:
    """The results of a track: a preview for the organizer, then what was drawn up."""
    track = load(Track, track_id, may_reach_results)
    if not may_see_results(me(), track):
        return page("results/not_yet.html", track=track)
    if only_public(me(), track) or _is_revealed_now(track):
        return redirect(url_for(".public", event_id=track.event_id, _anchor=f"t{track.id}"))
    form = DrawUpForm()
    stated = track.event.results_due_at
    form.offer(stated)
    due_at = form.given(stated) if form.submitted() else None
    reason = form.reason.data or ""
    if due_at is not None and form.commits(actions.draw_up, track, due_at, reason):
        _say(form.result)
        return redirect(url_for(".track", track_id=track.id))
    return track_page(track, form)


def _is_revealed_now(track: Track) -> bool:
    """Whether the prizes are being revealed, for those who do not publish them."""
    shown = queries.public_version(track.id, clock.now())
    return (
        not may_publish(me(), track) and shown is not None and bool(running_ceremonies([shown.id]))
    )


def _say(publication: Publication) -> None:
    moment = f"{clock.in_shanghai(publication.due_at):%Y-%m-%d %H:%M}"
    if publication.public_at:
        flash(_("The results are public."), "ok")
    else:
        flash(_("The results are drawn up and become public on %(moment)s.", moment=moment), "ok")


def track_page(track: Track, form: WebForm) -> ResponseReturnValue:
    """The page of a track's results, with whatever a form was refused for."""
    versions = queries.versions_of(track.id)
    publication = versions[0] if versions else None
    kind = track.event.kind
    return page(
        "results/track.html",
        form=form,
        track=track,
        publication=publication,
        versions=versions,
        is_public=publication is not None and publication.is_public_at(clock.now()),
        appeals=queries.open_appeal_titles(track.id),
        appeals_until=reopened_until(track.id, publication.version) if publication else None,
        publishes=may_publish(me(), track),
        files=FILES[kind],
        labels=TASK_LABELS,
        statuses=PART_LABELS,
        now=clock.now(),
        **words.labels(),
        **_PREVIEWS[kind](track, publication),
    )


def _competition(track: Track, publication: Publication | None) -> dict[str, object]:
    marking = marking_of(track.id)
    signed = marking if marking and marking.locked_at else None
    ranked = ranking.standings(track) if signed else None
    lines = lines_of(track, ranked) if ranked and ranked.is_open else []
    plan = competition_rules(track)
    return {
        "rules": plan,
        "marking": marking,
        "signed": signed,
        "ranking": ranked,
        "few": few_judged(ranked, plan) if ranked else [],
        "honours": honours_of(lines, ranked, plan) if ranked and lines else {},
        "changes": changes_since(publication, lines) if publication and lines else [],
        "draw": draw_of(track.id),
        "final_of": selection_of(track),
    }


def _exam(track: Track, _publication: Publication | None) -> dict[str, object]:
    return {
        "rules": exam_rules(track),
        "decisions": decisions(track),
        "sheets": {part: sheet for (_key, part), sheet in exam_sheets([track.id]).items()},
    }


def _class(track: Track, _publication: Publication | None) -> dict[str, object]:
    last = last_day(track)
    return {"lines": completions(track), "last_day": last, "running": last >= clock.today()}


_PREVIEWS = {
    EventKind.COMPETITION: _competition,
    EventKind.EXAM: _exam,
    EventKind.TRAINING: _class,
}


@bp.route("/results/<int:publication_id>/take-back", methods=["GET", "POST"])
def take_back(publication_id: int) -> ResponseReturnValue:
    """Undo the drawing up before the stated moment."""
    publication = load(Publication, publication_id, may_take_back)
    track = publication.track
    if request.method == "GET" and publication.public_at is not None:
        return redirect(url_for(".track", track_id=track.id))
    form = ReasonForm()
    if form.submitted() and form.commits(actions.take_back, publication, form.reason.data):
        flash(_("The results are taken back. Draw them up again when they are right."), "ok")
        return redirect(url_for(".track", track_id=track.id))
    return page("results/take_back.html", form=form, track=track, publication=publication)


@bp.route("/tracks/<int:track_id>/results/reopen/<part>", methods=["GET", "POST"])
def reopen_part(track_id: int, part: str) -> ResponseReturnValue:
    """Give a part of an exam back to its assessors."""
    track = load(Track, track_id, may_publish)
    if track.event.kind is not EventKind.EXAM:
        raise NotThere
    form = ReasonForm()
    if form.submitted() and form.commits(actions.reopen_part, track, part, form.reason.data):
        flash(_("The part is open again for its assessors."), "ok")
        return redirect(url_for(".track", track_id=track.id))
    return page("results/reopen_part.html", form=form, track=track, part=part)


@bp.post("/tracks/<int:track_id>/results/file/<kind>")
def ask_file(track_id: int, kind: str) -> ResponseReturnValue:
    """Ask for one of the files of this kind of event."""
    track = load(Track, track_id, may_see_results)
    wanted = next((one for one in FILES[track.event.kind] if one.value == kind), None)
    if wanted is None:
        raise NotThere
    form = DoForm()
    if form.submitted() and form.commits(ask_result_file, track, wanted, named(track)):
        return redirect(url_for("tasks.show", task_id=form.result.id))
    if _is_revealed_now(track):
        return page("results/refused.html", form=form, track=track)
    if only_public(me(), track):
        raise actions.NewerWaits
    return track_page(track, form)
