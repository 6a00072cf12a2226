"""The grid of exam marks: one line for each candidate, read back as typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from blueprints.web import WebForm, words
from eventsys.errors import DomainError, RuleBroken
from eventsys.schemes.importing import number_in
from eventsys.scoring.exam_actions import GivenMark
from eventsys.scoring.exam_queries import Candidate
from eventsys.scoring.states import PartStatus

LONGEST_MARK = 12


@dataclass(frozen=True)
class Line:
    """A candidate with what stands in the fields, and what is wrong with it."""

    candidate: Candidate
    status: str
    points: str
    seen: int
    problem: str = ""


def lines_of(shown: Sequence[Candidate], typed: Mapping[str, str] | None = None) -> list[Line]:
    """The lines as kept, or as typed where the form was sent."""
    lines = []
    for one in shown:
        points = "" if one.points is None else f"{one.points:f}"
        line = Line(one, one.status.value if one.status else "", points, one.version)
        key = one.entry_id
        if typed is not None and f"points-{key}" in typed:
            line = replace(
                line,
                status=typed.get(f"status-{key}", ""),
                points=typed[f"points-{key}"].strip()[:LONGEST_MARK],
                seen=_whole(typed.get(f"seen-{key}", "")),
            )
        lines.append(line)
    return lines


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST_MARK else 0


class GridForm(WebForm):
    """Its fields stand in the table: status, points and seen, each with the candidate's key."""

    ticket = ""

    def given(self, lines: list[Line]) -> list[GivenMark] | None:
        """The marks that were filled in; ``None``, and the lines marked, if one is no number."""
        marks = []
        for place, line in enumerate(lines):
            if not line.status and not line.points:
                continue
            try:
                marks.append(_mark(line))
            except RuleBroken as refusal:
                lines[place] = replace(line, problem=words(refusal))
                self.refuse(refusal)
        return None if any(line.problem for line in lines) else marks

    def refuse(self, refusal: DomainError) -> None:
        """Remember which candidate a refusal is about, if it is about one."""
        super().refuse(refusal)
        self.ticket = str(refusal.facts.get("number", ""))

    def marked(self, lines: Sequence[Line]) -> list[Line]:
        """The lines with what the action refused written at its candidate."""
        return [
            replace(line, problem=self.refusal or "")
            if line.candidate.ticket == self.ticket and not line.problem
            else line
            for line in lines
        ]


def _mark(line: Line) -> GivenMark:
    """A line as the action takes it; points alone mean that the candidate was there."""
    points: Decimal | None = number_in(line.points)
    known = {status.value: status for status in PartStatus}
    status = known.get(line.status, PartStatus.VALID)
    return GivenMark(line.candidate.entry_id, status, points, line.seen)
