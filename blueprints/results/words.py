"""What the pages of results call things."""

from typing import Any

from flask_babel import get_locale

from eventsys.results.scale import MEDAL_LABELS
from eventsys.results.states import OUTCOME_LABELS, Outcome

MEDAL_WORDS = {medal.value: label for medal, label in MEDAL_LABELS.items()}
PRIZE_WORDS = {outcome.value: label for outcome, label in OUTCOME_LABELS.items()}
PRIZES = (Outcome.FIRST, Outcome.SECOND, Outcome.THIRD)


def labels() -> dict[str, Any]:
    """By value as JSON keeps it, or by name, for the macros of the result pages."""
    return {
        "outcomes": OUTCOME_LABELS,
        "medals": MEDAL_WORDS,
        "prize_words": PRIZE_WORDS,
        "prizes": PRIZES,
        "english": str(get_locale()) == "en",
    }
