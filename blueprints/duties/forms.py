"""Forms of duties: who is on the list, who serves, when people can come."""

from typing import Any

from flask_babel import gettext
from wtforms import DateField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from blueprints.numbers import WholeNumberField
from blueprints.web import WebForm, _, key_in
from eventsys.duties.rules import MINUTES_A_DAY, OFFICE_LABELS, WEEKDAYS, Office, Stretch
from eventsys.identity.models import User

NEEDED = InputRequired(_("Fill in this field."))
CAN, CANNOT, ANY_DAY = "can", "cannot", ""
NOBODY = 0


class TimesForm(WebForm):
    """When somebody can or cannot come."""

    can = SelectField(_("At this time"), [NEEDED], choices=[])
    weekday = SelectField(_("Weekday"), choices=[])
    from_on = DateField(_("From day"), [Optional()])
    to_on = DateField(_("To day"), [Optional()])
    from_time = TimeField(_("From time"), [Optional()])
    to_time = TimeField(_("To time"), [Optional()])
    reason = StringField(_("Remark"), [Length(max=100)])

    def offer(self) -> None:
        """The choices in the reader's language."""
        self.can.choices = [
            (CANNOT, gettext("I cannot come")),
            (CAN, gettext("I can come, and at no other time")),
        ]
        self.weekday.choices = [
            (ANY_DAY, gettext("Every day")),
            *((str(n), gettext(day)) for n, day in enumerate(WEEKDAYS)),
        ]

    def given(self) -> Stretch:
        """The line as a value; one day is from it to it."""
        first, last = self.from_on.data, self.to_on.data
        return Stretch(
            can=self.can.data == CAN,
            weekday=int(self.weekday.data) if self.weekday.data else None,
            from_on=first,
            to_on=last or first,
            from_minute=_minute(self.from_time.data, 0),
            to_minute=_minute(self.to_time.data, MINUTES_A_DAY),
        )


def _minute(given: Any, otherwise: int) -> int:
    return otherwise if given is None else given.hour * 60 + given.minute


class ListForm(WebForm):
    """Somebody for an office anywhere in the event."""

    user = SelectField(_("Person"), [NEEDED], coerce=key_in, choices=[])
    office = SelectField(_("Office"), [NEEDED], choices=[])
    most = WholeNumberField(_("Duties at most"), [Optional(), NumberRange(1, 999)])

    def offer(self, users: list[User]) -> None:
        """The accounts of the group and the offices."""
        self.user.choices = [(one.id, f"{one.name} ({one.username})") for one in users]
        self.office.choices = [(one.value, gettext(OFFICE_LABELS[one])) for one in Office]

    def chosen(self) -> Office:
        """The office that was chosen."""
        return Office(self.office.data)


class DutyForm(WebForm):
    """Who takes a duty; nobody: the planner may fill it."""

    user = WholeNumberField(validators=[NEEDED])

    def who(self) -> int | None:
        """The account that was chosen."""
        given: Any = self.user.data
        return None if given == NOBODY else int(given)
