"""What every page uses: who asks, loading a thing, forms that commit, the right status."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from flask import Flask, current_app, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError
from wtforms import Field, FieldList, FormField, PasswordField, StringField

from eventsys import clock
from eventsys.config import Settings
from eventsys.db import Model, session, transaction
from eventsys.errors import N_, Conflict, DomainError, Forbidden, NotThere
from eventsys.identity.actions import Place
from eventsys.identity.policy import Actor
from eventsys.identity.queries import Live, actor_of, live_session

M = TypeVar("M", bound=Model)
logins = LoginManager()
UNPROCESSABLE, CONFLICT = 422, 409
GREATEST_KEY = 2**53 - 1
# Controls but tab and line ends, text-direction controls, lone surrogates, noncharacters.
UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
HIDDEN = N_("There are invisible characters in this field. Delete it and type it again.")
EMPTY = N_("Fill in this field.")


class SignedIn(UserMixin):
    """The person behind the cookie, as Flask-Login wants to see them."""

    def __init__(self, token: str, live: Live) -> None:
        self.token = token
        self.login = live.login
        self.user = live.login.user
        self.actor = actor_of(self.user, client_place().source, live.grants)

    def get_id(self) -> str:
        """The cookie carries the session token, so that a session can be ended from elsewhere."""
        return self.token


class Key(IntegerConverter):
    """A key in an address; greater numbers than the database holds are no address at all."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=GREATEST_KEY)


class CleanText(UnicodeConverter):
    """A text in an address; what no database keeps (a NUL, half a character) is no address."""

    def to_python(self, value: str) -> str:
        """The text, unless there is something in it that nobody types."""
        if UNSAFE.search(value):
            raise ValidationError
        return value


def init_app(app: Flask) -> None:
    """Teach Flask-Login where sessions live, and addresses what a key and a text are."""
    app.url_map.converters |= {"int": Key, "default": CleanText, "string": CleanText}
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


def wants_json() -> bool:
    """Whether a script asks, to be answered in its own language."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


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


def key_in(text: str) -> int:
    """A key from a form or query; greater numbers than the database holds are none."""
    key = int(text)
    if not 0 < key <= GREATEST_KEY:
        raise ValueError
    return key


def words(refusal: DomainError) -> str:
    """A refusal in the reader's language."""
    return refusal.told(gettext)


class WebForm(FlaskForm):
    """A form that hands validated values to an action and keeps what was typed when refused."""

    refusal: str | None = None
    status: int = 200
    result: Any = None

    def submitted(self) -> bool:
        """Whether the form was sent and every field is in shape."""
        if not self.is_submitted():
            return False
        texts = list(_texts(self))
        for field in texts:
            if field.data and not isinstance(field, PasswordField):
                field.data = field.data.strip()
        valid = self.validate()
        unclean = [field for field in texts if not _is_clean(field)]
        if valid and not unclean:
            return True
        self.status = UNPROCESSABLE
        return False

    def commits(self, action: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Do ``action`` as the person who asks, in one transaction; a refusal is shown in place."""
        try:
            with transaction():
                self.result = action(me(), *args, **kwargs)
        except (Forbidden, NotThere):
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


def _texts(fields: Iterable[Field]) -> Iterator[Any]:
    """The text fields of a form, those of its lists and inner forms too."""
    for field in fields:
        if isinstance(field, FieldList):
            yield from _texts(field.entries)
        elif isinstance(field, FormField):
            yield from _texts(field.form)
        elif isinstance(field, StringField):
            yield field


def _is_clean(field: Any) -> bool:
    """Whether the text can be kept, and a needed one is more than blanks; says so if not."""
    if UNSAFE.search(field.data or ""):
        field.errors = [*field.errors, gettext(HIDDEN)]
    elif field.flags.required and not field.data and not field.errors:
        field.errors = [*field.errors, gettext(EMPTY)]
    return not field.errors


class DoForm(WebForm):
    """A form that is only a button: the token and nothing else."""


def _(message: str) -> Any:
    """A field label, translated when it is shown."""
    return lazy_gettext(message)
