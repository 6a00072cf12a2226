"""Vectors: inputs with the verdict required of us, kept as data so that another set can be run."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

_REPEATED = re.compile(r"(.)\*(\d+)")


def vector_path(name: str) -> Path:
    """Find a vector file, in the folder EVENTSYS_VECTORS names, or else beside this module."""
    return Path(os.environ.get("EVENTSYS_VECTORS") or Path(__file__).parent) / name


@dataclass(frozen=True)
class TextVector:
    """One row of a .tsv file: its place, the text to try, and the other columns."""

    line: int
    text: str
    columns: tuple[str, ...]


def text_vectors(name: str) -> list[TextVector]:
    """Read rows whose first column is escaped as in Python; ``a*5`` there stands for aaaaa."""
    lines = vector_path(name).read_text(encoding="utf-8").split("\n")
    return [
        TextVector(line, _unescaped(first), tuple(columns))
        for line, row in enumerate(lines[1:], start=2)
        for first, *columns in [row.split("\t")]
        if columns
    ]


def _unescaped(column: str) -> str:
    text = column.encode("ascii", "backslashreplace").decode("unicode_escape")
    repeated = _REPEATED.fullmatch(text)
    return repeated[1] * int(repeated[2]) if repeated else text
