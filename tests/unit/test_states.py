"""A step that is not possible says where the thing stands, in words and never as it is stored."""

from collections.abc import Mapping
from typing import Any

import pytest

from eventsys.appeals import states as appeals
from eventsys.fees import states as fees
from eventsys.scoring import states as scoring
from eventsys.states import WrongState, check_move

MACHINES: Mapping[str, tuple[Mapping[Any, frozenset[Any]], Mapping[Any, str]]] = {
    "appeals": (appeals.MOVES, appeals.STATE_LABELS),
    "fees": (fees.MOVES, fees.STATE_LABELS),
    "sheets": (scoring.MOVES, scoring.SHEET_LABELS),
}


@pytest.mark.parametrize("name", MACHINES)
def test_a_refused_move_tells_the_state_by_its_label(name):
    moves, labels = MACHINES[name]
    for here, there in [(a, b) for a in moves for b in moves if b not in moves[a]]:
        with pytest.raises(WrongState) as refused:
            check_move(moves, labels, here, there)
        assert refused.value.facts == {"here": labels[here]}
        assert labels[here] != here.value


def test_a_move_that_the_table_lists_is_not_refused():
    check_move(
        scoring.MOVES,
        scoring.SHEET_LABELS,
        scoring.SheetState.OPEN,
        scoring.SheetState.SUBMITTED,
    )
