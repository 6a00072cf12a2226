"""Evidence packs for tests: made as the worker makes them, altered as a forger would."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eventsys.archive.actions import ask_pack
from eventsys.archive.reports import make_pack
from eventsys.certificates.keys import ready_signer
from eventsys.config import Settings
from eventsys.db import session, transaction
from eventsys.events.models import Event
from eventsys.tasks.work import Work
from tests import judging

SECONDS = 60


def pack_of(event_id: int, settings: Settings) -> bytes:
    """The evidence pack of an event as it stands."""
    with transaction():
        event = session().get_one(Event, event_id)
        task = ask_pack(judging.actor("organizer_a"), event, "证据包")
    out = io.BytesIO()
    work = Work(
        task=task,
        out=out,
        progress=lambda _done, _total: session().rollback(),
        words=str,
        public_url="https://s.example.edu.cn",
        fonts_dir=settings.fonts_dir,
        keys_dir=settings.keys_dir,
        files_dir=settings.files_dir,
    )
    make_pack(work)
    return out.getvalue()


def unpack(pack: bytes, folder: Path) -> Path:
    """The pack as somebody unpacks it."""
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        archive.extractall(folder)
    return folder


def verify(folder: Path, *given: str) -> tuple[int, str]:
    """What the pack's own program says: with no more of Python than comes with Python."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", RUN, str(folder), *given],
        capture_output=True,
        timeout=SECONDS,
        check=False,
        env={"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
    )
    return done.returncode, (done.stdout + done.stderr).decode()


# -I forgets the folder of the script, which python3 verify.py would remember
RUN = (
    "import runpy, sys; folder = sys.argv[1]; sys.path.insert(0, folder);"
    " sys.argv[:] = [folder + '/verify.py', *sys.argv[2:]];"
    " runpy.run_path(sys.argv[0], run_name='__main__')"
)


def alter(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    """Change a JSON file of an unpacked pack."""
    path = folder / name
    data = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(change(data) or data, ensure_ascii=False), "utf-8")


def list_again(folder: Path) -> bytes:
    """Write the list of files anew after a change, without the key."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    for one in manifest["files"]:
        data = (folder / one["path"]).read_bytes()
        one |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    path.write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    return path.read_bytes()


def sign_again(folder: Path, settings: Settings) -> None:
    """The same with the key: what a dishonest organizer could do."""
    listed = list_again(folder)
    _key, signature = ready_signer(settings.keys_dir).sign(b"eventsys-evidence-1\n" + listed)
    (folder / "manifest.sig").write_text(signature)
