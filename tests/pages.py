"""Pages as a person at a browser takes them: tables, lists to choose from, links."""

import re
from html.parser import HTMLParser
from typing import Any


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.in_cell = False

    def handle_starttag(self, tag: str, _attrs: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"} and self.rows:
            self.rows[-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self.in_cell = self.in_cell and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        if self.in_cell:
            self.rows[-1][-1] += data.strip()


def rows(page: str) -> list[list[str]]:
    """The texts of all table rows of a page, cell by cell."""
    parser = _Tables()
    parser.feed(page)
    return parser.rows


def chosen(page: str) -> dict[str, str]:
    """The lists of a form as they stand on its page."""
    found = {}
    for name, options in re.findall(
        r'<select[^>]* name="(\w+)".*?>(.*?)</select>', page, re.DOTALL
    ):
        values = re.findall(r'<option( selected)? value="([^"]*)"', options)
        found[name] = next((value for now, value in values if now), values[0][1])
    return found


def words_of(body: str) -> str:
    """What a person would read, the first fifteen hundred characters of it."""
    text = re.sub(r"<(script|style|svg).*?</\1>", "", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))[:1500]


def first(pattern: str, page: str) -> str:
    """The first thing of its kind on a page; that there is none is told with the page."""
    found = re.search(pattern, page, re.DOTALL)
    assert found is not None, f"{pattern}\n{words_of(page)}"
    return found[1]
