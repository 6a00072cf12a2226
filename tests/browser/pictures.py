"""``make pictures``: the screenshots of README and docs, taken from a fresh demo."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from eventsys.demo.accounts import PASSWORD

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures"
DESK, TABLET, PHONE = (1280, 860), (1180, 820), (390, 844)
# file, account, size
SHOTS = (
    ("organizer", "zuzhi", DESK),
    ("team-leader", "lingdui1", PHONE),
    ("judge", "caipan1", TABLET),
    ("certificate-office", "zhengshu", DESK),
)
PORT = "8093"


@contextmanager
def demo() -> Iterator[str]:
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


def take(browser: Browser, url: str, name: str, account: str, size: tuple[int, int]) -> None:
    """One person's start page, or for the judge the sheet that waits."""
    context = browser.new_context(
        base_url=url, viewport={"width": size[0], "height": size[1]}, locale="zh-CN"
    )
    page = context.new_page()
    page.goto("/account/sign-in")
    page.get_by_label("登录名").fill(account)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url("**/")
    if name == "organizer":
        page.goto("/events")
        page.get_by_role("link", name="职业院校技能大赛").first.click()
    else:
        page.locator(".waiting a").first.click()
    page.wait_for_load_state()
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def main() -> None:
    """Take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for name, account, size in SHOTS:
            take(browser, url, name, account, size)
        browser.close()


if __name__ == "__main__":
    main()
