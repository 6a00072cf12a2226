"""Marking schemes as our own spreadsheet: empty to fill in, or as they stand; nothing is lost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import BinaryIO

from eventsys.errors import N_
from eventsys.events.rules import ModuleRule
from eventsys.exports import Column, Kind, Table, template_xlsx, to_xlsx
from eventsys.schemes.aspects import AspectKind, Edge
from eventsys.schemes.importing import (
    NUMBERS,
    SCHEME_HEADINGS,
    SOURCE_NAMES,
    Words,
    scheme_columns,
)
from eventsys.schemes.notation import bands_text, formula_text
from eventsys.schemes.rules import LEVELS, AspectFacts, CriterionFacts
from eventsys.schemes.sections import SectionFacts

SCHEME_NOTES = (
    N_("One row for each aspect. Rows with the same criterion code form one criterion."),
    N_("A sub-criterion is only needed for large schemes; leave its columns empty otherwise."),
    N_("Type: J judgement 0 to 3, B met or not met, M measurement, D deduction."),
    N_("Type: N bands, F formula, T tolerance, V violation, I marked by machine."),
    N_("A judgement needs all four levels described; a measurement at least one limit."),
    N_("A deduction needs the points lost each time. The maximum is what is left without faults."),
    N_("A violation takes points off the sum of its module; its maximum is the most it can take."),
    N_("Bands: 0 ~ 0.8 = 5; 0.8 ~ 1.6 = 3; 1.6 ~ = 0. Each begins where the one before ends."),
    N_("Boundary value: lower or upper, the band that a value on a boundary belongs to."),
    N_("Formula: 10-2*N, min 0. N is what the judge measures; the maximum mark is the most."),
    N_(
        "Tolerance: full marks within the inner one of the nominal value, part marks within the"
        " wider one."
    ),
    N_("The maximum marks of a module must add up to the module's full marks."),
)


def write_scheme_template(out: BinaryIO, modules: Sequence[ModuleRule], words: Words) -> None:
    """An empty file to fill in, with the track's modules and the types to choose from."""
    template_xlsx(
        scheme_columns(words),
        out,
        notes=[words(note) for note in SCHEME_NOTES],
        choices={
            "module": [module.code for module in modules],
            "kind": [kind.value for kind in AspectKind],
            "source": [words(name) for name in SOURCE_NAMES.values()],
            "edge": [edge.value for edge in Edge],
        },
        name=words(N_("Marking scheme")),
        notes_name=words(N_("Notes")),
    )


def write_scheme(
    out: BinaryIO,
    criteria: Iterable[CriterionFacts],
    sections: Sequence[SectionFacts],
    words: Words,
) -> None:
    """A scheme in the columns of the template, ready to be read again."""
    columns = [
        Column(key, words(label), Kind.DECIMAL if key in NUMBERS else Kind.TEXT)
        for key, label in SCHEME_HEADINGS.items()
    ]
    rows = list(_rows(list(criteria), {one.code: one for one in sections}, words))
    to_xlsx([Table(words(N_("Marking scheme")), columns, rows)], out)


def _rows(
    criteria: Sequence[CriterionFacts], sections: Mapping[str, SectionFacts], words: Words
) -> Iterator[dict[str, object]]:
    by_code = {one.code: one for one in criteria}
    for criterion in criteria:
        root = by_code[criterion.parent] if criterion.parent else criterion
        for aspect in criterion.aspects:
            row: dict[str, object] = dict.fromkeys(SCHEME_HEADINGS)
            row |= {
                "module": criterion.module_code,
                "criterion": root.code,
                "criterion_name": root.name,
                "criterion_name_en": root.name_en,
                "source": words(SOURCE_NAMES[criterion.source]),
            }
            if criterion.parent:
                row |= {
                    "sub": criterion.code,
                    "sub_name": criterion.name,
                    "sub_name_en": criterion.name_en,
                }
            yield row | _aspect(aspect) | _section(sections.get(aspect.section))


def _aspect(facts: AspectFacts) -> dict[str, object]:
    formula = ""
    if facts.base is not None and facts.factor is not None:
        formula = formula_text(facts.base, facts.factor, facts.floor)
    words = ("text", "text_en", "unit", "note", "requirement", "day", "section")
    numbers = ("low", "high", "step", "nominal", "inner", "outer", "part")
    return {
        "aspect": facts.code,
        "kind": facts.kind.value,
        "max": _shown(facts.max_points),
        **{key: getattr(facts, key) for key in words},
        **{key: _shown(getattr(facts, key)) for key in numbers},
        "bands": bands_text(facts.bands),
        "edge": facts.edge.value if facts.bands else "",
        "formula": formula,
        **{f"level{level}": text for level, text in enumerate(facts.levels[:LEVELS])},
    }


def _section(section: SectionFacts | None) -> dict[str, object]:
    if section is None:
        return {}
    return {"section_name": section.name, "section_weight": _shown(section.weight)}


def _shown(number: Decimal | None) -> Decimal | None:
    """Without an exponent, as people write numbers."""
    return None if number is None else Decimal(f"{number.normalize() + 0:f}")
