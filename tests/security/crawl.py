"""Everything an observer can reach, as bytes: pages followed to the end, and addresses guessed."""

import re
from collections import deque
from collections.abc import Iterable

from flask.testing import FlaskClient

LINK = re.compile(r'(?:href|src|hx-get|action)="(/[^"#]*)"')
ONE_TIME = (
    re.compile(rb'name="csrf_token"[^>]*value="[^"]*"'),
    re.compile(rb'name="csrf-token" content="[^"]*"'),
)
UNTOUCHED = ("/static/", "/account/sign-out", "/account/language")
QUIET_HEADERS = frozenset({"Date", "Set-Cookie"})
LIMIT = 400

Answer = tuple[int, bytes, tuple[tuple[str, str], ...]]


def answer_of(client: FlaskClient, path: str) -> Answer:
    """Status, body and headers, without what is meant to differ from one moment to the next."""
    got = client.get(path)
    body = got.data
    for pattern in ONE_TIME:
        body = pattern.sub(b"", body)
    headers = tuple((name, value) for name, value in got.headers if name not in QUIET_HEADERS)
    return got.status_code, body, headers


def crawl(client: FlaskClient, guesses: Iterable[str] = ()) -> dict[str, Answer]:
    """Follow every link from the start page; then try the guessed addresses as well."""
    found: dict[str, Answer] = {}
    waiting = deque(["/", *guesses])
    while waiting and len(found) < LIMIT:
        path = waiting.popleft()
        if path in found or path.startswith(UNTOUCHED):
            continue
        found[path] = answer_of(client, path)
        body = found[path][1]
        waiting.extend(
            link.replace("&amp;", "&") for link in LINK.findall(body.decode("utf-8", "replace"))
        )
    return found


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
