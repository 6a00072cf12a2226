"""One judge: card, conditions, exceptions, relations; and the judge's own declarations."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.panels.forms import ReasonForm, card_form, declare_form
from blueprints.panels.routes import WORDS, bp
from blueprints.web import WebForm, load, me, page
from eventsys import clock
from eventsys.db import session
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.groups.models import Unit
from eventsys.groups.queries import units
from eventsys.identity.models import User
from eventsys.identity.rules import Role
from eventsys.panels import actions, queries, recusal_actions
from eventsys.panels.models import Declaration
from eventsys.panels.policy import may_declare, may_drop, may_manage_panel
from eventsys.registration.queries import entry_labels


@bp.route("/tracks/<int:track_id>/judges/<int:user_id>", methods=["GET", "POST"])
def judge(track_id: int, user_id: int) -> ResponseReturnValue:
    """A judge's card with the check list of the track."""
    track, found = _judge(track_id, user_id)
    form = card_form(queries.card_of(found.id), _units())
    if form.submitted() and form.commits(actions.keep_card, track, found, form.given()):
        flash(_("The card of %(name)s is saved.", name=found.name), "ok")
        return redirect(url_for(".judge", track_id=track.id, user_id=found.id))
    return _judge_page("panels/judge.html", track, found, form)


@bp.route("/tracks/<int:track_id>/judges/<int:user_id>/admit", methods=["GET", "POST"])
def admit(track_id: int, user_id: int) -> ResponseReturnValue:
    """An exception for a judge who does not meet every condition."""
    track, found = _judge(track_id, user_id)
    form = ReasonForm()
    if form.submitted() and form.commits(actions.admit_exception, track, found, form.reason.data):
        flash(_("%(name)s is admitted by way of exception.", name=found.name), "ok")
        return redirect(url_for(".judge", track_id=track.id, user_id=found.id))
    return _judge_page("panels/admit.html", track, found, form)


@bp.route("/tracks/<int:track_id>/judges/<int:user_id>/relation", methods=["GET", "POST"])
def declare_for(track_id: int, user_id: int) -> ResponseReturnValue:
    """The organizer enters a relation that became known."""
    track, found = _judge(track_id, user_id)
    form = declare_form(_units(), is_organizer=True)
    if form.submitted() and form.commits(recusal_actions.declare_for, track, found, form.given()):
        flash(_("The relation is on file."), "ok")
        return redirect(url_for(".judge", track_id=track.id, user_id=found.id))
    return _judge_page("panels/declare_for.html", track, found, form)


@bp.route("/declarations/<int:declaration_id>/drop", methods=["GET", "POST"])
def drop_declaration(declaration_id: int) -> ResponseReturnValue:
    """Set a mistaken declaration aside."""
    found = load(Declaration, declaration_id, may_drop)
    form = ReasonForm()
    if form.submitted() and form.commits(recusal_actions.drop_declaration, found, form.reason.data):
        flash(_("The declaration is set aside. It stays on file."), "ok")
        return redirect(url_for(".judge", track_id=found.track_id, user_id=found.user_id))
    return page("panels/drop_declaration.html", form=form, declaration=found, track=found.track)


@bp.get("/judging/relations")
def my_relations() -> ResponseReturnValue:
    """The tracks one may be asked to judge, each with the way to declare."""
    return page("panels/my_relations.html", tracks=queries.tracks_to_judge(me()))


@bp.route("/judging/<int:track_id>/relations", methods=["GET", "POST"])
def declare(track_id: int) -> ResponseReturnValue:
    """A judge's own declarations: by names, without a look at any entry."""
    track = load(Track, track_id, may_declare)
    form = declare_form(_units())
    if form.submitted() and form.commits(recusal_actions.declare, track, form.given()):
        flash(_("Thank you. Your declaration is on file."), "ok")
        return redirect(url_for(".declare", track_id=track.id))
    declared = queries.own_declarations(track.id, me().user_id or 0)
    return page("panels/declare.html", form=form, track=track, declared=declared, words=WORDS)


def _judge(track_id: int, user_id: int) -> tuple[Track, User]:
    """A judge or chief judge of a track of mine."""
    track = load(Track, track_id, may_manage_panel)
    held = queries.holders_by_role(track, (Role.JUDGE, Role.CHIEF_JUDGE))
    seated = [seat.user for seat in queries.seats_of(track.id)]
    people = {one.id: one for one in [*held[Role.JUDGE], *held[Role.CHIEF_JUDGE], *seated]}
    if user_id not in people:
        raise NotThere
    return track, people[user_id]


def _judge_page(template: str, track: Track, found: User, form: WebForm) -> ResponseReturnValue:
    seated = [seat.user_id for seat in queries.seats_of(track.id)]
    standing = queries.standings_of(track, [found], seated)[found.id]
    concerned = {key for reason in standing.reasons for key in reason.entries}
    return page(
        template,
        form=form,
        track=track,
        judge=found,
        standing=standing,
        labels=entry_labels(concerned),
        exceptions=queries.exceptions_of(track.id).get(found.id, []),
        declared=queries.declarations_of(track.id, found.id),
        today=clock.today(),
        words=WORDS,
    )


def _units() -> list[Unit]:
    return list(session().scalars(units()))
