"""Archives and Office packages: read with limits, cleaned part by part, written anew."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from eventsys.works.rules import (
    TREATMENTS,
    FileLocked,
    NotWhatItSays,
    Treatment,
    UnfitArchive,
    extension_of,
    looks_like,
)

MOST_MEMBERS = 1000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 200
SMALL_PART = 100 * 1024
ENCRYPTED, UTF8 = 0x1, 0x800
EPOCH = (1980, 1, 1, 0, 0, 0)
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError),
    ValueError,  # offsets before the beginning of the file
)
LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)")
MAIN_PARTS = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "pptx": "ppt/presentation.xml",
}
EMPTY_PARTS = {
    "docProps/core.xml": (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties'
        b' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
    ),
    "docProps/app.xml": (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties'
        b' xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
    ),
    "docProps/custom.xml": (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties'
        b' xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
    ),
}
LEFT_OUT = re.compile(r"docProps/thumbnail\.\w+|.*/printerSettings/.*")
OFFICE = frozenset(MAIN_PARTS)
# people are named in attributes of changes, comments and locks, in lists, and in paths of folders
NAMED_ATTRIBUTE = re.compile(
    rb"""(\s(?:\w+:)?(?:author|initials|userName|userId|providerId|displayName|name(?=[^>]*clrIdx))\s*=\s*)"""
    rb"""("[^"]*"|'[^']*')"""
)
PERSON_PARTS = re.compile(r".*(comment|person|people|author|revision|users).*\.xml", re.IGNORECASE)
EVERYWHERE = re.compile(
    rb"""(\s(?:w|w15|p15|x):?(?:author|initials)\s*=\s*|\suserName\s*=\s*)"""
    rb"""("[^"]*"|'[^']*')"""
)
AUTHOR_ELEMENT = re.compile(rb"<((?:\w+:)?author)>[^<]*</((?:\w+:)?author)>")
ABSOLUTE_PATH = re.compile(rb"<(?:\w+:)?absPath\b[^>]*/>")
LEFT_OUT_LINK = re.compile(rb"<Relationship\b[^>]*(?:printerSettings|thumbnail)[^>]*/>")
PRINTER_LINK = re.compile(rb"(<pageSetup\b[^>]*?)\sr:id\s*=\s*(?:\"[^\"]*\"|'[^']*')")
DECLARED = (b"<!DOCTYPE", b"<!ENTITY")

Clean = Callable[[str, bytes], bytes]


class Part(NamedTuple):
    """One file of a package."""

    name: str
    data: bytes


def read_parts(data: bytes, kind: str) -> list[Part]:
    """Every file inside, in order; refused whole when something is not as programs write it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members)
            return [
                Part(_name_of(one), archive.read(one))
                for one in members
                if not one.is_dir() and not LITTER.search(_name_of(one))
            ]
    except BROKEN as broken:
        raise NotWhatItSays(type=kind) from broken


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [_name_of(one) for one in members]
    if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > MOST_UNPACKED:
        raise UnfitArchive(name=f"> {MOST_MEMBERS}")
    if len({name.casefold() for name in names}) != len(names):
        raise UnfitArchive(name="2 ×")
    for one, name in zip(members, names, strict=True):
        if one.flag_bits & ENCRYPTED:
            raise FileLocked
        packed_tight = one.file_size > SMALL_PART
        too_tight = packed_tight and one.file_size > MOST_RATIO * max(1, one.compress_size)
        if too_tight or not _is_plain(one, name):
            raise UnfitArchive(name=extension_of(name) or "?")


def _is_plain(member: zipfile.ZipInfo, name: str) -> bool:
    """Neither a link nor a way out of the folder."""
    parts = name.replace("\\", "/").split("/")
    mode = member.external_attr >> 16
    return ".." not in parts and not name.startswith("/") and not stat.S_ISLNK(mode)


def _name_of(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: Chinese systems write it in GBK without saying so."""
    if member.flag_bits & UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def write_parts(parts: Iterable[Part]) -> bytes:
    """A package of these files that says nothing of when and where it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            member = zipfile.ZipInfo(part.name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            member.create_system = 0
            archive.writestr(member, part.data)
    return out.getvalue()


def strip_archive(data: bytes, clean: Clean) -> bytes:
    """Every file inside cleaned as if it had been handed in by itself; no archive in an archive."""
    parts = read_parts(data, "zip")
    for part in parts:
        extension = extension_of(part.name)
        treatment = TREATMENTS.get(extension)
        if treatment is None or treatment is Treatment.ARCHIVE:
            raise UnfitArchive(name=extension or "?")
        if part.data and not looks_like(extension, part.data):
            raise UnfitArchive(name=extension)
    return write_parts(
        Part(one.name, clean(extension_of(one.name), one.data) if one.data else b"")
        for one in sorted(parts)
    )


def strip_office(data: bytes, extension: str, clean: Clean) -> bytes:
    """The document without properties, authors, folders, printers, thumbnails and macros."""
    parts = read_parts(data, extension)
    names = {one.name for one in parts}
    if MAIN_PARTS[extension] not in names or "[Content_Types].xml" not in names:
        raise NotWhatItSays(type=extension)
    kept = [one for one in parts if not LEFT_OUT.fullmatch(one.name)]
    kept.sort(key=lambda one: (one.name != "[Content_Types].xml", one.name))
    return write_parts(Part(one.name, _office_part(one, extension, clean)) for one in kept)


def _office_part(part: Part, extension: str, clean: Clean) -> bytes:
    if part.name in EMPTY_PARTS:
        return EMPTY_PARTS[part.name]
    ending = extension_of(part.name)
    if ending in {"jpg", "png", *OFFICE}:
        return clean(ending, part.data)
    if ending == "bin":  # whatever another program put in; nobody could say what it tells
        raise UnfitArchive(name=part.name.rpartition("/")[2])
    if ending not in {"xml", "rels", "vml"}:
        return part.data
    if any(mark in part.data for mark in DECLARED):
        raise NotWhatItSays(type=extension)
    return _without_people(part)


def _without_people(part: Part) -> bytes:
    text = EVERYWHERE.sub(rb'\1""', part.data)
    if PERSON_PARTS.fullmatch(part.name):
        text = NAMED_ATTRIBUTE.sub(rb'\1""', text)
    text = AUTHOR_ELEMENT.sub(rb"<\1></\2>", text)
    text = ABSOLUTE_PATH.sub(b"", text)
    if part.name.endswith(".rels"):
        return LEFT_OUT_LINK.sub(b"", text)
    return PRINTER_LINK.sub(rb"\1", text)
