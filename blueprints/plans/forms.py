"""Forms of plans: what holds for all of it, what each part needs, single items, runs."""

import re
import secrets
from datetime import timedelta
from typing import Any

from flask_babel import gettext
from wtforms import (
    BooleanField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from blueprints.language import show_day
from blueprints.numbers import WholeNumberField
from blueprints.web import WebForm, _
from eventsys.duties.rules import OFFICE_LABELS, Office
from eventsys.events.models import Event
from eventsys.plans.models import PlanItem, PlanNeed, PlanSettings
from eventsys.plans.needs import LONGEST, MOST_POSTS, SHORTEST, Need
from eventsys.plans.run_actions import SECONDS
from eventsys.plans.setting_actions import ItemFacts, PlanFacts
from eventsys.plans.shifts import (
    MOST_SHIFTS,
    TEMPLATE_LABELS,
    TEMPLATES,
    Shift,
    Template,
    check_shifts,
    pattern_of,
    time_of,
)
from eventsys.plans.wording import (
    CLASH_QUESTIONS,
    IMPORTANCE_LABELS,
    USUAL_WISHES,
    WEIGHT_LABELS,
    WISH_LABELS,
    Importance,
    Weight,
    importance_of,
)
from eventsys.timetable.models import Room
from eventsys.timetable.rules import SEVERITY
from eventsys.timetable.states import PURPOSE_LABELS, Purpose

NEEDED = InputRequired(_("Fill in this field."))
LINE = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~至到]\s*(\d{1,2})[:：](\d{2})\s*(.{0,20})")
DAY = 24 * 60
ANY = ""
LONGEST_REST = 600


def _minutes(label: Any) -> WholeNumberField:
    return WholeNumberField(label, [NEEDED, NumberRange(0, LONGEST_REST)])


class Ticks(SelectMultipleField):
    """Several of a list, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SettingsForm(WebForm):
    """What holds for the whole plan."""

    days = Ticks(_("Days"), coerce=int, choices=[])
    shifts = TextAreaField(_("Shifts of each day"), [NEEDED, Length(max=600)])
    rest = _minutes(_("Rest of contestants between two sessions, minutes"))
    gap = _minutes(_("A good breather between two modules, minutes"))
    duty_rest = _minutes(_("Rest between two duties of one person, minutes"))
    reset = _minutes(_("Minutes to reset a room that says nothing of its own"))
    travel = _minutes(_("Minutes between two venues of which nothing is said"))
    most = WholeNumberField(_("Duties of one person, at most"), [Optional(), NumberRange(1, 999)])
    most_a_day = WholeNumberField(
        _("Duties of one person on one day, at most"), [Optional(), NumberRange(1, 20)]
    )
    most_per_unit = WholeNumberField(
        _("Judges of one unit in a panel, at most"), [NEEDED, NumberRange(1, 20)]
    )
    odd_panels = BooleanField(_("Judges and assessors of a session are odd in number"))

    def offer(self, event: Event) -> None:
        """The days of the event, and the words for every wish and clash."""
        number = (event.ends_on - event.starts_on).days + 1
        self.days.choices = [
            (n, show_day(event.starts_on + timedelta(days=n))) for n in range(number)
        ]
        how = [(one.value, gettext(IMPORTANCE_LABELS[one])) for one in Importance]
        for kind in USUAL_WISHES:
            self[f"wish_{kind}"].choices = how
        weights = [(one.value, gettext(WEIGHT_LABELS[one])) for one in Weight]
        for kind in CLASH_QUESTIONS:
            self[f"clash_{kind}"].choices = weights

    def show(self, kept: PlanSettings) -> None:
        """Fill in what holds now."""
        shifts, days = pattern_of(kept.shifts)
        if not shifts:
            shifts, days = list(TEMPLATES[Template.CONTEST]), {n for n, _day in self.days.choices}
        for name in ("rest", "gap", "duty_rest", "reset", "travel", "most", "most_a_day"):
            self[name].data = getattr(kept, name)
        self.most_per_unit.data, self.odd_panels.data = kept.most_per_unit, kept.odd_panels
        self.days.data, self.shifts.data = sorted(days), lines_of(shifts)
        for kind in USUAL_WISHES:
            self[f"wish_{kind}"].data = importance_of(kept.wishes, kind).value
        for kind in CLASH_QUESTIONS:
            self[f"clash_{kind}"].data = kept.severities.get(kind.value, SEVERITY[kind].value)

    def validate_shifts(self, field: Any) -> None:
        """Every line must be a shift."""
        read_shifts(field.data or "")

    def given(self) -> PlanFacts:
        """The settings as the action takes them; refuses shifts that overlap."""
        return PlanFacts(
            shifts=check_shifts(
                read_shifts(self.shifts.data or ""), [int(one) for one in self.days.data or []]
            ),
            rest=self.rest.data or 0,
            duty_rest=self.duty_rest.data or 0,
            gap=self.gap.data or 0,
            reset=self.reset.data or 0,
            travel=self.travel.data or 0,
            wishes={kind: Importance(self[f"wish_{kind}"].data) for kind in USUAL_WISHES},
            severities={kind: Weight(self[f"clash_{kind}"].data) for kind in CLASH_QUESTIONS},
            most=self.most.data,
            most_a_day=self.most_a_day.data,
            most_per_unit=self.most_per_unit.data or 1,
            odd_panels=self.odd_panels.data,
        )


for _wish in USUAL_WISHES:
    setattr(SettingsForm, f"wish_{_wish}", SelectField(_(WISH_LABELS[_wish]), choices=[]))
for _clash in CLASH_QUESTIONS:
    setattr(SettingsForm, f"clash_{_clash}", SelectField(_(CLASH_QUESTIONS[_clash]), choices=[]))
WISHES = tuple(f"wish_{kind}" for kind in USUAL_WISHES)
CLASHES = tuple(f"clash_{kind}" for kind in CLASH_QUESTIONS)


def lines_of(shifts: list[Shift]) -> str:
    """Shifts as people write them, one a line."""
    return "\n".join(
        f"{time_of(one.starts)}-{time_of(one.ends)} {gettext(one.name) if one.name else ''}".strip()
        for one in shifts
    )


def read_shifts(text: str) -> list[Shift]:
    """The shifts written one a line; says which line is none."""
    lines = [one.strip() for one in text.splitlines() if one.strip()]
    if len(lines) > MOST_SHIFTS:
        raise ValidationError(gettext("At most %(n)s shifts.", n=MOST_SHIFTS))
    found = []
    for line in lines:
        match = LINE.fullmatch(line)
        times = [int(one) for one in match.groups()[:4]] if match else []
        if not match or times[0] * 60 + times[1] > DAY or times[2] * 60 + times[3] > DAY:
            raise ValidationError(
                gettext("“%(line)s” is no shift. Write it like 08:00-12:00 Morning.", line=line)
            )
        starts, ends = times[0] * 60 + times[1], times[2] * 60 + times[3]
        found.append(Shift(starts, ends, match[5].strip()))
    return found


class TemplateForm(WebForm):
    """A usual day to begin with."""

    template = SelectField(_("Template"), [NEEDED], choices=[])

    def offer(self) -> None:
        """The templates in the reader's language."""
        self.template.choices = [(one.value, gettext(TEMPLATE_LABELS[one])) for one in Template]


class NeedForm(WebForm):
    """What one part of a track needs."""

    minutes = WholeNumberField(_("Minutes of a session"), [NEEDED, NumberRange(SHORTEST, LONGEST)])
    at_once = WholeNumberField(_("Entries in one session, at most"), [NEEDED, NumberRange(1, 5000)])
    purpose = SelectField(_("Kind of room"), [NEEDED], choices=[])
    equipment = StringField(_("Equipment"), [Length(max=300)])
    step = WholeNumberField(_("Order"), [NEEDED, NumberRange(0, 20)])
    seniors = WholeNumberField(_("Of the judges, senior at least"), [NEEDED, NumberRange(0, 30)])

    def offer(self) -> None:
        """The purposes in the reader's language."""
        self.purpose.choices = [(one.value, gettext(PURPOSE_LABELS[one])) for one in Purpose]

    def show(self, need: PlanNeed) -> None:
        """Fill in what the part needs now."""
        for name in ("minutes", "at_once", "equipment", "step", "seniors"):
            self[name].data = getattr(need, name)
        self.purpose.data = need.purpose.value
        for office in Office:
            self[f"posts_{office}"].data = int(need.posts.get(office.value, 0))

    def given(self, part: str) -> Need:
        """The need as the action takes it."""
        return Need(
            part,
            self.minutes.data or SHORTEST,
            self.at_once.data or 1,
            Purpose(self.purpose.data),
            self.step.data or 0,
            self.equipment.data or "",
            {office: self[f"posts_{office}"].data or 0 for office in Office},
            self.seniors.data or 0,
        )


for _office in Office:
    setattr(
        NeedForm,
        f"posts_{_office}",
        WholeNumberField(_(OFFICE_LABELS[_office]), [NEEDED, NumberRange(0, MOST_POSTS)]),
    )
POSTS = tuple(f"posts_{office}" for office in Office)


class ItemForm(WebForm):
    """One session to be held: where and when it may or must be."""

    name = StringField(_("Session name"), [NEEDED, Length(max=40)])
    minutes = WholeNumberField(_("Minutes"), [NEEDED, NumberRange(SHORTEST, LONGEST)])
    purpose = SelectField(_("Kind of room"), choices=[])
    vendor = StringField(_("Make or type of the stations"), [Length(max=40)])
    equipment = StringField(_("Equipment"), [Length(max=300)])
    shifts = Ticks(_("Only in these shifts"), choices=[])
    rooms = Ticks(_("Only in these rooms"), coerce=int, choices=[])
    is_fixed = BooleanField(_("Fixed: the planner leaves it where it is"))
    shares_room = BooleanField(_("May share a room with others that say so too"))

    def offer(self, event: Event, shifts: list[dict[str, Any]], rooms: list[Room]) -> None:
        """The shifts of the plan and the rooms of the group."""
        self.purpose.choices = [
            (ANY, gettext("Any room")),
            *((one.value, gettext(PURPOSE_LABELS[one])) for one in Purpose),
        ]
        self.shifts.choices = [
            (
                f"{one['day']}/{one['starts']}",
                _shift_label(event, one),
            )
            for one in shifts
        ]
        self.rooms.choices = [(one.id, f"{one.venue.name} · {one.name}") for one in rooms]

    def show(self, item: PlanItem) -> None:
        """Fill in what is said about the item now."""
        for name in ("name", "minutes", "vendor", "equipment", "is_fixed"):
            self[name].data = getattr(item, name)
        self.shares_room.data = not item.is_alone
        self.purpose.data = item.purpose.value if item.purpose else ANY
        self.shifts.data = [f"{day}/{starts}" for day, starts in item.shifts or []]
        self.rooms.data = list(item.rooms or [])

    def given(self) -> ItemFacts:
        """The item as the action takes it; nothing ticked: anywhere, any time."""
        shifts = [[int(x) for x in one.split("/")] for one in self.shifts.data or []]
        return ItemFacts(
            name=self.name.data or "",
            minutes=self.minutes.data or SHORTEST,
            purpose=Purpose(self.purpose.data) if self.purpose.data else None,
            vendor=self.vendor.data or "",
            equipment=self.equipment.data or "",
            shifts=shifts or None,
            rooms=[int(one) for one in self.rooms.data or []] or None,
            is_fixed=self.is_fixed.data,
            shares_room=self.shares_room.data,
        )


def _shift_label(event: Event, one: dict[str, Any]) -> str:
    day = show_day(event.starts_on + timedelta(days=one["day"]))
    return f"{day} {time_of(one['starts'])}-{time_of(one['ends'])}"


class RunForm(WebForm):
    """A run of the planner."""

    seconds = SelectField(_("How long"), [NEEDED], coerce=int, choices=[])
    move_little = BooleanField(_("Move as little as possible against the present plan"))
    seed = WholeNumberField(_("Seed"), [NEEDED, NumberRange(0, 2**31 - 1)])

    def offer(self) -> None:
        """The lengths in words, and a seed nobody chose."""
        words = (_("10 seconds"), _("1 minute"), _("5 minutes"))
        self.seconds.choices = list(zip(SECONDS, words, strict=True))
        if not self.is_submitted():
            self.seed.data = secrets.randbelow(10**6)


class KeepForm(WebForm):
    """Accepting: the revision that was compared, and how many were said to lose their station."""

    seen = WholeNumberField(validators=[NEEDED])
    losing = WholeNumberField(validators=[Optional()])
