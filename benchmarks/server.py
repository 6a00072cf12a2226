"""An installation of its own with the real server in front, and people who use it over HTTP."""

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from wsgi import ROOT

HOST = "127.0.0.1"
START_LIMIT = 30.0
TOKEN = re.compile(r'name="csrf[-_]token"[^>]*?(?:content|value)="([^"]+)"')


def environment(instance: Path, port: int, workers: int) -> dict[str, str]:
    """What the server is started with: web and worker together, as on a school's one machine."""
    return os.environ | {
        "EVENTSYS_INSTANCE": str(instance),
        "EVENTSYS_URL": f"http://{HOST}:{port}",
        "EVENTSYS_WORKER": "beside",
        "PORT": str(port),
        "WEB_WORKERS": str(workers),
    }


@contextmanager
def serving(env: Mapping[str, str]) -> Generator[int]:
    """The server as people run it; the port it listens on."""
    config = str(ROOT / "deploy" / "gunicorn.conf.py")
    command = [sys.executable, "-m", "gunicorn", "--config", config, "--no-control-socket"]
    with subprocess.Popen([*command, "wsgi:create_app()"], cwd=ROOT, env=dict(env)) as server:
        port = int(env["PORT"])
        _wait(port, server)
        try:
            yield port
        finally:
            server.terminate()


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_LIMIT
    while time.monotonic() < until and server.poll() is None:
        try:
            http.client.HTTPConnection(HOST, port, timeout=2).request("GET", "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start; see its messages above")


@dataclass
class Person:
    """Somebody with a browser: one connection, cookies, and the token of the last page."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: str = "", kind: str = "") -> tuple[int, str]:
        """One request over the open connection: status and text."""
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if kind:
            headers |= {"Content-Type": kind, "X-CSRFToken": self.token}
            headers["Referer"] = f"http://{HOST}:{self.port}/"
        try:
            answer = self._exchange(method, path, body, headers)
        except (http.client.HTTPException, OSError):  # the server closes idle connections
            self.connection = None
            answer = self._exchange(method, path, body, headers)
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        found = TOKEN.search(text)
        self.token = found.group(1) if found else self.token
        return answer.status, text

    def _exchange(
        self, method: str, path: str, body: str, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        if self.connection is None:
            self.connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        self.connection.request(method, path, body.encode() or None, headers)
        return self.connection.getresponse()

    def send(self, path: str, **fields: str) -> tuple[int, str]:
        """A form, with the token of the page before."""
        body = urlencode({"csrf_token": self.token, **fields})
        return self.ask("POST", path, body, "application/x-www-form-urlencoded")

    def sign_in(self, username: str, password: str) -> None:
        """Through the real form."""
        self.ask("GET", "/account/sign-in")
        status, _text = self.send("/account/sign-in", username=username, password=password)
        if status not in {302, 303}:
            raise SystemExit(f"{username} could not sign in: {status}")
