"""Marking schemes of every kind, drawn at random: for laws, and for the tablet beside Python."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

from eventsys.schemes.aspects import COUNTED, MAX_OCCURRENCES, AspectKind, Band, Edge
from eventsys.schemes.rules import AspectFacts, CriterionFacts, Source

K = AspectKind
WORDS = ("外径", "表面 质量", "Ra, 光洁度", "=1+1", "N/A", "程序; 结构", "é·ö")
UNITS = ("", "mm", "μm", "°C", "s")


def cents(random: Random, low: int, high: int) -> Decimal:
    """Points with at most two decimals."""
    return Decimal(random.randint(low, high)).scaleb(-2)


def milli(random: Random, low: int, high: int) -> Decimal:
    """A measured number with at most three decimals."""
    return Decimal(random.randint(low, high)).scaleb(-3)


def aspect(random: Random, kind: AspectKind, code: str = "A1.1") -> AspectFacts:
    """A usable aspect of a kind."""
    full = cents(random, 1, 10_000)
    made = {
        "code": code,
        "kind": kind,
        "text": random.choice(WORDS),
        "text_en": random.choice(("", "Diameter")),
        "max_points": full,
    }
    return AspectFacts(**made, **_PARAMETERS[kind](random, full))


def raw_for(random: Random, facts: AspectFacts) -> Decimal:
    """A value that may be entered, often one on a boundary."""
    if facts.kind is K.JUDGEMENT:
        return Decimal(random.randint(0, 3))
    if facts.kind is K.CHECK:
        return Decimal(random.randint(0, 1))
    if facts.kind in COUNTED:
        return Decimal(random.choice((0, 1, random.randint(0, 60), MAX_OCCURRENCES)))
    if facts.kind is K.MACHINE:
        return milli(random, 0, int(facts.max_points * 1000))
    near = [value for value in _ends(facts) if value is not None]
    if near and random.random() < 0.7:
        return random.choice(near) + milli(random, -1, 1)
    return (
        milli(random, -999_999_999_998, 999_999_999_998)
        if random.random() < 0.1
        else milli(random, -60_000, 60_000)
    )


def scheme(random: Random) -> list[CriterionFacts]:
    """Criteria of the modules A and B, some with sub-criteria, all with aspects."""
    criteria = []
    for code in ("A1", "A2", "B1"):
        source, name = random.choice(list(Source)), random.choice(WORDS)
        subs = [
            CriterionFacts(
                module_code=code[0],
                code=f"{code}-{place}",
                name=random.choice(WORDS),
                name_en=random.choice(("", "Sub")),
                aspects=_some(random, f"{code}-{place}"),
                parent=code,
                source=source,
            )
            for place in range(random.randint(0, 2))
        ]
        own = _some(random, code) if not subs or random.random() < 0.5 else ()
        criteria += [CriterionFacts(code[0], code, name, "", own, "", source), *subs]
    return criteria


def in_sections(random: Random, criteria: Sequence[CriterionFacts]) -> list[CriterionFacts]:
    """The same criteria, both sections named by some aspect, with words beside the aspects."""
    made = []
    for number, one in enumerate(criteria):
        aspects = tuple(
            replace(
                aspect,
                section="12"[(number + place) % 2],
                note=random.choice(("", "见图纸")),
                requirement=random.choice(("", "ISO 1302")),
                day=random.choice(("", "C1")),
            )
            for place, aspect in enumerate(one.aspects)
        )
        made.append(replace(one, aspects=aspects))
    return made


def for_world_skills(random: Random) -> list[CriterionFacts]:
    """What the WorldSkills sheet can hold: sub-criteria of modules, aspects numbered in order."""
    kinds = [kind for kind in K if kind is not K.VIOLATION]
    made = []
    for code in ("A1", "A2", "B1"):
        day = random.choice(("1", "2"))
        aspects = [
            replace(
                aspect(random, random.choice(kinds), f"{code}.{number}"),
                text_en="",
                section=random.choice(("", "1", "2")),
                note=random.choice(("", "extra")),
                day=day,
            )
            for number in range(1, random.randint(2, 5))
        ]
        made.append(CriterionFacts(code[0], code, random.choice(WORDS), aspects=tuple(aspects)))
    return made


def _some(random: Random, code: str) -> tuple[AspectFacts, ...]:
    number = random.randint(2, 4)
    return tuple(aspect(random, random.choice(list(K)), f"{code}.{n}") for n in range(number))


def _ends(facts: AspectFacts) -> list[Decimal | None]:
    around = [facts.low, facts.high, facts.nominal]
    around += [end for band in facts.bands for end in (band.low, band.high)]
    if facts.nominal is not None:
        for tolerance in (facts.inner, facts.outer):
            if tolerance is not None:
                around += [facts.nominal - tolerance, facts.nominal + tolerance]
    if facts.base is not None and facts.factor:
        around.append(Decimal(int(facts.base / facts.factor)))
    return around


def _limits(random: Random, _full: Decimal) -> dict[str, object]:
    low, high = sorted(milli(random, -50_000, 50_000) for _ in range(2))
    which = random.randint(0, 2)
    return {
        "low": None if which == 1 else low,
        "high": None if which == 2 else high,
        "unit": random.choice(UNITS),
    }


def _bands(random: Random, full: Decimal) -> dict[str, object]:
    number = random.randint(2, 6)
    ends: list[Decimal | None] = [
        *sorted({milli(random, -50_000, 50_000) for _ in range(number + 4)})
    ]
    ends = ends[: number + 1]
    if random.random() < 0.5:
        ends[0] = None
    if random.random() < 0.5:
        ends[-1] = None
    points = [cents(random, 0, int(full * 100)) for _ in range(number)]
    points[random.randrange(number)] = full
    bands = [Band(ends[n], ends[n + 1], points[n]) for n in range(number)]
    return {"bands": tuple(bands), "edge": random.choice(list(Edge)), "unit": random.choice(UNITS)}


def _formula(random: Random, full: Decimal) -> dict[str, object]:
    return {
        "base": cents(random, -5_000, 12_000),
        "factor": random.choice((-1, 1)) * milli(random, 1, 9_999),
        "floor": cents(random, 0, int(full * 100) - 1) if random.random() < 0.3 else Decimal(0),
        "unit": random.choice(UNITS),
    }


def _tolerance(random: Random, full: Decimal) -> dict[str, object]:
    inner = milli(random, 0, 500)
    made = {"nominal": milli(random, -50_000, 50_000), "inner": inner, "unit": random.choice(UNITS)}
    if full > Decimal("0.01") and random.random() < 0.7:
        made["outer"] = inner + milli(random, 1, 500)
        made["part"] = cents(random, 1, int(full * 100) - 1)
    return made


def _step(random: Random, _full: Decimal) -> dict[str, object]:
    return {"step": cents(random, 1, 500)}


def _levels(random: Random, _full: Decimal) -> dict[str, object]:
    return {"levels": tuple(f"{random.choice(WORDS)} {level}" for level in range(4))}


_PARAMETERS = {
    K.JUDGEMENT: _levels,
    K.CHECK: lambda _random, _full: {},
    K.MEASUREMENT: _limits,
    K.DEDUCTION: _step,
    K.BANDS: _bands,
    K.FORMULA: _formula,
    K.TOLERANCE: _tolerance,
    K.VIOLATION: _step,
    K.MACHINE: lambda _random, _full: {},
}
