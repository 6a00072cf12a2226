"""Which files may be handed in, what is done to each kind, and why one is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from eventsys.errors import N_, Conflict, RuleBroken

MEGABYTE = 1024 * 1024
MOST_MEGABYTES = 10  # as much as one request may bring
MOST_SLOTS = 20
SLOT_CODE = re.compile(r"[A-Z][A-Z0-9]{0,5}")


class Treatment(StrEnum):
    """What is done to a file before it is kept."""

    JPEG = "jpeg"
    PNG = "png"
    PDF = "pdf"
    OFFICE = "office"
    ARCHIVE = "archive"
    TEXT = "text"
    OPAQUE = "opaque"  # kept as it is: its inside cannot be cleaned


TREATMENTS: Mapping[str, Treatment] = {
    "jpg": Treatment.JPEG,
    "png": Treatment.PNG,
    "pdf": Treatment.PDF,
    "docx": Treatment.OFFICE,
    "xlsx": Treatment.OFFICE,
    "pptx": Treatment.OFFICE,
    "zip": Treatment.ARCHIVE,
    **dict.fromkeys(
        "txt csv md py java c h cpp cs js ts vue html css sql json xml nc dxf".split(),
        Treatment.TEXT,
    ),
    **dict.fromkeys("dwg step stp mp4".split(), Treatment.OPAQUE),
}
"""By extension. ``jpeg`` counts as ``jpg``."""

STARTS: Mapping[str, bytes] = {
    "jpg": b"\xff\xd8\xff",
    "png": b"\x89PNG\r\n\x1a\n",
    "pdf": b"%PDF-",
    "docx": b"PK\x03\x04",
    "xlsx": b"PK\x03\x04",
    "pptx": b"PK\x03\x04",
    "zip": b"PK\x03\x04",
    "dwg": b"AC10",
    "step": b"ISO-10303-21",
    "stp": b"ISO-10303-21",
}
MP4_MARK = b"ftyp"  # after the first four bytes
CONTENT_TYPES: Mapping[str, str] = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "mp4": "video/mp4",
}
"""What a browser may show; everything else is only saved."""


class TypeNotAllowed(RuleBroken):
    field = "file"
    message = N_(
        "A file of this type cannot be handed in here. Allowed are: %(types)s. Save the work as one"
        " of them and try again."
    )


class NotWhatItSays(RuleBroken):
    field = "file"
    message = N_(
        "The file is not what its name says (%(type)s), or it is damaged. Save it again in its"
        " program and try again."
    )


class FileTooLarge(RuleBroken):
    field = "file"
    message = N_("The file is larger than %(most)s MB. Make it smaller, then hand it in again.")


class FileEmpty(RuleBroken):
    field = "file"
    message = N_("The file is empty. Choose the right file.")


class FileLocked(RuleBroken):
    field = "file"
    message = N_("The file is protected by a password. Save it without one and try again.")


class UnfitArchive(RuleBroken):
    field = "file"
    message = N_(
        "Something in the archive cannot be handed in: %(name)s. Archives hold allowed files only,"
        " no other archives and no links. Pack it anew and try again."
    )


class NameInside(RuleBroken):
    field = "file"
    message = N_(
        "Inside the file stands the name of a person or unit of this entry. Nothing handed in may"
        " say whose it is. Remove it and try again."
    )


class HandInClosed(Conflict):
    message = N_(
        "Hand-in was closed on %(moment)s. Nothing can be added any more; tell the chief judge if"
        " something is missing."
    )


class HandInOpen(RuleBroken):
    message = N_("Files can be seen by judges after the hand-in is closed.")


class NoSlots(RuleBroken):
    message = N_("No files are asked for in this track. The organizer lists them first.")


class SlotTaken(RuleBroken):
    field = "code"
    message = N_("There is a file with this code already. Choose another code.")


class SlotUnfit(RuleBroken):
    field = "code"
    message = N_("A code is a capital letter with up to five letters or digits, such as A1.")


class SlotTypesMissing(RuleBroken):
    field = "extensions"
    message = N_("Choose at least one file type.")


class SlotSizeUnfit(RuleBroken):
    field = "most_megabytes"
    message = N_("A file may have from 1 to %(most)s MB.")


class SlotInUse(RuleBroken):
    message = N_("Files were handed in for this already, so it stays.")


class TooManySlots(RuleBroken):
    message = N_("A track asks for at most %(most)s files.")


class StationUnknown(RuleBroken):
    field = "station"
    message = N_("No entry sits at this station. Choose the number that stands on it.")


class ClosedAlready(Conflict):
    message = N_("The hand-in is closed already.")


@dataclass(frozen=True)
class SlotFacts:
    """One file that is asked for."""

    code: str
    name: str
    extensions: tuple[str, ...]
    most_megabytes: int
    is_remote: bool


def check_slot(facts: SlotFacts) -> None:
    """Refuse a description nobody could hand in for."""
    if not SLOT_CODE.fullmatch(facts.code):
        raise SlotUnfit
    if not facts.extensions or set(facts.extensions) - TREATMENTS.keys():
        raise SlotTypesMissing
    if not 1 <= facts.most_megabytes <= MOST_MEGABYTES:
        raise SlotSizeUnfit(most=MOST_MEGABYTES)


def extension_of(name: str) -> str:
    """The extension of a file's name, small; all that is ever looked at of the name."""
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    return "jpg" if ending == "jpeg" else ending


def check_file(name: str, data: bytes, facts: SlotFacts) -> str:
    """The extension under which a file is kept; refused by type, size or when it is another."""
    extension = extension_of(name)
    if extension not in facts.extensions:
        raise TypeNotAllowed(types=", ".join(facts.extensions))
    if not data:
        raise FileEmpty
    if len(data) > facts.most_megabytes * MEGABYTE:
        raise FileTooLarge(most=facts.most_megabytes)
    if not looks_like(extension, data):
        raise NotWhatItSays(type=extension)
    return extension


def looks_like(extension: str, data: bytes) -> bool:
    """Whether the first bytes, or for text all of them, fit the extension."""
    if TREATMENTS[extension] is Treatment.TEXT:
        return is_text(data)
    if extension == "mp4":
        return data[4:8] == MP4_MARK
    return data.startswith(STARTS[extension])


def is_text(data: bytes) -> bool:
    """Whether the bytes are text in one of the encodings Chinese programs write."""
    return text_of(data) is not None


def text_of(data: bytes) -> str | None:
    """The text, or none: UTF-16 with a mark, UTF-8 or GB 18030, without binary controls."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            found = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in found else found
    return None


def names_in(data: bytes, names: frozenset[str]) -> bool:
    """Whether one of some names stands in the bytes, in an encoding that programs write."""
    encodings = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
    return any(name.encode(encoding) in data for name in names for encoding in encodings)


def file_name(code: str, slot: str, extension: str) -> str:
    """What judges save a file as: the code and what was asked for, nothing of whoever made it."""
    return f"{code}-{slot}.{extension}"
