"""Forms of entries: people in rows, normalised once, refusals at the field they belong to."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from blueprints.events.rows import Row
from blueprints.web import DoForm, WebForm, _, words
from eventsys import clock
from eventsys.errors import DomainError
from eventsys.events.models import Track
from eventsys.groups.models import Unit
from eventsys.id_numbers import IdKind, normalise_id_number
from eventsys.person_names import normalise_name
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import (
    ID_KIND_LABELS,
    STATE_LABELS,
    EntryFacts,
    EntryState,
    EntryUnfit,
    Given,
    MemberRole,
    Shape,
    normalise_phone,
)

NEEDED = InputRequired(_("Fill in this field."))
MOST_PEOPLE = 50


class PersonRow(Row):
    """One person. With ``member_id`` an empty number means: the one that is stored."""

    marks = ("name", "id_number")
    needed = ("name",)
    member_id = HiddenField()
    name = StringField(_("Full name"), [Length(max=200)])
    id_kind = SelectField(_("Identity document type"))
    id_number = StringField(_("Identity document number"), [Length(max=60)])
    phone = StringField(_("Phone"), [Length(max=40)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recognised = ("", gettext("Identity card, or recognised by its form"))
        kinds = [(kind.value, gettext(label)) for kind, label in ID_KIND_LABELS.items()]
        self.id_kind.choices = [recognised, *kinds]

    def shown(self, key: str) -> Field:
        """A number that is stored need not be typed again."""
        field = super().shown(key)
        if key == "id_number":
            flags: Any = field.flags
            flags.required = not self.member_id.data
        return field

    def read(self, role: MemberRole) -> Given | None:
        """The person, normalised; ``None`` when a field is refused, which is said there."""
        key = self.member_id.data or ""
        member_id = int(key) if key.isascii() and key.isdecimal() and len(key) < 17 else None  # noqa: PLR2004  below 2**53
        kind = IdKind(self.id_kind.data) if self.id_kind.data else None
        number_text, phone_text = self.id_number.data or "", self.phone.data or ""
        name = self._try(self.name, lambda: normalise_name(self.name.data or ""))
        kept = member_id is not None and not number_text
        number = None
        if not kept:
            number = self._try(
                self.id_number, lambda: normalise_id_number(number_text, clock.today(), kind)
            )
        phone = self._try(self.phone, lambda: normalise_phone(phone_text) if phone_text else "")
        if name is None or phone is None or (number is None and not kept):
            return None
        return Given(role, name, number, phone, member_id)

    @staticmethod
    def _try(field: Any, read: Any) -> Any:
        try:
            return read()
        except DomainError as refusal:
            field.errors = [*field.errors, words(refusal)]
            return None


class UnfitForm(WebForm):
    """A form that can show everything that is wrong with an entry."""

    def refuse(self, refusal: DomainError) -> None:
        """Show each problem; those of a person at the person's row."""
        super().refuse(refusal)
        if isinstance(refusal, EntryUnfit):
            self.form_errors = [words(problem) for problem in refusal.problems]
            for problem in refusal.problems:
                self.mark(problem.at, problem.field, words(problem))

    def mark(self, at: int | None, key: str | None, text: str) -> None:
        """Put a text at a field; plain buttons have none."""


class SubmitForm(UnfitForm, DoForm):
    """Handing an entry in with one button."""


class EntryForm(UnfitForm):
    """A new or corrected entry; how many rows there are follows from the shape."""

    unit = SelectField(_("Unit"), [NEEDED], coerce=int)
    team_name = StringField(_("Name of the team"), [Optional(), Length(max=100)])
    people = FieldList(FormField(PersonRow), _("Who takes part"), max_entries=MOST_PEOPLE)
    instructors = FieldList(FormField(PersonRow), _("Instructors"), max_entries=MOST_PEOPLE)
    version = HiddenField()
    shape: Shape
    given_people: list[tuple[PersonRow, Given | None]]

    def take_shape(self, shape: Shape, units: Sequence[Unit]) -> None:
        """Fit the form to a track and to the units one may enter."""
        self.shape = shape
        self.given_people = []
        self.unit.choices = [(unit.id, unit.name) for unit in units]
        if self.unit.data is None and units:
            self.unit.data = units[0].id

    def start(self, entry: Entry | None = None) -> None:
        """Show what is stored, and empty rows for whoever may still be added."""
        members: list[Member] = list(entry.members) if entry else []
        coaches = [one for one in members if one.role is MemberRole.INSTRUCTOR]
        others = [one for one in members if one.role is not MemberRole.INSTRUCTOR]
        _fill_rows(self.people, others, self.shape.most)
        _fill_rows(self.instructors, coaches, self.shape.instructors)
        if entry is not None:
            self.team_name.data, self.unit.data = entry.team_name, entry.unit_id
            self.version.data = str(entry.version)

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields' shape first, then every name, number and phone number."""
        if not super().validate(extra_validators):
            return False
        rows = [(one.form, self.shape.role) for one in self.people]
        rows += [(one.form, MemberRole.INSTRUCTOR) for one in self.instructors]
        self.given_people = [(row, row.read(role)) for row, role in rows if not row.is_blank()]
        self.form_errors = [
            gettext("%(name)s: %(problem)s", name=row.name.data or at, problem=text)
            for at, (row, _given) in enumerate(self.given_people, start=1)
            for texts in row.errors.values()
            for text in texts
        ]
        return not self.form_errors

    def team_name_drawn(self) -> Field:
        """The team's name as it is drawn: a draft may wait for it, a submitted entry may not."""
        flags: Any = self.team_name.flags
        flags.required = self.shape.is_team
        return self.team_name

    def given(self) -> EntryFacts:
        """The entry, normalised."""
        people = tuple(given for _row, given in self.given_people if given is not None)
        return EntryFacts(people, (self.team_name.data or "") if self.shape.is_team else "")

    @property
    def seen(self) -> int:
        """The version the person looked at."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004  a count

    def mark(self, at: int | None, key: str | None, text: str) -> None:
        """Put a text at a person's field, or at a field of the entry."""
        if at is not None and at < len(self.given_people):
            field = self.given_people[at][0][key or "name"]
        elif key in self._fields:
            field = self[key]
        else:
            return
        field.errors = [*field.errors, text]


def _fill_rows(rows: FieldList, members: Sequence[Member], most: int) -> None:
    for member in members:
        kind = member.person.id_kind.value
        rows.append_entry({"member_id": member.id, "name": member.person.name, "id_kind": kind})
    while len(rows.entries) < min(most, MOST_PEOPLE):
        rows.append_entry()


class UploadForm(WebForm):
    """A filled-in table, and for which unit."""

    unit = SelectField(_("Unit"), [NEEDED], coerce=int)
    file = FileField(_("Filled-in table"), [FileRequired(_("Choose the file first."))])

    def offer(self, units: Sequence[Unit]) -> None:
        """Fill the list of units one may enter for."""
        self.unit.choices = [(unit.id, unit.name) for unit in units]
        if self.unit.data is None and units:
            self.unit.data = units[0].id


class ReasonForm(WebForm):
    """Why."""

    reason = TextAreaField(_("Reason"), [NEEDED, Length(max=500)])


class AdmissionForm(WebForm):
    """Which unit may enter a final directly, and why."""

    unit = SelectField(_("Unit"), [NEEDED], coerce=int)
    reason = TextAreaField(_("Reason"), [NEEDED, Length(max=200)])

    def offer(self, units: Sequence[Unit]) -> None:
        """The units of the group."""
        self.unit.choices = [(one.id, one.name) for one in units]

    def given(self, units: Sequence[Unit]) -> Unit | None:
        """The chosen unit."""
        return next((one for one in units if one.id == self.unit.data), None)


class WithdrawForm(WebForm):
    """Why, if one wants or has to say it."""

    reason = TextAreaField(_("Reason"), [Optional(), Length(max=500)])


class ExportForm(WebForm):
    """With or without full identity numbers."""

    full = BooleanField(_("With full identity numbers and phone numbers"))
    reason = TextAreaField(_("Reason"), [Optional(), Length(max=200)])


class EntryFilter(Form):
    """What a list of entries is narrowed to."""

    q = StringField(_("Name, team or number"))
    track = SelectField(_("Registered for"))
    unit = SelectField(_("Unit"))
    state = SelectField(_("State"))

    def offer(self, tracks: Iterable[Track], units: Iterable[Unit], *, drafts: bool) -> None:
        """Fill the lists; the unit is left out where there is only one's own."""
        everything = ("", gettext("All"))
        self.track.choices = [everything, *((str(one.id), one.name) for one in tracks)]
        self.unit.choices = [everything, *((str(one.id), one.name) for one in units)]
        states = [one for one in STATE_LABELS if drafts or one is not EntryState.DRAFT]
        labels = [(one.value, gettext(STATE_LABELS[one])) for one in states]
        self.state.choices = [everything, *labels]
        if len(self.unit.choices) <= 2:  # noqa: PLR2004  "all" and one
            del self.unit
