"""Forms of events and of the moves of their life."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from flask_babel import gettext
from wtforms import (
    DateField,
    DateTimeLocalField,
    Form,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from blueprints.web import WebForm, _
from eventsys import clock
from eventsys.events.actions import EventFacts
from eventsys.events.models import Event
from eventsys.events.rules import KIND_LABELS, STATE_LABELS
from eventsys.groups.models import Unit

NEEDED = InputRequired(_("Fill in this field."))
CODE_FORM = Regexp(
    r"^[A-Za-z0-9._-]{1,30}$", message=_("Use letters, digits, dots or hyphens, at most 30.")
)
MORNING, EVENING = time(9), time(17)
T = TypeVar("T")


def near(_form: Any, field: Any) -> None:
    """Refuse years that are slips of the pen: nothing here lies a century away."""
    value: date | None = field.data
    if value is not None and not 2000 <= value.year <= 2100:  # noqa: PLR2004  said in the words
        raise ValidationError(gettext("Choose a day between 2000 and 2100."))


class EventForm(WebForm):
    """What an event is called and when it is; moments are Shanghai clock readings."""

    name = StringField(_("Name of the event"), [NEEDED, Length(max=100)])
    name_en = StringField(_("Name in English"), [Optional(), Length(max=100)])
    code = StringField(_("Code"), [NEEDED, CODE_FORM])
    host = SelectField(_("Host unit"), [NEEDED], coerce=int)
    registration_opens_at = DateTimeLocalField(_("Registration opens"), [NEEDED, near])
    registration_closes_at = DateTimeLocalField(_("Registration closes"), [NEEDED, near])
    starts_on = DateField(_("Begins on"), [NEEDED, near])
    ends_on = DateField(_("Ends on"), [NEEDED, near])
    results_due_at = DateTimeLocalField(_("Results due by"), [Optional(), near])
    summary = TextAreaField(_("Summary"), [Optional(), Length(max=2000)])

    def offer(self, hosts: Iterable[Unit]) -> None:
        """Fill the list of units that may host."""
        self.host.choices = [(unit.id, unit.name) for unit in hosts]

    def suggest(self, code: str, host_id: int | None) -> None:
        """Dates that fit together, from tomorrow on: whoever is in a hurry changes none."""
        tomorrow = clock.today() + timedelta(days=1)
        closes_on = tomorrow + timedelta(days=20)
        self.code.data, self.host.data = code, host_id
        self.registration_opens_at.data = datetime.combine(tomorrow, MORNING)
        self.registration_closes_at.data = datetime.combine(closes_on, EVENING)
        self.starts_on.data = closes_on + timedelta(days=14)
        self.ends_on.data = closes_on + timedelta(days=15)
        self.results_due_at.data = datetime.combine(closes_on + timedelta(days=18), EVENING)

    def fill(self, event: Event) -> None:
        """Show what is stored."""
        for key in ("name", "name_en", "code", "starts_on", "ends_on", "summary"):
            self[key].data = getattr(event, key)
        self.host.data = event.host_id
        for key in ("registration_opens_at", "registration_closes_at", "results_due_at"):
            self[key].data = reading(getattr(event, key))

    def given(self) -> EventFacts:
        """The validated values, moments in UTC."""
        due = self.results_due_at.data
        return EventFacts(
            code=self.code.data or "",
            name=self.name.data or "",
            name_en=self.name_en.data or "",
            summary=self.summary.data or "",
            host_id=int(given_value(self.host.data)),
            registration_opens_at=clock.from_shanghai(given_value(self.registration_opens_at.data)),
            registration_closes_at=clock.from_shanghai(
                given_value(self.registration_closes_at.data)
            ),
            starts_on=given_value(self.starts_on.data),
            ends_on=given_value(self.ends_on.data),
            results_due_at=clock.from_shanghai(due) if due else None,
        )


def given_value(value: T | None) -> T:
    """What a validated field holds; ``None`` cannot come here."""
    if value is None:
        raise ValueError("validated fields have a value")
    return value


def reading(moment: datetime | None) -> datetime | None:
    """A moment as a naive Shanghai clock reading, as forms show it."""
    return clock.in_shanghai(moment).replace(tzinfo=None) if moment else None


class ReasonForm(WebForm):
    """Why."""

    reason = TextAreaField(_("Reason"), [NEEDED, Length(max=500)])


class ReopenForm(ReasonForm):
    """Until when registration is open now, and why."""

    registration_closes_at = DateTimeLocalField(_("Registration closes"), [NEEDED, near])

    def given(self) -> datetime:
        """The closing moment in UTC."""
        return clock.from_shanghai(given_value(self.registration_closes_at.data))


class EventFilter(Form):
    """What a list of events is narrowed to."""

    q = StringField(_("Name or code"))
    kind = SelectField(_("Kind"))
    state = SelectField(_("State"))

    def offer(self) -> None:
        """Fill the lists."""
        everything = ("", gettext("All"))
        kinds = [(kind.value, gettext(label)) for kind, label in KIND_LABELS.items()]
        states = [(state.value, gettext(label)) for state, label in STATE_LABELS.items()]
        self.kind.choices, self.state.choices = [everything, *kinds], [everything, *states]


class PublicFilter(Form):
    """What visitors narrow the list to."""

    q = StringField(_("Name or code"))
    kind = SelectField(_("Kind"))

    def offer(self) -> None:
        """Fill the list."""
        kinds = [(kind.value, gettext(label)) for kind, label in KIND_LABELS.items()]
        self.kind.choices = [("", gettext("All")), *kinds]
