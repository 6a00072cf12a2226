"""Forms of tracks: what one enters, and the rules that freeze on publication."""

import re
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask_babel import get_locale, gettext
from wtforms import DateField, FieldList, FormField, SelectField, StringField
from wtforms.validators import Length, Optional

from blueprints.events.forms import CODE_FORM, NEEDED, given_value, near
from blueprints.events.problems import PROBLEM_FIELDS
from blueprints.events.rows import HalfDayRow, PartRow, exact, plain, show_rows, whole
from blueprints.web import WebForm, _
from eventsys.errors import DomainError
from eventsys.events.actions import TrackFacts
from eventsys.events.models import Event, Track
from eventsys.events.queries import LevelChoice
from eventsys.events.rules import (
    ExamRules,
    HalfDay,
    PartRule,
    Rules,
    RulesetUnfit,
    TrainingRules,
)

MOST_ROWS = 40
HUNDRED = Decimal(100)
SEPARATORS = re.compile(r"[\s,;>，、；＞]+")


class TrackForm(WebForm):
    """What every track has; the subclasses add the rules of each kind of event."""

    rows = ""
    name = StringField(_("Name of what one registers for"), [NEEDED, Length(max=100)])
    name_en = StringField(_("Name in English"), [Optional(), Length(max=100)])
    code = StringField(_("Code"), [NEEDED, CODE_FORM])
    division = StringField(_("Division"), [Optional(), Length(max=30)])
    capacity = whole(_("Places in all"), 1, 100_000)
    per_unit_quota = whole(_("Entries per unit"), 1, 100_000)

    def suggest(self, event: Event) -> None:
        """Values a newcomer can publish with; another track of the event gets the next code."""
        self.code.data = f"{len(event.tracks) + 1:02d}"

    def fill(self, track: Track) -> None:
        """Show what is stored."""
        for key in ("name", "name_en", "code", "division", "capacity"):
            self[key].data = getattr(track, key)
        self.show(track.rules)

    def show(self, rules: Any) -> None:
        """Show a ruleset."""
        raise NotImplementedError

    def given_rules(self) -> Rules:
        """The ruleset as a typed value."""
        raise NotImplementedError

    def given(self) -> TrackFacts:
        """The track's own facts."""
        return TrackFacts(
            self.code.data or "",
            self.name.data or "",
            self.name_en.data or "",
            self.division.data or "",
            self.capacity.data or 0,
        )

    def add_row(self) -> None:
        """One more empty row, as far as that is sensible."""
        rows: FieldList = self[self.rows]
        if len(rows.entries) < MOST_ROWS:
            rows.append_entry()

    def filled_rows(self) -> list[Any]:
        """The rows in which something was typed."""
        return [one.form for one in self[self.rows] if not one.form.is_blank()]

    def refuse(self, refusal: DomainError) -> None:
        """Show a ruleset's misfit above the form and mark the field it concerns."""
        super().refuse(refusal)
        problem = str(refusal.facts.get("problem")) if isinstance(refusal, RulesetUnfit) else ""
        key = PROBLEM_FIELDS.get(problem)
        if key is not None and key in self:
            self[key].errors = [*self[key].errors, gettext(problem)]


class TrainingForm(TrackForm):
    """A class of a teacher training."""

    rows = "half_days"
    half_days = FieldList(FormField(HalfDayRow), _("Half days"), max_entries=MOST_ROWS)
    minutes_per_hour = whole(_("Minutes in a teaching hour"), 30, 60)
    attendance_percent = exact(_("Attendance needed for the certificate, percent"), 100)

    def suggest(self, event: Event) -> None:
        """Every day of the event, four hours in the morning and four in the afternoon."""
        super().suggest(event)
        self.capacity.data = 40
        days = min((event.ends_on - event.starts_on).days + 1, MOST_ROWS // 2)
        half_days = tuple(
            HalfDay(event.starts_on + timedelta(days=day), part, Decimal(4), "")
            for day in range(days)
            for part in ("am", "pm")
        )
        self.show(TrainingRules(5, 40, half_days))

    def show(self, rules: TrainingRules) -> None:
        """Show a ruleset."""
        self.per_unit_quota.data = rules.per_unit_quota
        self.minutes_per_hour.data = rules.minutes_per_hour
        self.attendance_percent.data = plain(rules.attendance_percent)
        show_rows(self.half_days, rules.half_days)

    def given_rules(self) -> TrainingRules:
        """The ruleset as typed."""
        return TrainingRules(
            given_value(self.per_unit_quota.data),
            given_value(self.capacity.data),
            tuple(
                HalfDay(one.on.data, one.part.data, one.hours.data, one.theme.data or "")
                for one in self.filled_rows()
            ),
            given_value(self.minutes_per_hour.data),
            given_value(self.attendance_percent.data),
        )


class ExamForm(TrackForm):
    """One level of one certificate."""

    rows = "parts"
    level = SelectField(_("Certificate and level"), [NEEDED])
    plan_on = DateField(_("Date of the exam plan"), [NEEDED, near])
    pass_kind = SelectField(_("Pass rule"))
    composite_min = exact(_("Pass mark of the weighted total"), 1000)
    parts = FieldList(FormField(PartRow), _("Parts"), max_entries=MOST_ROWS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pass_kind.choices = [
            ("composite", gettext("The weighted total reaches its pass mark")),
            ("each", gettext("Every part reaches its pass mark")),
        ]

    def offer(self, levels: Iterable[LevelChoice]) -> None:
        """Fill the list of certificate levels."""
        english = str(get_locale()) == "en"
        self.level.choices = [
            (f"{one.certificate_id}:{one.level_code}", one.name_en if english else one.name)
            for one in levels
        ]

    def suggest(self, event: Event) -> None:
        """Theory and practice, 40 and 60 percent, sixty marks to pass."""
        super().suggest(event)
        self.capacity.data = 100
        parts = (
            PartRule("T", gettext("Theory"), "Theory", HUNDRED, Decimal("0.4"), Decimal(0)),
            PartRule("P", gettext("Practice"), "Practice", HUNDRED, Decimal("0.6"), Decimal(0)),
        )
        first = self.level.choices[0][0] if self.level.choices else "0:"
        certificate_id, _sep, code = first.partition(":")
        key, day, total = int(certificate_id), event.starts_on, Decimal(60)
        self.show(ExamRules(key, code, day, 50, 100, "composite", total, parts))

    def show(self, rules: ExamRules) -> None:
        """Show a ruleset."""
        self.per_unit_quota.data = rules.per_unit_quota
        self.level.data = f"{rules.certificate_id}:{rules.level_code}"
        self.plan_on.data, self.pass_kind.data = rules.plan_on, rules.pass_kind
        self.composite_min.data = plain(rules.composite_min)
        show_rows(self.parts, rules.parts)

    def given_rules(self) -> ExamRules:
        """The ruleset as typed."""
        certificate_id, _sep, code = given_value(self.level.data).partition(":")
        plan_on = given_value(self.plan_on.data)
        return ExamRules(
            int(certificate_id),
            code,
            plan_on,
            given_value(self.per_unit_quota.data),
            given_value(self.capacity.data),
            given_value(self.pass_kind.data),
            given_value(self.composite_min.data),
            tuple(
                PartRule(
                    one.code.data,
                    one.name.data,
                    one.name_en.data or "",
                    one.full.data,
                    one.weight.data,
                    one.min_pass.data,
                )
                for one in self.filled_rows()
            ),
        )
