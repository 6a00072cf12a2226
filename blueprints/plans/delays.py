"""On the day: delaying a session, with everything it pushes shown before it is done."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.validators import InputRequired, NumberRange

from blueprints.numbers import WholeNumberField
from blueprints.web import WebForm, load, me, page
from blueprints.web import _ as lazy
from eventsys import clock
from eventsys.incidents.policy import may_see_incidents
from eventsys.plans.delays import LONGEST_DELAY, Delay, Words, delay_session, name_of
from eventsys.plans.minutes import moment_of
from eventsys.timetable.clash_words import told
from eventsys.timetable.models import Session
from eventsys.timetable.policy import may_plan_session

bp = Blueprint("delays", __name__, url_prefix="/plans")
USUAL = (10, 15, 30, 60)
NEEDED = InputRequired(lazy("Fill in this field."))


class DelayForm(WebForm):
    """How much later."""

    minutes = WholeNumberField(lazy("Minutes later"), [NEEDED, NumberRange(1, LONGEST_DELAY)])


@dataclass(frozen=True)
class Line:
    """One session that moves."""

    name: str
    before: str
    after: str
    because: str


@bp.route("/sessions/<int:session_id>/delay", methods=["GET", "POST"])
def session(session_id: int) -> ResponseReturnValue:
    """One session on the day: what a delay would push, and the delay."""
    held = load(Session, session_id, may_plan_session)
    form = DelayForm()
    words: Words = _
    if form.submitted() and form.commits(delay_session, held, form.minutes.data, words):
        flash(_("%(n)s sessions begin or end later.", n=form.result), "ok")
        return redirect(url_for("plans.plan", event_id=held.track.event_id))
    minutes = form.minutes.data if form.is_submitted() else request.args.get("minutes", type=int)
    if not isinstance(minutes, int) or not 1 <= minutes <= LONGEST_DELAY:
        minutes = None
    thought = Delay(held, minutes) if minutes else None
    return page(
        "plans/delay.html",
        form=form,
        session=held,
        minutes=minutes,
        usual=USUAL,
        over=held.ends_at <= clock.now(),
        begun=held.starts_at <= clock.now(),
        lines=_lines(thought) if thought else [],
        clashes=[(one.severity.value, told(thought.after, one, _)) for one in thought.clashes]
        if thought
        else [],
        blocked=bool(thought and thought.blocking()),
        incidents=may_see_incidents(me(), held.track),
    )


def _lines(thought: Delay) -> list[Line]:
    origin, span = thought.problem.origin, thought.board.span
    made = []
    for one in sorted(thought.pushes, key=lambda push: span[push.item]):
        starts, ends = (clock.in_shanghai(moment_of(origin, n)) for n in span[one.item])
        later = timedelta(minutes=one.minutes)
        begins = starts if starts <= clock.now() else starts + later
        made.append(
            Line(
                name_of(thought.problem, one.item),
                f"{starts:%m-%d %H:%M}–{ends:%H:%M}",
                f"{begins:%m-%d %H:%M}–{ends + later:%H:%M}",
                name_of(thought.problem, one.because) if one.because else "",
            )
        )
    return made
