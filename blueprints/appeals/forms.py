"""Forms of appeals."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    DecimalField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from blueprints.events.forms import near
from blueprints.language import named, show_moment
from blueprints.signatures import SignatureField
from blueprints.web import WebForm, _, key_in
from eventsys import clock
from eventsys.appeals.actions import Proof
from eventsys.appeals.queries import Candidate
from eventsys.appeals.rules import AppealFacts, Paper, RulingFacts
from eventsys.appeals.states import (
    CONSEQUENCE_LABELS,
    DEPOSIT_LABELS,
    GROUND_LABELS,
    OUTCOME_LABELS,
    Consequence,
    Ground,
    Outcome,
)
from eventsys.events.rules import ModuleRule
from eventsys.incidents.models import Incident
from eventsys.incidents.rules import DecisionFacts
from eventsys.incidents.states import EFFECT_LABELS, Effect

NEEDED = InputRequired(_("Fill in this field."))


def choices_of(labels: Mapping[Any, str]) -> list[tuple[str, str]]:
    """An enumeration as a list to choose from, in the reader's language."""
    return [(one.value, gettext(label)) for one, label in labels.items()]


def module_choices(modules: Iterable[ModuleRule], whole: str) -> list[tuple[str, str]]:
    """The modules of a track, after the choice of all of it."""
    return [("", whole), *((one.code, f"{one.code} {named(one)}") for one in modules)]


class EndForm(WebForm):
    """When a module or the whole competition ended."""

    module = SelectField(_("What ended"), [Optional()])
    at = DateTimeLocalField(
        _("Ended at"), [NEEDED, near], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    reason = StringField(_("Why it is corrected"), [Length(max=300)])

    def offer(self, modules: Sequence[ModuleRule]) -> None:
        """Fill the list; the end is now unless something else is typed."""
        self.module.choices = module_choices(modules, gettext("The whole competition"))
        if not self.is_submitted():
            self.at.data = clock.in_shanghai(clock.now()).replace(tzinfo=None, second=0)

    def moment(self) -> datetime:
        """When it ended."""
        return clock.from_shanghai(self.at.data) if self.at.data else clock.now()


class _Signed(WebForm):
    """What the leader signs: by hand or with the full name, and with the password."""

    signature = SignatureField(_("Your signature"))
    password = PasswordField(_("Your password"), [NEEDED, Length(max=200)])

    def proof(self) -> Proof:
        """What was given."""
        return Proof(self.signature.data or "", self.password.data or "")


class LodgeForm(_Signed):
    """An appeal in writing."""

    ground = RadioField(_("Ground of the appeal"), [NEEDED])
    module = SelectField(_("Module"), [Optional()])
    text = TextAreaField(_("What happened, and what you ask for"), [NEEDED, Length(max=2000)])
    paper = FileField(_("Evidence"), description=_("One PDF, JPEG or PNG file of at most 5 MB."))
    insists = BooleanField(_("Send it all the same, to be recorded as not admitted"))

    def offer(self, modules: Sequence[ModuleRule]) -> None:
        """Fill the lists."""
        self.ground.choices = choices_of(GROUND_LABELS)
        self.module.choices = module_choices(modules, gettext("The whole competition"))

    def given(self) -> AppealFacts:
        """What was filled in."""
        file = self.paper.data
        paper = Paper(file.filename or "", file.read()) if file and file.filename else None
        return AppealFacts(
            Ground(self.ground.data),
            self.text.data or "",
            self.module.data or "",
            bool(self.insists.data),
            paper,
        )


class GoOnForm(_Signed):
    """Why the first ruling is not accepted."""

    text = TextAreaField(_("Why the first ruling is wrong"), [NEEDED, Length(max=2000)])


class PanelForm(WebForm):
    """Who rules."""

    members = SelectMultipleField(
        _("Members"), [NEEDED], coerce=key_in, widget=ListWidget(), option_widget=CheckboxInput()
    )

    def offer(self, free: Sequence[Candidate]) -> None:
        """Fill the list with those who may sit."""
        self.members.choices = [(one.user.id, one.user.name) for one in free if not one.conflict]


class ReasonForm(WebForm):
    """Why a member steps aside."""

    reason = StringField(_("Reason"), [NEEDED, Length(max=200)])


class DepositForm(WebForm):
    """What happened to the deposit."""

    deed = SelectField(_("Deposit"))

    def offer(self) -> None:
        """Fill the list."""
        self.deed.choices = choices_of(DEPOSIT_LABELS)


class RuleForm(WebForm):
    """How the panel ruled."""

    outcome = RadioField(_("Decision"), [NEEDED])
    votes_for = IntegerField(_("Votes for the appeal"), [InputRequired(), NumberRange(0, 99)])
    votes_against = IntegerField(_("Votes against it"), [InputRequired(), NumberRange(0, 99)])
    reasons = TextAreaField(_("Reasons"), [NEEDED, Length(max=2000)])
    consequence = RadioField(_("What follows"), default=Consequence.NOTHING.value)
    remedy = TextAreaField(_("What exactly is corrected or marked again"), [Length(max=500)])
    incident_id = SelectField(_("Incident decided anew"), [Optional()])
    effect = SelectField(_("New decision"), [Optional()])
    minutes = IntegerField(_("Added minutes"), [Optional(), NumberRange(0, 480)])
    points = DecimalField(_("Points off the total"), [Optional()], places=None)
    module = SelectField(_("Cancelled module"), [Optional()])
    password = PasswordField(_("Your password"), [NEEDED, Length(max=200)])

    def offer(self, incidents: Sequence[Incident], modules: Sequence[ModuleRule]) -> None:
        """Fill the lists."""
        self.outcome.choices = choices_of(OUTCOME_LABELS)
        self.consequence.choices = choices_of(CONSEQUENCE_LABELS)
        shown = [
            (
                str(one.id),
                gettext("Incident %(n)s", n=one.number) + f" · {show_moment(one.starts_at)}",
            )
            for one in incidents
        ]
        self.incident_id.choices = [("", "–"), *shown]
        self.effect.choices = choices_of(EFFECT_LABELS)
        self.module.choices = module_choices(modules, "–")

    def given(self) -> RulingFacts:
        """What was filled in."""
        return RulingFacts(
            Outcome(self.outcome.data),
            self.votes_for.data or 0,
            self.votes_against.data or 0,
            self.reasons.data or "",
            Consequence(self.consequence.data or Consequence.NOTHING.value),
            self.remedy.data or "",
        )

    def incident(self) -> int | None:
        """The incident that is decided anew."""
        return key_in(self.incident_id.data) if self.incident_id.data else None

    def decision(self, title: str) -> DecisionFacts:
        """The new decision about the incident; it follows from the appeal called ``title``."""
        return DecisionFacts(
            effect=Effect(self.effect.data or Effect.NONE.value),
            rule_text=gettext("Ruling on appeal %(title)s", title=title),
            seconds=(self.minutes.data or 0) * 60,
            points=self.points.data if self.points.data is not None else Decimal(0),
            module=self.module.data or "",
            reason=gettext("Ruling on appeal %(title)s", title=title),
        )
