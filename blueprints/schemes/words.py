"""How the points of an aspect are found, in a few words beside it."""

from decimal import Decimal

from flask_babel import gettext as _

from eventsys.schemes.aspects import AspectKind, Edge
from eventsys.schemes.models import Aspect
from eventsys.schemes.notation import plain


def rule_words(aspect: Aspect) -> str:
    """The rule of an aspect as a judge or an organizer reads it."""
    words = _WORDS.get(aspect.kind)
    return words(aspect) if words else ""


def _measurement(aspect: Aspect) -> str:
    own = aspect.limits
    low = plain(own.low) if own.low is not None else "…"
    high = plain(own.high) if own.high is not None else "…"
    return f"{low} – {high} {_unit(aspect)}".strip()


def _deduction(aspect: Aspect) -> str:
    return _("−%(step)s each time", step=plain(aspect.limits.step))


def _violation(aspect: Aspect) -> str:
    return _(
        "−%(step)s each time, at most −%(most)s off the module",
        step=plain(aspect.limits.step),
        most=plain(aspect.max_points),
    )


def _bands(aspect: Aspect) -> str:
    bands, edge = aspect.limits.bands, aspect.limits.edge
    last = len(bands) - 1
    parts = []
    for place, band in enumerate(bands):
        opens = "≤" if edge is Edge.UPPER or place == 0 else "<"
        ends = "≤" if edge is Edge.LOWER or place == last else "<"
        low = f"{plain(band.low)} {opens} " if band.low is not None else ""
        high = f" {ends} {plain(band.high)}" if band.high is not None else ""
        parts.append(f"{low}N{high} → {plain(band.points)}")
    return _in_unit("; ".join(parts), aspect)


def _formula(aspect: Aspect) -> str:
    own = aspect.limits
    if own.base is None or own.factor is None:
        return ""
    sign = "−" if own.factor < 0 else "+"
    line = _(
        "%(line)s × N, from %(least)s to %(most)s points",
        line=f"{plain(own.base)} {sign} {plain(abs(own.factor))}",
        least=plain(own.floor or Decimal(0)),
        most=plain(aspect.max_points),
    )
    return _in_unit(line, aspect)


def _in_unit(line: str, aspect: Aspect) -> str:
    unit = _unit(aspect)
    return f"{line} ({_named_unit(unit)})" if unit else line


def _named_unit(unit: str) -> str:
    return _("N in %(unit)s", unit=unit)


def _tolerance(aspect: Aspect) -> str:
    own = aspect.limits
    inner = f"{plain(own.nominal)} ± {plain(own.inner)} {_unit(aspect)}".strip()
    if own.outer is None:
        return inner
    wider = _("± %(outer)s: %(part)s points", outer=plain(own.outer), part=plain(own.part))
    return f"{inner} · {wider}"


def _unit(aspect: Aspect) -> str:
    return str(aspect.spec.get("unit", ""))


_WORDS = {
    AspectKind.JUDGEMENT: lambda _aspect: _("four levels described"),
    AspectKind.MEASUREMENT: _measurement,
    AspectKind.DEDUCTION: _deduction,
    AspectKind.VIOLATION: _violation,
    AspectKind.BANDS: _bands,
    AspectKind.FORMULA: _formula,
    AspectKind.TOLERANCE: _tolerance,
    AspectKind.MACHINE: lambda _aspect: _("Imported from the examination machine"),
}
