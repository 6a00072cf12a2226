"""Compile the catalogues: ``python -m blueprints.catalogues``; the Makefile does it."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).with_name("translations")


def compile_all() -> int:
    """Write a ``.mo`` beside every ``.po``; says how many."""
    sources = sorted(CATALOGUES.glob("*/LC_MESSAGES/*.po"))
    for source in sources:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
    return len(sources)


if __name__ == "__main__":
    print(compile_all(), "catalogues")  # noqa: T201  a command
