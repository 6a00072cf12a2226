"""``make pictures``: the screenshots of README and docs, taken from a fresh demo."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from eventsys.demo.accounts import PASSWORD

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures"
DESK, TABLET, PHONE = (1280, 860), (1180, 820), (390, 844)
SETTLED = 600
"""Milliseconds until nothing moves any more."""
WAITING = (".waiting a",)
"""The first thing that waits on the start page."""
EVENT = "a:has-text('职业院校技能大赛')"
PLANNED = "a:has-text('集团新技术技能赛')"
TRACK = "a:has-text('数控多轴加工技术')"


@dataclass(frozen=True)
class Shot:
    """A picture: who looks, on what, and from which page by which links."""

    name: str
    account: str
    size: tuple[int, int]
    links: tuple[str, ...] = WAITING
    start: str = "/"


SHOTS = (
    Shot("organizer", "zuzhi", DESK, (EVENT,), "/events"),
    Shot(
        "plan",
        "zuzhi",
        DESK,
        (PLANNED, "a[href^='/plans/events/']", "a[href$='/board']"),
        "/events",
    ),
    Shot("team-leader", "lingdui1", PHONE),
    Shot("judge", "caipan1", TABLET),
    Shot("certificate-office", "zhengshu", DESK),
    Shot(
        "minute",
        "jiami",
        DESK,
        (EVENT, TRACK, "a[href^='/draws/']", "a[href*='/minute/']"),
        "/events",
    ),
    Shot("board", "", DESK, (EVENT, "a[href$='/board']"), "/e"),
    Shot("results", "xuanshou2", PHONE, (), "/results/mine"),
)
PORT = "8093"


@contextmanager
def demo() -> Generator[str]:
    """A fresh demo on a port of its own."""
    folder = tempfile.mkdtemp()
    url = f"http://127.0.0.1:{PORT}"
    env = os.environ | {
        "EVENTSYS_DEMO": "1",
        "EVENTSYS_INSTANCE": folder,
        "EVENTSYS_WORKER": "beside",
        "PORT": PORT,
    }
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=env, check=True, capture_output=True)
    subprocess.run([*flask, "demo"], cwd=ROOT, env=env, check=True, capture_output=True)
    config = ["--config", "deploy/gunicorn.conf.py", "--no-control-socket", "wsgi:create_app()"]
    with subprocess.Popen([sys.executable, "-m", "gunicorn", *config], cwd=ROOT, env=env) as server:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=1)  # noqa: S310  our own server
                break
            except OSError:
                time.sleep(0.2)
        yield url
        server.terminate()
    shutil.rmtree(folder, ignore_errors=True)


def take(browser: Browser, url: str, shot: Shot) -> None:
    """What one person sees at the end of the links."""
    width, height = shot.size
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": height}, locale="zh-CN"
    )
    page = context.new_page()
    if shot.account:
        page.goto("/account/sign-in")
        page.get_by_label("登录名").fill(shot.account)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="登录").click()
        page.wait_for_url("**/")
    page.goto(shot.start)
    for link in shot.links:
        page.locator("main").locator(link).first.click()
        page.wait_for_load_state()
    page.wait_for_timeout(SETTLED)
    page.screenshot(path=FOLDER / f"{shot.name}.png")
    context.close()


def main() -> None:
    """Take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for shot in SHOTS:
            take(browser, url, shot)
        browser.close()


if __name__ == "__main__":
    main()
