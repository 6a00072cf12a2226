"""One thing that waits for a person on the start page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """Words, how many, where to, and whether it presses."""

    text: str
    url: str
    icon: str = "circle-dashed"
    count: int | None = None
    urgent: bool = False
