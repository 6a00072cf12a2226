"""Honours, units and the estimated scale in the result files."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from eventsys.errors import N_
from eventsys.exports import Column, Kind, Table
from eventsys.results.ranking import Standing
from eventsys.results.scale import MEDAL_LABELS
from eventsys.results.states import OUTCOME_LABELS, Outcome

Words = Callable[[str], str]
Honours = Mapping[str, Any]


def beside_columns(rows: tuple[Standing, ...], words: Words) -> list[Column]:
    """Columns for what only some contests have: stages, incidents, scale."""
    told = {
        "selection": (N_("Selection"), Kind.DECIMAL, [row.selection for row in rows]),
        "points_off": (
            N_("Points off"),
            Kind.DECIMAL,
            [row.effects.points_off if row.effects else None for row in rows],
        ),
        "scale": (N_("Estimated scale"), Kind.INTEGER, [row.scale for row in rows]),
        "medal": (N_("Medal by the estimated scale"), Kind.TEXT, [row.medal for row in rows]),
    }
    return [
        Column(key, words(label), kind) for key, (label, kind, given) in told.items() if any(given)
    ]


def beside_values(row: Standing, words: Words) -> dict[str, object]:
    """The same of one row."""
    return {
        "selection": row.selection,
        "points_off": row.effects.points_off if row.effects and row.effects.points_off else None,
        "scale": row.scale,
        "medal": words(MEDAL_LABELS[row.medal]) if row.medal else "",
    }


def earned_words(parts: Mapping[str, Any], *, is_english: bool) -> str:
    """What a rank earned besides, from a frozen row."""
    return "; ".join(
        one["text_en"] if is_english and one["text_en"] else one["text"]
        for one in parts.get("consequences", [])
    )


def honour_tables(honours: Honours, words: Words) -> list[Table]:
    """One sheet for each derived list there is."""
    makers = {"instructors": _instructors, "organisations": _organisations, "teams": _teams}
    return [make(honours[key], words) for key, make in makers.items() if honours.get(key)]


def _instructors(rows: list[dict[str, Any]], words: Words) -> Table:
    columns = [
        Column("name", words(N_("Full name"))),
        Column("unit", words(N_("School or unit"))),
        Column("entry", words(N_("Contestants"))),
        Column("prize", words(N_("Prize"))),
    ]
    shown = [{**row, "prize": words(OUTCOME_LABELS[Outcome(row["outcome"])])} for row in rows]
    return Table(words(N_("Excellent instructors")), columns, shown)


def _organisations(rows: list[dict[str, Any]], words: Words) -> Table:
    prizes = (Outcome.FIRST, Outcome.SECOND, Outcome.THIRD)
    columns = [
        Column("place", words(N_("Rank")), Kind.INTEGER),
        Column("unit", words(N_("School or unit"))),
        *(Column(one.value, words(OUTCOME_LABELS[one]), Kind.INTEGER) for one in prizes),
    ]
    shown = [
        {**row, **{one.value: n for one, n in zip(prizes, row["prizes"], strict=True)}}
        for row in rows
    ]
    return Table(words(N_("Excellent organisers")), columns, shown)


def _teams(rows: list[dict[str, Any]], words: Words) -> Table:
    columns = [
        Column("place", words(N_("Rank")), Kind.INTEGER),
        Column("unit", words(N_("School or unit"))),
        Column("total", words(N_("Total marks"))),
        Column("members", words(N_("Contestants"))),
    ]
    shown = [{**row, "members": ", ".join(row["members"])} for row in rows]
    return Table(words(N_("Ranking of units")), columns, shown)


def honour_notes(honours: Honours, words: Words) -> Iterator[str]:
    """The derived lists as lines under the ranking."""
    if honours.get("instructors"):
        named = "; ".join(f"{one['name']} ({one['unit']})" for one in honours["instructors"])
        yield f"{words(N_('Excellent instructors'))}: {named}"
    if honours.get("organisations"):
        named = "; ".join(f"{one['place']}. {one['unit']}" for one in honours["organisations"])
        yield f"{words(N_('Excellent organisers'))}: {named}"
    if honours.get("teams"):
        named = "; ".join(
            f"{one['place']}. {one['unit']} {one['total']}" for one in honours["teams"]
        )
        yield f"{words(N_('Ranking of units'))}: {named}"
    if honours.get("scale"):
        yield words(
            N_("The scale is estimated: the official formula of WorldSkills is not public.")
        )
