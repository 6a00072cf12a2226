"""The form of a competition track: who enters, how it is judged, and what follows from it."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, ValidationError

from blueprints.events.forms import given_value, near
from blueprints.events.rows import ModuleRow, exact, plain, show_rows, whole
from blueprints.events.track_forms import HUNDRED, MOST_ROWS, SEPARATORS, TrackForm
from blueprints.web import _
from eventsys.events.models import Event
from eventsys.events.rules import (
    ALLOCATIONS,
    APPEAL_CLOCKS,
    BOUNDARY_TIES,
    COMPARES,
    DENOMINATORS,
    FEW_JUDGES,
    LAST_TIES,
    LEVELS_OF_MARKS,
    PRIZE_BASES,
    PRIZE_ROUNDINGS,
    RECHECK_TOPS,
    STRATEGY_LABELS,
    TEAM_METHODS,
    CompetitionRules,
    ConsequenceRule,
    FixedPrizes,
    ModuleRule,
    ScaleRule,
)

USUAL = CompetitionRules(None, None, 2, 1, 1, 2, (), 5)
USUAL_SCALE = ScaleRule()
FIXED_LINE = re.compile(r"([0-9]{1,4})\s*[:：]\s*([0-9]{1,4}(?:[\s,，、/]+[0-9]{1,4})*)")
CONSEQUENCE_LINE = re.compile(r"([0-9]{1,4})(?:\s*[-–~～]\s*([0-9]{1,4}))?\s*[:：]\s*(.+)")


def fixed_lines(_form: Any, field: Any) -> None:
    """Refuse lines that are no size of an event with its numbers of prizes."""
    _check_lines(field, FIXED_LINE, _("Write one line for each size, like 4: 1 1 1"))


def consequence_lines(_form: Any, field: Any) -> None:
    """Refuse lines that are no ranks with what they earn."""
    _check_lines(field, CONSEQUENCE_LINE, _("Write one line for each range of ranks, like 1-5: …"))


def numbers(_form: Any, field: Any) -> None:
    """Refuse anything but small whole numbers."""
    words = [one for one in SEPARATORS.split(field.data or "") if one]
    if not all(one.isascii() and one.isdecimal() and len(one) <= 4 for one in words):  # noqa: PLR2004  digits
        raise ValidationError(gettext("Write whole numbers, the first prize first, like 1 1 1"))


def _check_lines(field: Any, form: re.Pattern[str], told: Any) -> None:
    if not all(form.fullmatch(line) for line in lines_in(field.data)):
        raise ValidationError(str(told))


def lines_in(text: str | None) -> list[str]:
    """The lines in which something stands."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def chosen(label: Any, key: str) -> SelectField:
    """A choice that keeps the usual value when nothing is said."""
    return SelectField(label, default=getattr(USUAL, key))


def counted(label: Any, key: str, least: int, most: int) -> IntegerField:
    """A whole number that keeps the usual value when nothing is said."""
    return whole(label, least, most, needed=False, default=getattr(USUAL, key))


def measured(label: Any, key: str, most: int) -> DecimalField:
    """A decimal that keeps the usual value when nothing is said."""
    return exact(label, most, needed=False, default=getattr(USUAL, key))


class CompetitionForm(TrackForm):
    """A track of a skills competition."""

    rows = "modules"
    max_age = whole(_("Age limit in full years"), 10, 100, needed=False)
    age_on = DateField(_("Age is counted on"), [Optional(), near])
    team_min = whole(_("Contestants, at least"), 1, 50)
    team_max = whole(_("Contestants, at most"), 1, 50)
    instructors_max = whole(_("Instructors, at most"), 0, 20)
    modules = FieldList(FormField(ModuleRow), _("Modules"), max_entries=MOST_ROWS)
    minutes = whole(_("Length of the contest in minutes"), 1, 10_000)
    judges = whole(_("Scoring judges"), 1, 50)
    strategy = SelectField(_("Scoring method"))
    drop_high = whole(_("Highest marks dropped"), 0, 10)
    drop_low = whole(_("Lowest marks dropped"), 0, 10)
    min_judges = whole(_("Fewest marks that count"), 1, 50)
    strategy_level = chosen(_("What is put together"), "strategy_level")
    few_judges = chosen(_("When too few judges remain"), "few_judges")
    tie_break = StringField(_("Modules that decide ties, in order"), [Optional(), Length(max=200)])
    last_tie = chosen(_("Who is equal in everything"), "last_tie")
    first = exact(_("First prize, percent"), 100)
    second = exact(_("Second prize, percent"), 100)
    third = exact(_("Third prize, percent"), 100)
    prize_rounding = SelectField(_("Rounding of prize numbers"))
    prize_allocation = SelectField(_("Prize shares are counted"))
    boundary_tie = SelectField(_("A tie across the border of two prizes"))
    prize_base = chosen(_("Prize shares are taken of"), "prize_base")
    prize_min_score = exact(_("Smallest total for a prize"), 100, needed=False)
    prize_min_counts = StringField(
        _("Smallest numbers of prizes"), [Optional(), Length(max=50), numbers]
    )
    prize_fixed = TextAreaField(
        _("Fixed numbers for small events"), [Optional(), Length(max=500), fixed_lines]
    )
    instructor_honours = counted(_("Instructors honoured up to prize"), "instructor_honours", 0, 3)
    organisation_honours = counted(_("Units honoured together"), "organisation_honours", 0, 100)
    consequences = TextAreaField(
        _("What ranks earn besides"), [Optional(), Length(max=2000), consequence_lines]
    )
    team_best = counted(_("Entries that make a unit's team"), "team_best", 0, 50)
    team_method = chosen(_("A team's total"), "team_method")
    selection_code = StringField(_("Code of the selection"), [Optional(), Length(max=30)])
    selection_weight = measured(_("Share of the selection, percent"), "selection_weight", 100)
    advance_count = counted(_("Entries that advance"), "advance_count", 0, 10_000)
    scale_on = BooleanField(_("Show the estimated WorldSkills scale beside the marks"))
    scale_center = whole(_("Centre of the scale"), 1, 999, needed=False)
    scale_spread = whole(_("Spread of the scale"), 1, 500, needed=False)
    scale_tie_gap = exact(_("Medals are tied within"), 100, needed=False)
    scale_compare = SelectField(_("The gap is measured to"), default=USUAL_SCALE.compare)
    drawn_signatures = BooleanField(_("Judges sign sheets and the lock by hand on the device"))
    anonymity_levels = counted(_("Levels of anonymity"), "anonymity_levels", 1, 3)
    recheck_top_mode = chosen(_("The top is counted in"), "recheck_top_mode")
    recheck_top = measured(_("Top that is checked completely"), "recheck_top", 10_000)
    recheck_sample = measured(_("Sample of the rest, percent"), "recheck_sample", 100)
    recheck_error_limit = measured(
        _("Error rate above which everything is checked, percent"), "recheck_error_limit", 100
    )
    recheck_denominator = chosen(_("The error rate counts"), "recheck_denominator")
    notice_minutes = counted(_("Public notice on the spot, minutes"), "notice_minutes", 0, 100_000)
    notice_workdays = counted(_("Public notice, working days"), "notice_workdays", 0, 60)
    appeal_minutes = counted(_("Time to appeal, minutes"), "appeal_minutes", 0, 100_000)
    appeal_clock = chosen(_("The time to appeal begins"), "appeal_clock")
    appeal_response_minutes = counted(
        _("Time to answer an appeal, minutes"), "appeal_response_minutes", 0, 100_000
    )
    appeal_levels = counted(_("Levels of appeal"), "appeal_levels", 0, 2)
    appeal_deposit = measured(_("Deposit of an appeal, yuan"), "appeal_deposit", 100_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, choices in CHOICES.items():
            self[key].choices = [(value, gettext(text)) for value, text in choices.items()]

    def suggest(self, event: Event) -> None:
        """Two modules, five judges, prizes for six in ten: the usual case."""
        super().suggest(event)
        self.capacity.data = 60
        modules = (
            ModuleRule("A", gettext("Preparation and design"), "", Decimal(40), HUNDRED),
            ModuleRule("B", gettext("Making and testing"), "", Decimal(60), HUNDRED),
        )
        self.show(CompetitionRules(None, None, 2, 1, 1, 2, modules, 5, tie_break=("B", "A")))

    def show(self, rules: CompetitionRules) -> None:
        """Show a ruleset, prize shares in percent and the deposit in yuan."""
        for key in SCALARS:
            self[key].data = plain(getattr(rules, key))
        self.tie_break.data = ", ".join(rules.tie_break)
        shares = (*rules.prize_ratios, Decimal(0), Decimal(0), Decimal(0))
        for field, share in zip((self.first, self.second, self.third), shares, strict=False):
            field.data = plain(share * HUNDRED)
        self.prize_min_counts.data = " ".join(map(str, rules.prize_min_counts))
        self.prize_fixed.data = "\n".join(
            f"{one.up_to}: {' '.join(map(str, one.counts))}" for one in rules.prize_fixed
        )
        self.consequences.data = "\n".join(map(_consequence_line, rules.consequences))
        self.appeal_deposit.data = plain(Decimal(rules.appeal_deposit) / HUNDRED)
        self.scale_on.data = rules.scale is not None
        scale = rules.scale or USUAL_SCALE
        for key in SCALE_KEYS:
            self[f"scale_{key}"].data = plain(getattr(scale, key))
        show_rows(self.modules, rules.modules)

    def given_rules(self) -> CompetitionRules:
        """The ruleset as typed; what was left empty keeps its usual value."""
        shares = tuple(
            given_value(one.data) / HUNDRED for one in (self.first, self.second, self.third)
        )
        order = tuple(code for code in SEPARATORS.split(self.tie_break.data or "") if code)
        return CompetitionRules(
            **{key: _given(self[key], key) for key in SCALARS},
            modules=tuple(
                ModuleRule(
                    one.code.data,
                    one.name.data,
                    one.name_en.data or "",
                    one.weight.data,
                    one.full.data,
                )
                for one in self.filled_rows()
            ),
            tie_break=order,
            prize_ratios=shares,
            prize_min_counts=tuple(_numbers_in(self.prize_min_counts.data)),
            prize_fixed=tuple(map(_fixed, lines_in(self.prize_fixed.data))),
            consequences=tuple(map(_consequence, lines_in(self.consequences.data))),
            appeal_deposit=int((self.appeal_deposit.data or 0) * HUNDRED),
            scale=self._given_scale(),
        )

    def _given_scale(self) -> ScaleRule | None:
        if not self.scale_on.data:
            return None
        typed = {key: self[f"scale_{key}"].data for key in SCALE_KEYS}
        return ScaleRule(**{key: one for key, one in typed.items() if one is not None})


SCALE_KEYS = ("center", "spread", "tie_gap", "compare")
OPTIONAL = ("max_age", "age_on", "prize_min_score")
SCALARS = (
    *OPTIONAL,
    "per_unit_quota",
    "team_min",
    "team_max",
    "instructors_max",
    "judges",
    "strategy",
    "strategy_level",
    "drop_high",
    "drop_low",
    "min_judges",
    "few_judges",
    "prize_base",
    "prize_rounding",
    "prize_allocation",
    "boundary_tie",
    "last_tie",
    "minutes",
    "instructor_honours",
    "organisation_honours",
    "team_best",
    "team_method",
    "selection_code",
    "selection_weight",
    "advance_count",
    "anonymity_levels",
    "drawn_signatures",
    "recheck_top_mode",
    "recheck_top",
    "recheck_sample",
    "recheck_error_limit",
    "recheck_denominator",
    "notice_minutes",
    "notice_workdays",
    "appeal_minutes",
    "appeal_clock",
    "appeal_response_minutes",
    "appeal_levels",
)
CHOICES = {
    "strategy": STRATEGY_LABELS,
    "strategy_level": LEVELS_OF_MARKS,
    "few_judges": FEW_JUDGES,
    "last_tie": LAST_TIES,
    "prize_base": PRIZE_BASES,
    "prize_rounding": PRIZE_ROUNDINGS,
    "prize_allocation": ALLOCATIONS,
    "boundary_tie": BOUNDARY_TIES,
    "team_method": TEAM_METHODS,
    "scale_compare": COMPARES,
    "recheck_top_mode": RECHECK_TOPS,
    "recheck_denominator": DENOMINATORS,
    "appeal_clock": APPEAL_CLOCKS,
}


def _given(field: Field, key: str) -> Any:
    """What was typed; where nothing was, nothing if the rule may lack it, or the usual value."""
    if field.data is None and key not in OPTIONAL:
        return getattr(USUAL, key)
    return field.data.strip() if isinstance(field.data, str) else field.data


def _numbers_in(text: str | None) -> Iterable[int]:
    return (int(one) for one in SEPARATORS.split(text or "") if one)


def _fixed(line: str) -> FixedPrizes:
    up_to, counts = given_value(FIXED_LINE.fullmatch(line)).groups()
    return FixedPrizes(int(up_to), tuple(map(int, re.findall("[0-9]+", counts))))


def _consequence(line: str) -> ConsequenceRule:
    first, last, words = given_value(CONSEQUENCE_LINE.fullmatch(line)).groups()
    text, _bar, text_en = words.partition("|")
    return ConsequenceRule(int(first), int(last or first), text.strip(), text_en.strip())


def _consequence_line(one: ConsequenceRule) -> str:
    words = f"{one.text} | {one.text_en}" if one.text_en else one.text
    return f"{one.from_place}-{one.to_place}: {words}"
