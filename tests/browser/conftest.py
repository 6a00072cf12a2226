"""A real server, a real browser: every page visited is checked for accessibility and CSP."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, sync_playwright

from eventsys.config import read_settings
from eventsys.db import db, leave_groups
from tests.browser.visits import Visitor
from tests.world import World, build_world
from wsgi import ROOT, create_app

CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_LIMIT = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a fresh installation with the small world in it."""
    port = str(free_port())
    return os.environ | {
        "EVENTSYS_INSTANCE": str(tmp_path_factory.mktemp("instance")),
        "EVENTSYS_WORKER": "beside",
        "EVENTSYS_URL": f"http://127.0.0.1:{port}",
        "PORT": port,
        "PYTHONWARNINGS": "default",
    }


@pytest.fixture(scope="module")
def site_world(installation: dict[str, str]) -> World:
    """The small world in the installation's database."""
    app = create_app(read_settings(installation, ROOT))
    with app.app_context():
        upgrade()
        built = build_world()
        db.session.remove()
        db.engine.dispose()
    return built


@pytest.fixture(scope="module")
def site(installation: dict[str, str], site_world: World) -> Iterator[str]:
    """The address of the running server; web and worker in one process, as in ``make demo``."""
    config = str(ROOT / "deploy" / "gunicorn.conf.py")
    command = ["-m", "gunicorn", "--config", config, "--no-control-socket", "wsgi:create_app()"]
    with subprocess.Popen([sys.executable, *command], cwd=ROOT, env=installation) as server:
        wait_until_alive(installation["EVENTSYS_URL"], server)
        yield installation["EVENTSYS_URL"]
        server.terminate()


def wait_until_alive(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_LIMIT
    while time.monotonic() < until:
        if server.poll() is not None:
            pytest.fail("the server stopped at once; see its messages above")
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2)  # noqa: S310  our own server
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the server did not answer within a minute")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium from the distribution. Without it the run fails; it never skips."""
    path = next((found for name in CANDIDATES if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("No Chromium on this machine. Run: apt-get install -y chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        opened = playwright.chromium.launch(executable_path=path, args=args)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Visitor]]:
    """Open a browser for one person: ``visit("organizer_a")``, on a tablet, a phone or a desk."""
    opened: list[Visitor] = []

    def start(account: str | None, size: tuple[int, int] = (1180, 820)) -> Visitor:
        width, height = size
        context = browser.new_context(
            base_url=site, viewport={"width": width, "height": height}, locale="zh-CN"
        )
        context.set_default_timeout(15_000)
        visitor = Visitor(context.new_page())
        opened.append(visitor)
        if account:
            visitor.sign_in(account)
        return visitor

    yield start
    for visitor in opened:
        visitor.close()


@pytest.fixture(scope="module")
def installed(installation: dict[str, str]) -> Flask:
    """The installation as an application, for a look at its rows."""
    return create_app(read_settings(installation, ROOT))


@pytest.fixture
def rows(installed, site_world):
    """A look at the rows themselves, or a change behind the pages' back."""

    def look(deed):
        with installed.app_context():
            leave_groups()
            try:
                return deed()
            finally:
                db.session.remove()
                db.engine.dispose()

    return look
