"""JPEG and PNG without anything but the picture: no camera, place, time, author or thumbnail."""

import struct
import zlib
from collections.abc import Iterator

from eventsys.works.rules import NotWhatItSays

MARK, SOI, EOI, SOS = 0xFF, 0xD8, 0xD9, 0xDA
APP0, APP1, APP14, APP15, COMMENT = 0xE0, 0xE1, 0xEE, 0xEF, 0xFE
STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
JFIF_LENGTH, ADOBE_LENGTH = 14, 12  # of their payloads without a thumbnail
ORIENTATION = 0x0112
UPRIGHT, LAST_ORIENTATION = 1, 8

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD")
)


def strip_jpeg(data: bytes) -> bytes:
    """The picture with its frame, tables and scans; of the rest only which way up it is.

    Which way up is written into an Exif segment that holds nothing else, or a photo taken upright
    would lie on its side. What stands after the end of the picture is cut off.
    """
    head, body, orientation, ended = b"", b"", UPRIGHT, False
    for marker, payload, scan in _segments(data):
        if marker == APP1 and payload.startswith(b"Exif\0\0"):
            orientation = _orientation(payload[6:])
        elif marker == APP0 and payload.startswith(b"JFIF\0"):
            head = _segment(APP0, payload[: JFIF_LENGTH - 2] + b"\0\0")
        elif marker == APP14 and payload.startswith(b"Adobe"):
            body += _segment(APP14, payload[:ADOBE_LENGTH])
        elif marker == EOI:
            ended = True
        elif not (APP0 <= marker <= APP15 or marker == COMMENT):
            body += _segment(marker, payload) + scan
    if not ended or not body:
        raise NotWhatItSays(type="jpg")
    turned = _segment(APP1, _exif(orientation)) if orientation != UPRIGHT else b""
    return bytes((MARK, SOI)) + head + turned + body + bytes((MARK, EOI))


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, payload, and after a start of scan its coded data, up to the end of the picture."""
    place = 2
    while place + 1 < len(data):
        if data[place] != MARK:
            raise NotWhatItSays(type="jpg")
        marker = data[place + 1]
        if marker == MARK:  # a fill byte
            place += 1
        elif marker == EOI:
            yield EOI, b"", b""
            return
        elif marker in STANDALONE:
            place += 2
        else:
            length = int.from_bytes(data[place + 2 : place + 4])
            payload = data[place + 4 : place + 2 + length]
            if len(payload) != length - 2:
                raise NotWhatItSays(type="jpg")
            place += 2 + length
            end = _scan_end(data, place) if marker == SOS else place
            yield marker, payload, data[place:end]
            place = end


def _scan_end(data: bytes, place: int) -> int:
    """Where the coded data of a scan ends: at a marker that is neither stuffing nor a restart."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            raise NotWhatItSays(type="jpg")
        following = data[place + 1]
        if following == 0 or following in STANDALONE:
            place += 2
        elif following == MARK:
            place += 1
        else:
            return place


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", MARK, marker, len(payload) + 2) + payload


def _orientation(tiff: bytes) -> int:
    """Which way up, by the first directory of an Exif block; upright when it is unreadable."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    try:
        if order is None:
            return UPRIGHT
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for n in range(count):
            tag, _kind, _many, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * n)
            if tag == ORIENTATION and UPRIGHT <= value <= LAST_ORIENTATION:
                return int(value)
    except struct.error:
        return UPRIGHT
    return UPRIGHT


def _exif(orientation: int) -> bytes:
    """An Exif block that says which way up and nothing else."""
    entry = struct.pack(">HHIHH", ORIENTATION, 3, 1, orientation, 0)
    return b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)


def strip_png(data: bytes) -> bytes:
    """The chunks that make the picture; texts, times, Exif and colour profiles are left out."""
    kept, place, ended = PNG_START, len(PNG_START), False
    while not ended:
        if place + 12 > len(data):
            raise NotWhatItSays(type="png")
        length, kind = struct.unpack_from(">I4s", data, place)
        chunk = data[place : place + 12 + length]
        if len(chunk) != 12 + length or _checksum(chunk) != chunk[-4:]:
            raise NotWhatItSays(type="png")
        if kind in PNG_KEPT:
            kept += chunk
        ended = kind == b"IEND"
        place += len(chunk)
    return kept


def _checksum(chunk: bytes) -> bytes:
    return zlib.crc32(chunk[4:-4]).to_bytes(4)
