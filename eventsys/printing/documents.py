"""The documents eventsys prints: what each of them holds, and the function that makes its PDF.

Every ``…_pdf`` function takes ``fonts_dir`` (a cache folder for unpacked fonts) and ``translate``
(message id to words, for the fixed labels), and refuses text the print font cannot draw.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from eventsys.errors import N_, RuleBroken
from eventsys.printing import labels
from eventsys.printing.fonts import INVISIBLE, missing_glyphs
from eventsys.printing.labels import Translate
from eventsys.printing.qr import qr_svg
from eventsys.printing.typesetting import Overfull, typeset

LONGEST_TEXT = 500  # characters; more only makes the typesetter try sizes for minutes
SHOWN_AT_MOST = 40  # characters of a refused text that its message repeats
NAMED_AT_MOST = 10  # missing characters that a message names


class UnprintableText(RuleBroken):
    """Some characters of ``text`` have no glyph; a blank in a name is worse than no paper."""

    message = N_(
        'The text "%(text)s" cannot be printed: the print font lacks %(characters)s. '
        "Correct the text, or write this document by hand."
    )


class TextTooLong(RuleBroken):
    """One item holds more text than its page or card has room for."""

    message = N_('The text for "%(item)s" does not fit on its page. Shorten the text lines.')


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What every page says about where it comes from; ``mark`` is written large across it."""

    text: str
    mark: str = ""


class NothingToPrint(RuleBroken):
    """A document without a single item: a blank PDF would only puzzle."""

    message = N_("There is nothing to print. Choose at least one entry.")


@dataclass(frozen=True, kw_only=True)
class CertificatePage:
    """One certificate. ``lines`` stand above the ``award`` in large letters, ``closing`` below."""

    title: str
    title_en: str = ""
    group: str = ""
    holder: str
    holder_suffix: str = ""
    lines: tuple[str, ...]
    award: str = ""
    closing: tuple[str, ...] = ()
    lines_en: tuple[str, ...] = ()
    issuer: str
    issued_on: str
    number: str
    qr_text: str


@dataclass(frozen=True, kw_only=True)
class TicketPage:
    """One admission ticket. Empty fields are left out; ``photo_box`` leaves room for a photo."""

    title: str
    title_en: str = ""
    event: str
    track: str = ""
    holder: str
    unit: str = ""
    masked_id: str = ""
    number: str
    session: str = ""
    venue: str = ""
    room: str = ""
    seat: str = ""
    rules: tuple[str, ...] = ()
    photo_box: bool = False
    qr_text: str


@dataclass(frozen=True, kw_only=True)
class ResultLine:
    """One place of the ranking; ``scores`` are in the order of the sheet's ``modules``."""

    place: str
    code: str = ""
    name: str = ""
    unit: str = ""
    scores: tuple[str, ...] = ()
    total: str
    prize: str = ""


@dataclass(frozen=True, kw_only=True)
class ResultSheet:
    """A ranking to sign. Columns nobody fills are left out; ``status`` says draft or final."""

    title: str
    subtitle: str = ""
    status: str = ""
    modules: tuple[str, ...] = ()
    rows: tuple[ResultLine, ...]
    notes: tuple[str, ...] = ()
    version: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class SignInLine:
    """One person on a sign-in sheet."""

    number: str
    name: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class SignInSheet:
    """A list with one box to sign for each of ``half_days``."""

    title: str
    subtitle: str = ""
    half_days: tuple[str, ...]
    rows: tuple[SignInLine, ...]


@dataclass(frozen=True, kw_only=True)
class SeatLine:
    """Who sits where."""

    seat: str
    name: str
    number: str = ""
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class SeatSheet:
    """The list on the door of one room for one session."""

    title: str
    room: str
    venue: str = ""
    session: str = ""
    rows: tuple[SeatLine, ...]


@dataclass(frozen=True, kw_only=True)
class MinuteLine:
    """What one source drew; name and unit at the level that knows people."""

    source: str
    number: str
    name: str = ""
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class MinuteSheet:
    """The list of one level of a draw, for a sealed envelope; ``…_ink`` are signatures as SVG."""

    title: str
    subtitle: str = ""
    drawn_at: str
    source: str
    number: str
    rows: tuple[MinuteLine, ...]
    custodian: str
    custodian_ink: str = ""
    witness: str
    witness_ink: str = ""
    commitment: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class ScoreAspect:
    """One thing judged. ``choices`` (for example 0 to 3) are printed as circles to mark."""

    section: str = ""
    number: str
    text: str
    hint: str = ""
    maximum: str
    mark: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ScoreSheet:
    """One judge's paper for one entry, known by its code only; marks may be filled or blank.

    ``digest`` stands for the marks the paper shows; its first twelve digits are printed large, and
    ``qr_text`` leads to the page where the paper is compared with what the computer holds.
    ``judge_ink`` is the signature made on the device as SVG, ``signed_on`` when that was.
    """

    title: str
    subtitle: str = ""
    code: str
    seat: str = ""
    judge: str = ""
    aspects: tuple[ScoreAspect, ...]
    maximum_total: str
    mark_total: str = ""
    scheme_version: str
    short_digest: str = ""
    digest: str
    qr_text: str = ""
    judge_ink: str = ""
    signed_on: str = ""


@dataclass(frozen=True, kw_only=True)
class RulingLetter:
    """A panel's decision on an appeal; ``parts`` are headed paragraphs in order."""

    title: str
    number: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    members: tuple[str, ...]
    issuer: str
    ruled_on: str
    digest: str


def certificates_pdf(
    pages: Sequence[CertificatePage], *, translate: Translate, fonts_dir: Path
) -> bytes:
    """One A4 landscape page for each certificate."""
    items = [asdict(page) for page in pages]
    return print_items("certificate", items, labels.CERTIFICATE, translate, fonts_dir)


def tickets_pdf(
    pages: Sequence[TicketPage],
    *,
    per_page: Literal[1, 4] = 4,
    translate: Translate,
    fonts_dir: Path,
    stamp: Stamp | None = None,
) -> bytes:
    """Admission tickets: four to an A4 page with lines to cut along, or one to a page."""
    items = [asdict(page) for page in pages]
    looks = stamped(stamp) | {"per_page": per_page}
    return print_items("tickets", items, labels.TICKET, translate, fonts_dir, **looks)


def result_sheet_pdf(sheet: ResultSheet, *, translate: Translate, fonts_dir: Path) -> bytes:
    """The ranking with signature lines; digest and version at the foot of each page."""
    items = [asdict(sheet)] if sheet.rows else []
    return print_items("result_sheet", items, labels.RESULT_SHEET, translate, fonts_dir)


def sign_in_sheets_pdf(
    sheets: Sequence[SignInSheet], *, translate: Translate, fonts_dir: Path
) -> bytes:
    """Sign-in lists, each starting on its own page."""
    items = [asdict(sheet) for sheet in sheets]
    return print_items("sign_in_sheet", items, labels.SIGN_IN_SHEET, translate, fonts_dir)


def seat_sheets_pdf(
    sheets: Sequence[SeatSheet],
    *,
    translate: Translate,
    fonts_dir: Path,
    stamp: Stamp | None = None,
) -> bytes:
    """Door lists, each room starting on its own page."""
    items = [asdict(sheet) for sheet in sheets]
    words = labels.SEAT_SHEET
    return print_items("seat_sheet", items, words, translate, fonts_dir, **stamped(stamp))


def score_sheets_pdf(
    sheets: Sequence[ScoreSheet], *, translate: Translate, fonts_dir: Path
) -> bytes:
    """Judges' paper sheets, each entry starting on its own page."""
    drawings = {str(at): sheet.judge_ink for at, sheet in enumerate(sheets) if sheet.judge_ink}
    items = [
        asdict(sheet) | {"judge_ink": str(at) if sheet.judge_ink else ""}
        for at, sheet in enumerate(sheets)
    ]
    words = labels.SCORE_SHEET
    return print_items("score_sheet", items, words, translate, fonts_dir, drawings=drawings)


def minute_pdf(sheet: MinuteSheet, *, translate: Translate, fonts_dir: Path) -> bytes:
    """The minute of a draw with lines to sign, or the signatures made on the device."""
    drawings = {key: value for key, value in asdict(sheet).items() if key.endswith("_ink")}
    item = asdict(sheet) | dict.fromkeys(drawings, "")
    words = labels.MINUTE
    return print_items("minute", [item], words, translate, fonts_dir, drawings=drawings)


def ruling_letter_pdf(letter: RulingLetter, *, translate: Translate, fonts_dir: Path) -> bytes:
    """A decision letter with lines for the panel to sign and the digest of its content."""
    return print_items("ruling", [asdict(letter)], labels.RULING, translate, fonts_dir)


def check_printable(text: str) -> None:
    """Refuse ``text`` if the print font lacks a glyph for any of its characters."""
    if missing := missing_glyphs(text):
        raise UnprintableText(
            text=_short("".join(map(_shown, text))),
            characters=", ".join(map(_named, missing[:NAMED_AT_MOST])),
        )


def stamped(stamp: Stamp | None) -> dict[str, object]:
    """The stamp as a setting of a document; none, and the pages stay without."""
    return {"stamp": asdict(stamp)} if stamp else {}


def print_items(
    template: str,
    items: Sequence[dict[str, object]],
    words: Mapping[str, str],
    translate: Translate,
    fonts_dir: Path,
    **settings: object,
) -> bytes:
    """The PDF of a template with items, fixed words and settings; refuses what cannot be drawn."""
    if not items:
        raise NothingToPrint
    spoken = labels.in_words(words, translate)
    for text in _texts([items, spoken, settings.get("stamp", {})]):
        if len(text) > LONGEST_TEXT:
            raise TextTooLong(item=_short(text))
        check_printable(text)
    data = {"items": [_with_qr(item) for item in items], "labels": spoken, **settings}
    try:
        return typeset(template, data, fonts_dir=fonts_dir)
    except Overfull as overfull:
        item = items[overfull.index]
        raise TextTooLong(item=_short(str(item.get("holder") or item["title"]))) from overfull


def _with_qr(item: dict[str, object]) -> dict[str, object]:
    return item | {"qr": qr_svg(str(item["qr_text"]))} if item.get("qr_text") else item


def _texts(value: object) -> Iterator[str]:
    """Every string somewhere inside ``value``."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_AT_MOST else text[: SHOWN_AT_MOST - 1] + "…"


def _shown(character: str) -> str:
    """``character``, or a sign in its place if showing it would disturb the message."""
    return (
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in INVISIBLE else character
    )


def _named(character: str) -> str:
    """``character`` with its code point, so that even an unseen one can be looked up."""
    code = f"U+{ord(character):04X}"
    return code if unicodedata.category(character) in INVISIBLE else f"{character} ({code})"
