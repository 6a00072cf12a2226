"""What a maker of files gets to work with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from eventsys.tasks.models import Task


@dataclass(frozen=True)
class Work:
    """A claimed task, where its file goes, how to report progress, and words in its language.

    ``progress(done, total)`` also ends the reading transaction, so that nobody's writing waits for
    a slow drawing: read what the file needs, report ``progress(0, total)``, then draw.
    """

    task: Task
    out: BinaryIO
    progress: Callable[[int, int], None]
    words: Callable[[str], str]
    public_url: str
    fonts_dir: Path
    keys_dir: Path
    files_dir: Path = Path()


Maker = Callable[[Work], str]
"""Writes the file to ``work.out`` and gives back its name; a refusal fails the task in words."""
