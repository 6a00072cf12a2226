"""Files of a bearable size from many pages."""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

from pypdf import PdfWriter

from eventsys.exports import safe_file_name
from eventsys.tasks.work import Work

Item = TypeVar("Item")

DRAWN_AT_ONCE = 100  # lines the typesetter gets at once
TOGETHER = 400  # lines on the pages of one PDF; more come as several in an archive


def write_pages(
    work: Work,
    items: Sequence[Item],
    draw: Callable[[Sequence[Item]], bytes],
    weight: Callable[[Item], int] = lambda _: 1,
    together: int = TOGETHER,
    title: str = "",
) -> str:
    """The items as one PDF, or as several in an archive, ``together`` says how much is in one.

    The typesetter remembers what it drew last: few items at a time keep it within some memory.
    The file is called ``title``, or as the task.
    """
    title = title or work.task.title
    work.progress(0, len(items))
    parts = list(batches(items, weight, together))
    if len(parts) <= 1:
        work.out.write(_drawn(work, items, draw, weight, 0, len(items)))
        return safe_file_name(title, "pdf")
    done = 0
    with ZipFile(work.out, "w", ZIP_DEFLATED) as archive:
        for number, part in enumerate(parts, start=1):
            pdf = _drawn(work, part, draw, weight, done, len(items))
            archive.writestr(safe_file_name(f"{number:03d} {title}", "pdf"), pdf)
            done += len(part)
    return safe_file_name(title, "zip")


def _drawn(
    work: Work,
    items: Sequence[Item],
    draw: Callable[[Sequence[Item]], bytes],
    weight: Callable[[Item], int],
    done: int,
    total: int,
) -> bytes:
    """One PDF, put together from pieces the typesetter bears."""
    pieces = []
    for some in batches(items, weight, DRAWN_AT_ONCE):
        pieces.append(draw(some))
        done += len(some)
        work.progress(done, total)
    if len(pieces) <= 1:
        return pieces[0] if pieces else draw(items)
    whole, pdf = PdfWriter(), BytesIO()
    for piece in pieces:
        whole.append(BytesIO(piece))
    whole.add_metadata({"/Title": work.task.title})
    whole.write(pdf)
    return pdf.getvalue()


def batches(
    items: Sequence[Item], weight: Callable[[Item], int], most: int
) -> Iterator[Sequence[Item]]:
    """The items in their order, no batch heavier than ``most``; an item is never divided."""
    first, heavy = 0, 0
    for at, item in enumerate(items):
        heavy += weight(item)
        if at > first and heavy > most:
            yield items[first:at]
            first, heavy = at, weight(item)
    if first < len(items):
        yield items[first:]
