"""The print fonts: what they can draw, and where the typesetter finds them.

The repository keeps the fonts as WOFF2 without glyph transformation: plain Brotli, so
unpacking takes a fifth of a second each instead of half a minute.
"""

import hashlib
import os
import tempfile
import unicodedata
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont, woff2

FAMILY = "Noto Sans SC"
SOURCES = tuple(sorted((Path(__file__).parent / "fonts").glob("*.woff2")))

# Controls, bidi marks and line separators draw nothing or reorder the line, whatever the font says.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@lru_cache(maxsize=1)
def drawable() -> frozenset[int]:
    """The code points every weight of the print font has a glyph for."""
    maps = []
    for source in SOURCES:
        with TTFont(source, lazy=True) as font:
            maps.append(frozenset(font.getBestCmap() or ()))
    return frozenset.intersection(*maps)


def missing_glyphs(text: str) -> list[str]:
    """The characters of ``text`` that would come out blank, each once, in order."""
    return [character for character in dict.fromkeys(text) if not _prints(character)]


def _prints(character: str) -> bool:
    return ord(character) in drawable() and unicodedata.category(character) not in INVISIBLE


def unpacked_fonts(cache: Path) -> Path:
    """The folder below ``cache`` with the fonts as TrueType, filled at first use.

    Its name is the digest of the packed fonts, so a new release never meets old files.
    """
    folder = cache / f"fonts-{_sources_digest()}"
    folder.mkdir(parents=True, exist_ok=True)
    for source in SOURCES:
        target = folder / f"{source.stem}.ttf"
        if not target.exists():
            _unpack(source, target)
    return folder


@lru_cache(maxsize=1)
def _sources_digest() -> str:
    together = hashlib.sha256()
    for source in SOURCES:
        together.update(source.read_bytes())
    return together.hexdigest()[:16]


def _unpack(source: Path, target: Path) -> None:
    """Write beside, flush, rename: another process sees all of the font or none of it."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as unpacked:
            woff2.decompress(source, unpacked)
            unpacked.flush()
            os.fsync(unpacked.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
