"""What a printed sheet stands for, which files are scans, and how two keyings are settled.

Values are keyed by the key under which the mark of an aspect is kept, as text, and are exact
decimals as text: the form in which JSON keeps them and the digest covers them.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from eventsys.errors import N_, Conflict, RuleBroken

SHORT_DIGITS = 12
MOST_BYTES = 10 * 1024 * 1024
REASON_LEAST = 5
HEX = re.compile(r"[0-9a-f]{12,64}")
TAIL = 1024  # bytes at the end of a PDF in which its end mark stands

Values = Mapping[str, str]


class ScanUnreadable(RuleBroken):
    field = "file"
    message = N_(
        "This is not a whole PDF, JPEG or PNG file. Scan the sheet once more and choose the file"
        " the scanner made."
    )


class ScanTooLarge(RuleBroken):
    field = "file"
    message = N_("The file is larger than %(most)s MB. Scan with 200 dpi in grey.")


class ScanKnown(Conflict):
    message = N_("This very file is attached to the sheet already. Nothing was changed.")


class ScanGone(Conflict):
    message = N_(
        "The file of this scan is missing or was changed on the disk. Tell your administrator, and"
        " attach the scan once more."
    )


class ReasonMissing(RuleBroken):
    field = "reason"
    message = N_("Write what differs, in at least five characters; the chief judge reads it.")


class NothingOnSheets(RuleBroken):
    message = N_(
        "There is nothing to print yet: no sheet was handed in. Print blank sheets, or wait until"
        " the judges have handed in."
    )


class NoCodesYet(RuleBroken):
    message = N_(
        "Sheets are printed for codes and seats. Draw the codes, fill the panel and write the"
        " marking scheme first."
    )


class SchemeChanged(Conflict):
    message = N_(
        "The marking scheme was changed after these sheets were asked for. Ask for them again."
    )


class SheetOpen(Conflict):
    message = N_("The judge is still marking this sheet, so there is nothing to compare with yet.")


class PrintUnknown(RuleBroken):
    field = "digest"
    message = N_(
        "No sheet of this track was printed with this content check. Type the twelve characters at"
        " the foot of the page."
    )


class SheetNotOpen(Conflict):
    message = N_(
        "The sheet is closed, so nothing is keyed into it. The chief judge can return it, or a"
        " correction is asked for."
    )


class MarkedOnTablet(Conflict):
    message = N_(
        "Marks were entered on this sheet on a tablet. Compare the paper with them instead of"
        " keying it."
    )


class KeyedAlready(Conflict):
    message = N_("You have keyed this sheet already. Another score clerk keys it the second time.")


class KeyedByTwo(Conflict):
    message = N_("Two people have keyed this sheet already. They settle what differs.")


class KeyedBefore(Conflict):
    message = N_(
        "This sheet was keyed before and given back. Its judge marks it on a tablet, or the chief"
        " judge has it keyed anew: open the sheet under “Compare” and choose “Key anew”."
    )


class NotOneOfTheTwo(RuleBroken):
    message = N_("Only the two who keyed this sheet settle what differs. Ask one of them.")


class NothingToSettle(Conflict):
    message = N_("There is nothing to settle on this sheet any more. Reload the page.")


class ReadingWaits(Conflict):
    message = N_(
        "A reading waits for its answer already. Look at it, and confirm it or turn it down."
    )


class OwnReading(RuleBroken):
    message = N_("You proposed this reading yourself. The other of the two looks at the paper.")


class ReadingStale(Conflict):
    message = N_("Another reading was proposed meanwhile. Look at it before you answer.")


class ValueUnreadable(RuleBroken):
    message = N_("Aspect %(code)s: “%(text)s” is not a number. Type digits as on the paper.")


class ValuesMissing(RuleBroken):
    message = N_(
        "Not keyed yet: %(codes)s. Key every aspect. If the paper itself is blank there, give the"
        " paper back to its judge."
    )


class ScanKind(StrEnum):
    """What a scan may be."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


MIME = {
    ScanKind.PDF: "application/pdf",
    ScanKind.JPEG: "image/jpeg",
    ScanKind.PNG: "image/png",
}
PNG_START, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"


def scan_kind(data: bytes) -> ScanKind:
    """What the bytes are, whatever the file is called; refuses cut-off and foreign files."""
    if len(data) > MOST_BYTES:
        raise ScanTooLarge(most=MOST_BYTES // 1024 // 1024)
    if data.startswith(b"%PDF-") and b"%%EOF" in data[-TAIL:]:
        return ScanKind.PDF
    if data.startswith(b"\xff\xd8\xff") and data.rstrip(b"\0").endswith(b"\xff\xd9"):
        return ScanKind.JPEG
    if data.startswith(PNG_START) and data.endswith(PNG_END):
        return ScanKind.PNG
    raise ScanUnreadable


def short_digest(digest: str) -> str:
    """The first twelve digits in groups of four, as printed and read aloud."""
    head = digest[:SHORT_DIGITS]
    return " ".join(head[at : at + 4] for at in range(0, SHORT_DIGITS, 4))


def typed_digest(text: str) -> str:
    """What somebody typed of a content check, without the gaps; refuses what is none."""
    plain = "".join(text.split()).casefold()
    if not HEX.fullmatch(plain):
        raise PrintUnknown
    return plain


class Keying(StrEnum):
    """How far the keying of a sheet is."""

    NONE = "none"
    ONE = "one"
    DIFFERS = "differs"
    PROPOSED = "proposed"
    SETTLED = "settled"


KEYING_LABELS = {
    Keying.NONE: N_("Not keyed"),
    Keying.ONE: N_("Keyed once"),
    Keying.DIFFERS: N_("Keyed twice, differs"),
    Keying.PROPOSED: N_("Reading proposed"),
    Keying.SETTLED: N_("Keyed and settled"),
}


def differing(first: Values, second: Values) -> frozenset[str]:
    """The aspects two keyings do not agree on."""
    return frozenset(
        key for key in first.keys() | second.keys() if first.get(key) != second.get(key)
    )


def settled(first: Values, second: Values, reading: Values) -> dict[str, str]:
    """The sheet as both have it, with the confirmed reading where they differed."""
    apart = differing(first, second)
    if apart != reading.keys():
        raise ReadingStale
    return {**{key: text for key, text in first.items() if key not in apart}, **reading}


def check_next_keyer(keyed_by: Iterable[int], user_id: int) -> None:
    """Nobody keys both; nobody keys a third time."""
    before = list(keyed_by)
    if user_id in before:
        raise KeyedAlready
    if len(before) > 1:
        raise KeyedByTwo


def check_reason(reason: str) -> str:
    """The reason without blanks around it; refuses one that says nothing."""
    plain = reason.strip()
    if len(plain) < REASON_LEAST:
        raise ReasonMissing
    return plain
