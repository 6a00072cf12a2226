"""Forms of incidents."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext
from wtforms import (
    DecimalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from blueprints.language import named, show_moment
from blueprints.signatures import SignatureField
from blueprints.web import WebForm, _, key_in
from eventsys import clock
from eventsys.attendance.tickets import LONGEST_SCAN
from eventsys.events.rules import ModuleRule
from eventsys.identity.models import User
from eventsys.incidents.actions import Note, Whereabouts
from eventsys.incidents.models import IncidentDecision
from eventsys.incidents.rules import VIOLATIONS, DecisionFacts, IncidentFacts, Suggestion
from eventsys.incidents.states import EFFECT_LABELS, KIND_LABELS, Effect, IncidentKind, Receipt
from eventsys.signatures.rules import NotSigned
from eventsys.timetable.models import Session

NEEDED = InputRequired(_("Fill in this field."))
OP_FORM = Regexp(r"^[0-9a-f-]{36}$")
FAULTS = {"no": False, "yes": True}


class NeededAtTimes(Optional):
    """Needed or not by what else is entered: the field does not call itself optional."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"needed_at_times": True}


def choices_of(labels: Mapping[Any, str]) -> list[tuple[str, str]]:
    """An enumeration as a list to choose from, in the reader's language."""
    return [(one.value, gettext(label)) for one, label in labels.items()]


def module_choices(modules: Iterable[ModuleRule]) -> list[tuple[str, str]]:
    """The modules of a track, after the choice of none."""
    return [("", "–"), *((one.code, f"{one.code} {named(one)}") for one in modules)]


class RecordForm(WebForm):
    """What happened, at which station."""

    op = HiddenField(validators=[OP_FORM])
    session_id = SelectField(_("Session"), [Optional()], coerce=key_in)
    station = StringField(_("Station number"), [NeededAtTimes(), Length(max=10)])
    ticket = StringField(_("Ticket or contest number"), [Length(max=LONGEST_SCAN)])
    kind = RadioField(_("Kind of incident"), [NEEDED])
    own_fault = RadioField(_("Did the contestant cause the failure?"), [NeededAtTimes()])
    violation = SelectField(_("Which rule was broken"), [Optional()])
    to_station = StringField(_("Moves to station"), [NeededAtTimes(), Length(max=10)])
    to_session_id = SelectField(_("Moves to session"), [Optional()])
    witness_id = SelectField(_("Supervisor who sees the change"), [Optional()])
    module = SelectField(_("Module"), [Optional()])
    minutes_ago = IntegerField(_("Began how many minutes ago"), [Optional(), NumberRange(0, 1440)])
    lasted = IntegerField(_("Lasted how many minutes"), [Optional(), NumberRange(0, 1440)])
    description = TextAreaField(_("What was seen"), [Length(max=2000)])

    def offer(
        self,
        held: Sequence[Session],
        now_held: Session | None,
        modules: Sequence[ModuleRule],
        witnesses: Sequence[User],
    ) -> None:
        """Fill the lists; the session that runs now is chosen already."""
        names = [(one.id, f"{one.name} · {show_moment(one.starts_at)}") for one in held]
        self.session_id.choices = names
        self.to_session_id.choices = [("", "–"), *((str(key), name) for key, name in names)]
        self.kind.choices = choices_of(KIND_LABELS)
        self.own_fault.choices = [("no", gettext("No")), ("yes", gettext("Yes"))]
        kinds = [(one.code, gettext(one.label)) for one in VIOLATIONS]
        self.violation.choices = [("", "–"), *kinds]
        self.module.choices = module_choices(modules)
        self.witness_id.choices = [("", "–"), *((str(one.id), one.name) for one in witnesses)]
        if request.method == "GET":
            self.op.data = str(uuid.uuid4())
            self.session_id.data = now_held.id if now_held else None

    def place(self) -> Whereabouts:
        """Who is meant."""
        return Whereabouts(
            op=self.op.data or "",
            session_id=int(self.session_id.data) if self.session_id.data else None,
            station=(self.station.data or "").strip(),
            ticket=(self.ticket.data or "").strip(),
        )

    def given(self) -> IncidentFacts:
        """What was filled in; without a time it began now."""
        starts = clock.now() - timedelta(minutes=self.minutes_ago.data or 0)
        lasted = self.lasted.data
        return IncidentFacts(
            kind=IncidentKind(self.kind.data),
            starts_at=starts,
            ends_at=None if lasted is None else starts + timedelta(minutes=lasted),
            description=self.description.data or "",
            own_fault=FAULTS.get(self.own_fault.data or ""),
            violation=self.violation.data or "",
            module=self.module.data or "",
            to_station=(self.to_station.data or "").strip(),
            to_session_id=key_in(self.to_session_id.data) if self.to_session_id.data else None,
            witness_id=key_in(self.witness_id.data) if self.witness_id.data else None,
        )


class DescribeForm(WebForm):
    """More of what was seen."""

    text = TextAreaField(_("Add what was seen"), [NEEDED, Length(max=500)])


class _PadField(SignatureField):
    """Asked for only where the contestant signs here."""

    def pre_validate(self, form: Any) -> None:
        """Empty is right when the signature is refused or stands on paper."""
        if form.receipt.data == Receipt.SIGNED:
            super().pre_validate(form)


class NoteForm(WebForm):
    """How the contestant took note of the record."""

    receipt = RadioField(_("How it was acknowledged"), [NEEDED], default=Receipt.SIGNED.value)
    signature = _PadField(_("Signature of the contestant"))
    second_judge = StringField(_("Second floor judge, if refused"), [Length(max=50)])

    def offer(self) -> None:
        """Fill the list."""
        self.receipt.choices = [
            (Receipt.SIGNED.value, gettext("The contestant signs here")),
            (Receipt.ON_PAPER.value, gettext("The contestant has signed on paper")),
            (Receipt.REFUSED.value, gettext("The contestant does not sign")),
        ]

    def given(self) -> Note:
        """What was filled in."""
        if self.receipt.data == Receipt.SIGNED and not self.signature.data:
            raise NotSigned
        return Note(
            Receipt(self.receipt.data), self.signature.data or "", self.second_judge.data or ""
        )


class DecideForm(WebForm):
    """What follows from an incident."""

    seen_version = HiddenField(default="0", validators=[Regexp(r"^[0-9]{1,6}$")])
    effect = RadioField(_("Decision"), [NEEDED])
    minutes = IntegerField(_("Minutes"), [Optional(), NumberRange(0, 480)])
    seconds = IntegerField(_("Seconds"), [Optional(), NumberRange(0, 59)])
    points = DecimalField(_("Points off the total"), [Optional()], places=None)
    module = SelectField(_("Module"), [Optional()])
    rule_text = StringField(_("Rule decided by"), [NEEDED, Length(max=300)])
    reason = TextAreaField(_("Why the earlier decision is replaced"), [Length(max=500)])

    def offer(self, modules: Sequence[ModuleRule]) -> None:
        """Fill the lists."""
        self.effect.choices = choices_of(EFFECT_LABELS)
        self.module.choices = module_choices(modules)

    def begin(
        self, latest: IncidentDecision | None, lost: int | None, usual: Suggestion | None
    ) -> None:
        """Start from the time lost and from what is usual; nothing is chosen for the judge."""
        if request.method != "GET":
            return
        self.seen_version.data = str(latest.version if latest else 0)
        self.minutes.data, self.seconds.data = divmod(lost or 0, 60)
        if usual is not None and usual.effect is Effect.POINTS_OFF:
            self.points.data = usual.points

    def given(self) -> DecisionFacts:
        """What was filled in."""
        return DecisionFacts(
            effect=Effect(self.effect.data),
            rule_text=self.rule_text.data or "",
            seconds=(self.minutes.data or 0) * 60 + (self.seconds.data or 0),
            points=self.points.data if self.points.data is not None else Decimal(0),
            module=self.module.data or "",
            reason=self.reason.data or "",
        )
