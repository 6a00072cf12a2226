"""Files lose what programs and cameras say about their owner, and keep what they show."""

import base64
import io
import struct
import zipfile
import zlib
from datetime import datetime
from random import Random

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

from eventsys.errors import RuleBroken
from eventsys.works.images import strip_jpeg, strip_png
from eventsys.works.pdfs import strip_pdf
from eventsys.works.rules import (
    FileEmpty,
    FileLocked,
    FileTooLarge,
    NameInside,
    NotWhatItSays,
    SlotFacts,
    TypeNotAllowed,
    UnfitArchive,
    check_file,
    file_name,
)
from eventsys.works.stripping import check_nameless, clean

DOT = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwc"
    "KDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAA"
    "AAAAAAAAAAD/2gAIAQEAAD8AVN//2Q=="
)
OWNER = "张三丰"
UNIT = "甲职业技术学院"
MARKS = [OWNER.encode(), UNIT.encode(), b"Canon EOS", b"zhangsan", b"D:\\zhangsan"]


def left_of(data: bytes) -> list[bytes]:
    return [mark for mark in MARKS if mark in data]


# ---- JPEG


def exif(orientation: int, order: str = "<") -> bytes:
    """A camera's block: its maker and which way up."""
    maker = b"Canon EOS\0"
    entries = struct.pack(f"{order}HHII", 0x010F, 2, len(maker), 38)
    entries += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    directory = struct.pack(f"{order}H", 2) + entries + struct.pack(f"{order}I", 0)
    return b"Exif\0\0" + mark + struct.pack(f"{order}I", 8) + directory + maker


def segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def photo(orientation: int = 1, order: str = "<") -> bytes:
    """A picture as a camera and a program leave it."""
    more = segment(0xE1, exif(orientation, order))
    more += segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>zhangsan</x>")
    more += segment(0xED, b"Photoshop 3.0\0" + OWNER.encode())
    more += segment(0xFE, UNIT.encode())
    return DOT[:20] + more + DOT[20:] + b"trailing " + OWNER.encode()


def test_a_photo_loses_camera_author_comments_and_what_follows_it():
    assert len(left_of(photo())) == 4

    assert strip_jpeg(photo()) == DOT
    assert strip_jpeg(DOT) == DOT


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photo_keeps_which_way_up_it_is_and_nothing_else(order):
    stripped = strip_jpeg(photo(6, order))

    assert left_of(stripped) == []
    assert stripped.count(b"Exif") == 1
    assert len(stripped) == len(DOT) + 36
    assert strip_jpeg(stripped) == stripped


@pytest.mark.parametrize(
    "broken", [DOT[:30], DOT[:-2], b"\xff\xd8\xff", b"\xff\xd8" + b"x" * 50, DOT[:2] + DOT[-2:]]
)
def test_a_broken_photo_is_refused(broken):
    with pytest.raises(NotWhatItSays):
        strip_jpeg(broken)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_of_photos_fail_or_hang(data):
    try:
        strip_jpeg(b"\xff\xd8\xff" + data)
    except NotWhatItSays:
        return


# ---- PNG


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def drawing(*more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + body + chunk(b"IEND", b"")


def test_a_drawing_loses_texts_times_and_what_follows_it():
    told = drawing(
        chunk(b"tEXt", b"Author\0zhangsan"),
        chunk(b"iTXt", OWNER.encode()),
        chunk(b"eXIf", exif(1)[6:]),
        chunk(b"tIME", b"\x07\xea\x0b\x16\x03\x04\x05"),
    )

    assert strip_png(told + UNIT.encode()) == drawing()


def test_a_drawing_with_a_wrong_checksum_or_without_an_end_is_refused():
    whole = drawing()
    for broken in (whole[:-12], whole[:20] + b"\x09" + whole[21:], whole[:8]):
        with pytest.raises(NotWhatItSays):
            strip_png(broken)


# ---- Office


def workbook() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.properties.creator = "zhangsan"
    book.properties.lastModifiedBy = OWNER
    book.properties.title = UNIT
    book.active["A1"] = "外径 31.99"
    book.active["A1"].comment = openpyxl.comments.Comment("量了三次", OWNER)
    book.save(out)
    return out.getvalue()


def package(parts: dict[str, bytes], **settings: object) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in parts.items():
            made.writestr(name, data, **settings)
    return out.getvalue()


def inside(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return b"".join(found.read(name) for name in found.namelist())


DOCUMENT = {
    "[Content_Types].xml": b"<Types/>",
    "word/document.xml": (
        '<w:document><w:ins w:id="1" w:author="张三丰" w:date="2026-11-22T00:00:00Z">'
        "<w:t>工艺卡</w:t></w:ins></w:document>"
    ).encode(),
    "word/people.xml": (
        '<w15:people><w15:person w15:author="张三丰"><w15:presenceInfo w15:providerId="AD"'
        ' w15:userId="S::zhangsan@x.cn::1"/></w15:person></w15:people>'
    ).encode(),
    "word/comments.xml": "<w:comment w:author='张三丰' w:initials=\"zhangsan\"/>".encode(),
    "word/media/image1.jpeg": photo(),
    "docProps/core.xml": "<cp:coreProperties><dc:creator>张三丰</dc:creator>".encode(),
    "docProps/app.xml": "<Properties><Company>甲职业技术学院</Company>".encode(),
    "docProps/custom.xml": b"<Properties>zhangsan</Properties>",
    "docProps/thumbnail.jpeg": photo(),
    "_rels/.rels": (
        b'<Relationships><Relationship Id="rId1" Type="t/officeDocument" Target="word/document.xml"'
        b'/><Relationship Id="rId2" Type="t/thumbnail" Target="docProps/thumbnail.jpeg"/>'
        b"</Relationships>"
    ),
}


def test_a_workbook_loses_its_authors_and_keeps_its_cells():
    cleaned = clean("xlsx", workbook())

    assert left_of(inside(cleaned)) == []
    opened = openpyxl.load_workbook(io.BytesIO(cleaned))
    assert opened.active["A1"].value == "外径 31.99"
    assert opened.active["A1"].comment.text == "量了三次"
    assert not opened.properties.creator or opened.properties.creator == "openpyxl"


def test_a_document_loses_authors_properties_thumbnail_and_what_its_pictures_say():
    assert left_of(inside(package(DOCUMENT))) == [
        OWNER.encode(),
        UNIT.encode(),
        b"Canon EOS",
        b"zhangsan",
    ]

    cleaned = clean("docx", package(DOCUMENT))

    assert left_of(inside(cleaned)) == []
    with zipfile.ZipFile(io.BytesIO(cleaned)) as found:
        assert found.namelist()[0] == "[Content_Types].xml"
        assert "docProps/thumbnail.jpeg" not in found.namelist()
        assert b"thumbnail" not in found.read("_rels/.rels")
        assert "工艺卡".encode() in found.read("word/document.xml")
        assert found.read("word/media/image1.jpeg") == DOT
        assert {one.date_time for one in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_workbook_forgets_its_folder_its_lock_and_its_printer():
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": (
            b'<workbook><fileSharing userName="zhangsan" reservationPassword="1"/>'
            b'<x15ac:absPath url="D:\\zhangsan\\" xmlns:x15ac="x"/></workbook>'
        ),
        "xl/worksheets/sheet1.xml": b'<sheet><pageSetup paperSize="9" r:id="rId1"/></sheet>',
        "xl/worksheets/_rels/sheet1.xml.rels": (
            b'<Relationships><Relationship Id="rId1" Type="t/printerSettings" Target="../p.bin"/>'
            b"</Relationships>"
        ),
        "xl/printerSettings/printerSettings1.bin": b"\\\\zhangsan\\HP",
    }

    cleaned = clean("xlsx", package(parts))

    assert left_of(inside(cleaned)) == []
    assert b'<pageSetup paperSize="9"/>' in inside(cleaned)


def test_the_same_document_made_twice_gives_the_same_bytes():
    moment = datetime(2020, 1, 1, 1, 2, 4)  # noqa: DTZ001  what a zip file writes
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as made:
        for name, data in reversed(DOCUMENT.items()):
            made.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), data)

    assert clean("docx", package(DOCUMENT)) == clean("docx", other.getvalue())


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("docx", {"xl/workbook.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}),
        ("xlsx", {"xl/workbook.xml": b"<x/>"}),
        (
            "docx",
            {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<!DOCTYPE x><x/>"},
        ),
    ],
)
def test_a_package_that_is_no_such_document_is_refused(kind, parts):
    with pytest.raises(NotWhatItSays):
        clean(kind, package(parts))


def test_what_another_program_put_into_a_document_is_refused():
    with pytest.raises(UnfitArchive):
        clean("docx", package(DOCUMENT | {"word/embeddings/oleObject1.bin": b"zhangsan"}))


# ---- archives


def test_an_archive_is_cleaned_file_by_file_and_keeps_its_folders():
    made = package({"img/a.jpg": photo(), "main.py": b"print(1)\n", "__MACOSX/._a.jpg": b"x"})

    cleaned = clean("zip", made)

    with zipfile.ZipFile(io.BytesIO(cleaned)) as found:
        assert found.namelist() == ["img/a.jpg", "main.py"]
        assert found.read("img/a.jpg") == DOT


@pytest.mark.parametrize(
    "parts",
    [
        {"a.exe": b"MZ"},
        {"a.zip": b"PK\x03\x04"},
        {"../a.txt": b"x"},
        {"/a.txt": b"x"},
        {"a": b"x"},
        {"a.jpg": b"GIF89a"},
        {"a.txt": b"x", "A.TXT": b"y"},
        {"big.txt": b"0" * 60_000_000},
    ],
)
def test_archives_with_something_else_inside_are_refused(parts):
    with pytest.raises(UnfitArchive):
        clean("zip", package(parts, compress_type=zipfile.ZIP_DEFLATED))


def test_an_encrypted_member_is_refused_with_what_to_do():
    made = bytearray(package({"a.txt": b"x"}))
    made[6] |= 1
    place = made.index(b"PK\x01\x02")
    made[place + 8] |= 1
    with pytest.raises(FileLocked):
        clean("zip", bytes(made))


@given(st.integers(0, 2**32))
def test_damaged_packages_are_refused_and_never_crash(seed):
    chance, data = Random(seed), bytearray(package(DOCUMENT))  # noqa: S311  damage, no secret
    for _ in range(5):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        clean("docx", bytes(data))
    except RuleBroken:
        return


# ---- PDF


def paper() -> bytes:
    """A page with a title, an author, XMP, a note, a photo, and an earlier version of it all."""
    writer, out = PdfWriter(), io.BytesIO()
    page = writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": OWNER, "/Title": UNIT, "/Creator": "zhangsan"})
    note = DictionaryObject()
    note[NameObject("/Subtype")] = NameObject("/Text")
    note[NameObject("/T")] = TextStringObject("zhangsan")
    note[NameObject("/Contents")] = TextStringObject("looks good")
    page[NameObject("/PieceInfo")] = DictionaryObject(
        {NameObject("/X"): TextStringObject("zhangsan")}
    )
    picture = StreamObject()
    picture._data = photo()
    picture[NameObject("/Filter")] = NameObject("/DCTDecode")
    picture[NameObject("/Subtype")] = NameObject("/Image")
    names = DictionaryObject({NameObject("/I"): writer._add_object(picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): names})
    writer.add_annotation(page_number=0, annotation=note)
    writer.add_attachment("zhangsan.txt", OWNER.encode())
    writer.write(out)
    return out.getvalue()


def test_a_pdf_loses_author_title_attachments_and_the_names_in_notes_and_photos():
    told = paper()
    assert b"zhangsan" in told

    cleaned = strip_pdf(told)

    reader = PdfReader(io.BytesIO(cleaned))
    assert left_of(cleaned) == []
    assert not {"/Author", "/Title", "/Creator"} & set(reader.metadata or {})
    assert list(reader.attachments) == []
    assert reader.xmp_metadata is None
    assert "looks good" in str(reader.pages[0]["/Annots"][0].get_object())
    assert reader.pages[0]["/Resources"]["/XObject"]["/I"]._data == DOT
    assert strip_pdf(told) == cleaned


def test_a_pdf_with_a_password_is_refused_with_what_to_do():
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(paper()))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)

    with pytest.raises(FileLocked):
        strip_pdf(out.getvalue())


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"%PDF-1.7\nxref\n0 1\ntrailer <<>>", b"%PDF-" * 99])
def test_a_broken_pdf_is_refused(data):
    with pytest.raises(NotWhatItSays):
        strip_pdf(data)


# ---- names, types, sizes


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_a_file_that_names_its_owner_is_refused_without_saying_whom(encoding):
    with pytest.raises(NameInside) as refused:
        check_nameless("txt", f"(作者 {OWNER})".encode(encoding), frozenset({OWNER}))

    assert OWNER not in str(refused.value)


def test_names_are_found_inside_documents_even_where_programs_cut_them_up():
    parts = DOCUMENT | {
        "word/document.xml": "<w:r><w:t>张</w:t></w:r><w:r><w:t>三丰</w:t></w:r>".encode()
    }
    made = clean("docx", package(parts))

    with pytest.raises(NameInside):
        check_nameless("docx", made, frozenset({OWNER}))
    with pytest.raises(NameInside):
        check_nameless("zip", package({f"{OWNER}/main.py": b"1"}), frozenset({OWNER}))
    check_nameless("docx", made, frozenset({"李四光"}))


FACTS = SlotFacts("A1", "图纸", ("pdf", "jpg", "nc", "mp4"), 1, False)


@pytest.mark.parametrize(
    ("name", "data", "refusal"),
    [
        ("a.exe", b"MZ", TypeNotAllowed),
        ("a", b"%PDF-", TypeNotAllowed),
        ("a.png", b"\x89PNG\r\n\x1a\n", TypeNotAllowed),
        ("a.pdf", b"MZ", NotWhatItSays),
        ("a.jpg", b"%PDF-1.7", NotWhatItSays),
        ("a.nc", b"G01\0X1", NotWhatItSays),
        ("a.mp4", b"\0\0\0\x18moov", NotWhatItSays),
        ("a.pdf", b"", FileEmpty),
        ("a.pdf", b"%PDF-" + b"0" * 1024 * 1024, FileTooLarge),
    ],
)
def test_files_that_are_not_asked_for_are_refused(name, data, refusal):
    with pytest.raises(refusal):
        check_file(name, data, FACTS)


@pytest.mark.parametrize(
    ("name", "data", "extension"),
    [
        ("张三.PDF", b"%PDF-1.7", "pdf"),
        ("a.b.JPEG", b"\xff\xd8\xff\xe0", "jpg"),
        ("O0001.NC", "（外圆）G01".encode("gb18030"), "nc"),
        ("x.mp4", b"\0\0\0\x18ftypisom", "mp4"),
    ],
)
def test_of_a_name_only_the_extension_counts(name, data, extension):
    assert check_file(name, data, FACTS) == extension


def test_judges_save_a_file_under_code_and_slot():
    assert file_name("K-1183", "A1", "pdf") == "K-1183-A1.pdf"
