"""What the domain refuses, and why: messages and facts; words are translated at the edge."""

from collections.abc import Callable
from typing import ClassVar


def N_(message: str) -> str:  # noqa: N802  gettext's own name for "translate me later"
    """Mark ``message`` for the translation catalogues without translating it here."""
    return message


class DomainError(Exception):
    """A refusal: ``message`` with ``%(name)s`` places, and the ``facts`` that fill them."""

    message: ClassVar[str] = N_("This cannot be done.")

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.message % facts)

    def told(self, words: Callable[[str], str]) -> str:
        """The refusal in a reader's language; facts that are messages are translated too."""
        facts = {
            key: words(value) if isinstance(value, str) and value else value
            for key, value in self.facts.items()
        }
        return words(self.message) % facts


class Forbidden(DomainError):
    """Who: this actor may not do this, or may not know that the thing exists."""

    message = N_("You are not allowed to do this. Ask the organizer for the right role.")


class NotThere(DomainError):
    """The thing does not exist, or not for this actor: both answer alike."""

    message = N_("There is nothing here. Check the address or go back to the start page.")


class RuleBroken(DomainError):
    """What: a rule of the field forbids it; ``field`` names the form field it belongs to."""

    field: str | None = None


class Conflict(DomainError):
    """When: somebody else was faster, or the page is out of date."""

    message = N_("Somebody changed this meanwhile. Reload the page, look, and try again.")
