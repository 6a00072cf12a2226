"""PDF without properties: pages are copied into a new file, earlier versions are left behind."""

import io
import logging

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
)

from eventsys.errors import RuleBroken
from eventsys.works.images import strip_jpeg
from eventsys.works.rules import FileLocked, NotWhatItSays

MOST_PAGES = 500
PRIVATE = ("/Metadata", "/PieceInfo", "/LastModified", "/StructParents")
OF_NOTES = ("/T", "/M", "/CreationDate", "/NM", "/RC")
CARRIERS = frozenset({"/FileAttachment", "/Sound", "/Movie", "/RichMedia", "/Screen"})
UNREADABLE = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError)
logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns of every small fault of a writer


def strip_pdf(data: bytes) -> bytes:
    """The pages and what they show; no title, author, program, times, attachments or history."""
    try:
        return _rewritten(data)
    except RuleBroken:
        raise
    except (*UNREADABLE, RecursionError) as broken:
        raise NotWhatItSays(type="pdf") from broken


def _rewritten(data: bytes) -> bytes:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise FileLocked
    if not 0 < len(reader.pages) <= MOST_PAGES:
        raise NotWhatItSays(type="pdf")
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    for thing in list(writer._objects):  # noqa: SLF001  the library has no other way to all of them
        _clean(thing)
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _clean(thing: object) -> None:
    if not isinstance(thing, DictionaryObject):
        return
    for key in PRIVATE:
        thing.pop(key, None)
    if "/Annots" in thing:
        _clean_notes(thing)
    if isinstance(thing, StreamObject) and thing.get("/Filter") == "/DCTDecode":
        thing._data = strip_jpeg(thing._data)  # noqa: SLF001  the coded bytes, not the picture


def _clean_notes(page: DictionaryObject) -> None:
    """Notes keep what they say and lose who wrote them; attached files are dropped."""
    notes = page["/Annots"]
    kept = ArrayObject()
    for one in notes if isinstance(notes, ArrayObject) else ():
        note = one.get_object() if isinstance(one, IndirectObject) else one
        if not isinstance(note, DictionaryObject) or note.get("/Subtype") in CARRIERS:
            continue
        if note.get("/Subtype") != "/Widget":
            for key in OF_NOTES:
                note.pop(key, None)
        kept.append(one)
    page[NameObject("/Annots")] = kept
