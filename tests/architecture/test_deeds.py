"""Whatever is written into the record can be read there in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

from blueprints.members.deeds import DEED_LABELS

ROOT = Path(__file__).parents[2]


def recorded() -> Iterator[str]:
    """Every deed named in a call of ``record``."""
    for part in ("eventsys", "blueprints", "scheduling"):
        for file in sorted((ROOT / part).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record":
                    yield from texts(node.args[1])


def texts(node: ast.expr) -> Iterator[str]:
    """The texts an expression may stand for: one, or the two of a choice."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def test_every_recorded_deed_has_words():
    assert {deed for deed in recorded() if deed not in DEED_LABELS} == set()


def test_no_words_are_kept_for_deeds_that_nobody_records():
    assert set(DEED_LABELS) - set(recorded()) == set()
