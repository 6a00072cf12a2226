"""One way in for every file: cleaned by its kind, searched for names, ready to be kept."""

import io
import re
import zipfile

from eventsys.works.images import strip_jpeg, strip_png
from eventsys.works.packages import strip_archive, strip_office
from eventsys.works.pdfs import strip_pdf
from eventsys.works.rules import TREATMENTS, NameInside, Treatment, names_in

TAG = re.compile(rb"<[^>]*>")
PACKAGES = frozenset({Treatment.OFFICE, Treatment.ARCHIVE})


def clean(extension: str, data: bytes) -> bytes:
    """The file without what programs and cameras write into it about their owner."""
    match TREATMENTS[extension]:
        case Treatment.JPEG:
            return strip_jpeg(data)
        case Treatment.PNG:
            return strip_png(data)
        case Treatment.PDF:
            return strip_pdf(data)
        case Treatment.OFFICE:
            return strip_office(data, extension, clean)
        case Treatment.ARCHIVE:
            return strip_archive(data, clean)
        case _:
            return data


def check_nameless(extension: str, data: bytes, names: frozenset[str]) -> None:
    """Refuse a cleaned file in which one of the names still stands, without saying which."""
    if names_in(data, names):
        raise NameInside
    if TREATMENTS.get(extension) not in PACKAGES:
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            inside = archive.read(member)
            if any(name in member.filename for name in names):
                raise NameInside
            ending = member.filename.rpartition(".")[2].casefold()
            plain = TAG.sub(b"", inside) if ending == "xml" else inside
            check_nameless("docx" if ending in {"docx", "xlsx", "pptx"} else "", plain, names)
