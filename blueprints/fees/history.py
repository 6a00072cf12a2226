"""A negotiation's rounds as tables and curves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flask_babel import gettext as _

from eventsys.fees.rules import Difference, Item, Proposal, differences, total_cost
from eventsys.fees.states import Bearer, CostItemKind


@dataclass(frozen=True)
class ItemRow:
    """One line of a round's table: an item, who carries it, and fen by level."""

    kind: CostItemKind
    bearer: Bearer
    fen: Mapping[str, int]
    basis: str


def item_rows(items: Sequence[Item]) -> list[ItemRow]:
    """The items of a round in the official order; one line for each bearer."""
    keys = dict.fromkeys((item.kind, item.bearer) for item in items)
    return [
        ItemRow(
            kind,
            bearer,
            {one.level_code: one.fen for one in items if (one.kind, one.bearer) == (kind, bearer)},
            next(one.basis for one in items if (one.kind, one.bearer) == (kind, bearer)),
        )
        for kind, bearer in keys
    ]


def totals(proposal: Proposal) -> dict[str, int]:
    """The total cost by level, whoever carries it."""
    return {level: total_cost(proposal.items, level) for level in proposal.prices}


def curve(proposals: Sequence[Proposal], level: str) -> list[tuple[str, int, str]]:
    """The price of one level through the rounds, for the line chart."""
    return [
        (_("Round %(n)s", n=number), one.prices[level], _short(one.prices[level]))
        for number, one in enumerate(proposals, start=1)
        if level in one.prices
    ]


def steps_between(
    proposals: Sequence[Proposal], levels: Sequence[str]
) -> list[tuple[int, list[Difference]]]:
    """What each round changed against the one before it."""
    pairs = pairwise(proposals)
    return [
        (number, differences(before, after, levels))
        for number, (before, after) in enumerate(pairs, start=2)
    ]


def _short(fen: int) -> str:
    return f"¥{fen // 100:,}" if fen % 100 == 0 else f"¥{fen // 100:,}.{fen % 100:02d}"
