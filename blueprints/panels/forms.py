"""Forms of panels: seats, conditions, a judge's card, exceptions and declarations."""

from typing import Any

from flask_babel import gettext
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from blueprints.web import WebForm, _
from eventsys.events.models import Track
from eventsys.groups.models import Unit
from eventsys.identity.models import User
from eventsys.identity.rules import Role
from eventsys.panels.actions import MOST_RESERVES, TermsFacts
from eventsys.panels.models import JudgeCard, JudgeSeat, Panel
from eventsys.panels.queries import Standing, holders, seats_of, standings_of
from eventsys.panels.recusal_actions import DeclaredFacts
from eventsys.panels.rules import (
    DECLARED,
    MODE_LABELS,
    OLDEST_BIRTH_YEAR,
    RELATION_LABELS,
    SETTLED,
    TITLE_LABELS,
    WITHOUT_ENTRIES,
    Card,
    Mode,
    Relation,
    Terms,
    Title,
)
from eventsys.schemes.queries import competition_rules

NEEDED = InputRequired(_("Fill in this field."))
NOBODY = 0
MOST = 99
LATEST_YEAR = 2100


def _number(label: Any, least: int = 0, most: int = MOST) -> IntegerField:
    limits = NumberRange(least, most, _("Enter a whole number in the range shown."))
    return IntegerField(label, [Optional(), limits])


class ReasonForm(WebForm):
    """Why something is done that the rules do not expect."""

    reason = TextAreaField(_("Reason"), [NEEDED, Length(max=200)])


class PanelForm(WebForm):
    """One choice for each seat; subclassed for the number of seats."""

    seats: int

    def given(self) -> dict[int, int]:
        """The accounts by seat; empty seats left out."""
        chosen = {number: self[f"seat{number}"].data for number in range(1, self.seats + 1)}
        return {number: user_id for number, user_id in chosen.items() if user_id != NOBODY}


def panel_form(track: Track, seated: list[JudgeSeat], reserves: int) -> PanelForm:
    """A form with as many seats as the track wants judges, showing who sits there now."""
    needed = competition_rules(track).judges
    judges = holders(track, Role.JUDGE)
    standings = standings_of(track, judges, [seat.user_id for seat in seated])
    choices = [SelectChoice(str(NOBODY), "—")]
    choices += [SelectChoice(str(one.id), _note(standings[one.id])) for one in judges]
    now = {seat.seat: seat.user_id for seat in seated}
    fields = {
        f"seat{number}": SelectField(
            _seat_label(number, needed),
            coerce=int,
            choices=choices,
            default=now.get(number, NOBODY),
        )
        for number in range(1, needed + reserves + 1)
    }
    return type("SeatsForm", (PanelForm,), {"seats": needed + reserves, **fields})()


def _seat_label(number: int, needed: int) -> str:
    if number > needed:
        return gettext("Reserve seat %(n)s", n=number)
    return gettext("Seat %(n)s", n=number)


def _note(one: Standing) -> str:
    name = one.user.name
    if one.bar:
        return gettext("%(name)s (must stand aside: %(unit)s)", name=name, unit=one.bar.whom)
    if one.violated:
        return gettext("%(name)s (not admitted)", name=name)
    return name


class ReserveForm(WebForm):
    """Who joins the panel as a reserve judge."""

    judge = SelectField(_("Judge"), coerce=int)

    def offer(self, track: Track) -> dict[int, User]:
        """The judges of the track without a seat; chosen by key."""
        seated = {seat.user_id for seat in seats_of(track.id)}
        found = {one.id: one for one in holders(track, Role.JUDGE) if one.id not in seated}
        self.judge.choices = [SelectChoice(str(one.id), one.name) for one in found.values()]
        return found


class TermsForm(WebForm):
    """What a track asks of its judges; empty fields ask nothing."""

    min_years = _number(_("Years in the profession, at least"))
    min_title = SelectField(_("Title, at least"))
    max_age = _number(_("Age, at most"), 18, 120)
    age_on = DateField(
        _("Reference date of the age"),
        [Optional()],
        description=_("Empty: the first day of the event."),
    )
    min_judgings = _number(_("Earlier judgings, at least"))
    needs_consent = BooleanField(_("The employer must consent"))
    most_per_unit = _number(_("Judges of one employer, at most"), 1)
    reserves = IntegerField(
        _("Reserve judges"),
        [InputRequired(), NumberRange(0, MOST_RESERVES)],
        default=0,
        description=_(
            "They mark like everybody; their sheets count only in place of a judge who is excused"
            " or stands aside."
        ),
    )
    sponsors = TextAreaField(
        _("Sponsors and technical supporters"),
        [Length(max=2000)],
        description=_("One name in each line. Their staff do not judge."),
    )

    def offer(self) -> None:
        """The titles in the reader's language."""
        self.min_title.choices = [SelectChoice("", gettext("any")), *_titles()]

    def modes(self) -> dict[Relation, Mode]:
        """What each relation leads to, as chosen."""
        return {one: Mode(self[f"mode_{one.value}"].data) for one in _decided()}

    def given(self) -> TermsFacts:
        """The conditions as the action takes them."""
        terms = Terms(
            self.min_years.data,
            Title(self.min_title.data) if self.min_title.data else None,
            self.max_age.data,
            self.min_judgings.data,
            bool(self.needs_consent.data),
            self.most_per_unit.data,
        )
        return TermsFacts(
            terms, self.age_on.data, self.reserves.data or 0, self.modes(), self.sponsors.data or ""
        )


def terms_form(panel: Panel | None) -> TermsForm:
    """The conditions of a track, filled in as they are."""
    now = panel or Panel(modes={}, reserves=0, needs_consent=False, sponsors="")
    fields = {
        f"mode_{one.value}": SelectField(
            gettext(RELATION_LABELS[one]),
            choices=_modes(one),
            default=now.mode_of(one).value,
        )
        for one in _decided()
    }
    form = type("TrackTermsForm", (TermsForm,), fields)(obj=now)
    form.offer()
    if not form.is_submitted():
        form.min_title.data = now.min_title.value if now.min_title else ""
    return form


def _decided() -> list[Relation]:
    return [one for one in Relation if one not in SETTLED]


def _modes(relation: Relation) -> list[SelectChoice]:
    left_out = {Mode.ENTRY} if relation in WITHOUT_ENTRIES else {Mode.NOTHING}
    return [
        SelectChoice(one.value, gettext(MODE_LABELS[one])) for one in Mode if one not in left_out
    ]


def _titles() -> list[SelectChoice]:
    return [SelectChoice(one.value, gettext(label)) for one, label in TITLE_LABELS.items()]


KNOWN = {"": None, "yes": True, "no": False}


class CardForm(WebForm):
    """What is known of somebody as a judge; empty fields are not known."""

    employer_id = SelectField(_("Employer, if a unit of the group"), coerce=int)
    employer = StringField(
        _("Employer, if outside the group"), [Length(max=100)], description=_("The full name.")
    )
    title = SelectField(_("Title"))
    since_year = IntegerField(
        _("In the profession since"), [Optional(), NumberRange(OLDEST_BIRTH_YEAR, LATEST_YEAR)]
    )
    birth_year = IntegerField(
        _("Year of birth"), [Optional(), NumberRange(OLDEST_BIRTH_YEAR, LATEST_YEAR)]
    )
    judgings = _number(_("Earlier judgings at provincial level or in the industry"), most=999)
    consent = SelectField(_("Consent of the employer"))

    def given(self) -> Card:
        """The card as the action takes it."""
        return Card(
            self.employer.data or "",
            int(self.employer_id.data or NOBODY) or None,
            Title(self.title.data) if self.title.data else None,
            self.since_year.data,
            self.birth_year.data,
            self.judgings.data,
            KNOWN[self.consent.data or ""],
        )


def card_form(card: JudgeCard | None, units: list[Unit]) -> CardForm:
    """A judge's card, filled in as it is."""
    form = CardForm(obj=card)
    form.employer_id.choices = _units(units)
    form.title.choices = [SelectChoice("", gettext("not known")), *_titles()]
    form.consent.choices = [
        SelectChoice("", gettext("not known")),
        SelectChoice("yes", gettext("given")),
        SelectChoice("no", gettext("refused")),
    ]
    if not form.is_submitted():
        form.employer_id.data = (card.employer_id if card else None) or NOBODY
        form.title.data = card.title.value if card and card.title else ""
        words = {known: word for word, known in KNOWN.items()}
        form.consent.data = words[card.consent if card else None]
        if card and card.employer_id:
            form.employer.data = ""
    return form


class DeclareForm(WebForm):
    """A relation to a unit, to a person, or to both."""

    relation = SelectField(_("Relation"))
    unit_id = SelectField(_("Unit"), coerce=int)
    person_name = StringField(
        _("Name of the person"),
        [Length(max=50)],
        description=_("As far as you know it. Leave it empty if the relation is to the unit."),
    )
    note = StringField(_("What should be known about it"), [Length(max=200)])

    def given(self) -> DeclaredFacts:
        """The declaration as the action takes it."""
        return DeclaredFacts(
            Relation(self.relation.data),
            int(self.unit_id.data or NOBODY) or None,
            self.person_name.data or "",
            self.note.data or "",
        )


class DeclareForForm(DeclareForm):
    """As the organizer enters it, with what it leads to."""

    mode = SelectField(_("Consequence"))

    def given(self) -> DeclaredFacts:
        """The declaration as the action takes it."""
        own = super().given()
        mode = Mode(self.mode.data) if self.mode.data else None
        return DeclaredFacts(own.relation, own.unit_id, own.person_name, own.note, mode)


def declare_form(units: list[Unit], *, is_organizer: bool = False) -> DeclareForm:
    """A declaration; the list of units is the whole group's, whoever takes part."""
    form = DeclareForForm() if is_organizer else DeclareForm()
    form.relation.choices = [
        SelectChoice(one.value, gettext(RELATION_LABELS[one])) for one in DECLARED
    ]
    form.unit_id.choices = _units(units)
    if isinstance(form, DeclareForForm):
        usual = SelectChoice("", gettext("as the track says"))
        modes = (Mode.EVENT, Mode.ENTRY)
        form.mode.choices = [
            usual,
            *(SelectChoice(one.value, gettext(MODE_LABELS[one])) for one in modes),
        ]
    return form


def _units(units: list[Unit]) -> list[SelectChoice]:
    named = (SelectChoice(str(one.id), one.name) for one in units)
    return [SelectChoice(str(NOBODY), "—"), *named]
