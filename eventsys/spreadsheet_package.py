"""The inside of an uploaded xlsx package: taken apart in memory and checked before use.

Runs only in the child process of ``eventsys.spreadsheet_reader``. Nothing is unpacked to a disk,
and no part with a document type declaration, hence with entities, is accepted.
"""

import io
import posixpath
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple
from xml.parsers import expat

MAX_MEMBERS = 200
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
SMALL_PART = 100 * 1024  # below this a high ratio is harmless, and common in sheets of blanks
MAX_DEPTH = 100
MOST_LISTED = 20

ENCRYPTED = 0x1
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SHEET_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINK_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = (
    f'<workbook xmlns="{SHEET_NAMESPACE}" xmlns:r="{DOCUMENT_NAMESPACE}">'
    '<workbookPr date1904="{epoch}"/>'
    '<sheets><sheet name="1" sheetId="1" r:id="worksheet"/></sheets></workbook>'
)
CLEAN = {
    "worksheet": "worksheets/sheet1.xml",
    "sharedStrings": "sharedStrings.xml",
    "styles": "styles.xml",
}
CELL_NAME = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class Reason(StrEnum):
    """Why a file is refused as a whole."""

    EMPTY = "empty"
    NOT_A_SPREADSHEET = "not_a_spreadsheet"
    OLD_OR_LOCKED = "old_or_locked"
    MACROS = "macros"
    DAMAGED = "damaged"
    UNUSUAL_PACKAGE = "unusual_package"
    TOO_TIGHTLY_PACKED = "too_tightly_packed"
    TOO_LONG = "too_long"  # limit, characters
    CELL_TOO_FAR = "cell_too_far"  # cell, rows, columns
    UNKNOWN_ENCODING = "unknown_encoding"
    UNCLOSED_QUOTE = "unclosed_quote"  # line


class Refused(Exception):
    """The file is refused; ``facts`` fill the message that the caller has for ``reason``."""

    def __init__(self, reason: Reason, **facts: object) -> None:
        self.reason = reason
        self.facts = facts
        super().__init__(reason)


def column_letters(column: int) -> str:
    """The letters a person sees above column number ``column`` (from 1)."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def listed(items: Sequence[str]) -> str:
    """The first few of ``items`` for a message, with an ellipsis if there are more."""
    return ", ".join(items[:MOST_LISTED]) + (", \u2026" if len(items) > MOST_LISTED else "")


def cell_place(name: str) -> tuple[int, int]:
    """Row and column of a cell name such as ``B7``; beyond the format's edges is damage."""
    found = CELL_NAME.fullmatch(name)
    if found is None:
        raise Refused(Reason.DAMAGED)
    row, column = int(found[2]), 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    if row > LAST_ROW or column > LAST_COLUMN:
        raise Refused(Reason.DAMAGED)
    return row, column


def unpack(data: bytes) -> dict[str, bytes]:
    """Every XML part of the package by its lower-case name, each known to be free of entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            check_members(members, packed=len(data))
            wanted = [m for m in members if part_name(m.filename).endswith((".xml", ".rels"))]
            parts = {part_name(member.filename): archive.read(member) for member in wanted}
    except BROKEN_ZIP as error:
        raise Refused(Reason.DAMAGED) from error
    for part in parts.values():
        parse(strict_parser(), part)
    return parts


def part_name(name: str) -> str:
    """The name by which a part is found: in a package names do not depend on case."""
    return name.replace("\\", "/").casefold()


def check_members(members: list[zipfile.ZipInfo], *, packed: int) -> None:
    """Refuse packages that no spreadsheet program writes, before anything is unpacked."""
    names = [part_name(member.filename) for member in members]
    if len(members) > MAX_MEMBERS or len(set(names)) != len(names):
        raise Refused(Reason.UNUSUAL_PACKAGE)
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise Refused(Reason.OLD_OR_LOCKED)
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Refused(Reason.MACROS)
    for name, member in zip(names, members, strict=True):
        outside = name.startswith("/") or ":" in name or ".." in name.split("/")
        if outside or stat.S_ISLNK(member.external_attr >> 16):
            raise Refused(Reason.UNUSUAL_PACKAGE)
        if member.file_size > max(SMALL_PART, MAX_RATIO * member.compress_size):
            raise Refused(Reason.TOO_TIGHTLY_PACKED)
    if sum(member.file_size for member in members) > min(MAX_UNPACKED, MAX_RATIO * packed):
        raise Refused(Reason.TOO_TIGHTLY_PACKED)


def strict_parser() -> expat.XMLParserType:
    """An expat parser that refuses document types and entities, and reads UTF-8 alone.

    Other encodings are refused because the value reader would understand them differently.
    """
    parser = expat.ParserCreate("UTF-8")
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    return parser


def _refuse(*_: object) -> None:
    raise Refused(Reason.UNUSUAL_PACKAGE)


def parse(parser: expat.XMLParserType, part: bytes) -> None:
    """Walk ``part`` once; markup that is not well formed is damage."""
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise Refused(Reason.DAMAGED) from error


class Walk:
    """A walk over the elements of one part; subclasses say what they look for."""

    def __init__(self) -> None:
        self.depth = 0

    def over(self, part: bytes) -> None:
        """Visit every element of ``part``."""
        parser = strict_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parse(parser, part)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins; names come without their prefixes."""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Refused(Reason.UNUSUAL_PACKAGE)
        bare = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        self.start(name.rpartition(":")[2], bare)

    def _end(self, _name: str) -> None:
        self.depth -= 1


class Listed(NamedTuple):
    """A sheet as the workbook lists it."""

    name: str
    link: str
    visible: bool


class DirectoryWalk(Walk):
    """Content types, relationships and the workbook: the parts that say where the cells are."""

    def __init__(self, part: bytes) -> None:
        super().__init__()
        self.types: list[str] = []
        self.links: dict[str, tuple[str, str]] = {}  # id: (last word of the type, target)
        self.sheets: list[Listed] = []
        self.counts_from_1904 = False
        self.over(part)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Collect what the element says."""
        match name:
            case "Default" | "Override":
                self.types.append(attributes.get("ContentType", ""))
            case "Relationship":
                kind = attributes.get("Type", "").rpartition("/")[2]
                self.links[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))
            case "sheet":
                visible = attributes.get("state", "visible") == "visible"
                link = attributes.get("id", "")
                self.sheets.append(Listed(attributes.get("name", ""), link, visible))
            case "workbookPr":
                self.counts_from_1904 |= attributes.get("date1904") in ("1", "true")


class Book:
    """A checked workbook: its sheets by name, and the parts their values come from."""

    def __init__(self, data: bytes) -> None:
        self._parts = unpack(data)
        if "[content_types].xml" not in self._parts:
            raise Refused(Reason.NOT_A_SPREADSHEET)
        types = self._directory("[content_types].xml").types
        if any("macroenabled" in t.casefold() or "vbaproject" in t.casefold() for t in types):
            raise Refused(Reason.MACROS)
        if WORKBOOK_TYPE not in types:
            raise Refused(Reason.NOT_A_SPREADSHEET)
        self._home = self._linked("", "officeDocument", "xl/workbook.xml")
        self._about = self._directory(self._home)
        self._links = self._directory(_links_of(self._home)).links
        self.sheets = self._about.sheets
        self.has_external_links = any(n.startswith("xl/externallinks/") for n in self._parts)

    def first_sheet(self) -> tuple[str, bytes]:
        """Name and part of the first worksheet a person sees."""
        for sheet in self.sheets:
            kind, target = self._links.get(sheet.link, ("", ""))
            part = self._parts.get(_joined(self._home, target))
            if sheet.visible and kind == "worksheet" and part is not None:
                return sheet.name, part
        raise Refused(Reason.DAMAGED)

    def package_of(self, sheet: bytes) -> io.BytesIO:
        """A new package around one sheet part: all that the value reader is ever given."""
        parts = {"worksheet": sheet}
        for kind in ("sharedStrings", "styles"):
            part = self._parts.get(self._linked(self._home, kind, f"{kind}.xml"))
            if part is not None:
                parts[kind] = part
        epoch = "1" if self._about.counts_from_1904 else "0"
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            _put(archive, "_rels/.rels", _links({"officeDocument": "xl/workbook.xml"}))
            _put(archive, "xl/workbook.xml", WORKBOOK.format(epoch=epoch).encode())
            _put(archive, "xl/_rels/workbook.xml.rels", _links({k: CLEAN[k] for k in parts}))
            for kind, part in parts.items():
                _put(archive, f"xl/{CLEAN[kind]}", part)
        package.seek(0)
        return package

    def _directory(self, name: str) -> DirectoryWalk:
        part = self._parts.get(name)
        if part is None:
            raise Refused(Reason.DAMAGED)
        return DirectoryWalk(part)

    def _linked(self, home: str, wanted: str, usual: str) -> str:
        """The part that ``home`` links to as ``wanted``, or where it usually lies."""
        links = self._directory(_links_of(home)).links.values()
        return _joined(home, next((target for kind, target in links if kind == wanted), usual))


def _links_of(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return posixpath.join(folder, "_rels", f"{file}.rels")


def _joined(home: str, target: str) -> str:
    """The part meant by a link from the part ``home``."""
    folder = posixpath.dirname(home)
    return part_name(posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))


def _links(targets: Mapping[str, str]) -> bytes:
    links = "".join(
        f'<Relationship Id="{kind}" Type="{DOCUMENT_NAMESPACE}/{kind}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{LINK_NAMESPACE}">{links}</Relationships>'.encode()


def _put(archive: zipfile.ZipFile, name: str, part: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name), part)
