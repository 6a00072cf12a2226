"""One template plus data becomes a PDF. Data is JSON and stays data: nothing in it is evaluated."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import typst

from eventsys.printing.fonts import unpacked_fonts

TEMPLATES = Path(__file__).parent / "templates"
OVERFULL = re.compile(r"overfull:(\d+)")


class TypesettingFault(RuntimeError):
    """The typesetter warned, for example of a font it did not find: our fault, not the user's."""


class Overfull(Exception):
    """Item number ``index`` (from 0) holds more text than its page, even at the smallest size."""

    def __init__(self, index: int) -> None:
        self.index = index
        super().__init__(f"item {index} does not fit")


def typeset(template_name: str, data: Mapping[str, object], *, fonts_dir: Path) -> bytes:
    """The PDF of ``templates/<template_name>.typ`` filled with ``data``.

    ``fonts_dir`` is a cache folder the fonts are unpacked into. No system font, no network, no
    file outside the templates folder; the same data always gives the same bytes.
    """
    source = TEMPLATES / f"{template_name}.typ"
    if source not in TEMPLATES.glob("*.typ"):
        raise ValueError(f"no template {template_name!r}")
    try:
        pdf, warnings = typst.compile_with_warnings(
            source,
            root=TEMPLATES,
            font_paths=[unpacked_fonts(fonts_dir)],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, allow_nan=False)},
        )
    except typst.TypstError as refusal:
        if too_long := OVERFULL.search(str(refusal)):
            raise Overfull(int(too_long.group(1))) from refusal
        raise
    if warnings:
        raise TypesettingFault("; ".join(str(warning) for warning in warnings))
    return pdf
