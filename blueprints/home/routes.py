"""The start page and the inbox."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from blueprints.home.sources import waiting_for
from blueprints.listing import paged
from blueprints.web import DoForm, load, me, page
from eventsys.notifications import actions, queries
from eventsys.notifications.models import Message
from eventsys.notifications.rules import MESSAGE_TEXTS

bp = Blueprint("home", __name__)


@bp.get("/")
def index() -> ResponseReturnValue:
    """What waits for me now; for visitors, the public events."""
    if not current_user.is_authenticated:
        return page("home/visitor.html")
    actor = me()
    return page(
        "home/index.html",
        waiting=waiting_for(actor),
        unread=queries.unread(actor.user_id or 0),
    )


@bp.get("/messages")
def messages() -> ResponseReturnValue:
    """My messages, newest first."""
    found = paged(queries.inbox(me().user_id or 0))
    texts = {one.id: gettext(MESSAGE_TEXTS[one.kind]) % one.facts for one in found.items}
    return page("home/messages.html", messages=found, texts=texts)


@bp.post("/messages/<int:message_id>/read")
def read_message(message_id: int) -> ResponseReturnValue:
    """Put a message aside and go where it points."""
    found = load(Message, message_id, lambda actor, one: one.user_id == actor.user_id)
    form = DoForm()
    if form.submitted():
        form.commits(actions.mark_read, found)
    return redirect(found.link or url_for(".messages"))
