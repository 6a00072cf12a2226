"""Everything an observer can reach, as bytes: pages followed, forms filled, addresses guessed."""

import io
import re
import zipfile
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient

LINK = re.compile(r'(?:href|src|hx-get)="(/[^"#]*)"')
ONE_TIME = (
    re.compile(rb'name="csrf_token"[^>]*value="[^"]*"'),
    re.compile(rb'name="csrf-token" content="[^"]*"'),
)
UNTOUCHED = ("/static/", "/account/", "/sw.js")
QUIET_HEADERS = frozenset({"Date", "Expires", "Set-Cookie"})  # the clock and the session
LIMIT = 3000
Answer = tuple[int, bytes, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Ask:
    """One request: an address, and a form or a body in JSON if it is not only looked at."""

    path: str
    form: tuple[tuple[str, str], ...] | None = None
    json: Any = None

    def __str__(self) -> str:
        if self.form is None and self.json is None:
            return self.path
        return f"{self.path} {self.json if self.form is None else dict(self.form)}"


class _Forms(HTMLParser):
    """The forms of a page: method, address, names of the fields, and the choices they offer."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, list[str]]]] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method, action = given.get("method", "get"), given.get("action", "")
            self.found.append((method, action, {}))
        elif tag in {"input", "select", "textarea"} and given.get("name") and self.found:
            values = self.found[-1][2].setdefault(given["name"], [])
            if given.get("type") in {"radio", "checkbox", "hidden"}:
                values.append(given.get("value", ""))
            self.select = given["name"] if tag == "select" else ""
        elif tag == "option" and self.select and self.found:
            self.found[-1][2][self.select].append(given.get("value", ""))


def forms_in(path: str, body: bytes) -> list[tuple[str, str, dict[str, list[str]]]]:
    """Method, address and fields of every form of a page."""
    parser = _Forms()
    parser.feed(body.decode("utf-8", "replace"))
    return [(method, action or path, fields) for method, action, fields in parser.found]


def answer_of(client: FlaskClient, ask: Ask) -> Answer:
    """Status, body and headers, without what is meant to differ from one moment to the next."""
    if ask.form is None and ask.json is None:
        got = client.get(ask.path)
    elif ask.form is None:
        got = client.post(ask.path, json=ask.json)
    else:
        got = client.post(ask.path, data=dict(ask.form))
    body = got.data
    for pattern in ONE_TIME:
        body = pattern.sub(b"", body)
    quiet = QUIET_HEADERS
    if body.startswith(b"PK"):
        body, quiet = _parts(body), QUIET_HEADERS | {"Content-Length", "ETag"}
    headers = tuple((name, value) for name, value in got.headers if name not in quiet)
    got.close()
    return got.status_code, body, headers


def _parts(workbook: bytes) -> bytes:
    """A package without the times of its making, which the clock of the machine writes."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        names = sorted(name for name in package.namelist() if name != "docProps/core.xml")
        return b"".join(name.encode() + package.read(name) for name in names)


def crawl(
    client: FlaskClient,
    guesses: Iterable[Ask] = (),
    words: Sequence[str] = (),
    *,
    forms: bool = True,
) -> dict[str, Answer]:
    """Follow every link from the start page, then ask the guesses, then fill every form.

    ``words`` are what the observer tries in text fields: names, numbers, codes of others.
    """
    found: dict[str, Answer] = {}
    filled: dict[str, Ask] = {}
    waiting, later = deque([Ask("/")]), deque(guesses)
    while waiting or later:
        assert len(found) < LIMIT, "the crawl does not end"
        ask = (waiting or later).popleft()
        if str(ask) in found or ask.path.startswith(UNTOUCHED):
            continue
        answer = found[str(ask)] = answer_of(client, ask)
        if not answer[1].lstrip().startswith(b"<"):
            continue
        links = LINK.findall(answer[1].decode("utf-8", "replace"))
        waiting.extend(Ask(link.replace("&amp;", "&")) for link in links)
        for one in fillings(ask.path, answer[1], words) if forms else ():
            filled.setdefault(str(one), one)
    for key, one in sorted(filled.items()):
        if key not in found and not one.path.startswith(UNTOUCHED):
            found[key] = answer_of(client, one)
    return found


def fillings(path: str, body: bytes, words: Sequence[str]) -> list[Ask]:
    """Every form of a page: empty, and with each word in all fields that take one."""
    asks = []
    for method, action, fields in forms_in(path, body):
        names = [name for name in fields if name != "csrf_token"]
        if method == "post":
            asks.append(Ask(action, ()))
        for word in words:
            given = tuple((name, word) for name in names)
            if method == "post":
                asks.append(Ask(action, given))
            else:
                asks.append(Ask(f"{action}?{'&'.join(f'{n}={w}' for n, w in given)}"))
    return asks


def differences(one: dict[str, Answer], other: dict[str, Answer]) -> dict[str, str]:
    """Where two crawls differ, and how; empty when they are equal to the byte."""
    found: dict[str, str] = {}
    for path in sorted(one.keys() | other.keys()):
        if path not in one or path not in other:
            found[path] = "reachable in one world only"
        elif one[path] != other[path]:
            names = ("status", "body", "headers")
            parts = zip(names, one[path], other[path], strict=True)
            found[path] = ", ".join(name for name, a, b in parts if a != b)
    return found
