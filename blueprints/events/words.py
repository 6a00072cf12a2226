"""Rulesets, stages and next steps in the reader's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for
from flask_babel import get_locale, gettext

from blueprints.events.contest_words import after_words, number
from blueprints.language import show_day, show_moment
from eventsys import clock
from eventsys.errors import N_
from eventsys.events.models import Event, Track
from eventsys.events.queries import LevelChoice
from eventsys.events.rules import (
    LAST_TIES,
    STAGE_LABELS,
    STRATEGY_LABELS,
    CompetitionRules,
    EventKind,
    EventState,
    ExamRules,
    Rules,
    Stage,
    TrainingRules,
    stage_of,
)

Fact = tuple[str, str]
Levels = Mapping[tuple[int, str], LevelChoice]
TONES = {
    EventState.DRAFT: "warn",
    EventState.PUBLISHED: "ok",
    EventState.REGISTRATION_CLOSED: "info",
    EventState.FINISHED: "neutral",
    EventState.CANCELLED: "bad",
}
KIND_ICONS = {
    EventKind.COMPETITION: "trophy",
    EventKind.TRAINING: "book-open",
    EventKind.EXAM: "graduation-cap",
}
ADD_LABELS = {
    EventKind.COMPETITION: N_("Add a track"),
    EventKind.TRAINING: N_("Add a class"),
    EventKind.EXAM: N_("Add an exam level"),
}
TRACK_LABELS = {
    EventKind.COMPETITION: N_("Tracks"),
    EventKind.TRAINING: N_("Classes"),
    EventKind.EXAM: N_("Exam levels"),
}
CREATE_LABELS = {
    EventKind.COMPETITION: N_("New skills competition"),
    EventKind.TRAINING: N_("New teacher training"),
    EventKind.EXAM: N_("New certificate exam"),
}
PARTS_OF_DAY = {"am": N_("Morning"), "pm": N_("Afternoon")}


def stages(event: Event) -> list[tuple[str, str, None]]:
    """The steps of an event's life for the ``steps`` macro; none when it was cancelled."""
    here = stage_of(event.state, event.starts_on, event.ends_on, clock.today())
    if here is None:
        return []
    order = list(Stage)
    at = order.index(here)
    done = here is Stage.FINISHED
    return [
        (
            gettext(STAGE_LABELS[stage]),
            "done" if place < at or done else "now" if place == at else "todo",
            None,
        )
        for place, stage in enumerate(order)
    ]


@dataclass(frozen=True)
class NextStep:
    """What the organizer does next, and where."""

    text: str
    label: str = ""
    url: str = ""


def next_step(event: Event, tracks: Sequence[Track], waiting: int) -> NextStep | None:
    """The one thing an organizer should do now."""
    if waiting:
        return NextStep(
            gettext("%(n)s entries wait for your review.", n=waiting),
            gettext("Review entries"),
            url_for("registration.entries", event_id=event.id, state="submitted"),
        )
    stage = stage_of(event.state, event.starts_on, event.ends_on, clock.today())
    return _STEPS[stage](event, tracks) if stage in _STEPS else None


def _set_up(event: Event, tracks: Sequence[Track]) -> NextStep:
    if not tracks:
        return NextStep(
            gettext("Say what one can register for. The usual rules are filled in for you."),
            gettext(ADD_LABELS[event.kind]),
            url_for("events.create_track", event_id=event.id),
        )
    return NextStep(
        gettext("Everything is ready to be announced. You will see first what freezes."),
        gettext("Publish"),
        url_for("events.publish", event_id=event.id),
    )


def _register(event: Event, _tracks: Sequence[Track]) -> NextStep:
    if clock.now() < event.registration_opens_at:
        moment = show_moment(event.registration_opens_at)
        return NextStep(gettext("Registration opens on %(moment)s.", moment=moment))
    moment = show_moment(event.registration_closes_at)
    return NextStep(gettext("Registration is open until %(moment)s.", moment=moment))


def _prepare(_event: Event, _tracks: Sequence[Track]) -> NextStep:
    return NextStep(gettext("Registration is closed. Prepare places and people, part by part."))


def _run(_event: Event, _tracks: Sequence[Track]) -> NextStep:
    return NextStep(gettext("The event is under way. Open a part below to work there."))


def _results(event: Event, _tracks: Sequence[Track]) -> NextStep:
    return NextStep(
        gettext("When results and certificates are out, put the event aside."),
        gettext("Finish"),
        url_for("events.finish", event_id=event.id),
    )


_STEPS = {
    Stage.SETUP: _set_up,
    Stage.REGISTRATION: _register,
    Stage.PREPARATION: _prepare,
    Stage.RUNNING: _run,
    Stage.RESULTS: _results,
}


# ---- rules


def rules_in_words(rules: Rules, levels: Levels) -> list[Fact]:
    """A ruleset as terms and values."""
    if isinstance(rules, CompetitionRules):
        return [*_entry_words(rules), *_judging_words(rules), *after_words(rules)]
    if isinstance(rules, TrainingRules):
        return _training_words(rules)
    return _exam_words(rules, levels)


def _entry_words(rules: CompetitionRules) -> list[Fact]:
    age = gettext("no limit")
    if rules.max_age is not None:
        age = gettext(
            "at most %(age)s full years on %(day)s", age=rules.max_age, day=show_day(rules.age_on)
        )
    size = gettext("one contestant")
    if rules.team_max > 1:
        size = gettext(
            "%(least)s to %(most)s contestants", least=rules.team_min, most=rules.team_max
        )
        if rules.team_min == rules.team_max:
            size = gettext("%(most)s contestants", most=rules.team_max)
    return [
        (gettext("Age"), age),
        (gettext("Size of an entry"), size),
        (gettext("Instructors"), gettext("at most %(most)s", most=rules.instructors_max)),
        (gettext("Quota per unit"), _entries(rules.per_unit_quota)),
    ]


def _judging_words(rules: CompetitionRules) -> list[Fact]:
    modules = gettext("; ").join(
        gettext(
            "%(code)s %(name)s: %(weight)s %%, full marks %(full)s",
            code=one.code,
            name=_named(one.name, one.name_en),
            weight=number(one.weight),
            full=number(one.full),
        )
        for one in rules.modules
    )
    method = gettext(STRATEGY_LABELS[rules.strategy])
    if rules.drop_high + rules.drop_low:
        method = gettext(
            "%(judges)s judges; the %(high)s highest and %(low)s lowest marks are dropped",
            judges=rules.judges,
            high=rules.drop_high,
            low=rules.drop_low,
        )
    else:
        method = gettext("%(judges)s judges; %(method)s", judges=rules.judges, method=method)
    ties = " → ".join([*rules.tie_break, gettext(LAST_TIES[rules.last_tie])])
    return [
        (gettext("Modules"), modules),
        (gettext("Scoring"), method),
        (gettext("Ties are decided by"), ties),
        (gettext("Duration"), gettext("%(n)s minutes", n=rules.minutes)),
    ]


def _training_words(rules: TrainingRules) -> list[Fact]:
    total = sum((one.hours for one in rules.half_days), Decimal(0))
    days = gettext("; ").join(
        f"{show_day(one.on)} {gettext(PARTS_OF_DAY[one.part])}"
        + (f" {one.theme}" if one.theme else "")
        for one in rules.half_days
    )
    return [
        (gettext("Places"), str(rules.capacity)),
        (gettext("Quota per unit"), _entries(rules.per_unit_quota)),
        (
            gettext("Teaching hours"),
            gettext(
                "%(total)s hours of %(minutes)s minutes",
                total=number(total),
                minutes=rules.minutes_per_hour,
            ),
        ),
        (
            gettext("Certificate"),
            gettext("from %(percent)s %% attendance on", percent=number(rules.attendance_percent)),
        ),
        (gettext("Half days"), days),
    ]


def _exam_words(rules: ExamRules, levels: Levels) -> list[Fact]:
    level = levels.get((rules.certificate_id, rules.level_code))
    parts = gettext("; ").join(
        gettext(
            "%(name)s: full marks %(full)s",
            name=_named(one.name, one.name_en),
            full=number(one.full),
        )
        for one in rules.parts
    )
    return [
        (gettext("Certificate"), _named(level.name, level.name_en) if level else "—"),
        (gettext("Date of the exam plan"), show_day(rules.plan_on)),
        (gettext("Places"), str(rules.capacity)),
        (gettext("Quota per unit"), _entries(rules.per_unit_quota)),
        (gettext("Parts"), parts),
        (gettext("Passed"), _pass_words(rules)),
    ]


def _pass_words(rules: ExamRules) -> str:
    if rules.pass_kind == "composite":  # noqa: S105  no password
        total = " + ".join(
            f"{number(one.weight)} × {_named(one.name, one.name_en)}" for one in rules.parts
        )
        return gettext(
            "%(total)s reaches %(least)s", total=total, least=number(rules.composite_min)
        )
    return gettext("; ").join(
        gettext(
            "%(name)s reaches %(least)s",
            name=_named(one.name, one.name_en),
            least=number(one.min_pass),
        )
        for one in rules.parts
    )


def _entries(quota: int) -> str:
    return gettext("%(n)s entries", n=quota)


def _named(name: str, name_en: str) -> str:
    return name_en if name_en and str(get_locale()) == "en" else name
