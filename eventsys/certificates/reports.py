"""Certificates on paper, and the register of what was issued."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any
from zipfile import ZipFile

from eventsys.certificates.keys import known_signer
from eventsys.certificates.models import Certificate
from eventsys.certificates.queries import chosen, is_authentic
from eventsys.certificates.rules import PAGES_AT_ONCE, CertificateState, NotValid, RecordAltered
from eventsys.errors import N_, NotThere
from eventsys.exports import Column, Kind, Table, safe_file_name
from eventsys.printing.documents import CertificatePage, certificates_pdf, check_printable
from eventsys.tasks.work import Work


def make_certificates_pdf(work: Work) -> str:
    """One page for each certificate, exactly as it was issued; the QR leads to its public page.

    More than fifty come as several PDFs in one archive. Every name is checked before the first
    page is drawn.
    """
    keys = work.task.payload["certificate_ids"]
    found = chosen(keys)
    if len(found) != len(keys):
        raise NotThere
    signer = known_signer(work.keys_dir)
    for one in found:
        if one.state is not CertificateState.VALID:
            raise NotValid(number=one.number)
        if not is_authentic(one, signer):
            raise RecordAltered(number=one.number)
    title = work.task.title
    pages = [certificate_page(one, work.public_url) for one in found]
    for page in pages:
        check_printable(page.holder)
    work.progress(0, len(pages))

    parts = _parts(work, pages)
    if len(pages) <= PAGES_AT_ONCE:
        work.out.write(next(parts)[1])
        return safe_file_name(title, "pdf")
    with ZipFile(work.out, "w") as archive:
        for first, pdf in parts:
            archive.writestr(safe_file_name(f"{first:04d} {title}", "pdf"), pdf)
    return safe_file_name(title, "zip")


def _parts(work: Work, pages: Sequence[CertificatePage]) -> Iterator[tuple[int, bytes]]:
    """The pages as PDFs of a bearable size, each with the position of its first page."""
    for start in range(0, len(pages), PAGES_AT_ONCE):
        part = pages[start : start + PAGES_AT_ONCE]
        yield start + 1, certificates_pdf(part, translate=work.words, fonts_dir=work.fonts_dir)
        work.progress(start + len(part), len(pages))


def certificate_page(certificate: Certificate, public_url: str) -> CertificatePage:
    """The frozen document as the printer takes it."""
    document: dict[str, Any] = certificate.document
    return CertificatePage(
        title=document["title"],
        title_en=document["title_en"],
        group=document["group"],
        holder=document["holder"],
        holder_suffix=document["holder_suffix"],
        lines=tuple(document["lines"]),
        award=document["award"],
        closing=tuple(document["closing"]),
        lines_en=tuple(document["lines_en"]),
        issuer=document["issuer"],
        issued_on=document["issued_on"],
        number=document["number"],
        qr_text=f"{public_url}/v/{certificate.token}",
    )


def register_table(
    certificates: Sequence[Certificate], words: Callable[[str], str], public_url: str
) -> Table:
    """What was issued, for the office's own list: no identity numbers."""
    columns = (
        Column("number", words(N_("Certificate no."))),
        Column("holder", words(N_("Full name"))),
        Column("unit", words(N_("School or unit"))),
        Column("award", words(N_("Award"))),
        Column("issued_on", words(N_("Issued on")), Kind.DATE),
        Column("url", words(N_("Public page"))),
    )
    rows = [
        {
            "number": one.number,
            "holder": one.holder,
            "unit": one.document["facts"]["unit"],
            "award": one.document["facts"]["award"],
            "issued_on": date.fromisoformat(one.document["facts"]["issued_on"]),
            "url": f"{public_url}/v/{one.token}",
        }
        for one in certificates
    ]
    return Table(words(N_("Certificates issued")), columns, rows)
