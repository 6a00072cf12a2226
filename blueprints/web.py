"""What every page uses: who asks, loading a thing, forms that commit, the right status."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from eventsys import clock
from eventsys.config import Settings
from eventsys.db import Model, session, transaction
from eventsys.errors import Conflict, DomainError, Forbidden, NotThere
from eventsys.identity.actions import Place
from eventsys.identity.models import LoginSession
from eventsys.identity.policy import Actor
from eventsys.identity.queries import actor_of, live_session

M = TypeVar("M", bound=Model)
logins = LoginManager()
UNPROCESSABLE, CONFLICT = 422, 409


class SignedIn(UserMixin):
    """The person behind the cookie, as Flask-Login wants to see them."""

    def __init__(self, token: str, login: LoginSession) -> None:
        self.token = token
        self.login = login
        self.user = login.user
        self.actor = actor_of(login.user, client_place().source)

    def get_id(self) -> str:
        """The cookie carries the session token, so that a session can be ended from elsewhere."""
        return self.token


def init_app(app: Flask) -> None:
    """Teach Flask-Login where sessions live."""
    logins.init_app(app)
    logins.session_protection = ""  # our sessions live in the database and end there


@logins.user_loader
def _signed_in(token: str) -> SignedIn | None:
    found = live_session(token, clock.now())
    return SignedIn(token, found) if found else None


def me() -> Actor:
    """Who asks; an actor without any role when nobody is signed in."""
    if current_user and current_user.is_authenticated:
        actor: Actor = current_user.actor
        return actor
    return Actor(None, "", None, source=client_place().source)


def client_place() -> Place:
    """Where the request comes from."""
    return Place(request.remote_addr or "", request.user_agent.string)


def settings() -> Settings:
    """The settings of this installation."""
    found: Settings = current_app.extensions["settings"]
    return found


def load(kind: type[M], key: int, may: Callable[[Actor, M], bool]) -> M:
    """The thing, if it exists for this person; missing and forbidden answer alike."""
    found = session().get(kind, key)
    if found is None or not may(me(), found):
        raise NotThere
    return found


def words(refusal: DomainError) -> str:
    """A refusal in the reader's language; facts that are messages themselves are translated too."""
    facts = {
        key: gettext(value) if isinstance(value, str) and value else value
        for key, value in refusal.facts.items()
    }
    return gettext(refusal.message) % facts


class WebForm(FlaskForm):
    """A form that hands validated values to an action and keeps what was typed when refused."""

    refusal: str | None = None
    status: int = 200
    result: Any = None

    def submitted(self) -> bool:
        """Whether the form was sent and every field is in shape."""
        if not self.is_submitted():
            return False
        if self.validate():
            return True
        self.status = UNPROCESSABLE
        return False

    def commits(self, action: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Do ``action`` as the person who asks, in one transaction; a refusal is shown in place."""
        try:
            with transaction():
                self.result = action(me(), *args, **kwargs)
        except Forbidden:
            raise
        except DomainError as refusal:
            self.refuse(refusal)
            return False
        except (IntegrityError, StaleDataError):
            self.refuse(Conflict())
            return False
        return True

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal at the field it belongs to, or above the form."""
        self.status = CONFLICT if isinstance(refusal, Conflict) else UNPROCESSABLE
        text = words(refusal)
        field = getattr(refusal, "field", None)
        if field and field in self._fields:
            self._fields[field].errors = [*self._fields[field].errors, text]
        else:
            self.refusal = text


def page(template: str, *, form: WebForm | None = None, **context: Any) -> tuple[str, int]:
    """A page with the status its form deserves: 200, 422 or 409."""
    return render_template(template, form=form, **context), form.status if form else 200


class DoForm(WebForm):
    """A form that is only a button: the token and nothing else."""


def _(message: str) -> Any:
    """A field label, translated when it is shown."""
    return lazy_gettext(message)
